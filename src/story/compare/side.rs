//! One state of a story, reduced to what can differ.

use super::Part;
use super::matching::Known;
use crate::id::PhotoId;
use crate::story::document::{
    DocumentBlock, DocumentFrame, DocumentPhoto, GroupLayout, PhotoLayout, StoryDocument,
};

/// What a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Paragraphs.
    Text,
    /// A heading.
    Heading,
    /// A quotation.
    Quote,
    /// One photograph.
    Photo,
    /// Several.
    Group,
}

/// One state of a story.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Side {
    /// The story's own fields.
    pub fields: Vec<(Part, String)>,
    /// The photograph that leads.
    pub lead: Option<PhotoId>,
    /// The blocks in order.
    pub blocks: Vec<SideBlock>,
}

/// A block of one state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SideBlock {
    /// Its id, where the state keeps ids.
    pub id: Option<String>,
    /// What it is.
    pub kind: Kind,
    /// Its own words and choices.
    pub words: Vec<(Part, String)>,
    /// Its words with their formatting, compared as a whole.
    pub form: String,
    /// Its frames in order.
    pub frames: Vec<SideFrame>,
}

/// A frame of one state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SideFrame {
    /// Its id, where the state keeps ids.
    pub id: Option<String>,
    /// The photograph.
    pub photo: PhotoId,
    /// Its words and choices.
    pub words: Vec<(Part, String)>,
}

impl SideBlock {
    /// All that it says.
    pub(super) fn text(&self) -> String {
        let own = self.words.iter();
        let captions = self.frames.iter().flat_map(|frame| &frame.words);
        own.chain(captions)
            .filter(|(part, text)| {
                matches!(part, Part::Text | Part::Attribution | Part::Caption) && !text.is_empty()
            })
            .map(|(_, text)| text.as_str())
            .collect::<Vec<_>>()
            .join("\n")
    }

    pub(super) fn photos(&self) -> Vec<PhotoId> {
        self.frames.iter().map(|frame| frame.photo.clone()).collect()
    }
}

impl Known for SideBlock {
    fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    fn is_alike(&self, other: &Self) -> bool {
        self.kind == other.kind
            && match self.kind {
                Kind::Photo | Kind::Group => self.photos() == other.photos(),
                Kind::Text | Kind::Heading | Kind::Quote => self.words == other.words,
            }
    }

    fn may_be(&self, other: &Self) -> bool {
        self.kind == other.kind
            && match self.kind {
                Kind::Photo | Kind::Group => {
                    let theirs = other.photos();
                    self.photos().iter().any(|photo| theirs.contains(photo))
                }
                Kind::Text | Kind::Heading | Kind::Quote => true,
            }
    }
}

impl Known for SideFrame {
    fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    fn is_alike(&self, other: &Self) -> bool {
        self.photo == other.photo
    }

    fn may_be(&self, other: &Self) -> bool {
        self.photo == other.photo
    }
}

impl Side {
    /// The side that readers see of a document.
    #[must_use]
    pub fn of(document: &StoryDocument) -> Self {
        let optional = |text: &Option<String>| text.clone().unwrap_or_default();
        Self {
            fields: vec![
                (Part::Title, document.title.clone()),
                (Part::Standfirst, optional(&document.standfirst)),
                (Part::Byline, optional(&document.byline)),
                (Part::Date, optional(&document.date)),
                (Part::Language, document.language.clone()),
                (Part::Tags, document.tags.join(", ")),
                (Part::Graphic, yes(document.graphic)),
            ],
            lead: lead(document),
            blocks: document.blocks.iter().map(|it| block(document, it)).collect(),
        }
    }
}

fn yes(is: bool) -> String {
    if is { "yes".to_owned() } else { String::new() }
}

/// The first photograph of the block that leads.
fn lead(document: &StoryDocument) -> Option<PhotoId> {
    let block = document
        .blocks
        .iter()
        .find(|block| Some(block.id()) == document.lead.as_ref())?;
    Some(block.frames().first()?.photo.clone())
}

fn block(document: &StoryDocument, block: &DocumentBlock) -> SideBlock {
    let frames = block.frames().iter().map(|it| frame(document, it)).collect();
    let (kind, words, form) = match block {
        DocumentBlock::Text { html, text, .. } => {
            (Kind::Text, vec![(Part::Text, text.clone())], html.to_string())
        }
        DocumentBlock::Heading { text, .. } => {
            (Kind::Heading, vec![(Part::Text, text.clone())], String::new())
        }
        DocumentBlock::Quote {
            html,
            text,
            attribution,
            ..
        } => {
            let who = attribution.clone().unwrap_or_default();
            let words = vec![(Part::Text, text.clone()), (Part::Attribution, who)];
            (Kind::Quote, words, html.to_string())
        }
        DocumentBlock::Photo { layout, .. } => {
            let words = vec![kind_word("photo"), (Part::Layout, of_photo(*layout).to_owned())];
            (Kind::Photo, words, String::new())
        }
        DocumentBlock::Group { layout, caption, .. } => {
            let caption = caption.as_ref().map(|caption| caption.text.clone());
            let words = vec![
                kind_word("group"),
                (Part::Layout, of_group(*layout).to_owned()),
                (Part::Caption, caption.unwrap_or_default()),
            ];
            (Kind::Group, words, String::new())
        }
    };
    SideBlock {
        id: Some(block.id().to_string()),
        kind,
        words,
        form,
        frames,
    }
}

/// A photo block can become a group and the other way round, keeping its id.
fn kind_word(kind: &str) -> (Part, String) {
    (Part::Kind, kind.to_owned())
}

const fn of_photo(layout: PhotoLayout) -> &'static str {
    match layout {
        PhotoLayout::Column => "column",
        PhotoLayout::Wide => "wide",
        PhotoLayout::Full => "full",
    }
}

const fn of_group(layout: GroupLayout) -> &'static str {
    match layout {
        GroupLayout::Side => "side",
        GroupLayout::Grid => "grid",
    }
}

fn frame(document: &StoryDocument, frame: &DocumentFrame) -> SideFrame {
    let optional = |text: &Option<String>| text.clone().unwrap_or_default();
    let caption = frame.caption.as_ref().map(|caption| caption.text.clone());
    let mut words = vec![
        (Part::Caption, caption.unwrap_or_default()),
        (Part::Place, optional(&frame.place)),
        (Part::Alt, frame.alt.clone()),
        (Part::Credit, optional(&frame.credit)),
        (Part::Graphic, yes(frame.graphic)),
    ];
    if let Some(photo) = document.photos.get(&frame.photo) {
        words.extend([
            (Part::Creator, optional(&photo.creator)),
            (Part::Copyright, optional(&photo.copyright)),
            (Part::License, optional(&photo.license)),
            (Part::Focal, focal(photo)),
        ]);
    }
    SideFrame {
        id: Some(frame.id.to_string()),
        photo: frame.photo.clone(),
        words,
    }
}

/// The focal point in whole per cents: what is finer nobody sees.
fn focal(photo: &DocumentPhoto) -> String {
    let (x, y) = photo.focal;
    format!("{:.0} % × {:.0} %", x * 100.0, y * 100.0)
}
