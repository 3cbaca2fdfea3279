//! Files that are no photographs, or too much of one.

use serde_json::json;
use tokio::io::AsyncWriteExt as _;

use crate::harness::client::{raw, raw_get};
use crate::harness::photograph::{file, picture};
use crate::harness::{Server, captioned, jpeg, png_that_claims};

#[actix_web::test]
async fn what_is_no_photograph_is_refused_by_its_content_and_nothing_is_stored() {
    let server = Server::start();
    let editor = server.editor();
    let svg = br#"<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>"#;
    let polyglot = [&b"%PDF-1.7\n"[..], &jpeg(1, 64, 48)].concat();
    let heic = [&b"\0\0\0\x18ftypheic\0\0\0\0heicmif1"[..], &[0; 64]].concat();
    let page_in_gif = b"GIF89a<html><script>alert(1)</script>";
    let refused: [(&str, &[u8]); 9] = [
        ("tekst.jpg", b"Dit is geen foto."),
        ("leeg.jpg", b""),
        ("tekening.svg", svg),
        ("tekening.jpg", svg),
        (
            "blad.pdf",
            b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n",
        ),
        ("twee.jpg", &polyglot),
        ("pagina.jpg", b"<!doctype html><title>x</title>"),
        ("bewegend.gif", page_in_gif),
        ("telefoon.heic", &heic),
    ];
    let before = server.files();
    for (name, bytes) in refused {
        let answer = editor
            .upload(name, bytes)
            .await
            .fails(415, "unsupported_media_type");
        let detail = answer.json()["detail"].as_str().unwrap().to_owned();
        assert!(
            detail.len() > 20,
            "{name} is refused without a word of help: {detail}"
        );
    }
    assert_eq!(server.files(), before, "something was stored");
    assert_eq!(editor.get("/api/v1/manage/photos").await.data(), json!([]));
}

#[actix_web::test]
async fn every_format_is_taken_whatever_the_file_is_called() {
    let server = Server::start();
    let editor = server.editor();
    for (seed, format) in [
        image::ImageFormat::Jpeg,
        image::ImageFormat::Png,
        image::ImageFormat::WebP,
        image::ImageFormat::Tiff,
    ]
    .into_iter()
    .enumerate()
    {
        let bytes = file(&picture(seed as u32, 60, 40), format);
        let id = editor.photo("foto.txt", &bytes).await;
        let photo = editor.settled(&id).await;
        assert_eq!(photo["media_type"], format.to_mime_type());
        assert_eq!((&photo["width"], &photo["height"]), (&60.into(), &40.into()));
    }
}

#[actix_web::test]
async fn a_truncated_jpeg_is_kept_and_marked_damaged() {
    let server = Server::start();
    let editor = server.editor();
    let whole = jpeg(3, 640, 480);
    let id = editor.photo("afgebroken.jpg", &whole[..whole.len() / 2]).await;
    assert_eq!(editor.settled(&id).await["damaged"], true);
    let kept = editor
        .get(&format!("/api/v1/manage/photos/{id}/original"))
        .await
        .is(200);
    assert_eq!(kept.body, whole[..whole.len() / 2]);
}

#[actix_web::test]
async fn a_jpeg_of_nothing_but_its_header_fails_with_a_reason_and_is_kept() {
    let server = Server::start();
    let editor = server.editor();
    let whole = jpeg(3, 640, 480);
    let scan = whole.windows(2).rposition(|two| two == [0xff, 0xda]).unwrap();
    let id = editor.photo_pending("kop.jpg", &whole[..scan + 4]).await;
    let photo = editor.settled(&id).await;
    let told = photo["state"] == "failed" && photo["failure"].as_str().is_some_and(|why| why.len() > 10);
    assert!(told || photo["damaged"] == true, "{photo:#}");
    editor
        .get(&format!("/api/v1/manage/photos/{id}/original"))
        .await
        .is(200);
}

#[actix_web::test]
async fn a_picture_of_too_many_pixels_is_refused_from_its_header() {
    let server = Server::start();
    let editor = server.editor();
    for (width, height) in [(50_000, 50_000), (30_001, 10), (10, 30_001), (15_000, 14_000)] {
        let started = std::time::Instant::now();
        editor
            .upload("groot.png", &png_that_claims(width, height))
            .await
            .fails(422, "image_too_large");
        assert!(started.elapsed().as_secs() < 2, "it was looked at for too long");
    }
}

