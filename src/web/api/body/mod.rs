//! What the management API takes: the shapes of requests, and their way into the domain's checked types.
//!
//! Shapes are flat on purpose: a block names its type and brings the fields of that type, so that every mistake can be told by its
//! pointer. All mistakes of a request are told at once.

mod operations;

use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use crate::clock::Millis;
use crate::id::{BlockId, PhotoId};
use crate::photo::edit::PhotoEdit;
use crate::story::create::NewStory;
use crate::story::details::StoryEdit;
use crate::story::document::{GroupLayout, PhotoLayout};
use crate::story::operations::{NewBlock, NewFrame};
use crate::story::{FrameWords, MOST_BLOCKS};
use crate::text::{BlockText, Slug, Title, language};
use crate::web::error::Failure;
use crate::web::fields::{Errors, alt, caption, date, line, standfirst};
pub use operations::OperationsBody;

/// Tells a field that is absent (`None`) from one that is null (`Some(None)`), as a merge patch must.
pub(super) fn present<'de, T, D>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Option::deserialize(deserializer).map(Some)
}

/// What is read from a JSON object and from nothing else. The derived way takes a list of the fields' values too, which nobody means who sends one:
/// `remote = "Self"` gives it another name, and this stands before it.
macro_rules! objects {
    ($($name:ident),*) => {$(
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Object;
                impl<'de> serde::de::Visitor<'de> for Object {
                    type Value = $name;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str("an object")
                    }

                    fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<$name, A::Error> {
                        $name::deserialize(serde::de::value::MapAccessDeserializer::new(map))
                    }
                }
                deserializer.deserialize_map(Object)
            }
        }
    )*};
}
pub(super) use objects;

objects!(FocalBody, FrameBody, BlockBody);

/// A focal point: fractions of width and height from the top left.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, remote = "Self")]
pub struct FocalBody {
    /// From the left, 0 to 1.
    #[schema(minimum = 0, maximum = 1)]
    pub x: f64,
    /// From the top, 0 to 1.
    #[schema(minimum = 0, maximum = 1)]
    pub y: f64,
}

impl Serialize for FocalBody {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

impl FocalBody {
    fn point(self) -> (f64, f64) {
        (self.x, self.y)
    }
}

/// A frame to be made.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, remote = "Self")]
pub struct FrameBody {
    /// The photo it shows.
    pub photo: PhotoId,
    /// Where it was taken; without it the photo's.
    #[schema(max_length = 500)]
    pub place: Option<String>,
    /// Caption; without it the photo's.
    #[schema(max_length = 5_000)]
    pub caption: Option<String>,
    /// Alt text; without it the photo's.
    #[schema(max_length = 2_000)]
    pub alt: Option<String>,
    /// Whether it needs no alt text.
    pub decorative: Option<bool>,
    /// Credit line; without it the photo's.
    #[schema(max_length = 500)]
    pub credit: Option<String>,
    /// Focal point here.
    pub focal: Option<FocalBody>,
    /// Crop to be shown here.
    pub crop: Option<CropName>,
    /// Whether readers are asked before it is shown.
    #[serde(default)]
    pub graphic: bool,
}

/// Crops that there are.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum CropName {
    /// 1:1.
    Square,
    /// 4:3.
    Four3,
}

impl CropName {
    fn as_str(self) -> &'static str {
        match self {
            Self::Square => "square",
            Self::Four3 => "four3",
        }
    }
}

/// Types of blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum BlockType {
    /// `markdown`.
    Text,
    /// `text`.
    Heading,
    /// `markdown`, `attribution`.
    Quote,
    /// `layout` (`column`, `wide`, `full`), `frame`.
    Photo,
    /// `layout` (`side`, `grid`), `caption`, `frames`.
    Group,
}

/// Layouts of photo blocks and groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum LayoutName {
    /// A photo as wide as the text.
    Column,
    /// A photo wider than the text.
    Wide,
    /// A photo from edge to edge.
    Full,
    /// A group in one row.
    Side,
    /// A group in two columns.
    Grid,
}

impl LayoutName {
    fn photo(self) -> Option<PhotoLayout> {
        match self {
            Self::Column => Some(PhotoLayout::Column),
            Self::Wide => Some(PhotoLayout::Wide),
            Self::Full => Some(PhotoLayout::Full),
            Self::Side | Self::Grid => None,
        }
    }

    fn group(self) -> Option<GroupLayout> {
        match self {
            Self::Side => Some(GroupLayout::Side),
            Self::Grid => Some(GroupLayout::Grid),
            Self::Column | Self::Wide | Self::Full => None,
        }
    }
}

