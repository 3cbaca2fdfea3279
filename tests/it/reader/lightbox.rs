//! The lightbox in a real browser: by mouse, keyboard and touch, and the page without scripts.

use serde_json::{Value, json};

use crate::harness::reportage::{self as tale, SHOTS, SLUG};
use crate::harness::{Browser, Server};

async fn published(server: &Server) {
    let editor = server.editor();
    let (story, _) = tale::make(&editor).await;
    editor.publish(&story).await.is(201);
}

/// What the box shows: the number, the alt text, the caption, whether there is a credit, and whether the picture is within the window.
const SHOWN: &str = "const box = document.querySelector('dialog.box[open]');
    if (!box) return null;
    const image = box.querySelector('img'), at = image.getBoundingClientRect();
    return { count: box.querySelector('.count').textContent, alt: image.alt,
        caption: box.querySelector('figcaption p').textContent, credit: Boolean(box.querySelector('.credit')),
        fits: at.width > 0 && at.left >= 0 && at.right <= innerWidth + 1 && at.top >= 0 && at.bottom <= innerHeight + 1 };";

struct Reading {
    browser: Browser,
}

impl Reading {
    async fn shows(&self, number: usize) {
        let expected = format!("{number} / {}", SHOTS.len());
        let opened = format!(
            "document.querySelector('dialog.box[open] .count')?.textContent === '{expected}' && document.querySelector('dialog.box img').complete"
        );
        self.browser.until(&expected, &opened).await;
        let shown = self.browser.run(SHOWN).await;
        assert_eq!(shown["alt"], SHOTS[number - 1].alt, "{shown}");
        assert!(
            shown["caption"]
                .as_str()
                .unwrap()
                .contains(SHOTS[number - 1].city),
            "{shown}"
        );
        assert_eq!(
            (&shown["credit"], &shown["fits"]),
            (&json!(true), &json!(true)),
            "{shown}"
        );
    }

    async fn is_closed(&self) {
        self.browser
            .until(
                "the box to be closed",
                "!document.querySelector('dialog.box[open]')",
            )
            .await;
    }

    async fn press(&self, key: char) {
        use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
        let keys = KeyActions::new("keys".into())
            .then(KeyAction::Down { value: key })
            .then(KeyAction::Up { value: key });
        self.browser.page.perform_actions(keys).await.unwrap();
    }

    /// Whether the focus is on the link around the photograph of this number.
    async fn has_focus(&self, number: usize) {
        let expression = format!(
            "document.activeElement === document.querySelectorAll('.story figure > a')[{}]",
            number - 1
        );
        self.browser.until("the focus to be back", &expression).await;
    }
}

async fn open(server: &Server) -> Option<Reading> {
    published(server).await;
    let browser = Browser::open(&server.base()).await?;
    browser.go(&format!("/stories/{SLUG}")).await;
    let ready = "performance.getEntriesByType('resource').some((it) => it.name.includes('reader.js') && it.responseEnd)";
    browser.until("the script", ready).await;
    Some(Reading { browser })
}

const LEFT: char = '\u{e012}';
const RIGHT: char = '\u{e014}';
const HOME: char = '\u{e011}';
const END: char = '\u{e010}';
const ESCAPE: char = '\u{e00c}';
const ENTER: char = '\u{e007}';

