//! What a long story weighs: one request is to bring all that is needed to draw sixty frames, over a hotel's line too.

use actix_web::body::MessageBody as _;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use super::answer::{DeliveredLinks, StoryAnswer};
use super::view;
use crate::story::document::{DocumentPhoto, DocumentRendition, PhotoLayout};
use crate::text::hex;
use crate::web::page::sample::{Sketch, photo, urls};
use crate::web::ready::Page;

/// Bytes that a story of sixty frames may have, compressed.
const MOST_BYTES: usize = 40 * 1024;

/// A photo as it comes from the field: nothing in it that another has too, and files in all three formats.
fn one_of_its_own(number: u32) -> DocumentPhoto {
    let chance = |what: &str| Sha256::digest(format!("{what} {number}"));
    let folder = hex(&chance("folder")[..16]);
    let mut photo = photo(number, 6_000, 4_000);
    let avif: Vec<DocumentRendition> = photo
        .renditions
        .iter()
        .filter(|file| file.media_type == "image/jpeg")
        .map(|file| DocumentRendition {
            spec: file.spec.replace("jpg", "avif"),
            media_type: "image/avif".to_owned(),
            ..file.clone()
        })
        .collect();
    photo.renditions.extend(avif);
    let square = |name: &str, width, height| DocumentRendition {
        spec: format!("{name}.jpg"),
        width,
        height,
        ..photo.crops[0].clone()
    };
    let more = [square("square", 1_080, 1_080), square("four3", 1_440, 1_080)];
    photo.crops.extend(more);
    for file in photo.renditions.iter_mut().chain(&mut photo.crops) {
        let chance = chance(&format!("{} {}", file.spec, file.width));
        file.bytes = u64::from(file.width) * u64::from(file.height) / 9
            + u64::from(chance[0]) * 37
            + u64::from(chance[1]);
        file.folder.clone_from(&folder);
    }
    photo.thumbhash = Some(STANDARD.encode(&chance("thumbhash")[..21]));
    photo.color = format!("#{}", hex(&chance("color")[..3]));
    photo.creator = Some("Anna de Vries".to_owned());
    photo.credit = Some("Anna de Vries / De Beeldredactie".to_owned());
    photo.caption = Some(format!("Nummer {number}: {}", hex(&chance("words")[..24])));
    photo.place = Some("Stavoren, Nederland".to_owned());
    photo.date = Some(format!("2024-01-{:02}", number % 28 + 1));
    photo
}

#[test]
fn a_story_of_sixty_frames_is_one_answer_of_at_most_forty_kilobytes() {
    let mut sketch = Sketch::new();
    for number in 0..60 {
        sketch.shot(PhotoLayout::Wide, one_of_its_own(number));
        if number % 10 == 9 {
            sketch.text(1);
        }
    }
    let data = view::delivered(&sketch.finish(), &urls());
    assert_eq!(data.photos.len(), 60);
    let links = DeliveredLinks {
        itself: None,
        html: data.url.clone(),
    };
    let body = serde_json::to_vec(&StoryAnswer { data, links }).unwrap();
    let whole = body.len();
    let page = Page::json(body).compressed();
    for coding in ["br", "zstd", "gzip"] {
        let mut asked = HeaderMap::new();
        asked.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(coding));
        let sent = page.answer(&asked).into_body().try_into_bytes().unwrap().len();
        assert!(sent <= MOST_BYTES, "{sent} as {coding}, of {whole}");
    }
}
