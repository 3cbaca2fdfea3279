//! Two editors in two browsers on the same words, while their lines are cut and the server is killed: every text that was typed is in the story
//! at the end, for whoever met another's words was shown both. `REPORTAGE_EDITS=1000` makes it as long as one likes.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use crate::command_line::run::{Served, add_token, add_user};
use crate::harness::server::eventually;
use crate::harness::{Browser, Client, captioned};

const FRAMES: u32 = 5;
const FIELDS: [(&str, char); 3] = [("caption", 'c'), ("place", 'p'), ("alt", 'l')];
const PEOPLE: [(&str, char); 2] = [("anna", 'a'), ("bram", 'b')];

/// What a person does on the page: adds a word to a field; and where both texts are shown, takes the other's and adds one's own words that are missing in it.
const HANDS: &str = r"
window.hands = {
  add(form, name, word) {
    const field = form.elements[name];
    field.value = field.value.trim() === '' ? word : `${field.value} ${word}`;
    field.dispatchEvent(new Event('input', { bubbles: true }));
  },
  type(frame, name, word) {
    const form = document.querySelector(`form[data-part='${frame}']`);
    if (!form || form.querySelector('.conflict, .kept')) return false;
    this.add(form, name, word);
    return true;
  },
  settle(me) {
    for (const box of document.querySelectorAll('.conflict, .kept')) {
      const form = box.closest('form');
      const text = [...box.querySelectorAll('p')].map((line) => line.textContent).join(' ');
      const words = text.match(new RegExp(`\\b${me}[cpl][0-9]+\\b`, 'g')) ?? [];
      box.querySelector(box.matches('.kept') ? '.buttons button:last-child' : '.buttons button:not(.primary)').click();
      for (const word of new Set(words)) {
        const name = { c: 'caption', p: 'place', l: 'alt' }[word[1]];
        if (!form.elements[name].value.split(/\s+/).includes(word)) this.add(form, name, word);
      }
    }
    return document.querySelectorAll('.words.dirty, .conflict, .kept').length;
  },
};
return true";

/// Numbers that look drawn; the same in each run.
struct Draw(u64);

impl Draw {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % most
    }
}

fn serve(data: &Path, port: u16) -> Served {
    let listen = format!("127.0.0.1:{port}");
    let data = data.to_str().unwrap();
    Served::start_with(&[
        "serve",
        "--data",
        data,
        "--listen",
        &listen,
        "--avif-threads",
        "0",
        "--min-free-mb",
        "0",
    ])
}

async fn at_the_desk(browser: &Browser, path: &str) {
    browser.go(path).await;
    browser
        .until("scripts", "document.documentElement.matches('.scripted')")
        .await;
    browser.run(HANDS).await;
}

#[actix_web::test]
async fn random_edits_with_cut_lines_and_killed_servers_lose_no_word() {
    let edits: usize = std::env::var("REPORTAGE_EDITS").map_or(160, |edits| edits.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let mut served = Some(serve(folder.path(), port));
    let base = served.as_ref().unwrap().base.clone();
    for (name, _) in PEOPLE {
        add_user(folder.path(), &format!("{name}@example.org"), "editor").ok();
    }
    let secret = add_token(folder.path(), "anna@example.org");
    let client = Client::new(&base).always("Authorization", &format!("Bearer {secret}"));
    let mut blocks = Vec::new();
    for seed in 0..FRAMES {
        let photo = client.photo(&format!("{seed}.jpg"), &captioned(seed, "")).await;
        blocks.push(json!({"type": "photo", "frame": {"photo": photo}}));
    }
    let story = client
        .story(&json!({"title": "Storm", "language": "nl", "blocks": blocks}))
        .await;
    let frames = async || -> Vec<Value> {
        let draft = client.draft(&story).await.data();
        let blocks = draft["blocks"].as_array().unwrap().clone();
        blocks.iter().map(|block| block["frame"].clone()).collect()
    };
    let ids: Vec<String> = frames()
        .await
        .iter()
        .map(|frame| frame["id"].as_str().unwrap().to_owned())
        .collect();
    let mut browsers = Vec::new();
    let pages = [
        format!("/desk/stories/{story}"),
        format!("/desk/stories/{story}/captions"),
    ];
    for ((name, _), page) in PEOPLE.iter().zip(&pages) {
        let Some(browser) = Browser::open(&base).await else {
            return;
        };
        browser
            .sign_in_with(&format!("{name}@example.org"), "een lange zin die niemand raadt")
            .await;
        at_the_desk(&browser, page).await;
        browsers.push(browser);
    }

    let mut draw = Draw(20_240_119);
    let mut typed: Vec<(usize, &str, String)> = Vec::new();
    let mut offline = [false; 2];
    let (mut cuts, mut kills, mut reloads) = (0, 0, 0);
    let mut down_for = 0;
    for number in 0..edits {
        let who = draw.below(2);
        let (frame, (field, code)) = (draw.below(ids.len()), FIELDS[draw.below(FIELDS.len())]);
        let word = format!("{}{code}{number}", PEOPLE[who].1);
        let hand = format!("return hands.type('{}', '{field}', '{word}')", ids[frame]);
        if browsers[who].run(&hand).await == Value::Bool(true) {
            typed.push((frame, field, word));
        }
        tokio::time::sleep(Duration::from_millis(draw.below(120) as u64)).await;
        if draw.below(5) == 0 {
            for (browser, (_, me)) in browsers.iter().zip(PEOPLE) {
                browser.run(&format!("return hands.settle('{me}')")).await;
            }
        }
        if draw.below(14) == 0 {
            let which = draw.below(2);
            offline[which] = !offline[which];
            cuts += usize::from(offline[which]);
            browsers[which].line(None, offline[which]).await;
        }
        if down_for > 0 {
            down_for -= 1;
            if down_for == 0 {
                served = Some(serve(folder.path(), port));
            }
        } else if draw.below(40) == 0 {
            // Dropping it kills it.
            served = None;
            kills += 1;
            down_for = 1 + draw.below(12);
        } else if draw.below(60) == 0 && !offline[who] {
            // The window is closed and opened again; what was not saved yet is offered there.
            at_the_desk(&browsers[who], &pages[who]).await;
            reloads += 1;
        }
    }
    if served.is_none() {
        served = Some(serve(folder.path(), port));
    }
    for browser in &browsers {
        browser.line(None, false).await;
    }
    eventually("everything saved", async || {
        let mut left = 0;
        for (browser, (_, me)) in browsers.iter().zip(PEOPLE) {
            let dirty = browser.run(&format!("return hands.settle('{me}')")).await;
            left += dirty.as_u64().unwrap_or(1);
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
        (left == 0).then_some(())
    })
    .await;
    let stored = frames().await;
    let missing: Vec<_> = typed
        .iter()
        .filter(|(frame, field, word)| {
            let text = stored[*frame][field].as_str().unwrap_or_default();
            !text.split_whitespace().any(|it| it == word)
        })
        .collect();
    eprintln!(
        "{} words typed, {cuts} lines cut, {kills} servers killed, {reloads} windows closed",
        typed.len()
    );
    assert!(missing.is_empty(), "lost: {missing:?} of {}", typed.len());
    assert!(
        typed.len() * 10 > edits * 7,
        "{} of {edits} edits could be made",
        typed.len()
    );
    drop(served);
}
