//! Publishing: a numbered, immutable snapshot that readers see from the moment of its commit, and taking it back.

use std::collections::BTreeSet;

use super::checklist::{self, Remark};
use super::correction::{self, Correction};
use super::draft::{self, Draft};
use super::{Block, PartId, Seen, StoryError, access, compose, finding, listing, photos, query, revisions};
use crate::account::{self, Actor};
use crate::audit::Word;
use crate::clock::Millis;
use crate::db::{Conn, Db};
use crate::id::{PhotoId, StoryId};
use crate::photo::{Photo, Rendition, packet, repacked};
use crate::queue::{self, JobKind};
use crate::search::live;
use crate::site::AiTraining;
use crate::store::{Store, StoreError};
use crate::text::Note;
use crate::webhook::{Kind, tell};

/// Why a story was not published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// There is something in the way; all of it at once.
    #[error("The story cannot be published yet.")]
    Obstacles(Vec<Remark>),
    /// It is not, or not any more, scheduled for the moment that has come.
    #[error("The story is scheduled for another moment now, or for none.")]
    Rescheduled,
    /// The account that it is to be published for is disabled, or an editor's no longer.
    #[error("Whoever scheduled the story may not publish any more.")]
    NotAllowed,
    /// The story is not there, not this person's, or was changed.
    #[error(transparent)]
    Story(#[from] StoryError),
    /// The document could not be written.
    #[error("the publication could not be written as JSON")]
    Document(#[from] serde_json::Error),
    /// Files could not be written anew.
    #[error("the photographs' files could not be written")]
    Store(#[from] StoreError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] crate::db::DbError),
}

impl From<diesel::result::Error> for PublishError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Db(error.into())
    }
}

/// A publication that is live now.
#[derive(Debug, Clone)]
pub struct Published {
    /// Its number.
    pub number: i32,
    /// Its story's slug.
    pub slug: String,
    /// When it was made.
    pub at: Millis,
}

/// How often files are written anew before publishing, should somebody change words in that very moment.
const MOST_TRIES: u32 = 5;

/// Publishes the draft as it stands, if it still is as it was `seen`; files whose words the desk has changed are written anew first.
///
/// # Errors
/// [`PublishError`]; nothing that readers see has changed then.
pub async fn publish(
    db: &Db,
    store: &Store,
    actor: &Actor,
    id: &StoryId,
    seen: impl Into<Seen>,
    now: Millis,
) -> Result<Published, PublishError> {
    publish_with(db, store, actor, id, seen, None, now).await
}

/// Publishes like [`publish`], with a word to readers about what has changed.
///
/// # Errors
/// [`PublishError`]; nothing that readers see has changed then.
pub async fn publish_with(
    db: &Db,
    store: &Store,
    actor: &Actor,
    id: &StoryId,
    seen: impl Into<Seen>,
    note: Option<Note>,
    now: Millis,
) -> Result<Published, PublishError> {
    let (actor, id, seen) = (actor.clone(), id.clone(), seen.into());
    let order = move |conn: &mut Conn| {
        let story = access::find_editable(conn, &actor, &id)?;
        if !seen.is_still(&story) {
            return Err(StoryError::StaleStory.into());
        }
        let draft = draft::load(conn, story)?;
        if let Some(note) = &note {
            correction::check(&draft, note)?;
        }
        Ok(Order {
            draft,
            by: actor.clone(),
            note: note.clone(),
        })
    };
    carry_out(db, store, order, now).await
}

/// Publishes a draft whose moment has come, as it stands, in the name of whoever scheduled it.
///
/// # Errors
/// [`PublishError`]; nothing that readers see has changed then.
pub(super) async fn publish_scheduled(
    db: &Db,
    store: &Store,
    id: &StoryId,
    scheduled_for: Millis,
    now: Millis,
) -> Result<Published, PublishError> {
    let id = id.clone();
    let order = move |conn: &mut Conn| {
        // All of it is looked at in the transaction that publishes: who takes the schedule back in time has taken it back.
        let story = query::find_story(conn, &id)?.ok_or(StoryError::Unknown)?;
        let schedule = story
            .schedule
            .clone()
            .filter(|schedule| schedule.at == scheduled_for);
        let schedule = schedule.ok_or(PublishError::Rescheduled)?;
        let by = account::query::find_account(conn, &schedule.by)?
            .filter(|account| account.disabled_at.is_none())
            .map(|account| Actor::from(&account))
            .filter(Actor::edits_everything)
            .ok_or(PublishError::NotAllowed)?;
        // What it must not name by now is left out of it where the document is made.
        let note = schedule
            .correction
            .as_deref()
            .and_then(|text| Note::parse(text).ok());
        Ok(Order {
            draft: draft::load(conn, story)?,
            by,
            note,
        })
    };
    carry_out(db, store, order, now).await
}

/// What is to be published.
struct Order {
    draft: Draft,
    by: Actor,
    note: Option<Note>,
}

async fn carry_out(
    db: &Db,
    store: &Store,
    order: impl Fn(&mut Conn) -> Result<Order, PublishError> + Clone + Send + 'static,
    now: Millis,
) -> Result<Published, PublishError> {
    for _ in 0..MOST_TRIES {
        let order = order.clone();
        let attempt = db
            .write(move |conn| {
                let order = order(conn)?;
                attempt(conn, order, now)
            })
            .await?;
        let (stale, site) = match attempt {
            Attempt::Published(published) => return Ok(published),
            Attempt::StaleFiles(stale, site) => (stale, site),
        };
        for (photo, files) in stale {
            if let Some(repacked) = repacked::repack(store, &photo, &files, site).await? {
                repacked::adopt(db, store, repacked, now).await?;
            }
        }
    }
    Err(StoryError::StaleStory.into())
}

