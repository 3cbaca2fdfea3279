//! Uploads that survive: a file comes in pieces, and goes on where it stopped after a broken line, a reload, or the end of the server.
//!
//! What holds, whatever happens:
//!
//! 1. An offset is told to nobody before the bytes below it are synced to the disk (the file, and the folder when the file is new) and the
//!    offset itself is committed with `synchronous=FULL`. File first, then row.
//! 2. Within one long request the same is done every [`CHECKPOINT_BYTES`], so that a server that is killed asks for at most so much again. A
//!    request with a checksum counts as a whole or not at all, so it has no checkpoints.
//! 3. Whatever lies in the file beyond the recorded offset is cut off before the next byte is written.
//! 4. What has arrived is written down even when the line breaks in the middle of a request: a task of its own writes, which outlives
//!    the request.
//! 5. A file that has arrived whole becomes a photo by the server's own doing: after its last piece, else at the next start, else within the
//!    hour. It is hashed as it lies on the disk, then linked to its place as an original and recorded in one transaction with what became of the
//!    upload; only then does the partial file go. Nothing is copied, and a kill at any point leaves either of the two.
//! 6. One request at a time writes to an upload ([`UploadError::Locked`]).
//!
//! An upload that nobody went on with for [`LIFE`] expires, and is then as one that never was. Who may see which upload is decided by the
//! [`Sender`]; this knows no HTTP.

mod begin;
mod finish;
mod locks;
mod query;
mod receive;
mod sweep;

use crate::account::Actor;
use crate::account::means::Means;
use crate::clock::{Clock, DAY, Millis};
use crate::db::{Db, DbError};
use crate::id::{AccountId, DropLinkId, PhotoId, StoryId, UploadId};
use crate::imaging::probe::Limits;
use crate::photo::ingest::IngestError;
use crate::store::{Partial, Store, StoreError};

pub use begin::NewUpload;
pub use receive::{Checksum, Intake};
pub use sweep::Swept;

/// Bytes after which what has arrived is made safe within one request: eight seconds of a fast line at home, a minute of a slow one, and in a
/// photograph of 20 MB two or three times a sync and a commit, which take some milliseconds each.
pub const CHECKPOINT_BYTES: u64 = 8 * 1024 * 1024;
/// How long an upload lives after its last byte.
pub const LIFE: Millis = 7 * DAY;
/// Uploads that one person may have under way.
pub const MOST_OPEN: i64 = 1_000;
/// Uploads that one drop link may have under way: several computers, four each, and what they left behind.
pub const MOST_OPEN_BY_LINK: i64 = 50;
/// Uploads that may be begun by one drop link within a minute.
pub const MOST_A_MINUTE_BY_LINK: i64 = 120;

/// Why an upload did not go on. The message is for whoever sends.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// There is none, or not for this sender.
    #[error("there is no such upload")]
    Unknown,
    /// Another request is at it.
    #[error(
        "Another request is writing to this upload. Wait a moment, ask where it stands, and go on from there."
    )]
    Locked,
    /// The piece does not begin where the upload stands.
    #[error("The upload stands at byte {stands_at}; go on from there.")]
    WrongOffset {
        /// Bytes that are safe.
        stands_at: u64,
    },
    /// More bytes than were announced.
    #[error("More bytes came than the {length} that were announced. Begin the upload anew.")]
    Beyond {
        /// Bytes that were announced.
        length: u64,
    },
    /// The piece is not what its checksum says.
    #[error("The piece was damaged on its way: its checksum does not fit. Send it again.")]
    Damaged,
    /// Too many uploads under way.
    #[error("{most} uploads are under way already. Finish some of them, or cancel what you do not need.")]
    TooManyOpen {
        /// How many there may be.
        most: i64,
    },
    /// Too many were begun in a short time.
    #[error("Too many files at once; go on in a minute.")]
    TooFast,
    /// A drop link has taken all that it takes.
    #[error("This link has taken all the files that it takes. Ask whoever gave it to you for another.")]
    LinkIsFull,
    /// The story it shall go to is not there or not theirs.
    #[error("There is no story of this id that you may add to.")]
    UnknownStory,
    /// The file is not taken as a photograph.
    #[error("{}", .0.message)]
    Refused(Refused),
    /// The photo could not be taken in.
    #[error(transparent)]
    Ingest(IngestError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<diesel::result::Error> for UploadError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Db(error.into())
    }
}

impl From<std::io::Error> for UploadError {
    fn from(error: std::io::Error) -> Self {
        Self::Store(error.into())
    }
}

impl From<IngestError> for UploadError {
    fn from(error: IngestError) -> Self {
        match Refused::of(&error) {
            Some(refused) => Self::Refused(refused),
            None => Self::Ingest(error),
        }
    }
}

