//! A request to each route of the table: its address, and what a browser or a program would send along.

use reqwest::Method;
use serde_json::{Value, json};

use super::stage::{Scene, Stage, UPLOADS};
use super::table::Row;
use crate::harness::server::PASSWORD;
use crate::harness::{Answer, Client};

/// The address of a route in a scene.
pub fn address(stage: &Stage, row: &Row, scene: &Scene) -> String {
    let is_drop = row.pattern.starts_with("/drop/");
    let id = match row.pattern {
        it if it.contains("/stories/{id}") => &scene.story,
        it if it.contains("/photos/{id}") => &scene.photo,
        _ if is_drop => &scene.drop_upload,
        _ => &scene.id,
    };
    let slug = match row.pattern {
        it if it.starts_with("/tags/") => &scene.tag,
        it if it.starts_with("/photographers/") => &scene.maker,
        _ => &scene.slug,
    };
    let (secret, link) = (
        if is_drop { &scene.drop } else { &scene.preview },
        if row.pattern.contains("/preview-links/") {
            &scene.preview_id
        } else {
            &scene.drop_id
        },
    );
    let part = if row.pattern.starts_with("/sitemap") {
        "1"
    } else {
        scene.frame.as_str()
    };
    let path = row
        .pattern
        .replace("{id}", id)
        .replace("{slug}", slug)
        .replace("{secret}", secret)
        .replace("{link}", link)
        .replace("{delivery}", &scene.delivery)
        .replace("{folder}", &scene.folder)
        .replace("{spec}", &scene.spec)
        .replace("{part}", part)
        .replace("{number}", "1")
        .replace("{user}", stage.member_id())
        .replace("{file}", "feed.xml")
        .replace("{file:feed\\.xml|atom\\.xml|feed\\.json}", "feed.xml")
        .replace("{name:.*}", "reader.css");
    assert!(!path.contains('{'), "{path}: nothing is known to put there");
    let query = match (row.method.as_str(), row.pattern) {
        ("GET", "/oembed") => format!("?url={}/stories/{}", stage.server.base(), scene.slug),
        ("GET", "/search" | "/api/v1/search") => "?q=veld".to_owned(),
        ("GET", "/desk/setup" | "/desk/join") => "?token=x".to_owned(),
        ("GET", "/desk/stories/{id}/captions/apply") => format!("?frame={}", scene.frame),
        ("DELETE", "/api/v1/manage/old-addresses") => "?address=/nergens".to_owned(),
        _ => String::new(),
    };
    format!("{path}{query}")
}

/// What is sent along.
enum Body {
    Nothing,
    Form(Vec<(String, String)>),
    Json(Value),
    File,
    /// No bytes, and headers that say what they are of.
    Piece,
}

fn form(fields: &[(&str, &str)]) -> Body {
    let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    Body::Form(fields.iter().map(own).collect())
}

/// Sends what the route takes to an address; the scene is what the words in it are about, whatever the address says.
pub async fn ask(stage: &Stage, who: &Client, row: &Row, address: &str, scene: &Scene) -> Answer {
    let who = dressed(who, row, scene);
    match body(stage, row, scene) {
        Body::Nothing => who.send(row.method.clone(), address, None).await,
        Body::Json(body) => who.send(row.method.clone(), address, Some(&body)).await,
        Body::File => who.file_form(address, &[("a.jpg", &stage.file)]).await,
        Body::Piece => who.bytes(row.method.clone(), address, Vec::new()).await,
        Body::Form(fields) => {
            let fields: Vec<(&str, &str)> = fields.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
            who.form(address, &fields).await
        }
    }
}

/// Whether a route speaks the protocol for uploads.
fn is_tus(row: &Row) -> bool {
    row.pattern.starts_with(UPLOADS) || row.pattern.starts_with("/drop/{secret}/uploads")
}

/// Whoever asks, with the headers that the route asks for.
fn dressed(who: &Client, row: &Row, scene: &Scene) -> Client {
    let who = who.clone();
    if is_tus(row) {
        let who = who
            .always("Tus-Resumable", "1.0.0")
            .always("Upload-Length", "5000");
        if row.pattern.ends_with("{id}") && !row.is_read() {
            return who
                .always("Upload-Offset", "0")
                .always("Content-Type", "application/offset+octet-stream")
                .always("X-HTTP-Method-Override", "DELETE");
        }
        return who;
    }
    match row.pattern {
        _ if row.is_read() => who,
        it if it.starts_with("/api/v1/manage/stories/{id}") => who.if_match(&scene.etag),
        it if it.starts_with("/api/v1/manage/photos/{id}") => who.if_match("\"1\""),
        it if it.starts_with("/api/v1/manage/webhooks/{id}") => who.if_match("\"0\""),
        "/api/v1/manage/site" => who.if_match("\"0\""),
        _ => who,
    }
}

