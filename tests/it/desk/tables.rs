//! Light table and caption desk in a real browser: choosing, moving, sorting and captioning with mouse and keyboard.

use reportage::account::Role;
use serde_json::{Value, json};

use crate::harness::server::eventually;
use crate::harness::{Browser, Client, Server, captioned};

const ALT: char = '\u{E00A}';
const CONTROL: char = '\u{E009}';
const SHIFT: char = '\u{E008}';
const ENTER: char = '\u{E007}';
const HOME: char = '\u{E011}';
const RIGHT: char = '\u{E014}';

struct Sheet {
    server: Server,
    editor: Client,
    story: String,
}

/// A story of so many photographs, named in another order than they stand in; nobody renders them, the tables do without.
async fn sheet(photographs: u32) -> Sheet {
    let server = Server::with(|config| config.render_threads = 0);
    let editor = server.session(&server.person("anna", Role::Editor));
    let mut blocks = Vec::new();
    for seed in 0..photographs {
        let name = format!("DSC_{}.jpg", (seed * 7 + 3) % 100);
        let photo = editor.photo_pending(&name, &captioned(seed, "")).await;
        blocks.push(json!({"type": "photo", "frame": {"photo": photo}}));
    }
    let story = editor
        .story(&json!({"title": "Een lichtbak", "language": "nl", "blocks": blocks}))
        .await;
    Sheet {
        server,
        editor,
        story,
    }
}

impl Sheet {
    async fn open(&self, page: &str) -> Option<Browser> {
        let browser = Browser::open(&self.server.base()).await?;
        browser.sign_in("anna@example.org").await;
        browser.go(&format!("/desk/stories/{}/{page}", self.story)).await;
        browser
            .until("scripts", "document.documentElement.matches('.scripted')")
            .await;
        Some(browser)
    }

    async fn blocks(&self) -> Vec<Value> {
        let draft = self.editor.draft(&self.story).await.data();
        draft["blocks"].as_array().unwrap().clone()
    }

    async fn stored(&self) -> Vec<String> {
        let blocks = self.blocks().await;
        blocks
            .iter()
            .map(|block| block["id"].as_str().unwrap().to_owned())
            .collect()
    }

    async fn stored_becomes(&self, what: &str, expected: &[String]) {
        eventually(what, async || (self.stored().await == expected).then_some(())).await;
    }
}

const SHOWN: &str = "[...document.querySelectorAll('#blocks > .block')].map(it => it.id)";
const CHOSEN: &str = "[...document.querySelectorAll('#blocks [name=block]:checked')].map(it => it.value)";

/// Clicks on the face of the tile at a place, with keys held.
async fn click(browser: &Browser, place: usize, held: &str) {
    let script = format!(
        "document.querySelectorAll('#blocks .face')[{place}].dispatchEvent(new MouseEvent('click', {{bubbles: true, cancelable: true, {held}}}))"
    );
    browser.run(&script).await;
}

