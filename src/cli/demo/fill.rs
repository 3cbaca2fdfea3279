//! Fills the demonstration's folder while its server is up: photographs painted, taken in and rendered, then the stories.
//!
//! Painting runs two at a time and beside the worker, which renders what has been taken in. Each step looks for what is there already, so
//! that a start which was interrupted is completed by the next one; a mark in the folder says that all of it was done once, so that what
//! a visitor deletes afterwards stays deleted.

use std::collections::HashMap;
use std::time::Duration;

use anyhow::{Context, bail};
use futures_util::StreamExt;

use super::people::{self, Person};
use super::progress::Progress;
use super::stories::{Piece, Shot, Tale};
use super::{darkroom, dutch, english, unfinished};
use crate::account::{Actor, query as account_query};
use crate::clock::Millis;
use crate::db::{Conn, DbError};
use crate::id::PhotoId;
use crate::photo::query::{self as photo_query, PhotoFilter};
use crate::photo::{PhotoState, ingest};
use crate::story::create::{self, NewStory};
use crate::story::draft::Draft;
use crate::story::operations::{self, NewBlock, NewFrame, Operation};
use crate::story::publish::{self, PublishError};
use crate::story::{FrameWords, PartId, Story, StoryError, members, query as story_query};
use crate::text::Slug;
use crate::web::{App, Running};

/// The stories in the order in which they are made.
pub static TALES: [&Tale; 3] = [&dutch::TALE, &english::TALE, &unfinished::TALE];

/// Lies in the data folder once everything was made.
const DONE: &str = "demo-is-filled";
/// Pictures painted at once: each takes about 250 MB while it is painted.
const PAINTERS: usize = 2;

/// Photographs by the names of their files.
type Photos = HashMap<&'static str, PhotoId>;

/// Makes everything that is missing, or stops at a signal.
///
/// # Errors
/// Those of painting, ingest, database and store; a photograph that cannot be rendered; a signal.
pub async fn fill(running: &Running) -> anyhow::Result<()> {
    let mark = running.app.config.data.join(DONE);
    if mark.exists() {
        return Ok(());
    }
    tokio::select! {
        done = fill_all(&running.app) => done?,
        () = told_to_stop() => bail!("stopped before the demonstration was complete; the next start makes what is missing"),
    }
    std::fs::write(
        &mark,
        "The demonstration was filled; without this file the next start makes what is missing.\n",
    )
    .with_context(|| format!("{} cannot be written", mark.display()))
}

async fn told_to_stop() {
    let interrupted = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut ended) = signal(SignalKind::terminate()) {
            tokio::select! {
                () = interrupted => {}
                _ = ended.recv() => {}
            }
            return;
        }
    }
    interrupted.await;
}

