//! Uploads that go on where they stopped, for sessions and tokens; the protocol itself is in `web::tus`.

use actix_web::{HttpRequest, HttpResponse, delete, get, options, patch, post, web};

use crate::account::token::Scope;
use crate::upload::Sender;
use crate::web::App;
use crate::web::extract::{Caller, Failed};
use crate::web::tus::{self, Door};

fn door(app: &App, caller: &Caller) -> Result<Door, Failed> {
    Ok(Door {
        sender: Sender {
            actor: caller.needs(Scope::PhotosWrite)?.clone(),
            link: None,
            means: Some(caller.means()),
        },
        base: app.urls.uploads(),
        story: None,
    })
}

/// What of tus is spoken here: versions, extensions, the largest file, the checksums.
#[utoipa::path(tag = "photos", responses(
    (status = 204, description = "Nothing but headers: Tus-Version, Tus-Extension, Tus-Max-Size, Tus-Checksum-Algorithm"),
), security(("token" = ["photos:write"]), ("session" = [])))]
#[options("/manage/uploads")]
pub(super) async fn describe_uploads(app: web::Data<App>, caller: Caller) -> Result<HttpResponse, Failed> {
    door(&app, &caller)?;
    Ok(tus::options(&app))
}

/// Begins an upload that can go on where it stopped (tus 1.0). Metadata: `filename`, `filetype`; `story` (an id), `position` (counted from
/// zero) and `batch` (any text; the photos of one batch stand in the order in which they were taken) place the photo in a story. A body of
/// `application/offset+octet-stream` is taken as the first piece.
#[utoipa::path(tag = "photos", params(
    ("Tus-Resumable" = String, Header, description = "1.0.0"),
    ("Upload-Length" = u64, Header, description = "Bytes of the file"),
    ("Upload-Metadata" = Option<String>, Header, description = "Keys and Base64 values"),
), responses(
    (status = 201, description = "Begun; Location is where it is sent to", headers(
        ("Location" = String, description = "The upload’s address"),
        ("Upload-Expires" = String, description = "When it ends if nobody goes on with it"),
    )),
    (status = 409, description = "Too many uploads are under way (too_many_uploads)"),
    (status = 412, description = "Another version of tus (tus_version)"),
    (status = 413, description = "The file has too many bytes"),
    (status = 415, description = "The file is empty"),
    (status = 422, description = "No such story, or not for this caller"),
    (status = 503, description = "Nothing can be stored at the moment (read_only)"),
    (status = 507, description = "The disk is full"),
), security(("token" = ["photos:write", "stories:write"]), ("session" = [])))]
#[post("/manage/uploads")]
pub(super) async fn create_upload(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Failed> {
    let door = door(&app, &caller)?;
    let new = tus::announced(&request)?;
    if new.story.is_some() {
        caller.needs(Scope::StoriesWrite)?;
    }
    Ok(tus::create(&app, &door, &request, new, payload.into_inner()).await?)
}

/// Where an upload stands (HEAD), and what became of it (GET). One that was refused answers with its refusal.
#[utoipa::path(tag = "photos", params(("id" = String, Path, description = "The upload’s id")), responses(
    (status = 200, description = "How much of it is safe, and the photo it became", headers(
        ("Upload-Offset" = u64, description = "Bytes that are safe"),
        ("Upload-Length" = u64, description = "Bytes of the file"),
        ("Reportage-State" = String, description = "receiving, whole, taken"),
        ("Reportage-Photo" = String, description = "The photo’s address, once it is taken"),
        ("Reportage-Known" = bool, description = "Whether the same bytes were uploaded before"),
        ("Reportage-Placed" = bool, description = "Whether it stands in the story it was for"),
    )),
    (status = 404, description = "No such upload, or not for this caller, or expired"),
    (status = 415, description = "It was refused: not a photograph that can be taken"),
    (status = 422, description = "It was refused: too many pixels (image_too_large)"),
), security(("token" = ["photos:write"]), ("session" = [])))]
#[get("/manage/uploads/{id}")]
pub(super) async fn get_upload(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, Failed> {
    let door = door(&app, &caller)?;
    Ok(tus::look(&app, &door, &request, &id).await?)
}

/// Sends a piece. After the last one it is a photo, and the answer says which; a refusal has the status that it has at `/manage/photos`.
#[utoipa::path(tag = "photos", params(
    ("id" = String, Path, description = "The upload’s id"),
    ("Tus-Resumable" = String, Header, description = "1.0.0"),
    ("Upload-Offset" = u64, Header, description = "Where the piece begins"),
    ("Upload-Checksum" = Option<String>, Header, description = "sha1 or sha256, and the sum in Base64"),
), request_body(content_type = "application/offset+octet-stream", content = Vec<u8>), responses(
    (status = 204, description = "Everything up to Upload-Offset is safe", headers(
        ("Upload-Offset" = u64, description = "Bytes that are safe"),
        ("Upload-Expires" = String, description = "When it ends if nobody goes on with it"),
        ("Reportage-State" = String, description = "receiving, taken"),
        ("Reportage-Photo" = String, description = "The photo’s address, after the last piece"),
        ("Reportage-Known" = bool, description = "Whether the same bytes were uploaded before"),
        ("Reportage-Placed" = bool, description = "Whether it stands in the story it was for"),
    )),
    (status = 404, description = "No such upload, or not for this caller, or expired"),
    (status = 408, description = "The body stood still"),
    (status = 409, description = "It stands elsewhere (wrong_offset)"),
    (status = 412, description = "Another version of tus (tus_version)"),
    (status = 413, description = "More bytes than were announced"),
    (status = 415, description = "Not a photograph that can be taken, or a body of another type"),
    (status = 422, description = "Too many pixels (image_too_large)"),
    (status = 423, description = "Another request is at it"),
    (status = 460, description = "The checksum does not fit (checksum_mismatch)"),
), security(("token" = ["photos:write"]), ("session" = [])))]
#[patch("/manage/uploads/{id}")]
pub(super) async fn send_upload(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    id: web::Path<String>,
    payload: web::Payload,
) -> Result<HttpResponse, Failed> {
    let door = door(&app, &caller)?;
    Ok(tus::send(&app, &door, &request, &id, payload.into_inner()).await?)
}

