//! Making a story of what was read: the draft, its tray, its codes, the addresses it had, and what readers were told; and bringing the same to a story
//! that is there already.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::check::Incoming;
use super::write::{self, Beside};
use super::{CorrectionFields, Exchange, PhotoFields};
use crate::account::Actor;
use crate::clock::Millis;
use crate::db::Conn;
use crate::db::schema::stories;
use crate::id::{PhotoId, StoryId};
use crate::photo::Photo;
use crate::photo::edit::PhotoEdit;
use crate::story::correction::{self, Correction};
use crate::story::create::{self, NewStory};
use crate::story::draft::{self, Draft};
use crate::story::operations::{self, NewBlock, Operation};
use crate::story::origin::{self, OldAddress};
use crate::story::rewrite::codes;
use crate::story::{MOST_BLOCKS, StoryError, parts, query};

/// The words and marks of a photograph, for a photo that has just come in.
#[must_use]
pub fn words_of(photo: &PhotoFields) -> PhotoEdit {
    PhotoEdit {
        caption: Some(photo.caption.clone()),
        headline: Some(photo.headline.clone()),
        place: Some(photo.place.clone()),
        alt: Some(photo.alt.clone()),
        decorative: Some(photo.decorative),
        credit: Some(photo.credit.clone()),
        creator: Some(photo.creator.clone()),
        copyright: Some(photo.copyright.clone()),
        license: Some(photo.license.clone()),
        focal: Some(photo.focal),
        // What is hidden here of the same file, or of an earlier one, stays hidden.
        sensitive: photo.sensitive.filter(|mark| *mark),
        hide_place: photo.hide_place.filter(|mark| *mark),
    }
}

/// What a photo that is there already takes over: the marks that hide more than it hides, and nothing else; `None` if there are none.
#[must_use]
pub fn take_marks(photo: &PhotoFields, there: &Photo) -> Option<PhotoEdit> {
    let edit = PhotoEdit {
        sensitive: photo.sensitive.filter(|mark| *mark && !there.sensitive),
        hide_place: photo.hide_place.filter(|mark| *mark && !there.hide_place),
        ..PhotoEdit::default()
    };
    edit.hides_more().then_some(edit)
}

/// Makes the story, under its own address or (`with_slug` false) under one that is made of its title. Where another story has or had its address,
/// it gets a number behind it. Gives a sentence for each thing that another story has already.
///
/// # Errors
/// [`StoryError`].
pub fn restore(
    conn: &mut Conn,
    actor: &Actor,
    incoming: &Incoming,
    photos: &BTreeMap<String, PhotoId>,
    with_slug: bool,
    now: Millis,
) -> Result<(Draft, Vec<String>), StoryError> {
    let mut told = Vec::new();
    let mut new = incoming.story(photos);
    new.slug = match new.slug.take().filter(|_| with_slug) {
        Some(slug) => {
            let free = create::next_free_slug(conn, &slug)?;
            if free != slug {
                told.push(format!(
                    "another story has or had the address “{}”, so it got “{}”",
                    slug.as_str(),
                    free.as_str()
                ));
            }
            Some(free)
        }
        None => None,
    };
    // The tray comes first: a story may have as many blocks as fit, and those in the tray do not count.
    let (blocks, lead) = (std::mem::take(&mut new.blocks), new.lead.take());
    let made = with_tray(conn, actor, new, incoming.tray(photos), now)?;
    let id = made.story.id.clone();
    let inserts = inserts(blocks);
    let made = operations::arrive(conn, actor, (&id, made.story.version), &inserts, false, now)?;
    if let Some(lead) = lead.and_then(|lead| made.blocks.get(lead)) {
        query::set_lead(conn, &id, Some(&lead.id))?;
    }
    let exchange = incoming.exchange();
    if let Some(list) = &exchange.story.codes {
        codes::save(conn, actor, &id, list, now)?;
    }
    if with_slug {
        told.extend(bring_addresses(conn, &id, exchange, now)?);
    }
    restore_history(conn, &id, exchange)?;
    Ok((reread(conn, &id)?, told))
}

