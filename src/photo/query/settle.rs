//! SQL for what becomes of a photo as it is rendered.

use diesel::prelude::*;

use crate::clock::Millis;
use crate::db::Conn;
use crate::db::schema::photos;
use crate::id::PhotoId;

/// What the finished rendering of a photo changes.
pub(in crate::photo) struct Settled<'a> {
    pub folder: &'a str,
    pub packet: &'a str,
    pub width_px: i32,
    pub height_px: i32,
    pub damaged: bool,
    pub color: &'a str,
    pub thumbhash: Option<&'a str>,
}

pub(in crate::photo) fn settle_as_ready(
    conn: &mut Conn,
    id: &PhotoId,
    settled: &Settled<'_>,
    now: Millis,
) -> QueryResult<()> {
    diesel::update(photos::table.find(id))
        .set((
            photos::state.eq("ready"),
            photos::failure.eq(None::<&str>),
            photos::folder.eq(settled.folder),
            photos::packet.eq(settled.packet),
            photos::width_px.eq(settled.width_px),
            photos::height_px.eq(settled.height_px),
            photos::damaged.eq(settled.damaged),
            photos::color.eq(settled.color),
            photos::thumbhash.eq(settled.thumbhash),
            photos::updated_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// Points a photo to another folder with the same pictures.
pub(in crate::photo) fn move_to_folder(
    conn: &mut Conn,
    id: &PhotoId,
    folder: &str,
    packet: &str,
) -> QueryResult<()> {
    diesel::update(photos::table.find(id))
        .set((photos::folder.eq(folder), photos::packet.eq(packet)))
        .execute(conn)?;
    Ok(())
}

/// Takes a photo out of this folder, if it is in it.
pub(in crate::photo) fn leave_folder(conn: &mut Conn, id: &PhotoId, folder: &str) -> QueryResult<()> {
    diesel::update(photos::table.filter(photos::id.eq(id).and(photos::folder.eq(folder))))
        .set((photos::folder.eq(None::<&str>), photos::packet.eq(None::<&str>)))
        .execute(conn)?;
    Ok(())
}

pub(in crate::photo) fn settle_as_failed(
    conn: &mut Conn,
    id: &PhotoId,
    reason: &str,
    now: Millis,
) -> QueryResult<()> {
    diesel::update(photos::table.find(id))
        .set((
            photos::state.eq("failed"),
            photos::failure.eq(reason),
            photos::updated_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

pub(in crate::photo) fn settle_as_pending(conn: &mut Conn, id: &PhotoId, now: Millis) -> QueryResult<()> {
    diesel::update(photos::table.find(id))
        .set((
            photos::state.eq("pending"),
            photos::failure.eq(None::<&str>),
            photos::updated_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}