/// How an attempt to publish went that met no obstacle.
enum Attempt {
    Published(Published),
    /// These photos' files say something else than the desk, or than the site of training machines; nothing was published.
    StaleFiles(Vec<(Photo, Vec<Rendition>)>, AiTraining),
}

fn attempt(conn: &mut Conn, order: Order, now: Millis) -> Result<Attempt, PublishError> {
    let Order { mut draft, by, note } = order;
    let obstacles = checklist::obstacles(&draft, now);
    if !obstacles.is_empty() {
        return Err(PublishError::Obstacles(obstacles));
    }
    learn_places(conn, &mut draft, now)?;
    let site = packet::ai_training(conn)?;
    let stale = stale_files(&draft, site);
    if !stale.is_empty() {
        return Ok(Attempt::StaleFiles(stale, site));
    }
    let number = draft.story.publications_made + 1;
    // An import has said when it was first published.
    let is_new = draft.story.first_published_at.is_none();
    let now = if is_new {
        live::next_publication(conn, now)?
    } else {
        now
    };
    if let Some(note) = note {
        let text = note.into_string();
        let correction = Correction { at: now, text };
        correction::insert(conn, &draft.story.id, number, &correction)?;
        draft.corrections.push(correction);
    }
    let document = compose::compose(&draft, Some((number, now)));
    let id = &draft.story.id;
    query::insert_publication(conn, id, number, &serde_json::to_string(&document)?, &by.id, now)?;
    sweep_later(conn, id, now)?;
    query::set_live(conn, &draft.story, Some(number), &folders(&draft), now)?;
    let first_published_at = document.first_published_at.unwrap_or(now);
    query::replace_listings(conn, id, &listing::of(&document), first_published_at)?;
    finding::put(conn, id, &document, now)?;
    revisions::keep_published(conn, &draft, &by.id, now)?;
    let kind = if draft.story.is_live() {
        Kind::StoryUpdated
    } else {
        Kind::StoryPublished
    };
    tell::story(conn, kind, id, &draft.story.slug, Some(number), now)?;
    let words = format!("{} ({number})", draft.story.title);
    by.did(conn, Word::StoryPublished, id.as_str(), &words, now)?;
    Ok(Attempt::Published(Published {
        number,
        slug: draft.story.slug,
        at: now,
    }))
}

/// What frames call a place that is hidden, the photo's own words and files must not name either.
fn learn_places(conn: &mut Conn, draft: &mut Draft, now: Millis) -> diesel::QueryResult<()> {
    let frames = draft.blocks.iter().flat_map(Block::frames);
    let places: Vec<(PhotoId, String)> = frames
        .filter_map(|frame| Some((frame.photo_id.clone(), frame.words.place.clone()?)))
        .collect();
    for (id, place) in places {
        if let Some(photo) = draft.photos.get_mut(&id).filter(|photo| photo.hides_place()) {
            // Most are known since they were typed.
            if photo.embedded.facts.place_names.contains(&place) {
                continue;
            }
            photos::learn(conn, photo, std::slice::from_ref(&place), now)?;
            photo.embedded.facts.learn_place(&place);
        }
    }
    Ok(())
}

/// The photos that the story shows whose files say something else than the desk, with these files.
fn stale_files(draft: &Draft, site: AiTraining) -> Vec<(Photo, Vec<Rendition>)> {
    let shown: BTreeSet<&PhotoId> = draft
        .blocks
        .iter()
        .flat_map(Block::frames)
        .map(|frame| &frame.photo_id)
        .collect();
    shown
        .into_iter()
        .filter_map(|id| draft.photos.get(id))
        .filter(|photo| packet::is_stale(photo, site))
        .map(|photo| {
            let files = draft.renditions.get(&photo.id).cloned().unwrap_or_default();
            (photo.clone(), files)
        })
        .collect()
}

/// What the live publication shows may be shown by nobody after this: queues looking for it.
fn sweep_later(conn: &mut Conn, id: &StoryId, now: Millis) -> diesel::QueryResult<()> {
    for photo in query::list_public_photos(conn, id)? {
        queue::enqueue(conn, JobKind::SweepRenditions, photo.as_str(), now)?;
    }
    Ok(())
}

/// Takes the live publication back: readers get a 404 from the next request on.
///
/// # Errors
/// [`StoryError`].
pub fn unpublish(conn: &mut Conn, actor: &Actor, id: &StoryId, now: Millis) -> Result<(), StoryError> {
    let story = access::find_editable(conn, actor, id)?;
    sweep_later(conn, id, now)?;
    query::set_live(conn, &story, None, &[], now)?;
    query::replace_listings(conn, id, &[], now)?;
    live::remove(conn, id)?;
    if story.is_live() {
        let last = story.live_publication;
        tell::story(conn, Kind::StoryUnpublished, id, &story.slug, last, now)?;
        actor.did(conn, Word::StoryUnpublished, id.as_str(), &story.title, now)?;
    }
    Ok(())
}

/// Which photos with which renditions a publication shows.
fn folders(draft: &Draft) -> Vec<(PhotoId, String)> {
    let mut folders: Vec<(PhotoId, String)> = draft
        .blocks
        .iter()
        .flat_map(Block::frames)
        .filter_map(|frame| {
            let photo = draft.photos.get(&frame.photo_id)?;
            Some((photo.id.clone(), photo.folder.clone()?))
        })
        .collect();
    folders.sort();
    folders.dedup();
    folders
}

/// The part a remark is about, as text.
#[must_use]
pub fn part_of(remark: &Remark) -> Option<&str> {
    remark.part.as_ref().map(PartId::as_str)
}
