//! What readers find: everything that is public of what is live, and nothing else.

use reportage::db::DbError;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Client, Server, jpeg, reportage as tale};

fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut all, byte| {
        if byte.is_ascii_alphanumeric() {
            all.push(byte as char);
        } else {
            all.push_str(&format!("%{byte:02X}"));
        }
        all
    })
}

async fn search(reader: &Client, typed: &str) -> Answer {
    reader.get(&format!("/api/v1/search?q={}", encoded(typed))).await
}

/// The slugs of what is found, the best first.
pub async fn slugs(reader: &Client, typed: &str) -> Vec<String> {
    let data = search(reader, typed).await.is(200).data();
    let stories = data.as_array().unwrap().iter();
    stories
        .map(|story| story["slug"].as_str().unwrap().to_owned())
        .collect()
}

async fn publish(editor: &Client, story: Value) -> String {
    let id = editor.story(&story).await;
    editor.publish(&id).await.is(201);
    id
}

/// A story of one paragraph, and a photograph that says nothing.
async fn text(editor: &Client, title: &str, markdown: &str) -> Value {
    json!({"title": title, "language": "nl", "blocks": [{"type": "text", "markdown": markdown}, photograph(editor).await]})
}

/// A block with a photograph without words of its own.
pub async fn photograph(editor: &Client) -> Value {
    let photo = editor.photo("los.jpg", &jpeg(9, 320, 240)).await;
    json!({"type": "photo", "frame": {"photo": photo, "alt": "Lege weg", "credit": "Foto: Bram"}})
}

#[actix_web::test]
async fn a_story_is_found_by_every_word_that_readers_see_of_it() {
    let server = Server::start();
    let editor = server.editor();
    let reader = server.visitor();
    let photo = editor
        .photo("geheim-4711.jpg", &tale::original(7, 480, 320))
        .await;
    let story = json!({
        "title": "“’s Nachts hoor je de stad ademen”", "slug": "nachts", "language": "nl", "tags": ["Wederopbouw"],
        "standfirst": "Een jaar na de laatste schoten.", "byline": "Tekst: Çiğdem Özgür",
        "blocks": [
            {"type": "heading", "text": "De twintigste trede"},
            {"type": "text", "markdown": "In het **Café** aan de derde brug zit niemand."},
            {"type": "quote", "markdown": "Een vraagteken is beter.", "attribution": "De wijkmeester"},
            {"type": "photo", "frame": {"photo": photo, "caption": "Vrijdagmiddag op het veld.", "alt": "Jongens in het stof",
                "credit": "Foto: Anna Jansen / Bureau"}},
        ],
    });
    let id = publish(&editor, story).await;
    for typed in [
        "ademen",
        "ADEMEN",
        "'s nachts",
        "schoten",
        "twintigste",
        "cafe",
        "Café",
        "CAFÉ",
        "cafe\u{301}",
        "cigdem ozgur",
        "vraagteken",
        "wijkmeester",
        "telskuf",
        "irak",
        "vrijdagmiddag",
        "stof",
        "bureau",
        "anna jansen",
        "wederopbouw",
        "stad telskuf cafe",
        "ade",
        "stad adem",
        "\"derde brug\"",
        "„derde brug”",
        "\"derde brug",
    ] {
        assert_eq!(slugs(&reader, typed).await, ["nachts"], "{typed}");
    }
    for typed in [
        "\"brug derde\"",
        "stad olifant",
        "demen",
        // Neither what only the desk knows nor what only the file says.
        "geheim",
        "4711",
        "SN44871230",
        "redactie",
        &id,
    ] {
        assert_eq!(slugs(&reader, typed).await, [""; 0], "{typed}");
    }
    let found = search(&reader, "cafe").await.data()[0].clone();
    assert_eq!(
        found["match"]["passage"]["html"],
        "In het <mark>Café</mark> aan de derde brug zit niemand. Een vraagteken is beter. De wijkmeester"
    );
    assert!(
        found["match"]["passage"]["text"]
            .as_str()
            .unwrap()
            .starts_with("In het Café aan")
    );
    assert!(found.get("blocks").is_none() && found.get("photos").is_none());
    assert_eq!(found["type"], "story");
    let found = search(&reader, "adem").await.data()[0].clone();
    assert_eq!(
        found["match"]["title"]["html"],
        "“’s Nachts hoor je de stad <mark>ademen</mark>”"
    );
    assert_eq!(found["match"]["passage"], Value::Null);
}

