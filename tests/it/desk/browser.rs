//! The desk in a real browser: upload, order in three ways, caption, meet another editor, publish; with scripts and without.

use reportage::account::Role;
use serde_json::{Value, json};

use crate::harness::server::eventually;
use crate::harness::{Browser, Client, Server, captioned};

const ALT: char = '\u{E00A}';
const UP: char = '\u{E013}';
const END: char = '\u{E010}';

struct Desk {
    server: Server,
    editor: Client,
    story: String,
}

/// An editor, signed in at the API too, and a story of texts.
async fn story_of(words: &[&str]) -> Desk {
    let server = Server::start();
    let editor = server.session(&server.person("anna", Role::Editor));
    let blocks: Vec<Value> = words
        .iter()
        .map(|words| json!({"type": "text", "markdown": words}))
        .collect();
    let story = editor
        .story(&json!({"title": "Volgorde", "language": "nl", "blocks": blocks}))
        .await;
    Desk {
        server,
        editor,
        story,
    }
}

impl Desk {
    fn here(&self) -> String {
        format!("/desk/stories/{}", self.story)
    }

    async fn stored(&self) -> Vec<String> {
        self.editor.draft(&self.story).await.data()["blocks"]
            .as_array()
            .unwrap()
            .iter()
            .map(|block| block["markdown"].as_str().unwrap().to_owned())
            .collect()
    }

    async fn stored_becomes(&self, expected: &[&str]) {
        eventually(&format!("the stored order {expected:?}"), async || {
            (self.stored().await == expected).then_some(())
        })
        .await;
    }
}

const SHOWN: &str = "[...document.querySelectorAll('#blocks > .block textarea.prose')].map(it => it.value)";

#[actix_web::test]
async fn drag_menu_and_keyboard_end_in_the_same_stored_order() {
    let desk = story_of(&["een", "twee", "drie", "vier"]).await;
    let Some(browser) = Browser::open(&desk.server.base()).await else {
        return;
    };
    browser.sign_in("anna@example.org").await;
    let expected = ["een", "vier", "twee", "drie"];

    // With the keyboard: the fourth block, two places up.
    browser.go(&desk.here()).await;
    browser
        .until("scripts", "document.documentElement.matches('.scripted')")
        .await;
    browser
        .run("document.querySelectorAll('#blocks > .block')[3].focus()")
        .await;
    browser.chord(ALT, UP).await;
    browser.chord(ALT, UP).await;
    desk.stored_becomes(&expected).await;
    assert_eq!(browser.list(SHOWN).await, expected);
    browser
        .until(
            "the focus on what moved",
            "document.activeElement.closest('.block')?.querySelector('textarea.prose')?.value === 'vier'",
        )
        .await;
    browser
        .until(
            "an announcement",
            "document.getElementById('announcer').textContent === 'Moved to place 2 of 4.'",
        )
        .await;
    browser.chord(ALT, END).await;
    desk.stored_becomes(&["een", "twee", "drie", "vier"]).await;

    // By the menu, without dragging: "Move… to place 2".
    browser
        .until("nothing under way", "document.activeElement.matches('.block')")
        .await;
    browser
        .run("document.querySelectorAll('.block .move')[3].open = true")
        .await;
    let number = browser.find(".block:last-child .move [type=number]").await;
    number.send_keys("2").await.unwrap();
    browser.click(".block:last-child .move [value^='at:']").await;
    desk.stored_becomes(&expected).await;
    assert_eq!(browser.list(SHOWN).await, expected);

    // By dragging: the second block below the last, then back between the first two.
    browser
        .until(
            "four blocks",
            "document.querySelectorAll('#blocks > .block').length === 4",
        )
        .await;
    let place = browser.run("const box = document.querySelector('.block:nth-child(4)').getBoundingClientRect(); return [box.left + 20, box.bottom - 6]").await;
    let handle = browser.find(".block:nth-child(2) .handle").await;
    browser
        .drag(&handle, (place[0].as_f64().unwrap(), place[1].as_f64().unwrap()))
        .await;
    desk.stored_becomes(&["een", "twee", "drie", "vier"]).await;
    browser
        .until(
            "the page as stored",
            "[...document.querySelectorAll('textarea.prose')].at(-1).value === 'vier'",
        )
        .await;
    let place = browser.run("const box = document.querySelector('.block:nth-child(2)').getBoundingClientRect(); return [box.left + 20, box.top + 4]").await;
    let handle = browser.find(".block:nth-child(4) .handle").await;
    browser
        .drag(&handle, (place[0].as_f64().unwrap(), place[1].as_f64().unwrap()))
        .await;
    desk.stored_becomes(&expected).await;
    assert_eq!(browser.mishaps().await, Vec::<String>::new());
}

