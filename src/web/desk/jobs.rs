//! The queue, for administrators: what waits, what is being done, and what failed, with the reason and a button to try it again.

use std::collections::{HashMap, HashSet};

use actix_web::{HttpResponse, web};
use askama::Template;
use diesel::QueryResult;
use serde::Deserialize;

use super::form::{Sent, SignedIn};
use super::shell::{Room, Shell, go, page};
use super::when::short;
use crate::account::{Actor, people};
use crate::audit::Word;
use crate::clock::rfc3339;
use crate::db::Conn;
use crate::id::{JobId, PhotoId};
use crate::photo::query::{self as photo_query, PhotoFilter};
use crate::photo::{Photo, PhotoState, render_again};
use crate::queue::{self, JobKind, Standing};
use crate::web::App;
use crate::web::error::Failure;
use crate::web::extract::{Failed, Params};

/// Jobs of a state that are shown; how many there are is told.
const MOST_SHOWN: i64 = 100;

#[derive(Template)]
#[template(path = "desk/jobs.html", whitespace = "minimize")]
struct JobsPage {
    shell: Shell,
    is_done: bool,
    failed: Vec<Line>,
    parts: [Part; 2],
    /// Told when not all that wait are shown.
    more: Option<String>,
}

/// Jobs that are well.
struct Part {
    /// Keys of the messages above them, and where there are none.
    title: &'static str,
    none: &'static str,
    lines: Vec<Line>,
}

/// A job, ready to print.
struct Line {
    what: String,
    /// What it is about, if that is something to look at.
    href: Option<String>,
    subject: String,
    at: String,
    at_iso: String,
    tries: i32,
    reason: String,
    /// What the button to try it again sends.
    again: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct JobsParams {
    done: Option<String>,
}

pub(super) async fn show(
    app: web::Data<App>,
    SignedIn(actor): SignedIn,
    params: Params<JobsParams>,
) -> Result<HttpResponse, Failed> {
    let shell = Shell::titled(&app, Some(&actor), Room::People, "jobs.title");
    let (photos, [failed, running, waiting], counts, names) = app
        .db
        .read(move |conn| {
            people::require_admin(&actor)?;
            let jobs = [
                queue::list(conn, "failed", MOST_SHOWN)?,
                queue::list(conn, "running", MOST_SHOWN)?,
                queue::list(conn, "waiting", MOST_SHOWN)?,
            ];
            let names = names(conn, jobs.iter().flatten())?;
            Ok::<_, Failure>((list_failed(conn, MOST_SHOWN)?, jobs, queue::count(conn)?, names))
        })
        .await?;
    let line = |job: Standing| of_job(job, &names, &shell);
    // A photograph that failed is told once, whether its job is still there or not. One that is ready and could not be made anew is told by its job.
    let told: HashSet<String> = photos.iter().map(|photo| photo.id.to_string()).collect();
    let is_told =
        |job: &Standing| job.kind == JobKind::RenderPhoto.as_str() && told.contains(&job.subject_id);
    let failed_photos = photos.into_iter().map(|photo| of_photo(&photo, &shell));
    let failed = failed_photos
        .chain(failed.into_iter().filter(|job| !is_told(job)).map(line))
        .collect();
    let waiting_count: i64 = counts
        .iter()
        .filter(|(_, state, _)| state == "waiting")
        .map(|(_, _, count)| count)
        .sum();
    page(&JobsPage {
        is_done: params.0.done.is_some(),
        failed,
        parts: [
            Part {
                title: "jobs.running",
                none: "jobs.none_running",
                lines: running.into_iter().map(line).collect(),
            },
            Part {
                title: "jobs.waiting",
                none: "jobs.none_waiting",
                lines: waiting.into_iter().map(line).collect(),
            },
        ],
        more: (waiting_count > MOST_SHOWN)
            .then(|| shell.fill("jobs.more", &[("n", waiting_count.to_string().as_str())])),
        shell,
    })
}

pub(super) async fn retry(app: web::Data<App>, sent: Sent) -> Result<HttpResponse, Failed> {
    let Sent { actor, form } = sent;
    let (wanted, now) = (form.text("again").to_owned(), app.clock.now());
    app.db
        .write(move |conn| {
            people::require_admin(&actor)?;
            if let Ok(photo) = wanted.parse::<PhotoId>() {
                render_again::render_again(conn, &actor, &photo, now)?;
            } else if let Ok(job) = wanted.parse::<JobId>() {
                // One that is gone by now was done.
                queue::retry(conn, &job, now)?;
            } else if wanted == "all" {
                retry_all(conn, &actor, now)?;
            } else {
                return Err(Failure::NotFound);
            }
            actor.did(conn, Word::JobsRetried, &wanted, "", now)?;
            Ok(())
        })
        .await?;
    app.bell.ring();
    Ok(go(&format!("{}?done", app.urls.jobs())))
}

fn list_failed(conn: &mut Conn, most: i64) -> QueryResult<Vec<Photo>> {
    let failed = PhotoFilter {
        state: Some(PhotoState::Failed),
        ..PhotoFilter::default()
    };
    photo_query::list_photos(conn, &failed, most)
}

fn retry_all(conn: &mut Conn, actor: &Actor, now: i64) -> Result<(), Failure> {
    for photo in list_failed(conn, i64::MAX)? {
        render_again::render_again(conn, actor, &photo.id, now)?;
    }
    for job in queue::list(conn, "failed", i64::MAX)? {
        queue::retry(conn, &job.id, now)?;
    }
    Ok(())
}

/// File names of the photographs that jobs are about: nobody knows one by its id.
fn names<'a>(
    conn: &mut Conn,
    jobs: impl Iterator<Item = &'a Standing>,
) -> QueryResult<HashMap<PhotoId, String>> {
    let ids: Vec<PhotoId> = jobs.filter_map(|job| job.subject_id.parse().ok()).collect();
    let photos = photo_query::list_photos_by_id(conn, &ids)?;
    Ok(photos
        .into_iter()
        .map(|photo| (photo.id, photo.file_name))
        .collect())
}

fn of_job(job: Standing, names: &HashMap<PhotoId, String>, shell: &Shell) -> Line {
    let photo = job.subject_id.parse::<PhotoId>().ok();
    let name = photo.as_ref().and_then(|id| names.get(id));
    Line {
        what: shell.say(&format!("jobs.{}", job.kind)).to_owned(),
        subject: name.cloned().unwrap_or(job.subject_id),
        href: photo.map(|id| shell.urls.desk_photo(&id)),
        at: short(job.created_at),
        at_iso: rfc3339(job.created_at),
        tries: job.tries,
        reason: job.last_error.unwrap_or_default(),
        again: job.id.to_string(),
    }
}

fn of_photo(photo: &Photo, shell: &Shell) -> Line {
    Line {
        what: shell.say("jobs.render_photo").to_owned(),
        href: Some(shell.urls.desk_photo(&photo.id)),
        subject: photo.file_name.clone(),
        at: short(photo.created_at),
        at_iso: rfc3339(photo.created_at),
        tries: 0,
        reason: photo.failure.clone().unwrap_or_default(),
        again: photo.id.to_string(),
    }
}
