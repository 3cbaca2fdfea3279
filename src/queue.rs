//! The queue of work to be done after a commit. Jobs carry ids only, are written in the transaction of what causes them, and may run
//! twice with the same result. The queue knows nothing of what a job does.

use diesel::prelude::*;
use diesel::upsert::excluded;

use crate::clock::{Millis, SECOND};
use crate::db::Conn;
use crate::db::schema::jobs;
use crate::id::JobId;

/// Tries before a job is left as failed.
pub const MOST_TRIES: i32 = 5;

/// What a job does; the subject says to what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobKind {
    /// Makes the renditions of the photo named by the subject.
    RenderPhoto,
}

impl JobKind {
    fn as_str(self) -> &'static str {
        match self {
            Self::RenderPhoto => "render_photo",
        }
    }

    fn from_str(text: &str) -> Option<Self> {
        (text == "render_photo").then_some(Self::RenderPhoto)
    }
}

/// A job that the caller has claimed.
#[derive(Debug, Clone)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// What to do.
    pub kind: JobKind,
    /// To what.
    pub subject_id: String,
    /// Which try this is, counted from 1.
    pub try_number: i32,
}

#[derive(Insertable)]
#[diesel(table_name = jobs)]
struct NewJob<'a> {
    id: JobId,
    kind: &'a str,
    subject_id: &'a str,
    state: &'a str,
    due_at: Millis,
    created_at: Millis,
}

/// Queues a job, due at once; one for the same subject that waits or failed is made due again instead of queued twice.
///
/// # Errors
/// Those of the statement.
pub fn enqueue(conn: &mut Conn, kind: JobKind, subject_id: &str, now: Millis) -> QueryResult<()> {
    let job = NewJob {
        id: JobId::random(),
        kind: kind.as_str(),
        subject_id,
        state: "waiting",
        due_at: now,
        created_at: now,
    };
    diesel::insert_into(jobs::table)
        .values(&job)
        .on_conflict((jobs::kind, jobs::subject_id))
        .do_update()
        .set((
            jobs::state.eq("waiting"),
            jobs::tries.eq(0),
            jobs::due_at.eq(excluded(jobs::due_at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Claims the next job that is due, lowest priority number first, oldest first.
///
/// # Errors
/// Those of the statements.
pub fn claim(conn: &mut Conn, now: Millis) -> QueryResult<Option<Job>> {
    let next: Option<(JobId, String, String, i32)> = jobs::table
        .filter(jobs::state.eq("waiting").and(jobs::due_at.le(now)))
        .order((jobs::priority.asc(), jobs::due_at.asc(), jobs::created_at.asc()))
        .select((jobs::id, jobs::kind, jobs::subject_id, jobs::tries))
        .first(conn)
        .optional()?;
    let Some((id, kind, subject_id, tries)) = next else {
        return Ok(None);
    };
    let Some(kind) = JobKind::from_str(&kind) else {
        return Ok(None);
    };
    let try_number = tries.saturating_add(1);
    diesel::update(jobs::table.find(&id))
        .set((
            jobs::state.eq("running"),
            jobs::tries.eq(try_number),
            jobs::claimed_at.eq(now),
        ))
        .execute(conn)?;
    Ok(Some(Job {
        id,
        kind,
        subject_id,
        try_number,
    }))
}

/// Takes a finished job out of the queue.
///
/// # Errors
/// Those of the statement.
pub fn finish(conn: &mut Conn, id: &JobId) -> QueryResult<()> {
    diesel::delete(jobs::table.find(id).filter(jobs::state.eq("running"))).execute(conn)?;
    Ok(())
}

/// Puts a job back for a later try, or leaves it as failed when it has had [`MOST_TRIES`]; says whether it will be tried again.
///
/// # Errors
/// Those of the statement.
pub fn fail(conn: &mut Conn, job: &Job, reason: &str, now: Millis) -> QueryResult<bool> {
    let again = job.try_number < MOST_TRIES;
    // 1, 2, 4, 8 seconds: a photo whose rendering fails for a passing reason is settled within half a minute.
    let wait = SECOND << job.try_number.clamp(1, 10).saturating_sub(1);
    diesel::update(jobs::table.find(&job.id))
        .set((
            jobs::state.eq(if again { "waiting" } else { "failed" }),
            jobs::due_at.eq(now.saturating_add(wait)),
            jobs::last_error.eq(reason),
        ))
        .execute(conn)?;
    Ok(again)
}

/// Makes jobs due again that an earlier run of the program claimed and did not finish; says how many.
///
/// # Errors
/// Those of the statement.
pub fn reclaim(conn: &mut Conn, now: Millis) -> QueryResult<usize> {
    diesel::update(jobs::table.filter(jobs::state.eq("running")))
        .set((jobs::state.eq("waiting"), jobs::due_at.eq(now)))
        .execute(conn)
}

/// When the next waiting job falls due.
///
/// # Errors
/// Those of the statement.
pub fn next_due(conn: &mut Conn) -> QueryResult<Option<Millis>> {
    jobs::table
        .filter(jobs::state.eq("waiting"))
        .select(diesel::dsl::min(jobs::due_at))
        .first(conn)
}
