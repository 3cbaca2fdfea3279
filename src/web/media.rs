//! Renditions by their public name. While a live publication shows one, anybody may have it; otherwise only who may see the photo.
//!
//! What readers ask for again and again lies in memory, shared and never copied; whether it still is public is looked up anew after every change
//! of what readers see.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, web};
use moka::future::Cache;

use super::App;
use super::error::Failure;
use super::extract::{Caller, Failed, routed_path};
use super::ready::is_known;
use crate::account::token::Scope;
use crate::id::is_hex_32;
use crate::photo;
use crate::photo::packet::gives_away;
use crate::site::AiTraining;
use crate::store;
use crate::story::{access, query, share};

/// A token that opens drafts or photographs opens their pictures; one that looks after the site does not.
const SEES_PICTURES: [Scope; 4] = [
    Scope::StoriesRead,
    Scope::StoriesPreview,
    Scope::StoriesWrite,
    Scope::PhotosWrite,
];

/// Bytes of renditions kept in memory.
const MOST_BYTES: u64 = 96 * 1024 * 1024;
/// A larger one is read for each request.
const MOST_FILE_BYTES: usize = 4 * 1024 * 1024;

/// A rendition that anybody may have.
#[derive(Debug, Clone)]
struct Public {
    /// [`Pages::age`](super::cache::Pages::age) when it was looked up.
    age: u64,
    /// Whether machines may not be trained with it.
    refuses_training: bool,
    file: Arc<File>,
}

/// A rendition, ready to send.
#[derive(Debug)]
struct File {
    bytes: Bytes,
    etag: HeaderValue,
    content_type: HeaderValue,
}

/// The renditions that readers ask for, by their path; clones share them.
#[derive(Debug, Clone)]
pub struct Media(Cache<String, Public>);

impl Default for Media {
    fn default() -> Self {
        let weigher = |path: &String, public: &Public| {
            u32::try_from(public.file.bytes.len() + path.len() + 256).unwrap_or(u32::MAX)
        };
        Self(Cache::builder().max_capacity(MOST_BYTES).weigher(weigher).build())
    }
}

impl Media {
    /// The answer, if the rendition at this path is here and public.
    pub(super) async fn ready(&self, path: &str, age: u64, asked: &HeaderMap) -> Option<HttpResponse> {
        let public = self.0.get(path).await.filter(|public| public.age == age)?;
        Some(answer(
            &public.file,
            asked,
            Reach::Public,
            public.refuses_training,
        ))
    }
}

/// `GET /media/{folder}/{spec}`.
///
/// # Errors
/// [`Failure::NotFound`] for what is not there and for what is not this caller's alike.
pub async fn serve(
    app: web::Data<App>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Failed> {
    let (folder, spec) = path.into_inner();
    check_name(&folder, &spec)?;
    let age = app.pages.age();
    let looked_up = (folder.clone(), spec.clone());
    let (found, public) = app
        .db
        .read(move |conn| {
            let found = photo::query::find_rendition(conn, &looked_up.0, &looked_up.1)?;
            let public = found.is_some() && query::is_folder_public(conn, &looked_up.0)?;
            let photo = match &found {
                Some((photo, _)) => photo::query::find_photo(conn, photo)?,
                None => None,
            };
            let says = photo.map_or(AiTraining::Unspecified, |photo| photo.ai_training());
            Ok::<_, Failure>((found.map(|(photo, file)| (photo, file, says)), public))
        })
        .await?;
    let (photo, rendition, says) = found.ok_or(Failure::NotFound)?;
    if !public {
        // A picture that a page loads by itself is no use of a session.
        let caller = Caller::find_still(&request).await.ok().flatten();
        let caller = caller
            .filter(|caller| SEES_PICTURES.iter().any(|scope| caller.needs(*scope).is_ok()))
            .ok_or(Failure::NotFound)?;
        let seen = app
            .db
            .read(move |conn| access::find_visible_photo(conn, &caller.actor, &photo).map_err(Failure::from))
            .await?;
        seen.ok_or(Failure::NotFound)?;
    }
    let file = load(&app, &folder, &spec, &rendition.media_type).await?;
    let refuses_training = says.is_refused() || app.site().ai_training.is_refused();
    // By the one spelling that is asked for: an address has endlessly many.
    let is_plain = request.path() == routed_path(&request);
    if public && is_plain && file.bytes.len() <= MOST_FILE_BYTES {
        let kept = Public {
            age,
            refuses_training,
            file: Arc::clone(&file),
        };
        app.media.0.insert(request.path().to_owned(), kept).await;
    }
    let reach = if public { Reach::Public } else { Reach::Desk };
    Ok(answer(&file, request.headers(), reach, refuses_training))
}

/// `GET /preview/{secret}/media/{folder}/{spec}`: a rendition of a draft for whoever holds the secret of a link to it.
///
/// The secret in the address is all that is asked for, so that a page elsewhere can show the pictures of a preview it got as JSON. Which folders there are
/// only the preview itself tells.
///
/// # Errors
/// [`Failure::NotFound`] for what is not there, for what the story does not show, and for a link that does not hold, alike.
pub async fn serve_to_holder(
    app: web::Data<App>,
    request: HttpRequest,
    path: web::Path<(String, String, String)>,
) -> Result<HttpResponse, Failed> {
    let (secret, folder, spec) = path.into_inner();
    check_name(&folder, &spec)?;
    let now = app.clock.now();
    let looked_up = (folder.clone(), spec.clone());
    let found = app
        .db
        .read(move |conn| {
            if !share::shows(conn, &secret, &looked_up.0, now)? {
                return Ok(None);
            }
            let Some((photo, rendition)) = photo::query::find_rendition(conn, &looked_up.0, &looked_up.1)?
            else {
                return Ok(None);
            };
            let photo = photo::query::find_photo(conn, &photo)?;
            if photo.as_ref().is_some_and(gives_away) {
                return Ok(None);
            }
            let says = photo.map_or(AiTraining::Unspecified, |photo| photo.ai_training());
            Ok::<_, Failure>(Some((rendition, says)))
        })
        .await?;
    let (rendition, says) = found.ok_or(Failure::NotFound)?;
    let file = load(&app, &folder, &spec, &rendition.media_type).await?;
    let refuses_training = says.is_refused() || app.site().ai_training.is_refused();
    let mut response = answer(&file, request.headers(), Reach::Holder, refuses_training);
    super::page::keep_to_holder(response.headers_mut());
    Ok(response)
}

/// A name that was never given out is told apart before anything is asked of the database or the disk.
fn check_name(folder: &str, spec: &str) -> Result<(), Failure> {
    let plain = spec.len() <= 40
        && spec
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'.');
    if is_hex_32(folder) && plain && !spec.contains("..") {
        Ok(())
    } else {
        Err(Failure::NotFound)
    }
}

