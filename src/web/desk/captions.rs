//! The caption desk: every frame of a story with its picture beside its words, made for the keyboard; and the ways to write to many at once.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::form::{Sent, SignedIn};
use super::frame_view::{FrameView, Viewer, notes_by_part};
use super::shell::{Room, Shell, go, page};
use super::story_room::{StoryHead, StoryPage, StoryRoom};
use crate::id::StoryId;
use crate::story::rewrite::advice::{self, Beside};
use crate::story::rewrite::codes;
use crate::story::{Block, PartId};
use crate::web::App;
use crate::web::error::Failure;
use crate::web::extract::{Failed, path_id};
use crate::web::tongue::Tongue;

/// Width in pixels of the pictures: shown at 480 and more, on dense screens too.
const PICTURE_PX: i32 = 960;

#[derive(Template)]
#[template(path = "desk/captions.html", whitespace = "minimize")]
struct CaptionsPage {
    shell: Shell,
    head: StoryHead,
    rows: Vec<Row>,
    codes: String,
}

/// A frame with what may be said of its caption.
struct Row {
    number: usize,
    frame: FrameView,
    advice: Vec<&'static str>,
}

impl Row {
    /// Changes when the row has to be drawn anew.
    fn signature(&self) -> String {
        let frame = &self.frame;
        let src = frame.picture.src.as_deref().unwrap_or_default();
        let notes: Vec<&str> = frame.notes.iter().map(|note| note.code).collect();
        format!(
            "{}|{src}|{}|{}",
            frame.version,
            notes.join(","),
            self.advice.join(",")
        )
    }
}

/// `GET /desk/stories/{id}/captions`.
pub(super) async fn show(
    app: web::Data<App>,
    SignedIn(actor): SignedIn,
    id: web::Path<String>,
) -> Result<HttpResponse, Failed> {
    let id: StoryId = path_id(&id)?;
    let room = StoryRoom::open(&app, &actor, id.clone()).await?;
    let codes = app
        .db
        .read(move |conn| codes::find(conn, &id).map_err(Failure::from))
        .await?;
    let notes = notes_by_part(&room.list);
    let view = Viewer {
        actor: &actor,
        draft: &room.draft,
        notes: &notes,
        urls: &app.urls,
        picture_px: PICTURE_PX,
    };
    let frames = room.draft.blocks.iter().flat_map(Block::frames);
    let rows = (1..)
        .zip(frames)
        .map(|(number, frame)| {
            let has_date = room
                .draft
                .photos
                .get(&frame.photo_id)
                .is_some_and(|photo| photo.taken_on.is_some());
            let frame = view.frame(frame, None);
            let advice = advice_on(&frame, has_date);
            Row {
                number,
                frame,
                advice,
            }
        })
        .collect();
    page(&CaptionsPage {
        shell: Shell::new(&app, Some(&actor), Room::Stories, room.draft.story.title.clone()),
        head: StoryHead::new(&app, &actor, &room, StoryPage::CaptionDesk),
        rows,
        codes,
    })
}

fn advice_on(frame: &FrameView, has_date: bool) -> Vec<&'static str> {
    let beside = Beside {
        place: &frame.place.here,
        alt: if frame.decorative { "" } else { &frame.alt.here },
        has_date,
    };
    let tongue = Tongue::current();
    advice::advise(&frame.caption.here, beside)
        .into_iter()
        .map(|advice| tongue.say(&format!("advice.{}", advice.as_str())))
        .collect()
}

/// `POST /desk/stories/{id}/codes`.
pub(super) async fn save_codes(
    app: web::Data<App>,
    id: web::Path<String>,
    sent: Sent,
) -> Result<HttpResponse, Failed> {
    let id: StoryId = path_id(&id)?;
    let Sent { actor, form } = sent;
    let (list, now, story) = (form.text("codes").to_owned(), app.clock.now(), id.clone());
    app.db
        .write(move |conn| codes::save(conn, &actor, &story, &list, now).map_err(Failure::from))
        .await?;
    Ok(go(&app.urls.caption_desk(&id)))
}

/// The frames that a form names: as frames, or by the blocks in which they stand.
pub(super) fn chosen(
    form: &super::form::Form,
    draft: &crate::story::draft::Draft,
) -> Vec<crate::id::FrameId> {
    let mut chosen: Vec<crate::id::FrameId> = Vec::new();
    for part in form
        .all("frame")
        .chain(form.all("block"))
        .filter_map(|id| id.parse::<PartId>().ok())
    {
        match part {
            PartId::Frame(id) => chosen.push(id),
            PartId::Block(id) => {
                let frames = draft.block(&id).map(Block::frames).unwrap_or_default();
                chosen.extend(frames.iter().map(|frame| frame.id.clone()));
            }
        }
    }
    chosen
}
