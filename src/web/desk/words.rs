//! Saving words: a story's own fields, a block, a frame. When somebody else changed the same words in the meantime, both texts are shown
//! and nothing is thrown away.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::form::{Form, Sent};
use super::shell::{Room, Shell, go, page_with};
use crate::account::Actor;
use crate::id::StoryId;
use crate::photo::Photo;
use crate::story::details::{self, StoryEdit};
use crate::story::draft::{self, Draft};
use crate::story::operations::{self, Operation, PartChange};
use crate::story::{BlockContent, Frame, PartId, StoryError, access};
use crate::text::{BlockText, Slug, TextError, Title, language};
use crate::web::App;
use crate::web::error::Failure;
use crate::web::extract::{Failed, path_id};
use crate::web::fields::{Errors, alt, caption, date, line, standfirst};
use crate::web::tongue::Tongue;

/// Both texts, and a way to go on with either.
#[derive(Template)]
#[template(path = "desk/conflict.html", whitespace = "minimize")]
struct ConflictPage {
    shell: Shell,
    action: String,
    back: String,
    who: String,
    version: i32,
    differences: Vec<Difference>,
    /// Everything that was sent, to be sent again on the new version.
    mine: Vec<(String, String)>,
}

/// A field on which two people differ.
struct Difference {
    label: &'static str,
    theirs: String,
    mine: String,
}

pub(super) async fn save_details(
    app: web::Data<App>,
    id: web::Path<String>,
    sent: Sent,
) -> Result<HttpResponse, Failed> {
    let id: StoryId = path_id(&id)?;
    let Sent { actor, form } = sent;
    let version = form.version()?;
    let edit = read_details(&form)?;
    let now = app.clock.now();
    let (editor, story) = (actor.clone(), id.clone());
    let saved = app
        .db
        .write(move |conn| details::edit(conn, &editor, &story, version, &edit, now))
        .await;
    match saved {
        Ok(saved) => {
            // A changed slug moves the live page.
            if saved.story.is_live() {
                app.pages.clear();
            }
            Ok(go(&app.urls.desk_story(&id)))
        }
        Err(StoryError::StaleStory) => {
            let draft = load(&app, &actor, &id).await?;
            let who = draft.name_of(&draft.story.updated_by).to_owned();
            let version = draft.story.version;
            let action = format!("{}/details", app.urls.desk_story(&id));
            conflict(
                &app,
                &actor,
                (action, who, version),
                detail_differences(&draft, &form),
                &form,
                &id,
            )
        }
        Err(error) => Err(Failure::from(error).into()),
    }
}

fn read_details(form: &Form) -> Result<StoryEdit, Failure> {
    let mut errors = Errors::default();
    let mut edit = StoryEdit::default();
    let optional = |errors: &mut Errors, name: &str, parse: fn(&str) -> Result<Option<String>, TextError>| {
        let text = form.find(name)?;
        errors.take(&format!("/{name}"), name, parse(text))
    };
    if let Some(title) = form.find("title") {
        edit.title = errors
            .take("/title", "title", Title::parse(title))
            .map(Title::into_string);
    }
    if let Some(slug) = form.find("slug") {
        edit.slug = errors.take("/slug", "address", Slug::parse(slug.trim()));
    }
    if let Some(tag) = form.find("language") {
        edit.language = errors.take("/language", "language", language::parse(tag));
    }
    edit.standfirst = optional(&mut errors, "standfirst", standfirst);
    edit.byline = optional(&mut errors, "byline", line);
    edit.date = optional(&mut errors, "date", date);
    if let Some(tags) = form.find("tags") {
        let tags = tags.split(',').map(str::trim).filter(|tag| !tag.is_empty());
        edit.tags = Some(errors.tags(tags));
    }
    if form.text("kind") == "details" {
        edit.graphic = Some(form.is_ticked("graphic"));
    }
    errors.finish(Some(edit))
}

