//! The index of what is live. It holds published documents' words and nothing else: what a place hides was never put in, and what is hidden or
//! withdrawn later goes in the transaction that hides or withdraws it.

use diesel::dsl::max;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Double, Text};

use super::{END_OF_MARK, MARK, Query, plain};
use crate::clock::{HOUR, Millis};
use crate::db::Conn;
use crate::db::schema::{counters, live_stories};
use crate::id::StoryId;

/// The words of a live story, by where they stand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    /// Title.
    pub title: String,
    /// The paragraph under it.
    pub standfirst: String,
    /// Headings between paragraphs.
    pub headings: String,
    /// Where photographs were taken.
    pub places: String,
    /// Who made story and photographs.
    pub names: String,
    /// Tags.
    pub tags: String,
    /// Captions and alternative texts.
    pub captions: String,
    /// Paragraphs and quotations.
    pub body: String,
}

/// What is known of a live story beside its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts<'a> {
    /// Its language tag in lower case: `nl-be`.
    pub language: &'a str,
    /// When it was published for the first time.
    pub first_published_at: Millis,
    /// When what readers get of it last changed.
    pub changed_at: Millis,
}

/// How much a word counts by where it stands, in the order of the index's columns: in the title most, in the text least.
const WEIGHTS: &str = "12.0, 6.0, 4.0, 4.0, 4.0, 5.0, 2.0, 1.0";

/// Puts a live story in, or its new words in place of the old ones.
///
/// # Errors
/// Those of the statements.
pub fn put(conn: &mut Conn, story: &StoryId, facts: Facts<'_>, words: &Words) -> QueryResult<()> {
    let row = (
        live_stories::language.eq(facts.language),
        live_stories::first_published_at.eq(facts.first_published_at),
        live_stories::changed_at.eq(facts.changed_at),
    );
    let number: i64 = diesel::insert_into(live_stories::table)
        .values((live_stories::story_id.eq(story), row))
        .on_conflict(live_stories::story_id)
        .do_update()
        .set(row)
        .returning(live_stories::number)
        .get_result(conn)?;
    diesel::sql_query(
        "INSERT OR REPLACE INTO live_words (rowid, title, standfirst, headings, places, names, tags, captions, body) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind::<BigInt, _>(number)
    .bind::<Text, _>(plain(&words.title))
    .bind::<Text, _>(plain(&words.standfirst))
    .bind::<Text, _>(plain(&words.headings))
    .bind::<Text, _>(plain(&words.places))
    .bind::<Text, _>(plain(&words.names))
    .bind::<Text, _>(plain(&words.tags))
    .bind::<Text, _>(plain(&words.captions))
    .bind::<Text, _>(plain(&words.body))
    .execute(conn)?;
    Ok(())
}

/// Takes a story out; its words go with it.
///
/// # Errors
/// Those of the statement.
pub fn remove(conn: &mut Conn, story: &StoryId) -> QueryResult<()> {
    diesel::delete(live_stories::table.filter(live_stories::story_id.eq(story))).execute(conn)?;
    Ok(())
}

/// Notes that readers get something else of a live story, though its words are the same.
///
/// # Errors
/// Those of the statements.
pub fn touch(conn: &mut Conn, story: &StoryId, now: Millis) -> QueryResult<()> {
    let changed_at = next_change(conn, now)?;
    diesel::update(live_stories::table.filter(live_stories::story_id.eq(story)))
        .set(live_stories::changed_at.eq(changed_at))
        .execute(conn)?;
    Ok(())
}

const LAST_CHANGE: &str = "last_live_change";
/// How much earlier than its commit a change may have looked at the clock. What lies further ahead than that is no earlier change's doing, but an
/// import's.
const SLOWEST: Millis = HOUR;

/// The instant of a change that is made now, behind all changes that were made before: whoever looked at the clock first may commit last, and who keeps
/// a copy in step by these instants must not miss it. To be called in the transaction that makes the change.
///
/// # Errors
/// Those of the statements.
pub fn next_change(conn: &mut Conn, now: Millis) -> QueryResult<Millis> {
    // The counter knows of changes to stories that are not live any more.
    let counted: Option<Millis> = counters::table
        .find(LAST_CHANGE)
        .select(counters::value)
        .first(conn)
        .optional()?;
    let stored: Option<Millis> = live_stories::table
        .select(max(live_stories::changed_at))
        .first(conn)?;
    let last = counted.max(stored);
    let next = last.map_or(now, |last| now.max(last.saturating_add(1)));
    diesel::insert_into(counters::table)
        .values((counters::name.eq(LAST_CHANGE), counters::value.eq(next)))
        .on_conflict(counters::name)
        .do_update()
        .set(counters::value.eq(next))
        .execute(conn)?;
    Ok(next)
}

/// The instant of a first publication that is made now, behind all that were made before and are live: lists in that order are read page by page. To be
/// called in the transaction that publishes.
///
/// # Errors
/// Those of the statement.
pub fn next_publication(conn: &mut Conn, now: Millis) -> QueryResult<Millis> {
    let last: Option<Millis> = live_stories::table
        .filter(live_stories::first_published_at.lt(now.saturating_add(SLOWEST)))
        .select(max(live_stories::first_published_at))
        .first(conn)?;
    Ok(last.map_or(now, |last| now.max(last.saturating_add(1))))
}

/// When what readers get of a story last changed, if it is in.
///
/// # Errors
/// Those of the statement.
pub fn find_change(conn: &mut Conn, story: &StoryId) -> QueryResult<Option<Millis>> {
    live_stories::table
        .filter(live_stories::story_id.eq(story))
        .select(live_stories::changed_at)
        .first(conn)
        .optional()
}

/// A story that was found.
#[derive(Debug, Clone, PartialEq, QueryableByName)]
pub struct Hit {
    /// The story.
    #[diesel(sql_type = Text)]
    pub story: StoryId,
    /// Its number in the index.
    #[diesel(sql_type = BigInt)]
    pub number: i64,
    /// How well it fits: the less, the better.
    #[diesel(sql_type = Double)]
    pub score: f64,
    /// When what readers get of it last changed.
    #[diesel(sql_type = BigInt)]
    pub changed_at: Millis,
}

/// The last story of a page of what was found. Scores move a little whenever anything is published; the next page begins behind this story's score of
/// then, or, if it is gone, behind the one it had.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct After {
    /// Its number in the index.
    pub number: i64,
    /// How well it fitted.
    pub score: f64,
}

