//! The checklist before publishing: every obstacle at once, each with the field that mends it.

use std::collections::BTreeSet;

use super::compose::settle;
use super::draft::Draft;
use super::{Block, BlockContent, Frame, PartId};
use crate::clock::Millis;
use crate::photo::packet::names_any;
use crate::photo::{Photo, PhotoState};

/// Something that stands in the way of publishing, or deserves a look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// A stable word for programs.
    pub code: &'static str,
    /// A sentence for people.
    pub message: String,
    /// The same where the photograph it is about is seen anyway, without its name.
    pub brief: String,
    /// The block or frame it is about; `None` is the story itself.
    pub part: Option<PartId>,
    /// The field that mends it: `alt`, `credit`, `slug` …
    pub field: &'static str,
}

/// What the checklist found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checklist {
    /// What blocks publishing.
    pub obstacles: Vec<Remark>,
    /// What does not.
    pub warnings: Vec<Remark>,
}

/// Goes through a draft.
#[must_use]
pub fn check(draft: &Draft, now: Millis) -> Checklist {
    let mut list = Checklist::default();
    check_story(&mut list, draft, now);
    for (number, frame) in (1..).zip(draft.blocks.iter().flat_map(Block::frames)) {
        if let Some(photo) = draft.photos.get(&frame.photo_id) {
            let about = About {
                number,
                frame,
                photo,
                language: &draft.story.language,
            };
            about.check_photo(&mut list);
            about.check_words(&mut list);
        }
    }
    check_what_is_hidden(&mut list, draft);
    check_lead(&mut list, draft);
    list
}

/// Warns of every text of the story that names what one of its photographs hides.
fn check_what_is_hidden(list: &mut Checklist, draft: &Draft) {
    let frames = || draft.blocks.iter().flat_map(Block::frames);
    let photos = || frames().filter_map(|frame| draft.photos.get(&frame.photo_id));
    let hidden: BTreeSet<String> = photos().flat_map(Photo::concealed_words).collect();
    if hidden.is_empty() {
        return;
    }
    let mut look = |part: Option<PartId>, field: &'static str, what: &str, text: &str| {
        let named: Vec<&str> = hidden
            .iter()
            .filter(|word| names_any(text, std::slice::from_ref(word)))
            .map(String::as_str)
            .collect();
        if named.is_empty() {
            return;
        }
        let said = format!(
            "what is hidden for a photograph: {}. Readers will read it.",
            named.join(", ")
        );
        list.warnings.push(Remark {
            code: "names_what_is_hidden",
            message: format!("The {what} names {said}"),
            brief: format!("The {what} names {said}"),
            part,
            field,
        });
    };
    let story = &draft.story;
    look(None, "title", "title", &story.title);
    look(None, "slug", "story’s address", &story.slug.replace('-', " "));
    look(
        None,
        "standfirst",
        "standfirst",
        story.standfirst.as_deref().unwrap_or_default(),
    );
    look(
        None,
        "byline",
        "byline",
        story.byline.as_deref().unwrap_or_default(),
    );
    look(None, "tags", "list of tags", &story.tags.join(", "));
    for block in &draft.blocks {
        let part = || Some(PartId::Block(block.id.clone()));
        match &block.content {
            BlockContent::Text { markdown } => look(part(), "markdown", "text", markdown),
            BlockContent::Heading { text } => look(part(), "text", "heading", text),
            BlockContent::Quote {
                markdown,
                attribution,
            } => {
                look(part(), "markdown", "quotation", markdown);
                look(
                    part(),
                    "attribution",
                    "quotation’s attribution",
                    attribution.as_deref().unwrap_or_default(),
                );
            }
            BlockContent::Group { caption, .. } => {
                look(
                    part(),
                    "caption",
                    "group’s caption",
                    caption.as_deref().unwrap_or_default(),
                );
            }
            BlockContent::Photo { .. } => {}
        }
    }
    for (number, frame) in (1..).zip(frames()) {
        let Some(photo) = draft.photos.get(&frame.photo_id) else {
            continue;
        };
        let words = settle(frame, photo, &story.language);
        let part = || Some(PartId::Frame(frame.id.clone()));
        for (field, name, text) in [
            ("caption", "caption", &words.caption),
            ("alt", "alt text", &words.alt),
            ("credit", "credit", &words.credit),
            ("place", "place", &words.place),
        ] {
            let what = format!("{name} of photograph {number} ({})", photo.file_name);
            look(part(), field, &what, text.as_deref().unwrap_or_default());
        }
    }
}

