//! SQL for blocks and frames: the parts of a story. Which order is right is decided in `order`, who may change them in `operations`.

use std::collections::HashMap;

use diesel::prelude::*;

use super::document::{GroupLayout, PhotoLayout};
use super::{Block, BlockContent, Frame, FrameWords};
use crate::clock::Millis;
use crate::db::Conn;
use crate::db::schema::{blocks, frames};
use crate::id::{AccountId, BlockId, FrameId, PhotoId, StoryId};

#[derive(Queryable, Selectable)]
#[diesel(table_name = blocks)]
struct BlockRow {
    id: BlockId,
    position: Option<i32>,
    kind: String,
    layout: Option<String>,
    body: Option<String>,
    attribution: Option<String>,
    version: i32,
    updated_by: AccountId,
    updated_at: Millis,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = frames)]
struct FrameRow {
    id: FrameId,
    block_id: BlockId,
    photo_id: PhotoId,
    place: Option<String>,
    caption: Option<String>,
    alt: Option<String>,
    decorative: Option<bool>,
    credit: Option<String>,
    focal_x: Option<f64>,
    focal_y: Option<f64>,
    crop: Option<String>,
    graphic: bool,
    version: i32,
    updated_by: AccountId,
    updated_at: Millis,
}

fn into_frame(row: FrameRow) -> Frame {
    Frame {
        id: row.id,
        photo_id: row.photo_id,
        words: FrameWords {
            place: row.place,
            caption: row.caption,
            alt: row.alt,
            decorative: row.decorative,
            credit: row.credit,
            focal: row.focal_x.zip(row.focal_y),
            crop: row.crop,
            graphic: row.graphic,
        },
        version: row.version,
        updated_by: row.updated_by,
        updated_at: row.updated_at,
    }
}

/// A block with its frames, if it has as many as its kind needs.
fn into_block(row: BlockRow, mut frames: Vec<Frame>) -> Option<Block> {
    let body = row.body.unwrap_or_default();
    let content = match row.kind.as_str() {
        "text" => BlockContent::Text { markdown: body },
        "heading" => BlockContent::Heading { text: body },
        "quote" => BlockContent::Quote {
            markdown: body,
            attribution: row.attribution,
        },
        "photo" => BlockContent::Photo {
            layout: photo_layout(row.layout.as_deref()),
            frame: frames.pop()?,
        },
        _ => BlockContent::Group {
            layout: if row.layout.as_deref() == Some("grid") {
                GroupLayout::Grid
            } else {
                GroupLayout::Side
            },
            caption: (!body.is_empty()).then_some(body),
            frames,
        },
    };
    Some(Block {
        id: row.id,
        content,
        version: row.version,
        updated_by: row.updated_by,
        updated_at: row.updated_at,
    })
}

fn photo_layout(layout: Option<&str>) -> PhotoLayout {
    match layout {
        Some("wide") => PhotoLayout::Wide,
        Some("full") => PhotoLayout::Full,
        _ => PhotoLayout::Column,
    }
}

/// The word for a layout in the database.
pub(super) fn photo_layout_word(layout: PhotoLayout) -> &'static str {
    match layout {
        PhotoLayout::Column => "column",
        PhotoLayout::Wide => "wide",
        PhotoLayout::Full => "full",
    }
}

/// The word for a layout in the database.
pub(super) fn group_layout_word(layout: GroupLayout) -> &'static str {
    match layout {
        GroupLayout::Side => "side",
        GroupLayout::Grid => "grid",
    }
}

/// All blocks of a story with their frames: those in order, and those in the tray, last removed first.
pub(super) fn load_blocks(conn: &mut Conn, story: &StoryId) -> QueryResult<(Vec<Block>, Vec<Block>)> {
    let rows: Vec<BlockRow> = blocks::table
        .filter(blocks::story_id.eq(story))
        .order(blocks::position)
        .select(BlockRow::as_select())
        .load(conn)?;
    let frame_rows: Vec<FrameRow> = frames::table
        .inner_join(blocks::table)
        .filter(blocks::story_id.eq(story))
        .order((frames::block_id, frames::position))
        .select(FrameRow::as_select())
        .load(conn)?;
    let mut by_block: HashMap<BlockId, Vec<Frame>> = HashMap::new();
    for row in frame_rows {
        by_block
            .entry(row.block_id.clone())
            .or_default()
            .push(into_frame(row));
    }
    let (mut ordered, mut tray) = (Vec::new(), Vec::new());
    for row in rows {
        let place = if row.position.is_some() {
            &mut ordered
        } else {
            &mut tray
        };
        let frames = by_block.remove(&row.id).unwrap_or_default();
        place.extend(into_block(row, frames));
    }
    tray.sort_by_key(|block| std::cmp::Reverse(block.updated_at));
    Ok((ordered, tray))
}

