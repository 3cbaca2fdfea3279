//! The one form behind all buttons that change a story's order and structure. A button says what it does and to what: `later:blk_…`,
//! `at:frm_…` (with the number typed beside it), `group`, `layout-wide:blk_…`. Drag, menu and keyboard end in the same operations.

use actix_web::{HttpResponse, web};

use super::form::{Form, Sent};
use super::shell::go;
use crate::account::Actor;
use crate::clock::Millis;
use crate::db::Conn;
use crate::id::{BlockId, StoryId};
use crate::story::details::{self, StoryEdit};
use crate::story::document::{GroupLayout, PhotoLayout};
use crate::story::draft::{self, Draft};
use crate::story::operations::{self, Operation, PartChange, SortBy};
use crate::story::{PartId, StoryError, access};
use crate::web::App;
use crate::web::error::Failure;
use crate::web::extract::{Failed, path_id};

/// What a button asks for.
#[derive(Debug, Clone, PartialEq)]
enum Command {
    /// Move a part one place, to an end, or to a number counted from one.
    Move(PartId, Place),
    /// Move blocks together, so that they stand side by side.
    Together(Vec<BlockId>, Place),
    Sort(SortBy),
    Remove(Vec<PartId>),
    Restore(BlockId),
    Group(Vec<BlockId>),
    Ungroup(Vec<BlockId>),
    Lead(BlockId),
    Layout(BlockId, Box<PartChange>),
}

/// Where a part goes.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Place {
    First,
    Earlier,
    Later,
    Last,
    Number(usize),
}

impl Place {
    /// The zero-based position, counted after removal, for what stands at `now` of `length`.
    fn position(self, now: usize, length: usize) -> usize {
        match self {
            Self::First => 0,
            Self::Earlier => now.saturating_sub(1),
            Self::Later => (now + 1).min(length.saturating_sub(1)),
            Self::Last => length.saturating_sub(1),
            Self::Number(number) => number.saturating_sub(1).min(length.saturating_sub(1)),
        }
    }
}

pub(super) async fn change(
    app: web::Data<App>,
    id: web::Path<String>,
    sent: Sent,
) -> Result<HttpResponse, Failed> {
    let id: StoryId = path_id(&id)?;
    let Sent { actor, form } = sent;
    let version = form.version()?;
    let command = read(&form)?;
    let now = app.clock.now();
    let story = id.clone();
    let done = command.clone();
    app.db
        .write(move |conn| carry_out(conn, &actor, &story, version, &command, now).map_err(Failure::from))
        .await?;
    let page = if form.text("page") == "table" {
        app.urls.light_table(&id)
    } else {
        app.urls.desk_story(&id)
    };
    Ok(go(&match landing(&done) {
        Some(part) => format!("{page}#{part}"),
        None => page,
    }))
}

/// Where the page goes afterwards: to what moved.
fn landing(command: &Command) -> Option<String> {
    match command {
        Command::Move(part, _) => Some(part.as_str().to_owned()),
        Command::Restore(block) | Command::Lead(block) | Command::Layout(block, _) => Some(block.to_string()),
        Command::Group(blocks) | Command::Together(blocks, _) => blocks.first().map(ToString::to_string),
        Command::Remove(_) | Command::Ungroup(_) | Command::Sort(_) => None,
    }
}

fn read(form: &Form) -> Result<Command, Failure> {
    let unknown = || Failure::BadRequest {
        code: "unknown_command",
        message: "The page asked for something that is not known here. Reload it and try again.".to_owned(),
    };
    let (verb, object) = form.text("do").split_once(':').unwrap_or((form.text("do"), ""));
    let part = || object.parse::<PartId>().map_err(|_| unknown());
    let block = || object.parse::<BlockId>().map_err(|_| unknown());
    let chosen = || -> Result<Vec<BlockId>, Failure> {
        let chosen: Vec<BlockId> = form.all("block").filter_map(|id| id.parse().ok()).collect();
        if chosen.is_empty() {
            let message = "Choose some blocks first, by the boxes beside their numbers.";
            return Err(Failure::field("/block", "required", message));
        }
        Ok(chosen)
    };
    let photo_layout = |layout| PartChange {
        photo_layout: Some(layout),
        ..PartChange::default()
    };
    let group_layout = |layout| PartChange {
        group_layout: Some(layout),
        ..PartChange::default()
    };
    Ok(match verb {
        "first" => Command::Move(part()?, Place::First),
        "earlier" => Command::Move(part()?, Place::Earlier),
        "later" => Command::Move(part()?, Place::Later),
        "last" => Command::Move(part()?, Place::Last),
        "at" => Command::Move(part()?, typed_place(form, &format!("to-{object}"))?),
        "remove" if object.is_empty() => Command::Remove(chosen()?.into_iter().map(PartId::Block).collect()),
        "remove" => Command::Remove(vec![part()?]),
        "restore" => Command::Restore(block()?),
        "group" => Command::Group(chosen()?),
        "ungroup" => Command::Ungroup(vec![block()?]),
        "ungroup-chosen" => Command::Ungroup(chosen()?),
        "together" => Command::Together(chosen()?, read_place(object, form).ok_or_else(unknown)??),
        "sort" if object == "captured" => Command::Sort(SortBy::Captured),
        "sort" if object == "file_name" => Command::Sort(SortBy::FileName),
        "lead" => Command::Lead(block()?),
        "layout-column" => Command::Layout(block()?, Box::new(photo_layout(PhotoLayout::Column))),
        "layout-wide" => Command::Layout(block()?, Box::new(photo_layout(PhotoLayout::Wide))),
        "layout-full" => Command::Layout(block()?, Box::new(photo_layout(PhotoLayout::Full))),
        "layout-side" => Command::Layout(block()?, Box::new(group_layout(GroupLayout::Side))),
        "layout-grid" => Command::Layout(block()?, Box::new(group_layout(GroupLayout::Grid))),
        _ => return Err(unknown()),
    })
}

