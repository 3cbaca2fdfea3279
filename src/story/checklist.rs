//! The checklist before publishing: every obstacle at once, each with the field that mends it.

use super::compose::settle;
use super::concealed::Concealed;
use super::draft::Draft;
use super::{Block, BlockContent, Frame, PartId};
use crate::clock::Millis;
use crate::metadata::Field;
use crate::photo::{Ai, Photo, PhotoState};
use crate::text::naming::named_in;
use crate::text::silence::without_sentences_naming;
use crate::text::{Zone, local};

/// The code of a photograph that is still being prepared: the one obstacle that goes away by itself.
pub const PHOTO_PENDING: &str = "photo_pending";

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
    let mut list = look(draft, now);
    check_what_is_hidden(&mut list, draft);
    check_lead(&mut list, draft);
    list
}

/// What blocks publishing a draft, for whoever writes and has no time to read all of it for what it names.
#[must_use]
pub fn obstacles(draft: &Draft, now: Millis) -> Vec<Remark> {
    look(draft, now).obstacles
}

/// Looks at the story and at each frame by itself.
fn look(draft: &Draft, now: Millis) -> Checklist {
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
            about.check_file(&mut list);
        }
    }
    list
}

/// Warns of every text of the story that names what one of its photographs hides.
fn check_what_is_hidden(list: &mut Checklist, draft: &Draft) {
    let concealed = Concealed::in_draft(draft);
    let all = concealed.by_shown();
    if all.is_empty() {
        return;
    }
    let mut hidden = Hidden { concealed, all, list };
    hidden.check_story(draft);
    hidden.check_blocks(draft);
    hidden.check_frames(draft);
}

/// What the photographs of a story hide, and where it is told that words name it.
struct Hidden<'a> {
    /// The words of each photograph.
    concealed: Concealed<'a>,
    /// Those of all that the story shows.
    all: Vec<String>,
    list: &'a mut Checklist,
}

