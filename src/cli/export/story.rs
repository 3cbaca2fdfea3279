//! One story as a folder: a page that opens by a double click, its pictures, its captions as a spreadsheet, `story.json`, and perhaps the originals.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressStyle};

use super::House;
use super::folder::Folder;
use crate::cli::say;
use crate::db::{Conn, DbError};
use crate::id::{PhotoId, StoryId};
use crate::imaging::{RenditionFormat, ladder};
use crate::photo::{Photo, PhotoState, packet};
use crate::site::{self, SiteSettings};
use crate::store::{original_key, rendition_key};
use crate::story::document::{DocumentRendition, StoryDocument};
use crate::story::draft::{self, Draft};
use crate::story::exchange::{self, Beside, Names, RenditionFields};
use crate::story::rewrite::sheet;
use crate::story::{Block, compose, query};
use crate::web::assets;
use crate::web::page::{Site, StoryPage};
use crate::web::urls::Urls;

/// How often it is begun anew when somebody changes the story's files meanwhile.
const MOST_TRIES: u32 = 3;

/// A story as it is at one moment.
struct Found {
    draft: Draft,
    beside: Beside,
    settings: SiteSettings,
}

/// Why an attempt came to nothing.
enum Trouble {
    /// A file went away while it was read: somebody has just hidden something, or the focal point has moved.
    Moved,
    Failed(anyhow::Error),
}