/// Writes a block without a position, and its frames.
pub(super) fn insert_block(
    conn: &mut Conn,
    story: &StoryId,
    block: &Block,
    by: &AccountId,
    now: Millis,
) -> QueryResult<()> {
    let (kind, layout, body, attribution) = columns(&block.content);
    diesel::insert_into(blocks::table)
        .values((
            blocks::id.eq(&block.id),
            blocks::story_id.eq(story),
            blocks::kind.eq(kind),
            blocks::layout.eq(layout),
            blocks::body.eq(body),
            blocks::attribution.eq(attribution),
            blocks::updated_by.eq(by),
            blocks::updated_at.eq(now),
        ))
        .execute(conn)?;
    for (position, frame) in (0i32..).zip(block.frames()) {
        insert_frame(conn, &block.id, position, frame, by, now)?;
    }
    Ok(())
}

/// Kind, layout, body and attribution, as a row has them.
pub(super) type Columns<'a> = (
    &'static str,
    Option<&'static str>,
    Option<&'a str>,
    Option<&'a str>,
);

fn columns(content: &BlockContent) -> Columns<'_> {
    match content {
        BlockContent::Text { markdown } => ("text", None, Some(markdown), None),
        BlockContent::Heading { text } => ("heading", None, Some(text), None),
        BlockContent::Quote {
            markdown,
            attribution,
        } => ("quote", None, Some(markdown), attribution.as_deref()),
        BlockContent::Photo { layout, .. } => ("photo", Some(photo_layout_word(*layout)), None, None),
        BlockContent::Group { layout, caption, .. } => (
            "group",
            Some(group_layout_word(*layout)),
            caption.as_deref(),
            None,
        ),
    }
}

