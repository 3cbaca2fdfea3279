//! The light table and the caption desk without scripts: moving several together, writing to many, find and replace, sheets.

use reportage::account::Role;
use serde_json::{Value, json};

use super::leads_to;
use crate::harness::{Client, Server, captioned};

async fn story_of(editor: &Client, photographs: u32) -> (String, Vec<Value>) {
    let mut blocks = vec![json!({"type": "text", "markdown": "Ali woont in Mosul. Alia niet."})];
    for seed in 0..photographs {
        let name = format!("DSC_{}.jpg", 12 - seed);
        let photo = editor
            .photo_pending(&name, &captioned(seed, &format!("Ali {seed}.")))
            .await;
        blocks.push(json!({"type": "photo", "frame": {"photo": photo}}));
    }
    let story = editor
        .story(&json!({"title": "Onderschriften", "language": "nl", "blocks": blocks}))
        .await;
    let blocks = blocks_of(editor, &story).await;
    (story, blocks)
}

async fn blocks_of(editor: &Client, story: &str) -> Vec<Value> {
    editor.draft(story).await.data()["blocks"]
        .as_array()
        .unwrap()
        .clone()
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_default()
}

/// The fields of the form that carries changes out, all ticked.
fn ticked(page: &str) -> Vec<(String, String)> {
    page.split("name=\"change\" value=\"")
        .skip(1)
        .flat_map(|rest| {
            let key = rest.split('"').next().unwrap().to_owned();
            let hidden = rest.split("name=\"text:").nth(1).unwrap();
            let after = hidden
                .split("value=\"")
                .nth(1)
                .unwrap()
                .split('"')
                .next()
                .unwrap();
            let after = after
                .replace("&#39;", "'")
                .replace("&#34;", "\"")
                .replace("&#38;", "&");
            [("change".to_owned(), key.clone()), (format!("text:{key}"), after)]
        })
        .collect()
}

async fn carry_out(editor: &Client, story: &str, page: &str) -> String {
    let fields = ticked(page);
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    leads_to(
        editor
            .form(&format!("/desk/stories/{story}/changes"), &fields)
            .await,
    )
}

#[actix_web::test]
async fn chosen_blocks_move_together_and_photographs_sort_around_the_text() {
    let server = Server::start();
    let editor = server.editor();
    let (story, blocks) = story_of(&editor, 4).await;
    let press = async |command: &str, chosen: &[usize], to: &str| {
        let version = editor.draft(&story).await.data()["version"].to_string();
        let mut fields = vec![
            ("version", version.as_str()),
            ("page", "table"),
            ("do", command),
            ("to", to),
        ];
        fields.extend(chosen.iter().map(|index| ("block", text(&blocks[*index], "id"))));
        let to = leads_to(
            editor
                .form(&format!("/desk/stories/{story}/structure"), &fields)
                .await,
        );
        assert!(to.starts_with(&format!("/desk/stories/{story}/table")), "{to}");
        let now = blocks_of(&editor, &story).await;
        let places = now.iter().map(|block| {
            blocks
                .iter()
                .position(|other| other["id"] == block["id"])
                .unwrap()
        });
        places.collect::<Vec<_>>()
    };
    assert_eq!(press("together:last", &[1, 3], "").await, [0, 2, 4, 1, 3]);
    assert_eq!(press("together:earlier", &[1, 3], "").await, [0, 2, 1, 3, 4]);
    assert_eq!(press("together:later", &[0], "").await, [2, 0, 1, 3, 4]);
    assert_eq!(press("together:first", &[4, 3], "").await, [3, 4, 2, 0, 1]);
    assert_eq!(press("together:at", &[3, 4], "2").await, [2, 3, 4, 0, 1]);
    // Files are called DSC_12 to DSC_9: the text keeps the place it has.
    assert_eq!(press("sort:file_name", &[], "").await, [4, 3, 2, 0, 1]);
    // One step each, so one undo for the sort.
    editor
        .form(&format!("/desk/stories/{story}/history"), &[("do", "undo")])
        .await
        .is(303);
    let sheet = editor
        .get(&format!("/desk/stories/{story}/table"))
        .await
        .is(200)
        .text();
    assert!(sheet.contains("DSC_12.jpg"), "{sheet}");
}

#[actix_web::test]
async fn the_same_words_go_under_all_that_are_chosen_and_come_back_with_one_undo() {
    let server = Server::start();
    let editor = server.editor();
    let (story, blocks) = story_of(&editor, 3).await;
    let here = format!("/desk/stories/{story}");
    let frame = |index: usize| text(&blocks[index]["frame"], "id");
    editor
        .form(&format!("{here}/codes"), &[("codes", "mo = Mosul, Irak")])
        .await
        .is(303);
    let form = editor
        .get(&format!(
            "{here}/captions/apply?block={}&frame={}",
            text(&blocks[1], "id"),
            frame(2)
        ))
        .await
        .is(200);
    assert!(form.text().contains("2 photographs"));
    let fields = [
        ("frame", frame(1)),
        ("frame", frame(2)),
        ("set-place", "1"),
        ("mode-place", "replace"),
        ("place", "\\mo\\"),
        ("set-caption", "1"),
        ("mode-caption", "append"),
        ("caption", "Foto {seq} van {creator}{nobody}."),
        ("credit", "not ticked"),
    ];
    let page = editor
        .form(&format!("{here}/captions/apply"), &fields)
        .await
        .is(200)
        .text();
    assert!(page.contains("4 changes"), "{page}");
    assert_eq!(
        carry_out(&editor, &story, &page).await,
        format!("{here}/captions")
    );
    let now = blocks_of(&editor, &story).await;
    assert_eq!(now[1]["frame"]["place"], "Mosul, Irak");
    let caption = text(&now[2]["frame"], "caption");
    assert!(
        caption.starts_with("Ali 1. Foto 2 van ") && caption.ends_with("{nobody}."),
        "{caption}"
    );
    assert_eq!(now[3]["frame"]["caption"], Value::Null);
    // The same form again is about words that have changed since: nothing is written over.
    let fields: Vec<(String, String)> = ticked(&page);
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    editor
        .operate(
            &story,
            &json!([{"op": "update", "id": frame(1), "version": 2, "set": {"caption": "Anders"}}]),
        )
        .await
        .is(200);
    editor.form(&format!("{here}/changes"), &fields).await.is(412);
    editor
        .form(&format!("{here}/history"), &[("do", "undo")])
        .await
        .is(303);
    editor
        .form(&format!("{here}/history"), &[("do", "undo")])
        .await
        .is(303);
    let now = blocks_of(&editor, &story).await;
    assert_eq!(
        (&now[1]["frame"]["caption"], &now[2]["frame"]["place"]),
        (&Value::Null, &Value::Null)
    );
}

