//! The light table: the contact sheet on which a story's frames are chosen and ordered. It shows every block, so that a place on the sheet is a
//! place in the story; text is a small tile among the pictures.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::form::SignedIn;
use super::frame_view::{Note, Viewer, notes_by_part};
use super::picture::Picture;
use super::shell::{Room, Shell, page};
use super::story_room::{StoryHead, StoryPage, StoryRoom};
use crate::id::StoryId;
use crate::story::compose::settle;
use crate::story::{Block, BlockContent, Frame, PartId};
use crate::web::App;
use crate::web::extract::{Failed, path_id};
use crate::web::tongue::Tongue;

/// Characters of a caption or text that a tile shows.
const EXCERPT: usize = 110;
/// What of the checklist is a mark on a tile, by the code of the remark; the rest is for the publish page.
const MARKS: [&str; 13] = [
    "alt_missing",
    "caption_missing",
    "credit_missing",
    "alt_equals_caption",
    "metadata_conflict",
    "instructions",
    "ai_source",
    "minor",
    "model_release",
    "names_what_is_hidden",
    "photo_damaged",
    "photo_failed",
    "photo_pending",
];

#[derive(Template)]
#[template(path = "desk/table.html", whitespace = "minimize")]
struct TablePage {
    shell: Shell,
    head: StoryHead,
    tiles: Vec<Tile>,
}

/// A block on the sheet, ready to print.
struct Tile {
    id: String,
    version: i32,
    kind: &'static str,
    /// The numbers of its frames in the story: `7`, or `7–9`.
    number: String,
    frames: usize,
    pictures: Vec<Picture>,
    file_name: String,
    words: String,
    marks: Vec<Mark>,
    is_lead: bool,
    captions_href: String,
}

/// One mark on a tile.
#[derive(PartialEq)]
struct Mark {
    blocking: bool,
    words: &'static str,
    sentence: String,
}

impl Tile {
    /// Changes when the tile has to be drawn anew.
    fn signature(&self) -> String {
        let pictures: Vec<&str> = self
            .pictures
            .iter()
            .filter_map(|picture| picture.src.as_deref())
            .collect();
        let marks: Vec<&str> = self.marks.iter().map(|mark| mark.words).collect();
        format!(
            "{}|{}|{}|{}",
            pictures.join(","),
            self.words,
            marks.join(","),
            self.is_lead
        )
    }

    fn is_pending(&self) -> bool {
        self.pictures.iter().any(Picture::is_pending)
    }
}

/// `GET /desk/stories/{id}/table`.
pub(super) async fn show(
    app: web::Data<App>,
    SignedIn(actor): SignedIn,
    id: web::Path<String>,
) -> Result<HttpResponse, Failed> {
    let id: StoryId = path_id(&id)?;
    let room = StoryRoom::open(&app, &actor, id).await?;
    let notes = notes_by_part(&room.list);
    let view = Viewer {
        actor: &actor,
        draft: &room.draft,
        notes: &notes,
        urls: &app.urls,
        picture_px: 1,
    };
    let head = StoryHead::new(&app, &actor, &room, StoryPage::LightTable);
    let lead = room.draft.lead().map(|block| &block.id);
    let mut number = 0;
    let tiles = room
        .draft
        .blocks
        .iter()
        .map(|block| {
            let tile = tile(&view, block, number + 1, lead == Some(&block.id), &head.here);
            number += block.frames().len();
            tile
        })
        .collect();
    page(&TablePage {
        shell: Shell::new(&app, Some(&actor), Room::Stories, room.draft.story.title.clone()),
        head,
        tiles,
    })
}

fn tile(view: &Viewer<'_>, block: &Block, first: usize, is_lead: bool, here: &str) -> Tile {
    let frames = block.frames();
    let (kind, words) = match &block.content {
        BlockContent::Text { markdown } => ("text", markdown.clone()),
        BlockContent::Heading { text } => ("heading", text.clone()),
        BlockContent::Quote { markdown, .. } => ("quote", markdown.clone()),
        BlockContent::Photo { frame, .. } => ("photo", caption(view, frame)),
        BlockContent::Group {
            caption: words,
            frames,
            ..
        } => {
            let first = frames
                .first()
                .map(|frame| caption(view, frame))
                .unwrap_or_default();
            ("group", words.clone().unwrap_or(first))
        }
    };
    let photo = frames
        .first()
        .and_then(|frame| view.draft.photos.get(&frame.photo_id));
    Tile {
        id: block.id.to_string(),
        version: block.version,
        kind,
        number: match frames.len() {
            0 => String::new(),
            1 => first.to_string(),
            more => format!("{first}–{}", first + more - 1),
        },
        frames: frames.len(),
        pictures: frames.iter().map(|frame| view.thumb(frame)).collect(),
        file_name: photo.map(|photo| photo.file_name.clone()).unwrap_or_default(),
        words: crate::text::cut(&words, EXCERPT),
        marks: marks(view, frames),
        is_lead,
        captions_href: frames
            .first()
            .map(|frame| format!("{here}/captions#{}", frame.id))
            .unwrap_or_default(),
    }
}

fn caption(view: &Viewer<'_>, frame: &Frame) -> String {
    let photo = view.draft.photos.get(&frame.photo_id);
    let words = photo.map(|photo| settle(frame, photo, &view.draft.story.language));
    words.and_then(|words| words.caption).unwrap_or_default()
}

/// What is to be seen to in these frames, each mark once.
fn marks(view: &Viewer<'_>, frames: &[Frame]) -> Vec<Mark> {
    let tongue = Tongue::current();
    let notes = frames
        .iter()
        .filter_map(|frame| view.notes.get(PartId::Frame(frame.id.clone()).as_str()))
        .flatten();
    let mut marks: Vec<Mark> = Vec::new();
    for Note {
        code,
        blocking,
        message,
    } in notes.filter(|note| MARKS.contains(&note.code))
    {
        let words = tongue.say(&format!("mark.{code}"));
        if marks.iter().all(|mark| mark.words != words) {
            marks.push(Mark {
                blocking: *blocking,
                words,
                sentence: message.clone(),
            });
        }
    }
    let photos = frames
        .iter()
        .filter_map(|frame| view.draft.photos.get(&frame.photo_id));
    if photos.into_iter().any(|photo| photo.embedded.has_credentials) {
        marks.push(Mark {
            blocking: false,
            words: tongue.say("mark.credentials"),
            sentence: tongue.say("mark.credentials.sentence").to_owned(),
        });
    }
    marks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mark_is_a_remark_of_the_checklist_and_has_a_word() {
        for code in MARKS {
            let told = format!("told.{code}");
            let mut sentences = Tongue::all_english(&told);
            assert!(sentences.next().is_some(), "{code} is no remark");
            let word = Tongue::english(&format!("mark.{code}"));
            assert!(word.is_some(), "{code} has no word");
        }
    }
}