#[actix_web::test]
async fn what_is_not_live_is_not_found() {
    let server = Server::start();
    let editor = server.editor();
    let reader = server.visitor();
    let id = editor.story(&text(&editor, "Een", "Olifant.").await).await;
    assert!(slugs(&reader, "olifant").await.is_empty(), "a draft");
    editor.publish(&id).await.is(201);
    assert_eq!(slugs(&reader, "olifant").await, ["een"]);
    let draft = editor.draft(&id).await.data();
    let (block, version) = (&draft["blocks"][0]["id"], &draft["blocks"][0]["version"]);
    editor
        .operate(
            &id,
            &json!([{"op": "update", "id": block, "set": {"markdown": "Giraffe."}, "version": version}]),
        )
        .await
        .is(200);
    assert_eq!(slugs(&reader, "olifant").await, ["een"], "readers still see it");
    assert!(slugs(&reader, "giraffe").await.is_empty());
    editor.publish(&id).await.is(201);
    assert!(slugs(&reader, "olifant").await.is_empty());
    assert_eq!(slugs(&reader, "giraffe").await, ["een"]);
    // Under the address it has now.
    let tag = editor.draft(&id).await.header("etag");
    let path = format!("/api/v1/manage/stories/{id}");
    editor
        .if_match(&tag)
        .patch(&path, &json!({"slug": "anders"}))
        .await
        .is(200);
    assert_eq!(slugs(&reader, "giraffe").await, ["anders"]);
    editor.delete(&format!("{path}/publication")).await.is(204);
    assert!(slugs(&reader, "giraffe").await.is_empty());
    // Counts and suggestions too are those of a word that never stood anywhere.
    for path in ["/search?q=", "/api/v1/search?q="] {
        let gone = reader.get(&format!("{path}giraffe")).await.is(200).text();
        let never = reader.get(&format!("{path}kameels")).await.is(200).text();
        assert_eq!(gone, never.replace("kameels", "giraffe"), "{path}");
    }
    let tag = editor.draft(&id).await.header("etag");
    editor
        .if_match(&tag)
        .send(Method::DELETE, &path, None)
        .await
        .is(204);
    assert!(slugs(&reader, "giraffe").await.is_empty());
}

#[actix_web::test]
async fn a_place_that_is_hidden_is_never_found() {
    let server = Server::start();
    let editor = server.editor();
    let reader = server.visitor();
    let mut photos = Vec::new();
    for (index, mark) in [(7, "hide_place"), (6, "sensitive")] {
        let photo = editor
            .photo(&format!("{index}.jpg"), &tale::original(index, 480, 320))
            .await;
        let frame = json!({"photo": photo, "alt": "Een straat", "credit": "Foto: Anna", "caption": "In Telskuf en Bartella is het stil. Een straat na de storm."});
        let story = json!({"title": format!("Verhaal {index}"), "language": "nl", "blocks": [{"type": "photo", "frame": frame}]});
        let id = publish(&editor, story).await;
        photos.push((photo, mark, id));
    }
    assert_eq!(slugs(&reader, "telskuf").await.len(), 2);
    assert_eq!(slugs(&reader, "irak").await.len(), 2);
    for (photo, mark, _) in &photos {
        let path = format!("/api/v1/manage/photos/{photo}");
        let tag = editor.get(&path).await.header("etag");
        editor
            .if_match(&tag)
            .patch(&path, &json!({(*mark): true}))
            .await
            .is(200);
    }
    let nothing = async || {
        for typed in ["irak", "ira", "irq"] {
            assert!(slugs(&reader, typed).await.is_empty(), "{typed}");
        }
        // Each names the other's place in its own words: that is not hidden there.
        for (typed, hidden) in [
            ("telskuf", "verhaal-7"),
            ("tels", "verhaal-7"),
            ("bartella", "verhaal-6"),
            ("\"in telskuf\"", "verhaal-7"),
        ] {
            assert!(
                !slugs(&reader, typed).await.contains(&hidden.to_owned()),
                "{typed}"
            );
            let page = reader.get(&format!("/search?q={}", encoded(typed))).await.text();
            assert!(!page.contains(hidden), "{typed}: {page}");
        }
        assert_eq!(
            slugs(&reader, "storm").await.len(),
            2,
            "what names no place stays"
        );
    };
    nothing().await;
    for (_, _, story) in &photos {
        // The caption names it still; the document leaves the place out, and an editor was warned of the words.
        let draft = editor.draft(story).await.data();
        let frame = &draft["blocks"][0]["frame"];
        editor
            .operate(
                story,
                &json!([{"op": "update", "id": frame["id"], "set": {"caption": "Een straat na de storm."}, "version": frame["version"]}]),
            )
            .await
            .is(200);
        editor.publish(story).await.is(201);
    }
    nothing().await;
    assert!(slugs(&reader, "telskuf").await.is_empty());
}