#[actix_web::test]
async fn photographs_are_chosen_and_moved_together_in_one_request() {
    let sheet = sheet(8).await;
    let Some(browser) = sheet.open("table").await else {
        return;
    };
    let before = sheet.stored().await;
    let named = |places: &[usize]| places.iter().map(|at| before[*at].clone()).collect::<Vec<_>>();
    click(&browser, 1, "").await;
    click(&browser, 3, "shiftKey: true").await;
    assert_eq!(browser.list(CHOSEN).await, named(&[1, 2, 3]));
    click(&browser, 6, "ctrlKey: true").await;
    click(&browser, 2, "ctrlKey: true").await;
    assert_eq!(browser.list(CHOSEN).await, named(&[1, 3, 6]));

    // Together to the beginning, from the keyboard; one request for all three.
    let count = "return performance.getEntriesByType('resource').filter(it => it.name.includes('/operations')).length";
    let requests = browser.run(count).await;
    browser
        .run("document.querySelectorAll('#blocks > .block')[6].focus()")
        .await;
    browser.chord(ALT, HOME).await;
    let moved = named(&[1, 3, 6, 0, 2, 4, 5, 7]);
    sheet.stored_becomes("the three first", &moved).await;
    assert_eq!(browser.list(SHOWN).await, moved);
    let after = browser.run(count).await;
    assert_eq!(after.as_u64().unwrap() - requests.as_u64().unwrap(), 1);
    assert_eq!(browser.list(CHOSEN).await, named(&[1, 3, 6]), "they stay chosen");

    // Undo by the key that everybody knows.
    browser.chord(CONTROL, 'z').await;
    sheet.stored_becomes("the order before", &before).await;
    browser
        .until(
            "the page as before",
            &format!("({SHOWN}).join() === '{}'", before.join()),
        )
        .await;

    // All of them, then none.
    browser
        .run("document.querySelectorAll('#blocks > .block')[0].focus()")
        .await;
    browser.chord(CONTROL, 'a').await;
    assert_eq!(browser.list(CHOSEN).await.len(), 8);
    browser
        .run("document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: 'Escape', bubbles: true}))")
        .await;
    assert!(browser.list(CHOSEN).await.is_empty());

    // By the keyboard alone: from the first to the third, extending.
    browser
        .run("document.querySelectorAll('#blocks > .block')[0].focus()")
        .await;
    browser.chord(SHIFT, RIGHT).await;
    browser.chord(SHIFT, RIGHT).await;
    assert_eq!(browser.list(CHOSEN).await, named(&[0, 1, 2]));
    assert_eq!(browser.mishaps().await, Vec::<String>::new());
}

trait Join {
    fn join(&self) -> String;
}

impl Join for Vec<String> {
    fn join(&self) -> String {
        self.as_slice().join(",")
    }
}

#[actix_web::test]
async fn drag_buttons_and_sorting_store_what_they_show() {
    let sheet = sheet(6).await;
    let Some(browser) = sheet.open("table").await else {
        return;
    };
    let before = sheet.stored().await;
    // The first behind the third, by the mouse.
    let place = browser
        .run("const box = document.querySelectorAll('#blocks .face')[2].getBoundingClientRect(); return [box.right - 8, box.top + box.height / 2]")
        .await;
    let face = browser.find("#blocks > .block .face").await;
    browser
        .drag(&face, (place[0].as_f64().unwrap(), place[1].as_f64().unwrap()))
        .await;
    let dragged: Vec<String> = [1, 2, 0, 3, 4, 5].map(|at: usize| before[at].clone()).into();
    sheet.stored_becomes("the dragged order", &dragged).await;

    // By the buttons of the bar: what was dragged is chosen still; the first one is chosen too by its box, as a finger does, then "Last".
    browser
        .run("document.querySelector('#blocks > .block:first-child [name=block]').click()")
        .await;
    browser.click("#chosen [value='together:last']").await;
    let last: Vec<String> = [2, 3, 4, 5, 1, 0].map(|at: usize| before[at].clone()).into();
    sheet.stored_becomes("both of them last", &last).await;

    // Sorted by file name: 3, 10, 17 and so on, as people count; one step to undo.
    browser.click("[value='sort:file_name']").await;
    sheet.stored_becomes("the order of the file names", &before).await;
    browser
        .until(
            "undo",
            "!document.querySelector('#history [value=undo]').disabled",
        )
        .await;
    browser.click("#history [value=undo]").await;
    sheet.stored_becomes("the order before sorting", &last).await;
    assert_eq!(browser.mishaps().await, Vec::<String>::new());
}

#[actix_web::test]
async fn twenty_captions_are_written_from_the_keyboard_alone() {
    let sheet = sheet(20).await;
    let Some(browser) = sheet.open("captions").await else {
        return;
    };
    for number in 1..=20 {
        browser.chord(CONTROL, ENTER).await;
        let active = browser.page.active_element().await.unwrap();
        active
            .send_keys(&format!("Bijschrift nummer {number}."))
            .await
            .unwrap();
    }
    let complete = async || {
        let blocks = sheet.blocks().await;
        (0..20)
            .all(|at| blocks[at]["frame"]["caption"] == format!("Bijschrift nummer {}.", at + 1))
            .then_some(())
    };
    eventually("twenty captions stored", complete).await;
    browser
        .until("nothing unsaved", "!document.querySelector('.words.dirty')")
        .await;
    assert_eq!(browser.mishaps().await, Vec::<String>::new());
}
