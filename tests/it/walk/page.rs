//! The published reportage as readers and other front ends get it.

use serde_json::Value;

use crate::harness::Server;
use crate::harness::reportage::{self, DATE, PARAGRAPHS, SHOTS, SLUG, TITLE};

#[actix_web::test]
async fn a_reportage_of_ten_captioned_jpegs_is_read_in_order_as_html_and_as_json() {
    let server = Server::start();
    let editor = server.editor();
    let (story, photos) = reportage::make(&editor).await;
    let published = editor.publish(&story).await.is(201);
    assert_eq!(
        published.data()["url"],
        format!("{}/stories/{SLUG}", server.base())
    );

    let reader = server.visitor();
    let page = reader.get(&format!("/stories/{SLUG}")).await.is(200);
    reads_in_order_as_html(&page.text());

    let json = reader.get(&format!("/api/v1/stories/{SLUG}")).await.is(200);
    reads_in_order_as_json(&json.json(), &photos);

    let front = reader.get("/").await.is(200).text();
    assert!(plain(&front).contains(TITLE), "{front}");
    assert!(front.contains(&format!("/stories/{SLUG}")));

    draws_without_a_second_request(&json.data());
    for photo in json.data()["photos"].as_object().unwrap().values() {
        for rendition in photo["renditions"].as_array().unwrap() {
            let file = reader.get(rendition["url"].as_str().unwrap()).await.is(200);
            assert_eq!(file.header("content-type"), rendition["type"].as_str().unwrap());
            assert_eq!(file.body.len() as u64, rendition["bytes"].as_u64().unwrap());
            let decoded = image::load_from_memory(&file.body).unwrap();
            assert_eq!(u64::from(decoded.width()), rendition["width"].as_u64().unwrap());
        }
    }
}

fn reads_in_order_as_html(page: &str) {
    assert!(page.contains("<html lang=\"nl\">"));
    assert!(page.contains(&format!("<time datetime=\"{}\">{}</time>", DATE.0, DATE.1)));
    assert!(
        page.contains("19 januari 2024"),
        "the day of publication is in Dutch too"
    );
    let text = plain(page);
    let credited = "Foto: Anna Jansen / Reportage";
    let caption = |index: usize| format!("{}, Irak. {}", SHOTS[index].city, SHOTS[index].caption);
    let mut expected = vec![caption(0), credited.to_owned(), TITLE.to_owned()];
    let mut shots = 1..SHOTS.len();
    for (index, paragraph) in PARAGRAPHS.iter().enumerate() {
        expected.push((*paragraph).to_owned());
        match index {
            1 | 3 => expected.push(caption(shots.next().unwrap())),
            5 => {
                expected.extend(shots.by_ref().take(2).map(caption));
                expected.push("Twee keer de Pakhuisstraat.".to_owned());
            }
            8 => expected.extend(["Een vraagteken is beter.".to_owned(), "De wijkmeester".to_owned()]),
            _ => {}
        }
    }
    expected.extend(shots.map(caption));
    let mut rest = text.split_once("<main>").map_or(text.as_str(), |(_, main)| main);
    for words in expected {
        let at = rest
            .find(&words)
            .unwrap_or_else(|| panic!("“{words}” is not where it belongs in:\n{text}"));
        rest = &rest[at + words.len()..];
    }
    assert_eq!(page.matches("<img ").count(), SHOTS.len());
    assert_eq!(text.matches(credited).count(), SHOTS.len());
    for shot in &SHOTS {
        assert!(page.contains(&format!("alt=\"{}\"", shot.alt)), "{}", shot.alt);
    }
}

fn reads_in_order_as_json(answer: &Value, photos: &[String]) {
    let data = &answer["data"];
    assert_eq!(data["title"], TITLE);
    assert_eq!(data["language"], "nl");
    assert_eq!(data["date"], DATE.0);
    assert_eq!(data["status"], "published");
    assert_eq!(data["publication"], 1);
    assert_eq!(data["published_at"], "2024-01-19T10:00:00Z");
    let blocks = data["blocks"].as_array().unwrap();
    let texts: Vec<&str> = blocks
        .iter()
        .filter(|block| block["type"] == "text")
        .flat_map(|block| block["text"].as_str().unwrap().split("\n\n"))
        .collect();
    assert_eq!(texts, PARAGRAPHS);
    let frames: Vec<&Value> = blocks
        .iter()
        .flat_map(|block| match block["type"].as_str().unwrap() {
            "photo" => vec![&block["frame"]],
            "group" => block["frames"].as_array().unwrap().iter().collect(),
            _ => Vec::new(),
        })
        .collect();
    assert_eq!(frames.len(), SHOTS.len());
    for (index, (frame, shot)) in frames.iter().zip(&SHOTS).enumerate() {
        assert_eq!(frame["photo"], photos[index].as_str());
        assert_eq!(frame["place"], format!("{}, Irak", shot.city));
        assert_eq!(frame["caption"]["text"], shot.caption);
        assert_eq!(frame["alt"], shot.alt);
        assert_eq!(frame["credit"], "Anna Jansen / Reportage");
    }
    let layouts: Vec<&str> = blocks
        .iter()
        .filter_map(|block| block["layout"].as_str())
        .collect();
    assert_eq!(
        layouts,
        ["full", "wide", "column", "side", "full", "wide", "grid"]
    );
    assert_eq!(data["lead"], blocks[0]["id"]);
}

fn draws_without_a_second_request(story: &Value) {
    for photo in story["photos"].as_object().unwrap().values() {
        assert_eq!((&photo["width"], &photo["height"]), (&480.into(), &320.into()));
        assert!(photo["placeholder"]["color"].as_str().unwrap().starts_with('#'));
        assert_eq!(photo["creator"], "Anna Jansen");
        assert_eq!(photo["copyright"], "© 2024 Anna Jansen");
        for kind in ["image/jpeg", "image/webp"] {
            let set = photo["srcset"][kind].as_str().unwrap();
            assert!(set.contains(" 320w, ") && set.ends_with(" 480w"), "{set}");
        }
    }
}

/// A page's text: tags gone, entities read, white space folded.
pub fn plain(html: &str) -> String {
    let mut text = String::new();
    let mut in_tag = false;
    for c in html.chars() {
        match c {
            '<' => in_tag = true,
            '>' if in_tag => {
                in_tag = false;
                text.push(' ');
            }
            _ if !in_tag => text.push(c),
            _ => {}
        }
    }
    let text = text
        .replace("&#39;", "'")
        .replace("&#x27;", "'")
        .replace("&quot;", "\"")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
