//! Renditions by their public name. While a live publication shows one, anybody may have it; otherwise only who may see the photo.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};

use super::App;
use super::error::Failure;
use super::extract::{Caller, Failed, is_known};
use crate::id::is_hex_32;
use crate::photo;
use crate::store;
use crate::story::{access, query};

/// `GET /media/{folder}/{spec}`.
///
/// # Errors
/// [`Failure::NotFound`] for what is not there and for what is not this caller's alike.
pub async fn serve(
    app: web::Data<App>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Failed> {
    let (folder, spec) = path.into_inner();
    // A name that was never given out is told apart before anything is asked of the database or the disk.
    let plain = spec.len() <= 40
        && spec
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'.');
    if !is_hex_32(&folder) || !plain || spec.contains("..") {
        return Err(Failure::NotFound.into());
    }
    let looked_up = (folder.clone(), spec.clone());
    let (found, public) = app
        .db
        .read(move |conn| {
            let found = photo::query::find_rendition(conn, &looked_up.0, &looked_up.1)?;
            let public = found.is_some() && query::is_folder_public(conn, &looked_up.0)?;
            Ok::<_, Failure>((found, public))
        })
        .await?;
    let (photo, rendition) = found.ok_or(Failure::NotFound)?;
    if !public {
        let caller = Caller::find(&request)
            .await
            .ok()
            .flatten()
            .ok_or(Failure::NotFound)?;
        let seen = app
            .db
            .read(move |conn| access::find_visible_photo(conn, &caller.actor, &photo).map_err(Failure::from))
            .await?;
        seen.ok_or(Failure::NotFound)?;
    }
    // The folder's name is random and new for each rendering: name and content stand or fall together.
    let etag = format!("\"{folder}.{spec}\"");
    let known = is_known(&request, &etag);
    let mut response = if known {
        HttpResponse::NotModified()
    } else {
        HttpResponse::Ok()
    };
    response
        .insert_header((header::ETAG, etag))
        .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"))
        .insert_header((
            "Cross-Origin-Resource-Policy",
            if public { "cross-origin" } else { "same-origin" },
        ));
    if public {
        response
            .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
            .insert_header(("CDN-Cache-Control", "max-age=3600"));
    }
    if known {
        return Ok(response.finish());
    }
    let bytes = app
        .store
        .bytes(&store::rendition_key(&folder, &spec))
        .await
        .map_err(Failure::from)?;
    Ok(response
        .content_type(rendition.media_type.as_str())
        .body(bytes.ok_or(Failure::NotFound)?))
}
