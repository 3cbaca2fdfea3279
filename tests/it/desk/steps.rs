//! Undo and redo: fifty steps back lead to the same document, and forward again; what somebody else changed since stays.

use reportage::account::Role;
use serde_json::{Value, json};

use crate::harness::{Client, Server, captioned};

/// A story with this many photographs and a paragraph before each.
pub(super) async fn story_of(editor: &Client, photographs: u32) -> String {
    let mut blocks = Vec::new();
    for seed in 0..photographs {
        let photo = editor
            .photo_pending(
                &format!("DSC_{seed}.jpg"),
                &captioned(seed, &format!("Bijschrift {seed}.")),
            )
            .await;
        blocks.push(json!({"type": "text", "markdown": format!("Alinea {seed}.")}));
        blocks.push(json!({"type": "photo", "frame": {"photo": photo}}));
    }
    editor
        .story(&json!({"title": "Stappen", "language": "nl", "blocks": blocks}))
        .await
}

/// What the document says, without versions, times and the tray.
pub(super) async fn document(editor: &Client, story: &str) -> Value {
    let mut draft = editor.draft(story).await.data();
    let fields = [
        "title",
        "standfirst",
        "byline",
        "language",
        "date",
        "tags",
        "graphic",
        "blocks",
    ];
    let mut kept = json!({});
    for field in fields {
        kept[field] = draft[field].take();
    }
    strip(&mut kept);
    kept
}

fn strip(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.retain(|key, _| !["version", "updated_at", "updated_by"].contains(&key.as_str()));
            map.values_mut().for_each(strip);
        }
        Value::Array(list) => list.iter_mut().for_each(strip),
        _ => {}
    }
}

pub(super) async fn swing(editor: &Client, story: &str, verb: &str) -> Value {
    editor
        .post(&format!("/api/v1/manage/stories/{story}/{verb}"), &Value::Null)
        .await
        .is(200)
        .json()
}

/// An operation that fits the draft as it is, drawn by a number.
fn operation(draft: &Value, draw: usize) -> Value {
    let blocks = draft["blocks"].as_array().unwrap();
    let of = |kind: &str| {
        blocks
            .iter()
            .filter(|block| block["type"] == kind)
            .collect::<Vec<_>>()
    };
    let any = &blocks[draw % blocks.len()];
    let (photos, groups, texts) = (of("photo"), of("group"), of("text"));
    match draw % 11 {
        0 => {
            json!({"op": "insert", "position": draw % 5, "block": {"type": "quote", "markdown": format!("Gezegd {draw}")}})
        }
        1 | 2 => json!({"op": "move", "id": any["id"], "position": draw % blocks.len()}),
        3 if photos.len() > 2 => json!({"op": "group", "ids": [photos[0]["id"], photos[2]["id"]]}),
        4 if !groups.is_empty() => json!({"op": "ungroup", "id": groups[0]["id"]}),
        5 if blocks.len() > 4 => json!({"op": "remove", "id": any["id"]}),
        6 if !draft["tray"].as_array().unwrap().is_empty() => {
            json!({"op": "restore", "id": draft["tray"][0]["id"], "position": 1})
        }
        7 if !texts.is_empty() => {
            json!({"op": "update", "id": texts[0]["id"], "version": texts[0]["version"], "set": {"markdown": format!("Anders {draw}.")}})
        }
        8 if !photos.is_empty() => {
            let frame = &photos[draw % photos.len()]["frame"];
            json!({"op": "update", "id": frame["id"], "version": frame["version"], "set": {"caption": format!("Bijschrift {draw}"), "place": "Mosul"}})
        }
        9 => json!({"op": "sort", "by": if draw.is_multiple_of(2) { "captured" } else { "file_name" }}),
        10 if !groups.is_empty() => {
            let frames = groups[0]["frames"].as_array().unwrap();
            json!({"op": if draw.is_multiple_of(2) { "remove" } else { "move" }, "id": frames[0]["id"], "position": 1})
        }
        _ => json!({"op": "move", "ids": [blocks[0]["id"], any["id"]], "position": 2}),
    }
}