/// A block to be made; which fields it takes depends on its type.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, remote = "Self")]
pub struct BlockBody {
    /// What it is.
    #[serde(rename = "type")]
    pub kind: BlockType,
    /// Markdown of a text or quote.
    #[schema(max_length = 50_000)]
    pub markdown: Option<String>,
    /// Text of a heading.
    #[schema(max_length = 300)]
    pub text: Option<String>,
    /// Who said a quote.
    #[schema(max_length = 500)]
    pub attribution: Option<String>,
    /// Layout of a photo or group.
    pub layout: Option<LayoutName>,
    /// Caption of a group.
    #[schema(max_length = 5_000)]
    pub caption: Option<String>,
    /// The frame of a photo block.
    pub frame: Option<FrameBody>,
    /// The 2 to 6 frames of a group.
    #[schema(min_items = 2, max_items = 6)]
    pub frames: Option<Vec<FrameBody>>,
}

/// A story to be made.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StoryBody {
    /// Title, up to 300 characters.
    #[schema(min_length = 1, max_length = 300)]
    pub title: String,
    /// Last segment of the address; made of the title where none is given.
    #[schema(min_length = 1)]
    pub slug: Option<String>,
    /// Language tag such as `nl`.
    #[schema(example = "nl")]
    pub language: String,
    /// The paragraph under the title.
    #[schema(max_length = 2_000)]
    pub standfirst: Option<String>,
    /// Who made it.
    #[schema(max_length = 500)]
    pub byline: Option<String>,
    /// `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    #[schema(example = "2024-01")]
    pub date: Option<String>,
    /// Words to find it by.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Index of the block that leads; blocks get their ids here.
    pub lead: Option<usize>,
    /// Whether the whole story is graphic.
    #[serde(default)]
    pub graphic: bool,
    /// Not to be published before: Unix milliseconds.
    #[schema(value_type = Option<i64>)]
    pub embargo_until: Option<Millis>,
    /// The blocks in order.
    #[serde(default)]
    pub blocks: Vec<BlockBody>,
}

/// New fields for a story (JSON Merge Patch): absent stays, null empties what may be empty.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct StoryPatch {
    /// Title, up to 300 characters.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 300)]
    pub title: Option<Option<String>>,
    /// Last segment of the address.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = String, required = false)]
    pub slug: Option<Option<String>>,
    /// The paragraph under the title.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>, max_length = 2_000)]
    pub standfirst: Option<Option<String>>,
    /// Who made it.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>, max_length = 500)]
    pub byline: Option<Option<String>>,
    /// Language tag.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = String, required = false)]
    pub language: Option<Option<String>>,
    /// Its own date.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub date: Option<Option<String>>,
    /// Words to find it by.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<Vec<String>>)]
    pub tags: Option<Option<Vec<String>>>,
    /// The block that leads.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<BlockId>)]
    pub lead: Option<Option<BlockId>>,
    /// Whether the whole story is graphic.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = bool, required = false)]
    pub graphic: Option<Option<bool>>,
    /// Not to be published before: Unix milliseconds.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<i64>)]
    pub embargo_until: Option<Option<Millis>>,
}

/// New facts for a photo (JSON Merge Patch): absent stays, null empties what may be empty.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PhotoPatch {
    /// Caption of record, up to 5,000 characters.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>, max_length = 5_000)]
    pub caption: Option<Option<String>>,
    /// Headline.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>, max_length = 500)]
    pub headline: Option<Option<String>>,
    /// Where it was taken.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>, max_length = 500)]
    pub place: Option<Option<String>>,
    /// Alt text.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>, max_length = 2_000)]
    pub alt: Option<Option<String>>,
    /// Whether it needs no alt text.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = bool, required = false)]
    pub decorative: Option<Option<bool>>,
    /// Credit line.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>, max_length = 500)]
    pub credit: Option<Option<String>>,
    /// Who made it.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>, max_length = 500)]
    pub creator: Option<Option<String>>,
    /// Copyright notice.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>, max_length = 500)]
    pub copyright: Option<Option<String>>,
    /// Licence address, `http` or `https`.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>, max_length = 500)]
    pub license: Option<Option<String>>,
    /// Focal point.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = FocalBody, required = false)]
    pub focal: Option<Option<FocalBody>>,
    /// Neither date nor place nor person may be public.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = bool, required = false)]
    pub sensitive: Option<Option<bool>>,
    /// The place may not be public.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = bool, required = false)]
    pub hide_place: Option<Option<bool>>,
}

