//! One photo at the desk: its words of record, what the file itself said, its marks, where it is used.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::embedded::{self, Embedded};
use super::form::{Form, Sent, SignedIn};
use super::picture::Picture;
use super::shell::{Room, Shell, go, page_with};
use super::when::short;
use crate::account::{Actor, query as account_query};
use crate::clock::rfc3339;
use crate::id::PhotoId;
use crate::photo::edit::{PhotoEdit, PhotoError};
use crate::photo::render_again::render_again;
use crate::photo::{Ai, Photo, library, query as photo_query, remove as verb};
use crate::story::{access, parts};
use crate::text::TextError;
use crate::web::App;
use crate::web::error::Failure;
use crate::web::extract::{Failed, path_id};
use crate::web::fields::{Errors, alt, caption, line};
use crate::web::tongue::Tongue;

/// Width in pixels at which the page shows the photo.
const PICTURE_PX: i32 = 1080;

#[derive(Template)]
#[template(path = "desk/photo.html", whitespace = "minimize")]
struct PhotoPage {
    shell: Shell,
    here: String,
    photo: Photo,
    picture: Picture,
    owner: String,
    may_change: bool,
    original: String,
    uploaded: String,
    uploaded_iso: String,
    megabytes: String,
    focal_x: String,
    focal_y: String,
    embedded: Vec<Embedded>,
    /// What a newer file of the same photograph says otherwise than the desk.
    newer: Option<(Kin, Vec<Embedded>)>,
    /// The photo of which this one's file is a newer version.
    earlier: Option<Kin>,
    /// The same file, uploaded by somebody else.
    same_file: Vec<Kin>,
    /// Says that it is not a camera's alone.
    ai: Option<&'static str>,
    used_in: Vec<(String, String)>,
    /// What was just done.
    done: Option<&'static str>,
    /// What somebody typed while somebody else changed the same photo.
    mine: Vec<(String, String)>,
}

/// Another photo that this one has to do with.
struct Kin {
    href: String,
    name: String,
    /// Whether it shows what this one hides.
    shows_more: bool,
}

/// Everything that the page needs.
struct Found {
    photo: Photo,
    renditions: Vec<crate::photo::Rendition>,
    owner: String,
    newer: Option<Photo>,
    earlier: Option<Photo>,
    same_file: Vec<Photo>,
    used_in: Vec<(crate::id::StoryId, String)>,
}

async fn find(app: &App, actor: &Actor, id: PhotoId) -> Result<Found, Failure> {
    let actor = actor.clone();
    app.db
        .read(move |conn| {
            let photo = access::find_visible_photo(conn, &actor, &id)?.ok_or(Failure::NotFound)?;
            let renditions = library::renditions_of(conn, std::slice::from_ref(&photo))?;
            let owner = account_query::find_account(conn, &photo.owner_id)?;
            let mut used_in = parts::list_stories_using(conn, &id)?;
            used_in.retain(|(story, _)| access::find_visible(conn, &actor, story).is_ok());
            let newer = photo_query::find_newer(conn, &id)?;
            let earlier = match &photo.earlier {
                Some(earlier) => access::find_visible_photo(conn, &actor, earlier)?,
                None => None,
            };
            let same = photo_query::list_same_file(conn, &photo)?;
            let mut same_file = photo_query::list_photos_by_id(conn, &same)?;
            same_file.retain(|photo| photo.may_be_changed_by(&actor));
            Ok(Found {
                newer: newer.filter(|photo| photo.may_be_changed_by(&actor)),
                earlier,
                same_file,
                renditions: renditions.into_iter().map(|(_, rendition)| rendition).collect(),
                owner: owner.map(|owner| owner.name).unwrap_or_default(),
                photo,
                used_in,
            })
        })
        .await
}

fn build(app: &App, actor: &Actor, found: Found) -> PhotoPage {
    let Found {
        photo,
        renditions,
        owner,
        newer,
        earlier,
        same_file,
        used_in,
    } = found;
    let kin = |other: &Photo| Kin {
        href: app.urls.desk_photo(&other.id),
        name: other.file_name.clone(),
        shows_more: (photo.hides_place() && !other.hides_place()) || (photo.sensitive && !other.sensitive),
    };
    let newer = newer.map(|newer| {
        let mut values = embedded::values(&newer, &photo);
        for field in &mut values {
            field.values.retain(|value| value.key.is_some());
        }
        values.retain(|field| !field.values.is_empty());
        (kin(&newer), values)
    });
    let tongue = Tongue::current();
    #[expect(clippy::cast_precision_loss, reason = "a size is read, not counted with")]
    let megabytes = photo.size_bytes as f64 / 1_000_000.0;
    PhotoPage {
        shell: Shell::new(app, Some(actor), Room::Photos, photo.file_name.clone()),
        here: app.urls.desk_photo(&photo.id),
        picture: Picture::of(&photo, &renditions, PICTURE_PX, &app.urls),
        owner,
        may_change: photo.may_be_changed_by(actor),
        original: app.urls.original(&photo.id),
        uploaded: short(photo.created_at),
        uploaded_iso: rfc3339(photo.created_at),
        megabytes: format!("{megabytes:.1}"),
        focal_x: format!("{:.0}", photo.focal.0 * 100.0),
        focal_y: format!("{:.0}", photo.focal.1 * 100.0),
        embedded: embedded::values(&photo, &photo),
        newer,
        earlier: earlier.as_ref().map(kin),
        same_file: same_file.iter().map(kin).collect(),
        ai: photo.ai().map(|ai| match ai {
            Ai::Made => tongue.say("photo.ai.made"),
            Ai::Edited => tongue.say("photo.ai.edited"),
        }),
        used_in: used_in
            .into_iter()
            .map(|(story, title)| (app.urls.desk_story(&story), title))
            .collect(),
        done: None,
        mine: Vec::new(),
        photo,
    }
}

