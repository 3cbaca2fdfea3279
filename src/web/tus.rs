//! Uploads over HTTP that go on where they stopped: tus 1.0 with the extensions creation, creation-with-upload, termination, expiration and
//! checksum. The same for everybody who sends, whether signed in, with a token or by a drop link; the domain decides what holds.
//!
//! Source: <https://tus.io/protocols/resumable-upload>, version 1.0.0. What it does not say is told by headers of our own:
//! `Reportage-State` (`receiving`, `whole`, `taken`), and to those who may see the photo `Reportage-Photo` (its address),
//! `Reportage-Known` (whether they had uploaded the same before) and `Reportage-Placed` (whether it stands in the story it was for).

use std::time::{Duration, UNIX_EPOCH};

use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue, HttpDate};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, dev};
use futures_util::StreamExt;
use serde_json::{Value, json};

use super::App;
use super::error::Failure;
use super::extract::{content_length, path_id};
use super::fields::{is_nobodys, nobodys};
use super::patience::Patience;
use crate::clock::{Millis, rfc3339};
use crate::id::{StoryId, UploadId};
use crate::text::upload_words::{self, MOST_METADATA};
use crate::upload::{Checksum, Intake, NewUpload, Outcome, Sender, Upload, UploadError};

/// The version that is spoken.
const VERSION: &str = "1.0.0";
const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const LENGTH: HeaderName = HeaderName::from_static("upload-length");
const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const METADATA: HeaderName = HeaderName::from_static("upload-metadata");
const EXPIRES: HeaderName = HeaderName::from_static("upload-expires");
const CHECKSUM: HeaderName = HeaderName::from_static("upload-checksum");
const STATE: HeaderName = HeaderName::from_static("reportage-state");
const PHOTO: HeaderName = HeaderName::from_static("reportage-photo");
const KNOWN: HeaderName = HeaderName::from_static("reportage-known");
const PLACED: HeaderName = HeaderName::from_static("reportage-placed");
/// The type of the body of a piece.
const PIECE_TYPE: &str = "application/offset+octet-stream";

/// Where uploads are taken, and from whom.
#[derive(Debug)]
pub struct Door {
    /// Who sends.
    pub sender: Sender,
    /// The address below which uploads have theirs.
    pub base: String,
    /// The story that everything goes to which comes in here, whatever the client says.
    pub story: Option<StoryId>,
}

/// What the protocol's headers tell of a server.
#[must_use]
pub fn options(app: &App) -> HttpResponse {
    let mut response = HttpResponse::NoContent();
    response
        .insert_header((RESUMABLE, VERSION))
        .insert_header(("Tus-Version", VERSION))
        .insert_header(("Tus-Max-Size", app.config.limits.max_bytes))
        .insert_header((
            "Tus-Extension",
            "creation,creation-with-upload,termination,expiration,checksum",
        ))
        .insert_header(("Tus-Checksum-Algorithm", "sha1,sha256"));
    response.finish()
}

/// Says in an answer which protocol it is of; failures say it too.
pub fn mark(headers: &mut HeaderMap) {
    headers.insert(RESUMABLE, HeaderValue::from_static(VERSION));
}

/// What a request announces of a new upload.
///
/// # Errors
/// [`Failure`] for headers that cannot be read.
pub fn announced(request: &HttpRequest) -> Result<NewUpload, Failure> {
    check_version(request)?;
    let headers = request.headers();
    if headers.contains_key("upload-defer-length") {
        let message = "Say how long the file is: an Upload-Length that comes later is not taken.";
        return Err(bad("upload_length", message));
    }
    let length = number(headers, &LENGTH)?.ok_or_else(|| {
        bad(
            "upload_length",
            "Say in Upload-Length how many bytes the file has.",
        )
    })?;
    let metadata = match headers.get(&METADATA) {
        Some(value) => Some(value.to_str().map_err(|_| bad_metadata())?.to_owned()),
        None => None,
    };
    let said = upload_words::metadata(metadata.as_deref().unwrap_or_default());
    let mut said = said.ok_or_else(bad_metadata)?;
    // Clients say much of a file that means nothing here; what would be somebody's rights or state is a mistake or an attempt.
    if let Some(name) = said.keys().find(|name| is_nobodys(&name.to_lowercase())) {
        return Err(nobodys(name));
    }
    let story = said.remove("story").filter(|story| !story.is_empty());
    let position = said.remove("position").filter(|position| !position.is_empty());
    Ok(NewUpload {
        length,
        file_name: said
            .remove("filename")
            .or_else(|| said.remove("name"))
            .unwrap_or_default(),
        story: story
            .map(|story| story.parse().map_err(|_| UploadError::UnknownStory))
            .transpose()?,
        position: position
            .map(|position| position.parse().map_err(|_| bad_metadata()))
            .transpose()?,
        batch: said.remove("batch").filter(|batch| !batch.is_empty()),
        metadata,
    })
}

