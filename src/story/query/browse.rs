//! SQL for lists of live stories, narrowed and sorted: ids first, from small rows and their indexes; the documents of one page after that.

use diesel::prelude::*;

use crate::clock::Millis;
use crate::db::Conn;
use crate::db::schema::{listings, live_stories};
use crate::id::StoryId;
use crate::story::browse::{LiveFilter, LiveOrder};
use crate::story::listing::ListingKind;

/// Where a live story stands in lists.
#[derive(Debug, Clone, Queryable)]
pub(in crate::story) struct LivePlace {
    pub story: StoryId,
    pub first_published_at: Millis,
    pub changed_at: Millis,
}

/// Live stories that fit, at most `limit`.
pub(in crate::story) fn list_live_places(
    conn: &mut Conn,
    filter: &LiveFilter,
    limit: i64,
) -> QueryResult<Vec<LivePlace>> {
    let mut query = live_stories::table
        .limit(limit)
        .select((
            live_stories::story_id,
            live_stories::first_published_at,
            live_stories::changed_at,
        ))
        .into_boxed();
    let lists = [
        (ListingKind::Tag, &filter.tag),
        (ListingKind::Photographer, &filter.photographer),
    ];
    for (kind, slug) in lists {
        if let Some(slug) = slug {
            let in_list = listings::table
                .filter(listings::kind.eq(kind.as_str()).and(listings::slug.eq(slug)))
                .select(listings::story_id);
            query = query.filter(live_stories::story_id.eq_any(in_list));
        }
    }
    if let Some(tag) = &filter.language {
        // A tag is letters, digits and hyphens: nothing in it is a wildcard.
        let wider = format!("{tag}-%");
        query = query.filter(
            live_stories::language
                .eq(tag)
                .or(live_stories::language.like(wider)),
        );
    }
    if let Some(since) = filter.changed_since {
        query = query.filter(live_stories::changed_at.ge(since));
    }
    // The first condition alone is what the index is walked by.
    macro_rules! walk {
        ($column:expr, $newest_first:expr) => {
            if $newest_first {
                if let Some((at, id)) = &filter.after {
                    query = query
                        .filter($column.le(at))
                        .filter($column.lt(at).or(live_stories::story_id.lt(id)));
                }
                query.order(($column.desc(), live_stories::story_id.desc()))
            } else {
                if let Some((at, id)) = &filter.after {
                    query = query
                        .filter($column.ge(at))
                        .filter($column.gt(at).or(live_stories::story_id.gt(id)));
                }
                query.order(($column.asc(), live_stories::story_id.asc()))
            }
        };
    }
    let query = match filter.order {
        LiveOrder::NewestFirst => walk!(live_stories::first_published_at, true),
        LiveOrder::OldestFirst => walk!(live_stories::first_published_at, false),
        LiveOrder::ChangedLastFirst => walk!(live_stories::changed_at, true),
        LiveOrder::ChangedFirstFirst => walk!(live_stories::changed_at, false),
    };
    query.load(conn)
}

/// Lists of a kind by their slugs, each with how many live stories stand in it, at most `limit`, behind `after`.
pub(in crate::story) fn list_listings(
    conn: &mut Conn,
    kind: ListingKind,
    after: &str,
    limit: i64,
) -> QueryResult<Vec<(String, i64)>> {
    listings::table
        .filter(listings::kind.eq(kind.as_str()).and(listings::slug.gt(after)))
        .group_by(listings::slug)
        .order(listings::slug)
        .limit(limit)
        .select((listings::slug, diesel::dsl::count_star()))
        .load(conn)
}
