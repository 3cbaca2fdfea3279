//! Photos: upload, list, facts, original.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use actix_multipart::Multipart;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post, web};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use super::answer::{PhotoAnswer, PhotoList, RefusedFile, UploadAnswer, Uploaded};
use super::body::PhotoPatch;
use super::{problem, view};
use crate::account::Actor;
use crate::account::token::Scope;
use crate::db::Conn;
use crate::id::{AccountId, PhotoId, StoryId};
use crate::photo::query::PhotoFilter;
use crate::photo::render_again::render_again;
use crate::photo::{Photo, PhotoState, Rendition, library, remove};
use crate::store;
use crate::story::{access, freshen, parts};
use crate::text::upload_words::with_ending;
use crate::web::error::Failure;
use crate::web::extract::{Caller, Failed, JsonBody, NoFields, Params, if_match, is_known, path_id};
use crate::web::upload::{self, Expected};
use crate::web::{App, add_to_story, cursor};

/// The parts of an upload.
#[derive(Debug, ToSchema)]
#[allow(
    dead_code,
    reason = "it describes the parts; they are streamed, not read into this"
)]
struct UploadForm {
    /// The photographs: JPEG, PNG, WebP or TIFF, each in a part of its own.
    #[schema(min_items = 1, content_media_type = "application/octet-stream")]
    file: Vec<String>,
    /// Id of a story they are added to, in the order in which they were taken.
    story: Option<StoryId>,
}

/// Besides photographs: their story.
const EXPECTED: Expected<'_> = Expected {
    fields: &["story"],
    link: None,
};

/// Uploads photographs: one or more parts named `file`, optionally a part `story` with the id of a story they are added to.
#[utoipa::path(tag = "photos", request_body(content_type = "multipart/form-data", content = UploadForm), responses(
    (status = 201, description = "Every file in its place: a photo, or an error where one was refused", body = UploadAnswer),
    (status = 413, description = "The file has too many bytes"),
    (status = 415, description = "Not a photograph that can be taken"),
    (status = 422, description = "Too many pixels (image_too_large), no part named file, a part that is not known (unknown_field), no such story (unknown_story)"),
    (status = 503, description = "Nothing can be stored at the moment (read_only)"),
    (status = 507, description = "The disk is full"),
), security(("token" = ["photos:write"]), ("session" = [])))]
#[post("/manage/photos")]
pub(super) async fn upload_photos(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    body: Multipart,
) -> Result<HttpResponse, Failed> {
    let actor = caller.needs(Scope::PhotosWrite)?.clone();
    let received = upload::receive(&app, &actor, body, EXPECTED).await?;
    // What has come is in the library of whoever it was; nothing more is done in their name.
    caller.still(&request).await?;
    if received.files.is_empty() {
        return Err(Failure::field("/file", "required", "Send at least one part named “file”.").into());
    }
    let story = received.fields.get("story").filter(|id| !id.is_empty());
    if let Some(story) = story {
        caller.needs(Scope::StoriesWrite)?;
        let unknown = || {
            let message = "There is no story of this id that you may add to.";
            Failure::field("/story", "unknown_story", message)
        };
        let story: StoryId = story.parse().map_err(|_| unknown())?;
        let added = add_to_story(&app, &actor, story, received.photo_ids(), None).await;
        added.map_err(|failure| {
            if failure == Failure::NotFound {
                unknown()
            } else {
                failure
            }
        })?;
    }
    if received.files.iter().all(|file| file.result.is_err()) {
        let first = received.files.into_iter().find_map(|file| file.result.err());
        return Err(first.unwrap_or(Failure::NotFound).into());
    }
    let data = received
        .files
        .into_iter()
        .map(|file| match file.result {
            Ok(taken) => {
                let mut shown = view::photo(&taken.photo, &[], &app.urls);
                shown.created = Some(taken.created);
                Uploaded::Photo(Box::new(shown))
            }
            Err(failure) => Uploaded::Refused(RefusedFile {
                file_name: file.file_name,
                error: problem::body(&failure),
            }),
        })
        .collect();
    Ok(HttpResponse::Created().json(UploadAnswer { data }))
}

