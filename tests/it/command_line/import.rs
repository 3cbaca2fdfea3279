//! `reportage import`: a folder of captioned photographs becomes a story.

use std::path::Path;
use std::time::Duration;

use super::run::{Said, Served, add_user, run};
use crate::harness::reportage::original;
use crate::harness::{Client, jpeg};

const SCRIPT: &str = "# “Een veld” bij Telskuf\n\nEerste alinea.\n\n![](02.jpg)\n\n## Tussenkop\n\nTweede alinea,\nop twee regels.\n\n> Een vraagteken is beter.\n";

fn folder_of_photographs(folder: &Path) {
    std::fs::create_dir_all(folder).unwrap();
    for index in 0..3 {
        std::fs::write(folder.join(format!("0{index}.jpg")), original(index, 400, 300)).unwrap();
    }
}

fn import(data: &Path, folder: &Path, more: &[&str]) -> Said {
    let mut arguments = vec![
        "import",
        "--data",
        data.to_str().unwrap(),
        folder.to_str().unwrap(),
    ];
    arguments.extend(more);
    run(&arguments)
}

#[actix_web::test]
async fn a_folder_with_a_script_is_imported_and_published_beside_a_running_server() {
    let folder = tempfile::tempdir().unwrap();
    let (data, photographs) = (folder.path().join("data"), folder.path().join("Mosul"));
    folder_of_photographs(&photographs);
    std::fs::write(photographs.join("story.md"), SCRIPT).unwrap();
    std::fs::write(photographs.join("notities.txt"), "geen foto").unwrap();
    let served = Served::start(&data);
    add_user(&data, "anna@example.org", "editor").ok();
    let reader = Client::new(&served.base);
    reader.get("/stories/een-veld-bij-telskuf").await.is(404);
    let said = import(&data, &photographs, &["--publish"]).ok();
    assert!(said.out.contains("notities.txt is left out:"), "{said:?}");
    assert!(
        said.out.contains("with 3 photographs")
            && said.out.contains("Published as /stories/een-veld-bij-telskuf."),
        "{said:?}"
    );
    tokio::time::sleep(Duration::from_secs(1)).await;
    let live = reader
        .get("/api/v1/stories/een-veld-bij-telskuf")
        .await
        .is(200)
        .data();
    assert_eq!(live["title"], "“Een veld” bij Telskuf");
    let order: Vec<String> = live["blocks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|block| {
            let words = block["text"]
                .as_str()
                .or(block["frame"]["caption"]["text"].as_str());
            format!("{}: {}", block["type"].as_str().unwrap(), words.unwrap())
        })
        .collect();
    let shots = &crate::harness::reportage::SHOTS;
    assert_eq!(
        order,
        [
            "text: Eerste alinea.".to_owned(),
            format!("photo: {}", shots[2].caption),
            "heading: Tussenkop".to_owned(),
            "text: Tweede alinea, op twee regels.".to_owned(),
            "quote: Een vraagteken is beter.".to_owned(),
            format!("photo: {}", shots[0].caption),
            format!("photo: {}", shots[1].caption),
        ]
    );
}

#[test]
fn a_folder_without_a_script_becomes_a_draft_in_the_order_of_shooting() {
    let folder = tempfile::tempdir().unwrap();
    let (data, photographs) = (folder.path().join("data"), folder.path().join("Mosul 2024"));
    folder_of_photographs(&photographs);
    // The names say another order than the clocks of the cameras.
    std::fs::rename(photographs.join("00.jpg"), photographs.join("99.jpg")).unwrap();
    add_user(&data, "anna@example.org", "admin").ok();
    let said = import(&data, &photographs, &[]).ok();
    assert!(
        said.out.contains("Draft “Mosul 2024” with 3 photographs: sto_"),
        "{said:?}"
    );
    assert!(!said.out.contains("Published"));
    let db = reportage::db::Db::open(&data.join("reportage.db")).unwrap();
    let captions: Vec<String> = db
        .read_now(|conn| {
            let id = said.out.split("sto_").nth(1).unwrap().lines().next().unwrap();
            let id: reportage::id::StoryId = format!("sto_{id}").parse().unwrap();
            let story = reportage::story::query::find_story(conn, &id)?.unwrap();
            let draft = reportage::story::draft::load(conn, story)?;
            let frames = draft.blocks.iter().flat_map(|block| block.frames().to_vec());
            Ok::<_, diesel::result::Error>(
                frames
                    .map(|frame| draft.photos[&frame.photo_id].caption.clone().unwrap())
                    .collect(),
            )
        })
        .unwrap();
    let expected: Vec<&str> = crate::harness::reportage::SHOTS[..3]
        .iter()
        .map(|shot| shot.caption)
        .collect();
    assert_eq!(captions, expected);
}

#[test]
fn what_stands_in_the_way_of_publishing_is_told_and_the_draft_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let (data, photographs) = (folder.path().join("data"), folder.path().join("kaal"));
    std::fs::create_dir_all(&photographs).unwrap();
    std::fs::write(photographs.join("a.jpg"), jpeg(1, 400, 300)).unwrap();
    add_user(&data, "anna@example.org", "editor").ok();
    let said = import(&data, &photographs, &["--publish"]).fails("a draft still");
    assert!(
        said.out.contains("no alt text") && said.out.contains("no credit"),
        "{said:?}"
    );
    assert!(said.out.contains("Draft “kaal”"), "{said:?}");
}

#[test]
fn a_folder_that_cannot_be_imported_is_told_why() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    add_user(&data, "anna@example.org", "editor").ok();
    import(&data, &folder.path().join("nergens"), &[]).fails("cannot be read");
    let empty = folder.path().join("leeg");
    std::fs::create_dir_all(&empty).unwrap();
    import(&data, &empty, &[]).fails("export your photographs there first");
    import(&data, &empty, &["--user", "niemand@example.org"]).fails("no account for niemand@example.org");
    import(&data, &empty, &["--language", "klingonisch!"]).fails("language tag");
    std::fs::write(empty.join("tekst.jpg"), "geen foto").unwrap();
    import(&data, &empty, &["--publish"]).fails("draft still");
}

#[test]
fn a_photograph_under_two_names_is_one_and_a_name_in_the_script_that_is_not_there_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let (data, photographs) = (folder.path().join("data"), folder.path().join("dubbel"));
    std::fs::create_dir_all(&photographs).unwrap();
    let bytes = crate::harness::captioned(1, "Een veld.");
    for name in ["a.jpg", "nog eens a.jpg"] {
        std::fs::write(photographs.join(name), &bytes).unwrap();
    }
    std::fs::write(
        photographs.join("story.md"),
        "# Dubbel\r\nTekst.\r\n![](a.jpg)\r\n![](weg.jpg)\r\n",
    )
    .unwrap();
    add_user(&data, "anna@example.org", "editor").ok();
    let said = import(&data, &photographs, &[]).ok();
    assert!(said.out.contains("“Dubbel” with 1 photographs"), "{said:?}");
    assert!(said.out.contains("story.md names weg.jpg"), "{said:?}");
    import(&data, &photographs, &["--publish"]).fails("photographs that are not there");
}
