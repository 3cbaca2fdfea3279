//! Addresses of a site that was taken in: whoever follows one is sent to the story.
//!
//! Asked for where nothing else answers, so nothing of this site can be hidden by an old address. Where it leads is made of the story's slug
//! alone: no request can send a reader to another site.

use actix_web::{HttpRequest, HttpResponse};

use crate::story::origin::{self, OldAddress};
use crate::web::App;
use crate::web::error::Failure;
use crate::web::ready::Page;

/// The way to the story that had the requested address elsewhere, if one had and is live.
///
/// # Errors
/// Those of the database.
pub async fn moved(request: &HttpRequest) -> Result<Option<HttpResponse>, Failure> {
    let app = App::of(request);
    for address in OldAddress::asked_for(request.path(), request.query_string()) {
        // Apart from pages: of an address that leads nowhere nothing is kept, for there is no end of those.
        let key = format!("moved {}", address.as_str());
        let find = async {
            let found = app
                .db
                .read(move |conn| origin::find_live_slug(conn, &address).map_err(Failure::from))
                .await?;
            let slug = found.ok_or(Failure::NotFound)?;
            Ok(Some(Page::moved_house(&app.urls.story(&slug))))
        };
        match app.pages.get(&key, find).await {
            Ok(Some(page)) => return Ok(Some(page.answer(request.headers()))),
            Ok(None) | Err(Failure::NotFound) => {}
            Err(failure) => return Err(failure),
        }
    }
    Ok(None)
}