/// The file, from memory if it lies there.
async fn load(app: &App, folder: &str, spec: &str, media_type: &str) -> Result<Arc<File>, Failure> {
    if let Some(public) = app.media.0.get(&app.urls.media(folder, spec)).await {
        return Ok(public.file);
    }
    let bytes = app
        .store
        .bytes(&store::rendition_key(folder, spec))
        .await
        .map_err(Failure::from)?
        .ok_or(Failure::NotFound)?;
    let text = |text: &str| HeaderValue::from_str(text).map_err(|error| Failure::internal(&error));
    Ok(Arc::new(File {
        bytes,
        // The folder's name is random and new for each rendering: name and content stand or fall together.
        etag: text(&format!("\"{folder}.{spec}\""))?,
        content_type: text(media_type)?,
    }))
}

/// To whom a file goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// To anybody.
    Public,
    /// To whoever holds the secret of a draft; pages elsewhere may show it, nobody may keep it.
    Holder,
    /// To somebody at the desk.
    Desk,
}

/// The whole file, the part that was asked for, or that it is known.
fn answer(file: &File, asked: &HeaderMap, reach: Reach, refuses_training: bool) -> HttpResponse {
    let part = if is_known(asked, file.etag.as_bytes()) {
        Part::Known
    } else {
        part(file, asked)
    };
    let status = match part {
        Part::Known => StatusCode::NOT_MODIFIED,
        Part::Whole => StatusCode::OK,
        Part::Some(..) => StatusCode::PARTIAL_CONTENT,
        Part::Beyond => StatusCode::RANGE_NOT_SATISFIABLE,
    };
    let mut response = HttpResponseBuilder::new(status);
    let fixed = |value: &'static str| HeaderValue::from_static(value);
    response
        .insert_header((header::ETAG, file.etag.clone()))
        .insert_header((header::ACCEPT_RANGES, fixed("bytes")))
        .insert_header((
            header::CONTENT_SECURITY_POLICY,
            fixed("default-src 'none'; sandbox"),
        ))
        .insert_header((
            header::CROSS_ORIGIN_RESOURCE_POLICY,
            fixed(if reach == Reach::Desk {
                "same-origin"
            } else {
                "cross-origin"
            }),
        ));
    // That a part lies beyond the end is no answer to be kept for the address.
    if reach == Reach::Public && !matches!(part, Part::Beyond) {
        response
            .insert_header((
                header::CACHE_CONTROL,
                fixed("public, max-age=31536000, immutable"),
            ))
            .insert_header((
                HeaderName::from_static("cdn-cache-control"),
                fixed("max-age=3600"),
            ));
    }
    if refuses_training {
        response.insert_header((HeaderName::from_static("tdm-reservation"), fixed("1")));
    }
    let length = file.bytes.len();
    match part {
        Part::Known => response.finish(),
        Part::Whole => response
            .insert_header((header::CONTENT_TYPE, file.content_type.clone()))
            .body(file.bytes.clone()),
        Part::Some(first, last) => response
            .insert_header((header::CONTENT_TYPE, file.content_type.clone()))
            .insert_header((header::CONTENT_RANGE, format!("bytes {first}-{last}/{length}")))
            .body(file.bytes.slice(first..=last)),
        Part::Beyond => response
            // An answer with a type of its own is left as it is.
            .insert_header((header::CONTENT_TYPE, file.content_type.clone()))
            .insert_header((header::CONTENT_RANGE, format!("bytes */{length}")))
            .finish(),
    }
}

