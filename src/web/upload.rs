//! Photographs arriving as `multipart/form-data`: each part is streamed to the store's own disk while it is hashed, then taken in. One
//! bad file among good ones is told in its place and does not undo the others.

use std::collections::BTreeMap;

use actix_multipart::{Field, Multipart};
use actix_web::http::StatusCode;
use actix_web::http::header::ContentDisposition;
use actix_web::web::BytesMut;
use futures_util::TryStreamExt;
use sha2::{Digest, Sha256};
use tokio::io::AsyncWriteExt;

use super::App;
use super::error::Failure;
use super::extract::MOST_BODY_BYTES;
use super::fields::nobodys;
use super::patience::Patience;
use crate::account::Actor;
use crate::id::{DropLinkId, PhotoId};
use crate::imaging::probe::Limits;
use crate::photo::ingest::{self, IngestError, Ingested, Upload};
use crate::store::StoreError;
use crate::story::drop_links;
use crate::text::hex;
use crate::upload::UploadError;

/// Files of the largest size that fit in one request; of the ordinary size that is hundreds.
const LARGEST_FILES: u64 = 8;
/// Parts that one request may have.
const MOST_PARTS: usize = 1_000;
/// Bytes that a part which is no file may have.
const MOST_FIELD_BYTES: usize = 256 * 1024;

/// What became of one file.
#[derive(Debug)]
pub struct Outcome {
    /// The client's name for it.
    pub file_name: String,
    /// The photo, or why there is none.
    pub result: Result<Ingested, Failure>,
}

/// Everything that a request brought.
#[derive(Debug, Default)]
pub struct Received {
    /// The files in the order in which they came.
    pub files: Vec<Outcome>,
    /// The other parts by name; the last of a name counts.
    pub fields: BTreeMap<String, String>,
}

/// Bytes that one request may have at all, whatever it brings.
#[must_use]
pub fn most_request_bytes(limits: &Limits) -> u64 {
    limits
        .max_bytes
        .saturating_mul(LARGEST_FILES)
        .max(MOST_BODY_BYTES as u64)
}

impl Received {
    /// The photos that were taken in.
    #[must_use]
    pub fn photo_ids(&self) -> Vec<PhotoId> {
        let taken = self.files.iter().filter_map(|file| file.result.as_ref().ok());
        taken.map(|taken| taken.photo.id.clone()).collect()
    }

    /// The files that were refused, by name, and why.
    pub fn refused(&self) -> impl Iterator<Item = (&str, &Failure)> {
        self.files.iter().filter_map(|file| {
            let failure = file.result.as_ref().err()?;
            Some((file.file_name.as_str(), failure))
        })
    }

    /// The status of a page that tells of all this: the first refusal's where nothing was taken in.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        let first = self.refused().next();
        let nothing_came = self.files.iter().all(|file| file.result.is_err());
        first
            .filter(|_| nothing_came)
            .map_or(StatusCode::OK, |(_, failure)| failure.status())
    }
}

/// What a door takes besides photographs, and for whom it counts them.
#[derive(Debug, Clone, Copy, Default)]
pub struct Expected<'a> {
    /// Names of parts that are no files.
    pub fields: &'a [&'a str],
    /// The drop link by which they come, and which has room for so many.
    pub link: Option<&'a DropLinkId>,
}

