//! The lists of the delivery side: closed parameters, and pages without gaps or repetitions while stories are published.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::found::photograph;
use crate::harness::{Client, Server, reportage as tale};

async fn publish(editor: &Client, title: &str, language: &str, tags: &[&str]) -> String {
    let photograph = photograph(editor).await;
    let id = editor
        .story(&json!({"title": title, "language": language, "tags": tags, "blocks": [photograph]}))
        .await;
    editor.publish(&id).await.is(201);
    id
}

async fn titles(reader: &Client, query: &str) -> Vec<String> {
    let data = reader
        .get(&format!("/api/v1/stories{query}"))
        .await
        .is(200)
        .data();
    let stories = data.as_array().unwrap().iter();
    stories
        .map(|story| story["title"].as_str().unwrap().to_owned())
        .collect()
}

#[actix_web::test]
async fn a_list_is_narrowed_and_sorted_by_closed_sets() {
    let server = Server::start();
    let editor = server.editor();
    let reader = server.visitor();
    let photo = editor.photo("a.jpg", &tale::original(1, 480, 320)).await;
    let first = publish(&editor, "Een", "nl", &["Irak", "Terug"]).await;
    server.clock.advance(10_000);
    publish(&editor, "Twee", "nl-BE", &["Irak"]).await;
    server.clock.advance(10_000);
    publish(&editor, "Three", "en", &["Terug"]).await;
    server.clock.advance(10_000);
    let fourth = editor.small_story("Vier", &photo).await;
    editor.publish(&fourth).await.is(201);
    server.clock.advance(10_000);
    let before_change = reportage::clock::rfc3339(server.clock.now());
    editor.publish(&first).await.is(201);

    for (query, expected) in [
        ("", vec!["Vier", "Three", "Twee", "Een"]),
        ("?sort=-first_published_at", vec!["Vier", "Three", "Twee", "Een"]),
        ("?sort=first_published_at", vec!["Een", "Twee", "Three", "Vier"]),
        ("?sort=updated_at", vec!["Twee", "Three", "Vier", "Een"]),
        ("?sort=-updated_at", vec!["Een", "Vier", "Three", "Twee"]),
        ("?language=nl", vec!["Vier", "Twee", "Een"]),
        ("?language=nl-be", vec!["Twee"]),
        ("?language=fr", vec![]),
        ("?tag=irak", vec!["Twee", "Een"]),
        ("?tag=nergens", vec![]),
        ("?tag=irak&sort=first_published_at", vec!["Een", "Twee"]),
        ("?tag=terug&language=en", vec!["Three"]),
        ("?photographer=anna-jansen", vec!["Vier"]),
        ("?photographer=anna-jansen&tag=irak", vec![]),
    ] {
        assert_eq!(titles(&reader, query).await, expected, "{query}");
    }
    let since = format!("?updated_since={before_change}");
    assert_eq!(titles(&reader, &since).await, ["Een"]);
    let zoned = before_change.replace('Z', "%2B00:00");
    assert_eq!(titles(&reader, &format!("?updated_since={zoned}")).await, ["Een"]);

    let few = reader
        .get("/api/v1/stories?fields=title,url&limit=1")
        .await
        .data()[0]
        .clone();
    let names: BTreeSet<&str> = few.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, BTreeSet::from(["id", "type", "title", "url"]));
    for (query, code) in [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=-1", "parameter"),
        ("sort=title", "sort"),
        ("sort=", "sort"),
        ("language=dutch!", "language"),
        ("tag=Irak", "tag"),
        ("tag=", "tag"),
        ("photographer=a%2Fb", "photographer"),
        ("updated_since=yesterday", "updated_since"),
        ("updated_since=2024-01-19", "updated_since"),
        ("fields=title,password", "fields"),
        ("fields=", "fields"),
        ("after=x", "after"),
        ("page=2", "unknown_parameter"),
        ("q=brug", "unknown_parameter"),
        ("Limit=3", "unknown_parameter"),
        ("limit=3&limit=4", "parameter"),
    ] {
        reader
            .get(&format!("/api/v1/stories?{query}"))
            .await
            .fails(400, code);
    }
    // A place in one order is none in another.
    let next = reader.get("/api/v1/stories?limit=1&sort=updated_at").await.json()["links"]["next"].clone();
    let elsewhere = next
        .as_str()
        .unwrap()
        .replace("sort=updated_at", "sort=first_published_at");
    reader.get(&elsewhere).await.fails(400, "after");
}

