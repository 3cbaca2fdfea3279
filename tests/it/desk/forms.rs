//! A story from the first click to the last, by forms alone: what a browser without scripts can do.

use serde_json::Value;

use super::{leads_to, version_on};
use crate::harness::{Client, Server, captioned};

/// Makes a story by the form and gives its id.
async fn new_story(editor: &Client, title: &str) -> String {
    let to = leads_to(
        editor
            .form("/desk/stories", &[("title", title), ("language", "nl")])
            .await,
    );
    to.strip_prefix("/desk/stories/").expect("the editor").to_owned()
}

/// Presses one of the buttons that change order and structure.
async fn press(editor: &Client, story: &str, command: &str, more: &[(&str, &str)]) -> String {
    let page = editor.get(&format!("/desk/stories/{story}")).await.is(200);
    let version = version_on(&page);
    let mut fields = vec![("version", version.as_str()), ("do", command)];
    fields.extend_from_slice(more);
    leads_to(
        editor
            .form(&format!("/desk/stories/{story}/structure"), &fields)
            .await,
    )
}

async fn blocks(editor: &Client, story: &str) -> Vec<Value> {
    editor.draft(story).await.data()["blocks"]
        .as_array()
        .unwrap()
        .clone()
}

fn ids(blocks: &[Value]) -> Vec<String> {
    blocks
        .iter()
        .map(|block| block["id"].as_str().unwrap().to_owned())
        .collect()
}