#[actix_web::test]
async fn a_file_over_the_byte_limit_is_refused_and_does_not_undo_the_others() {
    let server = Server::with(|config| config.limits.max_bytes = 100_000);
    let editor = server.editor();
    let (good, large) = (captioned(1, "Een veld."), vec![0xff; 150_000]);
    editor
        .upload("groot.jpg", &large)
        .await
        .fails(413, "too_many_bytes");
    let answer = editor
        .upload_to(
            None,
            &[
                ("a.jpg", &good),
                ("groot.jpg", &large),
                ("t.jpg", b"tekst"),
                ("b.jpg", &captioned(2, "Zee.")),
            ],
        )
        .await
        .is(201);
    let data = answer.data();
    assert_eq!(data.as_array().unwrap().len(), 4);
    assert_eq!(data[0]["caption"], "Een veld.");
    assert_eq!(data[1]["file_name"], "groot.jpg");
    assert_eq!(data[1]["error"]["code"], "too_many_bytes");
    assert_eq!(data[2]["error"]["code"], "unsupported_media_type");
    assert_eq!(data[3]["caption"], "Zee.");
    // If every file is refused, the first refusal counts.
    editor
        .upload_to(None, &[("t.jpg", b"tekst"), ("groot.jpg", &large)])
        .await
        .fails(415, "unsupported_media_type");
}

fn secret_of_a_photographer(server: &Server) -> String {
    let photographer = server.person("anna", reportage::account::Role::Photographer);
    let scopes = [reportage::account::token::Scope::PhotosWrite];
    reportage::account::token::add(
        server.db(),
        &photographer.account.email,
        "t",
        &scopes,
        None,
        crate::harness::NOW,
    )
    .unwrap()
}

#[actix_web::test]
async fn a_file_without_end_that_announces_no_length_is_refused_while_it_comes() {
    const PIECE: usize = 64 * 1024;
    /// Eight files' worth are read and thrown away; the rest is what lies on the way in both kernels.
    const MOST_PIECES: usize = 60_000_000 / PIECE;
    let server = Server::with(|config| config.limits.max_bytes = 1_000_000);
    let secret = secret_of_a_photographer(&server);
    let address = server.running.address;
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let head = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\n\r\n";
    let request = format!(
        "POST /api/v1/manage/photos HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {secret}\r\n\
         Content-Type: multipart/form-data; boundary=b\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{head}\r\n",
        head.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let piece = [format!("{PIECE:x}\r\n").as_bytes(), &vec![0xff; PIECE], b"\r\n"].concat();
    let mut answer = [0; 4096];
    let mut sent = 0;
    let count = loop {
        // What comes after the answer the framework reads and throws away.
        assert!(sent < MOST_PIECES, "it read on and on without a word");
        stream.write_all(&piece).await.unwrap();
        sent += 1;
        match stream.try_read(&mut answer) {
            Ok(count) => break count,
            Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock),
        }
    };
    let answer = String::from_utf8_lossy(&answer[..count]);
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    let stored = |file: &std::path::PathBuf| file.components().any(|part| part.as_os_str() == "originals");
    assert!(!server.files().iter().any(stored));
}