#[actix_web::test]
async fn every_field_of_a_story_can_be_asked_for_and_nothing_else() {
    let server = Server::start();
    let editor = server.editor();
    let reader = server.visitor();
    publish(&editor, "Een", "nl", &[]).await;
    let story = reader.get("/api/v1/stories/een").await.is(200).data();
    let listed = reader.get("/api/v1/stories").await.data()[0].clone();
    assert_eq!(listed, story, "a list has the same stories");
    for name in story.as_object().unwrap().keys() {
        let asked = reader
            .get(&format!("/api/v1/stories?fields={name}"))
            .await
            .is(200)
            .data();
        assert!(asked[0].get(name).is_some(), "{name}");
    }
}

#[actix_web::test]
async fn pages_neither_repeat_nor_skip_while_stories_are_published() {
    let server = Server::start();
    let editor = server.editor();
    let reader = server.visitor();
    let mut wanted = BTreeSet::new();
    for number in 0..17 {
        // Several at one instant, too.
        server.clock.advance(i64::from(number % 3 == 0));
        wanted.insert(publish(&editor, &format!("Verhaal {number}"), "nl", &["Reeks"]).await);
    }
    let mut extra = 0;
    for sort in ["-first_published_at", "first_published_at", "updated_at"] {
        for filter in ["", "&tag=reeks&language=nl"] {
            for limit in [1, 5, 17] {
                let mut path = format!("/api/v1/stories?limit={limit}&sort={sort}{filter}");
                let mut seen: Vec<String> = Vec::new();
                loop {
                    let page = reader.get(&path).await.is(200);
                    let data: Vec<Value> = page.data().as_array().unwrap().clone();
                    assert!(data.len() <= limit);
                    seen.extend(data.iter().map(|story| story["id"].as_str().unwrap().to_owned()));
                    if extra % 3 == 0 {
                        server.clock.advance(1);
                        publish(&editor, &format!("Nieuw {extra}"), "nl", &["Nieuw"]).await;
                    }
                    extra += 1;
                    match page.json()["links"]["next"].as_str() {
                        Some(next) => path = next.to_owned(),
                        None => break,
                    }
                }
                let all: BTreeSet<String> = seen.iter().cloned().collect();
                assert_eq!(all.len(), seen.len(), "{sort} {filter} {limit} repeats");
                assert!(wanted.is_subset(&all), "{sort} {filter} {limit} skips");
            }
        }
    }
}

#[actix_web::test]
async fn whoever_keeps_a_copy_hears_of_what_is_hidden() {
    let server = Server::start();
    let editor = server.editor();
    let reader = server.visitor();
    let photo = editor.photo("a.jpg", &tale::original(7, 480, 320)).await;
    let story = editor.small_story("Een veld", &photo).await;
    editor.publish(&story).await.is(201);
    let page = reader.get("/api/v1/stories").await.data();
    server.clock.advance(60_000);
    let path = format!("/api/v1/manage/photos/{photo}");
    let tag = editor.get(&path).await.header("etag");
    editor
        .if_match(&tag)
        .patch(&path, &json!({"hide_place": true}))
        .await
        .is(200);
    let now = reportage::clock::rfc3339(server.clock.now());
    let changed = reader
        .get(&format!("/api/v1/stories?updated_since={now}"))
        .await
        .data();
    assert_eq!(changed[0]["updated_at"], now.as_str());
    assert_ne!(changed[0]["updated_at"], page[0]["updated_at"]);
    assert_eq!(changed[0]["photos"][&photo]["place"], Value::Null);
    assert_eq!(changed[0]["published_at"], page[0]["published_at"]);
}

