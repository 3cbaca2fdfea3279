//! What somebody typed is there whatever happens: another editor, an ended session, a mistake.

use reportage::account::Role;

use super::leads_to;
use crate::harness::server::PASSWORD;
use crate::harness::{Client, Server, captioned};

struct Desk {
    server: Server,
    anna: Client,
    story: String,
    frame: String,
}

async fn a_story() -> Desk {
    let server = Server::start();
    let anna = server.session(&server.person("anna", Role::Editor));
    let photo = anna.photo("a.jpg", &captioned(1, "Een veld.")).await;
    let story = anna.small_story("Een veld", &photo).await;
    let frame = anna.draft(&story).await.data()["blocks"][0]["frame"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    Desk {
        server,
        anna,
        story,
        frame,
    }
}

impl Desk {
    fn part(&self) -> String {
        format!("/desk/stories/{}/parts/{}", self.story, self.frame)
    }

    async fn caption(&self) -> String {
        self.anna.draft(&self.story).await.data()["blocks"][0]["frame"]["caption"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }
}

#[actix_web::test]
async fn two_editors_on_one_caption_are_shown_both_texts_and_either_can_be_kept() {
    let desk = a_story().await;
    let bram = desk.server.session(&desk.server.person("bram", Role::Editor));
    leads_to(
        desk.anna
            .form(&desk.part(), &[("version", "1"), ("caption", "Van Anna.")])
            .await,
    );
    let both = bram
        .form(&desk.part(), &[("version", "1"), ("caption", "Van Bram & co.")])
        .await
        .is(412)
        .text();
    assert!(
        both.contains("Van Anna.") && both.contains("Van Bram &#38; co."),
        "{both}"
    );
    assert!(both.contains("anna changed this"), "{both}");
    assert_eq!(desk.caption().await, "Van Anna.");
    // The page's form carries everything on, with the version that is now.
    assert!(both.contains("name=\"version\" value=\"2\""), "{both}");
    leads_to(
        bram.form(&desk.part(), &[("version", "2"), ("caption", "Van Bram & co.")])
            .await,
    );
    assert_eq!(desk.caption().await, "Van Bram & co.");
}

#[actix_web::test]
async fn two_editors_on_a_storys_own_fields_are_shown_both() {
    let desk = a_story().await;
    let path = format!("/desk/stories/{}/details", desk.story);
    let version = desk.anna.draft(&desk.story).await.data()["version"].to_string();
    leads_to(
        desk.anna
            .form(&path, &[("version", &version), ("title", "Van Anna")])
            .await,
    );
    let both = desk
        .anna
        .form(&path, &[("version", &version), ("title", "Van Bram")])
        .await
        .is(412)
        .text();
    assert!(both.contains("Van Anna") && both.contains("Van Bram"));
    assert_eq!(desk.anna.draft(&desk.story).await.data()["title"], "Van Anna");
}

#[actix_web::test]
async fn a_save_that_changes_nothing_changes_no_version() {
    let desk = a_story().await;
    let before = desk.anna.draft(&desk.story).await.header("etag");
    let fields = [
        ("version", "1"),
        ("kind", "frame"),
        ("caption", "Een veld."),
        ("alt", "Een veld"),
        ("credit", "Foto: Anna"),
        ("place", ""),
    ];
    leads_to(desk.anna.form(&desk.part(), &fields).await);
    assert_eq!(desk.anna.draft(&desk.story).await.header("etag"), before);
    assert_eq!(
        desk.caption().await,
        "",
        "the photo's own words are not copied into the frame"
    );
}

#[actix_web::test]
async fn whoever_is_signed_out_while_typing_signs_in_again_and_finds_the_words() {
    let desk = a_story().await;
    let outside = desk.server.visitor().always("Sec-Fetch-Site", "same-origin");
    let typed = "Een zin die \"niet\" weg mag & blijft.";
    let asked = outside
        .form(&desk.part(), &[("version", "1"), ("caption", typed)])
        .await
        .is(401);
    assert_eq!(asked.header("content-type"), "text/html; charset=utf-8");
    assert!(asked.text().contains("niet&#34; weg mag"), "{}", asked.text());

    let body = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("version", "1")
        .append_pair("caption", typed)
        .finish();
    let part = desk.part();
    let fields = [
        ("email", "anna@example.org"),
        ("password", PASSWORD),
        ("waiting_action", part.as_str()),
        ("waiting_body", &body),
    ];
    let wrong = [
        fields[0],
        ("password", "niet het goede wachtwoord"),
        fields[2],
        fields[3],
    ];
    let still = outside.form("/desk/sign-in", &wrong).await.is(403).text();
    assert!(still.contains("waiting_body"), "a wrong password loses nothing");
    let back = outside.form("/desk/sign-in", &fields).await.is(200);
    assert!(
        back.text().contains(&format!("action=\"{part}\"")),
        "{}",
        back.text()
    );
    let cookie = back.header("set-cookie");
    let again = outside.always("Cookie", cookie.split(';').next().unwrap());
    leads_to(again.form(&part, &[("version", "1"), ("caption", typed)]).await);
    assert_eq!(desk.caption().await, typed);
}

#[actix_web::test]
async fn words_that_wait_are_only_sent_on_to_the_desk_itself() {
    let desk = a_story().await;
    let outside = desk.server.visitor().always("Sec-Fetch-Site", "same-origin");
    for action in [
        "https://evil.example/desk/",
        "//evil.example/desk/",
        "/api/v1/manage/stories",
        "javascript:alert(1)",
    ] {
        let fields = [
            ("email", "anna@example.org"),
            ("password", PASSWORD),
            ("waiting_action", action),
            ("waiting_body", "caption=x"),
        ];
        assert_eq!(
            leads_to(outside.form("/desk/sign-in", &fields).await),
            "/desk",
            "{action}"
        );
    }
}

#[actix_web::test]
async fn a_form_that_is_refused_shows_what_was_typed() {
    let desk = a_story().await;
    let long = format!("Begin. {}", "a".repeat(100_000));
    let refused = desk
        .anna
        .form(&desk.part(), &[("version", "1"), ("caption", &long)])
        .await
        .is(422)
        .text();
    assert!(
        refused.contains("Begin. aaa") && refused.contains("at most 5000 fit"),
        "{}",
        &refused[..2_000]
    );
    let no_version = desk
        .anna
        .form(&desk.part(), &[("caption", "Getypt.")])
        .await
        .is(428)
        .text();
    assert!(no_version.contains("Getypt."));
    let gone = format!("/desk/stories/{}/parts/frm_{}", desk.story, "0".repeat(32));
    let gone = desk
        .anna
        .form(&gone, &[("version", "1"), ("caption", "Getypt.")])
        .await
        .is(404)
        .text();
    assert!(gone.contains("Getypt."));
    assert_eq!(desk.caption().await, "");
}

#[actix_web::test]
async fn words_from_outside_stand_on_the_desk_as_words() {
    let desk = a_story().await;
    let hostile = "</textarea><script>alert(1)</script>\"'><img src=x onerror=alert(1)>";
    leads_to(
        desk.anna
            .form(
                &desk.part(),
                &[
                    ("version", "1"),
                    ("caption", hostile),
                    ("place", hostile),
                    ("alt", hostile),
                ],
            )
            .await,
    );
    for path in [
        format!("/desk/stories/{}", desk.story),
        "/desk".to_owned(),
        format!("/desk/stories/{}/preview", desk.story),
    ] {
        let page = desk.anna.get(&path).await.is(200);
        assert!(
            !page.text().contains("<script>alert") && !page.text().contains("<img src=x"),
            "{path}"
        );
        assert!(
            !page.text().contains(" style=\"") && !page.text().contains(" onclick="),
            "{path}"
        );
    }
    let policy = desk.anna.get("/desk").await.header("content-security-policy");
    let mut parts: Vec<&str> = policy.split(';').map(str::trim).collect();
    parts.sort_unstable();
    assert_eq!(
        parts,
        [
            "base-uri 'none'",
            "connect-src 'self'",
            "default-src 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "frame-src 'self'",
            "img-src 'self' blob:",
            "require-trusted-types-for 'script'",
            "script-src 'self'",
            "style-src 'self'",
            "trusted-types desk",
            "worker-src 'self'",
        ]
    );
}
