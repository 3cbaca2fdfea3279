//! Uploading in a real browser: on from where it stopped after a reload, a cut line, an ended session; folders; a drop link.

use reportage::account::Role;
use reportage::clock::HOUR;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::large;
use crate::harness::reportage::{SHOTS, original};
use crate::harness::server::eventually;
use crate::harness::{Browser, Client, Server, captioned};

struct Desk {
    server: Server,
    editor: Client,
    story: String,
    browser: Browser,
    files: TempDir,
}

impl Desk {
    async fn open() -> Option<Self> {
        let server = Server::start();
        let editor = server.session(&server.person("anna", Role::Editor));
        let story = editor
            .story(&json!({"title": "Onderweg", "language": "nl"}))
            .await;
        let browser = Browser::open(&server.base()).await?;
        browser.sign_in("anna@example.org").await;
        let desk = Self {
            server,
            editor,
            story,
            browser,
            files: tempfile::tempdir().unwrap(),
        };
        desk.go().await;
        Some(desk)
    }

    async fn go(&self) {
        self.browser.go(&format!("/desk/stories/{}", self.story)).await;
        self.browser
            .until("scripts", "document.querySelector('.folder')")
            .await;
    }

    fn file(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.files.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.display().to_string()
    }

    async fn choose(&self, paths: &[String]) {
        let picker = self.browser.find("#add [type=file]").await;
        picker.send_keys(&paths.join("\n")).await.unwrap();
    }

    /// Bytes that are safe, of all uploads that were begun.
    fn safe(&self) -> Vec<i64> {
        use diesel::prelude::*;
        use reportage::db::schema::uploads;
        self.server
            .db()
            .read_now(|conn| uploads::table.select(uploads::offset_bytes).load(conn))
            .unwrap()
    }

    async fn until_safe(&self, bytes: i64) {
        eventually("some of it to be safe", async || {
            (self.safe().iter().sum::<i64>() >= bytes).then_some(())
        })
        .await;
    }

    async fn until_in_story(&self, count: usize) {
        let shown = format!("document.querySelectorAll('#blocks .frame').length === {count}");
        self.browser.until("the photographs in the story", &shown).await;
        let stored = self.editor.draft(&self.story).await.data()["blocks"]
            .as_array()
            .unwrap()
            .len();
        assert_eq!(stored, count);
    }

    async fn states(&self) -> Vec<String> {
        self.browser
            .list("[...document.querySelectorAll('.file')].map(it => it.dataset.state)")
            .await
    }
}

const SLOW: u32 = 1_500_000;

#[actix_web::test]
async fn a_page_that_is_reloaded_in_the_middle_of_an_upload_goes_on_by_itself() {
    let Some(desk) = Desk::open().await else { return };
    desk.browser.line(Some(SLOW), false).await;
    let bytes = large(1, 12_000_000);
    desk.choose(&[desk.file("groot.jpg", &bytes)]).await;
    desk.until_safe(1).await;
    desk.browser
        .until(
            "a percentage",
            "/\\d/.test(document.querySelector('.file .state')?.textContent)",
        )
        .await;
    desk.go().await;
    desk.browser
        .until(
            "the same file again",
            "document.querySelector('.file .name')?.textContent === 'groot.jpg'",
        )
        .await;
    let before = desk.safe();
    assert!(before[0] > 0 && before[0] < 12_000_000, "{before:?}");
    desk.browser.line(None, false).await;
    desk.until_in_story(1).await;
    assert_eq!(desk.safe(), [12_000_000], "it was begun once");
    let photo = desk.editor.draft(&desk.story).await.data()["blocks"][0]["frame"]["photo"].clone();
    let original = format!("/api/v1/manage/photos/{}/original", photo.as_str().unwrap());
    assert_eq!(desk.editor.get(&original).await.is(200).body, bytes);
    // The shelf is empty: nothing begins after another reload.
    desk.browser
        .until(
            "the total",
            "document.querySelector('.total p')?.textContent.includes('1')",
        )
        .await;
    desk.go().await;
    assert_eq!(desk.states().await, Vec::<String>::new());
}

