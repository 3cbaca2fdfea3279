//! Finding live stories by their words: which words of a document they are found under, and what is found.
//!
//! The words come from the published document alone, the very one that readers get: what it does not say, nobody finds.

use std::collections::{BTreeSet, HashMap};

use diesel::QueryResult;

use super::document::{DocumentBlock, StoryDocument};
use super::list::parse;
use super::query;
use crate::clock::Millis;
use crate::db::Conn;
use crate::id::StoryId;
use crate::search::live::{self, After, Facts, Words};
use crate::search::{END_OF_MARK, MARK, Query};
use crate::text::{SafeHtml, marked_to_html};

/// Grows when [`words`] takes something else from documents, so that the next start makes the index anew.
const VERSION: i64 = 1;

/// A live story that was found.
#[derive(Debug)]
pub struct FoundStory {
    /// The document.
    pub document: StoryDocument,
    /// Its title, with what was looked for marked.
    pub title: SafeHtml,
    /// The passage that says why it was found, unless that is the title alone.
    pub passage: Option<SafeHtml>,
    /// When what readers get of it last changed.
    pub changed_at: Millis,
}

/// A page of what was found.
#[derive(Debug)]
pub struct FoundStories {
    /// The stories, those that fit best first.
    pub stories: Vec<FoundStory>,
    /// Where the next page begins, if there is one.
    pub next: Option<After>,
}

/// Live stories that hold what is looked for, at most `limit`; those of one language (a tag in lower case, `nl` is
/// `nl-be` too), or all where it is empty.
///
/// # Errors
/// Those of the statements.
pub fn find(
    conn: &mut Conn,
    query: &Query,
    language: &str,
    after: Option<After>,
    limit: usize,
) -> QueryResult<FoundStories> {
    let ask = i64::try_from(limit.saturating_add(1)).unwrap_or(i64::MAX);
    let mut hits = live::find(conn, query, language, after, ask)?;
    let more = hits.len() > limit;
    hits.truncate(limit);
    let next = hits.last().filter(|_| more).map(|last| After {
        number: last.number,
        score: last.score,
    });
    let ids: Vec<&StoryId> = hits.iter().map(|hit| &hit.story).collect();
    let mut documents: HashMap<StoryId, StoryDocument> = query::list_live_documents_by_id(conn, &ids)?
        .iter()
        .filter_map(|live| Some((live.story.clone(), parse(live)?)))
        .collect();
    let mut stories = Vec::with_capacity(hits.len());
    for hit in &hits {
        let excerpts = live::find_excerpts(conn, query, hit.number)?;
        if let Some((document, excerpts)) = documents.remove(&hit.story).zip(excerpts) {
            let html = |text: &str| marked_to_html(text, MARK, END_OF_MARK);
            stories.push(FoundStory {
                document,
                title: html(&excerpts.title),
                passage: excerpts.passage().map(html),
                changed_at: hit.changed_at,
            });
        }
    }
    Ok(FoundStories { stories, next })
}

/// How many live stories hold what is looked for.
///
/// # Errors
/// Those of the statement.
pub fn count(conn: &mut Conn, query: &Query) -> QueryResult<usize> {
    Ok(usize::try_from(live::count(conn, query)?).unwrap_or_default())
}

/// Has a live story found under the words of this document from now on, as changed now.
pub(super) fn put(
    conn: &mut Conn,
    story: &StoryId,
    document: &StoryDocument,
    now: Millis,
) -> QueryResult<()> {
    let changed_at = live::next_change(conn, now)?;
    put_as_of(conn, story, document, changed_at)
}

fn put_as_of(
    conn: &mut Conn,
    story: &StoryId,
    document: &StoryDocument,
    changed_at: Millis,
) -> QueryResult<()> {
    let facts = Facts {
        language: &document.language.to_lowercase(),
        first_published_at: document.first_published_at.unwrap_or(changed_at),
        changed_at,
    };
    live::put(conn, story, facts, &words(document))
}

/// The words under which a document is found.
fn words(document: &StoryDocument) -> Words {
    let mut headings = Vec::new();
    let mut captions = Vec::new();
    let mut body = Vec::new();
    let mut places = BTreeSet::new();
    let mut names: BTreeSet<&str> = document.creators().into_iter().collect();
    names.extend(document.byline.as_deref());
    for block in &document.blocks {
        match block {
            DocumentBlock::Heading { text, .. } => headings.push(text.as_str()),
            DocumentBlock::Text { text, .. } => body.push(text.as_str()),
            DocumentBlock::Quote {
                text, attribution, ..
            } => {
                body.push(text);
                body.extend(attribution.as_deref());
            }
            DocumentBlock::Group { caption, .. } => {
                captions.extend(caption.as_ref().map(|caption| caption.text.as_str()));
            }
            DocumentBlock::Photo { .. } => {}
        }
    }
    for frame in document.frames() {
        places.extend(frame.place.as_deref());
        names.extend(frame.credit.as_deref());
        captions.extend(frame.caption.as_ref().map(|caption| caption.text.as_str()));
        captions.push(&frame.alt);
    }
    captions.retain(|text| !text.is_empty());
    let lines = |texts: &[&str]| texts.join("\n");
    let list = |texts: BTreeSet<&str>| lines(&texts.into_iter().collect::<Vec<_>>());
    Words {
        title: document.title.clone(),
        standfirst: document.standfirst.clone().unwrap_or_default(),
        headings: lines(&headings),
        places: list(places),
        names: list(names),
        tags: document.tags.join("\n"),
        captions: lines(&captions),
        body: lines(&body),
    }
}

/// Makes the index anew where it holds other words than this program takes from documents, or none yet.
///
/// # Errors
/// Those of the statements.
pub fn complete(conn: &mut Conn) -> QueryResult<()> {
    if live::find_version(conn)? == VERSION {
        return Ok(());
    }
    let mut before: Option<(Millis, StoryId)> = None;
    loop {
        let page = query::list_live_documents(conn, None, before.as_ref(), 100)?;
        for live in &page {
            if let Some(document) = parse(live) {
                let changed_at = match live::find_change(conn, &live.story)? {
                    Some(at) => at,
                    None => document
                        .published_at
                        .or(live.first_published_at)
                        .unwrap_or_default(),
                };
                put_as_of(conn, &live.story, &document, changed_at)?;
            }
        }
        match page.last() {
            Some(last) => before = Some((last.first_published_at.unwrap_or_default(), last.story.clone())),
            None => break,
        }
    }
    live::set_version(conn, VERSION)
}