#[actix_web::test]
async fn words_are_replaced_throughout_the_story_and_a_photographer_changes_only_their_own() {
    let server = Server::start();
    let editor = server.session(&server.person("anna", Role::Editor));
    let pete = server.person("pete", Role::Photographer);
    let (story, _) = story_of(&editor, 2).await;
    let here = format!("/desk/stories/{story}");
    let fields = [("find", "ali"), ("with", "Yusuf"), ("whole_words", "1")];
    let page = editor
        .form(&format!("{here}/captions/replace"), &fields)
        .await
        .is(200)
        .text();
    assert!(page.contains("3 changes"), "{page}");
    editor
        .put(&format!(
            "/api/v1/manage/stories/{story}/members/{}",
            pete.account.id
        ))
        .await;
    let session = server.session(&pete);
    let theirs = session
        .form(&format!("{here}/captions/replace"), &fields)
        .await
        .is(200)
        .text();
    assert!(
        theirs.contains("0 changes") && theirs.contains("not your photograph"),
        "{theirs}"
    );
    let forced = ticked(&page);
    let forced: Vec<(&str, &str)> = forced
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    session.form(&format!("{here}/changes"), &forced).await.is(403);
    carry_out(&editor, &story, &page).await;
    let now = blocks_of(&editor, &story).await;
    assert_eq!(now[0]["markdown"], "Yusuf woont in Mosul. Alia niet.");
    assert_eq!(now[2]["frame"]["caption"], "Yusuf 1.");
}

#[actix_web::test]
async fn captions_go_out_as_a_sheet_and_come_back_matched_by_frame() {
    let server = Server::start();
    let editor = server.editor();
    let (story, blocks) = story_of(&editor, 2).await;
    let here = format!("/desk/stories/{story}");
    let frame = text(&blocks[1]["frame"], "id");
    editor.operate(&story, &json!([{"op": "update", "id": frame, "version": 1, "set": {"caption": "=SOM(1;2) “zei” hij,\nen zweeg"}}])).await.is(200);
    let sheet = editor.get(&format!("{here}/captions.csv")).await.is(200);
    assert!(
        sheet
            .header("content-disposition")
            .contains("captions-onderschriften.csv")
    );
    let sheet = sheet.text();
    assert!(sheet.contains("\"'=SOM(1;2) “zei” hij,\nen zweeg\""), "{sheet}");
    // As it was, nothing would change.
    let page = editor
        .form(&format!("{here}/captions.csv"), &[("sheet", &sheet)])
        .await
        .is(200)
        .text();
    assert!(page.contains("0 changes"), "{page}");
    // As a spreadsheet of the Low Countries saves it, with a row that belongs to nothing.
    let came_back = format!("frame;caption;alt\r\n{frame};\"Nieuw; echt\";Een dijk\r\nfrm_x;y;z\r\n");
    let page = editor
        .form(&format!("{here}/captions.csv"), &[("sheet", &came_back)])
        .await
        .is(200)
        .text();
    assert!(page.contains("2 changes") && page.contains("frm_x"), "{page}");
    carry_out(&editor, &story, &page).await;
    let now = blocks_of(&editor, &story).await;
    assert_eq!(
        (text(&now[1]["frame"], "caption"), text(&now[1]["frame"], "alt")),
        ("Nieuw; echt", "Een dijk")
    );
    let refused = editor
        .form(&format!("{here}/captions.csv"), &[("sheet", "a,b\n1,2\n")])
        .await
        .is(422)
        .text();
    assert!(refused.contains("no column"), "{refused}");
}

#[actix_web::test]
async fn the_photos_own_words_stand_beside_those_of_the_frame_and_are_taken_again_with_a_button() {
    let server = Server::start();
    let editor = server.editor();
    let (story, blocks) = story_of(&editor, 1).await;
    let here = format!("/desk/stories/{story}");
    let frame = text(&blocks[1]["frame"], "id");
    editor
        .operate(
            &story,
            &json!([{"op": "update", "id": frame, "version": 1, "set": {"caption": "Eigen"}}]),
        )
        .await
        .is(200);
    let page = editor.get(&format!("{here}/captions")).await.is(200).text();
    assert!(
        page.contains("The photo itself says:") && page.contains("Ali 0."),
        "{page}"
    );
    assert!(page.contains("Short: under 30 characters."), "{page}");
    let fields = [
        ("version", "2"),
        ("kind", "frame"),
        ("caption", "Eigen"),
        ("follow", "caption"),
    ];
    editor
        .form(&format!("{here}/parts/{frame}"), &fields)
        .await
        .is(303);
    assert_eq!(
        blocks_of(&editor, &story).await[1]["frame"]["caption"],
        Value::Null
    );
}