/// Who sends: a person, or whoever holds a drop link, on behalf of the editor who made it.
#[derive(Debug, Clone)]
pub struct Sender {
    /// The person whose photos they will be.
    pub actor: Actor,
    /// The link they come by.
    pub link: Option<DropLinkId>,
    /// By what the person is known; nothing for whoever comes by a link.
    pub means: Option<Means>,
}

/// One file on its way, or what became of it.
#[derive(Debug, Clone)]
pub struct Upload {
    /// Its id.
    pub id: UploadId,
    /// Whose photo it will be.
    pub owner: AccountId,
    /// The drop link it comes by.
    pub link: Option<DropLinkId>,
    /// The client's name for the file: a label.
    pub file_name: String,
    /// What the client said of it, as it said it.
    pub metadata: Option<String>,
    /// The story its photo goes to.
    pub story: Option<StoryId>,
    /// The place there, counted from zero.
    pub position: Option<usize>,
    /// The client's name for the files that belong together.
    pub batch: Option<String>,
    /// Bytes it has when it is whole.
    pub length: u64,
    /// Bytes that are safe.
    pub offset: u64,
    /// What became of it; nothing while it is on its way.
    pub outcome: Option<Outcome>,
    /// When it ends if nobody goes on with it.
    pub expires_at: Millis,
}

impl Upload {
    /// Whether all its bytes are there.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.offset == self.length
    }
}

/// What became of an upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is a photo.
    Taken(Taken),
    /// It was no photograph, or one that is not taken.
    Refused(Refused),
}

/// An upload that became a photo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The photo, unless it was removed since.
    pub photo: Option<PhotoId>,
    /// Whether this person had uploaded the same bytes before.
    pub was_known: bool,
    /// Whether it stands in the story it was for, if it was for one.
    pub placed: Option<bool>,
}

/// Why a file was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// What kind of refusal.
    pub kind: RefusedFor,
    /// Why, for the photographer.
    pub message: String,
}

/// Kinds of refusals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusedFor {
    /// What it is.
    Type,
    /// Its pixels.
    Pixels,
    /// Its bytes.
    Bytes,
}

impl Refused {
    fn of(error: &IngestError) -> Option<Self> {
        use crate::imaging::probe::Refusal;
        let kind = match error {
            IngestError::Refused(Refusal::TooLarge { .. }) => RefusedFor::Pixels,
            // The file is there and cannot be read: that is the disk's fault.
            IngestError::Refused(Refusal::Unreadable(_)) => return None,
            IngestError::Refused(_) => RefusedFor::Type,
            IngestError::TooManyBytes { .. } => RefusedFor::Bytes,
            _ => return None,
        };
        Some(Self {
            kind,
            message: error.to_string(),
        })
    }
}

/// All uploads of a server: what the verbs of this room need. Clones share one set of locks.
#[derive(Debug, Clone)]
pub struct Uploads {
    db: Db,
    store: Store,
    clock: Clock,
    limits: Limits,
    locks: locks::Locks,
}

impl Uploads {
    /// The uploads into this database and store. There is one of these for a data folder at a time.
    #[must_use]
    pub fn new(db: Db, store: Store, clock: Clock, limits: Limits) -> Self {
        Self {
            db,
            store,
            clock,
            limits,
            locks: locks::Locks::default(),
        }
    }

    /// An upload of this sender.
    ///
    /// # Errors
    /// [`UploadError::Unknown`] for one that is not there, that has expired, and for another's alike.
    pub async fn find(&self, sender: &Sender, id: &UploadId) -> Result<Upload, UploadError> {
        let (sender, id, now) = (sender.clone(), id.clone(), self.clock.now());
        self.db
            .read(move |conn| query::find(conn, &sender, &id, now)?.ok_or(UploadError::Unknown))
            .await
    }

    /// Forgets an upload and throws away what has arrived of it; a photo that it became stays.
    ///
    /// # Errors
    /// [`UploadError`].
    pub async fn end(&self, sender: &Sender, id: &UploadId) -> Result<(), UploadError> {
        self.find(sender, id).await?;
        let _lock = self.locks.take(id).ok_or(UploadError::Locked)?;
        self.forget(id).await
    }

    /// Row first, then file: a row whose file is gone would be asked to go on.
    async fn forget(&self, id: &UploadId) -> Result<(), UploadError> {
        let partial = self.partial(id);
        let (store, id) = (self.store.clone(), id.clone());
        self.db
            .write(move |conn| query::delete(conn, &id).map_err(UploadError::from))
            .await?;
        away(move || store.remove_partial(&partial)).await
    }

    fn partial(&self, id: &UploadId) -> Partial {
        self.store.partial(id.as_str())
    }
}

/// Does what waits for the disk away from the threads that answer requests.
async fn away<T, E>(work: impl FnOnce() -> Result<T, E> + Send + 'static) -> Result<T, UploadError>
where
    T: Send + 'static,
    E: Send + 'static,
    UploadError: From<E>,
{
    let done = tokio::task::spawn_blocking(work).await;
    Ok(done.map_err(|_| StoreError::Stopped)??)
}
