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
    /// Makes the renditions of the photo named by the subject, for which somebody waits.
    RenderPhoto,
    /// Makes the AVIF renditions of a photo that is ready.
    RenderAvif,
    /// Removes the renditions of a photo that nobody can see any more.
    SweepRenditions,
    /// Takes out of everything live what a photo hides by now.
    ConcealPhoto,
    /// Sends an event to a webhook; the subject is the delivery. The courier's: no lane has it.
    DeliverWebhook,
}

/// From this priority on a job takes a thread for so long that one thread of its lane is kept free of it.
pub const LATE: i32 = 1_000;

/// Who takes a job: a lane has threads of its own, so that what can wait never stands before what cannot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// Somebody waits for it.
    Prompt,
    /// The same without what is [`LATE`].
    Quick,
    /// It may take as long as it takes.
    Patient,
}

impl JobKind {
    const ALL: [Self; 5] = [
        Self::RenderPhoto,
        Self::RenderAvif,
        Self::SweepRenditions,
        Self::ConcealPhoto,
        Self::DeliverWebhook,
    ];

    /// The word for it in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RenderPhoto => "render_photo",
            Self::RenderAvif => "render_avif",
            Self::SweepRenditions => "sweep_renditions",
            Self::ConcealPhoto => "conceal_photo",
            Self::DeliverWebhook => "deliver_webhook",
        }
    }

    fn from_str(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    const fn lane(self) -> Option<Lane> {
        match self {
            Self::RenderPhoto | Self::SweepRenditions | Self::ConcealPhoto => Some(Lane::Prompt),
            Self::RenderAvif => Some(Lane::Patient),
            Self::DeliverWebhook => None,
        }
    }

    /// The smaller number goes first.
    const fn priority(self) -> i32 {
        match self {
            Self::ConcealPhoto => -1,
            Self::RenderPhoto | Self::RenderAvif | Self::DeliverWebhook => 0,
            Self::SweepRenditions => 1,
        }
    }
}

impl Lane {
    /// The lane of which this takes all, or a part.
    const fn whole(self) -> Self {
        match self {
            Self::Prompt | Self::Quick => Self::Prompt,
            Self::Patient => Self::Patient,
        }
    }

    /// The priority below which jobs are taken.
    const fn until(self) -> i32 {
        match self {
            Self::Quick => LATE,
            Self::Prompt | Self::Patient => i32::MAX,
        }
    }

    fn kinds(self) -> impl Iterator<Item = &'static str> {
        JobKind::ALL
            .into_iter()
            .filter(move |kind| kind.lane() == Some(self.whole()))
            .map(JobKind::as_str)
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
    /// Which try this is, counted from 1; above [`MOST_TRIES`] when the program ended in the middle of that many.
    pub try_number: i32,
}

#[derive(Insertable)]
#[diesel(table_name = jobs)]
struct NewJob<'a> {
    id: JobId,
    kind: &'a str,
    subject_id: &'a str,
    state: &'a str,
    priority: i32,
    due_at: Millis,
    created_at: Millis,
}

/// Queues a job, due at once; one for the same subject that waits or failed is made due again instead of queued twice.
///
/// # Errors
/// Those of the statement.
pub fn enqueue(conn: &mut Conn, kind: JobKind, subject_id: &str, now: Millis) -> QueryResult<()> {
    enqueue_at(conn, kind, subject_id, kind.priority(), now)
}