/// What the library may be narrowed to.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PhotoParams {
    /// How many, 1 to 100; 50 without it.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<usize>,
    /// Where the page before ended.
    after: Option<String>,
    /// `pending`, `ready` or `failed`.
    #[param(value_type = Option<PhotoState>)]
    state: Option<String>,
    /// Id of the account that uploaded them.
    #[param(value_type = Option<AccountId>)]
    owner: Option<String>,
    /// Id of a story that uses them.
    #[param(value_type = Option<StoryId>)]
    story: Option<String>,
    /// `true`: only those without a caption of record.
    missing_caption: Option<bool>,
    /// Words that must all be there, in any field, the file’s name, keywords and persons among them: the last one by its beginning.
    text: Option<String>,
}

/// The photo library, newest first: all photos for editors, one's own for photographers.
#[utoipa::path(tag = "photos", params(PhotoParams), responses(
    (status = 200, description = "A page of photos", body = PhotoList),
    (status = 404, description = "No such story, or not for this caller"),
),
    security(("token" = ["stories:read"]), ("session" = [])))]
#[get("/manage/photos")]
pub(super) async fn list_photos(
    app: web::Data<App>,
    caller: Caller,
    params: Params<PhotoParams>,
) -> Result<HttpResponse, Failed> {
    let actor = caller.needs(Scope::StoriesRead)?.clone();
    let params = params.0;
    let limit = params.limit.unwrap_or(50);
    let state = params
        .state
        .as_deref()
        .map(|state| PhotoState::parse(state).ok_or("state"))
        .transpose();
    let owner = params
        .owner
        .as_deref()
        .map(|id| id.parse().map_err(|_| "owner"))
        .transpose();
    let story = params
        .story
        .as_deref()
        .map(|id| id.parse::<StoryId>().map_err(|_| "story"))
        .transpose();
    let (state, owner, story) = match (state, owner, story, (1..=100).contains(&limit)) {
        (Ok(state), Ok(owner), Ok(story), true) => (state, owner, story),
        (Err(field), ..) | (_, Err(field), ..) | (_, _, Err(field), _) => return Err(bad_parameter(field)),
        _ => return Err(bad_parameter("limit")),
    };
    let mut filter = PhotoFilter {
        owner,
        state,
        missing_caption: params.missing_caption.unwrap_or(false),
        text: params.text.filter(|text| !text.is_empty()),
        before: params.after.as_deref().map(cursor::read).transpose()?,
        ids: None,
    };
    if filter.text.is_some() {
        freshen::try_freshen(&app.db).await;
    }
    let (page, renditions) = app
        .db
        .read(move |conn| {
            if let Some(story) = &story {
                access::find_visible(conn, &actor, story)?;
                filter.ids = Some(parts::list_photo_ids(conn, story)?);
            }
            let page = library::list(conn, &actor, filter, limit)?;
            let renditions = by_photo(conn, &page.photos)?;
            Ok::<_, Failure>((page, renditions))
        })
        .await?;
    let none = Vec::new();
    let data = page
        .photos
        .iter()
        .map(|photo| view::photo(photo, renditions.get(&photo.id).unwrap_or(&none), &app.urls))
        .collect();
    let next = page.older.map(|(at, id)| cursor::write(at, id));
    Ok(HttpResponse::Ok().json(PhotoList { data, next }))
}

fn bad_parameter(name: &'static str) -> Failed {
    let message = format!("The parameter “{name}” has a value that is not possible.");
    Failed(Failure::BadRequest {
        code: "parameter",
        message,
    })
}

fn by_photo(conn: &mut Conn, photos: &[Photo]) -> diesel::QueryResult<HashMap<PhotoId, Vec<Rendition>>> {
    let mut by_photo: HashMap<PhotoId, Vec<Rendition>> = HashMap::new();
    for (photo, rendition) in library::renditions_of(conn, photos)? {
        by_photo.entry(photo).or_default().push(rendition);
    }
    Ok(by_photo)
}

