//! The photo library: everything one may work with, newest first, and uploading to it.

use std::collections::HashMap;

use actix_multipart::Multipart;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::form::SignedIn;
use super::picture::Picture;
use super::shell::{Room, Shell, go, page, page_with};
use super::told;
use crate::account::Actor;
use crate::db::Conn;
use crate::id::PhotoId;
use crate::photo::query::PhotoFilter;
use crate::photo::{Photo, PhotoState, Rendition, library};
use crate::story::freshen;
use crate::web::error::Failure;
use crate::web::extract::{Failed, Params};
use crate::web::upload::{Expected, Received};
use crate::web::urls::Urls;
use crate::web::{App, cursor, upload};

/// Photos on one page of the library.
const PHOTOS_A_PAGE: usize = 60;

#[derive(Template)]
#[template(path = "desk/library.html", whitespace = "minimize")]
struct LibraryPage {
    shell: Shell,
    asked: LibraryParams,
    tiles: Vec<Tile>,
    older: Option<String>,
    waiting: bool,
}

/// A photo in the library, ready to print.
pub(super) struct Tile {
    pub id: String,
    pub href: String,
    pub file_name: String,
    pub caption: String,
    pub has_caption: bool,
    pub has_alt: bool,
    pub has_credit: bool,
    pub damaged: bool,
    pub picture: Picture,
}

impl Tile {
    fn new(photo: &Photo, renditions: &[Rendition], urls: &Urls) -> Self {
        Self {
            id: photo.id.to_string(),
            href: urls.desk_photo(&photo.id),
            file_name: photo.file_name.clone(),
            caption: photo
                .caption
                .as_deref()
                .map(|caption| crate::text::cut(caption, 110))
                .unwrap_or_default(),
            has_caption: photo.caption.is_some(),
            has_alt: photo.alt.is_some() || photo.decorative,
            has_credit: photo.credit.is_some(),
            damaged: photo.damaged,
            picture: Picture::thumb(photo, renditions, urls),
        }
    }
}

/// What the library is narrowed to.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LibraryParams {
    #[serde(default)]
    pub text: String,
    /// A state, `missing` for photos without a caption, or nothing.
    #[serde(default)]
    pub show: String,
    pub after: Option<String>,
    /// Where in a story chosen photos go; only the page to choose from asks it.
    pub position: Option<usize>,
}

impl LibraryParams {
    fn filter(&self) -> Result<PhotoFilter, Failure> {
        Ok(PhotoFilter {
            owner: None,
            state: PhotoState::parse(&self.show),
            ids: None,
            missing_caption: self.show == "missing",
            text: Some(self.text.trim().to_owned()).filter(|text| !text.is_empty()),
            before: self.after.as_deref().map(cursor::read).transpose()?,
        })
    }

    fn next(&self, page: &str, cursor: &str) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query
            .append_pair("text", &self.text)
            .append_pair("show", &self.show)
            .append_pair("after", cursor);
        if let Some(position) = self.position {
            query.append_pair("position", &position.to_string());
        }
        format!("{page}?{}", query.finish())
    }
}

/// A page of the library.
pub(super) struct Tiles {
    pub tiles: Vec<Tile>,
    pub older: Option<String>,
}

/// The photos of a page of the library, with where the next begins on `page`.
pub(super) async fn tiles(
    app: &App,
    actor: &Actor,
    asked: &LibraryParams,
    page: &str,
) -> Result<Tiles, Failure> {
    let filter = asked.filter()?;
    if filter.text.is_some() {
        freshen::try_freshen(&app.db).await;
    }
    let actor = actor.clone();
    let (list, renditions) = app
        .db
        .read(move |conn: &mut Conn| {
            let list = library::list(conn, &actor, filter, PHOTOS_A_PAGE)?;
            let renditions = library::renditions_of(conn, &list.photos)?;
            Ok::<_, Failure>((list, renditions))
        })
        .await?;
    let mut by_photo: HashMap<PhotoId, Vec<Rendition>> = HashMap::new();
    for (photo, rendition) in renditions {
        by_photo.entry(photo).or_default().push(rendition);
    }
    let none = Vec::new();
    Ok(Tiles {
        tiles: list
            .photos
            .iter()
            .map(|photo| Tile::new(photo, by_photo.get(&photo.id).unwrap_or(&none), &app.urls))
            .collect(),
        older: list
            .older
            .map(|(at, id)| asked.next(page, &cursor::write(at, id))),
    })
}

pub(super) async fn show(
    app: web::Data<App>,
    SignedIn(actor): SignedIn,
    params: Params<LibraryParams>,
) -> Result<HttpResponse, Failed> {
    let asked = params.0;
    let Tiles { tiles, older } = tiles(&app, &actor, &asked, &app.urls.library()).await?;
    page(&LibraryPage {
        shell: Shell::titled(&app, Some(&actor), Room::Photos, "library.title"),
        waiting: tiles.iter().any(|tile| tile.picture.is_pending()),
        asked,
        tiles,
        older,
    })
}

pub(super) async fn upload(
    app: web::Data<App>,
    SignedIn(actor): SignedIn,
    body: Multipart,
) -> Result<HttpResponse, Failed> {
    let received = upload::receive(&app, &actor, body, Expected::default()).await?;
    if received.files.is_empty() {
        return Err(Failure::field("/file", "required", "Choose at least one photograph.").into());
    }
    if received.files.iter().any(|file| file.result.is_err()) {
        return show_refused(&app, &actor, &received, app.urls.library());
    }
    Ok(go(&app.urls.library()))
}

/// What became of each file of an upload in which some were refused.
#[derive(Template)]
#[template(path = "desk/refused.html", whitespace = "minimize")]
struct RefusedPage {
    shell: Shell,
    taken: usize,
    refused: Vec<(String, String)>,
    back: String,
}

/// The page after an upload in which some files were refused: which, and why. The others are in.
pub(super) fn show_refused(
    app: &App,
    actor: &Actor,
    received: &Received,
    back: String,
) -> Result<HttpResponse, Failed> {
    let refused = told::refused(received);
    let taken = received.files.len() - refused.len();
    page_with(
        received.status(),
        &RefusedPage {
            shell: Shell::titled(app, Some(actor), Room::Photos, "refused.some"),
            taken,
            refused,
            back,
        },
    )
}
