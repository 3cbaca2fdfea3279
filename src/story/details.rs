//! Changing a story's own fields.

use super::create::{free_slug, tags_json};
use super::draft::{self, Draft};
use super::steps::{Before, What};
use super::{Story, StoryError, access, query};
use crate::account::Actor;
use crate::audit::Word;
use crate::clock::{Millis, rfc3339};
use crate::db::Conn;
use crate::id::{BlockId, StoryId};
use crate::search::live;
use crate::site;
use crate::text::Slug;
use crate::webhook::{Kind, tell};

/// New fields; `None` leaves one as it is, `Some(None)` empties it.
#[derive(Debug, Clone, Default)]
pub struct StoryEdit {
    /// Title.
    pub title: Option<String>,
    /// Last segment of the address.
    pub slug: Option<Slug>,
    /// The paragraph under the title.
    pub standfirst: Option<Option<String>>,
    /// Who made it.
    pub byline: Option<Option<String>>,
    /// Language tag.
    pub language: Option<String>,
    /// Its own date.
    pub date: Option<Option<String>>,
    /// Words to find it by.
    pub tags: Option<Vec<String>>,
    /// The block that leads.
    pub lead: Option<Option<BlockId>>,
    /// Whether the whole story is graphic.
    pub graphic: Option<bool>,
    /// Not to be published before.
    pub embargo_until: Option<Option<Millis>>,
    /// The time zone in which that was chosen.
    pub embargo_zone: Option<Option<String>>,
}

/// Changes fields if the story still has version `expected`. A change that changes nothing changes no version.
///
/// A new slug leaves the old one behind as a redirect.
///
/// # Errors
/// [`StoryError`].
pub fn edit(
    conn: &mut Conn,
    actor: &Actor,
    id: &StoryId,
    expected: i32,
    edit: &StoryEdit,
    now: Millis,
) -> Result<Draft, StoryError> {
    let story = access::find_editable(conn, actor, id)?;
    let same = |new: &Option<Option<String>>, old: &Option<String>| new.as_ref().is_none_or(|new| new == old);
    let nothing = edit.title.as_ref().is_none_or(|title| *title == story.title)
        && edit.slug.as_ref().is_none_or(|slug| slug.as_str() == story.slug)
        && same(&edit.standfirst, &story.standfirst)
        && same(&edit.byline, &story.byline)
        && edit
            .language
            .as_ref()
            .is_none_or(|language| *language == story.language)
        && same(&edit.date, &story.date)
        && edit.tags.as_ref().is_none_or(|tags| *tags == story.tags)
        && edit.lead.as_ref().is_none_or(|lead| *lead == story.lead)
        && edit.graphic.is_none_or(|graphic| graphic == story.graphic)
        && edit
            .embargo_until
            .is_none_or(|until| until == story.embargo_until)
        && same(&edit.embargo_zone, &story.embargo_zone);
    if nothing {
        return Ok(draft::load(conn, story)?);
    }
    if story.version != expected {
        return Err(StoryError::StaleStory);
    }
    if let Some(slug) = edit.slug.as_ref().filter(|slug| slug.as_str() != story.slug) {
        free_slug(conn, slug, Some(id))?;
        // Back to a name it had before: that name is the story's own again.
        query::delete_redirect(conn, slug.as_str())?;
        query::insert_redirect(conn, &story.slug, id, now)?;
        let moved = format!("{} → {}", story.slug, slug.as_str());
        actor.did(conn, Word::StoryMoved, id.as_str(), &moved, now)?;
        if story.is_live() {
            site::query::count_public_change(conn)?;
            let live = story.live_publication;
            tell::story(conn, Kind::StoryUpdated, id, slug.as_str(), live, now)?;
            live::touch(conn, id, now)?;
        }
    }
    if let Some(Some(lead)) = &edit.lead {
        let (blocks, _) = super::parts::load_blocks(conn, id)?;
        if !blocks
            .iter()
            .any(|block| block.id == *lead && !block.frames().is_empty())
        {
            let message = "The lead must be a block of this story that has a photograph.";
            return Err(StoryError::invalid("/lead", "not_a_photo", message));
        }
    }
    check_embargo(&story, edit)?;
    let embargo = story.embargo_until;
    let draft = draft::load(conn, story)?;
    let before = Before::of(&draft);
    let tags = edit.tags.as_deref().map(tags_json);
    query::change_story(
        conn,
        id,
        &query::StoryChange {
            slug: edit.slug.as_ref().map(Slug::as_str),
            title: edit.title.as_deref(),
            standfirst: edit.standfirst.as_ref().map(Option::as_deref),
            byline: edit.byline.as_ref().map(Option::as_deref),
            language: edit.language.as_deref(),
            story_date: edit.date.as_ref().map(Option::as_deref),
            tags: tags.as_deref(),
            lead_block_id: edit.lead.as_ref().map(|lead| lead.as_ref().map(BlockId::as_str)),
            graphic: edit.graphic,
            embargo_until: edit.embargo_until,
            embargo_zone: edit.embargo_zone.as_ref().map(Option::as_deref),
        },
    )?;
    query::note_change(conn, id, &actor.id, true, now)?;
    let story = query::find_story(conn, id)?.ok_or(StoryError::Unknown)?;
    let after = draft::reload_parts(conn, draft, story)?;
    before.record(conn, &after, actor, What::Fields, now)?;
    if after.story.embargo_until != embargo {
        let until = after.story.embargo_until.map_or_else(|| "–".to_owned(), rfc3339);
        let told = format!("{}: {until}", after.story.title);
        actor.did(conn, Word::EmbargoChanged, id.as_str(), &told, now)?;
    }
    Ok(after)
}

/// A story is not scheduled for a moment at which its embargo forbids it.
fn check_embargo(story: &Story, edit: &StoryEdit) -> Result<(), StoryError> {
    let until = edit.embargo_until.flatten();
    let goes_out = story.schedule.as_ref().map(|schedule| schedule.at);
    if until.zip(goes_out).is_some_and(|(until, at)| until > at) {
        let message = "The story is scheduled for before that moment; move the schedule or cancel it first.";
        return Err(StoryError::invalid("/embargo_until", "after_schedule", message));
    }
    Ok(())
}
