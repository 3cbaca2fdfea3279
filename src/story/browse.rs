//! Lists of live stories as other programs ask for them: narrowed, in one of four orders, page by page; and the lists of tags and photographers that
//! they stand in.

use std::collections::HashMap;

use diesel::QueryResult;

use super::document::StoryDocument;
use super::list::parse;
use super::listing::{Listing, ListingKind};
use super::query::{self, browse};
use crate::clock::Millis;
use crate::db::Conn;
use crate::id::StoryId;

/// In which order live stories come. Stories of one instant come in the order of their ids, so that every story has one place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LiveOrder {
    /// First published last first.
    #[default]
    NewestFirst,
    /// First published first first.
    OldestFirst,
    /// What changed last for readers first.
    ChangedLastFirst,
    /// What changed last for readers last: the order for keeping a copy in step, for what changes meanwhile comes once more, at the end.
    ChangedFirstFirst,
}

impl LiveOrder {
    /// Whether a place in this order is the instant of a change, and not that of the first publication.
    #[must_use]
    pub fn is_by_change(self) -> bool {
        matches!(self, Self::ChangedLastFirst | Self::ChangedFirstFirst)
    }
}

/// What a list of live stories is narrowed to; everything that is set must hold.
#[derive(Debug, Clone, Default)]
pub struct LiveFilter {
    /// Slug of a tag.
    pub tag: Option<String>,
    /// Slug of a photographer.
    pub photographer: Option<String>,
    /// A language tag in lower case; `nl` is `nl-be` too.
    pub language: Option<String>,
    /// Only what has changed for readers at this instant or since.
    pub changed_since: Option<Millis>,
    /// The order.
    pub order: LiveOrder,
    /// Only what comes behind this place of the order.
    pub after: Option<(Millis, StoryId)>,
}

/// A live story in such a list.
#[derive(Debug)]
pub struct Browsed {
    /// The document.
    pub document: StoryDocument,
    /// When what readers get of it last changed.
    pub changed_at: Millis,
}

/// A page of a list, and where the next one begins, if there is one.
pub type PageOf<Item, Place> = (Vec<Item>, Option<Place>);

/// Live stories that fit, at most `limit`, and where the next page begins, if there is one.
///
/// # Errors
/// Those of the statements.
pub fn list(
    conn: &mut Conn,
    filter: &LiveFilter,
    limit: usize,
) -> QueryResult<PageOf<Browsed, (Millis, StoryId)>> {
    let ask = i64::try_from(limit.saturating_add(1)).unwrap_or(i64::MAX);
    let mut places = browse::list_live_places(conn, filter, ask)?;
    let more = places.len() > limit;
    places.truncate(limit);
    let next = places.last().filter(|_| more).map(|last| {
        let at = if filter.order.is_by_change() {
            last.changed_at
        } else {
            last.first_published_at
        };
        (at, last.story.clone())
    });
    let ids: Vec<&StoryId> = places.iter().map(|place| &place.story).collect();
    let mut documents: HashMap<StoryId, StoryDocument> = query::list_live_documents_by_id(conn, &ids)?
        .iter()
        .filter_map(|live| Some((live.story.clone(), parse(live)?)))
        .collect();
    let stories = places.iter().filter_map(|place| {
        Some(Browsed {
            document: documents.remove(&place.story)?,
            changed_at: place.changed_at,
        })
    });
    Ok((stories.collect(), next))
}

/// Lists of a kind with how many live stories stand in each, by their slugs, at most `limit`, behind the slug `after`; and the last slug, if there are
/// more.
///
/// # Errors
/// Those of the statements.
pub fn list_listings(
    conn: &mut Conn,
    kind: ListingKind,
    after: &str,
    limit: usize,
) -> QueryResult<PageOf<(Listing, i64), String>> {
    let ask = i64::try_from(limit.saturating_add(1)).unwrap_or(i64::MAX);
    let mut rows = browse::list_listings(conn, kind, after, ask)?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|(slug, _)| slug.clone());
    let mut lists = Vec::with_capacity(rows.len());
    for (slug, stories) in rows {
        if let Some(name) = query::find_listing_name(conn, kind, &slug)? {
            lists.push((Listing { kind, slug, name }, stories));
        }
    }
    Ok((lists, next))
}