fn check_story(list: &mut Checklist, draft: &Draft, now: Millis) {
    let story = &draft.story;
    let remark = |code, field, message: &str| Remark {
        code,
        message: message.to_owned(),
        brief: message.to_owned(),
        part: None,
        field,
    };
    let obstacles = [
        (
            story.title.trim().is_empty(),
            "title_missing",
            "title",
            "The story has no title.",
        ),
        (
            story.slug.is_empty(),
            "slug_missing",
            "slug",
            "The story has no address (slug).",
        ),
        (
            draft.blocks.iter().all(|block| block.frames().is_empty()),
            "photo_missing",
            "blocks",
            "The story has no photograph yet; add at least one.",
        ),
        (
            story.embargo_until.is_some_and(|until| until > now),
            "embargo",
            "embargo_until",
            "The story is under embargo still.",
        ),
    ];
    for (stands, code, field, message) in obstacles {
        list.obstacles
            .extend(stands.then(|| remark(code, field, message)));
    }
    if story.standfirst.is_none() {
        let message = "There is no standfirst; search engines and cards show one.";
        list.warnings
            .push(remark("standfirst_missing", "standfirst", message));
    }
}

fn check_lead(list: &mut Checklist, draft: &Draft) {
    let frame = draft.lead().and_then(|block| block.frames().first());
    let photo = frame.and_then(|frame| draft.photos.get(&frame.photo_id));
    if let Some((frame, photo)) = frame.zip(photo).filter(|(_, photo)| photo.width_px < 1_200) {
        let message = format!(
            "The lead is {} px wide; 1200 px or more look better.",
            photo.width_px
        );
        list.warnings.push(Remark {
            code: "lead_small",
            brief: message.clone(),
            message,
            part: Some(PartId::Frame(frame.id.clone())),
            field: "photo",
        });
    }
}

/// A frame with its photo and its number in the story.
struct About<'a> {
    number: usize,
    frame: &'a Frame,
    photo: &'a Photo,
    language: &'a str,
}

impl About<'_> {
    /// A remark of which `what` follows the photograph's name: "has no caption.".
    fn remark(&self, code: &'static str, field: &'static str, what: &str) -> Remark {
        let mut letters = what.chars();
        let first = letters.next().map(char::to_uppercase);
        Remark {
            code,
            message: format!("Photograph {} ({}) {what}", self.number, self.photo.file_name),
            brief: first.into_iter().flatten().chain(letters).collect(),
            part: Some(PartId::Frame(self.frame.id.clone())),
            field,
        }
    }

    fn check_photo(&self, list: &mut Checklist) {
        match self.photo.state {
            PhotoState::Ready => {}
            PhotoState::Pending => {
                let what = "is still being prepared; it will be ready in a moment.";
                list.obstacles.push(self.remark("photo_pending", "photo", what));
            }
            PhotoState::Failed => {
                let reason = self.photo.failure.as_deref().unwrap_or("it could not be read");
                let what = format!("cannot be shown: {reason}. Replace it or take it out.");
                list.obstacles.push(self.remark("photo_failed", "photo", &what));
            }
        }
        if self.photo.damaged {
            let what = "comes from a damaged file and is shown as far as it could be read.";
            list.warnings.push(self.remark("photo_damaged", "photo", what));
        }
        let instructions = self.photo.embedded.facts.instructions.as_deref().map(str::trim);
        if let Some(instructions) = instructions.filter(|text| !text.is_empty()) {
            let what = format!("carries instructions from the photographer: {instructions}");
            list.warnings.push(self.remark("instructions", "photo", &what));
        }
    }

    fn check_words(&self, list: &mut Checklist) {
        let words = settle(self.frame, self.photo, self.language);
        let trimmed = |text: &Option<String>| text.as_deref().unwrap_or_default().trim().to_owned();
        let (alt, caption) = (trimmed(&words.alt), trimmed(&words.caption));
        if alt.is_empty() && !words.decorative {
            let what = "has no alt text; describe it, or mark it as decorative.";
            list.obstacles.push(self.remark("alt_missing", "alt", what));
        }
        if trimmed(&words.credit).is_empty() {
            let what = "has no credit; say whose picture it is.";
            list.obstacles.push(self.remark("credit_missing", "credit", what));
        }
        if caption.is_empty() {
            list.warnings
                .push(self.remark("caption_missing", "caption", "has no caption."));
        } else if caption == alt {
            let what = "has the same words as caption and as alt text; who cannot see it hears them twice.";
            list.warnings.push(self.remark("alt_equals_caption", "alt", what));
        }
    }
}