impl StoryBody {
    /// The story in the domain's types.
    ///
    /// # Errors
    /// [`Failure::Invalid`] with everything that is wrong.
    pub fn check(self) -> Result<NewStory, Failure> {
        let mut errors = Errors::default();
        let title = errors.take("/title", "title", Title::parse(&self.title));
        let slug = self
            .slug
            .as_deref()
            .and_then(|slug| errors.take("/slug", "slug", Slug::parse(slug)));
        let language = errors.take("/language", "language", language::parse(&self.language));
        let standfirst = errors.optional("/standfirst", "standfirst", self.standfirst.as_ref(), standfirst);
        let byline = errors.optional("/byline", "byline", self.byline.as_ref(), line);
        let date = errors.optional("/date", "date", self.date.as_ref(), date);
        let tags = errors.tags(self.tags.iter().map(String::as_str));
        check_embargo(&mut errors, self.embargo_until);
        if self.blocks.len() > MOST_BLOCKS {
            errors.add(
                "/blocks",
                "too_many_blocks",
                format!("A story can have at most {MOST_BLOCKS} blocks."),
            );
        }
        let blocks = self
            .blocks
            .iter()
            .take(MOST_BLOCKS)
            .enumerate()
            .map_while(|(index, block)| {
                (!errors.is_full()).then(|| check_block(&mut errors, &format!("/blocks/{index}"), block))
            })
            .flatten()
            .collect();
        let story = title.zip(language).map(|(title, language)| NewStory {
            title: title.into_string(),
            slug,
            standfirst,
            byline,
            language,
            date,
            tags,
            graphic: self.graphic,
            embargo_until: self.embargo_until,
            blocks,
            lead: self.lead,
        });
        errors.finish(story)
    }
}

/// 9 September 2001: what is less was meant as seconds, and would be no embargo at all.
const LEAST_EMBARGO: Millis = 1_000_000_000_000;

fn check_embargo(errors: &mut Errors, until: Option<Millis>) {
    if until.is_some_and(|until| until < LEAST_EMBARGO) {
        errors.add(
            "/embargo_until",
            "not_milliseconds",
            "An embargo’s end is given in milliseconds since 1970; this would be long ago. Seconds times 1,000?".to_owned(),
        );
    }
}

/// Names the fields that a block's type does not have.
fn refuse_other_fields(errors: &mut Errors, at: &str, block: &BlockBody) {
    let given = [
        ("markdown", block.markdown.is_some()),
        ("text", block.text.is_some()),
        ("attribution", block.attribution.is_some()),
        ("layout", block.layout.is_some()),
        ("caption", block.caption.is_some()),
        ("frame", block.frame.is_some()),
        ("frames", block.frames.is_some()),
    ];
    let takes: &[&str] = match block.kind {
        BlockType::Text => &["markdown"],
        BlockType::Heading => &["text"],
        BlockType::Quote => &["markdown", "attribution"],
        BlockType::Photo => &["layout", "frame"],
        BlockType::Group => &["layout", "caption", "frames"],
    };
    for (field, _) in given
        .iter()
        .filter(|(field, given)| *given && !takes.contains(field))
    {
        errors.add(
            format!("{at}/{field}"),
            "unknown_field",
            format!("This type of block has no “{field}”."),
        );
    }
}

fn check_block(errors: &mut Errors, at: &str, block: &BlockBody) -> Option<NewBlock> {
    refuse_other_fields(errors, at, block);
    let empty = String::new();
    let markdown = |errors: &mut Errors| {
        let text = block.markdown.as_ref().unwrap_or(&empty);
        errors
            .take(&format!("{at}/markdown"), "text", BlockText::parse(text))
            .map(BlockText::into_string)
    };
    match block.kind {
        BlockType::Text => Some(NewBlock::Text {
            markdown: markdown(errors)?,
        }),
        BlockType::Heading => {
            let text = block.text.as_ref().unwrap_or(&empty);
            let text = errors.take(&format!("{at}/text"), "heading", Title::parse(text))?;
            Some(NewBlock::Heading {
                text: text.into_string(),
            })
        }
        BlockType::Quote => {
            let attribution = errors.optional(
                &format!("{at}/attribution"),
                "attribution",
                block.attribution.as_ref(),
                line,
            );
            Some(NewBlock::Quote {
                markdown: markdown(errors)?,
                attribution,
            })
        }
        BlockType::Photo => {
            let layout = match block.layout.map(LayoutName::photo) {
                None => PhotoLayout::Column,
                Some(Some(layout)) => layout,
                Some(None) => {
                    wrong_layout(errors, at, "column, wide or full");
                    return None;
                }
            };
            let Some(frame) = &block.frame else {
                errors.add(format!("{at}/frame"), "required", "A photo block needs a frame.");
                return None;
            };
            Some(NewBlock::Photo {
                layout,
                frame: check_frame(errors, &format!("{at}/frame"), frame),
            })
        }
        BlockType::Group => {
            let layout = match block.layout.map(LayoutName::group) {
                None => GroupLayout::Side,
                Some(Some(layout)) => layout,
                Some(None) => {
                    wrong_layout(errors, at, "side or grid");
                    return None;
                }
            };
            let caption = errors.optional(
                &format!("{at}/caption"),
                "caption",
                block.caption.as_ref(),
                caption,
            );
            let frames = block.frames.as_deref().unwrap_or_default();
            let frames = frames
                .iter()
                .enumerate()
                .map(|(index, frame)| check_frame(errors, &format!("{at}/frames/{index}"), frame))
                .collect();
            Some(NewBlock::Group {
                layout,
                caption,
                frames,
            })
        }
    }
}