fn reread(conn: &mut Conn, id: &StoryId) -> Result<Draft, StoryError> {
    let story = query::find_story(conn, id)?.ok_or(StoryError::Unknown)?;
    Ok(draft::load(conn, story)?)
}

fn inserts(blocks: impl IntoIterator<Item = NewBlock>) -> Vec<Operation> {
    blocks
        .into_iter()
        .map(|block| Operation::Insert {
            position: None,
            block,
        })
        .collect()
}

/// Makes a story of which all blocks lie in the tray, last removed first.
fn with_tray(
    conn: &mut Conn,
    actor: &Actor,
    new: NewStory,
    tray: Vec<NewBlock>,
    now: Millis,
) -> Result<Draft, StoryError> {
    let made = create::create(conn, actor, new, now)?;
    add_to_tray(conn, actor, &made, tray, now)?;
    reread(conn, &made.story.id)
}

/// Lays blocks into the tray, last removed first. It may hold more than a story shows, so they pass through the story in parts that fit.
fn add_to_tray(
    conn: &mut Conn,
    actor: &Actor,
    draft: &Draft,
    mut tray: Vec<NewBlock>,
    now: Millis,
) -> Result<(), StoryError> {
    let id = &draft.story.id;
    let shown = draft.blocks.len();
    // The tray is ordered by when each was removed.
    tray.reverse();
    let mut at = now;
    let mut version = draft.story.version;
    let room = MOST_BLOCKS.saturating_sub(shown).max(1);
    for part in tray.chunks(room) {
        let laid = operations::arrive(conn, actor, (id, version), &inserts(part.to_vec()), false, now)?;
        for block in laid.blocks.iter().skip(shown) {
            parts::lay_in_tray(conn, &block.id, at)?;
            at += 1;
        }
        version = laid.story.version;
    }
    Ok(())
}

/// What readers were told stays told, and a story that was published stays as old as it is; it is live when somebody publishes it here.
fn restore_history(conn: &mut Conn, id: &StoryId, exchange: &Exchange) -> QueryResult<()> {
    let story = &exchange.story;
    // A correction comes with a publication that is not the first.
    for (publication, correction) in (2..).zip(&exchange.corrections) {
        correction::insert(conn, id, publication, &as_told(correction))?;
    }
    let told = i32::try_from(exchange.corrections.len()).unwrap_or(0);
    let least = if told > 0 { told + 1 } else { 0 };
    diesel::update(stories::table.find(id))
        .set((
            stories::first_published_at.eq(story.first_published_at),
            stories::publications_made.eq(story.publications.unwrap_or(0).max(least)),
            stories::embargo_zone.eq(&story.embargo_zone),
        ))
        .execute(conn)?;
    Ok(())
}

fn as_told(correction: &CorrectionFields) -> Correction {
    Correction {
        at: correction.at,
        text: correction.text.clone(),
    }
}

/// Has the addresses that the story had lead to it, here and elsewhere; gives a sentence for each that another story has.
fn bring_addresses(
    conn: &mut Conn,
    id: &StoryId,
    exchange: &Exchange,
    now: Millis,
) -> QueryResult<Vec<String>> {
    let mut told = Vec::new();
    let own = query::find_story(conn, id)?.map(|story| story.slug);
    for slug in exchange.story.former_slugs.iter().chain([&exchange.story.slug]) {
        if own.as_ref() == Some(slug) {
            continue;
        }
        if !query::is_slug_taken(conn, slug, Some(id))? {
            query::insert_redirect(conn, slug, id, now)?;
        } else if *slug != exchange.story.slug {
            told.push(format!("its former address “{slug}” is another story’s here"));
        }
    }
    let addresses: Vec<OldAddress> = exchange
        .story
        .old_addresses
        .iter()
        .filter_map(|address| OldAddress::kept(address))
        .collect();
    let taken = origin::bring_along(conn, id, &exchange.story.origins, &addresses, now)?;
    told.extend(taken.iter().map(|address| {
        format!(
            "the address {} that it had elsewhere leads to another story here",
            address.as_str()
        )
    }));
    Ok(told)
}