fn body(stage: &Stage, row: &Row, scene: &Scene) -> Body {
    if row.is_read() {
        return Body::Nothing;
    }
    if is_tus(row) {
        return Body::Piece;
    }
    if let Some(rest) = row.pattern.strip_prefix("/desk/stories/{id}/") {
        return of_a_story(stage, rest, scene);
    }
    match row.pattern {
        it if it.starts_with("/api/") => of_a_program(row),
        it if it.starts_with("/desk/me/") => of_oneself(it),
        "/desk/sign-in" => form(&[("email", "x@example.org"), ("password", "geen idee")]),
        "/desk/sign-in/code" => form(&[("pending", "x"), ("code", "1")]),
        "/desk/sign-in/passkey" => form(&[("ceremony", "x"), ("answer", "{}")]),
        "/desk/tongue" => form(&[("language", "nl")]),
        "/desk/setup" => form(&[
            ("token", "x"),
            ("name", "Iemand"),
            ("email", "setup@example.org"),
            ("password", PASSWORD),
        ]),
        "/desk/join" => form(&[("token", "x")]),
        "/desk/people" => {
            let email = format!("gast{}@example.org", stage.number());
            form(&[("email", email.as_str()), ("name", "Gast"), ("role", "editor")])
        }
        "/desk/people/{id}" => form(&[("do", "enable")]),
        "/desk/tokens" => form(&[
            ("name", "x"),
            ("present_password", PASSWORD),
            ("scope", "stories:read"),
        ]),
        "/desk/webhooks" => form(&[("url", "http://127.0.0.1:9/x"), ("events", "photo.failed")]),
        "/desk/webhooks/{id}" => form(&[("do", "ping")]),
        "/desk/jobs" => form(&[("again", "all")]),
        "/desk/site" => form(&[("version", "0"), ("name", "De Kade")]),
        "/desk/stories" => form(&[("title", "Nieuw"), ("language", "nl")]),
        "/desk/photos" | "/drop/{secret}" => Body::File,
        "/desk/photos/{id}" => form(&[("version", "1"), ("caption", "Anders.")]),
        "/desk/photos/{id}/use" => {
            let value = format!("caption:0:{}", scene.photo);
            form(&[("version", "1"), ("use", value.as_str())])
        }
        _ => form(&[]),
    }
}

/// What the forms of a story's pages send, by the end of their address.
fn of_a_story(stage: &Stage, rest: &str, scene: &Scene) -> Body {
    let (version, frame) = (("version", scene.version.as_str()), scene.frame.as_str());
    let moment = [
        version,
        ("day", "2024-02-01"),
        ("time", "09:00"),
        ("zone", "Europe/Amsterdam"),
    ];
    let seen = [version, ("changes", scene.changes.as_str())];
    match rest {
        "details" => form(&[version, ("title", "Anders")]),
        "parts/{part}" => form(&[("version", "1"), ("caption", "Anders.")]),
        "structure" => form(&[version, ("do", "sort:captured")]),
        "history" => form(&[("do", "undo")]),
        "captions.csv" => {
            let sheet = format!("frame,caption\n{frame},Anders.\n");
            form(&[("sheet", sheet.as_str())])
        }
        "captions/apply" => form(&[("frame", frame), ("set-caption", "on"), ("caption", "Anders.")]),
        "captions/replace" => form(&[("find", "veld"), ("with", "akker")]),
        "changes" => {
            let key = format!("{frame}|caption|1");
            let text = format!("text:{key}");
            form(&[("change", key.as_str()), (text.as_str(), "Anders.")])
        }
        "codes" => form(&[("codes", "ab = Anna")]),
        "blocks" => form(&[version, ("type", "text"), ("words", "Woorden.")]),
        "photos" => form(&[("photo", stage.spare.as_str())]),
        "uploads" => Body::File,
        "revisions" => form(&[seen[0], seen[1], ("restore", "1")]),
        "publish" => form(&seen),
        "schedule" | "embargo" => form(&moment),
        "share" => form(&[("label", "x"), ("days", "7")]),
        "members" => form(&[("add", stage.member_id())]),
        "drop-links" => form(&[("label", "Bram"), ("until", "2024-01-26")]),
        "delete" => form(&[version]),
        _ => form(&[]),
    }
}

/// What the forms about one's own account send.
fn of_oneself(pattern: &str) -> Body {
    let wrong = ("present_password", "niet mijn zin");
    match pattern {
        "/desk/me/name" => form(&[("name", "Iemand")]),
        "/desk/me/password" => form(&[wrong, ("new_password", PASSWORD)]),
        "/desk/me/factor/confirm" => form(&[("code", "1")]),
        "/desk/me/passkeys" => form(&[("ceremony", "x"), ("answer", "{}")]),
        "/desk/me/passkeys/begin" => form(&[("name", "x"), wrong]),
        "/desk/me/passkeys/remove" => form(&[("passkey", "psk_00000000000040008000000000000000")]),
        _ => form(&[wrong]),
    }
}

/// What programs send.
fn of_a_program(row: &Row) -> Body {
    let hook = json!({"url": "http://127.0.0.1:9/x", "events": ["photo.failed"]});
    let insert = json!({"op": "insert", "block": {"type": "text", "markdown": "Tekst."}});
    match (&row.method, row.pattern) {
        (&Method::POST, "/api/v1/manage/photos") => Body::File,
        (&Method::PATCH, "/api/v1/manage/photos/{id}") => Body::Json(json!({"caption": "Anders."})),
        (&Method::PUT, "/api/v1/manage/stories/{id}/schedule") => {
            Body::Json(json!({"at": "2024-02-01T09:00", "zone": "Europe/Amsterdam"}))
        }
        (&Method::PUT, "/api/v1/manage/site") => Body::Json(json!({"name": "De Kade"})),
        (&Method::POST, "/api/v1/manage/stories") => Body::Json(json!({"title": "Nieuw", "language": "nl"})),
        (&Method::PATCH, "/api/v1/manage/stories/{id}") => Body::Json(json!({"title": "Anders"})),
        (&Method::POST, "/api/v1/manage/stories/{id}/operations") => {
            Body::Json(json!({"operations": [insert]}))
        }
        (&Method::POST, "/api/v1/manage/stories/{id}/drop-links") => Body::Json(json!({"label": "Bram"})),
        (&Method::POST, "/api/v1/manage/webhooks") => Body::Json(hook),
        (&Method::PATCH, "/api/v1/manage/webhooks/{id}") => Body::Json(json!({"enabled": true})),
        _ => Body::Nothing,
    }
}