async fn fill_all(app: &App) -> anyhow::Result<()> {
    let editor = actor(app, &people::EDITOR)?;
    let mut photos = find_photos(app)?;
    let ready = count_ready(app, &photos)?;
    let progress = Progress::begin(shots().count(), ready)?;
    let missing: Vec<(&Tale, &Shot)> = shots()
        .filter(|(_, shot)| !photos.contains_key(shot.file))
        .collect();
    let mut painted = futures_util::stream::iter(missing)
        .map(|(tale, shot)| async move {
            let bytes = tokio::task::spawn_blocking(move || darkroom::develop(tale, shot)).await??;
            anyhow::Ok((tale, shot, bytes))
        })
        .buffered(PAINTERS);
    while let Some(done) = painted.next().await {
        let (tale, shot, bytes) = done?;
        let id = take_in(app, &actor(app, tale.photographer)?, shot.file, &bytes).await?;
        photos.insert(shot.file, id);
        progress.took_in(photos.len(), shot.file);
        progress.at(photos.len(), count_ready(app, &photos)?);
    }
    progress.now("Making the last renditions");
    loop {
        let ready = count_ready(app, &photos)?;
        progress.at(photos.len(), ready);
        if ready == photos.len() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    for tale in TALES {
        let photographer = actor(app, tale.photographer)?;
        let (by, photos, now) = (editor.clone(), photos.clone(), app.clock.now());
        let failed = || format!("the story “{}” could not be made", tale.title);
        let told = app
            .db
            .write(move |conn| tell(conn, &by, &photographer, tale, &photos, now))
            .await
            .with_context(failed)?;
        if tale.published && told.publications_made == 0 {
            publish::publish(&app.db, &app.store, &editor, &told.id, told.version, now)
                .await
                .with_context(failed)?;
        }
    }
    progress.end();
    Ok(())
}

/// All photographs with the stories they are made for.
pub fn shots() -> impl Iterator<Item = (&'static Tale, &'static Shot)> {
    TALES
        .into_iter()
        .flat_map(|tale| tale.shots.iter().map(move |shot| (tale, shot)))
}

fn actor(app: &App, person: &Person) -> anyhow::Result<Actor> {
    app.db
        .read_now(|conn| account_query::find_account_by_email(conn, person.email).map_err(DbError::from))?
        .map(|account| Actor::from(&account))
        .with_context(|| format!("the account {} is gone", person.email))
}

/// The photographs that an earlier start took in.
fn find_photos(app: &App) -> anyhow::Result<Photos> {
    let mut found = Photos::new();
    for tale in TALES {
        let filter = PhotoFilter {
            owner: Some(actor(app, tale.photographer)?.id),
            ..PhotoFilter::default()
        };
        let photos = app
            .db
            .read_now(|conn| photo_query::list_photos(conn, &filter, 1_000).map_err(DbError::from))?;
        for shot in tale.shots {
            let photo = photos.iter().find(|photo| photo.file_name == shot.file);
            found.extend(photo.map(|photo| (shot.file, photo.id.clone())));
        }
    }
    Ok(found)
}

fn count_ready(app: &App, photos: &Photos) -> anyhow::Result<usize> {
    let ids: Vec<PhotoId> = photos.values().cloned().collect();
    let photos = app
        .db
        .read_now(|conn| photo_query::list_photos_by_id(conn, &ids).map_err(DbError::from))?;
    if let Some(failed) = photos.iter().find(|photo| photo.state == PhotoState::Failed) {
        let reason = failed.failure.as_deref().unwrap_or("no reason is known");
        bail!("{} could not be rendered: {reason}", failed.file_name);
    }
    Ok(photos
        .iter()
        .filter(|photo| photo.state == PhotoState::Ready)
        .count())
}

async fn take_in(app: &App, owner: &Actor, file: &str, bytes: &[u8]) -> anyhow::Result<PhotoId> {
    let limits = app.config.limits;
    let upload = ingest::stage(&app.store, bytes, file, limits.max_bytes)?;
    let taken = ingest::ingest(&app.db, &app.store, owner, upload, limits, app.clock.now()).await?;
    app.bell.ring();
    Ok(taken.photo.id)
}

/// Makes a story with its member, all of it or nothing; one that is there stays as it is.
fn tell(
    conn: &mut Conn,
    editor: &Actor,
    photographer: &Actor,
    tale: &Tale,
    photos: &Photos,
    now: Millis,
) -> Result<Story, PublishError> {
    if let Some(story) = story_query::find_story_by_slug(conn, tale.slug)? {
        return Ok(story);
    }
    let draft = create::create(conn, editor, new_story(tale, photos)?, now)?;
    let id = draft.story.id.clone();
    members::add(conn, editor, &id, &photographer.id, now)?;
    let aside = set_aside(&draft, tale, photos);
    Ok(operations::apply(conn, editor, &id, Some(draft.story.version), &aside, now)?.story)
}

fn new_story(tale: &Tale, photos: &Photos) -> Result<NewStory, StoryError> {
    let owned = |text: &'static str| text.to_owned();
    let slug =
        Slug::parse(tale.slug).map_err(|error| StoryError::invalid("/slug", "invalid", error.to_string()))?;
    let blocks = tale
        .pieces
        .iter()
        .map(|piece| block(piece, photos))
        .collect::<Result<Vec<_>, _>>()?;
    let lead = blocks
        .iter()
        .position(|block| matches!(block, NewBlock::Photo { .. }));
    Ok(NewStory {
        title: owned(tale.title),
        slug: Some(slug),
        standfirst: tale.standfirst.map(owned),
        byline: tale.byline.map(owned),
        language: owned(tale.language),
        date: tale.date.map(owned),
        tags: tale.tags.iter().copied().map(owned).collect(),
        graphic: false,
        embargo_until: None,
        blocks,
        lead,
    })
}

fn block(piece: &Piece, photos: &Photos) -> Result<NewBlock, StoryError> {
    let frame = |file: &str| {
        let photo = photos.get(file).cloned();
        photo
            .map(|photo| NewFrame {
                photo,
                words: FrameWords::default(),
            })
            .ok_or_else(|| StoryError::invalid("/frame", "unknown_photo", format!("There is no {file}.")))
    };
    Ok(match piece {
        Piece::Text(markdown) => NewBlock::Text {
            markdown: (*markdown).to_owned(),
        },
        Piece::Heading(text) => NewBlock::Heading {
            text: (*text).to_owned(),
        },
        Piece::Quote(markdown, attribution) => NewBlock::Quote {
            markdown: (*markdown).to_owned(),
            attribution: Some((*attribution).to_owned()),
        },
        Piece::Photo(layout, file) => NewBlock::Photo {
            layout: *layout,
            frame: frame(file)?,
        },
        Piece::Group(layout, files) => NewBlock::Group {
            layout: *layout,
            caption: None,
            frames: files.iter().map(|file| frame(file)).collect::<Result<_, _>>()?,
        },
    })
}

/// The steps that lay the blocks of these photographs into the tray.
fn set_aside(draft: &Draft, tale: &Tale, photos: &Photos) -> Vec<Operation> {
    let aside: Vec<&PhotoId> = tale
        .set_aside
        .iter()
        .filter_map(|file| photos.get(file))
        .collect();
    draft
        .blocks
        .iter()
        .filter(|block| {
            block
                .frames()
                .iter()
                .any(|frame| aside.contains(&&frame.photo_id))
        })
        .map(|block| Operation::Remove {
            part: PartId::Block(block.id.clone()),
        })
        .collect()
}
