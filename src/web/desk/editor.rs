//! The story editor: the draft as it will read, every part with its words, its place and what is missing.

use std::collections::HashMap;

use actix_web::{HttpResponse, web};
use askama::Template;

use super::form::SignedIn;
use super::picture::Picture;
use super::shell::{Room, Shell, page};
use super::stories::{LANGUAGES, scheduled, status_of};
use super::when::{Printed, printed};
use crate::account::{Account, Actor, Role, query as account_query};
use crate::clock::{rfc3339, short};
use crate::id::StoryId;
use crate::photo::Photo;
use crate::story::checklist::{self, Checklist};
use crate::story::document::{GroupLayout, PhotoLayout};
use crate::story::draft::{self, Draft};
use crate::story::members::{self, Member};
use crate::story::{Block, BlockContent, Frame, MOST_BLOCKS, PartId, access};
use crate::web::App;
use crate::web::error::Failure;
use crate::web::extract::{Failed, path_id};
use crate::web::tongue::Tongue;
use crate::web::urls::Urls;

/// Width in pixels at which the editor shows a photo on an ordinary screen; twice that for dense ones is not worth the bytes here.
const PICTURE_PX: i32 = 480;

#[derive(Template)]
#[template(path = "desk/editor.html", whitespace = "minimize")]
struct EditorPage {
    shell: Shell,
    here: String,
    api: String,
    id: String,
    version: i32,
    may_edit: bool,
    status: &'static str,
    status_words: &'static str,
    public_url: Option<String>,
    /// When it goes out by itself, and whether it is late.
    scheduled: Option<(Printed, bool)>,
    embargo: Option<Printed>,
    title: String,
    slug: String,
    standfirst: String,
    byline: String,
    language: String,
    languages: &'static [(&'static str, &'static str)],
    date: String,
    tags: String,
    graphic: bool,
    changed_by: String,
    changed_at: String,
    changed_at_iso: String,
    blocks: Vec<BlockView>,
    tray: Vec<TrayView>,
    photographs: usize,
    obstacles: usize,
    members: Vec<Member>,
    others: Vec<Account>,
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

/// A frame ready to print.
struct FrameView {
    id: String,
    version: i32,
    photo_href: String,
    file_name: String,
    picture: Picture,
    caption: Word,
    place: Word,
    alt: Word,
    credit: Word,
    decorative: bool,
    photo_decorative: bool,
    graphic: bool,
    may_change: bool,
    notes: Vec<Note>,
    /// Where it stands in its group; `None` outside one.
    in_group: Option<InGroup>,
}

/// A frame's place in its group.
struct InGroup {
    is_first: bool,
    is_last: bool,
}

/// A text as it holds here, and as the photo has it.
struct Word {
    here: String,
    record: String,
}

impl Word {
    fn new(own: Option<&String>, record: Option<&String>) -> Self {
        let record = record.cloned().unwrap_or_default();
        Self {
            here: own.cloned().unwrap_or_else(|| record.clone()),
            record,
        }
    }

    fn is_own(&self) -> bool {
        self.here != self.record
    }
}

/// What the checklist says of a frame.
#[derive(Clone)]
struct Note {
    blocking: bool,
    message: String,
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
    let reader = actor.clone();
    let (draft, members, accounts) = app
        .db
        .read(move |conn| {
            let story = access::find_visible(conn, &reader, &id)?;
            let members = members::list(conn, &reader, &id)?;
            let accounts = account_query::list_accounts(conn)?;
            Ok::<_, Failure>((draft::load(conn, story)?, members, accounts))
        })
        .await?;
    let list = checklist::check(&draft, now);
    page(&build(&app, &actor, &draft, &list, members, accounts))
}

fn build(
    app: &App,
    actor: &Actor,
    draft: &Draft,
    list: &Checklist,
    members: Vec<Member>,
    accounts: Vec<Account>,
) -> EditorPage {
    let story = &draft.story;
    let (status, status_words) = status_of(story);
    let notes = notes_by_part(list);
    let view = Viewer {
        actor,
        draft,
        notes: &notes,
        urls: &app.urls,
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
        here: app.urls.desk_story(&story.id),
        api: app.urls.manage_story(&story.id),
        id: story.id.to_string(),
        version: story.version,
        may_edit: actor.edits_everything(),
        status,
        status_words,
        public_url: story.is_live().then(|| app.urls.story(&story.slug)),
        scheduled: scheduled(story),
        embargo: story
            .embargo_until
            .filter(|until| *until > app.clock.now())
            .map(|until| printed(Tongue::current(), until, story.embargo_zone.as_deref())),
        title: story.title.clone(),
        slug: story.slug.clone(),
        standfirst: story.standfirst.clone().unwrap_or_default(),
        byline: story.byline.clone().unwrap_or_default(),
        language: story.language.clone(),
        languages: &LANGUAGES,
        date: story.date.clone().unwrap_or_default(),
        tags: story.tags.join(", "),
        graphic: story.graphic,
        changed_by: draft.name_of(&story.updated_by).to_owned(),
        changed_at: short(story.updated_at),
        changed_at_iso: rfc3339(story.updated_at),
        blocks: blocks
            .map(|(index, block)| BlockView {
                id: block.id.to_string(),
                number: index + 1,
                version: block.version,
                is_first: index == 0,
                is_last: index == last_index,
                is_lead: lead == Some(&block.id),
                content: view.content(block),
            })
            .collect(),
        tray: draft.tray.iter().map(|block| view.tray(block)).collect(),
        photographs: draft.blocks.iter().map(|block| block.frames().len()).sum(),
        obstacles: list.obstacles.len(),
        members,
        others,
        may_grow: draft.blocks.len() < MOST_BLOCKS,
    }
}

fn notes_by_part(list: &Checklist) -> HashMap<String, Vec<Note>> {
    let mut notes: HashMap<String, Vec<Note>> = HashMap::new();
    let blocking = list.obstacles.iter().map(|remark| (true, remark));
    let advising = list.warnings.iter().map(|remark| (false, remark));
    for (blocking, remark) in blocking.chain(advising) {
        if let Some(part) = &remark.part {
            notes.entry(part.as_str().to_owned()).or_default().push(Note {
                blocking,
                message: remark.brief.clone(),
            });
        }
    }
    notes
}

/// Builds the parts' views for one person.
struct Viewer<'a> {
    actor: &'a Actor,
    draft: &'a Draft,
    notes: &'a HashMap<String, Vec<Note>>,
    urls: &'a Urls,
}