#[actix_web::test]
async fn whatever_is_typed_it_is_answered() {
    let server = Server::start();
    let editor = server.editor();
    let reader = server.visitor();
    publish(&editor, text(&editor, "Een brug", "Twee bruggen.").await).await;
    let long = "x".repeat(200);
    let words = "brug ".repeat(40);
    for typed in [
        "\"",
        "\"\"",
        "\"\"\"",
        "'",
        "''",
        "*",
        "a*",
        "*a",
        "brug*",
        "(",
        ")",
        "()",
        "(brug",
        "{title}:brug",
        "title:brug",
        "title : brug",
        "-title:brug",
        "- brug",
        "^brug",
        "brug ^",
        "NEAR",
        "NEAR(",
        "NEAR(brug twee, 5)",
        "AND",
        "OR",
        "NOT",
        "brug AND",
        "OR brug",
        "NOT brug",
        "brug NOT NOT",
        "AND AND AND",
        "brug + twee",
        "+",
        "brug+",
        ";",
        "'; DROP TABLE stories; --",
        "%",
        "_",
        "\\",
        "\\\"",
        "brug\\",
        "\u{0}",
        "brug\u{0}twee",
        "\u{2}brug\u{3}",
        "\u{feff}",
        "\u{202e}brug",
        "👩‍👩‍👧",
        "e\u{301}\u{301}\u{301}",
        "\u{301}",
        "½",
        "中文",
        "Ω",
        "ﬁ",
        "<script>",
        "&lt;",
        "rowid",
        "live_words",
        "rank",
        "bm25(live_words)",
        "brug\r\ntwee",
        "\t",
        "“",
        "”brug“",
        "«»",
        "„",
        "1e999",
        "-1",
        "0x",
        ",",
        "brug,twee",
        ":",
        "a:b:c",
        "[",
        "]",
        "~",
        "!",
        "#",
        "$",
        "@",
        "|",
        "`",
        "?",
        "/",
        "..",
        &long,
        &words,
    ] {
        let answer = search(&reader, typed).await;
        let expected = if typed.trim().is_empty() { 400 } else { 200 };
        assert_eq!(answer.status, expected, "{typed:?}: {}", answer.text());
        let page = reader
            .get(&format!("/search?q={}", encoded(typed)))
            .await
            .is(200)
            .text();
        assert!(!page.contains("<script>"), "{typed:?}");
        for path in [
            "/desk?text=",
            "/desk/photos?text=",
            "/api/v1/manage/stories?text=",
            "/api/v1/manage/photos?text=",
        ] {
            editor.get(&format!("{path}{}", encoded(typed))).await.is(200);
        }
    }
    // What is no text at all.
    for raw in ["%ff%fe", "%", "%zz", "%c3%28", "a&q=b"] {
        for path in ["/api/v1/search?q=", "/search?q="] {
            let answer = reader.get(&format!("{path}{raw}")).await;
            assert!(
                [200, 400].contains(&answer.status),
                "{path}{raw}: {}",
                answer.status
            );
        }
    }
    for (query, code) in [
        ("", "q"),
        ("?q=", "q"),
        ("?q=%20%20", "q"),
        ("?q=a&limit=0", "limit"),
        ("?q=a&limit=26", "limit"),
        ("?q=a&limit=101", "limit"),
        ("?q=a&limit=x", "parameter"),
        ("?q=a&after=x", "after"),
        ("?q=a&after=MSAy4", "after"),
        ("?q=a&language=!", "language"),
        ("?q=a&fields=title,secret", "fields"),
        ("?q=a&sort=title", "unknown_parameter"),
        ("?q=a&query=b", "unknown_parameter"),
    ] {
        reader
            .get(&format!("/api/v1/search{query}"))
            .await
            .fails(400, code);
    }
    let too_long = format!("/api/v1/search?q={}", "x".repeat(201));
    reader.get(&too_long).await.fails(400, "q");
    reader.get("/search?q=brug&after=nowhere").await.is(404);
}

