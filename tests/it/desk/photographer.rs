//! A photographer's narrower view: their own photographs, the stories they are put on, their own captions there, and nothing else.

use reportage::account::Role;

use super::leads_to;
use crate::harness::{Server, captioned};

#[actix_web::test]
async fn a_photographer_on_a_story_adds_and_captions_their_own_and_sees_no_other_tool() {
    let server = Server::start();
    let editor = server.editor();
    let person = server.person("anna", Role::Photographer);
    let anna = server.session(&person);
    let theirs = editor
        .photo("redactie.jpg", &captioned(1, "Van de redactie."))
        .await;
    let story = editor.small_story("Samen", &theirs).await;
    let here = format!("/desk/stories/{story}");

    anna.get(&here).await.is(404);
    assert!(!anna.get("/desk").await.is(200).text().contains("Samen"));
    leads_to(
        editor
            .form(&format!("{here}/members"), &[("add", person.account.id.as_str())])
            .await,
    );
    assert!(anna.get("/desk").await.is(200).text().contains("Samen"));

    let own = captioned(2, "Van Anna zelf.");
    leads_to(
        anna.file_form(&format!("{here}/uploads"), &[("anna.jpg", &own)])
            .await,
    );
    let draft = editor.draft(&story).await.data();
    let frame = |index: usize| draft["blocks"][index]["frame"]["id"].as_str().unwrap().to_owned();
    let page = anna.get(&here).await.is(200).text();
    assert!(
        page.contains(&format!("parts/{}", frame(1))),
        "she captions her own"
    );
    assert!(
        !page.contains(&format!("parts/{}", frame(0))),
        "and not another's"
    );
    for tool in [
        "name=\"do\" value=\"first",
        "name=\"slug\"",
        "/publish\"",
        "/members\"",
        "name=\"words\"",
    ] {
        assert!(!page.contains(tool), "{tool} is not hers");
    }

    leads_to(
        anna.form(
            &format!("{here}/parts/{}", frame(1)),
            &[("version", "1"), ("caption", "Nieuwe woorden.")],
        )
        .await,
    );
    assert_eq!(
        editor.draft(&story).await.data()["blocks"][1]["frame"]["caption"],
        "Nieuwe woorden."
    );

    // What the page does not offer is refused too.
    let version = draft["version"].to_string();
    let move_it = format!("first:{}", draft["blocks"][1]["id"].as_str().unwrap());
    anna.form(
        &format!("{here}/parts/{}", frame(0)),
        &[("version", "1"), ("caption", "Mis.")],
    )
    .await
    .is(403);
    anna.form(
        &format!("{here}/structure"),
        &[("version", &version), ("do", &move_it)],
    )
    .await
    .is(403);
    anna.form(
        &format!("{here}/details"),
        &[("version", &version), ("title", "Mis")],
    )
    .await
    .is(403);
    anna.form(
        &format!("{here}/blocks"),
        &[("version", &version), ("words", "Mis"), ("type", "text")],
    )
    .await
    .is(403);
    anna.form(&format!("{here}/publish"), &[("version", &version)])
        .await
        .is(403);
    anna.form(&format!("{here}/unpublish"), &[]).await.is(403);
    anna.form(&format!("{here}/members"), &[("add", person.account.id.as_str())])
        .await
        .is(403);
    anna.form(&format!("{here}/delete"), &[("version", &version)])
        .await
        .is(403);
    anna.form("/desk/stories", &[("title", "Mis"), ("language", "nl")])
        .await
        .is(403);
    anna.form(&format!("{here}/photos"), &[("photo", &theirs)])
        .await
        .is(422);

    leads_to(
        editor
            .form(
                &format!("{here}/members"),
                &[("remove", person.account.id.as_str())],
            )
            .await,
    );
    anna.get(&here).await.is(404);
}

#[actix_web::test]
async fn another_photographers_photo_is_hidden_and_ones_own_is_edited() {
    let server = Server::start();
    let anna = server.session(&server.person("anna", Role::Photographer));
    let bram = server.session(&server.person("bram", Role::Photographer));
    let photo = anna.photo("a.jpg", &captioned(1, "Een veld.")).await;
    let here = format!("/desk/photos/{photo}");
    bram.get(&here).await.is(404);
    bram.form(&here, &[("version", "1"), ("caption", "Mis.")])
        .await
        .is(404);
    bram.form(&format!("{here}/remove"), &[]).await.is(404);
    assert!(!bram.get("/desk/photos").await.is(200).text().contains(&photo));

    let page = anna.get(&here).await.is(200).text();
    assert!(
        page.contains("Een veld.") && page.contains(">XMP<"),
        "the words and where they come from"
    );
    let fields = [
        ("version", "1"),
        ("caption", "Een ander veld."),
        ("license", "https://example.org/rights"),
        ("sensitive", "1"),
    ];
    leads_to(anna.form(&here, &fields).await);
    let stale = anna
        .form(&here, &[("version", "1"), ("caption", "Nog een veld.")])
        .await
        .is(412)
        .text();
    assert!(stale.contains("Een ander veld.") && stale.contains("Nog een veld."));
    let wrong = anna
        .form(
            &here,
            &[
                ("version", "2"),
                ("license", "geen adres"),
                ("focal_x", "400"),
                ("focal_y", "50"),
            ],
        )
        .await;
    let wrong = wrong.is(422).text();
    assert!(
        wrong.contains("https://") && wrong.contains("geen adres"),
        "{wrong}"
    );
    leads_to(anna.form(&format!("{here}/remove"), &[]).await);
    anna.get(&here).await.is(404);
}

#[actix_web::test]
async fn a_photo_in_a_story_cannot_be_removed() {
    let server = Server::start();
    let editor = server.editor();
    let photo = editor.photo("a.jpg", &captioned(1, "Een veld.")).await;
    let story = editor.small_story("Een veld", &photo).await;
    let page = editor
        .form(&format!("/desk/photos/{photo}/remove"), &[])
        .await
        .is(409);
    assert!(page.text().contains("take it out of the story first"));
    let here = editor.get(&format!("/desk/photos/{photo}")).await.is(200).text();
    assert!(here.contains(&story), "the page says where it is used");
}