fn typed_place(form: &Form, field: &str) -> Result<Place, Failure> {
    form.number(field)
        .map(Place::Number)
        .ok_or_else(|| Failure::field("/to", "required", "Type the number of the place it shall have."))
}

/// A place by its word; `None` for a word that is none.
fn read_place(word: &str, form: &Form) -> Option<Result<Place, Failure>> {
    Some(match word {
        "first" => Ok(Place::First),
        "earlier" => Ok(Place::Earlier),
        "later" => Ok(Place::Later),
        "last" => Ok(Place::Last),
        "at" => typed_place(form, "to"),
        _ => return None,
    })
}

fn carry_out(
    conn: &mut Conn,
    actor: &Actor,
    id: &StoryId,
    version: i32,
    command: &Command,
    now: Millis,
) -> Result<(), StoryError> {
    let story = access::find_visible(conn, actor, id)?;
    let draft = draft::load(conn, story)?;
    let operations = match command {
        Command::Move(part, place) => vec![move_of(&draft, part, *place)?],
        Command::Remove(parts) => parts
            .iter()
            .map(|part| Operation::Remove { part: part.clone() })
            .collect(),
        Command::Restore(block) => vec![Operation::Restore {
            block: block.clone(),
            position: None,
        }],
        Command::Group(blocks) => vec![Operation::Group {
            blocks: blocks.clone(),
        }],
        Command::Ungroup(blocks) => blocks
            .iter()
            .filter(|id| draft.block(id).is_some_and(|block| block.frames().len() > 1))
            .map(|block| Operation::Ungroup { block: block.clone() })
            .collect(),
        Command::Together(blocks, place) => vec![together(&draft, blocks, *place)],
        Command::Sort(by) => vec![Operation::Sort { by: *by }],
        Command::Layout(block, set) => {
            // A click on a layout says all it means: whoever clicks last, decides.
            let version = draft.block(block).map_or(0, |block| block.version);
            vec![Operation::Update {
                part: PartId::Block(block.clone()),
                set: set.clone(),
                version,
            }]
        }
        Command::Lead(block) => {
            let edit = StoryEdit {
                lead: Some(Some(block.clone())),
                ..StoryEdit::default()
            };
            return details::edit(conn, actor, id, version, &edit, now).map(drop);
        }
    };
    operations::apply(conn, actor, id, Some(version), &operations, now).map(drop)
}

fn move_of(draft: &Draft, part: &PartId, place: Place) -> Result<Operation, StoryError> {
    let found = match part {
        PartId::Block(id) => draft
            .blocks
            .iter()
            .position(|block| block.id == *id)
            .map(|now| (now, draft.blocks.len())),
        PartId::Frame(id) => draft.frame(id).and_then(|(block, _)| {
            let now = block.frames().iter().position(|frame| frame.id == *id)?;
            Some((now, block.frames().len()))
        }),
    };
    let (now, length) = found.ok_or_else(|| {
        let message = "It is not in the story any more; somebody took it out.";
        StoryError::invalid("/do", "unknown_part", message)
    })?;
    Ok(Operation::Move {
        part: part.clone(),
        position: place.position(now, length),
        to: None,
    })
}

/// Moves the chosen blocks, in the order they have now, one place on from the first or last of them, or to an end or a number.
fn together(draft: &Draft, chosen: &[BlockId], place: Place) -> Operation {
    let is_chosen = |id: &&BlockId| chosen.contains(id);
    let order: Vec<&BlockId> = draft.blocks.iter().map(|block| &block.id).collect();
    let others_before = |at: Option<usize>| {
        let at = at.unwrap_or(order.len());
        order.iter().take(at).filter(|id| !is_chosen(id)).count()
    };
    let others = others_before(None);
    let position = match place {
        Place::First => 0,
        Place::Earlier => others_before(order.iter().position(is_chosen)).saturating_sub(1),
        Place::Later => others_before(order.iter().rposition(is_chosen)) + 1,
        Place::Last => others,
        Place::Number(number) => number.saturating_sub(1),
    };
    Operation::MoveTogether {
        blocks: order.into_iter().filter(is_chosen).cloned().collect(),
        position: position.min(others),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_after_removal_and_stay_within_the_story() {
        assert_eq!(Place::First.position(3, 5), 0);
        assert_eq!(Place::Earlier.position(0, 5), 0);
        assert_eq!(Place::Earlier.position(3, 5), 2);
        assert_eq!(Place::Later.position(4, 5), 4);
        assert_eq!(Place::Last.position(0, 5), 4);
        assert_eq!(Place::Number(0).position(2, 5), 0);
        assert_eq!(Place::Number(3).position(0, 5), 2);
        assert_eq!(Place::Number(99).position(0, 5), 4);
    }

    #[test]
    fn a_button_says_what_it_does_and_to_what() {
        let block = BlockId::random();
        let form = Form::parse(format!("version=1&do=at:{block}&to-{block}=7").as_bytes());
        let part = PartId::Block(block.clone());
        assert_eq!(read(&form).unwrap(), Command::Move(part, Place::Number(7)));
        let form = Form::parse(format!("do=remove&block={block}").as_bytes());
        assert_eq!(read(&form).unwrap(), Command::Remove(vec![PartId::Block(block)]));
        for wrong in [
            "do=",
            "do=explode:blk_1",
            "do=first:blk_1",
            "do=group",
            "do=remove",
        ] {
            assert!(read(&Form::parse(wrong.as_bytes())).is_err(), "{wrong}");
        }
    }
}
