//! Making a story of what was read: the draft, its tray, its codes, the addresses it had, and what readers were told.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::check::Incoming;
use super::{Exchange, PhotoFields};
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
use crate::story::rewrite::codes;
use crate::story::{PartId, StoryError, query};

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
        sensitive: photo.sensitive,
        hide_place: photo.hide_place,
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

/// Makes the story, under its own address or (`with_slug` false) under one that is made of its title.
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
) -> Result<Draft, StoryError> {
    let mut new = incoming.story(photos);
    if !with_slug {
        new.slug = None;
    }
    // The tray comes first and goes first: a story may have as many blocks as fit, and those in the tray do not count.
    let (blocks, lead) = (std::mem::take(&mut new.blocks), new.lead.take());
    let made = with_tray(conn, actor, new, incoming.tray(photos), now)?;
    let id = made.story.id.clone();
    let inserts: Vec<Operation> = blocks
        .into_iter()
        .map(|block| Operation::Insert {
            position: None,
            block,
        })
        .collect();
    let made = operations::arrive(conn, actor, &id, made.story.version, &inserts, now)?;
    if let Some(lead) = lead.and_then(|lead| made.blocks.get(lead)) {
        query::set_lead(conn, &id, Some(&lead.id))?;
    }
    let exchange = incoming.exchange();
    if let Some(list) = &exchange.story.codes {
        codes::save(conn, actor, &id, list, now)?;
    }
    if with_slug {
        for slug in &exchange.story.former_slugs {
            if !query::is_slug_taken(conn, slug, Some(&id))? {
                query::insert_redirect(conn, slug, &id, now)?;
            }
        }
    }
    restore_history(conn, &id, exchange)?;
    let story = query::find_story(conn, &id)?.ok_or(StoryError::Unknown)?;
    Ok(draft::load(conn, story)?)
}

/// Makes a story of which all blocks lie in the tray, last removed first.
fn with_tray(
    conn: &mut Conn,
    actor: &Actor,
    mut new: NewStory,
    tray: Vec<NewBlock>,
    now: Millis,
) -> Result<Draft, StoryError> {
    new.blocks = tray;
    let mut made = create::create(conn, actor, new, now)?;
    let id = made.story.id.clone();
    // The tray is ordered by when each was removed.
    for (block, at) in std::mem::take(&mut made.blocks).into_iter().rev().zip(now..) {
        let remove = Operation::Remove {
            part: PartId::Block(block.id),
        };
        made = operations::arrive(conn, actor, &id, made.story.version, &[remove], at)?;
    }
    Ok(made)
}

/// What readers were told stays told, and a story that was published stays as old as it is; it is live when somebody publishes it here.
fn restore_history(conn: &mut Conn, id: &StoryId, exchange: &Exchange) -> QueryResult<()> {
    let story = &exchange.story;
    // A correction comes with a publication that is not the first.
    for (publication, correction) in (2..).zip(&exchange.corrections) {
        let correction = Correction {
            at: correction.at,
            text: correction.text.clone(),
        };
        correction::insert(conn, id, publication, &correction)?;
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
