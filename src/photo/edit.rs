//! Editing a photo's words and marks. The original is never touched.

use super::query::{self, PhotoChange};
use super::{Photo, PhotoState, turn};
use crate::account::Actor;
use crate::audit::Word;
use crate::clock::Millis;
use crate::db::Conn;
use crate::id::{AccountId, PhotoId};
use crate::metadata::{Metadata, Names};

/// What is to change; a field that is `None` stays, `Some(None)` empties it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PhotoEdit {
    /// Caption of record.
    pub caption: Option<Option<String>>,
    /// Headline.
    pub headline: Option<Option<String>>,
    /// Where it was taken.
    pub place: Option<Option<String>>,
    /// Alt text.
    pub alt: Option<Option<String>>,
    /// Needs no alt text.
    pub decorative: Option<bool>,
    /// Credit line.
    pub credit: Option<Option<String>>,
    /// Who made it.
    pub creator: Option<Option<String>>,
    /// Copyright notice.
    pub copyright: Option<Option<String>>,
    /// Licence address.
    pub license: Option<Option<String>>,
    /// Focal point, fractions from the top left.
    pub focal: Option<(f64, f64)>,
    /// Neither date nor place nor person may be public.
    pub sensitive: Option<bool>,
    /// The place may not be public.
    pub hide_place: Option<bool>,
}

impl PhotoEdit {
    /// Whether this may take something away from readers; of a photo whose place is hidden already another name for it does.
    #[must_use]
    pub fn hides_more(&self) -> bool {
        self.hide_place == Some(true) || self.sensitive == Some(true) || matches!(self.place, Some(Some(_)))
    }

    /// Whether this takes a mark off a photo that somebody else set: what others hid, an editor shows.
    fn shows_what_others_hid(&self, photo: &Photo, actor: &Actor) -> bool {
        let is_others = |by: &Option<AccountId>| by.as_ref() != Some(&actor.id);
        let shows_place = photo.hide_place && self.hide_place == Some(false) && is_others(&photo.place_by);
        let shows_all = photo.sensitive && self.sensitive == Some(false) && is_others(&photo.sensitive_by);
        !actor.edits_everything() && (shows_place || shows_all)
    }

    /// Whether this changes anything of the photo.
    #[must_use]
    pub fn changes(&self, photo: &Photo) -> bool {
        !changes_nothing(photo, self)
    }

    /// The photo as it will be.
    #[must_use]
    pub fn applied_to(&self, photo: Photo) -> Photo {
        let text = |new: &Option<Option<String>>, old| new.clone().unwrap_or(old);
        let mut embedded = photo.embedded;
        if let Some(old) = photo.place.as_deref()
            && self.place.as_ref().is_some_and(|new| new.as_deref() != Some(old))
        {
            embedded.facts.learn_place(old);
        }
        Photo {
            embedded,
            caption: text(&self.caption, photo.caption),
            headline: text(&self.headline, photo.headline),
            place: text(&self.place, photo.place),
            alt: text(&self.alt, photo.alt),
            decorative: self.decorative.unwrap_or(photo.decorative),
            credit: text(&self.credit, photo.credit),
            creator: text(&self.creator, photo.creator),
            copyright: text(&self.copyright, photo.copyright),
            license: text(&self.license, photo.license),
            focal: self.focal.unwrap_or(photo.focal),
            sensitive: self.sensitive.unwrap_or(photo.sensitive),
            hide_place: self.hide_place.unwrap_or(photo.hide_place),
            ..photo
        }
    }
}

/// Why a photo was not changed.
#[derive(Debug, thiserror::Error)]
pub enum PhotoError {
    /// There is none, or not for this person.
    #[error("there is no such photo")]
    Unknown,
    /// Somebody changed it since it was read; the current state comes along.
    #[error("The photo was changed by somebody else in the meantime.")]
    Stale(Box<Photo>),
    /// What it hides, somebody else hid.
    #[error(
        "Somebody else has hidden the place of this photograph, or marked it as sensitive: only an editor may take that back."
    )]
    HiddenByOther,
    /// The photo is in a story.
    #[error("The photo is used in a story and stays; take it out of the story first.")]
    InUse,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] crate::db::DbError),
}

impl From<diesel::result::Error> for PhotoError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Db(error.into())
    }
}

/// Changes a photo's words if it still has version `expected`. A change that changes nothing changes no version.
///
/// # Errors
/// [`PhotoError`].
pub fn edit(
    conn: &mut Conn,
    actor: &Actor,
    id: &PhotoId,
    expected: i32,
    edit: &PhotoEdit,
    now: Millis,
) -> Result<Photo, PhotoError> {
    let photo = query::find_photo(conn, id)?
        .filter(|photo| photo.may_be_changed_by(actor))
        .ok_or(PhotoError::Unknown)?;
    if changes_nothing(&photo, edit) {
        return Ok(photo);
    }
    if photo.version != expected {
        return Err(PhotoError::Stale(Box::new(photo)));
    }
    if edit.shows_what_others_hid(&photo, actor) {
        return Err(PhotoError::HiddenByOther);
    }
    make(conn, actor, &photo, edit, now)
}

/// Hides what `marks` hides of a photo, whoever's it is: whether this person may, the caller has seen.
///
/// # Errors
/// [`PhotoError`].
pub fn hide(
    conn: &mut Conn,
    actor: &Actor,
    id: &PhotoId,
    marks: &PhotoEdit,
    now: Millis,
) -> Result<Photo, PhotoError> {
    let photo = query::find_photo(conn, id)?.ok_or(PhotoError::Unknown)?;
    if changes_nothing(&photo, marks) {
        return Ok(photo);
    }
    make(conn, actor, &photo, marks, now)
}