/// Begins an upload, and takes what the request brings of it.
///
/// # Errors
/// [`Failure`].
pub async fn create(
    app: &App,
    door: &Door,
    request: &HttpRequest,
    mut new: NewUpload,
    payload: dev::Payload,
) -> Result<HttpResponse, Failure> {
    if door.story.is_some() {
        new.story.clone_from(&door.story);
        new.position = None;
    }
    let brings = is_piece(request);
    let checksum = checksum(request.headers())?;
    let upload = app.uploads.begin(&door.sender, new).await?;
    let mut response = HttpResponse::Created();
    response.insert_header((header::LOCATION, format!("{}/{}", door.base, upload.id)));
    if !brings {
        return Ok(tell(&mut response, door, app, &upload).finish());
    }
    let intake = app.uploads.open(&door.sender, &upload.id, 0, checksum).await?;
    let upload = pour(app, intake, payload).await?;
    Ok(tell(&mut response, door, app, &upload).finish())
}

/// Where an upload stands. One that was refused answers as it was refused.
///
/// # Errors
/// [`Failure`].
pub async fn look(app: &App, door: &Door, request: &HttpRequest, id: &str) -> Result<HttpResponse, Failure> {
    if request.headers().contains_key(&RESUMABLE) {
        check_version(request)?;
    }
    let id: UploadId = path_id(id)?;
    let upload = app.uploads.find(&door.sender, &id).await?;
    if let Some(Outcome::Refused(refused)) = upload.outcome {
        return Err(refused.into());
    }
    let mut response = HttpResponse::Ok();
    response.insert_header((LENGTH, upload.length));
    if let Some(metadata) = &upload.metadata {
        response.insert_header((METADATA, metadata.as_str()));
    }
    let body = json!({"data": shown(&upload, door, app)});
    Ok(tell(&mut response, door, app, &upload).json(body))
}

/// Takes a piece. With the last one the upload becomes a photo before this answers.
///
/// # Errors
/// [`Failure`]; what had come until then is kept.
pub async fn send(
    app: &App,
    door: &Door,
    request: &HttpRequest,
    id: &str,
    payload: dev::Payload,
) -> Result<HttpResponse, Failure> {
    check_version(request)?;
    let id: UploadId = path_id(id)?;
    if !is_piece(request) {
        let message = format!("Send the bytes as {PIECE_TYPE}.");
        return Err(Failure::UnsupportedMedia(message));
    }
    let headers = request.headers();
    let offset = number(headers, &OFFSET)?
        .ok_or_else(|| bad("upload_offset", "Say in Upload-Offset where the bytes begin."))?;
    let checksum = checksum(headers)?;
    let upload = app.uploads.find(&door.sender, &id).await?;
    let announced = content_length(headers).unwrap_or(0);
    if upload.outcome.is_none() && announced > upload.length.saturating_sub(offset) {
        return Err(UploadError::Beyond {
            length: upload.length,
        }
        .into());
    }
    let intake = app.uploads.open(&door.sender, &id, offset, checksum).await?;
    let upload = pour(app, intake, payload).await?;
    Ok(tell(&mut HttpResponse::NoContent(), door, app, &upload).finish())
}

/// Forgets an upload.
///
/// # Errors
/// [`Failure`].
pub async fn terminate(
    app: &App,
    door: &Door,
    request: &HttpRequest,
    id: &str,
) -> Result<HttpResponse, Failure> {
    check_version(request)?;
    let id: UploadId = path_id(id)?;
    app.uploads.end(&door.sender, &id).await?;
    let mut response = HttpResponse::NoContent().finish();
    mark(response.headers_mut());
    Ok(response)
}

/// Gives an upload the bytes of a body as they come.
async fn pour(app: &App, mut intake: Intake, mut payload: dev::Payload) -> Result<Upload, Failure> {
    let mut patience = Patience::new(app.config.body_patience);
    let poured = async {
        while let Some(piece) = patience.wait(payload.next()).await? {
            let piece = piece.map_err(|error| Failure::BadRequest {
                code: "broken_body",
                message: format!(
                    "The line broke: {error}. Ask where the upload stands, and go on from there."
                ),
            })?;
            patience.took(piece.len())?;
            if !intake.take(piece).await {
                break;
            }
        }
        Ok::<_, Failure>(())
    }
    .await;
    // What came is safe before anything is said.
    let ended = intake.end().await;
    poured?;
    let upload = ended?;
    if upload.outcome.is_some() {
        app.bell.ring();
    }
    Ok(upload)
}

/// Adds what every answer about an upload says.
fn tell<'a>(
    response: &'a mut HttpResponseBuilder,
    door: &Door,
    app: &App,
    upload: &Upload,
) -> &'a mut HttpResponseBuilder {
    response
        .insert_header((RESUMABLE, VERSION))
        .insert_header((OFFSET, upload.offset))
        .insert_header((EXPIRES, http_date(upload.expires_at)))
        .insert_header((STATE, state(upload)));
    // Whoever sends by a drop link learns that the photograph arrived, and nothing of the account it belongs to.
    if let (Some(Outcome::Taken(taken)), None) = (&upload.outcome, &door.sender.link) {
        response.insert_header((KNOWN, taken.was_known.to_string()));
        if let Some(photo) = &taken.photo {
            response.insert_header((PHOTO, app.urls.manage_photo(photo)));
        }
        if let Some(placed) = taken.placed {
            response.insert_header((PLACED, placed.to_string()));
        }
    }
    response
}