#[actix_web::test]
async fn a_story_is_made_ordered_captioned_published_and_read_by_forms_alone() {
    let server = Server::start();
    let editor = server.editor();
    let story = new_story(&editor, "“Opa’s dijk houdt het wel”").await;
    let here = format!("/desk/stories/{story}");

    let photographs: Vec<(String, Vec<u8>)> = (1..=3)
        .map(|seed| {
            (
                format!("DSC_{seed}.jpg"),
                captioned(seed, &format!("Bijschrift {seed}.")),
            )
        })
        .collect();
    let files: Vec<(&str, &[u8])> = photographs
        .iter()
        .map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
        .collect();
    assert_eq!(
        leads_to(editor.file_form(&format!("{here}/uploads"), &files).await),
        here
    );

    let page = editor.get(&here).await.is(200);
    let version = version_on(&page);
    let words = [
        ("version", version.as_str()),
        ("position", "1"),
        ("words", "Eerst **water**."),
        ("type", "text"),
    ];
    assert!(
        leads_to(editor.form(&format!("{here}/blocks"), &words).await).starts_with(&format!("{here}#blk_"))
    );

    let made = blocks(&editor, &story).await;
    let kinds: Vec<&str> = made.iter().map(|block| block["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["photo", "text", "photo", "photo"]);
    for block in made.iter().filter(|block| block["type"] == "photo") {
        editor.settled(block["frame"]["photo"].as_str().unwrap()).await;
    }

    let frame = made[0]["frame"]["id"].as_str().unwrap();
    let fields = [
        ("version", "1"),
        ("kind", "frame"),
        ("caption", "Een dijk,\r\nhier getypt."),
        ("place", "Stavoren, Nederland"),
        ("credit", "Foto: Anna"),
        ("alt", "Een dijk in de mist"),
    ];
    assert_eq!(
        leads_to(editor.form(&format!("{here}/parts/{frame}"), &fields).await),
        format!("{here}#{frame}")
    );

    let publish = editor.get(&format!("{here}/publish")).await.is(200);
    assert!(
        publish.text().contains("Nothing stands in the way"),
        "{}",
        publish.text()
    );
    let version = version_on(&publish);
    let to = leads_to(
        editor
            .form(&format!("{here}/publish"), &[("version", &version)])
            .await,
    );
    let done = editor.get(&to).await.is(200).text();
    assert!(done.contains("/stories/opas-dijk-houdt-het-wel"), "{done}");

    let reader = server.visitor();
    let read = reader
        .get("/stories/opas-dijk-houdt-het-wel")
        .await
        .is(200)
        .text();
    for words in [
        "Opa’s dijk houdt het wel",
        "hier getypt.",
        "Stavoren, Nederland",
        "Een dijk in de mist",
        "<strong>water</strong>",
    ] {
        assert!(read.contains(words), "{words} is missing");
    }

    leads_to(editor.form(&format!("{here}/unpublish"), &[]).await);
    reader.get("/stories/opas-dijk-houdt-het-wel").await.is(404);
}

#[actix_web::test]
async fn every_button_that_moves_ends_in_the_order_it_names() {
    let server = Server::start();
    let editor = server.editor();
    let story = new_story(&editor, "Volgorde").await;
    for words in ["een", "twee", "drie", "vier"] {
        let page = editor.get(&format!("/desk/stories/{story}")).await;
        let version = version_on(&page);
        let fields = [("version", version.as_str()), ("words", words), ("type", "text")];
        leads_to(
            editor
                .form(&format!("/desk/stories/{story}/blocks"), &fields)
                .await,
        );
    }
    let start = ids(&blocks(&editor, &story).await);
    let order = async |expected: [usize; 4]| {
        let now = ids(&blocks(&editor, &story).await);
        let expected: Vec<String> = expected.iter().map(|at| start[*at].clone()).collect();
        assert_eq!(now, expected);
    };
    let [a, _, c, d] = [&start[0], &start[1], &start[2], &start[3]];
    assert!(
        press(&editor, &story, &format!("later:{a}"), &[])
            .await
            .ends_with(a.as_str())
    );
    order([1, 0, 2, 3]).await;
    press(&editor, &story, &format!("first:{d}"), &[]).await;
    order([3, 1, 0, 2]).await;
    press(&editor, &story, &format!("earlier:{c}"), &[]).await;
    order([3, 1, 2, 0]).await;
    press(&editor, &story, &format!("last:{d}"), &[]).await;
    order([1, 2, 0, 3]).await;
    press(&editor, &story, &format!("at:{d}"), &[(&format!("to-{d}"), "2")]).await;
    order([1, 3, 2, 0]).await;

    press(&editor, &story, &format!("remove:{d}"), &[]).await;
    assert_eq!(blocks(&editor, &story).await.len(), 3);
    let page = editor.get(&format!("/desk/stories/{story}")).await.text();
    assert!(
        page.contains(&format!("restore:{d}")),
        "what was removed can be put back"
    );
    press(&editor, &story, &format!("restore:{d}"), &[]).await;
    order([1, 2, 0, 3]).await;
}

#[actix_web::test]
async fn photographs_become_a_group_and_come_apart_again() {
    let server = Server::start();
    let editor = server.editor();
    let story = new_story(&editor, "Groep").await;
    let (one, two) = (captioned(1, "Een."), captioned(2, "Twee."));
    let files: [(&str, &[u8]); 2] = [("1.jpg", &one), ("2.jpg", &two)];
    leads_to(
        editor
            .file_form(&format!("/desk/stories/{story}/uploads"), &files)
            .await,
    );
    let start = ids(&blocks(&editor, &story).await);

    press(&editor, &story, &format!("layout-full:{}", start[0]), &[]).await;
    assert_eq!(blocks(&editor, &story).await[0]["layout"], "full");
    press(
        &editor,
        &story,
        "group",
        &[("block", &start[0]), ("block", &start[1])],
    )
    .await;
    let group = blocks(&editor, &story).await;
    assert_eq!((group.len(), &group[0]["type"]), (1, &Value::from("group")));
    let id = group[0]["id"].as_str().unwrap();
    press(&editor, &story, &format!("layout-grid:{id}"), &[]).await;
    let second = group[0]["frames"][1]["id"].as_str().unwrap();
    press(&editor, &story, &format!("earlier:{second}"), &[]).await;
    let group = blocks(&editor, &story).await;
    assert_eq!(
        (&group[0]["layout"], group[0]["frames"][0]["id"].as_str()),
        (&Value::from("grid"), Some(second))
    );
    press(&editor, &story, &format!("ungroup:{id}"), &[]).await;
    assert_eq!(blocks(&editor, &story).await.len(), 2);
}

#[actix_web::test]
async fn photographs_from_the_library_are_chosen_by_boxes_and_come_in_the_order_they_were_taken() {
    let server = Server::start();
    let editor = server.editor();
    let story = new_story(&editor, "Keuze").await;
    // Uploaded in another order than they were taken.
    let mut photos = Vec::new();
    for index in [2, 0, 1] {
        let original = crate::harness::reportage::original(index, 480, 320);
        photos.push(editor.photo(&format!("{index}.jpg"), &original).await);
    }
    let pick = editor
        .get(&format!("/desk/stories/{story}/photos?position=0"))
        .await
        .is(200)
        .text();
    assert!(photos.iter().all(|photo| pick.contains(photo.as_str())));
    let chosen: Vec<(&str, &str)> = photos.iter().map(|photo| ("photo", photo.as_str())).collect();
    leads_to(
        editor
            .form(&format!("/desk/stories/{story}/photos"), &chosen)
            .await,
    );
    let placed: Vec<String> = blocks(&editor, &story)
        .await
        .iter()
        .map(|block| block["frame"]["photo"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(placed, [photos[1].clone(), photos[2].clone(), photos[0].clone()]);
    let draft = editor.draft(&story).await.data();
    let first = &draft["blocks"][0]["frame"];
    assert_eq!(
        first["caption"],
        Value::Null,
        "words of the file stay with the photo"
    );
    assert_eq!(
        draft["photos"][photos[1].as_str()]["caption"],
        crate::harness::reportage::SHOTS[0].caption
    );
}

#[actix_web::test]
async fn a_storys_own_fields_are_saved_and_a_new_address_leaves_the_old_one_behind() {
    let server = Server::start();
    let editor = server.editor();
    let photo = editor.photo("a.jpg", &captioned(1, "Een veld.")).await;
    let story = editor.small_story("Een veld", &photo).await;
    editor.publish(&story).await.is(201);
    let page = editor.get(&format!("/desk/stories/{story}")).await;
    let version = version_on(&page);
    let fields = [
        ("version", version.as_str()),
        ("kind", "details"),
        ("title", "Een ander veld"),
        ("slug", "ander-veld"),
        ("language", "nl-BE"),
        ("standfirst", "Waarom."),
        ("byline", "Tekst: Anna"),
        ("date", "2024-01"),
        ("tags", "water, dijk, water"),
        ("graphic", "1"),
    ];
    leads_to(
        editor
            .form(&format!("/desk/stories/{story}/details"), &fields)
            .await,
    );
    let draft = editor.draft(&story).await.data();
    assert_eq!(draft["tags"], serde_json::json!(["water", "dijk"]));
    assert_eq!(
        (&draft["graphic"], &draft["date"], &draft["language"]),
        (&true.into(), &"2024-01".into(), &"nl-BE".into())
    );
    let reader = server.visitor();
    assert_eq!(
        reader.get("/stories/een-veld").await.is(308).header("location"),
        "/stories/ander-veld"
    );
    // Readers still see the publication as it was made.
    assert!(
        reader
            .get("/stories/ander-veld")
            .await
            .is(200)
            .text()
            .contains("<h1>Een veld</h1>")
    );
}

#[actix_web::test]
async fn the_preview_is_the_readers_page_and_only_for_those_who_may_see_the_draft() {
    let server = Server::start();
    let editor = server.editor();
    let photo = editor.photo("a.jpg", &captioned(1, "Een veld.")).await;
    let story = editor.small_story("Een veld", &photo).await;
    let preview = editor
        .get(&format!("/desk/stories/{story}/preview"))
        .await
        .is(200);
    assert!(preview.text().contains("<figure"));
    assert_eq!(preview.header("cache-control"), "private, no-store");
    assert!(
        preview
            .header("content-security-policy")
            .contains("frame-ancestors 'self'")
    );
    let outside = server
        .visitor()
        .get(&format!("/desk/stories/{story}/preview"))
        .await
        .is(303);
    assert!(outside.header("location").starts_with("/desk/sign-in?next="));
}
