//! People in every role, and a story in every state, each with a photograph, a preview link and a drop link of its own.

use std::cell::Cell;
use std::collections::BTreeMap;

use reportage::account::Role;
use reportage::account::token::{self, Scope};
use reportage::clock::DAY;
use reportage::db::Conn;
use reportage::queue::{self, Lane};
use reqwest::Method;
use serde_json::json;

use super::table::{Row, State};
use crate::harness::photograph::jpeg;
use crate::harness::server::eventually;
use crate::harness::{Client, NOW, Person, Server, captioned};

const STORIES: &str = "/api/v1/manage/stories";
const PHOTOS: &str = "/api/v1/manage/photos";
pub const UPLOADS: &str = "/api/v1/manage/uploads";
/// What stands behind the prefix of an id that was never given out.
pub const NEVER: &str = "00000000000040008000000000000000";

/// A word in the title, the tag and the photographer's name of each state's story, and nowhere else.
pub fn word(state: State) -> &'static str {
    match state {
        State::Draft => "aalscholver",
        State::Scheduled => "buizerd",
        State::Embargoed => "ceder",
        State::Live => "dotterbloem",
        State::Unpublished => "esdoorn",
        State::Deleted => "fluiter",
    }
}

/// What is put into addresses and forms.
#[derive(Debug, Clone, Default)]
pub struct Scene {
    pub story: String,
    pub slug: String,
    pub tag: String,
    pub maker: String,
    pub version: String,
    pub changes: String,
    pub etag: String,
    pub photo: String,
    pub frame: String,
    pub folder: String,
    pub spec: String,
    /// The secret of a preview link, and its id.
    pub preview: String,
    pub preview_id: String,
    /// The same of a drop link, and an upload that was begun by it.
    pub drop: String,
    pub drop_id: String,
    pub drop_upload: String,
    /// What is neither of a story nor of a photograph: a webhook, a token, somebody's account.
    pub id: String,
    pub delivery: String,
}

impl Scene {
    /// The same where there never was anything.
    pub fn never(&self) -> Self {
        let prefix = self.id.get(..4);
        Self {
            story: format!("sto_{NEVER}"),
            photo: format!("pho_{NEVER}"),
            slug: "nergens".to_owned(),
            tag: "nergens".to_owned(),
            maker: "niemand".to_owned(),
            folder: "0".repeat(32),
            preview: format!("rpv_{}", "x".repeat(43)),
            drop: "x".repeat(43),
            drop_upload: format!("upl_{NEVER}"),
            id: prefix.map_or_else(String::new, |prefix| format!("{prefix}{NEVER}")),
            ..self.clone()
        }
    }

    /// What differs between the two, each with its place-holder.
    pub fn names(&self) -> [(&str, &'static str); 9] {
        [
            (&self.drop_upload, "DROP-UPLOAD"),
            (&self.story, "STORY"),
            (&self.photo, "PHOTO"),
            (&self.folder, "FOLDER"),
            (&self.preview, "PREVIEW"),
            (&self.drop, "DROP"),
            (&self.slug, "SLUG"),
            (&self.maker, "MAKER"),
            (&self.id, "ID"),
        ]
    }
}

pub struct Stage {
    pub server: Server,
    /// In the order of the table's columns, without nobody.
    people: [Person; 5],
    /// In the order of the table's columns.
    pub clients: [Client; 6],
    /// Somebody whom administrators look after.
    somebody: Person,
    pub scenes: BTreeMap<State, Scene>,
    /// A photograph that is ready, and in no story of the stage.
    pub spare: String,
    /// A file to send.
    pub file: Vec<u8>,
    hook: String,
    upload: String,
    made: Cell<u32>,
}

impl Stage {
    pub async fn raise() -> Self {
        let server = Server::with(|config| config.webhooks_allow_private = true);
        let people = [
            ("stranger", Role::Photographer),
            ("member", Role::Photographer),
            ("owner", Role::Photographer),
            ("editor", Role::Editor),
            ("admin", Role::Admin),
        ]
        .map(|(name, role)| server.person(name, role));
        // Some forms ask where they come from before they ask who sends them.
        let nobody = server.visitor().always("Sec-Fetch-Site", "same-origin");
        let [stranger, member, owner, editor, admin] = people.each_ref().map(|person| server.session(person));
        let mut stage = Self {
            somebody: server.person("iemand", Role::Photographer),
            clients: [nobody, stranger, member, owner, editor, admin],
            people,
            scenes: BTreeMap::new(),
            spare: String::new(),
            file: jpeg(99, 60, 40),
            hook: String::new(),
            upload: String::new(),
            made: Cell::new(0),
            server,
        };
        // Nothing listens there, and nothing that it is told of happens.
        let hook = json!({"url": "http://127.0.0.1:9/hooks", "events": ["photo.failed"]});
        let made = stage.admin().post("/api/v1/manage/webhooks", &hook).await.is(201);
        stage.hook = made.data()["id"].as_str().unwrap().to_owned();
        stage.upload = stage.begin(stage.owner(), UPLOADS).await;
        stage.spare = stage
            .owner()
            .photo("spare.jpg", &captioned(50, "Een veld."))
            .await;
        for (seed, state) in (1..).zip(State::ALL) {
            let scene = stage.play(seed, state).await;
            stage.scenes.insert(state, scene);
        }
        stage.rest().await;
        stage
    }