#[actix_web::test]
async fn a_line_that_is_cut_is_told_and_the_uploads_recover_when_it_is_back() {
    let Some(desk) = Desk::open().await else { return };
    desk.browser.line(Some(SLOW), false).await;
    let paths = [
        desk.file("een.jpg", &large(1, 4_000_000)),
        desk.file("twee.jpg", &large(2, 4_000_000)),
    ];
    desk.choose(&paths).await;
    desk.until_safe(1).await;
    desk.browser.line(None, true).await;
    desk.browser
        .until(
            "both to wait",
            "document.querySelectorAll('.file.paused').length === 2",
        )
        .await;
    desk.browser
        .until(
            "a button to try at once",
            "document.querySelector('.file.paused button:not([hidden])')",
        )
        .await;
    desk.browser.line(None, false).await;
    desk.until_in_story(2).await;
    assert_eq!(desk.safe(), [4_000_000, 4_000_000]);
}

#[actix_web::test]
async fn uploads_wait_for_whoever_signs_in_again_and_go_on() {
    let Some(desk) = Desk::open().await else { return };
    desk.browser.line(Some(SLOW), false).await;
    desk.choose(&[desk.file("een.jpg", &large(1, 6_000_000))]).await;
    desk.until_safe(1).await;
    desk.server.clock.advance(3 * HOUR);
    desk.browser
        .until(
            "to wait",
            "document.querySelector('.file')?.dataset.state === 'signed-out'",
        )
        .await;
    desk.browser.find(".banner a[href='/desk/sign-in']").await;
    desk.browser.line(None, false).await;
    let tab = desk.browser.page.new_window(true).await.unwrap().handle;
    let first = desk.browser.page.window().await.unwrap();
    desk.browser.page.switch_to_window(tab).await.unwrap();
    desk.browser.sign_in("anna@example.org").await;
    desk.browser.page.switch_to_window(first).await.unwrap();
    desk.browser
        .until(
            "the photograph",
            "document.querySelectorAll('#blocks .frame').length === 1",
        )
        .await;
}

#[actix_web::test]
async fn rows_tell_what_was_here_already_and_what_was_refused_and_why() {
    let Some(desk) = Desk::open().await else { return };
    let known = captioned(1, "Een veld.");
    desk.editor.photo_pending("al.jpg", &known).await;
    let paths = [
        desk.file("al.jpg", &known),
        desk.file("nieuw.jpg", &captioned(2, "Zee.")),
        desk.file("mis.jpg", b"dit is geen foto"),
    ];
    desk.choose(&paths).await;
    desk.until_in_story(2).await;
    desk.browser
        .until(
            "the end",
            "!document.querySelector('.file[data-state=sending], .file[data-state=processing]')",
        )
        .await;
    let rows = desk
        .browser
        .list("[...document.querySelectorAll('.file')].map(it => it.querySelector('.name').textContent + ': ' + it.dataset.state)")
        .await;
    assert_eq!(
        rows,
        ["mis.jpg: failed", "al.jpg: done"],
        "what failed is seen first, and what arrived as it should is gone"
    );
    let reason = desk
        .browser
        .run("return document.querySelector('.file.failed .state').textContent")
        .await;
    assert!(reason.as_str().unwrap().len() > 20, "{reason}");
    // The buttons: the same refusal again, then away with it.
    desk.browser
        .click(".file.failed .buttons button:first-child")
        .await;
    desk.browser
        .until(
            "the refusal again",
            "document.querySelector('.file.failed .state')?.textContent.length > 20",
        )
        .await;
    desk.browser
        .click(".file.failed .buttons button:last-child")
        .await;
    desk.browser
        .until("it to go", "!document.querySelector('.file.failed')")
        .await;
    // One line is listened to, and not for each percent.
    let live = desk
        .browser
        .run("return document.querySelectorAll('.uploads [aria-live], .uploads[aria-live]').length")
        .await;
    assert_eq!(live, Value::from(0));
}