/// [`enqueue`] with a priority of its own; the smaller number goes first.
///
/// # Errors
/// Those of the statement.
pub fn enqueue_at(
    conn: &mut Conn,
    kind: JobKind,
    subject_id: &str,
    priority: i32,
    now: Millis,
) -> QueryResult<()> {
    let job = NewJob {
        id: JobId::random(),
        kind: kind.as_str(),
        subject_id,
        state: "waiting",
        priority,
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
            // What waits at a better place keeps it.
            jobs::priority.eq(diesel::dsl::sql::<diesel::sql_types::Integer>(
                "CASE WHEN jobs.state = 'waiting' THEN min(jobs.priority, excluded.priority) ELSE excluded.priority END",
            )),
            jobs::due_at.eq(excluded(jobs::due_at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Claims the next job of a lane that is due, lowest priority number first, oldest first.
///
/// # Errors
/// Those of the statements.
pub fn claim(conn: &mut Conn, lane: Lane, now: Millis) -> QueryResult<Option<Job>> {
    let next: Option<(JobId, String, String, i32)> = jobs::table
        .filter(jobs::state.eq("waiting").and(jobs::due_at.le(now)))
        .filter(
            jobs::kind
                .eq_any(lane.kinds())
                .and(jobs::priority.lt(lane.until())),
        )
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
    let settled = diesel::update(jobs::table.find(&job.id).filter(jobs::state.eq("running")))
        .set((
            jobs::state.eq(if again { "waiting" } else { "failed" }),
            jobs::due_at.eq(now.saturating_add(wait)),
            jobs::last_error.eq(reason),
        ))
        .execute(conn)?;
    // One that was queued again meanwhile is wanted anew.
    Ok(again || settled == 0)
}

/// Leaves a job as failed, whatever tries it would have.
///
/// # Errors
/// Those of the statement.
pub fn leave_failed(conn: &mut Conn, job: &Job, reason: &str) -> QueryResult<()> {
    // One that was queued again meanwhile is wanted anew.
    diesel::update(jobs::table.find(&job.id).filter(jobs::state.eq("running")))
        .set((jobs::state.eq("failed"), jobs::last_error.eq(reason)))
        .execute(conn)?;
    Ok(())
}

/// Whether a job of this kind waits, runs or failed for a subject, and if it failed, why.
///
/// # Errors
/// Those of the statement.
pub fn find_state(
    conn: &mut Conn,
    kind: JobKind,
    subject_id: &str,
) -> QueryResult<Option<(String, Option<String>)>> {
    jobs::table
        .filter(jobs::kind.eq(kind.as_str()).and(jobs::subject_id.eq(subject_id)))
        .select((jobs::state, jobs::last_error))
        .first(conn)
        .optional()
}

/// A job as it stands in the queue.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = jobs)]
pub struct Standing {
    /// Its id.
    pub id: JobId,
    /// The word for what it does; see [`JobKind`].
    pub kind: String,
    /// To what.
    pub subject_id: String,
    /// `waiting`, `running` or `failed`.
    pub state: String,
    /// Tries so far.
    pub tries: i32,
    /// When it is tried next, if it waits.
    pub due_at: Millis,
    /// Why the last try failed.
    pub last_error: Option<String>,
    /// When it was queued.
    pub created_at: Millis,
}

/// Jobs in a state, in the order in which they are done, at most so many.
///
/// # Errors
/// Those of the statement.
pub fn list(conn: &mut Conn, state: &str, most: i64) -> QueryResult<Vec<Standing>> {
    jobs::table
        .filter(jobs::state.eq(state))
        .order((jobs::priority.asc(), jobs::due_at.asc(), jobs::created_at.asc()))
        .limit(most)
        .select(Standing::as_select())
        .load(conn)
}

/// How many jobs there are of each kind in each state.
///
/// # Errors
/// Those of the statement.
pub fn count(conn: &mut Conn) -> QueryResult<Vec<(String, String, i64)>> {
    jobs::table
        .group_by((jobs::kind, jobs::state))
        .order((jobs::kind, jobs::state))
        .select((jobs::kind, jobs::state, diesel::dsl::count_star()))
        .load(conn)
}

/// Makes a job that failed due again, with all its tries; says whether there was one.
///
/// # Errors
/// Those of the statement.
pub fn retry(conn: &mut Conn, id: &JobId, now: Millis) -> QueryResult<bool> {
    let changed = diesel::update(jobs::table.find(id).filter(jobs::state.eq("failed")))
        .set((jobs::state.eq("waiting"), jobs::tries.eq(0), jobs::due_at.eq(now)))
        .execute(conn)?;
    Ok(changed > 0)
}

/// Marks the job of this kind for a subject as running; to be called in the transaction in which it was found to be due.
///
/// # Errors
/// Those of the statement.
pub fn claim_of(conn: &mut Conn, kind: JobKind, subject_id: &str, now: Millis) -> QueryResult<()> {
    let is_of = jobs::kind.eq(kind.as_str()).and(jobs::subject_id.eq(subject_id));
    diesel::update(jobs::table.filter(is_of))
        .set((
            jobs::state.eq("running"),
            jobs::tries.eq(jobs::tries + 1),
            jobs::claimed_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// Has the job of this kind for a subject wait until an instant, with its last error.
///
/// # Errors
/// Those of the statement.
pub fn put_off(
    conn: &mut Conn,
    kind: JobKind,
    subject_id: &str,
    reason: &str,
    until: Millis,
) -> QueryResult<()> {
    let is_of = jobs::kind.eq(kind.as_str()).and(jobs::subject_id.eq(subject_id));
    diesel::update(jobs::table.filter(is_of))
        .set((
            jobs::state.eq("waiting"),
            jobs::due_at.eq(until),
            jobs::last_error.eq(reason),
        ))
        .execute(conn)?;
    Ok(())
}

/// Takes the job of this kind for a subject out of the queue, whatever its state.
///
/// # Errors
/// Those of the statement.
pub fn remove(conn: &mut Conn, kind: JobKind, subject_id: &str) -> QueryResult<()> {
    let is_of = jobs::kind.eq(kind.as_str()).and(jobs::subject_id.eq(subject_id));
    diesel::delete(jobs::table.filter(is_of)).execute(conn)?;
    Ok(())
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

/// When the next waiting job of a lane falls due.
///
/// # Errors
/// Those of the statement.
pub fn next_due(conn: &mut Conn, lane: Lane) -> QueryResult<Option<Millis>> {
    jobs::table
        .filter(jobs::state.eq("waiting").and(jobs::kind.eq_any(lane.kinds())))
        .filter(jobs::priority.lt(lane.until()))
        .select(diesel::dsl::min(jobs::due_at))
        .first(conn)
}
