//! The readers' pages as files for a host that runs nothing: the same pages, drawn by the same hands, with links that lead from file to file. Lists
//! have further pages of their own, for nothing reads what stands behind a question mark.

use std::collections::BTreeSet;

use actix_web::web;
use actix_web::web::Bytes;
use askama::Template as _;

use super::pages::{STORIES_A_PAGE, draw_list, find_list, render_story};
use super::{discovery, feeds};
use crate::id::StoryId;
use crate::site;
use crate::story;
use crate::story::document::StoryDocument;
use crate::story::listing::{self, ListingKind};
use crate::web::error::Failure;
use crate::web::page::{Feed, MovedPage, NoticePage};
use crate::web::ready::Page;
use crate::web::{App, assets};

/// A file of the site: its path within it, and what it says.
#[derive(Debug, Clone)]
pub struct Still {
    /// Such as `stories/een-veld/index.html`.
    pub path: String,
    /// The bytes.
    pub bytes: Bytes,
}

/// A rendition that the site shows, by its folder and its name in it.
pub type MediaFile = (String, String);

/// Draws every page of the site and gives each to `keep`; gives the renditions that they show. Nothing that is not published is among them.
///
/// # Errors
/// Those of drawing, as `E`, and those of `keep`.
pub async fn draw<E: From<Failure>>(
    app: &web::Data<App>,
    mut keep: impl FnMut(Still) -> Result<(), E>,
) -> Result<BTreeSet<MediaFile>, E> {
    let mut media = BTreeSet::new();
    let mut lists = BTreeSet::new();
    let mut paths = BTreeSet::new();
    let mut put = |file: Still| {
        paths.insert(file.path.clone());
        keep(file)
    };
    let mut after = None;
    loop {
        let found = find_list(app, None, after, STORIES_A_PAGE).await?;
        let Some((stories, _)) = found else { break };
        for document in &stories.documents {
            note(document, &mut media, &mut lists);
            if let Some(page) = render_story(app.clone(), document.slug.clone()).await? {
                put(still(&app.urls.story(&document.slug), &page, app))?;
            }
        }
        after = stories.older;
        if after.is_none() {
            break;
        }
    }
    draw_lists(app, None, &mut put).await?;
    for (kind, slug) in lists {
        draw_lists(app, Some((kind, slug)), &mut put).await?;
    }
    for file in for_machines(app).await? {
        put(file)?;
    }
    for file in beside(app).await? {
        put(file)?;
    }
    for file in from_elsewhere(app, paths).await? {
        keep(file)?;
    }
    Ok(media)
}

/// How often what readers see has changed: pages that were drawn between two equal answers are of one moment.
///
/// # Errors
/// Those of the database.
pub async fn age(app: &App) -> Result<i64, Failure> {
    app.db
        .read(|conn| site::query::public_changes(conn).map_err(Failure::from))
        .await
}

fn note(
    document: &StoryDocument,
    media: &mut BTreeSet<MediaFile>,
    lists: &mut BTreeSet<(ListingKind, String)>,
) {
    for photo in document.photos.values() {
        let files = photo.renditions.iter().chain(&photo.crops);
        media.extend(files.map(|file| (file.folder.clone(), file.spec.clone())));
    }
    lists.extend(
        listing::of(document)
            .into_iter()
            .map(|listing| (listing.kind, listing.slug)),
    );
}

/// The file of an address: that of a folder is its `index.html`.
fn still(address: &str, page: &Page, app: &App) -> Still {
    let home = app.urls.home();
    let path = address
        .strip_prefix(&home)
        .unwrap_or(address)
        .split('?')
        .next()
        .unwrap_or_default();
    Still {
        path: if path.is_empty() || path.ends_with('/') {
            format!("{path}index.html")
        } else {
            path.to_owned()
        },
        bytes: page.bytes(),
    }
}

/// All pages of a list, and its feeds.
async fn draw_lists<E: From<Failure>>(
    app: &web::Data<App>,
    of: Option<(ListingKind, String)>,
    keep: &mut impl FnMut(Still) -> Result<(), E>,
) -> Result<(), E> {
    let urls = &app.urls;
    let list = of.as_ref().map(|(kind, slug)| urls.listing(*kind, slug));
    let first = list.clone().unwrap_or_else(|| urls.home());
    let address = |number: usize| {
        if number == 1 {
            first.clone()
        } else {
            urls.list_page(&first, number)
        }
    };
    let mut after: Option<(i64, StoryId)> = None;
    for number in 1.. {
        let found = find_list(app, of.clone(), after, STORIES_A_PAGE).await?;
        let Some((stories, listing)) = found else { break };
        let older = stories.older.is_some().then(|| address(number + 1));
        let newer = (number > 1).then(|| address(number - 1));
        let page = draw_list(app, &stories, listing.as_ref(), older, newer)?;
        keep(still(&address(number), &page, app))?;
        after = stories.older;
        if after.is_none() {
            break;
        }
    }
    for kind in [Feed::Rss, Feed::Atom, Feed::Json] {
        if let Some(page) = feeds::render(app.clone(), kind, of.clone(), list.clone()).await? {
            keep(still(&urls.feed(list.as_deref(), kind.file_name()), &page, app))?;
        }
    }
    Ok(())
}