/// The photo as it stands, for an answer.
fn show(app: &App, conn: &mut Conn, actor: &Actor, id: &PhotoId) -> Result<(Value, String), Failure> {
    let photo = access::find_visible_photo(conn, actor, id)?.ok_or(Failure::NotFound)?;
    let renditions = by_photo(conn, std::slice::from_ref(&photo))?
        .remove(id)
        .unwrap_or_default();
    let mut shown = view::photo(&photo, &renditions, &app.urls);
    let uses = parts::list_stories_using(conn, id)?;
    let mut visible = Vec::new();
    for (story, title) in uses {
        if access::find_visible(conn, actor, &story).is_ok() {
            visible.push(view::UseView { story, title });
        }
    }
    shown.used_in = Some(visible);
    let shown = json!({"data": shown});
    // Files come, and stories, without a change of its facts; `If-Match` looks at these alone.
    let mut hasher = DefaultHasher::new();
    shown.to_string().hash(&mut hasher);
    let tag = format!("\"{}.{:x}\"", photo.version, hasher.finish());
    Ok((shown, tag))
}

/// One photo: facts, embedded values, renditions, where it is used.
#[utoipa::path(tag = "photos", params(("id" = String, Path, description = "The photo's id")), responses(
    (status = 200, description = "The photo", body = PhotoAnswer),
    (status = 304, description = "Not changed since the given ETag"),
    (status = 404, description = "No such photo, or not for this caller"),
), security(("token" = ["stories:read"]), ("session" = [])))]
#[get("/manage/photos/{id}")]
pub(super) async fn get_photo(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, Failed> {
    let id: PhotoId = path_id(&id)?;
    let actor = caller.needs(Scope::StoriesRead)?.clone();
    let inner = app.clone();
    let (value, tag) = app.db.read(move |conn| show(&inner, conn, &actor, &id)).await?;
    if is_known(&request, &tag) {
        return Ok(HttpResponse::NotModified()
            .insert_header((header::ETAG, tag))
            .finish());
    }
    Ok(HttpResponse::Ok().insert_header((header::ETAG, tag)).json(value))
}

/// Changes a photo's words and marks; the original is never touched.
#[utoipa::path(tag = "photos", params(("id" = String, Path, description = "The photo's id")),
    request_body = PhotoPatch, responses(
    (status = 200, description = "The photo as it is now", body = PhotoAnswer),
    (status = 412, description = "Changed by somebody else; the present state comes along"),
    (status = 428, description = "If-Match is missing"),
), security(("token" = ["photos:write"]), ("session" = [])))]
#[patch("/manage/photos/{id}")]
pub(super) async fn change_photo(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    id: web::Path<String>,
    patch: JsonBody<PhotoPatch>,
) -> Result<HttpResponse, Failed> {
    let id: PhotoId = path_id(&id)?;
    let actor = caller.needs(Scope::PhotosWrite)?.clone();
    let expected = if_match(&request)?;
    let edit = patch.0.check()?;
    let now = app.clock.now();
    let edited = app.edit_photo(&actor, &id, expected, edit, now).await;
    app.bell.ring();
    let inner = app.clone();
    let (value, tag) = app.db.read(move |conn| show(&inner, conn, &actor, &id)).await?;
    match edited.map_err(Failure::from) {
        Ok(_) => Ok(HttpResponse::Ok().insert_header((header::ETAG, tag)).json(value)),
        Err(Failure::Stale { message, part, .. }) => Err(Failed(Failure::Stale {
            message,
            part,
            current: Some(Box::new((value["data"].clone(), tag))),
        })),
        Err(failure) => Err(failure.into()),
    }
}

/// Renders a photo again: one that failed gets another try, one that is ready new files under new names.
#[utoipa::path(tag = "photos", params(("id" = String, Path, description = "The photo's id")), responses(
    (status = 202, description = "Queued; the photo as it is now", body = PhotoAnswer),
    (status = 404, description = "No such photo, or not for this caller"),
), security(("token" = ["photos:write"]), ("session" = [])))]
#[post("/manage/photos/{id}/render")]
pub(super) async fn render_photo(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<String>,
    _: NoFields,
) -> Result<HttpResponse, Failed> {
    let id: PhotoId = path_id(&id)?;
    let actor = caller.needs(Scope::PhotosWrite)?.clone();
    let now = app.clock.now();
    let inner = app.clone();
    let (value, tag) = app
        .db
        .write(move |conn| {
            render_again(conn, &actor, &id, now)?;
            show(&inner, conn, &actor, &id)
        })
        .await?;
    app.bell.ring();
    Ok(HttpResponse::Accepted()
        .insert_header((header::ETAG, tag))
        .json(value))
}

