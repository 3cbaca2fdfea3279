//! What a call of operations brings.

use serde::Deserialize;
use utoipa::ToSchema;

use super::{BlockBody, CropName, FocalBody, LayoutName, check_block, objects, present};
use crate::id::BlockId;
use crate::story::PartId;
use crate::story::operations::{Operation, PartChange, SortBy};
use crate::text::{BlockText, Title};
use crate::web::error::Failure;
use crate::web::fields::{Errors, alt, caption, line};

objects!(OperationBody, SetBody);

/// Several operations, carried out together or not at all.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OperationsBody {
    /// The operations in order.
    pub operations: Vec<OperationBody>,
}

/// What an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum OperationName {
    /// `position`, `block`.
    Insert,
    /// `id`, `position`, and `to` for a frame that goes to another group; or `ids` of blocks that move together.
    Move,
    /// `by`: all photographs, among the places they have.
    Sort,
    /// `id`, `set`, `version`.
    Update,
    /// `id`.
    Remove,
    /// `id` of a removed block, `position`.
    Restore,
    /// `ids` of photo blocks and groups.
    Group,
    /// `id` of a group.
    Ungroup,
}

/// What photographs can be ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SortName {
    /// When they were taken.
    Captured,
    /// The names of their files.
    FileName,
}

/// One operation; which fields it takes depends on what it does.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, remote = "Self")]
pub struct OperationBody {
    /// What it does.
    pub op: OperationName,
    /// Zero-based, counted after removal.
    pub position: Option<usize>,
    /// The block to insert.
    pub block: Option<BlockBody>,
    /// A block (`blk_…`) or frame (`frm_…`).
    pub id: Option<String>,
    /// Blocks to group, or to move together.
    pub ids: Option<Vec<BlockId>>,
    /// What to sort by.
    pub by: Option<SortName>,
    /// A group that a frame goes to.
    pub to: Option<BlockId>,
    /// New words.
    pub set: Option<SetBody>,
    /// The part's version as it was read.
    pub version: Option<i32>,
}

/// New words for a part: absent stays, null empties.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default, remote = "Self")]
pub struct SetBody {
    /// Markdown of a text or quote.
    #[schema(max_length = 50_000)]
    pub markdown: Option<String>,
    /// Text of a heading.
    #[schema(max_length = 300)]
    pub text: Option<String>,
    /// Who said a quote.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>, max_length = 500)]
    pub attribution: Option<Option<String>>,
    /// Layout of a photo or group.
    pub layout: Option<LayoutName>,
    /// Caption of a frame or group.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>, max_length = 5_000)]
    pub caption: Option<Option<String>>,
    /// Place of a frame.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>, max_length = 500)]
    pub place: Option<Option<String>>,
    /// Alt text of a frame.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>, max_length = 2_000)]
    pub alt: Option<Option<String>>,
    /// Whether a frame needs no alt text; null is what the photo says.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<bool>)]
    pub decorative: Option<Option<bool>>,
    /// Credit of a frame.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>, max_length = 500)]
    pub credit: Option<Option<String>>,
    /// Focal point of a frame.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<FocalBody>)]
    pub focal: Option<Option<FocalBody>>,
    /// Crop of a frame.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<CropName>)]
    pub crop: Option<Option<CropName>>,
    /// Whether a frame is covered until asked for.
    pub graphic: Option<bool>,
}

impl OperationsBody {
    /// The operations in the domain's types.
    ///
    /// # Errors
    /// [`Failure::Invalid`] with everything that is wrong.
    pub fn check(self) -> Result<Vec<Operation>, Failure> {
        let mut errors = Errors::default();
        let operations = self
            .operations
            .into_iter()
            .enumerate()
            .map_while(|(index, operation)| {
                (!errors.is_full())
                    .then(|| check_operation(&mut errors, &format!("/operations/{index}"), operation))
            })
            .flatten()
            .collect();
        errors.finish(Some(operations))
    }
}

/// The fields that an operation has; those of others would be taken for something that was done.
fn fields_of(op: OperationName) -> &'static [&'static str] {
    match op {
        OperationName::Insert => &["position", "block"],
        OperationName::Move => &["id", "ids", "position", "to"],
        OperationName::Sort => &["by"],
        OperationName::Update => &["id", "set", "version"],
        OperationName::Restore => &["id", "position"],
        OperationName::Remove | OperationName::Ungroup => &["id"],
        OperationName::Group => &["ids"],
    }
}

fn check_fields(errors: &mut Errors, at: &str, body: &OperationBody) -> Option<()> {
    let given = [
        ("position", body.position.is_some()),
        ("block", body.block.is_some()),
        ("id", body.id.is_some()),
        ("ids", body.ids.is_some()),
        ("by", body.by.is_some()),
        ("to", body.to.is_some()),
        ("set", body.set.is_some()),
        ("version", body.version.is_some()),
    ];
    let its_own = fields_of(body.op);
    let mut fits = Some(());
    for (field, _) in given.into_iter().filter(|(_, given)| *given) {
        // Several that move together stay blocks of the story.
        if !its_own.contains(&field) || (field == "to" && body.ids.is_some()) {
            let message = format!("This operation has no “{field}”; leave it out.");
            errors.add(format!("{at}/{field}"), "unknown_field", message);
            fits = None;
        }
    }
    fits
}