    pub fn person(&self, role: usize) -> Option<&Person> {
        role.checked_sub(1).map(|at| &self.people[at])
    }

    pub fn member_id(&self) -> &str {
        self.people[1].account.id.as_str()
    }

    pub fn owner(&self) -> &Client {
        &self.clients[3]
    }

    pub fn editor(&self) -> &Client {
        &self.clients[4]
    }

    pub fn admin(&self) -> &Client {
        &self.clients[5]
    }

    /// A number that was not given out before.
    pub fn number(&self) -> u32 {
        self.made.set(self.made.get() + 1);
        self.made.get()
    }

    /// A story in a state.
    async fn play(&self, seed: u32, state: State) -> Scene {
        let (editor, word) = (self.editor(), word(state));
        let photo = self
            .owner()
            .photo(&format!("{seed}.jpg"), &captioned(seed, "Een veld."))
            .await;
        let path = format!("{PHOTOS}/{photo}");
        let tag = editor.get(&path).await.header("etag");
        let maker = json!({"creator": format!("Maker {word}")});
        editor.if_match(&tag).patch(&path, &maker).await.is(200);
        let mut scene = self.scene(word, &photo).await;
        self.share(&mut scene).await;
        self.bring(&mut scene, state).await;
        // Publishing wrote the files anew.
        let url = editor.settled(&photo).await["renditions"][0]["url"].clone();
        let mut parts = url.as_str().unwrap().split('/').skip(2).map(str::to_owned);
        scene.folder = parts.next().unwrap();
        scene.spec = parts.next().unwrap();
        scene
    }

    /// Brings a draft into a state.
    async fn bring(&self, scene: &mut Scene, state: State) {
        let editor = self.editor();
        let path = format!("{STORIES}/{}", scene.story);
        let as_seen = editor.if_match(&scene.etag);
        match state {
            State::Draft => {}
            State::Scheduled => {
                let moment = json!({"at": "2024-02-01T09:00", "zone": "Europe/Amsterdam"});
                let schedule = format!("{path}/schedule");
                as_seen.send(Method::PUT, &schedule, Some(&moment)).await.is(200);
            }
            State::Embargoed => {
                let until = json!({"embargo_until": NOW + 20 * DAY});
                as_seen.patch(&path, &until).await.is(200);
            }
            State::Live => {
                editor.publish(&scene.story).await.is(201);
            }
            State::Unpublished => {
                editor.publish(&scene.story).await.is(201);
                editor.delete(&format!("{path}/publication")).await.is(204);
            }
            State::Deleted => {
                as_seen.delete(&path).await.is(204);
            }
        }
        if state != State::Deleted {
            self.see(scene).await;
        }
    }

