//! What search engines read: the story and its photographs in schema.org's words, as JSON-LD.
//!
//! Source: schema.org `NewsArticle` and `ImageObject`; the fields about rights are those that Google's image search shows as "licensable".

use serde_json::{Map, Value, json};

use super::Markup;
use super::dates::rfc3339;
use super::site::Site;
use crate::story::document::{DocumentFrame, DocumentPhoto, StoryDocument};
use crate::story::listing::{Listing, ListingKind};
use crate::web::urls::Urls;

/// A published story. Covered photographs are left out: whoever searches has not asked for them.
pub(super) fn story(document: &StoryDocument, site: &Site, urls: &Urls) -> Markup {
    let page = urls.story_absolute(&document.slug);
    let images: Vec<Value> = document
        .frames()
        .filter(|frame| !document.covers(frame))
        .filter_map(|frame| image(frame, document.photos.get(&frame.photo)?, urls))
        .collect();
    let people: Vec<Value> = document.creators().into_iter().map(person).collect();
    let publisher = json!({"@type": "Organization", "name": site.name, "url": urls.absolute(&urls.home())});
    let mut article = Map::new();
    let mut say = |name: &str, value: Value| {
        if !value.is_null() {
            article.insert(name.to_owned(), value);
        }
    };
    say("@context", json!("https://schema.org"));
    say("@type", json!("NewsArticle"));
    say("headline", json!(document.title));
    say("description", json!(document.standfirst));
    say("inLanguage", json!(document.language));
    say("mainEntityOfPage", json!(page));
    say(
        "datePublished",
        json!(document.first_published_at.and_then(rfc3339)),
    );
    say("dateModified", json!(document.published_at.and_then(rfc3339)));
    if people.is_empty() {
        say("author", publisher.clone());
    } else {
        say("author", json!(people));
    }
    say("publisher", publisher);
    let corrections: Vec<Value> = document
        .corrections
        .iter()
        .map(|correction| {
            let mut comment = json!({"@type": "CorrectionComment", "text": correction.text});
            if let Some(at) = rfc3339(correction.at) {
                comment["datePublished"] = json!(at);
            }
            comment
        })
        .collect();
    if !corrections.is_empty() {
        say("correction", json!(corrections));
    }
    if !document.tags.is_empty() {
        say("keywords", json!(document.tags));
    }
    if !images.is_empty() {
        say("image", json!(images));
    }
    Markup(inert(&Value::Object(article)))
}

fn image(frame: &DocumentFrame, photo: &DocumentPhoto, urls: &Urls) -> Option<Value> {
    let largest = photo.largest_jpeg()?;
    let mut image = Map::new();
    let mut say = |name: &str, value: Value| {
        if !value.is_null() {
            image.insert(name.to_owned(), value);
        }
    };
    say("@type", json!("ImageObject"));
    say(
        "contentUrl",
        json!(urls.media_absolute(&largest.folder, &largest.spec)),
    );
    say("width", json!(largest.width));
    say("height", json!(largest.height));
    say(
        "caption",
        json!(frame.caption.as_ref().map(|caption| &caption.text)),
    );
    let line = photo.creator.iter().filter(|_| photo.creators.is_empty());
    let mut makers: Vec<Value> = photo
        .creators
        .iter()
        .chain(line)
        .map(|name| named(name))
        .collect();
    if makers.len() == 1 {
        say("creator", makers.swap_remove(0));
    } else if !makers.is_empty() {
        say("creator", json!(makers));
    }
    say("creditText", json!(frame.credit));
    say("copyrightNotice", json!(photo.copyright));
    say("license", json!(photo.license));
    say(
        "acquireLicensePage",
        json!(photo.licensor.as_ref().or(photo.license.as_ref())),
    );
    if let Some(place) = &frame.place {
        say("contentLocation", json!({"@type": "Place", "name": place}));
    }
    say("dateCreated", json!(photo.date));
    say("digitalSourceType", json!(photo.digital_source_type));
    Some(Value::Object(image))
}

/// Somebody who made photographs, named once; the photographs refer to them.
fn person(name: &str) -> Value {
    match key(name) {
        Some(key) => json!({"@type": "Person", "@id": key, "name": name}),
        None => named(name),
    }
}

fn named(name: &str) -> Value {
    key(name).map_or_else(
        || json!({"@type": "Person", "name": name}),
        |key| json!({"@id": key}),
    )
}

fn key(name: &str) -> Option<String> {
    Listing::new(ListingKind::Photographer, name).map(|listing| format!("#{}", listing.slug))
}

/// JSON in which nothing can end the element that it stands in.
fn inert(value: &Value) -> String {
    value.to_string().replace('<', "\\u003c")
}