#[actix_web::test]
async fn photographs_are_uploaded_captioned_and_published_in_a_browser() {
    let desk = story_of(&[]).await;
    let Some(browser) = Browser::open(&desk.server.base()).await else {
        return;
    };
    let files = tempfile::tempdir().unwrap();
    let mut paths = Vec::new();
    // Named so that their names' order is not the order in which they were taken.
    for (index, name) in [(2, "a.jpg"), (0, "b.jpg"), (1, "c.jpg")] {
        let path = files.path().join(name);
        std::fs::write(&path, crate::harness::reportage::original(index, 1300, 900)).unwrap();
        paths.push(path.display().to_string());
    }
    let bad = files.path().join("mis.jpg");
    std::fs::write(&bad, b"dit is geen foto").unwrap();
    paths.push(bad.display().to_string());

    browser.sign_in("anna@example.org").await;
    browser.go(&desk.here()).await;
    browser
        .find("#add [type=file]")
        .await
        .send_keys(&paths.join("\n"))
        .await
        .unwrap();
    browser
        .until(
            "three photographs in the story",
            "document.querySelectorAll('#blocks .frame').length === 3",
        )
        .await;
    browser.until("all of them ready", "!document.querySelector('[data-pending]') && document.querySelectorAll('.shot img').length === 3").await;
    browser
        .until(
            "the bad one's reason",
            "document.querySelector('.file.failed .state')?.textContent.length > 20",
        )
        .await;
    let captions = browser
        .list("[...document.querySelectorAll('[name=caption]')].map(it => it.value)")
        .await;
    let expected: Vec<&str> = crate::harness::reportage::SHOTS[..3]
        .iter()
        .map(|shot| shot.caption)
        .collect();
    assert_eq!(
        captions, expected,
        "in the order in which they were taken, with the words of the files"
    );

    let caption = browser.find("[name=caption]").await;
    caption.send_keys(" En toen.").await.unwrap();
    browser
        .until(
            "the caption saved",
            "document.querySelector('.frame .saved.good')",
        )
        .await;
    let draft = desk.editor.draft(&desk.story).await.data();
    assert_eq!(
        draft["blocks"][0]["frame"]["caption"],
        format!("{} En toen.", expected[0])
    );
    assert_eq!(draft["blocks"][1]["frame"]["caption"], Value::Null);

    browser.click(".toolbar [href$='/publish']").await;
    browser.click("form[action$='/publish'] .primary").await;
    browser.find(".done a").await;
    browser.click(".done a").await;
    browser.find("figure").await;
    let mishaps = browser.mishaps().await;
    // The one refused file is the one thing that the browser's log may complain of.
    assert!(
        mishaps
            .iter()
            .all(|mishap| mishap.contains("/api/v1/manage/uploads/") && mishap.contains("415")),
        "{mishaps:?}"
    );
}