    /// A draft with one photograph and both members.
    async fn scene(&self, word: &str, photo: &str) -> Scene {
        let frame =
            json!({"photo": photo, "alt": "Een veld", "credit": "Foto: Anna", "caption": "Een veld."});
        let block = json!({"type": "photo", "frame": frame});
        let body =
            json!({"title": format!("Veld {word}"), "language": "nl", "tags": [word], "blocks": [block]});
        let draft = self.editor().post(STORIES, &body).await.is(201).data();
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        let mut scene = Scene {
            story: text(&draft["id"]),
            slug: text(&draft["slug"]),
            frame: text(&draft["blocks"][0]["frame"]["id"]),
            photo: photo.to_owned(),
            tag: word.to_owned(),
            maker: format!("maker-{word}"),
            folder: "0".repeat(32),
            spec: "w320.jpg".to_owned(),
            drop_upload: format!("upl_{NEVER}"),
            ..Scene::default()
        };
        for person in &self.people[1..3] {
            let member = format!("{STORIES}/{}/members/{}", scene.story, person.account.id);
            self.editor().put(&member).await.is(204);
        }
        self.see(&mut scene).await;
        scene
    }

    /// Takes down where the draft stands.
    async fn see(&self, scene: &mut Scene) {
        scene.etag = self.editor().draft(&scene.story).await.header("etag");
        let (version, changes) = scene.etag.trim_matches('"').split_once('.').unwrap();
        (scene.version, scene.changes) = (version.to_owned(), changes.to_owned());
    }

    /// Links for outsiders, and an upload that was begun by one.
    async fn share(&self, scene: &mut Scene) {
        let links = format!("{STORIES}/{}/preview-links", scene.story);
        let link = self.editor().post(&links, &json!({})).await.is(201).data();
        scene.preview = link["secret"].as_str().unwrap().to_owned();
        scene.preview_id = link["id"].as_str().unwrap().to_owned();
        let links = format!("/desk/stories/{}/drop-links", scene.story);
        let fields = [("label", "Bram"), ("until", "2024-01-26")];
        let page = self.editor().form(&links, &fields).await.is(201).text();
        let between = |before: &str, after: char| {
            let rest = page.split(before).nth(1).unwrap_or_else(|| panic!("{page}"));
            rest.split(after).next().unwrap().to_owned()
        };
        scene.drop = between("/drop/", '"');
        scene.drop_id = between("/drop-links/", '/');
        let uploads = format!("/drop/{}/uploads", scene.drop);
        scene.drop_upload = self.begin(&self.clients[0], &uploads).await;
    }

    /// Begins an upload, and gives its id.
    async fn begin(&self, who: &Client, uploads: &str) -> String {
        let who = who.clone().always("Tus-Resumable", "1.0.0");
        let begun = who
            .always("Upload-Length", "5000")
            .bytes(Method::POST, uploads, Vec::new())
            .await;
        let address = begun.is(201).header("location");
        address.rsplit('/').next().unwrap().to_owned()
    }

    /// Waits until nothing is left to do by itself.
    async fn rest(&self) {
        eventually("the worker to rest", async || {
            let read = |conn: &mut Conn| {
                let due = queue::next_due(conn, Lane::Prompt)?;
                let running = queue::list(conn, "running", 1)?;
                Ok::<_, diesel::result::Error>(due.is_none() && running.is_empty())
            };
            self.server.db().read_now(read).unwrap().then_some(())
        })
        .await;
    }

    /// What stands, for a route that is not about a story too.
    pub fn standing(&self, row: &Row, state: Option<State>) -> Scene {
        Scene {
            id: self.id_for(row.pattern),
            delivery: format!("dlv_{NEVER}"),
            ..self.scenes[&state.unwrap_or(State::Draft)].clone()
        }
    }

    /// The id of what stands there from the beginning.
    fn id_for(&self, pattern: &str) -> String {
        match pattern {
            it if it.contains("/webhooks/") => self.hook.clone(),
            it if it.contains("/people/") => self.somebody.account.id.to_string(),
            it if it.contains("/manage/uploads/") => self.upload.clone(),
            _ => String::new(),
        }
    }