#[actix_web::test]
async fn a_body_that_announces_too_much_is_refused_before_it_is_sent() {
    let server = Server::with(|config| config.limits.max_bytes = 1_000_000);
    let secret = secret_of_a_photographer(&server);
    let started = std::time::Instant::now();
    let request = format!(
        "POST /api/v1/manage/photos HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {secret}\r\n\
         Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 90000000000\r\n\r\n--b\r\n",
        server.running.address
    );
    let answer = raw(server.running.address, request.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    assert!(answer.contains("too_many_bytes"), "{answer}");
    assert!(started.elapsed().as_secs() < 5);
}

#[actix_web::test]
async fn a_file_name_of_thirty_steps_up_is_a_label_only() {
    let server = Server::start();
    let editor = server.editor();
    let outside = server
        .data
        .path()
        .parent()
        .unwrap()
        .join("reportage-naar-boven.jpg");
    let name = format!("{}reportage-naar-boven.jpg", "../".repeat(30));
    let id = editor.photo_pending(&name, &captioned(1, "Een veld.")).await;
    assert_eq!(editor.settled(&id).await["file_name"], "reportage-naar-boven.jpg");
    assert!(!outside.exists() && !std::path::Path::new("/reportage-naar-boven.jpg").exists());
    // Each as it stands in the header, and what is shown of it.
    let labels = [
        ("filename=\"/etc/passwd\"", "passwd"),
        ("filename=\"..\"", "photograph"),
        ("filename=\"C:\\\\fakepath\\\\a.jpg\"", "a.jpg"),
        ("filename=\"café 'één'.jpg\"", "café 'één'.jpg"),
        ("filename=\"a.jpg\"; filename*=UTF-8''caf%C3%A9.jpg", "café.jpg"),
        (
            "filename*=UTF-8''a%0D%0AX-Header:%201%00.jpg",
            "a X-Header: 1.jpg",
        ),
    ];
    for (seed, (header, label)) in labels.iter().enumerate() {
        let answer = editor
            .upload_named(header, &captioned(10 + seed as u32, "Een veld."))
            .await
            .is(201);
        let photo = answer.data()[0].clone();
        assert_eq!(photo["file_name"], *label);
        let path = format!("/api/v1/manage/photos/{}/original", photo["id"].as_str().unwrap());
        let original = editor.get(&path).await.is(200);
        assert!(
            original
                .header("content-disposition")
                .starts_with("attachment; filename=")
        );
        assert_eq!(original.header("x-header"), "");
    }
    let uploads = server.data.path().join("uploads");
    for path in server.files() {
        let text = path.to_str().unwrap();
        assert!(
            path.starts_with(&uploads) || text.contains("reportage.db"),
            "{text}"
        );
        assert!(!text.contains("passwd") && !text.contains("naar-boven"), "{text}");
    }
}

#[actix_web::test]
async fn encoded_traversal_and_nul_in_addresses_lead_nowhere() {
    let server = Server::start();
    let folder = "0".repeat(32);
    let paths = [
        "/media/..%2f..%2freportage.db/w320.jpg".to_owned(),
        format!("/media/{folder}/..%2f..%2f..%2freportage.db"),
        format!("/media/{folder}/w320.jpg%00"),
        format!("/media/{folder}%00/w320.jpg"),
        format!("/media/{folder}/%2e%2e"),
        "/static/..%2f..%2fCargo.toml".to_owned(),
        "/static/../Cargo.toml".to_owned(),
        "/static/%2e%2e/Cargo.toml".to_owned(),
        "/static/reader.css%00".to_owned(),
        "/static//etc/passwd".to_owned(),
        "/static/%2fetc%2fpasswd".to_owned(),
        "/stories/..%2fapi".to_owned(),
        "/stories/a%00b".to_owned(),
        "/stories/%ff%fe".to_owned(),
        "/api/v1/stories/..%2f..%2f".to_owned(),
        "/api/v1/stories/a%00".to_owned(),
        "/uploads/originals".to_owned(),
        "/reportage.db".to_owned(),
        "/..%2freportage.db".to_owned(),
        "/../../../../etc/passwd".to_owned(),
    ];
    for path in paths {
        let answer = raw_get(server.running.address, &path).await;
        assert!(answer.starts_with("HTTP/1.1 404 "), "{path}: {answer}");
    }
}

#[actix_web::test]
async fn an_original_is_downloaded_as_what_it_is_whatever_its_sender_called_it() {
    let server = Server::with(|config| config.render_threads = 0);
    let editor = server.editor();
    for (seed, (name, saved)) in (1..).zip([
        ("contact.html", "contact.html.jpg"),
        ("x.hta", "x.hta.jpg"),
        ("DSC_1.JPG", "DSC_1.JPG"),
        ("a\u{202e}gpj.exe", "agpj.exe.jpg"),
    ]) {
        let id = editor.photo_pending(name, &captioned(seed, "Een veld.")).await;
        let path = format!("/api/v1/manage/photos/{id}/original");
        let disposition = editor.get(&path).await.is(200).header("content-disposition");
        assert_eq!(disposition, format!("attachment; filename=\"{saved}\""), "{name}");
    }
}