#[actix_web::test]
async fn two_windows_on_one_caption_lose_nothing_and_different_fields_come_together() {
    let server = Server::start();
    let anna = server.session(&server.person("anna", Role::Editor));
    let bram = server.session(&server.person("bram", Role::Editor));
    let photo = anna.photo("a.jpg", &captioned(1, "Een veld.")).await;
    let story = anna.small_story("Een veld", &photo).await;
    let Some(browser) = Browser::open(&server.base()).await else {
        return;
    };
    browser.sign_in("anna@example.org").await;
    browser.go(&format!("/desk/stories/{story}")).await;
    let frame = anna.draft(&story).await.data()["blocks"][0]["frame"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("/api/v1/manage/stories/{story}/operations");
    let update = |version: i64, set: Value| json!({"operations": [{"op": "update", "id": frame, "version": version, "set": set}]});

    // Another field: both changes are kept, and nobody is asked.
    bram.post(&path, &update(1, json!({"place": "Telskuf, Irak"})))
        .await
        .is(200);
    browser
        .find("[name=caption]")
        .await
        .send_keys(" Van Anna.")
        .await
        .unwrap();
    browser
        .until("saved", "document.querySelector('.frame .saved.good')")
        .await;
    let stored = anna.draft(&story).await.data()["blocks"][0]["frame"].clone();
    assert_eq!(
        (&stored["place"], &stored["caption"]),
        (&"Telskuf, Irak".into(), &"Een veld. Van Anna.".into())
    );
    assert_eq!(
        browser
            .run("return document.querySelector('[name=place]').value")
            .await,
        "Telskuf, Irak"
    );

    // The same field: both texts are shown, and hers is kept when she says so.
    bram.post(&path, &update(3, json!({"caption": "Van Bram."})))
        .await
        .is(200);
    browser
        .find("[name=caption]")
        .await
        .send_keys(" Nog iets.")
        .await
        .unwrap();
    browser.find(".conflict").await;
    let shown = browser
        .run("return document.querySelector('.conflict').textContent")
        .await;
    let shown = shown.as_str().unwrap();
    assert!(
        shown.contains("bram changed the same words")
            && shown.contains("Van Bram.")
            && shown.contains("Van Anna. Nog iets."),
        "{shown}"
    );
    assert_eq!(
        anna.draft(&story).await.data()["blocks"][0]["frame"]["caption"],
        "Van Bram."
    );
    browser.click(".conflict .primary").await;
    eventually("her words stored", async || {
        (anna.draft(&story).await.data()["blocks"][0]["frame"]["caption"] == "Een veld. Van Anna. Nog iets.")
            .then_some(())
    })
    .await;
}

#[actix_web::test]
async fn words_typed_after_the_session_ended_stay_on_the_page_until_they_are_saved() {
    let desk = story_of(&["een"]).await;
    let Some(browser) = Browser::open(&desk.server.base()).await else {
        return;
    };
    browser.sign_in("anna@example.org").await;
    browser.go(&desk.here()).await;
    browser
        .until("scripts", "document.documentElement.matches('.scripted')")
        .await;
    desk.server.clock.advance(3 * reportage::clock::HOUR);
    browser
        .find("textarea.prose")
        .await
        .send_keys(" en meer")
        .await
        .unwrap();
    browser
        .until(
            "to be told",
            "document.querySelector('.banner')?.textContent.includes('session has ended')",
        )
        .await;
    // Signing in again in another tab, as the sentence says.
    let tab = browser.page.new_window(true).await.unwrap().handle;
    let first = browser.page.window().await.unwrap();
    browser.page.switch_to_window(tab).await.unwrap();
    browser.sign_in("anna@example.org").await;
    browser.page.switch_to_window(first).await.unwrap();
    assert_eq!(browser.list(SHOWN).await, ["een en meer"]);
    browser
        .run("document.querySelector('.words.dirty button').click()")
        .await;
    browser
        .until("saved", "document.querySelector('.block .saved.good')")
        .await;
    let again = desk.server.session(&desk.server.person("bram", Role::Editor));
    assert_eq!(
        again.draft(&desk.story).await.data()["blocks"][0]["markdown"],
        "een en meer"
    );
}

#[actix_web::test]
async fn without_scripts_the_same_page_moves_and_saves_by_its_buttons() {
    let desk = story_of(&["een", "twee"]).await;
    let Some(browser) = Browser::without_scripts(&desk.server.base()).await else {
        return;
    };
    browser.sign_in("anna@example.org").await;
    browser.go(&desk.here()).await;
    browser
        .find("textarea.prose")
        .await
        .send_keys(" en een half")
        .await
        .unwrap();
    browser.click(".block .words .save button").await;
    eventually("the words stored", async || {
        (desk.stored().await[0] == "een en een half").then_some(())
    })
    .await;
    browser.click(".block:first-child .move summary").await;
    browser.click(".block:first-child .move [value^='later:']").await;
    desk.stored_becomes(&["twee", "een en een half"]).await;
    browser
        .find(".block:first-child .gap summary")
        .await
        .click()
        .await
        .unwrap();
    browser
        .find(".block:first-child .gap textarea")
        .await
        .send_keys("ertussen")
        .await
        .unwrap();
    browser.click(".block:first-child .gap [value=text]").await;
    desk.stored_becomes(&["twee", "ertussen", "een en een half"])
        .await;
}

#[actix_web::test]
async fn a_title_that_another_changed_is_shown_and_not_overwritten() {
    let desk = story_of(&["een", "twee"]).await;
    let bram = desk.server.session(&desk.server.person("bram", Role::Editor));
    let Some(browser) = Browser::open(&desk.server.base()).await else {
        return;
    };
    browser.sign_in("anna@example.org").await;
    browser.go(&desk.here()).await;
    let path = format!("/api/v1/manage/stories/{}", desk.story);
    let tag = bram.draft(&desk.story).await.header("etag");
    bram.if_match(&tag)
        .patch(&path, &json!({"title": "Van Bram", "byline": "Bram"}))
        .await
        .is(200);
    // A word elsewhere is saved in between: its answer must not make the page believe that it has seen the new title.
    browser
        .find("textarea.prose")
        .await
        .send_keys(" en meer")
        .await
        .unwrap();
    browser
        .find("[data-details] [name=title]")
        .await
        .send_keys(" van Anna")
        .await
        .unwrap();
    browser.find("[data-details] .conflict").await;
    let shown = browser
        .run("return document.querySelector('.conflict').textContent")
        .await;
    assert!(
        shown.as_str().unwrap().contains("Van Bram") && shown.as_str().unwrap().contains("Volgorde van Anna"),
        "{shown}"
    );
    assert_eq!(
        browser
            .run("return document.querySelector('[name=byline]').value")
            .await,
        "Bram"
    );
    assert_eq!(desk.editor.draft(&desk.story).await.data()["title"], "Van Bram");
}

#[actix_web::test]
async fn a_wrong_number_and_a_double_click_do_no_harm_and_the_photo_page_saves() {
    let desk = story_of(&["een", "twee"]).await;
    let photo = desk.editor.photo("a.jpg", &captioned(1, "Een veld.")).await;
    let Some(browser) = Browser::open(&desk.server.base()).await else {
        return;
    };
    browser.sign_in("anna@example.org").await;
    browser.go(&desk.here()).await;
    browser
        .until("scripts", "document.documentElement.matches('.scripted')")
        .await;
    browser.click(".block:first-child .move summary").await;
    browser
        .find(".block:first-child .move [type=number]")
        .await
        .send_keys("99")
        .await
        .unwrap();
    browser.click(".block:first-child .move [value^='at:']").await;
    desk.stored_becomes(&["twee", "een"]).await;
    browser
        .until(
            "the page as stored",
            "document.querySelector('textarea.prose').value === 'twee'",
        )
        .await;
    browser.run("const gap = document.querySelector('.block:last-child .gap'); gap.open = true; gap.querySelector('textarea').value = 'drie'; const button = gap.querySelector('[value=text]'); button.click(); button.click();").await;
    desk.stored_becomes(&["twee", "een", "drie"]).await;
    browser
        .until("three blocks", "document.querySelectorAll('.block').length === 3")
        .await;
    // Five quick steps by the keyboard end where five steps end.
    browser
        .run("document.querySelectorAll('.block')[2].focus()")
        .await;
    browser.chord(ALT, UP).await;
    browser.chord(ALT, UP).await;
    desk.stored_becomes(&["drie", "twee", "een"]).await;
    assert_eq!(desk.stored().await.len(), 3, "the paragraph was inserted once");

    browser.go(&format!("/desk/photos/{photo}")).await;
    browser
        .until("scripts", "document.documentElement.matches('.scripted')")
        .await;
    browser.click("[name=sensitive]").await;
    browser.click("form.words .save button").await;
    eventually("the mark", async || {
        let photo = desk
            .editor
            .get(&format!("/api/v1/manage/photos/{photo}"))
            .await
            .data();
        (photo["sensitive"] == true).then_some(())
    })
    .await;
    assert_eq!(browser.mishaps().await, Vec::<String>::new());
}