#[actix_web::test]
async fn fifty_steps_back_are_the_same_document_and_fifty_on_are_the_last_one() {
    let server = Server::start();
    let editor = server.editor();
    let story = story_of(&editor, 6).await;
    let mut documents = vec![document(&editor, &story).await];
    // A draw for each step, as random as a fixed list can be.
    let mut draw = 7_usize;
    while documents.len() <= 50 {
        draw = (draw * 1_103_515_245 + 12_345) % 2_147_483_648;
        let draft = editor.draft(&story).await.data();
        let mut operation = operation(&draft, draw >> 8);
        if operation["op"] == "remove" || operation["op"] == "update" {
            operation.as_object_mut().unwrap().remove("position");
        }
        let answer = editor.operate(&story, &json!([operation])).await;
        // Some draws do not fit, such as a group of seven; those are no steps.
        if answer.status != 200 {
            answer.is(422);
            continue;
        }
        let after = document(&editor, &story).await;
        // Words of one part typed in one go are one step: such a pair counts once.
        if after != *documents.last().unwrap() {
            documents.push(after);
        }
    }
    let mut undone = 0;
    loop {
        let answer = swing(&editor, &story, "undo").await;
        if answer["step"]["what"].is_null() {
            break;
        }
        assert_eq!(answer["step"]["overtaken"], false, "step {undone}");
        undone += 1;
        assert!(
            documents.contains(&document(&editor, &story).await),
            "after undoing {undone}"
        );
    }
    assert!(undone >= 40, "{undone}");
    assert_eq!(document(&editor, &story).await, documents[0]);
    for _ in 0..undone {
        assert_eq!(swing(&editor, &story, "redo").await["step"]["overtaken"], false);
    }
    assert_eq!(document(&editor, &story).await, *documents.last().unwrap());
    assert_eq!(swing(&editor, &story, "redo").await["step"]["what"], Value::Null);
}