/// Cancels an upload, or forgets a finished one; its photo stays.
#[utoipa::path(tag = "photos", params(
    ("id" = String, Path, description = "The upload’s id"),
    ("Tus-Resumable" = String, Header, description = "1.0.0"),
), responses(
    (status = 204, description = "Forgotten"),
    (status = 404, description = "No such upload, or not for this caller, or expired"),
    (status = 412, description = "Another version of tus (tus_version)"),
    (status = 423, description = "Another request is at it"),
), security(("token" = ["photos:write"]), ("session" = [])))]
#[delete("/manage/uploads/{id}")]
pub(super) async fn cancel_upload(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, Failed> {
    let door = door(&app, &caller)?;
    Ok(tus::terminate(&app, &door, &request, &id).await?)
}

/// For clients that cannot send PATCH or DELETE: what `X-HTTP-Method-Override` says.
#[utoipa::path(tag = "photos", params(
    ("id" = String, Path, description = "The upload’s id"),
    ("Tus-Resumable" = String, Header, description = "1.0.0"),
    ("X-HTTP-Method-Override" = String, Header, description = "PATCH, DELETE or HEAD"),
), responses(
    (status = 200, description = "As HEAD answers"),
    (status = 204, description = "As PATCH or DELETE answers"),
    (status = 404, description = "No such upload, or not for this caller, or expired"),
    (status = 405, description = "No method was named, or another"),
    (status = 408, description = "The body stood still"),
    (status = 409, description = "It stands elsewhere (wrong_offset)"),
    (status = 412, description = "Another version of tus (tus_version)"),
    (status = 413, description = "More bytes than were announced"),
    (status = 415, description = "Not a photograph that can be taken, or a body of another type"),
    (status = 422, description = "Too many pixels (image_too_large)"),
    (status = 423, description = "Another request is at it"),
    (status = 460, description = "The checksum does not fit (checksum_mismatch)"),
), security(("token" = ["photos:write"]), ("session" = [])))]
#[post("/manage/uploads/{id}")]
pub(super) async fn send_upload_by_post(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    id: web::Path<String>,
    payload: web::Payload,
) -> Result<HttpResponse, Failed> {
    let door = door(&app, &caller)?;
    Ok(tus::overridden(&app, &door, &request, &id, payload.into_inner()).await?)
}