/// What search engines and crawlers ask for.
async fn for_machines(app: &App) -> Result<Vec<Still>, Failure> {
    let urls = &app.urls;
    let parts = discovery::count_parts(app).await?;
    let mut files = Vec::new();
    if let Some(page) = discovery::render_sitemap(app).await? {
        files.push(still(&urls.sitemap(None), &page, app));
    }
    for part in 1..=(if parts > 1 { parts } else { 0 }) {
        if let Some(page) = discovery::render_sitemap_part(app, part).await? {
            files.push(still(&urls.sitemap(Some(part)), &page, app));
        }
    }
    for (path, page) in [
        ("robots.txt", discovery::render_robots(app)),
        (".well-known/tdmrep.json", discovery::render_tdm_reservation(app)),
    ] {
        files.push(still(path, &page, app));
    }
    Ok(files)
}

/// Style sheets, the script, the page for what is not there, and those that lead on from addresses that stories had before.
async fn beside(app: &App) -> Result<Vec<Still>, Failure> {
    let site = app.site();
    let plain = |path: &str, bytes: Vec<u8>| Still {
        path: path.to_owned(),
        bytes: bytes.into(),
    };
    let mut files: Vec<Still> = assets::OF_READERS
        .into_iter()
        .filter_map(|name| Some(plain(&format!("static/{name}"), assets::bytes(name)?)))
        .collect();
    if let Some(own) = &site.stylesheet {
        files.push(plain("site.css", own.css.clone().into_bytes()));
    }
    let broken = |error: askama::Error| Failure::internal(&error);
    let lost = NoticePage::not_found(&site, &app.urls).render().map_err(broken)?;
    files.push(plain("404.html", lost.into_bytes()));
    let moved = app
        .db
        .read(|conn| story::query::list_live_redirects(conn).map_err(Failure::from))
        .await?;
    for (before, now) in moved {
        let page = MovedPage {
            language: site.language.clone(),
            to: app.urls.story_absolute(&now),
        };
        let html = page.render().map_err(broken)?;
        files.push(plain(&format!("stories/{before}/index.html"), html.into_bytes()));
    }
    Ok(files)
}

/// Pages that lead on from the addresses that stories had on another site, as far as files can answer for them: below this site's own path, without
/// a query, and where nothing else stands.
async fn from_elsewhere(app: &App, mut taken: BTreeSet<String>) -> Result<Vec<Still>, Failure> {
    let home = app.urls.home().to_lowercase();
    let addresses = app
        .db
        .read(|conn| story::origin::list_live_addresses(conn).map_err(Failure::from))
        .await?;
    let language = app.site().language.clone();
    let mut files = Vec::new();
    for (address, slug) in addresses {
        let Some(path) = file_of(&address, &home).filter(|path| is_free(path, &taken)) else {
            continue;
        };
        let page = MovedPage {
            language: language.clone(),
            to: app.urls.story_absolute(&slug),
        };
        let html = page.render().map_err(|error| Failure::internal(&error))?;
        taken.insert(path.clone());
        files.push(Still {
            path,
            bytes: html.into_bytes().into(),
        });
    }
    Ok(files)
}

/// The file that a host answers with when it is asked for an old address.
fn file_of(address: &str, home: &str) -> Option<String> {
    let path = address.strip_prefix(home)?;
    let is_segment = |segment: &str| !segment.is_empty() && !segment.starts_with('.') && segment.len() <= 200;
    let is_ours = ["media", "static"].contains(&path.split('/').next()?);
    if is_ours || path.contains(['?', '\\']) || !path.split('/').all(is_segment) {
        return None;
    }
    let is_page = path.rsplit_once('.').is_some_and(|(_, ending)| ending == "html");
    Some(if is_page {
        path.to_owned()
    } else {
        format!("{path}/index.html")
    })
}

/// Whether a file can stand there beside these: no file where it needs a folder, and no folder in its own place.
fn is_free(path: &str, taken: &BTreeSet<String>) -> bool {
    let within = format!("{path}/");
    let holds_files = taken
        .range(within.clone()..)
        .next()
        .is_some_and(|next| next.starts_with(&within));
    let stands_in_a_file = path
        .match_indices('/')
        .any(|(at, _)| path.get(..at).is_some_and(|folder| taken.contains(folder)));
    !taken.contains(path) && !holds_files && !stands_in_a_file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_address_is_a_file_where_nothing_else_stands() {
        let taken: BTreeSet<String> = ["feed.xml", "stories/een-veld/index.html"]
            .map(str::to_owned)
            .into();
        let file = |address: &str, home: &str| file_of(address, home).filter(|path| is_free(path, &taken));
        assert_eq!(
            file("/2019/05/het-water", "/").as_deref(),
            Some("2019/05/het-water/index.html")
        );
        assert_eq!(file("/het-water.html", "/").as_deref(), Some("het-water.html"));
        assert_eq!(
            file("/blog/het-water", "/blog/").as_deref(),
            Some("het-water/index.html")
        );
        for nowhere in [
            "/?p=12",
            "/2019/../../etc",
            "/.git/config",
            "/media/x",
            "/feed.xml",
            "/feed.xml/oud",
            "/stories/een-veld",
        ] {
            assert_eq!(file(nowhere, "/"), None, "{nowhere}");
        }
        assert_eq!(file("/2019/05/het-water", "/blog/"), None);
    }
}