fn check_operation(errors: &mut Errors, at: &str, body: OperationBody) -> Option<Operation> {
    check_fields(errors, at, &body)?;
    let required = |errors: &mut Errors, field: &str| {
        errors.add(
            format!("{at}/{field}"),
            "required",
            format!("This operation needs “{field}”."),
        );
    };
    let part = match (&body.id, body.op) {
        (None, OperationName::Insert | OperationName::Group | OperationName::Sort) => None,
        (None, OperationName::Move) if body.ids.is_some() => None,
        (None, _) => {
            required(errors, "id");
            return None;
        }
        (Some(id), _) => match id.parse::<PartId>() {
            Ok(part) => Some(part),
            Err(error) => {
                errors.add(format!("{at}/id"), "unknown_part", format!("{error}."));
                return None;
            }
        },
    };
    let block = || match &part {
        Some(PartId::Block(id)) => Some(id.clone()),
        _ => None,
    };
    match body.op {
        OperationName::Insert => {
            let Some(new) = &body.block else {
                required(errors, "block");
                return None;
            };
            let block = check_block(errors, &format!("{at}/block"), new)?;
            Some(Operation::Insert {
                position: body.position,
                block,
            })
        }
        OperationName::Move => {
            let Some(position) = body.position else {
                required(errors, "position");
                return None;
            };
            move_of(errors, at, part, body, position)
        }
        OperationName::Sort => {
            let Some(by) = body.by else {
                required(errors, "by");
                return None;
            };
            Some(Operation::Sort {
                by: match by {
                    SortName::Captured => SortBy::Captured,
                    SortName::FileName => SortBy::FileName,
                },
            })
        }
        OperationName::Update => {
            let (Some(set), Some(version)) = (body.set, body.version) else {
                required(errors, "set and version");
                return None;
            };
            let set = check_set(errors, &format!("{at}/set"), &set);
            Some(Operation::Update {
                part: part?,
                set: Box::new(set),
                version,
            })
        }
        OperationName::Remove => Some(Operation::Remove { part: part? }),
        OperationName::Restore | OperationName::Ungroup => {
            let Some(block) = block() else {
                errors.add(format!("{at}/id"), "not_a_block", "Name a block (blk_…) here.");
                return None;
            };
            Some(if body.op == OperationName::Restore {
                Operation::Restore {
                    block,
                    position: body.position,
                }
            } else {
                Operation::Ungroup { block }
            })
        }
        OperationName::Group => {
            let Some(blocks) = body.ids else {
                required(errors, "ids");
                return None;
            };
            Some(Operation::Group { blocks })
        }
    }
}

/// A move of one part, or of several blocks together.
fn move_of(
    errors: &mut Errors,
    at: &str,
    part: Option<PartId>,
    body: OperationBody,
    position: usize,
) -> Option<Operation> {
    match (part, body.ids) {
        (Some(part), None) => Some(Operation::Move {
            part,
            position,
            to: body.to,
        }),
        (None, Some(blocks)) => Some(Operation::MoveTogether { blocks, position }),
        _ => {
            errors.add(format!("{at}/ids"), "not_both", "Name either “id” or “ids”.");
            None
        }
    }
}

fn check_set(errors: &mut Errors, at: &str, set: &SetBody) -> PartChange {
    let pointer = |field: &str| format!("{at}/{field}");
    let markdown = set.markdown.as_deref().and_then(|text| {
        errors
            .take(&pointer("markdown"), "text", BlockText::parse(text))
            .map(BlockText::into_string)
    });
    let text = set.text.as_deref().and_then(|text| {
        errors
            .take(&pointer("text"), "heading", Title::parse(text))
            .map(Title::into_string)
    });
    PartChange {
        markdown,
        text,
        attribution: errors.patched(
            &pointer("attribution"),
            "attribution",
            set.attribution.as_ref(),
            line,
        ),
        photo_layout: set.layout.and_then(LayoutName::photo),
        group_layout: set.layout.and_then(LayoutName::group),
        caption: errors.patched(&pointer("caption"), "caption", set.caption.as_ref(), caption),
        place: errors.patched(&pointer("place"), "place", set.place.as_ref(), line),
        alt: errors.patched(&pointer("alt"), "alt text", set.alt.as_ref(), alt),
        decorative: set.decorative,
        credit: errors.patched(&pointer("credit"), "credit", set.credit.as_ref(), line),
        focal: set
            .focal
            .map(|focal| focal.map(|focal| errors.focal(&pointer("focal"), focal.point()))),
        crop: set.crop.map(|crop| crop.map(|crop| crop.as_str().to_owned())),
        graphic: set.graphic,
    }
}
