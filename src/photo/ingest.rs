//! Taking a photograph in: look at its header, read what the photographer knew, store the original, then write one row.
//!
//! File first, then row: a crash between the two leaves a file that nothing refers to, never a row without its picture.

use std::io::Read;

use sha2::{Digest, Sha256};

use super::query::{self, Marks, NewOriginal, NewPhoto};
use super::{Photo, PhotoState, header, originals, turn};
use crate::account::Actor;
use crate::audit::Word;
use crate::clock::Millis;
use crate::db::{Conn, Db, DbError};
use crate::id::PhotoId;
use crate::imaging::probe::{Header, Limits, Refusal};
use crate::metadata::{Facts, Metadata};
use crate::store::{self, Staged, Store, StoreError};
use crate::text::hex;
use crate::text::upload_words::label;
use crate::text::{Alt, Caption, Line, clean_line, cut};

/// Why a file was not taken in. The message is for the photographer.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// The file is not one that can be taken.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// More bytes than one file may have.
    #[error("The file is larger than the {} MB that one photograph may have.", most_bytes / 1_000_000)]
    TooManyBytes {
        /// Bytes it may have.
        most_bytes: u64,
    },
    /// The store failed.
    #[error("the photograph could not be stored")]
    Store(#[from] StoreError),
    /// The database failed.
    #[error("the photograph could not be recorded")]
    Db(#[from] DbError),
    /// The same bytes were being removed at this very moment.
    #[error("the same photograph was just being removed; please send it again")]
    Leaving,
    /// The file on the server's own disk could not be read back.
    #[error("the upload could not be read back")]
    Read(#[from] std::io::Error),
}

impl From<diesel::result::Error> for IngestError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Db(error.into())
    }
}

/// A file that has arrived whole on the store's own disk.
#[derive(Debug)]
pub struct Upload {
    /// The staged bytes.
    pub staged: Staged,
    /// Their SHA-256 as lower-case hexadecimal digits.
    pub sha256: String,
    /// How many there are.
    pub size_bytes: u64,
    /// The client's name for the file; a label only.
    pub file_name: String,
}

/// A photo that is in now.
#[derive(Debug)]
pub struct Ingested {
    /// The photo.
    pub photo: Photo,
    /// Whether it is new; `false` if this person uploaded the same bytes before.
    pub created: bool,
}

/// Takes one photograph in for `actor` and queues its renditions.
///
/// # Errors
/// [`IngestError`]; nothing is recorded then.
pub async fn ingest(
    db: &Db,
    store: &Store,
    actor: &Actor,
    upload: Upload,
    limits: Limits,
    now: Millis,
) -> Result<Ingested, IngestError> {
    ingest_and(db, store, actor, upload, limits, now, |_, _| Ok(())).await
}

/// [`ingest`], with something more done in the transaction that records the photo: both are kept or neither.
///
/// # Errors
/// [`IngestError`], or what `also` fails with; nothing is recorded then.
pub async fn ingest_and(
    db: &Db,
    store: &Store,
    actor: &Actor,
    upload: Upload,
    limits: Limits,
    now: Millis,
    also: impl FnOnce(&mut Conn, &Ingested) -> Result<(), DbError> + Send + 'static,
) -> Result<Ingested, IngestError> {
    let Upload {
        staged,
        sha256,
        size_bytes,
        file_name,
    } = upload;
    let (staged, header, embedded) = tokio::task::spawn_blocking(move || {
        let (header, embedded) = examine(&staged, limits)?;
        Ok::<_, IngestError>((staged, header, embedded))
    })
    .await
    .map_err(|_| IngestError::Db(DbError::Stopped))??;
    let media_type = header.format.media_type();
    let key = store::original_key(&sha256, media_type);
    let original = Original {
        sha256,
        size_bytes,
        file_name,
        header,
        embedded,
    };
    // A task of its own: whoever sent the file may go away between its bytes and its row.
    let (db, store, actor) = (db.clone(), store.clone(), actor.clone());
    let kept = tokio::spawn(async move {
        let was_free = store.keep(staged, &key).await?;
        let (holder, held) = (store.clone(), key.clone());
        let recorded = db.write(move |conn| {
            // Seen inside the transaction: whoever removes an original does so inside theirs.
            if !holder.holds_original(&held) {
                return Err(IngestError::Leaving);
            }
            let ingested = record(conn, &actor, &original, now)?;
            also(conn, &ingested)?;
            Ok(ingested)
        });
        let recorded = recorded.await;
        // What is not recorded is nobody's. What lay there before is another's to look after, and so is what has just been let go by somebody else.
        let is_ours = was_free && !matches!(recorded, Ok(_) | Err(IngestError::Leaving));
        if is_ours && let Err(error) = originals::let_go(&db, &store, key).await {
            // The next sweep comes to it.
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "an original that was not recorded is left"
            );
        }
        recorded
    });
    kept.await.map_err(|_| IngestError::Db(DbError::Stopped))?
}