fn wrong_layout(errors: &mut Errors, at: &str, choices: &str) {
    errors.add(
        format!("{at}/layout"),
        "wrong_layout",
        format!("The layout of this block is {choices}."),
    );
}

fn check_frame(errors: &mut Errors, at: &str, frame: &FrameBody) -> NewFrame {
    NewFrame {
        photo: frame.photo.clone(),
        words: FrameWords {
            place: errors.optional(&format!("{at}/place"), "place", frame.place.as_ref(), line),
            caption: errors.optional(
                &format!("{at}/caption"),
                "caption",
                frame.caption.as_ref(),
                caption,
            ),
            alt: errors.optional(&format!("{at}/alt"), "alt text", frame.alt.as_ref(), alt),
            decorative: frame.decorative,
            credit: errors.optional(&format!("{at}/credit"), "credit", frame.credit.as_ref(), line),
            focal: frame
                .focal
                .map(|focal| errors.focal(&format!("{at}/focal"), focal.point())),
            crop: frame.crop.map(|crop| crop.as_str().to_owned()),
            graphic: frame.graphic,
        },
    }
}

impl StoryPatch {
    /// The change in the domain's types.
    ///
    /// # Errors
    /// [`Failure::Invalid`] with everything that is wrong.
    pub fn check(self) -> Result<StoryEdit, Failure> {
        let mut errors = Errors::default();
        let title = errors.wanted("/title", self.title);
        let title = title.and_then(|title| errors.take("/title", "title", Title::parse(&title)));
        let slug = errors.wanted("/slug", self.slug);
        let slug = slug.and_then(|slug| errors.take("/slug", "slug", Slug::parse(&slug)));
        let language = errors.wanted("/language", self.language);
        let language = language.and_then(|tag| errors.take("/language", "language", language::parse(&tag)));
        check_embargo(&mut errors, self.embargo_until.flatten());
        let edit = StoryEdit {
            title: title.map(Title::into_string),
            slug,
            standfirst: errors.patched("/standfirst", "standfirst", self.standfirst.as_ref(), standfirst),
            byline: errors.patched("/byline", "byline", self.byline.as_ref(), line),
            language,
            date: errors.patched("/date", "date", self.date.as_ref(), date),
            tags: self.tags.map(|tags| {
                let tags = tags.unwrap_or_default();
                errors.tags(tags.iter().map(String::as_str))
            }),
            lead: self.lead,
            graphic: errors.wanted("/graphic", self.graphic),
            embargo_until: self.embargo_until,
            // An instant from a program was chosen in no zone.
            embargo_zone: self.embargo_until.map(|_| None),
        };
        errors.finish(Some(edit))
    }
}

impl PhotoPatch {
    /// The change in the domain's types.
    ///
    /// # Errors
    /// [`Failure::Invalid`] with everything that is wrong.
    pub fn check(self) -> Result<PhotoEdit, Failure> {
        let mut errors = Errors::default();
        let edit = PhotoEdit {
            caption: errors.patched("/caption", "caption", self.caption.as_ref(), caption),
            headline: errors.patched("/headline", "headline", self.headline.as_ref(), line),
            place: errors.patched("/place", "place", self.place.as_ref(), line),
            alt: errors.patched("/alt", "alt text", self.alt.as_ref(), alt),
            decorative: errors.wanted("/decorative", self.decorative),
            credit: errors.patched("/credit", "credit", self.credit.as_ref(), line),
            creator: errors.patched("/creator", "creator", self.creator.as_ref(), line),
            copyright: errors.patched("/copyright", "copyright", self.copyright.as_ref(), line),
            license: errors.patched("/license", "license", self.license.as_ref(), line),
            focal: errors
                .wanted("/focal", self.focal)
                .map(|focal| errors.focal("/focal", focal.point())),
            sensitive: errors.wanted("/sensitive", self.sensitive),
            hide_place: errors.wanted("/hide_place", self.hide_place),
        };
        errors.license(edit.license.as_ref().and_then(|license| license.as_deref()));
        errors.finish(Some(edit))
    }
}
