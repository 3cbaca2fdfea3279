//! Brings the desk's index up to date before somebody looks for something: the words of every draft and photograph that has changed since the last
//! search.

use std::collections::HashMap;

use diesel::QueryResult;

use super::{Block, BlockContent, Frame, parts, query};
use crate::db::{Conn, Db, DbError};
use crate::id::PhotoId;
use crate::photo::{Photo, query as photo_query};
use crate::search::desk;

/// Things that are put in with one write: others write between two.
const AT_ONCE: i64 = 50;

/// Indexes what has changed; one look where nothing has.
///
/// # Errors
/// Those of the statements.
pub async fn freshen(db: &Db) -> Result<(), DbError> {
    loop {
        let stale = db
            .read(|conn| desk::list_stale(conn, AT_ONCE).map_err(DbError::from))
            .await?;
        if stale.is_empty() {
            return Ok(());
        }
        db.write(move |conn| {
            for subject in &stale {
                index(conn, subject)?;
            }
            Ok::<_, DbError>(())
        })
        .await?;
    }
}

/// [`freshen`], as far as that goes: where the index cannot be written, what it holds is found all the same.
pub async fn try_freshen(db: &Db) {
    if let Err(error) = freshen(db).await {
        // The next search tries again.
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "the desk's index is not up to date"
        );
    }
}

/// Indexes a story or a photo as it is now.
fn index(conn: &mut Conn, subject: &str) -> QueryResult<()> {
    if let Ok(id) = subject.parse()
        && let Some(story) = query::find_story(conn, &id)?
    {
        let (blocks, _) = parts::load_blocks(conn, &id)?;
        let ids: Vec<PhotoId> = blocks
            .iter()
            .flat_map(Block::frames)
            .map(|frame| frame.photo_id.clone())
            .collect();
        let photos = photo_query::list_photos_by_id(conn, &ids)?;
        let photos: HashMap<PhotoId, Photo> = photos
            .into_iter()
            .map(|photo| (photo.id.clone(), photo))
            .collect();
        let mut words = Words::default();
        words.add(Some(&story.slug));
        words.add(story.standfirst.as_deref());
        words.add(story.byline.as_deref());
        words.add_all(&story.tags);
        for block in &blocks {
            words.add_block(block, &photos);
        }
        return desk::put_story(conn, &id, &story.title, &words.0);
    }
    if let Ok(id) = subject.parse()
        && let Some(photo) = photo_query::find_photo(conn, &id)?
    {
        return desk::put_photo(conn, &id, &words_of_photo(&photo));
    }
    desk::settle(conn, subject)
}

/// Texts, one below the other.
#[derive(Default)]
struct Words(String);

impl Words {
    fn add(&mut self, text: Option<&str>) {
        if let Some(text) = text {
            self.0.push_str(text);
            self.0.push('\n');
        }
    }

    fn add_all(&mut self, texts: &[String]) {
        for text in texts {
            self.add(Some(text));
        }
    }

    fn add_block(&mut self, block: &Block, photos: &HashMap<PhotoId, Photo>) {
        match &block.content {
            BlockContent::Text { markdown } => self.add(Some(markdown)),
            BlockContent::Heading { text } => self.add(Some(text)),
            BlockContent::Quote {
                markdown,
                attribution,
            } => {
                self.add(Some(markdown));
                self.add(attribution.as_deref());
            }
            BlockContent::Group { caption, .. } => self.add(caption.as_deref()),
            BlockContent::Photo { .. } => {}
        }
        for frame in block.frames() {
            self.add_frame(frame, photos.get(&frame.photo_id));
        }
    }

    /// The words that hold for a frame: its own, or the photo's.
    fn add_frame(&mut self, frame: &Frame, photo: Option<&Photo>) {
        type Words = fn(&Photo) -> &Option<String>;
        let words = &frame.words;
        let texts: [(&Option<String>, Words); 4] = [
            (&words.place, |photo| &photo.place),
            (&words.caption, |photo| &photo.caption),
            (&words.alt, |photo| &photo.alt),
            (&words.credit, |photo| &photo.credit),
        ];
        for (own, of_photo) in texts {
            self.add(
                own.as_deref()
                    .or(photo.and_then(|photo| of_photo(photo).as_deref())),
            );
        }
    }
}

/// All that the desk shows of a photo in words, and what its file carried.
fn words_of_photo(photo: &Photo) -> String {
    let facts = &photo.embedded.facts;
    let mut words = Words::default();
    words.add(Some(&photo.file_name));
    words.add(Some(&numbers_apart(&photo.file_name)));
    for text in [
        &photo.caption,
        &photo.headline,
        &photo.place,
        &photo.alt,
        &photo.credit,
        &photo.creator,
        &photo.copyright,
        &photo.taken_on,
        &facts.title,
        &facts.extended_description,
        &facts.sublocation,
        &facts.city,
        &facts.province,
        &facts.country,
        &facts.event,
        &facts.source,
        &facts.instructions,
        &facts.job_id,
        &facts.caption_writer,
    ] {
        words.add(text.as_deref());
    }
    for list in [&facts.creators, &facts.keywords, &facts.persons_shown] {
        words.add_all(list);
    }
    words.0
}

/// A file's name with its numbers as words of their own: people look for the 4711 of `DSC4711.jpg`.
fn numbers_apart(name: &str) -> String {
    let mut apart = String::with_capacity(name.len() + 4);
    let mut was_digit = None;
    for c in name.chars() {
        let is_digit = c.is_ascii_digit();
        if was_digit.is_some_and(|was| was != is_digit) {
            apart.push(' ');
        }
        was_digit = Some(is_digit);
        apart.push(c);
    }
    apart
}

#[cfg(test)]
mod tests {
    use super::numbers_apart;

    #[test]
    fn a_files_number_is_a_word_of_its_own() {
        assert_eq!(numbers_apart("DSC4711.jpg"), "DSC 4711 .jpg");
        assert_eq!(numbers_apart("2024-01a"), "2024 - 01 a");
    }
}
