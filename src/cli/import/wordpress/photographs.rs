//! Photographs on their way in: each file once, through the door that all photographs take, with the words that WordPress has of it where the file
//! has none.

use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::content::{Caption, Image, caption_text};
use super::library::{Attachment, Library, Uploads, below_uploads};
use super::report::{Kind, Remark};
use crate::account::Actor;
use crate::clock::Clock;
use crate::db::{Db, DbError};
use crate::id::PhotoId;
use crate::imaging::probe::{Limits, Refusal, probe};
use crate::photo::edit::{self, PhotoEdit, PhotoError};
use crate::photo::ingest::{self, IngestError};
use crate::photo::{Photo, query as photo_query};
use crate::store::Store;
use crate::text::{Alt, Caption as CaptionText, Line, clean_line, cut, slugify};
use crate::worker::Bell;

/// Where photographs go.
pub(super) struct Door<'a> {
    pub db: &'a Db,
    pub store: &'a Store,
    pub actor: &'a Actor,
    pub clock: &'a Clock,
    pub bell: Bell,
    pub runtime: &'a tokio::runtime::Runtime,
}

/// A photograph that is in, and what it says by itself.
#[derive(Debug, Clone)]
pub(super) struct Taken {
    pub id: PhotoId,
    pub caption: Option<String>,
    pub alt: Option<String>,
    pub place: Option<String>,
}

/// Takes photographs in; without a door it only looks at them.
pub(super) struct Photographs<'a> {
    pub library: &'a Library,
    uploads: Option<&'a Uploads>,
    door: Option<Door<'a>>,
    credit: Option<&'a str>,
    taken: HashMap<PathBuf, Result<Taken, String>>,
    used: std::collections::HashSet<u64>,
    /// What no other photograph would fare better with, such as a full disk.
    broken: Option<anyhow::Error>,
}

impl<'a> Photographs<'a> {
    pub(super) fn new(
        library: &'a Library,
        uploads: Option<&'a Uploads>,
        door: Option<Door<'a>>,
        credit: Option<&'a str>,
    ) -> Self {
        Self {
            library,
            uploads,
            door,
            credit,
            taken: HashMap::new(),
            used: std::collections::HashSet::new(),
            broken: None,
        }
    }

    /// Whether photographs can still be taken in.
    ///
    /// # Errors
    /// What stands in the way of all of them.
    pub(super) fn check(&mut self) -> anyhow::Result<()> {
        self.broken.take().map_or(Ok(()), Err)
    }

    /// How many attachments no post has asked for.
    pub(super) fn unused(&self) -> usize {
        self.library.len().saturating_sub(self.used.len())
    }

    /// All that are in.
    pub(super) fn ids(&self) -> Vec<PhotoId> {
        let mut ids: Vec<PhotoId> = self
            .taken
            .values()
            .flatten()
            .map(|taken| taken.id.clone())
            .collect();
        ids.sort();
        ids.dedup();
        ids
    }

    /// The number of the attachment that a picture is of.
    pub(super) fn attachment_of(&self, image: &Image) -> Option<u64> {
        let by_number = image.attachment.filter(|id| self.library.get(*id).is_some());
        by_number.or_else(|| self.library.of_address(image.src.as_deref()?))
    }

    /// The photograph of a picture in a post, or why there is none.
    pub(super) fn take(&mut self, image: &Image) -> Result<Taken, Remark> {
        let id = self.attachment_of(image);
        self.used.extend(id);
        let library = self.library;
        let attachment = id.and_then(|id| library.get(id));
        let missing = |what: String| {
            let words = match &image.caption {
                Caption::Words(words) => Some(words.clone()),
                Caption::OfAttachment => attachment.map(|attachment| attachment.caption.clone()),
                Caption::None => None,
            };
            let words = words.filter(|words| !words.is_empty());
            let said = words.map_or_else(String::new, |words| format!("; its caption is “{words}”"));
            Remark::new(Kind::PhotographMissing, "", format!("{what}{said}"))
        };
        let Some(uploads) = self.uploads else {
            return Err(missing("there is no --uploads folder to take it from".to_owned()));
        };
        let by_attachment = attachment.and_then(|attachment| uploads.find(&attachment.path));
        let of_src = image.src.as_deref().and_then(below_uploads);
        let path = by_attachment.or_else(|| uploads.find_address(&of_src.clone()?));
        let Some(path) = path else {
            let name = attachment
                .map(|attachment| attachment.path.clone())
                .or(of_src)
                .map(|path| format!("{path} is not in the uploads folder"))
                .or_else(|| Some(format!("{} is not among the site’s uploads", image.src.as_ref()?)))
                .or_else(|| Some(format!("attachment {} is not in the export", image.attachment?)));
            return Err(missing(
                name.unwrap_or_else(|| "a picture without an address".to_owned()),
            ));
        };
        if let Some(known) = self.taken.get(&path) {
            return known
                .clone()
                .map_err(|why| Remark::new(Kind::PhotographRefused, "", why));
        }
        let result = match self.take_file(&path, attachment) {
            Ok(taken) => Ok(taken),
            Err(error) => {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                let why = format!("{name}: {error:#}");
                if !is_about_the_file(&error) {
                    self.broken = Some(error);
                }
                Err(why)
            }
        };
        self.taken.insert(path, result.clone());
        result.map_err(|why| Remark::new(Kind::PhotographRefused, "", why))
    }