#[derive(Debug, serde::Deserialize)]
pub(super) struct PhotoParams {
    /// What was just done.
    done: Option<String>,
}

pub(super) async fn show(
    app: web::Data<App>,
    SignedIn(actor): SignedIn,
    id: web::Path<String>,
    params: web::Query<PhotoParams>,
) -> Result<HttpResponse, Failed> {
    let found = find(&app, &actor, path_id(&id)?).await?;
    let done = match params.done.as_deref() {
        Some("hidden") => Some(Tongue::current().say("photo.done.hidden")),
        Some("saved") => Some(Tongue::current().say("photo.done.saved")),
        _ => None,
    };
    let page = PhotoPage {
        done,
        ..build(&app, &actor, found)
    };
    page_with(StatusCode::OK, &page)
}

pub(super) async fn save(
    app: web::Data<App>,
    id: web::Path<String>,
    sent: Sent,
) -> Result<HttpResponse, Failed> {
    let id: PhotoId = path_id(&id)?;
    let Sent { actor, form } = sent;
    let version = form.version()?;
    let edit = read(&form)?;
    let now = app.clock.now();
    let saved = app.edit_photo(&actor, &id, version, edit, now).await;
    match saved {
        Ok(edited) => {
            app.bell.ring();
            let here = app.urls.desk_photo(&id);
            Ok(go(&if edited.is_public_changed {
                format!("{here}?done=hidden")
            } else {
                format!("{here}?done=saved")
            }))
        }
        Err(PhotoError::Stale(_)) => {
            let found = find(&app, &actor, id).await?;
            let mine = super::failed::typed(Some(&form));
            let page = PhotoPage {
                mine,
                ..build(&app, &actor, found)
            };
            page_with(StatusCode::PRECONDITION_FAILED, &page)
        }
        Err(error) => Err(Failure::from(error).into()),
    }
}

fn read(form: &Form) -> Result<PhotoEdit, Failure> {
    let mut errors = Errors::default();
    let mut text = |name: &str, label: &str, parse: fn(&str) -> Result<Option<String>, TextError>| {
        let text = form.find(name)?;
        errors.take(&format!("/{name}"), label, parse(text))
    };
    let mut edit = PhotoEdit {
        caption: text("caption", "caption", caption),
        headline: text("headline", "headline", line),
        place: text("place", "place", line),
        alt: text("alt", "alt text", alt),
        credit: text("credit", "credit", line),
        creator: text("creator", "creator", line),
        copyright: text("copyright", "copyright", line),
        license: text("license", "license", line),
        decorative: Some(form.is_ticked("decorative")),
        sensitive: Some(form.is_ticked("sensitive")),
        hide_place: Some(form.is_ticked("hide_place")),
        focal: None,
    };
    errors.license(edit.license.as_ref().and_then(|license| license.as_deref()));
    let percent = |name: &str| form.text(name).trim().replace(',', ".").parse::<f64>().ok();
    match (percent("focal_x"), percent("focal_y")) {
        // Left as it was printed, it is left as it is: printing rounds.
        _ if form.text("focal_was") == format!("{} {}", form.text("focal_x"), form.text("focal_y")) => {}
        (Some(x), Some(y)) => edit.focal = Some(errors.focal("/focal", (x / 100.0, y / 100.0))),
        _ if form.text("focal_x").is_empty() && form.text("focal_y").is_empty() => {}
        _ => errors.add(
            "/focal",
            "not_a_number",
            "The focal point is two numbers from 0 to 100.",
        ),
    }
    errors.finish(Some(edit))
}

/// Renders the photo again: another try for one that failed, new files for one that is ready.
pub(super) async fn render(
    app: web::Data<App>,
    id: web::Path<String>,
    sent: Sent,
) -> Result<HttpResponse, Failed> {
    let id: PhotoId = path_id(&id)?;
    let (photo, now) = (id.clone(), app.clock.now());
    app.db
        .write(move |conn| render_again(conn, &sent.actor, &photo, now).map_err(Failure::from))
        .await?;
    app.bell.ring();
    Ok(go(&app.urls.desk_photo(&id)))
}

pub(super) async fn remove(
    app: web::Data<App>,
    id: web::Path<String>,
    sent: Sent,
) -> Result<HttpResponse, Failed> {
    let id: PhotoId = path_id(&id)?;
    let now = app.clock.now();
    let left = app
        .db
        .write(move |conn| verb::remove(conn, &sent.actor, &id, now).map_err(Failure::from))
        .await?;
    left.clear(&app.db, &app.store).await.map_err(Failure::from)?;
    Ok(go(&app.urls.library()))
}
