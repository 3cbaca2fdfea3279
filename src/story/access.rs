//! Who may see and change what of a story. All other files of this floor ask here.

use diesel::prelude::*;

use super::{Story, StoryError, query};
use crate::account::Actor;
use crate::db::Conn;
use crate::db::schema::{blocks, frames, story_members};
use crate::id::{PhotoId, StoryId};
use crate::photo::{self, Photo};

/// The story, if this person may see its draft: editors all of them, photographers those of which they are a member.
///
/// # Errors
/// [`StoryError::Unknown`] for a story that is not there and for one that is hidden alike.
pub fn find_visible(conn: &mut Conn, actor: &Actor, id: &StoryId) -> Result<Story, StoryError> {
    let story = query::find_story(conn, id)?.ok_or(StoryError::Unknown)?;
    if actor.edits_everything() || query::is_member(conn, id, &actor.id)? {
        Ok(story)
    } else {
        Err(StoryError::Unknown)
    }
}

/// The story, if this person may edit all of it.
///
/// # Errors
/// [`StoryError::Unknown`] if they may not even see it, [`StoryError::Forbidden`] if they may only see it.
pub fn find_editable(conn: &mut Conn, actor: &Actor, id: &StoryId) -> Result<Story, StoryError> {
    let story = find_visible(conn, actor, id)?;
    if actor.edits_everything() {
        Ok(story)
    } else {
        Err(StoryError::Forbidden(
            "Only an editor may do this; a photographer adds and captions their own photographs.",
        ))
    }
}

/// Whether this person may see a photo: editors all, others their own and those in stories of which they are a member.
///
/// # Errors
/// Those of the statement.
pub fn may_see_photo(conn: &mut Conn, actor: &Actor, photo: &Photo) -> QueryResult<bool> {
    if photo.may_be_changed_by(actor) {
        return Ok(true);
    }
    diesel::select(diesel::dsl::exists(
        frames::table
            .inner_join(blocks::table)
            .inner_join(story_members::table.on(story_members::story_id.eq(blocks::story_id)))
            .filter(
                frames::photo_id
                    .eq(&photo.id)
                    .and(story_members::account_id.eq(&actor.id)),
            ),
    ))
    .get_result(conn)
}

/// The photo, if this person may see it.
///
/// # Errors
/// Those of the statements.
pub fn find_visible_photo(conn: &mut Conn, actor: &Actor, id: &PhotoId) -> QueryResult<Option<Photo>> {
    match photo::query::find_photo(conn, id)? {
        Some(photo) if may_see_photo(conn, actor, &photo)? => Ok(Some(photo)),
        _ => Ok(None),
    }
}
