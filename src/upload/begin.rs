//! Beginning an upload: everything that would refuse it is asked before a byte of it is sent.

use super::{
    LIFE, MOST_A_MINUTE_BY_LINK, MOST_OPEN, MOST_OPEN_BY_LINK, Sender, Upload, UploadError, Uploads, query,
};
use crate::clock::{MINUTE, Millis};
use crate::db::Conn;
use crate::id::{StoryId, UploadId};
use crate::imaging::probe::Refusal;
use crate::photo::ingest::IngestError;
use crate::story::{access, drop_links};
use crate::text::{clean_line, cut};

/// Characters that a name of a file or a batch may have; what is longer is cut.
const MOST_NAME: usize = 200;

/// What is announced of a file.
#[derive(Debug, Clone, Default)]
pub struct NewUpload {
    /// Bytes it has.
    pub length: u64,
    /// The client's name for it.
    pub file_name: String,
    /// What the client said of it, as it said it.
    pub metadata: Option<String>,
    /// The story its photo goes to.
    pub story: Option<StoryId>,
    /// The place there, counted from zero.
    pub position: Option<usize>,
    /// The client's name for the files that belong together.
    pub batch: Option<String>,
}

impl Uploads {
    /// Begins an upload.
    ///
    /// # Errors
    /// [`UploadError`]; nothing is begun then.
    pub async fn begin(&self, sender: &Sender, new: NewUpload) -> Result<Upload, UploadError> {
        let most_bytes = self.limits.max_bytes;
        if new.length > most_bytes {
            return Err(IngestError::TooManyBytes { most_bytes }.into());
        }
        if new.length == 0 {
            return Err(IngestError::Refused(Refusal::Empty).into());
        }
        self.store.check_room(new.length)?;
        let now = self.clock.now();
        let upload = Upload {
            id: UploadId::random(),
            owner: sender.actor.id.clone(),
            link: sender.link.clone(),
            file_name: cut(&clean_line(&new.file_name), MOST_NAME),
            metadata: new.metadata,
            story: new.story,
            position: new.position,
            batch: new.batch.map(|batch| cut(&clean_line(&batch), MOST_NAME)),
            length: new.length,
            offset: 0,
            outcome: None,
            expires_at: now.saturating_add(LIFE),
        };
        let sender = sender.clone();
        self.db
            .write(move |conn| {
                check(conn, &sender, &upload, now)?;
                query::insert(conn, &upload, now)?;
                Ok(upload)
            })
            .await
    }
}

fn check(conn: &mut Conn, sender: &Sender, upload: &Upload, now: Millis) -> Result<(), UploadError> {
    if let Some(story) = &upload.story {
        access::find_visible(conn, &sender.actor, story).map_err(|error| match error {
            crate::story::StoryError::Db(error) => UploadError::Db(error),
            _ => UploadError::UnknownStory,
        })?;
    }
    let most = if sender.link.is_some() {
        MOST_OPEN_BY_LINK
    } else {
        MOST_OPEN
    };
    if query::count_open(conn, sender, now)? >= most {
        return Err(UploadError::TooManyOpen { most });
    }
    if let Some(link) = &sender.link {
        if query::count_begun_since(conn, link, now.saturating_sub(MINUTE))? >= MOST_A_MINUTE_BY_LINK {
            return Err(UploadError::TooFast);
        }
        if !drop_links::count_files(conn, link, 1)? {
            return Err(UploadError::LinkIsFull);
        }
    }
    Ok(())
}