fn detail_differences(draft: &Draft, form: &Form) -> Vec<Difference> {
    let story = &draft.story;
    let optional = |text: &Option<String>| text.clone().unwrap_or_default();
    differences(
        form,
        [
            ("title", "field.title", story.title.clone()),
            ("slug", "field.slug", story.slug.clone()),
            ("standfirst", "field.standfirst", optional(&story.standfirst)),
            ("byline", "field.byline", optional(&story.byline)),
            ("language", "field.language", story.language.clone()),
            ("date", "field.date", optional(&story.date)),
            ("tags", "field.tags", story.tags.join(", ")),
        ],
    )
}

pub(super) async fn save_part(
    app: web::Data<App>,
    path: web::Path<(String, String)>,
    sent: Sent,
) -> Result<HttpResponse, Failed> {
    let (id, part) = (path_id::<StoryId>(&path.0)?, path_id::<PartId>(&path.1)?);
    let Sent { actor, form } = sent;
    let version = form.version()?;
    let before = load(&app, &actor, &id).await?;
    let set = read_part(&before, &part, &form)?;
    let now = app.clock.now();
    let (editor, story, changed) = (actor.clone(), id.clone(), part.clone());
    let saved = app
        .db
        .write(move |conn| {
            let update = Operation::Update {
                part: changed,
                set: Box::new(set),
                version,
            };
            operations::apply(conn, &editor, &story, None, &[update], now)
        })
        .await;
    match saved {
        Ok(_) => Ok(go(&app.urls.desk_part(&id, part.as_str()))),
        Err(StoryError::StalePart(_)) => {
            let draft = load(&app, &actor, &id).await?;
            let (version, who) = draft
                .part_state(&part)
                .map_or((0, String::new()), |(version, by, _)| {
                    (version, draft.name_of(by).to_owned())
                });
            let action = format!("{}/parts/{}", app.urls.desk_story(&id), part.as_str());
            conflict(
                &app,
                &actor,
                (action, who, version),
                part_differences(&draft, &part, &form),
                &form,
                &id,
            )
        }
        Err(error) => Err(Failure::from(error).into()),
    }
}

/// The change that a part's form asks for. Words that are the photo's own are left to the photo.
fn read_part(draft: &Draft, part: &PartId, form: &Form) -> Result<PartChange, Failure> {
    let mut errors = Errors::default();
    let mut set = PartChange::default();
    match part {
        PartId::Block(id) => {
            let block = draft.block(id).ok_or(Failure::NotFound)?;
            if let Some(text) = form.find("markdown") {
                set.markdown = errors
                    .take("/markdown", "text", BlockText::parse(text))
                    .map(BlockText::into_string);
            }
            if let Some(text) = form.find("text") {
                set.text = errors
                    .take("/text", "heading", Title::parse(text))
                    .map(Title::into_string);
            }
            if matches!(block.content, BlockContent::Quote { .. }) {
                let said = form.text("attribution");
                set.attribution = errors.take("/attribution", "attribution", line(said));
            }
            if matches!(block.content, BlockContent::Group { .. }) {
                set.caption = errors.take("/caption", "caption", caption(form.text("caption")));
            }
        }
        PartId::Frame(id) => {
            let (_, frame) = draft.frame(id).ok_or(Failure::NotFound)?;
            let photo = draft.photos.get(&frame.photo_id).ok_or(Failure::NotFound)?;
            read_frame(&mut errors, &mut set, form, photo);
        }
    }
    errors.finish(Some(set))
}

