//! Finishing an upload: the file that arrived whole becomes a photo by the same verb as one that came in a single request.

use std::io::Read;

use sha2::{Digest, Sha256};

use super::{Outcome, Refused, Taken, Upload, UploadError, Uploads, away, query};
use crate::account::means::Means;
use crate::account::token::Scope;
use crate::account::{Actor, query as account_query};
use crate::clock::Millis;
use crate::db::{self, Conn, DbError};
use crate::photo::ingest::{self, Ingested};
use crate::store::Staged;
use crate::story::place::{self, Arrival};
use crate::story::{StoryError, drop_links};
use crate::text::hex;

/// Bytes read at once.
const BUFFER_BYTES: usize = 256 * 1024;

impl Uploads {
    /// Makes a photo of an upload that is whole. The caller holds its lock, and says by what whoever sent the last of it is known.
    pub(super) async fn finish(
        &self,
        mut upload: Upload,
        means: Option<Means>,
    ) -> Result<Upload, UploadError> {
        let Some(actor) = self.owner_of(&upload).await? else {
            return Err(UploadError::Unknown);
        };
        let Some(whole) = self.read_back(&upload).await? else {
            self.forget(&upload.id).await?;
            return Err(UploadError::Unknown);
        };
        let now = self.clock.now();
        let (limits, recorded, by) = (self.limits, upload.clone(), actor.clone());
        let taken = ingest::ingest_and(
            &self.db,
            &self.store,
            &actor,
            whole,
            limits,
            now,
            move |conn, ingested| settle(conn, (&by, means.as_ref()), &recorded, ingested, now),
        )
        .await;
        let outcome = match taken {
            Ok(_) => None,
            Err(error) => Some(Refused::of(&error).ok_or(UploadError::Ingest(error))?),
        };
        if let Some(refused) = &outcome {
            let (id, outcome) = (upload.id.clone(), Outcome::Refused(refused.clone()));
            self.db
                .write(move |conn| query::record_outcome(conn, &id, &outcome).map_err(UploadError::from))
                .await?;
        }
        self.drop_partial(&upload).await;
        if let Some(refused) = outcome {
            return Err(UploadError::Refused(refused));
        }
        let id = upload.id.clone();
        let settled = self
            .db
            .read(move |conn| query::find_any(conn, &id).map_err(UploadError::from))
            .await?;
        upload.outcome = settled.and_then(|settled| settled.outcome);
        Ok(upload)
    }

    /// The person whose photo it will be, as they are now; nobody if they may not sign in any more.
    async fn owner_of(&self, upload: &Upload) -> Result<Option<Actor>, UploadError> {
        let (owner, link) = (upload.owner.clone(), upload.link.clone());
        self.db
            .read(move |conn| {
                let found = account_query::find_account(conn, &owner)?;
                let active = found.filter(|account| account.disabled_at.is_none());
                let owner = active.as_ref().map(Actor::from);
                let label = match &link {
                    Some(link) => drop_links::find_label(conn, link)?,
                    None => None,
                };
                Ok(owner.map(|owner| match &label {
                    Some(label) => owner.by_link(label),
                    None => owner,
                }))
            })
            .await
    }

    /// The file as it lies on the disk, hashed; `None` when it is not what was recorded. Read again rather than hashed as it came: a
    /// hundred megabytes take a tenth of a second, it holds however often the server was started anew in between, and what is vouched for is what
    /// is there.
    async fn read_back(&self, upload: &Upload) -> Result<Option<ingest::Upload>, UploadError> {
        let staged = Staged::Partial(self.partial(&upload.id));
        let (file_name, length) = (upload.file_name.clone(), upload.length);
        away(move || {
            let mut file = match staged.reopen() {
                Ok(file) => file,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
                Err(error) => return Err(error),
            };
            let mut hash = Sha256::new();
            let mut buffer = vec![0; BUFFER_BYTES];
            let mut size_bytes: u64 = 0;
            loop {
                let read = file.read(&mut buffer)?;
                if read == 0 {
                    break;
                }
                size_bytes += read as u64;
                hash.update(buffer.get(..read).unwrap_or_default());
            }
            Ok((size_bytes == length).then(|| ingest::Upload {
                staged,
                sha256: hex(&hash.finalize()),
                size_bytes,
                file_name,
            }))
        })
        .await
    }

    /// The sweep finds what cannot be removed now.
    async fn drop_partial(&self, upload: &Upload) {
        let (store, partial) = (self.store.clone(), self.partial(&upload.id));
        if let Err(error) = away(move || store.remove_partial(&partial)).await {
            tracing::warn!(
                upload = %upload.id,
                error = &error as &dyn std::error::Error,
                "a finished upload’s file could not be removed"
            );
        }
    }
}

/// Within the transaction that records the photo: puts it into its story if that may be, and notes what became of the upload.
fn settle(
    conn: &mut Conn,
    (actor, means): (&Actor, Option<&Means>),
    upload: &Upload,
    ingested: &Ingested,
    now: Millis,
) -> Result<(), DbError> {
    let placed = match &upload.story {
        // A body takes its time, and rights may go meanwhile: the photograph is in the library all the same.
        Some(_) if !may_still_place(conn, means, upload, now)? => Some(false),
        Some(story) => {
            let batch = query::list_batch(conn, upload)?;
            let placed = db::attempt(conn, |conn| {
                let arrival = Arrival {
                    batch: &batch,
                    position: upload.position,
                    by_link: upload.link.is_some(),
                };
                place::place(conn, actor, story, &ingested.photo, arrival, now)
            });
            match placed {
                Ok(()) => Some(true),
                Err(StoryError::Db(error)) => return Err(error),
                // The story is gone, full, or not theirs any more: the photograph is in the library all the same.
                Err(_) => Some(false),
            }
        }
        None => None,
    };
    let outcome = Outcome::Taken(Taken {
        photo: Some(ingested.photo.id.clone()),
        was_known: !ingested.created,
        placed,
    });
    query::record_outcome(conn, &upload.id, &outcome)?;
    Ok(())
}

/// Whether what an upload came by still is what it was. What the server finishes by itself had arrived whole before.
fn may_still_place(
    conn: &mut Conn,
    means: Option<&Means>,
    upload: &Upload,
    now: Millis,
) -> diesel::QueryResult<bool> {
    match (&upload.link, means) {
        (Some(link), _) => Ok(drop_links::find_open(conn, link, now)?.is_some()),
        (None, Some(means)) => means.holds(conn, Scope::StoriesWrite, now),
        (None, None) => Ok(true),
    }
}
