//! Adding to a story: words at a place, photographs from the library, photographs straight from the camera.

use actix_multipart::Multipart;
use actix_web::{HttpRequest, HttpResponse, web};

use super::form::{Sent, SignedIn};
use super::library::show_refused;
use super::shell::go;
use super::words::load;
use crate::id::{PhotoId, StoryId};
use crate::story::operations::{self, NewBlock, Operation};
use crate::text::{BlockText, Title};
use crate::web::error::Failure;
use crate::web::extract::{Caller, Failed, path_id};
use crate::web::fields::{Errors, line};
use crate::web::upload::{self, Expected};
use crate::web::{App, add_to_story};

/// Besides photographs: where they are to stand.
const EXPECTED: Expected<'_> = Expected {
    fields: &["position"],
    link: None,
};

pub(super) async fn insert_words(
    app: web::Data<App>,
    id: web::Path<String>,
    sent: Sent,
) -> Result<HttpResponse, Failed> {
    let id: StoryId = path_id(&id)?;
    let Sent { actor, form } = sent;
    let version = form.version()?;
    let mut errors = Errors::default();
    let words = form.text("words");
    let block = match form.text("type") {
        "heading" => errors
            .take("/words", "heading", Title::parse(words))
            .map(|text| NewBlock::Heading {
                text: text.into_string(),
            }),
        "quote" => {
            let attribution = errors.take("/attribution", "attribution", line(form.text("attribution")));
            errors
                .take("/words", "quotation", BlockText::parse(words))
                .zip(attribution)
                .map(|(text, attribution)| NewBlock::Quote {
                    markdown: text.into_string(),
                    attribution,
                })
        }
        _ => errors
            .take("/words", "text", BlockText::parse(words))
            .map(|text| NewBlock::Text {
                markdown: text.into_string(),
            }),
    };
    let block = errors.finish(block)?;
    let position = form.number("position");
    let now = app.clock.now();
    let story = id.clone();
    let draft = app
        .db
        .write(move |conn| {
            let insert = Operation::Insert { position, block };
            operations::apply(conn, &actor, &story, Some(version), &[insert], now).map_err(Failure::from)
        })
        .await?;
    let at = position
        .unwrap_or(usize::MAX)
        .min(draft.blocks.len().saturating_sub(1));
    Ok(go(&match draft.blocks.get(at) {
        Some(block) => app.urls.desk_part(&id, block.id.as_str()),
        None => app.urls.desk_story(&id),
    }))
}

/// Photographs that are in the library already, in the order in which they were taken.
pub(super) async fn insert_photos(
    app: web::Data<App>,
    id: web::Path<String>,
    sent: Sent,
) -> Result<HttpResponse, Failed> {
    let id: StoryId = path_id(&id)?;
    let Sent { actor, form } = sent;
    let chosen: Vec<PhotoId> = form.all("photo").filter_map(|photo| photo.parse().ok()).collect();
    if chosen.is_empty() {
        let message = "Choose at least one photograph.";
        return Err(Failure::field("/photo", "required", message).into());
    }
    add_to_story(&app, &actor, id.clone(), chosen, form.number("position")).await?;
    Ok(go(&app.urls.desk_story(&id)))
}

/// Photographs from the visitor's own machine, into the library and the story at once.
pub(super) async fn upload(
    app: web::Data<App>,
    id: web::Path<String>,
    SignedIn(actor): SignedIn,
    request: HttpRequest,
    body: Multipart,
) -> Result<HttpResponse, Failed> {
    let id: StoryId = path_id(&id)?;
    let caller = Caller::required(&request).await?;
    // Whether the story is this person's is known before the files are sent for nothing.
    load(&app, &actor, &id).await?;
    let received = upload::receive(&app, &actor, body, EXPECTED).await?;
    caller.still(&request).await?;
    if received.files.is_empty() {
        return Err(Failure::field("/file", "required", "Choose at least one photograph.").into());
    }
    let position = received.fields.get("position").and_then(|at| at.parse().ok());
    add_to_story(&app, &actor, id.clone(), received.photo_ids(), position).await?;
    let back = app.urls.desk_story(&id);
    if received.files.iter().any(|file| file.result.is_err()) {
        return show_refused(&app, &actor, &received, back);
    }
    Ok(go(&back))
}
