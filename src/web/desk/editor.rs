//! The story editor: the draft as it will read, every part with its words, its place and what is missing.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::form::SignedIn;
use super::frame_view::{FrameView, InGroup, Viewer, notes_by_part};
use super::picture::Picture;
use super::shell::{Room, Shell, page};
use super::stories::LANGUAGES;
use super::story_room::{StoryHead, StoryPage, StoryRoom};
use crate::account::{Account, Actor, Role, query as account_query};
use crate::id::StoryId;
use crate::story::document::{GroupLayout, PhotoLayout};
use crate::story::members::{self, Member};
use crate::story::{Block, BlockContent, MOST_BLOCKS, drop_links};
use crate::web::App;
use crate::web::error::Failure;
use crate::web::extract::{Failed, path_id};
use crate::web::tongue::Tongue;

/// Width in pixels at which the editor shows a photo on an ordinary screen; twice that for dense ones is not worth the bytes here.
const PICTURE_PX: i32 = 480;

#[derive(Template)]
#[template(path = "desk/editor.html", whitespace = "minimize")]
struct EditorPage {
    shell: Shell,
    head: StoryHead,
    slug: String,
    standfirst: String,
    byline: String,
    languages: &'static [(&'static str, &'static str)],
    date: String,
    tags: String,
    graphic: bool,
    blocks: Vec<BlockView>,
    tray: Vec<TrayView>,
    members: Vec<Member>,
    others: Vec<Account>,
    drop_links: usize,
    may_grow: bool,
}

/// A block ready to print.
struct BlockView {
    id: String,
    number: usize,
    version: i32,
    is_first: bool,
    is_last: bool,
    is_lead: bool,
    content: Content,
}

/// What a block is, ready to print.
enum Content {
    Text {
        markdown: String,
    },
    Heading {
        text: String,
    },
    Quote {
        markdown: String,
        attribution: String,
    },
    Photo {
        layouts: Vec<Choice>,
        frame: Box<FrameView>,
    },
    Group {
        layouts: Vec<Choice>,
        caption: String,
        frames: Vec<FrameView>,
    },
}

/// One of several layouts.
struct Choice {
    name: &'static str,
    words: &'static str,
    chosen: bool,
}

/// A removed block that can be put back.
struct TrayView {
    id: String,
    words: String,
    thumb: Option<Picture>,
}

pub(super) async fn show(
    app: web::Data<App>,
    SignedIn(actor): SignedIn,
    id: web::Path<String>,
) -> Result<HttpResponse, Failed> {
    let id: StoryId = path_id(&id)?;
    let now = app.clock.now();
    let room = StoryRoom::open(&app, &actor, id.clone()).await?;
    let reader = actor.clone();
    let (members, accounts, links) = app
        .db
        .read(move |conn| {
            let members = members::list(conn, &reader, &id)?;
            let accounts = account_query::list_accounts(conn)?;
            let links = if reader.edits_everything() {
                drop_links::list(conn, &reader, &id, now)?.len()
            } else {
                0
            };
            Ok::<_, Failure>((members, accounts, links))
        })
        .await?;
    let mut view = build(&app, &actor, &room, members, accounts);
    view.drop_links = links;
    page(&view)
}

fn build(
    app: &App,
    actor: &Actor,
    room: &StoryRoom,
    members: Vec<Member>,
    accounts: Vec<Account>,
) -> EditorPage {
    let draft = &room.draft;
    let story = &draft.story;
    let notes = notes_by_part(&room.list);
    let view = Viewer {
        actor,
        draft,
        notes: &notes,
        urls: &app.urls,
        picture_px: PICTURE_PX,
    };
    let last_index = draft.blocks.len().saturating_sub(1);
    let lead = draft.lead().map(|block| &block.id);
    let blocks = draft.blocks.iter().enumerate();
    let others = accounts
        .into_iter()
        .filter(|account| account.role == Role::Photographer && account.disabled_at.is_none())
        .filter(|account| members.iter().all(|member| member.id != account.id))
        .collect();
    EditorPage {
        shell: Shell::new(app, Some(actor), Room::Stories, story.title.clone()),
        head: StoryHead::new(app, actor, room, StoryPage::Editor),
        slug: story.slug.clone(),
        standfirst: story.standfirst.clone().unwrap_or_default(),
        byline: story.byline.clone().unwrap_or_default(),
        languages: &LANGUAGES,
        date: story.date.clone().unwrap_or_default(),
        tags: story.tags.join(", "),
        graphic: story.graphic,
        blocks: blocks
            .map(|(index, block)| BlockView {
                id: block.id.to_string(),
                number: index + 1,
                version: block.version,
                is_first: index == 0,
                is_last: index == last_index,
                is_lead: lead == Some(&block.id),
                content: content(&view, block),
            })
            .collect(),
        tray: draft.tray.iter().map(|block| tray(&view, block)).collect(),
        members,
        others,
        drop_links: 0,
        may_grow: draft.blocks.len() < MOST_BLOCKS,
    }
}

fn content(view: &Viewer<'_>, block: &Block) -> Content {
    match &block.content {
        BlockContent::Text { markdown } => Content::Text {
            markdown: markdown.clone(),
        },
        BlockContent::Heading { text } => Content::Heading { text: text.clone() },
        BlockContent::Quote {
            markdown,
            attribution,
        } => Content::Quote {
            markdown: markdown.clone(),
            attribution: attribution.clone().unwrap_or_default(),
        },
        BlockContent::Photo { layout, frame } => Content::Photo {
            layouts: photo_layouts(*layout),
            frame: Box::new(view.frame(frame, None)),
        },
        BlockContent::Group {
            layout,
            caption,
            frames,
        } => Content::Group {
            layouts: group_layouts(*layout),
            caption: caption.clone().unwrap_or_default(),
            frames: frames
                .iter()
                .enumerate()
                .map(|(index, frame)| {
                    let place = InGroup {
                        is_first: index == 0,
                        is_last: index + 1 == frames.len(),
                    };
                    view.frame(frame, Some(place))
                })
                .collect(),
        },
    }
}

fn tray(view: &Viewer<'_>, block: &Block) -> TrayView {
    let words = match &block.content {
        BlockContent::Text { markdown } | BlockContent::Quote { markdown, .. } => markdown.clone(),
        BlockContent::Heading { text } => text.clone(),
        BlockContent::Photo { frame, .. } => view
            .draft
            .photos
            .get(&frame.photo_id)
            .map(|photo| photo.file_name.clone())
            .unwrap_or_default(),
        BlockContent::Group { frames, .. } => Tongue::current().count("editor.tray_group", frames.len()),
    };
    TrayView {
        id: block.id.to_string(),
        words: crate::text::cut(&words, 90),
        thumb: block.frames().first().map(|frame| view.picture(frame, 1)),
    }
}

fn photo_layouts(chosen: PhotoLayout) -> Vec<Choice> {
    [
        (PhotoLayout::Column, "column", "layout.column"),
        (PhotoLayout::Wide, "wide", "layout.wide"),
        (PhotoLayout::Full, "full", "layout.full"),
    ]
    .map(|(layout, name, key)| Choice {
        name,
        words: Tongue::current().say(key),
        chosen: layout == chosen,
    })
    .into()
}

fn group_layouts(chosen: GroupLayout) -> Vec<Choice> {
    [
        (GroupLayout::Side, "side", "layout.side"),
        (GroupLayout::Grid, "grid", "layout.grid"),
    ]
    .map(|(layout, name, key)| Choice {
        name,
        words: Tongue::current().say(key),
        chosen: layout == chosen,
    })
    .into()
}