impl Hidden<'_> {
    /// Looks at a text of a part, and says whether readers will read it: what belongs to photographs in `frames` goes out without what these hide; of all
    /// others an editor decides.
    fn look(&mut self, part: Option<PartId>, frames: &[&Frame], field: &'static str, what: &str, text: &str) {
        let named = named_in(text, &self.all);
        if named.is_empty() {
            return;
        }
        let words = self.concealed.by_frames(frames.iter().copied());
        let left = without_sentences_naming(text, &words);
        let outcome = if named_in(&left, &self.all).is_empty() {
            "Readers will not read that sentence."
        } else {
            "Readers will read it."
        };
        let said = format!("what is hidden for a photograph: {}. {outcome}", named.join(", "));
        self.list.warnings.push(Remark {
            code: "names_what_is_hidden",
            message: format!("The {what} names {said}"),
            brief: format!("The {what} names {said}"),
            part,
            field,
        });
    }

    fn check_story(&mut self, draft: &Draft) {
        let story = &draft.story;
        self.look(None, &[], "title", "title", &story.title);
        self.look(
            None,
            &[],
            "slug",
            "story’s address",
            &story.slug.replace('-', " "),
        );
        self.look(
            None,
            &[],
            "standfirst",
            "standfirst",
            story.standfirst.as_deref().unwrap_or_default(),
        );
        self.look(
            None,
            &[],
            "byline",
            "byline",
            story.byline.as_deref().unwrap_or_default(),
        );
        self.look(None, &[], "tags", "list of tags", &story.tags.join(", "));
    }

    fn check_blocks(&mut self, draft: &Draft) {
        for block in &draft.blocks {
            let part = || Some(PartId::Block(block.id.clone()));
            match &block.content {
                BlockContent::Text { markdown } => self.look(part(), &[], "markdown", "text", markdown),
                BlockContent::Heading { text } => self.look(part(), &[], "text", "heading", text),
                BlockContent::Quote {
                    markdown,
                    attribution,
                } => {
                    self.look(part(), &[], "markdown", "quotation", markdown);
                    self.look(
                        part(),
                        &[],
                        "attribution",
                        "quotation’s attribution",
                        attribution.as_deref().unwrap_or_default(),
                    );
                }
                BlockContent::Group { caption, frames, .. } => {
                    self.look(
                        part(),
                        &frames.iter().collect::<Vec<_>>(),
                        "caption",
                        "group’s caption",
                        caption.as_deref().unwrap_or_default(),
                    );
                }
                BlockContent::Photo { .. } => {}
            }
        }
    }

    fn check_frames(&mut self, draft: &Draft) {
        let story = &draft.story;
        let frames = draft.blocks.iter().flat_map(Block::frames);
        for (number, frame) in (1..).zip(frames) {
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
                self.look(
                    part(),
                    &[frame],
                    field,
                    &what,
                    text.as_deref().unwrap_or_default(),
                );
            }
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
    let embargo = story.embargo_until.map(|until| {
        let zone = story.embargo_zone.as_deref().unwrap_or(Zone::UTC);
        let (day, time) = local(until, zone);
        format!("The story is under embargo until {day}, {time} ({zone}).")
    });
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
            embargo.as_deref().unwrap_or_default(),
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
                list.obstacles.push(self.remark(PHOTO_PENDING, "photo", what));
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
        if self.photo.hides_place() && (self.photo.place.is_some() || self.frame.words.place.is_some()) {
            let what = "hides its place: readers get neither place nor position. Look whether what is seen and said gives it away.";
            list.warnings.push(self.remark("place_hidden", "place", what));
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

    /// What the photographer's file says that somebody should know before it is published.
    fn check_file(&self, list: &mut Checklist) {
        let facts = &self.photo.embedded.facts;
        let code = |uri: &Option<String>| {
            let code = uri.as_deref()?.trim_end_matches('/').rsplit(['/', ':']).next()?;
            Some(code.to_owned())
        };
        let made = match self.photo.ai() {
            Some(Ai::Made) => Some("was made by a trained model; readers are told so under it."),
            Some(Ai::Edited) => Some("has parts that a trained model made; readers are told so under it."),
            None => None,
        };
        if let Some(what) = made {
            list.warnings.push(self.remark("ai_source", "photo", what));
        }
        if code(&facts.minor_age_disclosure).is_some_and(|age| MINORS.contains(&age.as_str())) {
            let what = "shows somebody under 18, says the file; is it agreed that they are seen?";
            list.warnings.push(self.remark("minor", "photo", what));
        }
        let release = match code(&facts.model_release_status).as_deref() {
            Some("MR-NON") => Some("has no model release, says the file."),
            Some("MR-LMR") => Some("has a limited or incomplete model release, says the file."),
            _ => None,
        };
        if let Some(what) = release {
            list.warnings.push(self.remark("model_release", "photo", what));
        }
        let undecided = self.undecided();
        if !undecided.is_empty() {
            let what = format!(
                "comes from a file that says different things about its {}, and nobody has chosen; see what the file carried.",
                undecided.join(", ")
            );
            list.warnings
                .push(self.remark("metadata_conflict", "embedded", &what));
        }
    }

    /// The fields in which the carriers of the file contradict each other while the desk still has what was taken without asking.
    fn undecided(&self) -> Vec<&'static str> {
        let (photo, own) = (self.photo, &self.frame.words);
        let is_as_taken = |field: Field, value: &str| match field {
            Field::Caption => own.caption.is_none() && photo.caption.as_deref() == Some(value),
            Field::Alt => own.alt.is_none() && photo.alt.as_deref() == Some(value),
            Field::Credit => own.credit.is_none() && photo.credit.as_deref() == Some(value),
            Field::Copyright => photo.copyright.as_deref() == Some(value),
            Field::Creators => {
                let names: Vec<&str> = value.lines().collect();
                photo.creator.as_deref() == Some(&names.join(", "))
            }
            Field::City | Field::Country => {
                let place = photo.place.as_deref();
                own.place.is_none() && place.is_some_and(|line| photo.embedded.facts.is_place_line(line))
            }
            _ => false,
        };
        // The same text in another language is no contradiction.
        let conflicts = photo.embedded.fields.iter().filter(|field| {
            let contradicted = field.losing.iter().any(|loser| loser.language.is_none());
            contradicted && is_as_taken(field.field, &field.value)
        });
        conflicts
            .map(|field| match field.field {
                Field::Caption => "caption",
                Field::Alt => "alt text",
                Field::Credit => "credit",
                Field::Copyright => "copyright notice",
                Field::Creators => "maker",
                Field::City => "city",
                _ => "country",
            })
            .collect()
    }
}

/// Codes of PLUS's Minor Model Age Disclosure that mean somebody under 18.
///
/// Source: PLUS Vocabulary, Age (AG): `AG-U14` is "age 14 or under".
const MINORS: [&str; 4] = ["AG-A17", "AG-A16", "AG-A15", "AG-U14"];
