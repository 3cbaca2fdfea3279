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
    import(&data, &empty, &["--publish"]).fails("no story was made");
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
    let said = import(&data, &photographs, &[]);
    assert_eq!(said.code, 3, "{said:?}");
    assert!(said.out.contains("“Dubbel” with 1 photograph:"), "{said:?}");
    assert!(said.out.contains("story.md names weg.jpg"), "{said:?}");
    import(&data, &photographs, &["--publish"]).fails("photographs that are not there");
}

#[test]
fn what_is_known_of_a_story_stands_before_its_text_and_a_caption_can_be_said_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let (data, photographs) = (folder.path().join("data"), folder.path().join("Mosul"));
    folder_of_photographs(&photographs);
    let script = "---\ntitle: Een veld\nslug: het-veld\nlanguage: nl\nstandfirst: Een jaar later.\nbyline: Anna Jansen\ndate: 2024-01\n\
                  tags: [Irak, wederopbouw]\nlead: 02.JPG\n---\n![Hier zegt iemand iets anders.](01.jpg)\n\nTekst.\n\n![](02.jpg)\n";
    std::fs::write(photographs.join("story.md"), script).unwrap();
    add_user(&data, "anna@example.org", "editor").ok();
    let dry = import(&data, &photographs, &["--dry-run"]).ok();
    assert!(
        dry.out.contains("In the order of taking: 00.jpg, 01.jpg, 02.jpg")
            && dry.out.contains("Nothing was changed"),
        "{dry:?}"
    );
    let said = import(&data, &photographs, &["--publish"]).ok();
    assert!(
        said.out.contains("Found: 3 photographs.") && said.out.contains("so at the end: 00.jpg"),
        "{said:?}"
    );
    assert!(said.out.contains("Published as /stories/het-veld."), "{said:?}");
    let draft = drafts(&data).remove(0);
    assert_eq!(draft.story.standfirst.as_deref(), Some("Een jaar later."));
    assert_eq!(draft.story.date.as_deref(), Some("2024-01"));
    assert_eq!(draft.story.tags, ["Irak", "wederopbouw"]);
    assert_eq!(draft.story.lead.as_ref(), Some(&draft.blocks[2].id));
    let own = &draft.blocks[0].frames()[0].words.caption;
    assert_eq!(own.as_deref(), Some("Hier zegt iemand iets anders."));
    assert_eq!(draft.blocks[2].frames()[0].words.caption, None);
}

fn drafts(data: &Path) -> Vec<reportage::story::draft::Draft> {
    let db = reportage::db::Db::open(&data.join("reportage.db")).unwrap();
    db.read_now(|conn| {
        let filter = reportage::story::query::StoryFilter::default();
        let stories = reportage::story::query::list_stories(conn, &filter, 100)?;
        stories
            .into_iter()
            .map(|story| reportage::story::draft::load(conn, story))
            .collect::<Result<_, diesel::result::Error>>()
    })
    .unwrap()
}

#[test]
fn a_folder_that_is_imported_again_becomes_the_same_story_again() {
    let folder = tempfile::tempdir().unwrap();
    let (data, photographs) = (folder.path().join("data"), folder.path().join("Mosul"));
    folder_of_photographs(&photographs);
    std::fs::write(photographs.join("story.md"), SCRIPT).unwrap();
    add_user(&data, "anna@example.org", "editor").ok();
    import(&data, &photographs, &[]).ok();
    let first = drafts(&data);
    let again = import(&data, &photographs, &[]).ok();
    assert!(
        again.out.contains("3 of them in the library already")
            && again.out.contains("As it was already: draft"),
        "{again:?}"
    );
    // The folder says more now: the same story does too.
    std::fs::write(
        photographs.join("story.md"),
        format!("{SCRIPT}\nNog een alinea.\n"),
    )
    .unwrap();
    std::fs::write(photographs.join("03.jpg"), original(3, 400, 300)).unwrap();
    let more = import(&data, &photographs, &[]).ok();
    assert!(
        more.out.contains("Brought up to date: draft") && more.out.contains("with 4 photographs"),
        "{more:?}"
    );
    let second = drafts(&data);
    assert_eq!(second.len(), 1);
    assert_eq!(second[0].story.id, first[0].story.id);
    // Somebody has worked on it: nothing is lost without being asked for.
    edit(&data, |edit| {
        edit.title = Some("Een andere titel".to_owned());
        edit.byline = Some(Some("Anna Jansen".to_owned()));
    });
    import(&data, &photographs, &[]).fails("was changed at the desk since");
    assert_eq!(drafts(&data)[0].story.title, "Een andere titel");
    import(&data, &photographs, &["--replace"]).ok();
    let story = &drafts(&data)[0].story;
    assert_eq!(story.title, "“Een veld” bij Telskuf");
    assert_eq!(
        story.byline.as_deref(),
        Some("Anna Jansen"),
        "the folder says nothing of it"
    );
    import(&data, &photographs, &["--new"]).ok();
    assert_eq!(drafts(&data).len(), 2);
}