/// What is sent of a file.
enum Part {
    Known,
    Whole,
    /// From the first byte to the last, both included.
    Some(usize, usize),
    /// None of it: the part that was asked for begins behind its end.
    Beyond,
}

/// The part that `Range` asks for; more than one at once, and a range of another version of the file, get the whole.
///
/// Source: RFC 9110, 14.2 and 13.1.5.
fn part(file: &File, asked: &HeaderMap) -> Part {
    let length = file.bytes.len();
    let text = |name| {
        asked
            .get(name)
            .and_then(|value: &HeaderValue| value.to_str().ok())
    };
    let Some(range) = text(header::RANGE).and_then(|range| range.strip_prefix("bytes=")) else {
        return Part::Whole;
    };
    let of_this_file = asked
        .get(header::IF_RANGE)
        .is_none_or(|tag| tag.as_bytes() == file.etag.as_bytes());
    let Some((first, last)) = range
        .trim()
        .split_once('-')
        .filter(|_| of_this_file && length > 0)
    else {
        return Part::Whole;
    };
    let last_byte = length.saturating_sub(1);
    match (first.parse::<usize>(), last.parse::<usize>()) {
        (Ok(first), _) if first >= length => Part::Beyond,
        (Ok(first), Ok(last)) if first <= last => Part::Some(first, last.min(last_byte)),
        (Ok(first), Err(_)) if last.is_empty() => Part::Some(first, last_byte),
        (Err(_), Ok(0)) if first.is_empty() => Part::Beyond,
        (Err(_), Ok(suffix)) if first.is_empty() => Part::Some(length.saturating_sub(suffix), last_byte),
        _ => Part::Whole,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failing test may panic")]
mod tests {
    use actix_web::body::MessageBody as _;

    use super::*;

    fn asked_for(range: &str, if_range: Option<&str>) -> (u16, Vec<u8>, Option<String>) {
        let file = File {
            bytes: Bytes::from_static(b"0123456789"),
            etag: HeaderValue::from_static("\"a.jpg\""),
            content_type: HeaderValue::from_static("image/jpeg"),
        };
        let mut asked = HeaderMap::new();
        asked.insert(header::RANGE, HeaderValue::from_str(range).unwrap());
        if let Some(tag) = if_range {
            asked.insert(header::IF_RANGE, HeaderValue::from_str(tag).unwrap());
        }
        let answer = answer(&file, &asked, Reach::Public, false);
        let range = answer
            .headers()
            .get(header::CONTENT_RANGE)
            .map(|value| value.to_str().unwrap().to_owned());
        (
            answer.status().as_u16(),
            answer.into_body().try_into_bytes().unwrap().to_vec(),
            range,
        )
    }

    #[test]
    fn a_part_is_sent_where_one_is_asked_for() {
        let some = |range: &str| Some(range.to_owned());
        assert_eq!(
            asked_for("bytes=2-4", None),
            (206, b"234".to_vec(), some("bytes 2-4/10"))
        );
        assert_eq!(
            asked_for("bytes=7-", None),
            (206, b"789".to_vec(), some("bytes 7-9/10"))
        );
        assert_eq!(
            asked_for("bytes=-3", None),
            (206, b"789".to_vec(), some("bytes 7-9/10"))
        );
        assert_eq!(
            asked_for("bytes=5-99", None),
            (206, b"56789".to_vec(), some("bytes 5-9/10"))
        );
        assert_eq!(
            asked_for("bytes=10-", None),
            (416, Vec::new(), some("bytes */10"))
        );
        let whole = (200, b"0123456789".to_vec(), None);
        for odd in ["bytes=4-2", "bytes=0-1,3-4", "lines=1-2", "bytes=x-y", "bytes=-"] {
            assert_eq!(asked_for(odd, None), whole, "{odd}");
        }
        assert_eq!(asked_for("bytes=2-4", Some("\"b.jpg\"")), whole);
        assert_eq!(asked_for("bytes=2-4", Some("\"a.jpg\"")).0, 206);
    }
}