#[actix_web::test]
async fn what_somebody_else_changed_since_is_left_and_said_so() {
    let server = Server::start();
    let anna = server.session(&server.person("anna", Role::Editor));
    let bert = server.session(&server.person("bert", Role::Editor));
    let story = story_of(&anna, 2).await;
    let draft = anna.draft(&story).await.data();
    let text = &draft["blocks"][0];
    let update = |version: i64, words: &str| json!([{"op": "update", "id": text["id"], "version": version, "set": {"markdown": words}}]);
    anna.operate(
        &story,
        &json!([{"op": "move", "id": draft["blocks"][3]["id"], "position": 0}]),
    )
    .await
    .is(200);
    anna.operate(&story, &update(1, "Van Anna")).await.is(200);
    bert.operate(&story, &update(2, "Van Bert")).await.is(200);
    bert.operate(
        &story,
        &json!([{"op": "insert", "position": 0, "block": {"type": "heading", "text": "Van Bert"}}]),
    )
    .await
    .is(200);

    let answer = swing(&anna, &story, "undo").await;
    assert_eq!(
        (&answer["step"]["what"], &answer["step"]["overtaken"]),
        (&json!("words"), &json!(true))
    );
    let blocks = anna.draft(&story).await.data()["blocks"].clone();
    assert_eq!(blocks[2]["markdown"], "Van Bert");

    // Her move can still be taken back: Bert's heading stays at the top.
    let answer = swing(&anna, &story, "undo").await;
    assert_eq!(
        (&answer["step"]["what"], &answer["step"]["overtaken"]),
        (&json!("move"), &json!(false))
    );
    let order: Vec<Value> = answer["data"]["blocks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|block| block["id"].clone())
        .collect();
    let expected: Vec<Value> = std::iter::once(blocks[0]["id"].clone())
        .chain(
            draft["blocks"]
                .as_array()
                .unwrap()
                .iter()
                .map(|block| block["id"].clone()),
        )
        .collect();
    assert_eq!(order, expected);
    // And nobody undoes another's steps.
    assert_eq!(swing(&anna, &story, "undo").await["step"]["what"], Value::Null);
    assert_eq!(swing(&bert, &story, "undo").await["step"]["what"], "insert");
}

#[actix_web::test]
async fn words_typed_in_one_go_are_one_step_and_an_undone_insertion_lies_in_the_tray() {
    let server = Server::start();
    let editor = server.editor();
    let story = story_of(&editor, 1).await;
    let draft = editor.draft(&story).await.data();
    let frame = &draft["blocks"][1]["frame"];
    for (version, words) in [(1, "Een"), (2, "Een vrouw"), (3, "Een vrouw wacht.")] {
        let update =
            json!([{"op": "update", "id": frame["id"], "version": version, "set": {"caption": words}}]);
        editor.operate(&story, &update).await.is(200);
    }
    let answer = swing(&editor, &story, "undo").await;
    assert_eq!(answer["data"]["blocks"][1]["frame"]["caption"], Value::Null);
    assert_eq!(
        swing(&editor, &story, "redo").await["data"]["blocks"][1]["frame"]["caption"],
        "Een vrouw wacht."
    );

    let insert =
        json!([{"op": "insert", "position": 0, "block": {"type": "text", "markdown": "Lang getypt."}}]);
    editor.operate(&story, &insert).await.is(200);
    let answer = swing(&editor, &story, "undo").await;
    assert_eq!(answer["data"]["tray"][0]["markdown"], "Lang getypt.");
    assert_eq!(
        swing(&editor, &story, "redo").await["data"]["blocks"][0]["markdown"],
        "Lang getypt."
    );

    // The story's own fields are steps too; the button of the page does the same as the API.
    let patch = json!({"title": "Anders"});
    let etag = editor.draft(&story).await.header("etag");
    editor
        .if_match(&etag)
        .patch(&format!("/api/v1/manage/stories/{story}"), &patch)
        .await
        .is(200);
    let page = editor.get(&format!("/desk/stories/{story}")).await.is(200).text();
    assert!(page.contains("Undo: the story’s fields"), "{page}");
    editor
        .form(
            &format!("/desk/stories/{story}/history"),
            &[("do", "undo"), ("page", "table")],
        )
        .await
        .is(303);
    assert_eq!(editor.draft(&story).await.data()["title"], "Stappen");
}

#[actix_web::test]
async fn who_is_no_editor_any_more_undoes_no_order() {
    let server = Server::start();
    let bea = server.person("bea", Role::Editor);
    let (editor, admin) = (
        server.session(&bea),
        server.session(&server.person("beheer", Role::Admin)),
    );
    let story = story_of(&editor, 2).await;
    let block = editor.draft(&story).await.data()["blocks"][3]["id"].clone();
    editor
        .operate(&story, &json!([{"op": "move", "id": block, "position": 0}]))
        .await
        .is(200);
    let before = document(&editor, &story).await;
    admin
        .form(
            &format!("/desk/people/{}", bea.account.id),
            &[("do", "role"), ("role", "photographer")],
        )
        .await
        .is(303);
    let here = format!("/api/v1/manage/stories/{story}");
    admin
        .put(&format!("{here}/members/{}", bea.account.id))
        .await
        .is(204);
    let photographer = server.session(&bea);
    photographer
        .post(&format!("{here}/undo"), &Value::Null)
        .await
        .fails(403, "forbidden");
    assert_eq!(document(&admin, &story).await, before);
}

#[actix_web::test]
async fn who_is_no_editor_any_more_moves_and_groups_nothing_of_others_by_undoing() {
    let server = Server::start();
    let bea = server.person("bea", Role::Editor);
    let admin = server.session(&server.person("beheer", Role::Admin));
    let mut editor = server.session(&bea);
    let own = editor.photo_pending("eigen.jpg", &captioned(90, "Eigen.")).await;
    let turn_into = async |role: &str| {
        let fields = [("do", "role"), ("role", role)];
        admin
            .form(&format!("/desk/people/{}", bea.account.id), &fields)
            .await
            .is(303);
    };
    for is_moved in [true, false] {
        // Another's photographs.
        let story = story_of(&admin, 2).await;
        let blocks = admin.draft(&story).await.data()["blocks"].clone();
        let (one, other) = (&blocks[1]["id"], &blocks[3]["id"]);
        let operations = if is_moved {
            json!([
                {"op": "insert", "block": {"type": "photo", "frame": {"photo": own}}},
                {"op": "move", "id": other, "position": 0},
            ])
        } else {
            json!([{"op": "group", "ids": [one, other]}])
        };
        editor.operate(&story, &operations).await.is(200);
        let before = document(&admin, &story).await;
        let here = format!("/api/v1/manage/stories/{story}");
        admin
            .put(&format!("{here}/members/{}", bea.account.id))
            .await
            .is(204);
        turn_into("photographer").await;
        let photographer = server.session(&bea);
        photographer
            .post(&format!("{here}/undo"), &Value::Null)
            .await
            .fails(403, "forbidden");
        assert_eq!(document(&admin, &story).await, before, "{operations}");
        turn_into("editor").await;
        editor = server.session(&bea);
    }
}