impl<E: Into<anyhow::Error>> From<E> for Trouble {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

pub(super) async fn export(house: &House, name: &str, to: &Path, originals: bool) -> anyhow::Result<()> {
    for _ in 0..MOST_TRIES {
        match attempt(house, name, to, originals).await {
            Ok(()) => return Ok(()),
            Err(Trouble::Moved) => {}
            Err(Trouble::Failed(error)) => return Err(error),
        }
    }
    bail!("the story’s files change faster than they can be copied; try again in a moment")
}

async fn attempt(house: &House, name: &str, to: &Path, originals: bool) -> Result<(), Trouble> {
    let name = name.to_owned();
    let found = house
        .db
        .read({
            let name = name.clone();
            move |conn| find(conn, &name)
        })
        .await?
        .with_context(|| {
            format!("there is no story {name}; give its id (sto_…) or the last part of its address")
        })?;
    let draft = &found.draft;
    if let Some(photo) = shown(draft).find(|photo| photo.state == PhotoState::Pending) {
        return Err(anyhow::anyhow!(
            "the photograph {} is still being prepared: start the server, or wait a moment, and try again",
            photo.file_name
        )
        .into());
    }
    let mut folder = Folder::open(to, &format!("story {}", draft.story.slug))?;
    let names = Names::of(draft, originals);
    let mut document = compose::compose(draft, None);
    if !originals {
        exchange::conceal(&mut document, draft);
    }
    let renditions = copy_renditions(house, &found, &names, &mut document, &mut folder).await?;
    write_page(house, &found, &document, &mut folder)?;
    let json = if originals {
        copy_originals(house, draft, &names, &mut folder).await?;
        exchange::complete(draft, &names, renditions, found.beside.clone())
    } else {
        exchange::public(&document, draft, &names, renditions)
    };
    let mut text = serde_json::to_string_pretty(&json)?;
    text.push('\n');
    folder.put("story.json", text.as_bytes())?;
    let captions = if originals {
        sheet::write(draft)
    } else {
        captions(&document)
    };
    folder.put("captions.csv", captions.as_bytes())?;
    let done = folder.finish()?;
    tell(draft, to, originals, &done);
    Ok(())
}

fn tell(draft: &Draft, to: &Path, originals: bool, done: &super::folder::Done) {
    say(&format!(
        "“{}” is in {}: {} files, {} written, {} removed. Open index.html in a browser.",
        draft.story.title,
        to.display(),
        done.files,
        done.written,
        done.removed
    ));
    if draft.story.has_unpublished_changes() {
        say("  - It is the draft as it stands, which differs from what readers see.");
    }
    for photo in shown(draft).filter(|photo| photo.state == PhotoState::Failed) {
        say(&format!(
            "  - {} could not be prepared and is not on the page.",
            photo.file_name
        ));
    }
    if originals {
        say(
            "  - The folder holds the originals and what readers may not know: positions, hidden places, names.",
        );
    } else {
        say("  - The folder cannot be imported again; that takes --originals.");
    }
}

fn find(conn: &mut Conn, name: &str) -> Result<Option<Found>, DbError> {
    let story = match name.parse::<StoryId>() {
        Ok(id) => query::find_story(conn, &id)?,
        Err(_) => query::find_story_by_slug(conn, name.rsplit('/').next().unwrap_or(name))?,
    };
    let Some(story) = story else { return Ok(None) };
    Ok(Some(Found {
        beside: exchange::beside(conn, &story.id)?,
        settings: site::query::find_settings(conn)?.0,
        draft: draft::load(conn, story)?,
    }))
}

fn shown(draft: &Draft) -> impl Iterator<Item = &Photo> {
    let frames = draft.blocks.iter().flat_map(Block::frames);
    frames.filter_map(|frame| draft.photos.get(&frame.photo_id))
}

/// Copies the files of the photographs that the document shows, with the words in them that hold now, and names them anew in the document.
async fn copy_renditions(
    house: &House,
    found: &Found,
    names: &Names,
    document: &mut StoryDocument,
    folder: &mut Folder,
) -> Result<BTreeMap<PhotoId, Vec<RenditionFields>>, Trouble> {
    let bar = bar(document.photos.len())?;
    let mut copied = BTreeMap::new();
    for (id, key) in names.photos() {
        let (Some(shown), Some(photo)) = (document.photos.get_mut(id), found.draft.photos.get(id)) else {
            continue;
        };
        bar.set_message(photo.file_name.clone());
        let words = packet::of(photo, found.settings.ai_training);
        let largest = ladder::largest_jpeg_spec(photo.width_px.unsigned_abs());
        let mut files = Vec::new();
        for file in shown.renditions.iter_mut().chain(&mut shown.crops) {
            let bytes = house
                .store
                .bytes(&rendition_key(&file.folder, &file.spec))
                .await?;
            let bytes = bytes.ok_or(Trouble::Moved)?;
            let bytes = match RenditionFormat::of_media_type(&file.media_type) {
                Some(format) => packet::write_into(&words, format, file.width, file.spec == largest, bytes),
                None => bytes,
            };
            let path = format!("media/{key}/{}", file.spec);
            folder.put(&path, &bytes)?;
            key.clone_into(&mut file.folder);
            file.bytes = bytes.len() as u64;
            files.push(fields(path, file));
        }
        files.sort_by(|a, b| a.file.cmp(&b.file));
        copied.insert(id.clone(), files);
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(copied)
}

fn fields(file: String, rendition: &DocumentRendition) -> RenditionFields {
    RenditionFields {
        file,
        media_type: rendition.media_type.clone(),
        width: rendition.width,
        height: rendition.height,
        bytes: rendition.bytes,
    }
}

fn bar(photographs: usize) -> Result<ProgressBar, indicatif::style::TemplateError> {
    let bar = ProgressBar::new(photographs as u64);
    bar.set_style(ProgressStyle::with_template("{bar:40} {pos}/{len} {msg}")?);
    Ok(bar)
}

async fn copy_originals(
    house: &House,
    draft: &Draft,
    names: &Names,
    folder: &mut Folder,
) -> Result<(), Trouble> {
    let bar = bar(names.photos().count())?;
    for (id, _) in names.photos() {
        let Some((photo, path)) = draft
            .photos
            .get(id)
            .and_then(|photo| Some((photo, names.original(photo)?)))
        else {
            continue;
        };
        bar.set_message(photo.file_name.clone());
        let key = original_key(&photo.original_sha256, &photo.media_type);
        let bytes = house
            .store
            .bytes(&key)
            .await?
            .with_context(|| format!("the original of {} is missing in the store", photo.file_name))?;
        folder.put(&path, &bytes)?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(())
}

/// The page, and what it asks for.
fn write_page(
    house: &House,
    found: &Found,
    document: &StoryDocument,
    folder: &mut Folder,
) -> anyhow::Result<()> {
    let site = Site::new(&house.config, found.settings.clone());
    let page = StoryPage::alone(document, &site, &Urls::in_folder());
    folder.put("index.html", page.render()?.as_bytes())?;
    for name in assets::OF_READERS {
        if let Some(bytes) = assets::bytes(name) {
            folder.put(&format!("static/{name}"), &bytes)?;
        }
    }
    if let Some(own) = &site.stylesheet {
        folder.put("site.css", own.css.as_bytes())?;
    }
    Ok(())
}

/// The captions that readers see, each with the largest file of its photograph.
fn captions(document: &StoryDocument) -> String {
    let files: Vec<String> = document
        .frames()
        .map(|frame| {
            let largest = document
                .photos
                .get(&frame.photo)
                .and_then(|photo| photo.largest_jpeg());
            largest.map_or_else(String::new, |file| format!("media/{}/{}", file.folder, file.spec))
        })
        .collect();
    sheet::write_rows(document.frames().zip(&files).map(|(frame, file)| sheet::Row {
        frame: frame.id.as_str(),
        file,
        words: [
            frame.caption.as_ref().map_or("", |caption| &caption.text),
            frame.place.as_deref().unwrap_or_default(),
            &frame.alt,
            frame.credit.as_deref().unwrap_or_default(),
        ],
    }))
}