#[actix_web::test]
async fn what_fits_best_comes_first_and_every_page_goes_on_where_the_one_before_ended() {
    let server = Server::start();
    let editor = server.editor();
    let reader = server.visitor();
    for number in 0..23 {
        // Some differ in how well they fit, some not at all.
        let more = "Water. ".repeat(number % 4);
        publish(
            &editor,
            text(
                &editor,
                &format!("Verhaal {number}"),
                &format!("De brug over het water. {more}"),
            )
            .await,
        )
        .await;
    }
    publish(
        &editor,
        text(&editor, "De brug", "Een ander verhaal, met veel andere woorden.").await,
    )
    .await;
    let first = slugs(&reader, "brug").await;
    assert_eq!(first[0], "de-brug", "{first:?}");
    for limit in [1, 5, 7, 24, 25] {
        let mut path = format!("/api/v1/search?q=brug&limit={limit}");
        let mut seen = Vec::new();
        let mut pages = 0;
        loop {
            let answer = reader.get(&path).await.is(200);
            for story in answer.data().as_array().unwrap() {
                seen.push(story["slug"].as_str().unwrap().to_owned());
            }
            pages += 1;
            if pages == 1 {
                // A story that is published meanwhile moves every score a little.
                publish(
                    &editor,
                    text(
                        &editor,
                        &format!("Tussendoor {limit}"),
                        "Iets heel anders, zonder dat woord, en lang.",
                    )
                    .await,
                )
                .await;
            }
            match answer.json()["links"]["next"].as_str() {
                Some(next) => path = next.to_owned(),
                None => break,
            }
        }
        let count = seen.len();
        seen.sort();
        seen.dedup();
        assert_eq!((seen.len(), count), (24, 24), "limit {limit}");
    }
    // The readers' page, link by link.
    let mut path = "/search?q=brug".to_owned();
    let mut seen = 0;
    loop {
        let page = reader.get(&path).await.is(200).text();
        assert!(page.contains("24 stories found"), "{page}");
        seen += page.matches("class=\"card").count();
        match page.split("rel=\"next\" href=\"").nth(1) {
            Some(rest) => path = rest.split('"').next().unwrap().replace("&#38;", "&"),
            None => break,
        }
    }
    assert_eq!(seen, 24);
}

#[actix_web::test]
async fn two_search_at_once_and_whoever_waits_in_vain_is_told_when_to_come_again() {
    let server = Server::start();
    let editor = server.editor();
    let reader = server.visitor();
    publish(&editor, text(&editor, "De brug", "Over het water.").await).await;
    let searches = &server.running.app.searches;
    let turns = (searches.take().await.unwrap(), searches.take().await.unwrap());
    let refused = search(&reader, "brug").await.fails(503, "busy");
    assert_eq!(refused.header("retry-after"), "5");
    let page = reader.get("/search?q=brug").await.is(503);
    assert_eq!(page.header("retry-after"), "5");
    // The form itself costs nothing.
    reader.get("/search").await.is(200);
    drop(turns);
    assert_eq!(slugs(&reader, "brug").await, ["de-brug"]);
    reader.get("/search?q=brug").await.is(200);
}

