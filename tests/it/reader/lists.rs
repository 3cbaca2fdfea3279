//! The lists of a tag's and a photographer's stories, and what stands beside a story.

use serde_json::json;

use crate::harness::{Client, Server, reportage as tale};

async fn story(editor: &Client, title: &str, photo: &str, tags: &[&str]) -> String {
    let id = editor
        .story(&json!({"title": title, "language": "nl", "tags": tags,
            "blocks": [{"type": "photo", "frame": {"photo": photo, "alt": "Een veld", "credit": "Foto: Anna"}}]}))
        .await;
    editor.publish(&id).await.is(201);
    id
}

#[actix_web::test]
async fn a_tag_and_a_photographer_have_a_page_of_their_live_stories() {
    let server = Server::start();
    let editor = server.editor();
    let reader = server.visitor();
    let photo = editor.photo("a.jpg", &tale::original(1, 480, 320)).await;
    let first = story(&editor, "Een", &photo, &["Irak", "Terug naar huis"]).await;
    server.clock.advance(1_000);
    story(&editor, "Twee", &photo, &["Irak"]).await;
    server.clock.advance(1_000);
    story(&editor, "Drie", &photo, &[]).await;

    let page = reader.get("/stories/een").await.is(200).text();
    for link in [
        "href=\"/tags/irak\"",
        "href=\"/tags/terug-naar-huis\"",
        "href=\"/photographers/anna-jansen\"",
        "rel=\"next\" href=\"/stories/twee\"",
    ] {
        assert!(page.contains(link), "{link} is not in {page}");
    }
    assert!(!page.contains("rel=\"prev\" href"), "it is the oldest");

    let titles = async |path: &str| -> Vec<&str> {
        let page = reader.get(path).await.is(200).text();
        let mut found: Vec<(usize, &str)> = ["Een", "Twee", "Drie"]
            .into_iter()
            .filter_map(|title| page.find(&format!("\">{title}</a></h2>")).map(|at| (at, title)))
            .collect();
        found.sort_unstable();
        found.into_iter().map(|(_, title)| title).collect()
    };
    assert_eq!(titles("/tags/irak").await, ["Twee", "Een"]);
    assert_eq!(titles("/tags/terug-naar-huis").await, ["Een"]);
    assert_eq!(
        titles("/photographers/anna-jansen").await,
        ["Drie", "Twee", "Een"]
    );
    let page = reader.get("/tags/terug-naar-huis").await.text();
    assert!(
        page.contains("<h1><span>Stories about</span> Terug naar huis</h1>"),
        "{page}"
    );
    for file in ["feed.xml", "atom.xml", "feed.json"] {
        let feed = reader
            .get(&format!("/tags/terug-naar-huis/{file}"))
            .await
            .is(200)
            .text();
        assert!(
            feed.contains("/stories/een") && !feed.contains("/stories/twee"),
            "{feed}"
        );
    }

    editor
        .delete(&format!("/api/v1/manage/stories/{first}/publication"))
        .await
        .is(204);
    assert_eq!(titles("/tags/irak").await, ["Twee"]);
    // Links come with what others have added to them.
    for path in ["/?fbclid=x", "/tags/irak?utm_source=mail"] {
        assert_eq!(
            titles(path).await.first(),
            titles(path.split('?').next().unwrap()).await.first()
        );
    }
    // What has no live story is the same as what never was.
    let nothing = reader.get("/tags/nergens").await.is(404).text();
    for path in [
        "/tags/terug-naar-huis",
        "/photographers/niemand",
        "/tags/irak/feed.txt",
    ] {
        assert_eq!(reader.get(path).await.is(404).text(), nothing, "{path}");
    }
}

#[actix_web::test]
async fn a_long_list_goes_on_where_the_page_before_ended() {
    let server = Server::start();
    let editor = server.editor();
    let reader = server.visitor();
    let photo = editor.photo("a.jpg", &tale::original(1, 480, 320)).await;
    for number in 0..14 {
        story(&editor, &format!("Verhaal {number}"), &photo, &["Reeks"]).await;
    }
    for list in ["/", "/tags/reeks"] {
        let mut path = list.to_owned();
        let mut seen = Vec::new();
        for _ in 0..3 {
            let page = reader.get(&path).await.is(200).text();
            seen.extend((0..14).filter(|number| page.contains(&format!(">Verhaal {number}</a></h2>"))));
            match page.split("rel=\"next\" href=\"").nth(1) {
                Some(rest) => path = rest.split('"').next().unwrap().replace("&#38;", "&"),
                None => break,
            }
        }
        seen.sort_unstable();
        assert_eq!(seen, (0..14).collect::<Vec<_>>(), "{list}");
    }
}