/// Changes fields of the only story, as somebody at the desk does.
fn edit(data: &Path, change: impl FnOnce(&mut reportage::story::details::StoryEdit)) {
    let story = drafts(data).remove(0).story;
    let mut edit = reportage::story::details::StoryEdit::default();
    change(&mut edit);
    let db = reportage::db::Db::open(&data.join("reportage.db")).unwrap();
    db.write_now(|conn| {
        let account = reportage::account::query::list_accounts(conn)?.remove(0);
        let actor = reportage::account::Actor::from(&account);
        let now = story.updated_at + 1;
        reportage::story::details::edit(conn, &actor, &story.id, story.version, &edit, now)
    })
    .unwrap();
}

#[test]
fn an_embargo_and_marks_of_the_desk_stay_when_a_folder_says_nothing_of_them() {
    use reportage::story::operations::{self, Operation, PartChange};
    let folder = tempfile::tempdir().unwrap();
    let (data, photographs) = (folder.path().join("data"), folder.path().join("Mosul"));
    folder_of_photographs(&photographs);
    add_user(&data, "anna@example.org", "editor").ok();
    import(&data, &photographs, &[]).ok();
    let until = reportage::clock::Clock::system().now() + 86_400_000;
    edit(&data, |edit| {
        edit.embargo_until = Some(Some(until));
        edit.graphic = Some(true);
        edit.tags = Some(vec!["Irak".to_owned()]);
    });
    let draft = drafts(&data).remove(0);
    let frame = draft.blocks[1].frames()[0].clone();
    let db = reportage::db::Db::open(&data.join("reportage.db")).unwrap();
    db.write_now(|conn| {
        let account = reportage::account::query::list_accounts(conn)?.remove(0);
        let actor = reportage::account::Actor::from(&account);
        let set = PartChange {
            graphic: Some(true),
            ..PartChange::default()
        };
        let mark = Operation::Update {
            part: reportage::story::PartId::Frame(frame.id.clone()),
            set: Box::new(set),
            version: frame.version,
        };
        let now = draft.story.updated_at + 1;
        operations::apply(conn, &actor, &draft.story.id, None, &[mark], now)
    })
    .unwrap();
    // What the folder says is there already.
    let same = import(&data, &photographs, &[]).ok();
    assert!(same.out.contains("As it was already"), "{same:?}");
    std::fs::write(photographs.join("03.jpg"), original(3, 400, 300)).unwrap();
    import(&data, &photographs, &["--replace", "--publish"]).fails("a draft still");
    let after = drafts(&data).remove(0);
    assert_eq!(after.blocks.len(), 4);
    assert_eq!(after.story.embargo_until, Some(until));
    assert!(after.story.graphic && after.story.live_publication.is_none());
    assert_eq!(after.story.tags, ["Irak"]);
    let marked: Vec<bool> = after
        .blocks
        .iter()
        .map(|block| block.frames()[0].words.graphic)
        .collect();
    assert_eq!(marked, [false, true, false, false]);
}

#[test]
fn another_card_at_the_same_path_does_not_become_the_story_of_the_last_one() {
    let folder = tempfile::tempdir().unwrap();
    let (data, card) = (folder.path().join("data"), folder.path().join("DCIM"));
    folder_of_photographs(&card);
    add_user(&data, "anna@example.org", "editor").ok();
    import(&data, &card, &["--publish"]).ok();
    std::fs::remove_dir_all(&card).unwrap();
    std::fs::create_dir_all(&card).unwrap();
    std::fs::write(card.join("00.jpg"), original(7, 400, 300)).unwrap();
    import(&data, &card, &["--publish"]).fails("no photograph in common");
    assert_eq!(drafts(&data)[0].blocks.len(), 3);
    import(&data, &card, &["--new"]).ok();
    assert_eq!(drafts(&data).len(), 2);
}

#[derive(diesel::QueryableByName)]
struct JobState {
    #[diesel(sql_type = diesel::sql_types::Text)]
    state: String,
}