#[actix_web::test]
async fn what_was_looked_for_takes_no_room_from_pages() {
    let server = Server::start();
    let editor = server.editor();
    let reader = server.visitor();
    publish(
        &editor,
        text(&editor, "De brug", &"Over het water. ".repeat(90)).await,
    )
    .await;
    for path in ["/api/v1/search?q=brug", "/search?q=brug"] {
        let answer = reader.get(path).await.is(200);
        assert_eq!(answer.header("content-encoding"), "", "{path}");
        assert!(server.running.app.pages.ready(path).await.is_none(), "{path}");
        assert_eq!(reader.get(path).await.header("etag"), answer.header("etag"));
    }
}

#[actix_web::test]
async fn the_page_to_look_on_is_one_form_and_keeps_out_of_search_engines() {
    let server = Server::start();
    let editor = server.editor();
    let reader = server.visitor();
    publish(&editor, text(&editor, "Een brug", "Twee bruggen.").await).await;
    let answer = reader.get("/search").await.is(200);
    let page = answer.text();
    assert_eq!(page.matches("<form").count(), 1);
    assert!(page.contains("name=\"robots\" content=\"noindex\""), "{page}");
    let policy = answer.header("content-security-policy");
    assert!(
        policy.contains("form-action 'self'") && policy.contains("default-src 'none'"),
        "{policy}"
    );
    assert!(!page.contains("<script") && !page.contains(" style="), "{page}");
    assert!(
        reader
            .get("/stories/een-brug")
            .await
            .text()
            .contains("<a href=\"/search\">")
    );
    let found = reader.get("/search?q=brug&utm_source=x").await.is(200).text();
    assert!(found.contains(">Een <mark>brug</mark></a></h2>"), "{found}");
    assert!(found.contains("1 story found"), "{found}");
    let none = reader.get("/search?q=olifant").await.is(200).text();
    assert!(none.contains("No story found."), "{none}");
    // The same address with an ETag is a 304, and only these languages are asked for.
    let api = reader.get("/api/v1/search?q=brug").await.is(200);
    assert_eq!(api.header("access-control-allow-origin"), "*");
    let again = reader.clone().always("If-None-Match", &api.header("etag"));
    again.get("/api/v1/search?q=brug").await.is(304);
    assert_eq!(
        reader.get("/api/v1/search?q=brug&language=nl").await.data()[0]["slug"],
        "een-brug"
    );
    assert_eq!(
        reader.get("/api/v1/search?q=brug&language=en").await.data(),
        json!([])
    );
}

#[actix_web::test]
async fn a_database_of_before_gets_its_index_at_the_next_start() {
    let server = Server::start();
    let editor = server.editor();
    publish(&editor, text(&editor, "Een brug", "Olifant.").await).await;
    editor.story(&text(&editor, "Concept", "Neushoorn.").await).await;
    server
        .db()
        .write_now(|conn| {
            use diesel::connection::SimpleConnection;
            conn.batch_execute(
                "DELETE FROM live_stories; DELETE FROM desk_entries; INSERT INTO desk_stale SELECT id FROM stories WHERE id NOT IN (SELECT subject_id FROM desk_stale);
                 UPDATE counters SET value = 0 WHERE name = 'live_words_version';",
            )?;
            Ok::<_, DbError>(())
        })
        .unwrap();
    let server = Server::on(server.stop().await, |_| {});
    assert_eq!(slugs(&server.visitor(), "olifant").await, ["een-brug"]);
    let listed = server.visitor().get("/api/v1/stories").await.data();
    assert_eq!(listed[0]["slug"], "een-brug");
    let editor = server.session(&server.person("tweede", reportage::account::Role::Editor));
    let drafts = editor
        .get("/api/v1/manage/stories?text=neush")
        .await
        .is(200)
        .data();
    assert_eq!(drafts[0]["title"], "Concept");
}
