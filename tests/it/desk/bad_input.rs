//! The table of bad input at the desk: the same statuses as by API, in words on a page.

use crate::harness::{Server, captioned, jpeg, png_that_claims};

#[actix_web::test]
async fn files_that_are_no_photographs_are_refused_in_words_and_leave_nothing() {
    let server = Server::start();
    let editor = server.editor();
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>".as_slice();
    let huge = png_that_claims(50_000, 50_000);
    let cases: [(&str, &[u8], u16); 6] = [
        ("tekst.jpg", b"dit is geen foto", 415),
        ("leeg.jpg", b"", 415),
        ("plaatje.svg", svg, 415),
        ("stuk.pdf", b"%PDF-1.7\n", 415),
        ("pagina.jpg", b"<html><script>alert(1)</script>", 415),
        ("groot.png", &huge, 422),
    ];
    for (name, bytes, status) in cases {
        let page = editor
            .file_form("/desk/photos", &[(name, bytes)])
            .await
            .is(status);
        assert!(page.text().contains(name), "{name}: {}", page.text());
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    }
    assert!(
        editor
            .get("/api/v1/manage/photos")
            .await
            .data()
            .as_array()
            .unwrap()
            .is_empty()
    );
}

#[actix_web::test]
async fn one_bad_file_among_good_ones_is_named_and_the_others_are_in_the_story() {
    let server = Server::start();
    let editor = server.editor();
    let story = editor
        .story(&serde_json::json!({"title": "Gemengd", "language": "nl"}))
        .await;
    let (one, two) = (captioned(1, "Een."), captioned(2, "Twee."));
    let files: [(&str, &[u8]); 3] = [("1.jpg", &one), ("mis.jpg", b"geen foto"), ("2.jpg", &two)];
    let page = editor
        .file_form(&format!("/desk/stories/{story}/uploads"), &files)
        .await
        .is(200)
        .text();
    assert!(
        page.contains("mis.jpg") && page.contains("2 others arrived well"),
        "{page}"
    );
    assert_eq!(
        editor.draft(&story).await.data()["blocks"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
}

#[actix_web::test]
async fn a_file_over_the_byte_limit_is_told_the_limit() {
    let server = Server::with(|config| config.limits.max_bytes = 20_000);
    let editor = server.editor();
    let large = vec![0xff; 30_000];
    editor
        .file_form("/desk/photos", &[("groot.jpg", &large)])
        .await
        .is(413);
    editor
        .file_form("/desk/photos", &[("klein.jpg", &jpeg(1, 40, 30))])
        .await
        .is(303);
}

#[actix_web::test]
async fn an_empty_upload_or_title_says_what_to_do() {
    let server = Server::start();
    let editor = server.editor();
    let page = editor.file_form("/desk/photos", &[]).await;
    assert!(
        page.status == 400 || page.text().contains("Choose at least one photograph"),
        "{}",
        page.text()
    );
    let page = editor
        .form("/desk/stories", &[("title", "  "), ("language", "nl")])
        .await
        .is(422);
    assert!(page.text().contains("title may not be empty"), "{}", page.text());
}

#[actix_web::test]
async fn addresses_that_lead_nowhere_are_pages_that_say_so() {
    let server = Server::start();
    let editor = server.editor();
    for path in [
        "/desk/nowhere",
        "/desk/stories/sto_1",
        "/desk/photos/..%2f..%2fetc",
        "/desk/stories/%00",
    ] {
        let page = editor.get(path).await.is(404);
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8", "{path}");
    }
    let unknown = format!("/desk/stories/sto_{}/structure", "a".repeat(32));
    editor
        .form(&unknown, &[("version", "1"), ("do", "group")])
        .await
        .is(422);
    editor
        .form(&unknown, &[("version", "1"), ("do", "explode:blk_1")])
        .await
        .is(400);
    editor.get("/desk?colour=blue").await.is(400);
}

#[actix_web::test]
async fn a_stale_order_changes_nothing() {
    let server = Server::start();
    let editor = server.editor();
    let text = |words: &str| serde_json::json!({"type": "text", "markdown": words});
    let story = editor
        .story(&serde_json::json!({"title": "Oud", "language": "nl", "blocks": [text("een"), text("twee")]}))
        .await;
    let draft = editor.draft(&story).await.data();
    let last = draft["blocks"][1]["id"].as_str().unwrap().to_owned();
    editor
        .operate(
            &story,
            &serde_json::json!([{"op": "insert", "block": text("drie")}]),
        )
        .await
        .is(200);
    let old = draft["version"].to_string();
    let press = format!("first:{last}");
    let page = editor
        .form(
            &format!("/desk/stories/{story}/structure"),
            &[("version", &old), ("do", &press)],
        )
        .await
        .is(412);
    assert!(
        page.text().contains("changed by somebody else"),
        "{}",
        page.text()
    );
    assert_eq!(editor.draft(&story).await.data()["blocks"][1]["id"], last);
}