#[test]
fn jobs_of_a_server_that_runs_stay_its_own() {
    use diesel::RunQueryDsl as _;
    let folder = tempfile::tempdir().unwrap();
    let (data, photographs) = (folder.path().join("data"), folder.path().join("Mosul"));
    folder_of_photographs(&photographs);
    let served = Served::start(&data);
    add_user(&data, "anna@example.org", "editor").ok();
    let db = reportage::db::Db::open(&data.join("reportage.db")).unwrap();
    db.write_now(|conn| {
        diesel::sql_query(
            "INSERT INTO jobs (id, kind, subject_id, state, tries, due_at, claimed_at, created_at) \
             VALUES ('job_0123456789abcdef0123456789abcdef', 'render_photo', 'pho_0123456789abcdef0123456789abcdef', 'running', 1, 0, 0, 0)",
        )
        .execute(conn)
    })
    .unwrap();
    import(&data, &photographs, &[]).ok();
    let found: Vec<JobState> = db
        .read_now(|conn| {
            diesel::sql_query("SELECT state FROM jobs WHERE id = 'job_0123456789abcdef0123456789abcdef'")
                .load(conn)
        })
        .unwrap();
    assert_eq!(found[0].state, "running");
    drop(served);
}

#[test]
fn a_damaged_photograph_is_named_and_the_rest_comes_in_and_a_wrong_script_stops_everything() {
    let folder = tempfile::tempdir().unwrap();
    let (data, photographs) = (folder.path().join("data"), folder.path().join("Mosul"));
    folder_of_photographs(&photographs);
    std::fs::write(photographs.join("kapot.jpg"), b"\xff\xd8\xff\xe0kapot").unwrap();
    add_user(&data, "anna@example.org", "editor").ok();
    std::fs::write(photographs.join("story.md"), "---\ndate: gisteren\n---\n").unwrap();
    import(&data, &photographs, &[]).fails("the field “date”");
    assert!(drafts(&data).is_empty());
    std::fs::remove_file(photographs.join("story.md")).unwrap();
    let said = import(&data, &photographs, &[]);
    assert_eq!(said.code, 3, "{said:?}");
    assert!(
        said.out.contains("kapot.jpg is left out:") && said.out.contains("with 3 photographs"),
        "{said:?}"
    );
    add_user(&data, "foto@example.org", "photographer").ok();
    import(&data, &photographs, &["--user", "foto@example.org"]).fails("only an editor");
}

#[test]
fn a_story_that_the_desk_has_scheduled_is_not_published_before() {
    let folder = tempfile::tempdir().unwrap();
    let (data, photographs) = (folder.path().join("data"), folder.path().join("Mosul"));
    folder_of_photographs(&photographs);
    std::fs::write(photographs.join("story.md"), SCRIPT).unwrap();
    add_user(&data, "anna@example.org", "editor").ok();
    import(&data, &photographs, &[]).ok();
    let draft = drafts(&data).remove(0);
    let db = reportage::db::Db::open(&data.join("reportage.db")).unwrap();
    db.write_now(|conn| {
        let account = reportage::account::query::list_accounts(conn).unwrap().remove(0);
        let actor = reportage::account::Actor::from(&account);
        let now = reportage::clock::Clock::system().now();
        let moment = reportage::text::Moment {
            at: now + 86_400_000,
            zone: reportage::text::Zone::parse("UTC").unwrap(),
            shift: None,
        };
        let story = &draft.story;
        reportage::story::schedule::set(conn, &actor, &story.id, story.version, &moment, None, now)
    })
    .unwrap();
    import(&data, &photographs, &["--publish"]).fails("scheduled at the desk");
    let after = drafts(&data).remove(0);
    assert!(after.story.schedule.is_some() && after.story.live_publication.is_none());
}

#[cfg(unix)]
#[actix_web::test]
async fn a_link_out_of_the_folder_is_not_followed_and_what_is_made_is_nobody_elses() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    let folder = tempfile::tempdir().unwrap();
    let (data, photographs) = (folder.path().join("data"), folder.path().join("Mosul"));
    folder_of_photographs(&photographs);
    std::fs::write(folder.path().join("anders.jpg"), original(7, 400, 300)).unwrap();
    symlink(folder.path().join("anders.jpg"), photographs.join("09.jpg")).unwrap();
    symlink("/dev/zero", photographs.join("10.jpg")).unwrap();
    add_user(&data, "anna@example.org", "editor").ok();
    let said = import(&data, &photographs, &[]).ok();
    assert!(said.out.contains("with 3 photographs"), "{said:?}");
    assert!(
        said.out.contains("09.jpg is left out") && said.out.contains("10.jpg is left out"),
        "{said:?}"
    );
    for made in [data.clone(), data.join("reportage.db"), data.join("uploads")] {
        let mode = std::fs::metadata(&made).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{} is {mode:o}", made.display());
    }
}