#[actix_web::test]
async fn what_was_begun_first_and_done_last_comes_last_in_the_lists_that_are_read_on() {
    use reportage::account::Role;
    use reportage::db::DbError;
    use reportage::search::live;
    use reportage::story::publish;
    let server = Server::start();
    let person = server.person("anna", Role::Editor);
    let editor = server.session(&person);
    let reader = server.visitor();
    let photograph = photograph(&editor).await;
    let slow = editor
        .story(&json!({"title": "Traag", "language": "nl", "blocks": [photograph]}))
        .await;
    let version = i32::try_from(editor.draft(&slow).await.data()["version"].as_i64().unwrap()).unwrap();
    let begun = server.clock.now();
    server.clock.advance(30_000);
    publish(&editor, "Snel", "nl", &[]).await;
    publish(&editor, "Sneller", "nl", &[]).await;
    let (slow, store) = (slow.parse().unwrap(), &server.running.app.store);
    publish::publish(server.db(), store, &person.actor(), &slow, version, begun)
        .await
        .unwrap();
    for sort in ["first_published_at", "updated_at"] {
        let order = titles(&reader, &format!("?sort={sort}")).await;
        assert_eq!(order, ["Snel", "Sneller", "Traag"], "{sort}");
    }
    let fast = reader.get("/api/v1/stories/snel").await.data()["id"].clone();
    let fast = fast.as_str().unwrap().parse().unwrap();
    // What is taken back has had its place too.
    let actor = person.actor();
    let last = server
        .db()
        .write_now(|conn| {
            let last = live::find_change(conn, &slow)?;
            publish::unpublish(conn, &actor, &slow, begun)?;
            Ok::<_, reportage::story::StoryError>(last)
        })
        .unwrap();
    let touched = server
        .db()
        .write_now(|conn| {
            live::touch(conn, &fast, begun)?;
            live::find_change(conn, &fast).map_err(DbError::from)
        })
        .unwrap();
    assert!(touched > last, "{touched:?} is not behind {last:?}");
}

#[actix_web::test]
async fn tags_and_photographers_have_lists_of_their_own() {
    let server = Server::start();
    let editor = server.editor();
    let reader = server.visitor();
    let photo = editor.photo("a.jpg", &tale::original(1, 480, 320)).await;
    let one = publish(&editor, "Een", "nl", &["Zee", "Irak"]).await;
    server.clock.advance(1_000);
    publish(&editor, "Twee", "nl", &["irak", "Ärzte"]).await;
    let small = editor.small_story("Drie", &photo).await;
    editor.publish(&small).await.is(201);
    let tags = reader.get("/api/v1/tags").await.is(200);
    assert_eq!(tags.header("access-control-allow-origin"), "*");
    let short: Vec<Value> = tags
        .data()
        .as_array()
        .unwrap()
        .iter()
        .map(|tag| json!([tag["type"], tag["slug"], tag["name"], tag["stories"]]))
        .collect();
    assert_eq!(
        json!(short),
        json!([
            ["tag", "arzte", "Ärzte", 1],
            ["tag", "irak", "irak", 2],
            ["tag", "zee", "Zee", 1]
        ])
    );
    let links = tags.data()[1]["links"].clone();
    assert_eq!(
        reader
            .get(links["stories"].as_str().unwrap())
            .await
            .is(200)
            .data()
            .as_array()
            .unwrap()
            .len(),
        2
    );
    reader.get(links["html"].as_str().unwrap()).await.is(200);
    let people = reader.get("/api/v1/photographers").await.is(200).data();
    assert_eq!(people[0]["slug"], "anna-jansen");
    assert_eq!(people[0]["stories"], 1);
    assert_eq!(people[0]["about"], Value::Null);
    let mut path = "/api/v1/tags?limit=1".to_owned();
    let mut seen = Vec::new();
    loop {
        let page = reader.get(&path).await.is(200);
        seen.push(page.data()[0]["slug"].as_str().unwrap().to_owned());
        match page.json()["links"]["next"].as_str() {
            Some(next) => path = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(seen, ["arzte", "irak", "zee"]);
    for (query, code) in [
        ("limit=0", "limit"),
        ("after=x", "after"),
        ("sort=x", "unknown_parameter"),
        ("limit=x", "parameter"),
    ] {
        reader
            .get(&format!("/api/v1/tags?{query}"))
            .await
            .fails(400, code);
        reader
            .get(&format!("/api/v1/photographers?{query}"))
            .await
            .fails(400, code);
    }
    editor
        .delete(&format!("/api/v1/manage/stories/{one}/publication"))
        .await
        .is(204);
    let slugs = reader.get("/api/v1/tags").await.data();
    assert_eq!(slugs.as_array().unwrap().len(), 2);
}
