//! Every status of the protocol, and what is refused before a byte is sent.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reportage::account::Role;
use reportage::clock::DAY;
use reqwest::Method;
use sha2::{Digest, Sha256};

use super::{UPLOADS, at, begin, begun, head, metadata, send, tus};
use crate::harness::{Server, captioned, png_that_claims};

#[actix_web::test]
async fn a_server_tells_what_of_the_protocol_it_speaks() {
    let server = Server::start();
    let told = server.editor().send(Method::OPTIONS, UPLOADS, None).await.is(204);
    assert_eq!(told.header("tus-version"), "1.0.0");
    assert_eq!(
        told.header("tus-extension"),
        "creation,creation-with-upload,termination,expiration,checksum"
    );
    assert_eq!(told.header("tus-checksum-algorithm"), "sha1,sha256");
    assert_eq!(told.header("tus-max-size"), "200000000");
    server
        .visitor()
        .send(Method::OPTIONS, UPLOADS, None)
        .await
        .fails(401, "unauthorized");
}

#[actix_web::test]
async fn what_has_arrived_whole_becomes_a_photo_however_late_and_never_expires() {
    use std::io::Write as _;

    use diesel::RunQueryDsl as _;

    let server = Server::start();
    let editor = server.session(&server.person("anna", Role::Editor));
    let bytes = captioned(2, "Een veld.");
    let made = begin(&editor, UPLOADS, bytes.len(), &[("filename", "laat.jpg")])
        .await
        .is(201);
    let upload = made.header("location");
    let half = bytes.len() / 2;
    send(&editor, &upload, 0, &bytes[..half]).await.is(204);
    // As a server leaves it that was killed behind the last byte, and is started a month later.
    let id = upload.rsplit('/').next().unwrap().to_owned();
    let partial = server.data.path().join("uploads/partial").join(&id);
    let mut file = std::fs::OpenOptions::new().append(true).open(partial).unwrap();
    file.write_all(&bytes[half..]).unwrap();
    let late = format!("UPDATE uploads SET offset_bytes = length_bytes, expires_at = 1 WHERE id = '{id}'");
    server
        .db()
        .write_now(|conn| diesel::sql_query(late).execute(conn))
        .unwrap();
    let swept = server.running.app.uploads.sweep().await.unwrap();
    assert_eq!(swept.finished, 1, "{swept:?}");
    let photos = editor.get("/api/v1/manage/photos").await.is(200).data();
    assert_eq!(photos[0]["file_name"], "laat.jpg", "{photos}");
}

#[actix_web::test]
async fn an_upload_in_three_pieces_becomes_a_photo_and_is_remembered_until_it_expires() {
    let server = Server::start();
    let person = server.person("anna", Role::Editor);
    let editor = server.session(&person);
    let bytes = captioned(1, "Een veld.");
    let made = begin(
        &editor,
        UPLOADS,
        bytes.len(),
        &[("filename", "één.jpg"), ("filetype", "image/jpeg")],
    )
    .await
    .is(201);
    let upload = made.header("location");
    assert!(upload.starts_with(&format!("{UPLOADS}/upl_")), "{upload}");
    assert_eq!(made.header("tus-resumable"), "1.0.0");
    assert_eq!(made.header("upload-expires"), "Fri, 26 Jan 2024 10:00:00 GMT");

    let (one, two) = (bytes.len() / 3, bytes.len() / 2);
    let sent = send(&editor, &upload, 0, &bytes[..one]).await.is(204);
    assert_eq!(sent.header("upload-offset"), one.to_string());
    assert_eq!(sent.header("reportage-state"), "receiving");
    let stands = head(&editor, &upload).await.is(200);
    assert_eq!(stands.header("upload-offset"), one.to_string());
    assert_eq!(stands.header("upload-length"), bytes.len().to_string());
    assert_eq!(
        stands.header("upload-metadata"),
        metadata(&[("filename", "één.jpg"), ("filetype", "image/jpeg")])
    );
    assert_eq!(stands.header("cache-control"), "private, no-store");
    send(&editor, &upload, one, &bytes[one..two]).await.is(204);
    let last = send(&editor, &upload, two, &bytes[two..]).await.is(204);
    assert_eq!(last.header("reportage-state"), "taken");
    assert_eq!(last.header("reportage-known"), "false");
    let photo = last.header("reportage-photo");
    let shown = editor.get(&photo).await.is(200).data();
    assert_eq!(
        (&shown["file_name"], &shown["caption"]),
        (&"één.jpg".into(), &"Een veld.".into())
    );

    // Whoever lost the last answer asks again, and may say the last word again.
    let again = head(&editor, &upload).await.is(200);
    assert_eq!(again.header("reportage-photo"), photo);
    let again = send(&editor, &upload, bytes.len(), &[]).await.is(204);
    assert_eq!(again.header("reportage-photo"), photo);
    let told = tus(&editor).get(&upload).await.is(200).data();
    assert_eq!(told["photo"]["url"], photo);
    assert_eq!(
        (&told["state"], &told["photo"]["created"]),
        (&"taken".into(), &true.into())
    );
    server.clock.advance(8 * DAY);
    head(&server.session(&person), &upload).await.is(404);
}