impl Viewer<'_> {
    fn content(&self, block: &Block) -> Content {
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
                frame: Box::new(self.frame(frame, None)),
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
                        self.frame(frame, Some(place))
                    })
                    .collect(),
            },
        }
    }

    fn frame(&self, frame: &Frame, in_group: Option<InGroup>) -> FrameView {
        let photo = self.draft.photos.get(&frame.photo_id);
        let words = &frame.words;
        let record = |field: fn(&Photo) -> &Option<String>| photo.and_then(|photo| field(photo).as_ref());
        let photo_decorative = photo.is_some_and(|photo| photo.decorative);
        FrameView {
            id: frame.id.to_string(),
            version: frame.version,
            photo_href: self.urls.desk_photo(&frame.photo_id),
            file_name: photo.map(|photo| photo.file_name.clone()).unwrap_or_default(),
            picture: self.picture(frame, PICTURE_PX),
            caption: Word::new(words.caption.as_ref(), record(|photo| &photo.caption)),
            place: Word::new(words.place.as_ref(), record(|photo| &photo.place)),
            alt: Word::new(words.alt.as_ref(), record(|photo| &photo.alt)),
            credit: Word::new(words.credit.as_ref(), record(|photo| &photo.credit)),
            decorative: words.decorative.unwrap_or(photo_decorative),
            photo_decorative,
            graphic: words.graphic,
            may_change: self.actor.edits_everything()
                || photo.is_some_and(|photo| photo.owner_id == self.actor.id),
            notes: self
                .notes
                .get(PartId::Frame(frame.id.clone()).as_str())
                .cloned()
                .unwrap_or_default(),
            in_group,
        }
    }

    fn picture(&self, frame: &Frame, width_px: i32) -> Picture {
        let renditions = self.draft.renditions.get(&frame.photo_id);
        let renditions = renditions.map(Vec::as_slice).unwrap_or_default();
        match self.draft.photos.get(&frame.photo_id) {
            Some(photo) => Picture::of(photo, renditions, width_px, self.urls),
            // A foreign key keeps this from happening.
            None => Picture::missing(),
        }
    }

    fn tray(&self, block: &Block) -> TrayView {
        let words = match &block.content {
            BlockContent::Text { markdown } | BlockContent::Quote { markdown, .. } => markdown.clone(),
            BlockContent::Heading { text } => text.clone(),
            BlockContent::Photo { frame, .. } => self
                .draft
                .photos
                .get(&frame.photo_id)
                .map(|photo| photo.file_name.clone())
                .unwrap_or_default(),
            BlockContent::Group { frames, .. } => format!("A group of {} photographs", frames.len()),
        };
        TrayView {
            id: block.id.to_string(),
            words: crate::text::cut(&words, 90),
            thumb: block.frames().first().map(|frame| self.picture(frame, 1)),
        }
    }
}

fn photo_layouts(chosen: PhotoLayout) -> Vec<Choice> {
    [
        (PhotoLayout::Column, "column", "Column"),
        (PhotoLayout::Wide, "wide", "Wide"),
        (PhotoLayout::Full, "full", "Full bleed"),
    ]
    .map(|(layout, name, words)| Choice {
        name,
        words,
        chosen: layout == chosen,
    })
    .into()
}

fn group_layouts(chosen: GroupLayout) -> Vec<Choice> {
    [
        (GroupLayout::Side, "side", "Side by side"),
        (GroupLayout::Grid, "grid", "Grid"),
    ]
    .map(|(layout, name, words)| Choice {
        name,
        words,
        chosen: layout == chosen,
    })
    .into()
}
