//! What is typed is never lost: kept in the browser until the server has it, offered again when its page is gone, and seen by who else is here.

use reportage::account::Role;
use serde_json::json;

use crate::harness::server::eventually;
use crate::harness::{Browser, Client, Server, captioned};

async fn caption(editor: &Client, story: &str) -> String {
    let draft = editor.draft(story).await.data();
    draft["blocks"][0]["frame"]["caption"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

#[actix_web::test]
async fn words_typed_without_a_line_are_offered_again_when_their_page_is_gone() {
    let server = Server::with(|config| config.render_threads = 0);
    let editor = server.session(&server.person("anna", Role::Editor));
    let photo = editor.photo_pending("a.jpg", &captioned(1, "")).await;
    let story = editor.small_story("Een veld", &photo).await;
    let Some(browser) = Browser::open(&server.base()).await else {
        return;
    };
    browser.sign_in("anna@example.org").await;
    let here = format!("/desk/stories/{story}/captions");
    browser.go(&here).await;
    let field = browser.find("[name=caption]").await;
    browser.line(None, true).await;
    field.send_keys("Getypt in de tunnel.").await.unwrap();
    browser
        .until(
            "to be told",
            "document.querySelector('.saved.bad')?.textContent.length > 0",
        )
        .await;
    // The window closes; nothing can be sent from it any more.
    browser.page.goto("about:blank").await.unwrap();
    browser
        .until("the page to be gone", "location.href === 'about:blank'")
        .await;
    browser.line(None, false).await;
    assert_eq!(caption(&editor, &story).await, "");
    // Somebody else wrote there meanwhile: what was kept does not go over it by itself.
    let draft = editor.draft(&story).await.data();
    let frame = &draft["blocks"][0]["frame"];
    let update = json!([{"op": "update", "id": frame["id"], "version": frame["version"], "set": {"caption": "Van Bram."}}]);
    editor.operate(&story, &update).await.is(200);
    browser.go(&here).await;
    browser.find(".kept").await;
    let shown = browser
        .run("return document.querySelector('.kept').textContent")
        .await;
    assert!(
        shown.as_str().unwrap().contains("Getypt in de tunnel."),
        "{shown}"
    );
    let field = "return document.querySelector('[name=caption]').value";
    assert_eq!(browser.run(field).await, "Van Bram.");
    browser.click(".kept .primary").await;
    eventually("the words stored", async || {
        (caption(&editor, &story).await == "Getypt in de tunnel.").then_some(())
    })
    .await;
    browser
        .until("saved", "!document.querySelector('.words.dirty')")
        .await;
    // Once the server has them, they are offered no more.
    browser.go(&here).await;
    browser
        .until("a moment", "document.querySelector('.scripted')")
        .await;
    browser
        .run("window.looked = indexedDB.databases().then(() => new Promise((done) => setTimeout(done, 300))).then(() => { window.done = true; })")
        .await;
    browser.until("a look at what is kept", "window.done").await;
    assert_eq!(
        browser.run("return document.querySelector('.kept')").await,
        json!(null)
    );
}

#[actix_web::test]
async fn words_that_wait_in_a_browser_are_shown_to_nobody_but_their_typist() {
    let server = Server::with(|config| config.render_threads = 0);
    let anna = server.person("anna", Role::Editor);
    server.person("bram", Role::Editor);
    let editor = server.session(&anna);
    let photo = editor.photo_pending("a.jpg", &captioned(1, "")).await;
    let story = editor.small_story("Een veld", &photo).await;
    let Some(browser) = Browser::open(&server.base()).await else {
        return;
    };
    let here = format!("/desk/stories/{story}/captions");
    browser.sign_in("anna@example.org").await;
    browser.go(&here).await;
    // Not by cutting the browser's line: leaving the page mends that for a moment, in which the words might be saved after all.
    browser
        .run("window.fetch = () => Promise.reject(new TypeError('no line'))")
        .await;
    browser
        .find("[name=caption]")
        .await
        .send_keys("Van Anna alleen.")
        .await
        .unwrap();
    browser
        .until(
            "to be told",
            "document.querySelector('.saved.bad')?.textContent.length > 0",
        )
        .await;
    browser.page.goto("about:blank").await.unwrap();
    // Somebody else sits down at the same browser.
    for (email, sees) in [("bram@example.org", false), ("anna@example.org", true)] {
        // Cookies are those of the page that is shown.
        browser.go("/").await;
        browser.page.delete_all_cookies().await.unwrap();
        browser.sign_in(email).await;
        browser.go(&here).await;
        browser
            .until("the scripts", "document.documentElement.matches('.scripted')")
            .await;
        if sees {
            browser.find(".kept").await;
        } else {
            tokio::time::sleep(std::time::Duration::from_millis(700)).await;
            assert_eq!(
                browser
                    .run("return document.querySelectorAll('.kept').length")
                    .await,
                0
            );
        }
    }
}

#[actix_web::test]
async fn a_browser_that_keeps_nothing_says_so_once_and_saves_as_always() {
    let server = Server::with(|config| config.render_threads = 0);
    let editor = server.session(&server.person("anna", Role::Editor));
    let photo = editor.photo_pending("a.jpg", &captioned(1, "")).await;
    let story = editor.small_story("Een veld", &photo).await;
    let Some(browser) = Browser::open(&server.base()).await else {
        return;
    };
    browser.sign_in("anna@example.org").await;
    browser.go(&format!("/desk/stories/{story}/captions")).await;
    browser
        .run("IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError'); }")
        .await;
    browser
        .find("[name=caption]")
        .await
        .send_keys("Toch opgeslagen.")
        .await
        .unwrap();
    let warned = "document.querySelector('.banner')?.textContent.includes('keeps nothing of what you type')";
    browser.until("to be warned", warned).await;
    eventually("the words stored", async || {
        (caption(&editor, &story).await == "Toch opgeslagen.").then_some(())
    })
    .await;
}

#[actix_web::test]
async fn who_else_is_here_is_shown_and_what_they_change_arrives_by_itself() {
    let server = Server::with(|config| config.render_threads = 0);
    let anna = server.session(&server.person("anna", Role::Editor));
    let bram = server.session(&server.person("bram", Role::Editor));
    let photo = anna.photo_pending("a.jpg", &captioned(1, "")).await;
    let story = anna.small_story("Een veld", &photo).await;
    let Some(browser) = Browser::open(&server.base()).await else {
        return;
    };
    let Some(second) = Browser::open(&server.base()).await else {
        return;
    };
    browser.sign_in("anna@example.org").await;
    second.sign_in("bram@example.org").await;
    let here = format!("/desk/stories/{story}");
    browser.go(&here).await;
    let others = "document.getElementById('others').textContent";
    browser.until("to be alone", &format!("{others} === ''")).await;
    second.go(&format!("{here}/captions")).await;
    browser
        .until("Bram to be seen", &format!("{others} === 'Also here: bram'"))
        .await;
    second
        .until("Anna to be seen", &format!("{others} === 'Also here: anna'"))
        .await;
    // Without scripts the page says it when it is made.
    let page = bram.get(&here).await.is(200).text();
    assert!(page.contains("Also here: anna"), "{page}");

    let field = second.find("[name=caption]").await;
    field.send_keys("Van Bram, aan de andere kant.").await.unwrap();
    browser
        .until(
            "his words on her page",
            "document.querySelector('[name=caption]').value === 'Van Bram, aan de andere kant.'",
        )
        .await;
    second.go("/desk").await;
    browser
        .until("Bram to be gone", &format!("{others} === ''"))
        .await;
    // Whoever may not see the story is told nothing of it.
    let stranger = server.session(&server.person("cees", Role::Photographer));
    stranger.get(&format!("{here}/presence")).await.is(404);
    assert_eq!(browser.mishaps().await, Vec::<String>::new());
    // Open lines do not keep the server from stopping.
    let stopping = std::time::Instant::now();
    server.stop().await;
    assert!(stopping.elapsed().as_secs() < 10, "{:?}", stopping.elapsed());
}