fn make(
    conn: &mut Conn,
    actor: &Actor,
    photo: &Photo,
    edit: &PhotoEdit,
    now: Millis,
) -> Result<Photo, PhotoError> {
    let id = &photo.id;
    let after = edit.applied_to(photo.clone());
    let embedded = (after.embedded != photo.embedded).then(|| json(&after.embedded));
    // Whoever sets a mark, it is their word; one that is taken off is nobody's.
    let whose = |before: bool, after: bool| (before != after).then_some(after.then_some(&actor.id));
    let focal_moved = edit.focal.is_some_and(|focal| focal != photo.focal);
    query::change_photo(
        conn,
        id,
        &PhotoChange {
            caption: edit.caption.as_ref().map(Option::as_deref),
            headline: edit.headline.as_ref().map(Option::as_deref),
            place: edit.place.as_ref().map(Option::as_deref),
            alt: edit.alt.as_ref().map(Option::as_deref),
            decorative: edit.decorative,
            credit: edit.credit.as_ref().map(Option::as_deref),
            creator: edit.creator.as_ref().map(Option::as_deref),
            copyright: edit.copyright.as_ref().map(Option::as_deref),
            license: edit.license.as_ref().map(Option::as_deref),
            taken_on: None,
            focal_x: edit.focal.map(|focal| focal.0),
            focal_y: edit.focal.map(|focal| focal.1),
            sensitive: edit.sensitive,
            hide_place: edit.hide_place,
            sensitive_by: whose(photo.sensitive, after.sensitive),
            place_by: whose(photo.hide_place, after.hide_place),
            embedded: embedded.as_deref(),
            version: Some(photo.version + 1),
            updated_at: Some(now),
        },
    )?;
    tell(conn, actor, photo, edit, now)?;
    if let Some(kept) = query::find_marks(conn, &photo.original_sha256)? {
        let lowers = |by: &Option<AccountId>| actor.edits_everything() || by.as_ref() == Some(&actor.id);
        let marks = query::Marks {
            sensitive: kept.sensitive && !(edit.sensitive == Some(false) && lowers(&kept.sensitive_by)),
            hide_place: kept.hide_place && !(edit.hide_place == Some(false) && lowers(&kept.place_by)),
            ..kept
        };
        query::keep_marks(conn, &photo.original_sha256, &marks)?;
    }
    if focal_moved && photo.state == PhotoState::Ready {
        // The crops follow the focal point: a new set of files under new names; the old ones stay where they are published.
        turn::render_again(conn, photo, now)?;
    }
    query::find_photo(conn, id)?.ok_or(PhotoError::Unknown)
}

/// Has a photo know these names, which stand elsewhere; says whether one is new to it.
///
/// # Errors
/// Those of the statement.
pub fn learn(conn: &mut Conn, photo: &Photo, names: &Names) -> diesel::QueryResult<bool> {
    let mut embedded = photo.embedded.clone();
    embedded.facts.learn(names);
    if embedded == photo.embedded {
        return Ok(false);
    }
    let change = PhotoChange {
        embedded: Some(&json(&embedded)),
        ..PhotoChange::default()
    };
    query::change_photo(conn, &photo.id, &change)?;
    Ok(true)
}

fn json(embedded: &Metadata) -> String {
    serde_json::to_string(embedded).unwrap_or_else(|_| "{}".to_owned())
}

/// Tells the trail what of a photo was hidden or shown, and that its words were worked on.
fn tell(
    conn: &mut Conn,
    actor: &Actor,
    photo: &Photo,
    edit: &PhotoEdit,
    now: Millis,
) -> diesel::QueryResult<()> {
    let place = edit.hide_place.filter(|hide| *hide != photo.hide_place);
    let sensitive = edit.sensitive.filter(|mark| *mark != photo.sensitive);
    let words = [
        place.map(|hide| if hide { Word::PlaceHidden } else { Word::PlaceShown }),
        sensitive.map(|mark| {
            if mark {
                Word::MarkedSensitive
            } else {
                Word::MarkedHarmless
            }
        }),
    ];
    for word in words.into_iter().flatten() {
        actor.did(conn, word, photo.id.as_str(), &photo.file_name, now)?;
    }
    let words = PhotoEdit {
        sensitive: None,
        hide_place: None,
        ..edit.clone()
    };
    if words.changes(photo) {
        actor.worked_on(conn, Word::PhotoEdited, photo.id.as_str(), &photo.file_name, now)?;
    }
    Ok(())
}

fn changes_nothing(photo: &Photo, edit: &PhotoEdit) -> bool {
    let text = |new: &Option<Option<String>>, old: &Option<String>| new.as_ref().is_none_or(|new| new == old);
    let flag = |new: Option<bool>, old: bool| new.is_none_or(|new| new == old);
    text(&edit.caption, &photo.caption)
        && text(&edit.headline, &photo.headline)
        && text(&edit.place, &photo.place)
        && text(&edit.alt, &photo.alt)
        && flag(edit.decorative, photo.decorative)
        && text(&edit.credit, &photo.credit)
        && text(&edit.creator, &photo.creator)
        && text(&edit.copyright, &photo.copyright)
        && text(&edit.license, &photo.license)
        && edit.focal.is_none_or(|focal| focal == photo.focal)
        && flag(edit.sensitive, photo.sensitive)
        && flag(edit.hide_place, photo.hide_place)
}