/// Takes in all parts named `file` for `actor`, and reads the other parts as text.
///
/// # Errors
/// [`Failure`] for a body that cannot be read or has a part that is not expected; what was taken in until then stays.
pub async fn receive(
    app: &App,
    actor: &Actor,
    mut body: Multipart,
    expected: Expected<'_>,
) -> Result<Received, Failure> {
    // Whether there is room is known before the body is read.
    app.store.check_room(0)?;
    let mut received = Received::default();
    let mut patience = Patience::new(app.config.body_patience);
    let mut parts = 0;
    while let Some(mut part) = next(&mut patience, body.try_next()).await? {
        parts += 1;
        if parts > MOST_PARTS {
            let message =
                format!("At most {MOST_PARTS} parts fit in one request; please send the rest in another.");
            return Err(Failure::TooManyBytes(message));
        }
        let name = part.name().unwrap_or_default().to_owned();
        if name != "file" {
            let has_file_name = part
                .content_disposition()
                .map(file_name_in)
                .is_some_and(|name| !name.is_empty());
            if has_file_name {
                let message =
                    format!("The part “{name}” holds a file; photographs are sent in parts named “file”.");
                return Err(Failure::field(&format!("/{name}"), "wrong_part", message));
            }
            if !expected.fields.contains(&&*name) {
                return Err(nobodys(&name));
            }
            received
                .fields
                .insert(name, text(&mut part, &mut patience).await?);
            continue;
        }
        let file_name = part.content_disposition().map(file_name_in).unwrap_or_default();
        let staged = stage(app, &mut part, &mut patience, &file_name).await?;
        // A browser sends an empty, nameless part for a file field that was left alone.
        if file_name.is_empty() && matches!(&staged, Ok(upload) if upload.size_bytes == 0) {
            continue;
        }
        let result = match staged {
            Ok(_) if !has_room(app, expected.link).await? => Err(UploadError::LinkIsFull.into()),
            Ok(upload) => {
                let now = app.clock.now();
                let taken = ingest::ingest(&app.db, &app.store, actor, upload, app.config.limits, now).await;
                taken.map_err(Failure::from)
            }
            Err(failure) => Err(failure),
        };
        if result.is_ok() {
            app.bell.ring();
        }
        received.files.push(Outcome { file_name, result });
    }
    Ok(received)
}

/// Counts one more file against the link by which it comes; says whether there was room for it.
async fn has_room(app: &App, link: Option<&DropLinkId>) -> Result<bool, Failure> {
    let Some(link) = link.cloned() else {
        return Ok(true);
    };
    app.db
        .write(move |conn| drop_links::count_files(conn, &link, 1).map_err(Failure::from))
        .await
}

/// Streams a part to a staged file. The outer error ends the request, the inner one only this file.
async fn stage(
    app: &App,
    part: &mut Field,
    patience: &mut Patience,
    file_name: &str,
) -> Result<Result<Upload, Failure>, Failure> {
    let most_bytes = app.config.limits.max_bytes;
    let staged = app.store.stage()?;
    let mut file = tokio::fs::File::from_std(staged.reopen().map_err(StoreError::from)?);
    let mut hash = Sha256::new();
    let mut size_bytes: u64 = 0;
    while let Some(chunk) = next(patience, part.try_next()).await? {
        patience.took(chunk.len())?;
        size_bytes = size_bytes.saturating_add(chunk.len() as u64);
        // What is too much is read to its end and thrown away, so that the other files of the request arrive and the answer is heard; but not without end.
        if size_bytes > most_request_bytes(&app.config.limits) {
            return Err(IngestError::TooManyBytes { most_bytes }.into());
        }
        if size_bytes <= most_bytes {
            hash.update(&chunk);
            file.write_all(&chunk).await.map_err(StoreError::from)?;
        }
    }
    if size_bytes > most_bytes {
        return Ok(Err(IngestError::TooManyBytes { most_bytes }.into()));
    }
    file.flush().await.map_err(StoreError::from)?;
    Ok(Ok(Upload {
        staged: staged.into(),
        sha256: hex(&hash.finalize()),
        size_bytes,
        file_name: file_name.to_owned(),
    }))
}

/// The client's name for a file. Many programs write one that is not ASCII in the extended form (RFC 8187) alone.
fn file_name_in(disposition: &ContentDisposition) -> String {
    disposition.get_filename_ext().map_or_else(
        || disposition.get_filename().unwrap_or_default().to_owned(),
        |extended| String::from_utf8_lossy(&extended.value).into_owned(),
    )
}

async fn text(part: &mut Field, patience: &mut Patience) -> Result<String, Failure> {
    let mut bytes = BytesMut::new();
    while let Some(chunk) = next(patience, part.try_next()).await? {
        patience.took(chunk.len())?;
        if bytes.len() + chunk.len() > MOST_FIELD_BYTES {
            let message = format!("A field of a form may have at most {MOST_FIELD_BYTES} bytes.");
            return Err(Failure::TooManyBytes(message));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

async fn next<T>(
    patience: &mut Patience,
    coming: impl Future<Output = Result<T, actix_multipart::MultipartError>>,
) -> Result<T, Failure> {
    patience.wait(coming).await?.map_err(|error| Failure::BadRequest {
        code: "malformed_multipart",
        message: format!(
            "The upload broke off or is not multipart/form-data: {error}. Please send it again."
        ),
    })
}