    /// Something to write to, made for one request, in this state.
    pub async fn fresh(&self, row: &Row, state: Option<State>) -> Scene {
        let mut scene = Scene {
            id: self.fresh_id(row).await,
            delivery: format!("dlv_{NEVER}"),
            ..self.scenes[&State::Draft].clone()
        };
        if row.pattern.contains("{delivery}") {
            let ping = format!("/api/v1/manage/webhooks/{}/ping", self.hook);
            let sent = self.admin().send(Method::POST, &ping, None).await.is(202);
            scene.delivery = sent.data()["id"].as_str().unwrap().to_owned();
        }
        if row.states().is_empty() {
            return scene;
        }
        let number = self.number();
        let state = state.unwrap_or(State::Draft);
        let photo = if row.pattern.contains("/photos/{id}") {
            let file = captioned(1_000 + number, "Een veld.");
            let is_shown = matches!(state, State::Live | State::Unpublished);
            if is_shown {
                self.owner().photo("a.jpg", &file).await
            } else {
                self.owner().photo_pending("a.jpg", &file).await
            }
        } else {
            self.spare.clone()
        };
        let mut made = self.scene(&format!("vers{number}"), &photo).await;
        if row.pattern.contains("{link}") || row.pattern.contains("{secret}") {
            self.share(&mut made).await;
        }
        if row.pattern.contains("/revisions") {
            // There is one to go back to.
            self.editor().publish(&made.story).await.is(201);
            self.see(&mut made).await;
        }
        self.bring(&mut made, state).await;
        Scene {
            id: scene.id,
            delivery: scene.delivery,
            ..made
        }
    }

    /// The id of something of the owner's, or of what administrators look after.
    async fn fresh_id(&self, row: &Row) -> String {
        let last = async |path: &str| {
            let all = self.owner().get(path).await.is(200).data();
            let ids: Vec<String> = all
                .as_array()
                .unwrap()
                .iter()
                .filter(|it| it["current"] != true && it["revoked_at"].is_null())
                .map(|it| it["id"].as_str().unwrap().to_owned())
                .collect();
            ids.last().unwrap_or_else(|| panic!("{all}")).clone()
        };
        match row.pattern {
            it if it.contains("/tokens/{id}") => {
                let owner = &self.people[2].account.email;
                token::add(
                    self.server.db(),
                    owner,
                    "Van de eigenaar",
                    &[Scope::StoriesRead],
                    None,
                    NOW,
                )
                .unwrap();
                last("/api/v1/manage/tokens").await
            }
            it if it.contains("/sessions/{id}") => {
                self.server.session(&self.people[2]);
                last("/api/v1/manage/sessions").await
            }
            it if it.contains("/manage/uploads/{id}") => self.begin(self.owner(), UPLOADS).await,
            it if it.contains("/invitations/{id}") => {
                let email = format!("gast{}@example.org", self.number());
                let fields = [("email", email.as_str()), ("name", "Gast"), ("role", "editor")];
                self.admin().form("/desk/people", &fields).await.is(200);
                let page = self.admin().get("/desk/people").await.is(200).text();
                let open = page.split("/desk/people/invitations/").last().unwrap();
                open.split('/').next().unwrap().to_owned()
            }
            it => self.id_for(it),
        }
    }

    /// Every row of every table, but for when somebody was last seen and something last used.
    pub fn dump(&self) -> BTreeMap<String, Vec<String>> {
        let tables = self.ask(
            "SELECT name AS text FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name",
        );
        let dump = |table: String| {
            let columns = self.ask(&format!(
                "SELECT 'quote(\"' || name || '\")' AS text FROM pragma_table_info('{table}') WHERE name NOT IN ('seen_at', 'used_at')"
            ));
            let row = columns.join(" || ',' || ");
            let rows = self.ask(&format!("SELECT {row} AS text FROM \"{table}\" ORDER BY 1"));
            (table, rows)
        };
        tables.into_iter().map(dump).collect()
    }

    fn ask(&self, sql: &str) -> Vec<String> {
        use diesel::RunQueryDsl as _;
        let read = |conn: &mut Conn| diesel::sql_query(sql).load::<Line>(conn);
        let lines = self.server.db().read_now(read).unwrap();
        lines.into_iter().map(|line| line.text).collect()
    }
}

/// One column of an answer of the database.
#[derive(diesel::QueryableByName)]
struct Line {
    #[diesel(sql_type = diesel::sql_types::Text)]
    text: String,
}
