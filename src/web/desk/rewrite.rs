//! Writing to many frames at once: the same words under chosen ones, find and replace, a sheet that comes back. All three first show what would
//! change, line by line, to be ticked off or left; what is then sent are the changes themselves with the versions they were made on.

use std::collections::HashMap;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, web};
use askama::Template;

use super::captions::chosen;
use super::form::{Form, Sent, SignedIn};
use super::shell::{Room, Shell, go, page, render, written};
use super::story_room::{StoryHead, StoryPage, StoryRoom};
use super::told;
use crate::account::Actor;
use crate::id::{FrameId, StoryId};
use crate::story::draft::Draft;
use crate::story::operations;
use crate::story::rewrite::pattern::{self, Mode, Pattern, VARIABLES};
use crate::story::rewrite::replace::{self, Replacement};
use crate::story::rewrite::{self, Change, Field, codes, sheet};
use crate::story::{PartId, access, draft};
use crate::text::{Caption, FieldError, TextError};
use crate::web::App;
use crate::web::aside::aside;
use crate::web::error::Failure;
use crate::web::extract::{Failed, path_id};
use crate::web::tongue::Tongue;

/// Frames whose photographs are shown beside the form.
#[derive(Template)]
#[template(path = "desk/apply.html", whitespace = "minimize")]
struct ApplyPage {
    shell: Shell,
    head: StoryHead,
    frames: Vec<FrameId>,
    how_many: usize,
    fields: [&'static str; 4],
    variables: [&'static str; 8],
}

/// What would change.
#[derive(Template)]
#[template(path = "desk/changes.html", whitespace = "minimize")]
struct ChangesPage {
    shell: Shell,
    head: StoryHead,
    lines: Vec<Line>,
    how_many: usize,
    remarks: Vec<String>,
}

/// One change, ready to print.
struct Line {
    /// What the form sends back: `frm_…|caption|3`.
    key: String,
    what: String,
    before: String,
    after: String,
    mistake: Option<String>,
}

/// `GET /desk/stories/{id}/captions/apply`: the form for the frames that were chosen.
pub(super) async fn show_apply(
    app: web::Data<App>,
    SignedIn(actor): SignedIn,
    request: actix_web::HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, Failed> {
    let room = StoryRoom::open(&app, &actor, path_id(&id)?).await?;
    let form = Form::parse(request.query_string().as_bytes());
    let frames = chosen(&form, &room.draft);
    if frames.is_empty() {
        let message = Tongue::current().say("apply.none");
        return Err(Failure::field("/frame", "required", message).into());
    }
    page(&ApplyPage {
        shell: Shell::new(&app, Some(&actor), Room::Stories, room.draft.story.title.clone()),
        head: StoryHead::new(&app, &actor, &room, StoryPage::CaptionDesk),
        how_many: frames.len(),
        frames,
        fields: Field::OF_FRAMES.map(Field::as_str),
        variables: VARIABLES,
    })
}

/// `POST /desk/stories/{id}/captions/apply`: what the words would change.
pub(super) async fn preview_apply(
    app: web::Data<App>,
    id: web::Path<String>,
    sent: Sent,
) -> Result<HttpResponse, Failed> {
    let id: StoryId = path_id(&id)?;
    let Sent { actor, form } = sent;
    let room = StoryRoom::open(&app, &actor, id.clone()).await?;
    let list = app
        .db
        .read(move |conn| codes::find(conn, &id).map_err(Failure::from))
        .await?;
    show_changes(app, actor, room, move |room| {
        for field in Field::OF_FRAMES {
            fits(field.as_str(), name_of(field), form.text(field.as_str()))?;
        }
        let patterns = read_patterns(&form, &codes::read(&list));
        if patterns.is_empty() {
            let message = Tongue::current().say("apply.no_field");
            return Err(Failure::field("/set", "required", message));
        }
        let changes = pattern::changes(&room.draft, &chosen(&form, &room.draft), &patterns);
        Ok((changes.map_err(too_much)?, Vec::new()))
    })
    .await
}

fn too_much(error: rewrite::TooMuch) -> Failure {
    Failure::field("", "too_much", error.to_string())
}

/// Whether what was typed to be written, again and again, is no longer than a caption may be; `what` is its name for people.
fn fits(field: &str, what: &str, words: &str) -> Result<(), Failure> {
    fits_in(field, what, words, Caption::MOST)
}

fn fits_in(field: &str, what: &str, words: &str, most: usize) -> Result<(), Failure> {
    let length = words.chars().count();
    if length <= most {
        return Ok(());
    }
    let error = TextError::TooLong { length, most };
    Err(Failure::Invalid(vec![FieldError::text(
        format!("/{field}"),
        what,
        &error,
    )]))
}

/// What people call a field.
fn name_of(field: Field) -> &'static str {
    match field {
        Field::Alt => "alt text",
        Field::Markdown => "text",
        Field::Text => "heading",
        other => other.as_str(),
    }
}

fn read_patterns(form: &Form, codes: &[(String, String)]) -> Vec<Pattern> {
    Field::OF_FRAMES
        .into_iter()
        .filter(|field| form.is_ticked(&format!("set-{}", field.as_str())))
        .map(|field| Pattern {
            field,
            mode: match form.text(&format!("mode-{}", field.as_str())) {
                "append" => Mode::Append,
                "prepend" => Mode::Prepend,
                _ => Mode::Replace,
            },
            text: codes::expand(form.text(field.as_str()), codes),
        })
        .collect()
}

/// `POST /desk/stories/{id}/captions/replace`: what finding and replacing would change.
pub(super) async fn preview_replace(
    app: web::Data<App>,
    id: web::Path<String>,
    sent: Sent,
) -> Result<HttpResponse, Failed> {
    let Sent { actor, form } = sent;
    let room = StoryRoom::open(&app, &actor, path_id(&id)?).await?;
    let replacement = Replacement {
        find: form.text("find").to_owned(),
        with: form.text("with").to_owned(),
        match_case: form.is_ticked("match_case"),
        whole_words: form.is_ticked("whole_words"),
    };
    if replacement.find.is_empty() {
        let message = Tongue::current().say("replace.nothing");
        return Err(Failure::field("/find", "required", message).into());
    }
    fits_in("find", "text to look for", &replacement.find, replace::MOST_FOUND)?;
    fits("with", "text to put there", &replacement.with)?;
    show_changes(app, actor, room, move |room| {
        let changes = replace::changes(&room.draft, &replacement).map_err(too_much)?;
        Ok((changes, Vec::new()))
    })
    .await
}

/// `GET /desk/stories/{id}/captions.csv`: the captions as a sheet.
pub(super) async fn save_sheet(
    app: web::Data<App>,
    SignedIn(actor): SignedIn,
    id: web::Path<String>,
) -> Result<HttpResponse, Failed> {
    let room = StoryRoom::open(&app, &actor, path_id(&id)?).await?;
    let name = format!("attachment; filename=\"captions-{}.csv\"", room.draft.story.slug);
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((header::CONTENT_DISPOSITION, name))
        .body(sheet::write(&room.draft)))
}

/// `POST /desk/stories/{id}/captions.csv`: what a sheet that came back would change.
pub(super) async fn preview_sheet(
    app: web::Data<App>,
    id: web::Path<String>,
    sent: Sent,
) -> Result<HttpResponse, Failed> {
    let Sent { actor, form } = sent;
    let room = StoryRoom::open(&app, &actor, path_id(&id)?).await?;
    show_changes(app, actor, room, move |room| {
        let read = sheet::read(&room.draft, form.text("sheet"))
            .map_err(|error| Failure::field("/sheet", "unreadable", error.to_string()))?;
        let tongue = Tongue::current();
        let unknown = read.unknown.iter().take(20);
        let remarks = unknown.map(|id| tongue.fill("sheet.unknown", [("id", id.as_str())]));
        Ok((read.changes, remarks.collect()))
    })
    .await
}

/// Works out what would change, with what is to be remarked beside it, and shows it. For a thousand frames that takes a while.
async fn show_changes(
    app: web::Data<App>,
    actor: Actor,
    room: StoryRoom,
    find: impl FnOnce(&StoryRoom) -> Result<(Vec<Change>, Vec<String>), Failure> + Send + 'static,
) -> Result<HttpResponse, Failed> {
    let html = aside(move || {
        let (changes, remarks) = find(&room)?;
        let lines: Vec<Line> = changes
            .into_iter()
            .map(|change| line(change, &actor, &room.draft))
            .collect();
        render(&ChangesPage {
            shell: Shell::new(&app, Some(&actor), Room::Stories, room.draft.story.title.clone()),
            head: StoryHead::new(&app, &actor, &room, StoryPage::CaptionDesk),
            how_many: lines.iter().filter(|line| line.mistake.is_none()).count(),
            lines,
            remarks,
        })
    });
    Ok(written(StatusCode::OK, html.await?))
}

fn line(change: Change, actor: &Actor, draft: &Draft) -> Line {
    let tongue = Tongue::current();
    let field = tongue.say(&format!("field.{}", change.field.as_str()));
    let what = match &change.part {
        PartId::Frame(_) => tongue.fill(
            "changes.of_photo",
            [("number", change.number.to_string()), ("field", field.to_owned())],
        ),
        PartId::Block(_) => tongue.fill(
            "changes.of_block",
            [("number", change.number.to_string()), ("field", field.to_owned())],
        ),
    };
    let forbidden = !may_change(actor, draft, &change.part);
    Line {
        key: format!(
            "{}|{}|{}",
            change.part.as_str(),
            change.field.as_str(),
            change.version
        ),
        what,
        before: change.before,
        after: change.after,
        mistake: change
            .mistake
            .map(|error| told::mistakes(&[mistake(change.field, &error)]).concat())
            .or_else(|| forbidden.then(|| tongue.say("changes.not_yours").to_owned())),
    }
}

/// What is wrong with the words that a change would write.
fn mistake(field: Field, error: &TextError) -> FieldError {
    FieldError::text(format!("/{}", field.as_str()), name_of(field), error)
}

fn may_change(actor: &Actor, draft: &Draft, part: &PartId) -> bool {
    match part {
        PartId::Block(_) => actor.edits_everything(),
        PartId::Frame(id) => draft
            .frame(id)
            .and_then(|(_, frame)| draft.photos.get(&frame.photo_id))
            .is_some_and(|photo| photo.may_be_changed_by(actor)),
    }
}

/// `POST /desk/stories/{id}/changes`: carries out the changes that are ticked, as one step.
pub(super) async fn carry_out(
    app: web::Data<App>,
    id: web::Path<String>,
    sent: Sent,
) -> Result<HttpResponse, Failed> {
    let id: StoryId = path_id(&id)?;
    let Sent { actor, form } = sent;
    let changes = read_changes(&form)?;
    let (now, story) = (app.clock.now(), id.clone());
    app.db
        .write(move |conn| {
            let visible = access::find_visible(conn, &actor, &story)?;
            let draft = draft::load(conn, visible)?;
            let operations = rewrite::operations(&draft, &changes);
            operations::apply(conn, &actor, &story, None, &operations, now).map_err(Failure::from)
        })
        .await?;
    Ok(go(&app.urls.caption_desk(&id)))
}

fn read_changes(form: &Form) -> Result<Vec<Change>, Failure> {
    let malformed = || Failure::BadRequest {
        code: "malformed_change",
        message: "The page asked for something that is not known here. Go back and try again.".to_owned(),
    };
    let texts: HashMap<&str, &str> = form
        .fields()
        .filter_map(|(name, words)| Some((name.strip_prefix("text:")?, words)))
        .collect();
    form.all("change")
        .map(|key| {
            let mut parts = key.split('|');
            let (part, field, version) = (parts.next(), parts.next(), parts.next());
            let part: PartId = part.and_then(|part| part.parse().ok()).ok_or_else(malformed)?;
            let field = field.and_then(Field::find).ok_or_else(malformed)?;
            let version = version
                .and_then(|version| version.parse().ok())
                .ok_or_else(malformed)?;
            let text = texts.get(key).copied().unwrap_or_default();
            let after = field
                .parse(text)
                .map_err(|error| Failure::Invalid(vec![mistake(field, &error)]))?;
            Ok(Change {
                part,
                field,
                version,
                number: 0,
                before: String::new(),
                after: after.unwrap_or_default(),
                mistake: None,
            })
        })
        .collect()
}