/// Removes a photo that no story uses.
#[utoipa::path(tag = "photos", params(("id" = String, Path, description = "The photo's id")), responses(
    (status = 204, description = "Removed"),
    (status = 409, description = "A story uses it (in_use)"),
    (status = 412, description = "Changed by somebody else; the present state comes along"),
    (status = 428, description = "If-Match is missing"),
), security(("token" = ["photos:write"]), ("session" = [])))]
#[delete("/manage/photos/{id}")]
pub(super) async fn delete_photo(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, Failed> {
    let id: PhotoId = path_id(&id)?;
    let actor = caller.needs(Scope::PhotosWrite)?.clone();
    let (expected, now) = (if_match(&request)?, app.clock.now());
    let inner = app.clone();
    let left = app
        .db
        .write(move |conn| {
            let photo = access::find_visible_photo(conn, &actor, &id)?
                .filter(|photo| photo.may_be_changed_by(&actor))
                .ok_or(Failure::NotFound)?;
            if photo.version != expected {
                let message = "The photo was changed by somebody else in the meantime.".to_owned();
                let (value, tag) = show(&inner, conn, &actor, &id)?;
                return Err(Failure::Stale {
                    message,
                    part: None,
                    current: Some(Box::new((value["data"].clone(), tag))),
                });
            }
            Ok(remove::remove(conn, &actor, &id, now)?)
        })
        .await?;
    left.clear(&app.db, &app.store).await.map_err(Failure::from)?;
    Ok(HttpResponse::NoContent().finish())
}

/// The original's bytes, for its owner and editors.
#[utoipa::path(tag = "photos", params(("id" = String, Path, description = "The photo's id")), responses(
    (status = 200, description = "The bytes as they were uploaded", content(
        (Vec<u8> = "image/jpeg"), (Vec<u8> = "image/png"), (Vec<u8> = "image/webp"), (Vec<u8> = "image/tiff"),
    ), headers(("Content-Disposition" = String, description = "attachment, with the file’s name"))),
    (status = 404, description = "No such photo, or not for this caller"),
), security(("token" = ["photos:write"]), ("session" = [])))]
#[get("/manage/photos/{id}/original")]
pub(super) async fn get_original(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<String>,
) -> Result<HttpResponse, Failed> {
    let id: PhotoId = path_id(&id)?;
    let actor = caller.needs(Scope::PhotosWrite)?.clone();
    let photo = app
        .db
        .read(move |conn| {
            let photo = access::find_visible_photo(conn, &actor, &id)?;
            Ok::<_, Failure>(photo.filter(|photo| photo.may_be_changed_by(&actor)))
        })
        .await?
        .ok_or(Failure::NotFound)?;
    let key = store::original_key(&photo.original_sha256, &photo.media_type);
    let (size_bytes, bytes) = app
        .store
        .stream(&key)
        .await
        .map_err(Failure::from)?
        .ok_or(Failure::NotFound)?;
    let name = with_ending(&ascii_name(&photo.file_name), &photo.media_type);
    let name = header::ContentDisposition {
        disposition: header::DispositionType::Attachment,
        parameters: vec![header::DispositionParam::Filename(name)],
    };
    Ok(HttpResponse::Ok()
        .content_type(photo.media_type.as_str())
        .insert_header(name)
        .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"))
        // Whoever fetches it sees how far it is.
        .no_chunking(size_bytes)
        .streaming(bytes))
}

/// A file name that every client understands: what is not ASCII, or means something in a header, becomes an underscore.
fn ascii_name(name: &str) -> String {
    name.chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ') {
                c
            } else {
                '_'
            }
        })
        .collect()
}