/// What a file's header and metadata say, without taking it in.
///
/// # Errors
/// [`IngestError::Refused`] for a file that would not be taken.
pub fn look(file: &mut std::fs::File, limits: Limits) -> Result<Metadata, IngestError> {
    Ok(header::examine(file, &limits)?.1)
}

/// Reads header and metadata from the beginning of a staged file.
fn examine(staged: &Staged, limits: Limits) -> Result<(Header, Metadata), IngestError> {
    Ok(header::examine(&mut staged.reopen()?, &limits)?)
}

/// What came, looked at.
struct Original {
    sha256: String,
    size_bytes: u64,
    file_name: String,
    header: Header,
    embedded: Metadata,
}

fn record(conn: &mut Conn, actor: &Actor, arrived: &Original, now: Millis) -> Result<Ingested, IngestError> {
    if let Some(photo) = query::find_photo_of(conn, &actor.id, &arrived.sha256)? {
        if photo.state == PhotoState::Failed {
            // Sent again by somebody who hopes for better: it gets another try.
            query::settle_as_pending(conn, &photo.id, now)?;
            turn::render_new(conn, actor, &photo.id, now)?;
        }
        let photo = query::find_photo(conn, &photo.id)?.unwrap_or(photo);
        return Ok(Ingested {
            photo,
            created: false,
        });
    }
    query::insert_original(
        conn,
        &NewOriginal {
            sha256: &arrived.sha256,
            media_type: arrived.header.format.media_type(),
            size_bytes: i64::try_from(arrived.size_bytes).unwrap_or(i64::MAX),
            stored_at: now,
        },
    )?;
    let id = PhotoId::random();
    let words = Words::from_facts(&arrived.embedded.facts);
    let (width_px, height_px) = arrived.header.upright_size();
    let file_name = label(&arrived.file_name);
    let captured_at = arrived.embedded.facts.captured_at.as_deref();
    let earlier = match captured_at {
        Some(captured_at) => query::find_earlier(conn, &actor.id, &file_name, captured_at)?,
        None => None,
    };
    // What was hidden of a photograph is hidden of a newer file of it, and of the same file, whoever sends it.
    let mut kin = query::list_hidden_of(conn, &arrived.sha256)?;
    if let Some(earlier) = &earlier {
        kin.extend(query::find_photo(conn, earlier)?);
    }
    let known: Vec<Marks> = kin
        .iter()
        .map(Marks::of)
        .chain(query::find_marks(conn, &arrived.sha256)?)
        .collect();
    let marks = Marks::together(&known, &actor.id);
    let mut embedded = arrived.embedded.clone();
    for photo in kin.iter().filter(|photo| photo.hides_place()) {
        embedded.facts.learn(&photo.names());
    }
    let json = serde_json::to_string(&embedded).unwrap_or_else(|_| "{}".to_owned());
    query::insert_photo(
        conn,
        &NewPhoto {
            id: &id,
            owner_id: &actor.id,
            original_sha256: &arrived.sha256,
            file_name: &file_name,
            width_px: i32::try_from(width_px).unwrap_or(i32::MAX),
            height_px: i32::try_from(height_px).unwrap_or(i32::MAX),
            state: PhotoState::Pending.as_str(),
            caption: words.caption.as_deref(),
            headline: words.headline.as_deref(),
            place: words.place.as_deref(),
            alt: words.alt.as_deref(),
            credit: words.credit.as_deref(),
            creator: words.creator.as_deref(),
            copyright: words.copyright.as_deref(),
            license: words.license.as_deref(),
            taken_on: words.taken_on.as_deref(),
            captured_at,
            earlier_id: earlier.as_ref(),
            sensitive: marks.sensitive,
            hide_place: marks.hide_place,
            sensitive_by: marks.sensitive_by.as_ref(),
            place_by: marks.place_by.as_ref(),
            embedded: &json,
            created_at: now,
            updated_at: now,
        },
    )?;
    turn::render_new(conn, actor, &id, now)?;
    actor.did(conn, Word::PhotoUploaded, id.as_str(), &file_name, now)?;
    let photo = query::find_photo(conn, &id)?.ok_or(diesel::result::Error::NotFound)?;
    Ok(Ingested { photo, created: true })
}

