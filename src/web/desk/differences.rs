//! Differences between two states of a story, ready to print: what came, went, moved and changed, with the photographs it is about.

use crate::id::PhotoId;
use crate::story::compare::{
    BlockDifference, Change, Difference, Fate, FrameDifference, Kind, Part, Piece, Side, compare,
};
use crate::story::document::StoryDocument;
use crate::web::tongue::Tongue;
use crate::web::urls::Urls;

/// Words of an unchanged passage that are shown before and after what changed.
const WORDS_AROUND: usize = 14;
/// Characters of a block by which it is known again.
const EXCERPT_CHARS: usize = 160;

/// One difference ready to print.
#[derive(Debug)]
pub(super) struct DifferenceView {
    /// `added`, `removed`, `moved` or `changed`, for style sheets.
    pub kind: &'static str,
    /// What it is and what became of it.
    pub heading: String,
    /// What it says, to know it by; empty where the changes show that.
    pub excerpt: String,
    /// The photographs it is about.
    pub thumbs: Vec<ThumbView>,
    pub changes: Vec<ChangeView>,
}

/// A photograph, small.
#[derive(Debug)]
pub(super) struct ThumbView {
    /// `None` while it has no renditions.
    pub src: Option<String>,
    pub width: u32,
    pub height: u32,
    pub alt: String,
}

/// A changed text ready to print.
#[derive(Debug)]
pub(super) struct ChangeView {
    pub label: String,
    /// The photograph it is about, in a block with several.
    pub thumb: Option<ThumbView>,
    pub pieces: Vec<PieceView>,
    /// Said instead of pieces.
    pub note: Option<String>,
}

/// A run of words ready to print.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum PieceView {
    Same(String),
    Removed(String),
    Added(String),
    /// Words that are the same and are left out.
    Gap,
}

/// The differences between what readers see and a later state.
pub(super) fn differences(
    before: &StoryDocument,
    after: &StoryDocument,
    tongue: Tongue,
    urls: &Urls,
) -> Vec<DifferenceView> {
    let printer = Printer {
        before,
        after,
        tongue,
        urls,
    };
    compare(&Side::of(before), &Side::of(after))
        .iter()
        .map(|difference| printer.difference(difference))
        .collect()
}

struct Printer<'a> {
    before: &'a StoryDocument,
    after: &'a StoryDocument,
    tongue: Tongue,
    urls: &'a Urls,
}

impl Printer<'_> {
    fn difference(&self, difference: &Difference) -> DifferenceView {
        match difference {
            Difference::Field(change) => DifferenceView {
                kind: "changed",
                heading: self.tongue.say(label(change.part)).to_owned(),
                excerpt: String::new(),
                thumbs: Vec::new(),
                changes: vec![ChangeView {
                    label: String::new(),
                    ..self.change(change, None)
                }],
            },
            Difference::Lead { before, after } => DifferenceView {
                kind: "changed",
                heading: self.tongue.say("differences.lead").to_owned(),
                excerpt: String::new(),
                thumbs: before
                    .iter()
                    .chain(after)
                    .map(|photo| self.thumb(photo))
                    .collect(),
                changes: Vec::new(),
            },
            Difference::Block(block) => self.block(block),
        }
    }

    fn block(&self, block: &BlockDifference) -> DifferenceView {
        let name = self.tongue.say(kind_name(block.kind));
        let place = |place: Option<usize>| place.unwrap_or_default().to_string();
        let (was, is) = (place(block.before), place(block.after));
        // A photograph that left its block for a group has not left the story.
        let stands_elsewhere = !block.photos.is_empty()
            && block
                .photos
                .iter()
                .all(|photo| self.after.frames().any(|frame| frame.photo == *photo));
        let (kind, key) = match block.fate {
            Fate::Added => ("added", "differences.added"),
            Fate::Removed if stands_elsewhere => ("moved", "differences.elsewhere"),
            Fate::Removed => ("removed", "differences.removed"),
            Fate::Kept if block.moved => ("moved", "differences.moved"),
            Fate::Kept => ("changed", "differences.changed"),
        };
        let values = [("what", name), ("from", was.as_str()), ("to", is.as_str())];
        let several = block.photos.len() > 1;
        let mut changes: Vec<ChangeView> = block.changes.iter().map(|it| self.change(it, None)).collect();
        for frame in &block.frames {
            changes.extend(self.frame(frame, several));
        }
        let shows_words = changes.iter().any(|change| !change.pieces.is_empty());
        DifferenceView {
            kind,
            heading: self.tongue.fill(key, values),
            excerpt: if shows_words {
                String::new()
            } else {
                excerpt(&block.text)
            },
            thumbs: block.photos.iter().map(|photo| self.thumb(photo)).collect(),
            changes,
        }
    }

    fn frame(&self, frame: &FrameDifference, several: bool) -> Vec<ChangeView> {
        let thumb = || several.then(|| self.thumb(&frame.photo));
        let key = match frame.fate {
            Fate::Added => Some("differences.frame_added"),
            Fate::Removed => Some("differences.frame_removed"),
            Fate::Kept if frame.moved => Some("differences.frame_moved"),
            Fate::Kept => None,
        };
        let fate = key.map(|key| ChangeView {
            label: String::new(),
            thumb: Some(self.thumb(&frame.photo)),
            pieces: Vec::new(),
            note: Some(self.tongue.say(key).to_owned()),
        });
        let words = frame.changes.iter().map(|change| self.change(change, thumb()));
        fate.into_iter().chain(words).collect()
    }

    fn change(&self, change: &Change, thumb: Option<ThumbView>) -> ChangeView {
        let is_choice = matches!(change.part, Part::Layout | Part::Kind | Part::Graphic);
        let pieces = if is_choice {
            self.choices(change.part, &change.pieces)
        } else {
            shortened(&change.pieces)
        };
        let note = change.pieces.is_empty().then(|| {
            let key = "differences.formatting_changed";
            self.tongue.say(key).to_owned()
        });
        ChangeView {
            label: self.tongue.say(label(change.part)).to_owned(),
            thumb,
            pieces,
            note,
        }
    }

    /// A choice is a word of ours: it is said in the desk's language.
    fn choices(&self, part: Part, pieces: &[Piece]) -> Vec<PieceView> {
        let say = |text: &str| {
            let key = match (part, text.trim()) {
                (Part::Graphic, "yes") => "differences.yes",
                (_, "column") => "differences.column",
                (_, "wide") => "differences.wide",
                (_, "full") => "differences.full",
                (_, "side") => "differences.side",
                (_, "grid") => "differences.grid",
                (_, "photo") => "differences.photo",
                (_, "group") => "differences.group",
                _ => return text.to_owned(),
            };
            format!("{} ", self.tongue.say(key))
        };
        pieces
            .iter()
            .map(|piece| match piece {
                Piece::Same(text) => PieceView::Same(say(text)),
                Piece::Removed(text) => PieceView::Removed(say(text)),
                Piece::Added(text) => PieceView::Added(say(text)),
            })
            .collect()
    }

    fn thumb(&self, photo: &PhotoId) -> ThumbView {
        let facts = self
            .after
            .photos
            .get(photo)
            .or_else(|| self.before.photos.get(photo));
        let smallest = facts.and_then(|facts| facts.jpegs().min_by_key(|file| file.width));
        let mut frames = self.after.frames().chain(self.before.frames());
        let alt = frames
            .find(|frame| frame.photo == *photo)
            .map(|frame| frame.alt.clone());
        let alt = alt.filter(|alt| !alt.is_empty());
        ThumbView {
            src: smallest.map(|file| self.urls.media(&file.folder, &file.spec)),
            width: smallest.map_or(3, |file| file.width),
            height: smallest.map_or(2, |file| file.height),
            alt: alt.unwrap_or_else(|| self.tongue.say("differences.photo").to_owned()),
        }
    }
}

const fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "differences.text",
        Kind::Heading => "differences.heading",
        Kind::Quote => "differences.quote",
        Kind::Photo => "differences.photo",
        Kind::Group => "differences.group",
    }
}

const fn label(part: Part) -> &'static str {
    match part {
        Part::Title => "differences.title",
        Part::Standfirst => "differences.standfirst",
        Part::Byline => "differences.byline",
        Part::Language => "differences.language",
        Part::Date => "differences.date",
        Part::Tags => "differences.tags",
        Part::Graphic => "differences.graphic",
        Part::Text => "differences.words",
        Part::Formatting => "differences.formatting",
        Part::Attribution => "differences.attribution",
        Part::Layout => "differences.layout",
        Part::Kind => "differences.kind",
        Part::Caption => "differences.caption",
        Part::Place => "differences.place",
        Part::Alt => "differences.alt",
        Part::Credit => "differences.credit",
        Part::Creator => "differences.creator",
        Part::Copyright => "differences.copyright",
        Part::License => "differences.license",
        Part::Focal => "differences.focal",
    }
}

fn excerpt(text: &str) -> String {
    let short = crate::text::cut(text, EXCERPT_CHARS);
    if short.len() < text.len() {
        format!("{}…", short.trim_end())
    } else {
        short
    }
}

/// The pieces with long unchanged passages left out, but for some words around what changed.
fn shortened(pieces: &[Piece]) -> Vec<PieceView> {
    let last = pieces.len().saturating_sub(1);
    let mut shown = Vec::new();
    for (index, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Removed(text) => shown.push(PieceView::Removed(text.clone())),
            Piece::Added(text) => shown.push(PieceView::Added(text.clone())),
            Piece::Same(text) => {
                let words: Vec<&str> = text.split_inclusive(char::is_whitespace).collect();
                let head = if index == 0 { 0 } else { WORDS_AROUND };
                let tail = if index == last { 0 } else { WORDS_AROUND };
                if words.len() <= head + tail + 4 {
                    shown.push(PieceView::Same(text.clone()));
                    continue;
                }
                let opening: String = words.iter().take(head).copied().collect();
                let closing: String = words.iter().skip(words.len() - tail).copied().collect();
                shown.extend((!opening.is_empty()).then_some(PieceView::Same(opening)));
                shown.push(PieceView::Gap);
                shown.extend((!closing.is_empty()).then_some(PieceView::Same(closing)));
            }
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_passages_that_are_the_same_are_left_out() {
        let long = "woord ".repeat(200);
        let pieces = [
            Piece::Same(long.clone()),
            Piece::Removed("oud ".into()),
            Piece::Added("nieuw ".into()),
            Piece::Same(long),
        ];
        let shown = shortened(&pieces);
        let around = "woord ".repeat(WORDS_AROUND);
        assert_eq!(
            shown,
            [
                PieceView::Gap,
                PieceView::Same(around.clone()),
                PieceView::Removed("oud ".into()),
                PieceView::Added("nieuw ".into()),
                PieceView::Same(around),
                PieceView::Gap,
            ]
        );
        let short = [Piece::Same("een twee ".into()), Piece::Added("drie".into())];
        assert_eq!(shortened(&short).len(), 2);
    }
}
