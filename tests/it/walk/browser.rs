//! The same reportage in a real browser: made at the desk by hand, then read at every width, with nothing that jumps and nothing that fails.

use ::reportage::account::Role;
use serde_json::{Value, json};

use crate::harness::reportage::{self, DATE, PARAGRAPHS, SHOTS, SLUG, TITLE};
use crate::harness::{Browser, Server};

/// Widths at which pages are read: a phone, a tablet, a small and an ordinary screen.
const WIDTHS: [u32; 4] = [360, 768, 1024, 1440];

/// Scrolls to each picture until it is there, and gives the sum of all layout shifts since it was opened.
const READ_TO_THE_END: &str = "
    const done = arguments[0];
    let shift = 0;
    new PerformanceObserver((list) => { for (const entry of list.getEntries()) shift += entry.value; })
        .observe({ type: 'layout-shift', buffered: true });
    const images = [...document.images];
    const step = (at) => {
        if (at === images.length) {
            scrollTo(0, document.documentElement.scrollHeight);
            setTimeout(() => done({ shift, images: images.length, broken: images.filter((image) => image.naturalWidth === 0).length,
                wide: document.documentElement.scrollWidth > innerWidth }), 150);
            return;
        }
        if (!images[at].complete) images[at].scrollIntoView({ block: 'center' });
        setTimeout(step, 15, images[at].complete ? at + 1 : at);
    };
    step(0);";

#[actix_web::test]
async fn a_page_is_read_at_every_width_without_a_jump_or_a_failed_request() {
    let server = Server::start();
    let editor = server.editor();
    let (story, _) = reportage::make(&editor).await;
    editor.publish(&story).await.is(201);
    let Some(browser) = Browser::open(&server.base()).await else {
        return;
    };
    for width in WIDTHS {
        browser.size(width, 900).await;
        for (path, pictures) in [(format!("/stories/{SLUG}"), SHOTS.len()), ("/".to_owned(), 1)] {
            browser.go(&path).await;
            let read = browser.page.execute_async(READ_TO_THE_END, vec![]).await.unwrap();
            let expected = json!({"shift": 0, "images": pictures, "broken": 0, "wide": false});
            assert_eq!(read, expected, "{path} at {width} px");
        }
    }
    // The three layouts: up to 680 px all stand alike, above they do not, and a full frame always reaches both edges.
    let widths = "const of = (css) => Math.round(document.querySelector(css).getBoundingClientRect().width);
        return [of('.text'), of('.story > .wide'), of('.story > .full'), document.documentElement.clientWidth]";
    browser.size(1440, 900).await;
    browser.go(&format!("/stories/{SLUG}")).await;
    let at = browser.run(widths).await;
    let [text, wide, full, window] = [0, 1, 2, 3].map(|index| at[index].as_i64().unwrap());
    assert!(text < wide && wide < full && full == window, "{at}");
    browser.size(360, 900).await;
    let at = browser.run(widths).await;
    assert_eq!((&at[1], &at[2]), (&at[3], &at[3]), "{at}");
    assert_eq!(browser.mishaps().await, Vec::<String>::new());
}

#[actix_web::test]
async fn the_reportage_is_made_at_the_desk_in_a_browser_and_read_in_order() {
    let server = Server::start();
    let editor = server.session(&server.person("anna", Role::Editor));
    let Some(browser) = Browser::open(&server.base()).await else {
        return;
    };
    let files = tempfile::tempdir().unwrap();
    let paths: Vec<String> = (0..SHOTS.len())
        .map(|index| {
            let path = files.path().join(format!("{index}.jpg"));
            std::fs::write(&path, reportage::original(index, 480, 320)).unwrap();
            path.display().to_string()
        })
        .collect();

    browser.sign_in("anna@example.org").await;
    browser
        .find(".new [name=title]")
        .await
        .send_keys(TITLE)
        .await
        .unwrap();
    browser.click(".new .primary").await;
    browser
        .find("#add [type=file]")
        .await
        .send_keys(&paths.join("\n"))
        .await
        .unwrap();
    browser
        .until(
            "ten photographs, ready",
            "document.querySelectorAll('.shot img').length === 10",
        )
        .await;

    // A paragraph behind each of the first nine photographs, three behind the last but one.
    for (index, paragraph) in PARAGRAPHS.iter().enumerate() {
        let position = if index < 9 { 2 * index + 1 } else { 9 + index };
        insert(&browser, position, paragraph).await;
    }
    let lay_out = "document.querySelectorAll('.layouts [value^=\"layout-LAYOUT\"]')[AT].click()";
    for (at, layout) in [(1, "wide"), (2, "full")] {
        browser
            .run(&lay_out.replace("LAYOUT", layout).replace("AT", &at.to_string()))
            .await;
        let pressed = format!(
            "document.querySelectorAll('.layouts [value^=\"layout-{layout}\"]')[{at}].ariaPressed === 'true'"
        );
        browser.until("the layout", &pressed).await;
    }
    browser
        .run("const date = document.querySelector('[data-details] [name=date]'); date.focus()")
        .await;
    browser
        .find("[data-details] [name=date]")
        .await
        .send_keys(DATE.0)
        .await
        .unwrap();
    browser
        .until(
            "the date saved",
            "document.querySelector('[data-details] .saved.good')",
        )
        .await;
    browser.click(".toolbar [href$='/publish']").await;
    browser.click("form[action$='/publish'] .primary").await;
    browser.click(".done a").await;
    browser.find(".story h1").await;

    let text = browser
        .run("return document.querySelector('article').innerText.replace(/\\s+/g, ' ')")
        .await;
    let text = text.as_str().unwrap();
    let mut from = 0;
    for expected in SHOTS
        .iter()
        .skip(1)
        .map(|shot| shot.caption)
        .zip(PARAGRAPHS.iter().skip(1))
        .flat_map(|(caption, words)| [caption, words])
        .take(16)
    {
        let at = text
            .get(from..)
            .unwrap()
            .find(expected)
            .unwrap_or_else(|| panic!("“{expected}” does not follow in: {text}"));
        from += at + expected.len();
    }
    for paragraph in PARAGRAPHS {
        assert!(text.contains(paragraph), "{paragraph}");
    }
    assert!(text.contains(DATE.1) && text.contains(TITLE));
    assert_eq!(browser.run("return document.documentElement.lang").await, "nl");
    assert_eq!(browser.mishaps().await, Vec::<String>::new());
    let stories = editor.get("/api/v1/manage/stories").await.data();
    let story = stories[0]["id"].as_str().unwrap();
    let frames = editor.draft(story).await.data();
    let own: Vec<&Value> = frames["blocks"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|block| block["frame"]["caption"].is_string())
        .collect();
    assert!(
        own.is_empty(),
        "no caption was typed: they are the photographs' own"
    );
}

/// Opens the gap at a position, types a paragraph, and presses "Text".
async fn insert(browser: &Browser, position: usize, words: &str) {
    let gap = format!(".gap[data-position=\"{position}\"]");
    let before = browser
        .run("return document.querySelectorAll('.block').length")
        .await
        .as_u64()
        .unwrap();
    let script = format!(
        "const gap = document.querySelector('{gap}'); gap.open = true; gap.querySelector('textarea').value = {}; \
         gap.querySelector('[value=text]').click()",
        json!(words)
    );
    browser.run(&script).await;
    browser
        .until(
            "the paragraph",
            &format!("document.querySelectorAll('.block').length === {}", before + 1),
        )
        .await;
}
