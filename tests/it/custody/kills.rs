//! The real program, killed at random moments while photographs arrive, captions are written, frames are ordered and the story is published. After each
//! start everything that was acknowledged is there, and nothing else is damaged.
//!
//! `REPORTAGE_KILLS=1000 cargo nextest run -E 'test(kills)'` kills it as often; 100 times without it. `REPORTAGE_SEED` repeats what chance chose.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use reportage::text::hex;
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::text;
use crate::command_line::run::{Served, add_token, add_user, run};
use crate::harness::server::files_below;
use crate::harness::{Client, captioned};

const FRAMES: usize = 6;

/// What the server has said yes to, and what it may have done without having said so.
#[derive(Default)]
struct Known {
    /// Hash and id of every photograph.
    photos: BTreeMap<String, String>,
    /// For each frame the caption that holds, and others that were sent since.
    captions: BTreeMap<String, (String, BTreeSet<String>)>,
    /// The order that holds, and others that were asked for since.
    orders: (Vec<String>, Vec<Vec<String>>),
    /// Number of the last publication.
    publication: i64,
}

/// Chance that can be repeated. Source: Marsaglia, Xorshift RNGs (2003).
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % most
    }
}

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().unwrap())
}

/// A story under test, and how it is asked for.
struct Rig {
    secret: String,
    story: String,
    known: Mutex<Known>,
}

impl Rig {
    fn client(&self, served: &Served) -> Client {
        Client::new(&served.base)
            .always("Authorization", &format!("Bearer {}", self.secret))
            .always("Content-Type", "application/json")
    }

    fn path(&self, of: &str) -> String {
        format!("/api/v1/manage/stories/{}{of}", self.story)
    }

    /// Uploads one photograph after another until the line breaks.
    async fn upload(&self, client: &Client, from: u32) {
        for number in from.. {
            let bytes = captioned(number, "Een veld.");
            let body = [
                &b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\n\r\n"[..],
                &bytes,
                b"\r\n--b--\r\n",
            ]
            .concat();
            let form = client
                .clone()
                .always("Content-Type", "multipart/form-data; boundary=b");
            let Ok(answer) = form.try_bytes(Method::POST, "/api/v1/manage/photos", body).await else {
                return;
            };
            let id = answer.is(201).data()[0]["id"].as_str().unwrap().to_owned();
            let hash = hex(&Sha256::digest(&bytes));
            self.known.lock().unwrap().photos.insert(hash, id);
        }
    }

    /// Asks for an operation on what stands in the draft; `None` when the line breaks.
    async fn operate(&self, client: &Client, tag: &str, operation: Value) -> Option<u16> {
        let body = json!({"operations": [operation]}).to_string().into_bytes();
        let answer = client
            .if_match(tag)
            .try_bytes(Method::POST, &self.path("/operations"), body)
            .await
            .ok()?;
        assert!(matches!(answer.status, 200 | 412), "{}", answer.text());
        Some(answer.status)
    }

    async fn draft(&self, client: &Client) -> Option<(Value, String)> {
        let answer = client
            .try_bytes(Method::GET, &self.path(""), Vec::new())
            .await
            .ok()?
            .is(200);
        Some((answer.data(), answer.header("etag")))
    }

    async fn caption(&self, client: &Client, round: u64) -> Option<()> {
        for count in 0_u64.. {
            let (draft, tag) = self.draft(client).await?;
            let frame = &frames(&draft)[usize::try_from(count).unwrap() % FRAMES];
            let id = frame["id"].as_str().unwrap().to_owned();
            let words = format!("Bijschrift {round}.{count}");
            self.known
                .lock()
                .unwrap()
                .captions
                .get_mut(&id)
                .unwrap()
                .1
                .insert(words.clone());
            let update =
                json!({"op": "update", "id": id, "version": frame["version"], "set": {"caption": words}});
            if self.operate(client, &tag, update).await? == 200 {
                self.known
                    .lock()
                    .unwrap()
                    .captions
                    .insert(id, (words, BTreeSet::new()));
            }
        }
        Some(())
    }

    async fn order(&self, client: &Client, mut chance: Chance) -> Option<()> {
        loop {
            let (draft, tag) = self.draft(client).await?;
            let mut order = blocks(&draft);
            let from = usize::try_from(chance.below(FRAMES as u64)).unwrap();
            let to = usize::try_from(chance.below(FRAMES as u64)).unwrap();
            let block = order.remove(from);
            order.insert(to, block.clone());
            self.known.lock().unwrap().orders.1.push(order.clone());
            let moved = json!({"op": "move", "id": block, "position": to});
            if self.operate(client, &tag, moved).await? == 200 {
                self.known.lock().unwrap().orders = (order, Vec::new());
            }
        }
    }