#[actix_web::test]
async fn the_same_bytes_are_the_same_photo_and_the_uploader_is_told() {
    let server = Server::start();
    let editor = server.editor();
    let bytes = captioned(1, "Een veld.");
    let photo = editor.photo_pending("a.jpg", &bytes).await;
    let known = super::upload(&editor, UPLOADS, "b.jpg", &bytes, &[])
        .await
        .is(204);
    assert_eq!(known.header("reportage-known"), "true");
    assert!(known.header("reportage-photo").ends_with(&photo));
    let anna = server.session(&server.person("anna", Role::Photographer));
    let own = super::upload(&anna, UPLOADS, "c.jpg", &bytes, &[]).await.is(204);
    assert_eq!(
        own.header("reportage-known"),
        "false",
        "another's photo is nobody's business"
    );
}

#[actix_web::test]
async fn what_is_no_photograph_is_refused_as_by_multipart_and_stays_refused() {
    let server = Server::start();
    let editor = server.editor();
    let huge = png_that_claims(50_000, 50_000);
    let cases: [(&str, &[u8], u16, &str); 4] = [
        ("tekst.jpg", b"dit is geen foto", 415, "unsupported_media_type"),
        (
            "plaatje.svg",
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            415,
            "unsupported_media_type",
        ),
        ("stuk.pdf", b"%PDF-1.7\n", 415, "unsupported_media_type"),
        ("groot.png", &huge, 422, "image_too_large"),
    ];
    for (name, bytes, status, code) in cases {
        let upload = begun(&editor, bytes.len(), name).await;
        let refused = send(&editor, &upload, 0, bytes).await.fails(status, code);
        let multipart = editor.upload(name, bytes).await.fails(status, code);
        assert_eq!(refused.json(), multipart.json(), "{name}");
        assert_eq!(refused.header("tus-resumable"), "1.0.0");
        head(&editor, &upload).await.is(status);
        assert_eq!(
            tus(&editor).get(&upload).await.fails(status, code).json(),
            multipart.json()
        );
        send(&editor, &upload, bytes.len(), &[]).await.fails(status, code);
    }
    begin(&editor, UPLOADS, 0, &[("filename", "leeg.jpg")])
        .await
        .fails(415, "unsupported_media_type");
    assert!(
        editor
            .get("/api/v1/manage/photos")
            .await
            .data()
            .as_array()
            .unwrap()
            .is_empty()
    );
    let files = server.files();
    assert!(
        files
            .iter()
            .all(|file| file.to_str().unwrap().contains("reportage.")),
        "{files:?}"
    );
}

#[actix_web::test]
async fn a_name_is_a_label_and_never_a_path() {
    let server = Server::start();
    let editor = server.editor();
    let names = [
        "../../../../etc/passwd",
        "C:\\fakepath\\DSC_1.jpg",
        "a\u{0}b/..",
        "",
    ];
    for (index, name) in names.into_iter().enumerate() {
        let bytes = captioned(u32::try_from(index).unwrap(), "Een veld.");
        let taken = super::upload(&editor, UPLOADS, name, &bytes, &[]).await.is(204);
        let shown = editor.get(&taken.header("reportage-photo")).await.is(200).data();
        let label = shown["file_name"].as_str().unwrap().to_owned();
        assert!(
            !label.contains(['/', '\\', '\u{0}']) && !label.is_empty(),
            "{name}: {label}"
        );
    }
    let folder = server.data.path().to_owned();
    let out_of_place: Vec<_> = server
        .files()
        .into_iter()
        .filter(|file| {
            let within = file.strip_prefix(&folder).unwrap().to_str().unwrap().to_owned();
            !within.starts_with("reportage.") && !within.starts_with("uploads/")
        })
        .collect();
    assert!(out_of_place.is_empty(), "{out_of_place:?}");
}