/// Live stories that hold what is looked for, those that fit best first, at most `limit`; those of one language (a tag in lower case,
/// `nl` is `nl-be` too), or all where it is empty.
///
/// # Errors
/// Those of the statement.
pub fn find(
    conn: &mut Conn,
    query: &Query,
    language: &str,
    after: Option<After>,
    limit: i64,
) -> QueryResult<Vec<Hit>> {
    let after = after.unwrap_or(After {
        number: 0,
        score: f64::NEG_INFINITY,
    });
    // Every story's score is worked out once; of equals the one that came last is first.
    diesel::sql_query(format!(
        "WITH found AS MATERIALIZED (SELECT rowid AS number, bm25(live_words, {WEIGHTS}) AS score FROM live_words WHERE live_words MATCH ?), \
         last AS MATERIALIZED (SELECT coalesce((SELECT score FROM found WHERE number = ?), ?) AS score) \
         SELECT live_stories.story_id AS story, found.number AS number, found.score AS score, live_stories.changed_at AS changed_at \
         FROM found CROSS JOIN last JOIN live_stories ON live_stories.number = found.number \
         WHERE (? = '' OR live_stories.language || '-' LIKE ?) AND (found.score > last.score OR (found.score = last.score AND found.number < ?)) \
         ORDER BY found.score, found.number DESC LIMIT ?",
    ))
    .bind::<Text, _>(query.as_str())
    .bind::<BigInt, _>(after.number)
    .bind::<Double, _>(after.score)
    .bind::<Text, _>(language)
    .bind::<Text, _>(format!("{language}-%"))
    .bind::<BigInt, _>(after.number)
    .bind::<BigInt, _>(limit)
    .load(conn)
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// How many live stories hold what is looked for.
///
/// # Errors
/// Those of the statement.
pub fn count(conn: &mut Conn, query: &Query) -> QueryResult<i64> {
    let found: Count = diesel::sql_query("SELECT count(*) AS count FROM live_words WHERE live_words MATCH ?")
        .bind::<Text, _>(query.as_str())
        .get_result(conn)?;
    Ok(found.count)
}

/// What a hit shows of itself: texts in which the words that were looked for stand between [`MARK`] and [`END_OF_MARK`].
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct Excerpts {
    /// The whole title.
    #[diesel(sql_type = Text)]
    pub title: String,
    #[diesel(sql_type = Text)]
    standfirst: String,
    #[diesel(sql_type = Text)]
    headings: String,
    #[diesel(sql_type = Text)]
    places: String,
    #[diesel(sql_type = Text)]
    names: String,
    #[diesel(sql_type = Text)]
    tags: String,
    #[diesel(sql_type = Text)]
    captions: String,
    #[diesel(sql_type = Text)]
    body: String,
}

impl Excerpts {
    /// The passage that says best why the story was found: from what people read as sentences, if it stands there.
    #[must_use]
    pub fn passage(&self) -> Option<&str> {
        [
            &self.body,
            &self.captions,
            &self.standfirst,
            &self.headings,
            &self.places,
            &self.names,
            &self.tags,
        ]
        .into_iter()
        .find(|text| text.contains(MARK))
        .map(String::as_str)
    }
}

/// What a hit shows of itself, if it is still in: where the first words stand that were looked for. Finding the best passage of a long text costs the
/// square of how often they stand in it.
///
/// # Errors
/// Those of the statement.
pub fn find_excerpts(conn: &mut Conn, query: &Query, number: i64) -> QueryResult<Option<Excerpts>> {
    let passage = |column: u8| format!("snippet(live_words, {column}, '{MARK}', '{END_OF_MARK}', '…', 28)");
    let columns = [
        "standfirst",
        "headings",
        "places",
        "names",
        "tags",
        "captions",
        "body",
    ];
    let passages: Vec<String> = (1..)
        .zip(columns)
        .map(|(at, column)| format!("{} AS {column}", passage(at)))
        .collect();
    diesel::sql_query(format!(
        "SELECT highlight(live_words, 0, '{MARK}', '{END_OF_MARK}') AS title, {} FROM live_words WHERE live_words MATCH ? AND rowid = ?",
        passages.join(", ")
    ))
    .bind::<Text, _>(query.beginning())
    .bind::<BigInt, _>(number)
    .get_result(conn)
    .optional()
}

const VERSION: &str = "live_words_version";

/// The version of what the index holds.
///
/// # Errors
/// Those of the statement.
pub fn find_version(conn: &mut Conn) -> QueryResult<i64> {
    counters::table.find(VERSION).select(counters::value).first(conn)
}

/// Notes the version of what the index holds.
///
/// # Errors
/// Those of the statement.
pub fn set_version(conn: &mut Conn, version: i64) -> QueryResult<()> {
    diesel::update(counters::table.find(VERSION))
        .set(counters::value.eq(version))
        .execute(conn)?;
    Ok(())
}