/// Brings a story that is there already what the file has beside its blocks and fields and the story has not: corrections, codes, what lies in the
/// tray, and the addresses it had. Nothing that is here is taken away: where both say something else, what is here stays, and a sentence says so.
///
/// # Errors
/// [`StoryError`].
pub fn catch_up(
    conn: &mut Conn,
    actor: &Actor,
    incoming: &Incoming,
    photos: &BTreeMap<String, PhotoId>,
    draft: &Draft,
    now: Millis,
) -> Result<(Draft, Vec<String>), StoryError> {
    let exchange = incoming.exchange();
    let id = &draft.story.id;
    let mut told = Vec::new();
    told.extend(bring_corrections(conn, actor, draft, &exchange.corrections, now)?);
    let there: Beside = write::beside(conn, id)?;
    let list = exchange.story.codes.as_deref().unwrap_or_default();
    if there.codes.is_empty() && !list.is_empty() {
        codes::save(conn, actor, id, list, now)?;
    } else if !list.is_empty() && there.codes != list {
        told.push("its code replacements differ from those here, which stay".to_owned());
    }
    told.extend(bring_addresses(conn, id, exchange, now)?);
    restore_age(conn, id, exchange)?;
    let known: Vec<NewBlock> = draft.blocks.iter().chain(&draft.tray).map(NewBlock::of).collect();
    let missing: Vec<NewBlock> = incoming
        .tray(photos)
        .into_iter()
        .filter(|block| !known.contains(block))
        .collect();
    let now_here = reread(conn, id)?;
    if missing.is_empty() {
        return Ok((now_here, told));
    }
    if now_here.blocks.len() >= MOST_BLOCKS {
        told.push(format!(
            "blocks in its tray that are not here: {}; the story is full, so they were left out",
            missing.len()
        ));
        return Ok((now_here, told));
    }
    add_to_tray(conn, actor, &now_here, missing, now)?;
    Ok((reread(conn, id)?, told))
}

/// Adds the corrections that follow on those which are here.
fn bring_corrections(
    conn: &mut Conn,
    actor: &Actor,
    draft: &Draft,
    corrections: &[CorrectionFields],
    now: Millis,
) -> Result<Option<String>, StoryError> {
    let brought: Vec<Correction> = corrections.iter().map(as_told).collect();
    let here = &draft.corrections;
    let Some(new) = brought.strip_prefix(here.as_slice()) else {
        let is_older = here.starts_with(&brought);
        let differ = "its corrections differ from those here, which stay";
        return Ok((!is_older).then(|| differ.to_owned()));
    };
    if new.is_empty() {
        return Ok(None);
    }
    let id = &draft.story.id;
    let newest = correction::newest_publication(conn, id)?.max(draft.story.publications_made);
    let mut publication = newest.max(1);
    for correction in new {
        publication += 1;
        correction::insert(conn, id, publication, correction)?;
    }
    diesel::update(stories::table.find(id))
        .set(stories::publications_made.eq(publication))
        .execute(conn)?;
    // Readers do not know of them yet.
    query::note_change(conn, id, &actor.id, true, now)?;
    Ok(None)
}

/// A story is as old as it was where it comes from.
fn restore_age(conn: &mut Conn, id: &StoryId, exchange: &Exchange) -> QueryResult<()> {
    diesel::update(
        stories::table
            .find(id)
            .filter(stories::first_published_at.is_null()),
    )
    .set(stories::first_published_at.eq(exchange.story.first_published_at))
    .execute(conn)?;
    Ok(())
}
