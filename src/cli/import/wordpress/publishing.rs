//! The end of an import: renditions are made, and what was public is published.

use std::time::Duration;

use super::{Desk, bar};
use crate::clock::Clock;
use crate::db::{Db, DbError};
use crate::id::{PhotoId, StoryId};
use crate::meters::Meters;
use crate::photo::render::{DEFAULT_TIMEOUT, Renderer};
use crate::photo::{PhotoState, query as photo_query};
use crate::store::Store;
use crate::story::publish::{self, PublishError};
use crate::story::{Seen, imported, query as story_query};
use crate::worker::{self, Readers, Threads, Tools, Worker};

/// Starts what makes renditions.
pub(super) fn start_worker(db: &Db, store: &Store, clock: &Clock, is_served: bool) -> anyhow::Result<Worker> {
    let tools = Tools {
        db: db.clone(),
        store: store.clone(),
        // The server's business, which may be running.
        uploads: None,
        renderer: Renderer::of_this_program(DEFAULT_TIMEOUT)?,
        clock: clock.clone(),
        // A server that runs beside this sees it by the database.
        readers: Readers::new(|| {}),
        meters: Meters::default(),
    };
    let threads = Threads {
        prompt: 2,
        // The server makes them, when it is started.
        patient: 0,
    };
    let worker = if is_served {
        worker::start_beside(&tools, threads)?
    } else {
        worker::start(&tools, threads)?
    };
    Ok(worker)
}

/// Publishes a story as it came in; gives what stands in the way. What somebody has worked on since is theirs to publish.
pub(super) fn publish(desk: &Desk<'_>, id: &StoryId, source: &str) -> anyhow::Result<Option<String>> {
    let found = desk.db.read_now(|conn| {
        let story = story_query::find_story(conn, id)?;
        Ok::<_, DbError>((story, imported::find(conn, source)?))
    })?;
    let (Some(story), before) = found else {
        return Ok(Some("it was deleted meanwhile".to_owned()));
    };
    if story.schedule.is_some() {
        return Ok(Some(
            "an editor has scheduled it, and it goes out then".to_owned(),
        ));
    }
    let is_untouched = before.is_some_and(|before| before.is_untouched(&story));
    if !is_untouched {
        let what = "it was changed at the desk since it came in; publish it there when it is ready";
        return Ok(Some(what.to_owned()));
    }
    let seen = Seen {
        version: story.version,
        change_count: Some(story.change_count),
    };
    let now = desk.clock.now();
    let publishing = publish::publish(desk.db, desk.store, desk.actor, id, seen, now);
    match desk.runtime.block_on(publishing) {
        Ok(_) => Ok(None),
        Err(PublishError::Obstacles(obstacles)) => {
            let messages: Vec<&str> = obstacles.iter().map(|remark| remark.message.as_str()).collect();
            Ok(Some(messages.join(" ")))
        }
        Err(PublishError::Story(error)) => Ok(Some(error.to_string())),
        Err(error) => Err(error.into()),
    }
}

/// Waits until the renditions of photographs are made.
pub(super) fn await_renditions(db: &Db, mut ids: Vec<PhotoId>) -> anyhow::Result<()> {
    let bar = bar(ids.len() as u64);
    bar.set_message("making renditions");
    loop {
        let photos = db.read_now(|conn| photo_query::list_photos_by_id(conn, &ids).map_err(DbError::from))?;
        let before = ids.len();
        ids = photos
            .into_iter()
            .filter(|photo| photo.state == PhotoState::Pending)
            .map(|photo| photo.id)
            .collect();
        bar.inc((before - ids.len()) as u64);
        if ids.is_empty() {
            break;
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    bar.finish_and_clear();
    Ok(())
}