    async fn publish(&self, client: &Client) -> Option<()> {
        loop {
            let (_, tag) = self.draft(client).await?;
            let answer = client
                .if_match(&tag)
                .try_bytes(Method::POST, &self.path("/publication"), b"{}".to_vec())
                .await
                .ok()?;
            assert!(matches!(answer.status, 200 | 201 | 412), "{}", answer.text());
            if answer.status != 412 {
                let number = answer.data()["publication"].as_i64().unwrap();
                let mut known = self.known.lock().unwrap();
                known.publication = known.publication.max(number);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Holds what is there against what was acknowledged, and goes on from what is there.
    async fn check(&self, client: &Client) {
        let (draft, _) = self.draft(client).await.unwrap();
        let mut known = self.known.lock().unwrap();
        for frame in frames(&draft) {
            let (id, words) = (frame["id"].as_str().unwrap(), frame["caption"].as_str().unwrap());
            let (holds, sent) = known.captions.get_mut(id).unwrap();
            assert!(
                holds.as_str() == words || sent.contains(words),
                "“{holds}” was acknowledged and “{words}” is there"
            );
            (*holds, *sent) = (words.to_owned(), BTreeSet::new());
        }
        let order = blocks(&draft);
        let (holds, asked) = &known.orders;
        assert!(
            *holds == order || asked.contains(&order),
            "{holds:?} was acknowledged and {order:?} is there"
        );
        known.orders = (order, Vec::new());
        let live = draft["publication"].as_i64().unwrap();
        assert!(
            live >= known.publication,
            "{} was live and {live} is",
            known.publication
        );
        known.publication = live;
    }

    /// Every photograph that was acknowledged has its row and its bytes, and no file is left that no row names.
    fn check_files(&self, data: &Path) {
        let stored: BTreeSet<String> = files_below(&data.join("uploads/originals"))
            .iter()
            .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
            .collect();
        let known = self.known.lock().unwrap();
        for (hash, id) in &known.photos {
            assert!(
                stored.contains(hash),
                "{id} was acknowledged and its original {hash} is gone"
            );
        }
        let rows = run(&["verify", "--data", text(data)]).ok();
        assert!(
            rows.out.starts_with(&format!("{} originals", stored.len())),
            "{} originals lie there: {rows:?}",
            stored.len()
        );
    }
}

fn frames(draft: &Value) -> Vec<Value> {
    let blocks = draft["blocks"].as_array().unwrap();
    blocks.iter().map(|block| block["frame"].clone()).collect()
}

fn blocks(draft: &Value) -> Vec<String> {
    let blocks = draft["blocks"].as_array().unwrap();
    blocks
        .iter()
        .map(|block| block["id"].as_str().unwrap().to_owned())
        .collect()
}

fn serve(data: &Path) -> Served {
    Served::start_with(&[
        "serve",
        "--data",
        text(data),
        "--listen",
        "127.0.0.1:0",
        "--avif-threads",
        "0",
        "--min-free-mb",
        "0",
    ])
}

/// A published story, and what is known of it.
async fn rig(data: &Path) -> Rig {
    add_user(data, "anna@example.org", "editor").ok();
    let secret = add_token(data, "anna@example.org");
    let served = serve(data);
    let editor = Client::new(&served.base).always("Authorization", &format!("Bearer {secret}"));
    let photo = editor.photo("a.jpg", &captioned(1, "Een veld.")).await;
    let block = json!({"type": "photo", "frame": {"photo": photo, "alt": "Een veld", "credit": "Foto: Anna", "caption": "Begin."}});
    let blocks_of_story = vec![block; FRAMES];
    let story = editor
        .story(&json!({"title": "Onder vuur", "language": "nl", "blocks": blocks_of_story}))
        .await;
    editor.publish(&story).await.is(201);
    let draft = editor.draft(&story).await.data();
    let captions = frames(&draft).into_iter().map(|frame| {
        let id = frame["id"].as_str().unwrap().to_owned();
        (id, ("Begin.".to_owned(), BTreeSet::new()))
    });
    let known = Known {
        captions: captions.collect(),
        orders: (blocks(&draft), Vec::new()),
        publication: 1,
        ..Known::default()
    };
    Rig {
        secret,
        story,
        known: Mutex::new(known),
    }
}

#[actix_web::test]
async fn a_hundred_kills_lose_nothing_that_was_acknowledged() {
    let rounds = number("REPORTAGE_KILLS", 100);
    let seed = number("REPORTAGE_SEED", u64::from(std::process::id()) + 1);
    eprintln!("REPORTAGE_KILLS={rounds} REPORTAGE_SEED={seed}");
    let mut chance = Chance(seed);
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let rig = rig(data).await;
    for round in 0..rounds {
        let served = serve(data);
        let client = rig.client(&served);
        rig.check(&client).await;
        let moment = Duration::from_millis(20 + chance.below(500));
        let from = u32::try_from(1_000 + round * 10_000).unwrap();
        let work = async {
            tokio::join!(
                rig.upload(&client, from),
                rig.upload(&client, from + 3_000),
                rig.upload(&client, from + 6_000),
                rig.caption(&client, round),
                rig.order(&client, Chance(seed + round + 1)),
                rig.publish(&client),
            )
        };
        let kill = async {
            tokio::time::sleep(moment).await;
            served.kill();
        };
        tokio::join!(work, kill);
        // Killed in the act; the next start puts things in order, and the files are looked at behind it.
        if round % 10 == 9 || round + 1 == rounds {
            let served = serve(data);
            rig.check(&rig.client(&served)).await;
            served.terminate();
            assert_eq!(served.ended().0, Some(0));
            rig.check_files(data);
            assert_eq!(
                files_below(&data.join("uploads/incoming")),
                Vec::<std::path::PathBuf>::new()
            );
        }
    }
    let known = rig.known.lock().unwrap();
    eprintln!(
        "{} photographs, publication {}",
        known.photos.len(),
        known.publication
    );
    assert!(known.photos.len() as u64 > rounds && known.publication > 1);
}