    fn take_file(&self, path: &Path, attachment: Option<&Attachment>) -> anyhow::Result<Taken> {
        let mut file = File::open(path)?;
        let limits = Limits::default();
        let Some(door) = &self.door else {
            probe(&mut file, &limits)?;
            return Ok(Taken {
                id: PhotoId::random(),
                caption: None,
                alt: None,
                place: None,
            });
        };
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let upload = ingest::stage(door.store, file, &name, limits.max_bytes)?;
        let now = door.clock.now();
        let (actor, attachment) = (door.actor.clone(), attachment.cloned());
        let credit = self.credit.map(str::to_owned);
        let ingesting = ingest::ingest_and(
            door.db,
            door.store,
            door.actor,
            upload,
            limits,
            now,
            move |conn, ingested| {
                // What stands in the file is the photographer's and stays; a photograph that was here before has words of people here.
                if !ingested.created {
                    return Ok(());
                }
                let photo = &ingested.photo;
                let change = words_for(photo, attachment.as_ref(), credit.as_deref());
                match edit::edit(conn, &actor, &photo.id, photo.version, &change, now) {
                    Ok(_) => Ok(()),
                    Err(PhotoError::Db(error)) => Err(error),
                    // It is one's own, and of this moment.
                    Err(_) => Err(DbError::Query(diesel::result::Error::RollbackTransaction)),
                }
            },
        );
        let id = door.runtime.block_on(ingesting)?.photo.id;
        door.bell.ring();
        let photo = door
            .db
            .read_now(|conn| photo_query::find_photo(conn, &id).map_err(DbError::from))?
            .context("the photograph was removed meanwhile")?;
        Ok(Taken {
            id: photo.id,
            caption: photo.caption,
            alt: photo.alt,
            place: photo.place,
        })
    }
}

/// Whether another file may fare better.
fn is_about_the_file(error: &anyhow::Error) -> bool {
    match error.downcast_ref::<IngestError>() {
        Some(error) => !matches!(error, IngestError::Store(_) | IngestError::Db(_)),
        None => error.is::<Refusal>() || error.is::<std::io::Error>(),
    }
}

/// The words of an attachment for what the file leaves empty.
fn words_for(photo: &Photo, attachment: Option<&Attachment>, credit: Option<&str>) -> PhotoEdit {
    let mut change = PhotoEdit::default();
    if photo.credit.is_none() {
        change.credit = credit.map(|credit| Some(cut(&clean_line(credit), Line::MOST)));
    }
    let Some(attachment) = attachment else {
        return change;
    };
    if photo.caption.is_none() {
        change.caption = caption_text(&attachment.caption).map(|words| Some(cut(&words, CaptionText::MOST)));
    }
    let alt = clean_line(&attachment.alt);
    if photo.alt.is_none() && !alt.is_empty() {
        change.alt = Some(Some(cut(&alt, Alt::MOST)));
    }
    // WordPress calls an attachment by its file's name until somebody gives it a title.
    let title = clean_line(&attachment.title);
    let stem = photo
        .file_name
        .rsplit_once('.')
        .map_or(photo.file_name.as_str(), |(stem, _)| stem);
    let stem = stem.strip_suffix("-scaled").unwrap_or(stem);
    if photo.headline.is_none() && !title.is_empty() && slugify(&title) != slugify(stem) {
        change.headline = Some(Some(cut(&title, Line::MOST)));
    }
    change
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_file_that_cannot_be_read_is_about_that_file_and_a_full_disk_is_not() {
        let unread = IngestError::Read(std::io::Error::other("bad sector"));
        assert!(is_about_the_file(&unread.into()));
        let broken = IngestError::Db(DbError::Stopped);
        assert!(!is_about_the_file(&broken.into()));
    }
}