fn read_frame(errors: &mut Errors, set: &mut PartChange, form: &Form, photo: &Photo) {
    let own = |text: Option<Option<String>>, record: &Option<String>| {
        text.map(|text| text.filter(|text| Some(text) != record.as_ref()))
    };
    let mut read = |name: &str, label: &str, parse: fn(&str) -> Result<Option<String>, TextError>| {
        let text = form.find(name)?;
        errors.take(&format!("/{name}"), label, parse(text))
    };
    set.caption = own(read("caption", "caption", caption), &photo.caption);
    set.place = own(read("place", "place", line), &photo.place);
    set.alt = own(read("alt", "alt text", alt), &photo.alt);
    set.credit = own(read("credit", "credit", line), &photo.credit);
    // The button that takes the photo's own words again.
    match form.text("follow") {
        "caption" => set.caption = Some(None),
        "place" => set.place = Some(None),
        "alt" => set.alt = Some(None),
        "credit" => set.credit = Some(None),
        _ => {}
    }
    if form.text("kind") == "frame" {
        let decorative = form.is_ticked("decorative");
        set.decorative = Some((decorative != photo.decorative).then_some(decorative));
        set.graphic = Some(form.is_ticked("graphic"));
    }
}

fn part_differences(draft: &Draft, part: &PartId, form: &Form) -> Vec<Difference> {
    match part {
        PartId::Block(id) => match draft.block(id).map(|block| block.content.clone()) {
            Some(BlockContent::Text { markdown }) => {
                differences(form, [("markdown", "field.markdown", markdown)])
            }
            Some(BlockContent::Heading { text }) => differences(form, [("text", "field.text", text)]),
            Some(BlockContent::Quote {
                markdown,
                attribution,
            }) => differences(
                form,
                [
                    ("markdown", "differences.quote", markdown),
                    (
                        "attribution",
                        "field.attribution",
                        attribution.unwrap_or_default(),
                    ),
                ],
            ),
            Some(BlockContent::Group { caption, .. }) => {
                differences(form, [("caption", "field.caption", caption.unwrap_or_default())])
            }
            Some(BlockContent::Photo { .. }) | None => Vec::new(),
        },
        PartId::Frame(id) => draft
            .frame(id)
            .and_then(|(_, frame)| Some((frame, draft.photos.get(&frame.photo_id)?)))
            .map(|(frame, photo)| frame_differences(frame, photo, form))
            .unwrap_or_default(),
    }
}

fn frame_differences(frame: &Frame, photo: &Photo, form: &Form) -> Vec<Difference> {
    let words = &frame.words;
    let held = |own: &Option<String>, record: &Option<String>| {
        own.clone().or_else(|| record.clone()).unwrap_or_default()
    };
    differences(
        form,
        [
            ("caption", "field.caption", held(&words.caption, &photo.caption)),
            ("place", "field.place", held(&words.place, &photo.place)),
            ("alt", "field.alt", held(&words.alt, &photo.alt)),
            ("credit", "field.credit", held(&words.credit, &photo.credit)),
        ],
    )
}

/// The fields whose text in the form is not the present one; white space at line ends is no difference.
fn differences<const N: usize>(form: &Form, fields: [(&str, &str, String); N]) -> Vec<Difference> {
    fields
        .into_iter()
        .filter_map(|(name, key, theirs)| {
            let mine = form.find(name)?.to_owned();
            let label = Tongue::current().say(key);
            (crate::text::clean(&mine) != theirs).then_some(Difference { label, theirs, mine })
        })
        .collect()
}

fn conflict(
    app: &App,
    actor: &Actor,
    (action, who, version): (String, String, i32),
    differences: Vec<Difference>,
    form: &Form,
    id: &StoryId,
) -> Result<HttpResponse, Failed> {
    let page = ConflictPage {
        shell: Shell::titled(app, Some(actor), Room::Stories, "conflict.title"),
        action,
        back: app.urls.desk_story(id),
        who,
        version,
        differences,
        mine: form
            .fields()
            .filter(|(name, _)| *name != "version")
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
    };
    page_with(StatusCode::PRECONDITION_FAILED, &page)
}

/// The draft as it is now.
pub(super) async fn load(app: &App, actor: &Actor, id: &StoryId) -> Result<Draft, Failure> {
    let (actor, id) = (actor.clone(), id.clone());
    app.db
        .read(move |conn| {
            let story = access::find_visible(conn, &actor, &id)?;
            Ok(draft::load(conn, story)?)
        })
        .await
}
