//! Under which tags and photographers readers find a live story: small lists beside the documents, so that a page of one tag is as fast with
//! ten thousand stories as with ten.

use diesel::QueryResult;

use super::document::StoryDocument;
use super::query;
use crate::clock::Millis;
use crate::db::Conn;
use crate::id::StoryId;
use crate::text::slugify;

/// What a list of stories has in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ListingKind {
    /// A tag.
    Tag,
    /// Somebody who made photographs in them.
    Photographer,
}

impl ListingKind {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Tag => "tag",
            Self::Photographer => "photographer",
        }
    }
}

/// One list that a story stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// What kind of list.
    pub kind: ListingKind,
    /// Its address's last segment.
    pub slug: String,
    /// Its name, as people write it.
    pub name: String,
}

impl Listing {
    /// The list of a name; `None` for a name of which nothing can be made that stands in an address.
    #[must_use]
    pub fn new(kind: ListingKind, name: &str) -> Option<Self> {
        let slug = slugify(name);
        (!slug.is_empty()).then(|| Self {
            kind,
            slug,
            name: name.to_owned(),
        })
    }
}

/// The lists in which a document stands.
#[must_use]
pub fn of(document: &StoryDocument) -> Vec<Listing> {
    let tags = document
        .tags
        .iter()
        .filter_map(|tag| Listing::new(ListingKind::Tag, tag));
    let photographers = document
        .creators()
        .into_iter()
        .filter_map(|name| Listing::new(ListingKind::Photographer, name));
    tags.chain(photographers).collect()
}

/// Lists stories that were live before lists were kept.
///
/// # Errors
/// Those of the statements.
pub fn complete(conn: &mut Conn) -> QueryResult<()> {
    if query::are_listings_complete(conn)? {
        return Ok(());
    }
    let mut before: Option<(Millis, StoryId)> = None;
    loop {
        let page = query::list_live_documents(conn, None, before.as_ref(), 100)?;
        for live in &page {
            if let Ok(document) = serde_json::from_str::<StoryDocument>(&live.document) {
                let at = live.first_published_at.unwrap_or_default();
                query::replace_listings(conn, &live.story, &of(&document), at)?;
            }
        }
        match page.last() {
            Some(last) => before = Some((last.first_published_at.unwrap_or_default(), last.story.clone())),
            None => break,
        }
    }
    query::mark_listings_complete(conn)
}