/// The words a photo begins with: those of the file, cut to what fits, for a long caption must not stop an upload.
struct Words {
    caption: Option<String>,
    headline: Option<String>,
    place: Option<String>,
    alt: Option<String>,
    credit: Option<String>,
    creator: Option<String>,
    copyright: Option<String>,
    license: Option<String>,
    taken_on: Option<String>,
}

impl Words {
    fn from_facts(facts: &Facts) -> Self {
        let line = |text: &Option<String>| {
            text.as_deref()
                .map(|text| cut(&clean_line(text), Line::MOST))
                .filter(|text| !text.is_empty())
        };
        let long =
            |text: &Option<String>, most| text.as_deref().map(|text| cut(&crate::text::clean(text), most));
        let creator = (!facts.creators.is_empty()).then(|| cut(&facts.creators.join(", "), Line::MOST));
        Self {
            caption: long(&facts.caption, Caption::MOST).filter(|text| !text.is_empty()),
            headline: line(&facts.headline),
            place: line(&facts.place_line()),
            alt: long(&facts.alt, Alt::MOST).filter(|text| !text.is_empty()),
            // A photographer who filled in only the name is credited by it.
            credit: line(&facts.credit).or_else(|| creator.clone()),
            creator,
            copyright: line(&facts.copyright),
            license: line(&facts.web_statement)
                .filter(|url| url.starts_with("https://") || url.starts_with("http://")),
            taken_on: facts
                .date_created
                .as_deref()
                .or(facts.captured_at.as_deref())
                .map(|date| {
                    date.chars()
                        .take_while(|c| c.is_ascii_digit() || *c == '-')
                        .take(10)
                        .collect::<String>()
                })
                .filter(|date| crate::text::StoryDate::parse(date).is_ok()),
        }
    }
}

/// Copies a stream of bytes to a staged file while hashing it.
///
/// # Errors
/// [`IngestError::TooManyBytes`] as soon as there are too many, or that of reading or writing.
pub fn stage(
    store: &Store,
    mut from: impl Read,
    file_name: &str,
    most_bytes: u64,
) -> Result<Upload, IngestError> {
    use std::io::Write;

    store.check_room(0)?;
    let mut staged = store.stage()?;
    let mut hash = Sha256::new();
    let mut size_bytes: u64 = 0;
    let mut buffer = vec![0; 128 * 1024];
    loop {
        let read = from.read(&mut buffer)?;
        let chunk = buffer.get(..read).unwrap_or_default();
        if chunk.is_empty() {
            break;
        }
        size_bytes += chunk.len() as u64;
        if size_bytes > most_bytes {
            return Err(IngestError::TooManyBytes { most_bytes });
        }
        hash.update(chunk);
        staged.write_all(chunk).map_err(StoreError::from)?;
    }
    Ok(Upload {
        staged: staged.into(),
        sha256: hex(&hash.finalize()),
        size_bytes,
        file_name: file_name.to_owned(),
    })
}