fn insert_frame(
    conn: &mut Conn,
    block: &BlockId,
    position: i32,
    frame: &Frame,
    by: &AccountId,
    now: Millis,
) -> QueryResult<()> {
    let words = &frame.words;
    diesel::insert_into(frames::table)
        .values((
            frames::id.eq(&frame.id),
            frames::block_id.eq(block),
            frames::position.eq(position),
            frames::photo_id.eq(&frame.photo_id),
            frames::place.eq(&words.place),
            frames::caption.eq(&words.caption),
            frames::alt.eq(&words.alt),
            frames::decorative.eq(words.decorative),
            frames::credit.eq(&words.credit),
            frames::focal_x.eq(words.focal.map(|focal| focal.0)),
            frames::focal_y.eq(words.focal.map(|focal| focal.1)),
            frames::crop.eq(&words.crop),
            frames::graphic.eq(words.graphic),
            frames::updated_by.eq(by),
            frames::updated_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// Writes a block's own words and layout with its next version.
pub(super) fn change_block(conn: &mut Conn, block: &Block, by: &AccountId, now: Millis) -> QueryResult<()> {
    let (kind, layout, body, attribution) = columns(&block.content);
    diesel::update(blocks::table.find(&block.id))
        .set((
            blocks::kind.eq(kind),
            blocks::layout.eq(layout),
            blocks::body.eq(body),
            blocks::attribution.eq(attribution),
            blocks::version.eq(block.version.saturating_add(1)),
            blocks::updated_by.eq(by),
            blocks::updated_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// Writes a frame's words with its next version.
pub(super) fn change_frame(conn: &mut Conn, frame: &Frame, by: &AccountId, now: Millis) -> QueryResult<()> {
    let words = &frame.words;
    diesel::update(frames::table.find(&frame.id))
        .set((
            frames::place.eq(&words.place),
            frames::caption.eq(&words.caption),
            frames::alt.eq(&words.alt),
            frames::decorative.eq(words.decorative),
            frames::credit.eq(&words.credit),
            frames::focal_x.eq(words.focal.map(|focal| focal.0)),
            frames::focal_y.eq(words.focal.map(|focal| focal.1)),
            frames::crop.eq(&words.crop),
            frames::graphic.eq(words.graphic),
            frames::version.eq(frame.version.saturating_add(1)),
            frames::updated_by.eq(by),
            frames::updated_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// Writes a block's row as it is to be, whether it is there or not: with its next version, or its first.
pub(super) fn put_block(
    conn: &mut Conn,
    story: &StoryId,
    id: &BlockId,
    (kind, layout, body, attribution): Columns<'_>,
    by: &AccountId,
    now: Millis,
) -> QueryResult<()> {
    let words = (
        blocks::kind.eq(kind),
        blocks::layout.eq(layout),
        blocks::body.eq(body),
        blocks::attribution.eq(attribution),
        blocks::updated_by.eq(by),
        blocks::updated_at.eq(now),
    );
    diesel::insert_into(blocks::table)
        .values((blocks::id.eq(id), blocks::story_id.eq(story), words))
        .on_conflict(blocks::id)
        .do_update()
        .set((words, blocks::version.eq(blocks::version + 1)))
        .execute(conn)?;
    Ok(())
}

/// Writes a frame's row as it is to be, whether it is there or not. `place` keeps frames that come into one block apart until their
/// order is written.
pub(super) fn put_frame(
    conn: &mut Conn,
    (id, block, place): (&FrameId, &BlockId, i32),
    photo: &PhotoId,
    words: &FrameWords,
    (by, now): (&AccountId, Millis),
) -> QueryResult<()> {
    let written = (
        frames::place.eq(&words.place),
        frames::caption.eq(&words.caption),
        frames::alt.eq(&words.alt),
        frames::decorative.eq(words.decorative),
        frames::credit.eq(&words.credit),
        frames::focal_x.eq(words.focal.map(|focal| focal.0)),
        frames::focal_y.eq(words.focal.map(|focal| focal.1)),
        frames::crop.eq(&words.crop),
        frames::graphic.eq(words.graphic),
        frames::updated_by.eq(by),
        frames::updated_at.eq(now),
    );
    let at = (
        frames::id.eq(id),
        frames::block_id.eq(block),
        // Far below those that `write_frame_order` passes through.
        frames::position.eq(-100_000 - place),
        frames::photo_id.eq(photo),
    );
    diesel::insert_into(frames::table)
        .values((at, written))
        .on_conflict(frames::id)
        .do_update()
        .set((written, frames::version.eq(frames::version + 1)))
        .execute(conn)?;
    Ok(())
}

/// Puts a block into the tray: it keeps its words and loses its position.
///
/// # Errors
/// Those of the statement.
pub fn lay_in_tray(conn: &mut Conn, block: &BlockId, now: Millis) -> QueryResult<()> {
    diesel::update(blocks::table.find(block))
        .set((blocks::position.eq(None::<i32>), blocks::updated_at.eq(now)))
        .execute(conn)?;
    Ok(())
}

pub(super) fn delete_block(conn: &mut Conn, block: &BlockId) -> QueryResult<()> {
    diesel::delete(blocks::table.find(block)).execute(conn)?;
    Ok(())
}

/// Writes the order of a story's blocks: position 0 for the first, and so on; blocks not named keep theirs.
///
/// Written in two passes, because two blocks may not have one position even for a moment: first below zero, then in place.
pub(super) fn write_block_order(conn: &mut Conn, before: &[BlockId], after: &[BlockId]) -> QueryResult<()> {
    let moved: Vec<(i32, &BlockId)> = (0i32..)
        .zip(after)
        .filter(|(position, id)| before.get(usize::try_from(*position).unwrap_or(usize::MAX)) != Some(*id))
        .collect();
    for (position, id) in &moved {
        diesel::update(blocks::table.find(id))
            .set(blocks::position.eq(-1 - position))
            .execute(conn)?;
    }
    for (position, id) in &moved {
        diesel::update(blocks::table.find(id))
            .set(blocks::position.eq(position))
            .execute(conn)?;
    }
    Ok(())
}

/// Writes which frames stand in a block and in which order, in the same two passes.
pub(super) fn write_frame_order(conn: &mut Conn, block: &BlockId, order: &[FrameId]) -> QueryResult<()> {
    write_frame_orders(conn, &[(block, order)])
}

/// Writes it for several blocks at once, between which frames may change places: all of them leave their places before any takes a new one.
pub(super) fn write_frame_orders(conn: &mut Conn, orders: &[(&BlockId, &[FrameId])]) -> QueryResult<()> {
    let frames_of = || {
        orders
            .iter()
            .flat_map(|(block, order)| order.iter().map(move |id| (*block, id)))
    };
    for (number, (block, id)) in (0i32..).zip(frames_of()) {
        // Far below zero first: a frame that comes from another block must not meet one that is still here.
        diesel::update(frames::table.find(id))
            .set((frames::block_id.eq(block), frames::position.eq(-1_000 - number)))
            .execute(conn)?;
    }
    for (_, order) in orders {
        for (position, id) in (0i32..).zip(*order) {
            diesel::update(frames::table.find(id))
                .set(frames::position.eq(position))
                .execute(conn)?;
        }
    }
    Ok(())
}

/// The photos that a story's frames show, each once, the tray's included.
///
/// # Errors
/// Those of the statement.
pub fn list_photo_ids(conn: &mut Conn, story: &StoryId) -> QueryResult<Vec<PhotoId>> {
    frames::table
        .inner_join(blocks::table)
        .filter(blocks::story_id.eq(story))
        .select(frames::photo_id)
        .distinct()
        .load(conn)
}

/// The stories in which a photo is used.
///
/// # Errors
/// Those of the statement.
pub fn list_stories_using(conn: &mut Conn, photo: &PhotoId) -> QueryResult<Vec<(StoryId, String)>> {
    use crate::db::schema::stories;
    frames::table
        .inner_join(blocks::table.inner_join(stories::table))
        .filter(frames::photo_id.eq(photo))
        .select((stories::id, stories::title))
        .distinct()
        .limit(100)
        .load(conn)
}