fn state(upload: &Upload) -> &'static str {
    match &upload.outcome {
        Some(_) => "taken",
        None if upload.is_whole() => "whole",
        None => "receiving",
    }
}

/// An upload as JSON.
fn shown(upload: &Upload, door: &Door, app: &App) -> Value {
    let mut shown = json!({
        "id": upload.id,
        "file_name": upload.file_name,
        "length": upload.length,
        "offset": upload.offset,
        "state": state(upload),
        "expires_at": rfc3339(upload.expires_at),
    });
    if door.sender.link.is_none() {
        shown["story"] = json!(upload.story);
        if let Some(Outcome::Taken(taken)) = &upload.outcome {
            shown["photo"] = json!(taken.photo.as_ref().map(|photo| {
                json!({"id": photo, "url": app.urls.manage_photo(photo), "created": !taken.was_known})
            }));
            shown["placed"] = json!(taken.placed);
        }
    }
    shown
}

/// The address of this path speaks tus, also when it refuses.
#[must_use]
pub fn is_spoken_at(path: &str) -> bool {
    path.starts_with("/api/v1/manage/uploads") || is_drop_upload(path)
}

/// Whether a path is that of uploads by a drop link.
#[must_use]
pub fn is_drop_upload(path: &str) -> bool {
    let mut parts = path.split('/').skip(1);
    (parts.next(), parts.nth(1)) == (Some("drop"), Some("uploads"))
}

fn check_version(request: &HttpRequest) -> Result<(), Failure> {
    let version = request.headers().get(&RESUMABLE);
    if version.is_some_and(|version| version == VERSION) {
        Ok(())
    } else {
        Err(Failure::ProtocolVersion)
    }
}

fn is_piece(request: &HttpRequest) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().eq_ignore_ascii_case(PIECE_TYPE.as_bytes()))
}

fn number(headers: &HeaderMap, name: &HeaderName) -> Result<Option<u64>, Failure> {
    let Some(value) = headers.get(name) else {
        return Ok(None);
    };
    let digits = value.to_str().unwrap_or_default();
    let is_plain = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    let number = if is_plain { digits.parse().ok() } else { None };
    number
        .map(Some)
        .ok_or_else(|| bad("not_a_number", &format!("{name} is not a number of bytes.")))
}

fn checksum(headers: &HeaderMap) -> Result<Option<Checksum>, Failure> {
    let Some(value) = headers.get(&CHECKSUM) else {
        return Ok(None);
    };
    let checksum = value.to_str().ok().and_then(named_sum);
    let message = "Upload-Checksum names sha1 or sha256, and behind a space the sum in Base64.";
    checksum.map(Some).ok_or_else(|| bad("upload_checksum", message))
}

/// A sum by an algorithm that is known here.
fn named_sum(text: &str) -> Option<Checksum> {
    match upload_words::checksum(text)? {
        ("sha1", sum) if sum.len() == 20 => Some(Checksum::Sha1(sum)),
        ("sha256", sum) if sum.len() == 32 => Some(Checksum::Sha256(sum)),
        _ => None,
    }
}

fn bad_metadata() -> Failure {
    let message = format!(
        "Upload-Metadata is pairs with commas between, each a key and behind a space its value in Base64, every key once, at most {MOST_METADATA} bytes; position is a number."
    );
    bad("upload_metadata", &message)
}

fn bad(code: &'static str, message: &str) -> Failure {
    Failure::BadRequest {
        code,
        message: message.to_owned(),
    }
}

fn http_date(at: Millis) -> String {
    let since = Duration::from_millis(u64::try_from(at).unwrap_or_default());
    HttpDate::from(UNIX_EPOCH + since).to_string()
}

/// What a `POST` to an upload means: clients which cannot send `PATCH` or `DELETE` say so in a header.
///
/// Source: tus 1.0, `X-HTTP-Method-Override`.
///
/// # Errors
/// [`Failure`].
pub async fn overridden(
    app: &App,
    door: &Door,
    request: &HttpRequest,
    id: &str,
    payload: dev::Payload,
) -> Result<HttpResponse, Failure> {
    let meant = request.headers().get("x-http-method-override");
    match meant.map(HeaderValue::as_bytes) {
        Some(b"PATCH") => send(app, door, request, id, payload).await,
        Some(b"DELETE") => terminate(app, door, request, id).await,
        Some(b"HEAD" | b"GET") => look(app, door, request, id).await,
        _ => Err(Failure::MethodNotAllowed),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use super::*;

    #[test]
    fn paths_of_drop_links_are_told_from_their_page() {
        assert!(is_drop_upload("/drop/secret/uploads") && is_drop_upload("/drop/secret/uploads/upl_1"));
        assert!(!is_drop_upload("/drop/secret") && !is_drop_upload("/drop/uploads"));
    }
}
