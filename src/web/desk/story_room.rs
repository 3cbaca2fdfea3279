//! What the pages on which a story is worked on have in common: the editor, the light table and the caption desk show one draft under one head.

use crate::account::Actor;
use crate::clock::rfc3339;
use crate::id::StoryId;
use crate::story::checklist::{self, Checklist};
use crate::story::draft::{self, Draft};
use crate::story::steps::{self, Undoable, What};
use crate::story::{Block, access};
use crate::web::App;
use crate::web::error::Failure;
use crate::web::tongue::Tongue;

use super::stories::{scheduled, status_of};
use super::when::{Printed, printed, short};

/// One of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StoryPage {
    Editor,
    LightTable,
    CaptionDesk,
}

impl StoryPage {
    /// The word by which forms and scripts name it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Editor => "story",
            Self::LightTable => "table",
            Self::CaptionDesk => "captions",
        }
    }
}

/// A draft as one person may see it, with what stands in its way and what they can undo.
pub(super) struct StoryRoom {
    pub draft: Draft,
    pub list: Checklist,
    pub undoable: Undoable,
}

impl StoryRoom {
    /// Reads it.
    pub(super) async fn open(app: &App, actor: &Actor, id: StoryId) -> Result<Self, Failure> {
        let (actor, now) = (actor.clone(), app.clock.now());
        app.db
            .read(move |conn| {
                let story = access::find_visible(conn, &actor, &id)?;
                let undoable = steps::undoable(conn, &actor, &id)?;
                let draft = draft::load(conn, story)?;
                let list = checklist::check(&draft, now);
                Ok(Self {
                    draft,
                    list,
                    undoable,
                })
            })
            .await
    }
}

/// The head of such a page, ready to print.
pub(super) struct StoryHead {
    pub page: StoryPage,
    pub id: String,
    pub here: String,
    pub api: String,
    pub version: i32,
    pub changes: i32,
    pub title: String,
    pub language: String,
    pub may_edit: bool,
    pub status: &'static str,
    pub status_words: &'static str,
    pub public_url: Option<String>,
    /// When it goes out by itself, and whether it is late.
    pub scheduled: Option<(Printed, bool)>,
    pub embargo: Option<Printed>,
    pub photographs: usize,
    pub obstacles: usize,
    pub changed_by: String,
    pub changed_at: String,
    pub changed_at_iso: String,
    pub undo: Option<String>,
    pub redo: Option<String>,
    /// Names of those who have the story open as well.
    pub others: Option<String>,
}

impl StoryHead {
    pub(super) fn new(app: &App, actor: &Actor, room: &StoryRoom, page: StoryPage) -> Self {
        let StoryRoom {
            draft,
            list,
            undoable,
        } = room;
        let story = &draft.story;
        let (status, status_words) = status_of(story);
        let tongue = Tongue::current();
        let named =
            |what: Option<What>| what.map(|what| tongue.say(&format!("step.{}", what.as_str())).to_owned());
        Self {
            page,
            id: story.id.to_string(),
            here: app.urls.desk_story(&story.id),
            api: app.urls.manage_story(&story.id),
            version: story.version,
            changes: story.change_count,
            title: story.title.clone(),
            language: story.language.clone(),
            may_edit: actor.edits_everything(),
            status,
            status_words,
            public_url: story.is_live().then(|| app.urls.story(&story.slug)),
            scheduled: scheduled(story),
            embargo: story
                .embargo_until
                .filter(|until| *until > app.clock.now())
                .map(|until| printed(tongue, until, story.embargo_zone.as_deref())),
            photographs: draft.blocks.iter().map(Block::frames).map(<[_]>::len).sum(),
            obstacles: list.obstacles.len(),
            changed_by: draft.name_of(&story.updated_by).to_owned(),
            changed_at: short(story.updated_at),
            changed_at_iso: rfc3339(story.updated_at),
            undo: named(undoable.undo),
            redo: named(undoable.redo),
            others: {
                let others = app.presence.others(&story.id, &actor.id);
                let names: Vec<String> = others.into_iter().map(|present| present.name).collect();
                let names = names.join(", ");
                (!names.is_empty()).then(|| tongue.fill("presence.also", [("names", names.as_str())]))
            },
        }
    }

    pub(super) fn is_editor(&self) -> bool {
        self.page == StoryPage::Editor
    }

    pub(super) fn is_light_table(&self) -> bool {
        self.page == StoryPage::LightTable
    }

    pub(super) fn is_caption_desk(&self) -> bool {
        self.page == StoryPage::CaptionDesk
    }
}