#[actix_web::test]
async fn an_upload_is_cancelled_with_what_had_arrived() {
    let Some(desk) = Desk::open().await else { return };
    desk.browser.line(Some(SLOW), false).await;
    desk.choose(&[desk.file("groot.jpg", &large(1, 20_000_000))])
        .await;
    desk.until_safe(1).await;
    desk.browser.click(".file .buttons button:last-child").await;
    eventually("it to be gone from the server", async || {
        desk.safe().is_empty().then_some(())
    })
    .await;
    let partial = desk.server.data.path().join("uploads/partial");
    eventually("its bytes too", async || {
        (std::fs::read_dir(&partial).unwrap().count() == 0).then_some(())
    })
    .await;
    desk.go().await;
    assert_eq!(desk.states().await, Vec::<String>::new());
}

#[actix_web::test]
async fn of_a_folder_the_photographs_are_taken_and_what_lies_beside_them_is_not() {
    let Some(desk) = Desk::open().await else { return };
    let folder = desk.files.path().join("opdracht/dag 1");
    std::fs::create_dir_all(&folder).unwrap();
    for index in 0..3 {
        std::fs::write(
            folder.join(format!("{}.JPG", 9 - index)),
            original(index, 600, 400),
        )
        .unwrap();
    }
    for other in [".DS_Store", "catalogus.lrcat", "1.xmp"] {
        std::fs::write(folder.join(other), "niets").unwrap();
    }
    let picker = desk.browser.find("[data-upload] input[webkitdirectory]").await;
    let chosen = desk.files.path().join("opdracht").display().to_string();
    picker.send_keys(&chosen).await.unwrap();
    desk.until_in_story(3).await;
    let captions = desk
        .browser
        .list("[...document.querySelectorAll('#blocks [name=caption]')].map(it => it.value)")
        .await;
    let expected: Vec<&str> = SHOTS[..3].iter().map(|shot| shot.caption).collect();
    assert_eq!(captions, expected, "in the order in which they were taken");
    let told = desk
        .browser
        .run("return document.querySelector('.banner')?.textContent ?? ''")
        .await;
    assert!(told.as_str().unwrap().contains('3'), "{told}");
    assert_eq!(desk.browser.mishaps().await, Vec::<String>::new());
}

#[actix_web::test]
async fn a_drop_link_works_in_a_browser_and_goes_on_after_a_reload() {
    let server = Server::start();
    let editor = server.session(&server.person("anna", Role::Editor));
    let story = editor.story(&json!({"title": "Geheim", "language": "nl"})).await;
    let fields = [("label", "Bram"), ("until", "2024-01-26")];
    let page = editor
        .form(&format!("/desk/stories/{story}/drop-links"), &fields)
        .await
        .is(201)
        .text();
    let secret = page
        .split("/drop/")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let Some(browser) = Browser::open(&server.base()).await else {
        return;
    };
    let files = tempfile::tempdir().unwrap();
    let path = files.path().join("groot.jpg");
    std::fs::write(&path, large(1, 6_000_000)).unwrap();
    browser.go(&format!("/drop/{secret}")).await;
    browser
        .until("scripts", "document.querySelector('.folder')")
        .await;
    browser.line(Some(SLOW), false).await;
    let picker = browser.find("[type=file]").await;
    picker.send_keys(&path.display().to_string()).await.unwrap();
    browser
        .until(
            "some of it to have gone",
            "document.querySelector('.file progress')?.value > 0.3",
        )
        .await;
    browser.go(&format!("/drop/{secret}")).await;
    browser.line(None, false).await;
    eventually("the photograph in the story", async || {
        let draft = editor.draft(&story).await.data();
        (draft["blocks"].as_array().unwrap().len() == 1).then_some(())
    })
    .await;
    browser
        .until("the end", "document.querySelector('.total p')?.textContent.length > 5 && document.querySelector('.total progress').hidden")
        .await;
    assert_eq!(browser.mishaps().await, Vec::<String>::new());
}