#[actix_web::test]
async fn pictures_are_looked_at_one_by_one_by_keyboard_alone() {
    let server = Server::start();
    let Some(reading) = open(&server).await else {
        return;
    };
    reading
        .browser
        .run("document.querySelectorAll('.story figure > a')[2].focus()")
        .await;
    reading.press(ENTER).await;
    reading.shows(3).await;
    for (key, number) in [
        (RIGHT, 4),
        (LEFT, 3),
        (END, SHOTS.len()),
        (RIGHT, SHOTS.len()),
        (HOME, 1),
        (LEFT, 1),
    ] {
        reading.press(key).await;
        reading.shows(number).await;
    }
    // The focus stays inside, also when the button it was on has gone grey.
    assert_eq!(
        reading
            .browser
            .run("return document.querySelector('dialog').contains(document.activeElement)")
            .await,
        Value::Bool(true)
    );
    reading.press(ESCAPE).await;
    reading.is_closed().await;
    reading.has_focus(3).await;
    // Back has nothing left to close: it leaves the page.
    reading.press(ENTER).await;
    reading.shows(3).await;
    reading.browser.page.back().await.unwrap();
    reading.is_closed().await;
    let here = reading.browser.page.current_url().await.unwrap();
    assert_eq!(here.path(), format!("/stories/{SLUG}"));
    assert_eq!(reading.browser.mishaps().await, Vec::<String>::new());
}

#[actix_web::test]
async fn pictures_are_looked_at_by_mouse_and_buttons_are_large_enough() {
    let server = Server::start();
    let Some(reading) = open(&server).await else {
        return;
    };
    for width in [360, 1440] {
        reading.browser.size(width, 900).await;
        reading.browser.click(".story figure > a").await;
        reading.shows(1).await;
        reading.browser.click(".box .on").await;
        reading.shows(2).await;
        reading.browser.click(".box .back").await;
        reading.shows(1).await;
        let small = "return [...document.querySelectorAll('.box button')].filter((it) => {
            const at = it.getBoundingClientRect(); return at.width < 24 || at.height < 24 || !it.getAttribute('aria-label'); }).length";
        assert_eq!(reading.browser.run(small).await, json!(0));
        reading.browser.click(".box .close").await;
        reading.is_closed().await;
        reading.has_focus(1).await;
    }
    assert_eq!(reading.browser.mishaps().await, Vec::<String>::new());
}

#[actix_web::test]
async fn a_finger_across_turns_the_page_and_two_fingers_do_not() {
    let server = Server::start();
    let Some(reading) = open(&server).await else {
        return;
    };
    let touch = "
        const [from, to, fingers] = arguments;
        const stage = document.querySelector('.box .stage');
        const at = (x, id) => new Touch({ identifier: id, target: stage, clientX: x, clientY: 300 });
        const all = (x) => Array.from({ length: fingers }, (_, id) => at(x + 40 * id, id));
        stage.dispatchEvent(new TouchEvent('touchstart', { touches: all(from), changedTouches: all(from), bubbles: true }));
        stage.dispatchEvent(new TouchEvent('touchmove', { touches: all(to), changedTouches: all(to), bubbles: true }));
        stage.dispatchEvent(new TouchEvent('touchend', { touches: [], changedTouches: all(to), bubbles: true }));";
    let swipe = async |from: i32, to: i32, fingers: i32| {
        let arguments = vec![json!(from), json!(to), json!(fingers)];
        reading.browser.page.execute(touch, arguments).await.unwrap();
    };
    reading.browser.click(".story figure > a").await;
    reading.shows(1).await;
    swipe(300, 100, 1).await;
    reading.shows(2).await;
    swipe(300, 100, 2).await;
    swipe(300, 290, 1).await;
    reading.shows(2).await;
    swipe(100, 300, 1).await;
    reading.shows(1).await;
    // Zooming by two fingers is the browser's own.
    let zoom = "return [getComputedStyle(document.querySelector('.stage')).touchAction, document.querySelector('[name=viewport]').content]";
    assert_eq!(
        reading.browser.run(zoom).await,
        json!(["pan-y pinch-zoom", "width=device-width,initial-scale=1"])
    );
}

#[actix_web::test]
async fn without_scripts_every_picture_leads_to_its_largest_file() {
    let server = Server::start();
    published(&server).await;
    let Some(browser) = Browser::without_scripts(&server.base()).await else {
        return;
    };
    browser.go(&format!("/stories/{SLUG}")).await;
    browser.click(".story figure > a").await;
    let here = browser.page.current_url().await.unwrap();
    assert!(
        here.path().starts_with("/media/") && here.path().contains(".jpg"),
        "{here}"
    );
}