#[actix_web::test]
async fn requests_that_do_not_fit_are_refused_with_what_to_do() {
    let server = Server::with(|config| config.limits.max_bytes = 100_000);
    let editor = server.editor();
    begin(&editor, UPLOADS, 100_001, &[])
        .await
        .fails(413, "too_many_bytes");
    let plain = editor.bytes(Method::POST, UPLOADS, Vec::new()).await;
    assert_eq!(plain.fails(412, "tus_version").header("tus-version"), "1.0.0");
    editor
        .clone()
        .always("Tus-Resumable", "0.2.2")
        .bytes(Method::POST, UPLOADS, Vec::new())
        .await
        .fails(412, "tus_version");
    tus(&editor)
        .bytes(Method::POST, UPLOADS, Vec::new())
        .await
        .fails(400, "upload_length");
    tus(&editor)
        .always("Upload-Defer-Length", "1")
        .bytes(Method::POST, UPLOADS, Vec::new())
        .await
        .fails(400, "upload_length");
    let long = tus(&editor).always("Upload-Length", "100");
    for length in ["-1", "+5", "1.5", "veel", "99999999999999999999999"] {
        tus(&editor)
            .always("Upload-Length", length)
            .bytes(Method::POST, UPLOADS, Vec::new())
            .await
            .fails(400, "not_a_number");
    }
    for said in ["filename ???", "filename YQ==,filename YQ==", "position YQ=="] {
        long.clone()
            .always("Upload-Metadata", said)
            .bytes(Method::POST, UPLOADS, Vec::new())
            .await
            .fails(400, "upload_metadata");
    }
    for story in ["sto_1", "sto_00000000000040008000000000000000"] {
        let refused = begin(&editor, UPLOADS, 100, &[("story", story)])
            .await
            .fails(422, "invalid");
        assert_eq!(refused.pointers(), ["/story"]);
    }

    let upload = begun(&editor, 100, "a.jpg").await;
    send(&editor, &upload, 5, b"later")
        .await
        .fails(409, "wrong_offset");
    let untyped = tus(&editor).always("Upload-Offset", "0");
    untyped
        .bytes(Method::PATCH, &upload, vec![1])
        .await
        .fails(415, "unsupported_media_type");
    let typed = tus(&editor).always("Content-Type", "application/offset+octet-stream");
    typed
        .bytes(Method::PATCH, &upload, vec![1])
        .await
        .fails(400, "upload_offset");
    send(&editor, &upload, 0, &[0; 101])
        .await
        .fails(413, "too_many_bytes");
    head(&editor, &upload).await.is(200);
    assert_eq!(head(&editor, &upload).await.header("upload-offset"), "0");
}

#[actix_web::test]
async fn a_checksum_that_does_not_fit_leaves_the_upload_where_it_was() {
    let server = Server::start();
    let editor = server.editor();
    let bytes = captioned(1, "Een veld.");
    let upload = begun(&editor, bytes.len(), "a.jpg").await;
    let sha256 = |bytes: &[u8]| format!("sha256 {}", STANDARD.encode(Sha256::digest(bytes)));
    let sha1 = |bytes: &[u8]| format!("sha1 {}", STANDARD.encode(sha1::Sha1::digest(bytes)));
    let with = |offset: usize, sum: &str| at(&editor, offset).always("Upload-Checksum", sum);
    with(0, &sha256(b"iets anders"))
        .bytes(Method::PATCH, &upload, bytes[..500].to_vec())
        .await
        .fails(460, "checksum_mismatch");
    assert_eq!(head(&editor, &upload).await.header("upload-offset"), "0");
    for wrong in ["md5 YQ==", "sha1", "sha1 ???", "sha1 YQ=="] {
        with(0, wrong)
            .bytes(Method::PATCH, &upload, bytes[..500].to_vec())
            .await
            .fails(400, "upload_checksum");
    }
    let first = with(0, &sha1(&bytes[..500]))
        .bytes(Method::PATCH, &upload, bytes[..500].to_vec())
        .await;
    assert_eq!(first.is(204).header("upload-offset"), "500");
    let last = with(500, &sha256(&bytes[500..]))
        .bytes(Method::PATCH, &upload, bytes[500..].to_vec())
        .await;
    assert_eq!(last.is(204).header("reportage-state"), "taken");
}

#[actix_web::test]
async fn a_first_piece_may_come_with_the_beginning_and_methods_may_be_named_in_a_header() {
    let server = Server::start();
    let editor = server.editor();
    let bytes = captioned(1, "Een veld.");
    let begin = tus(&editor)
        .always("Upload-Length", &bytes.len().to_string())
        .always("Content-Type", "application/offset+octet-stream");
    let made = begin
        .bytes(Method::POST, UPLOADS, bytes[..700].to_vec())
        .await
        .is(201);
    assert_eq!(made.header("upload-offset"), "700");
    let upload = made.header("location");
    let named = |method: &str| at(&editor, 700).always("X-HTTP-Method-Override", method);
    named("PATCH")
        .bytes(Method::POST, &upload, bytes[700..].to_vec())
        .await
        .is(204);
    at(&editor, 700)
        .bytes(Method::POST, &upload, Vec::new())
        .await
        .is(405);
    named("PUT")
        .bytes(Method::POST, &upload, Vec::new())
        .await
        .is(405);
    named("DELETE")
        .bytes(Method::POST, &upload, Vec::new())
        .await
        .is(204);
    head(&editor, &upload).await.is(404);
    let whole = begin.bytes(Method::POST, UPLOADS, bytes.clone()).await.is(201);
    assert_eq!(
        whole.header("reportage-known"),
        "true",
        "what was cancelled last was a photo already"
    );
}

#[actix_web::test]
async fn what_is_cancelled_is_gone_with_its_bytes() {
    let server = Server::start();
    let editor = server.editor();
    let upload = begun(&editor, 5_000, "a.jpg").await;
    send(&editor, &upload, 0, &[7; 2_000]).await.is(204);
    let partial = |server: &Server| {
        std::fs::read_dir(server.data.path().join("uploads/partial"))
            .unwrap()
            .count()
    };
    assert_eq!(partial(&server), 1);
    tus(&editor).delete(&upload).await.is(204);
    assert_eq!(partial(&server), 0);
    head(&editor, &upload).await.is(404);
    tus(&editor).delete(&upload).await.is(404);
    send(&editor, &upload, 2_000, &[7; 10]).await.is(404);
}

#[actix_web::test]
async fn anothers_upload_is_one_that_never_was_for_editors_too() {
    let server = Server::start();
    let (editor, admin) = (
        server.editor(),
        server.session(&server.person("beheer", Role::Admin)),
    );
    let anna = server.session(&server.person("anna", Role::Photographer));
    let upload = begun(&anna, 5_000, "a.jpg").await;
    let never = format!("{UPLOADS}/upl_00000000000040008000000000000000");
    for who in [&editor, &admin] {
        for method in [Method::GET, Method::HEAD, Method::PATCH, Method::DELETE] {
            let ask = async |path: &str| at(who, 0).bytes(method.clone(), path, Vec::new()).await;
            let (hidden, none) = (ask(&upload).await.is(404), ask(&never).await.is(404));
            assert_eq!(hidden.text(), none.text());
        }
    }
    head(&anna, &upload).await.is(200);
}

#[actix_web::test]
async fn a_person_has_a_thousand_uploads_under_way_and_not_one_more() {
    let server = Server::start();
    let editor = server.editor();
    for _ in 0..20 {
        let many = (0..50).map(async |_| begun(&editor, 5_000, "a.jpg").await);
        futures_util::future::join_all(many).await;
    }
    let refused = begin(&editor, UPLOADS, 5_000, &[])
        .await
        .fails(409, "too_many_uploads");
    assert!(refused.text().contains("1000 uploads"), "{}", refused.text());
    let anna = server.session(&server.person("anna", Role::Photographer));
    begin(&anna, UPLOADS, 5_000, &[]).await.is(201);
}

#[actix_web::test]
async fn without_room_on_the_disk_nothing_is_taken_and_reading_goes_on() {
    let server = Server::with(|config| config.min_free_bytes = Some(u64::MAX));
    let editor = server.editor();
    let refused = begin(&editor, UPLOADS, 5_000, &[]).await.fails(507, "no_room");
    assert_eq!(refused.header("retry-after"), "60");
    editor
        .upload("a.jpg", &captioned(1, "Een veld."))
        .await
        .fails(507, "no_room");
    editor.get("/api/v1/manage/photos").await.is(200);
    server.visitor().get("/").await.is(200);
}
