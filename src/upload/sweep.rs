//! Keeping house: what was left whole becomes photos, what expired goes, and files that belong to no upload go.

use std::collections::HashSet;

use super::{UploadError, Uploads, away, query};
use crate::id::UploadId;

/// What was done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Uploads that had arrived whole and are photos now.
    pub finished: usize,
    /// Uploads that nobody went on with.
    pub expired: usize,
    /// Files that belonged to no upload.
    pub strays: usize,
}

impl Uploads {
    /// Does all of it; at every start, and every hour. What somebody is at is left for the next time.
    ///
    /// # Errors
    /// [`UploadError`].
    pub async fn sweep(&self) -> Result<Swept, UploadError> {
        // First what has arrived: it was acknowledged, and never expires.
        let finished = self.finish_all().await?;
        Ok(Swept {
            finished,
            expired: self.expire().await?,
            strays: self.remove_strays().await?,
        })
    }

    async fn expire(&self) -> Result<usize, UploadError> {
        let now = self.clock.now();
        let expired = self
            .db
            .read(move |conn| query::list_expired(conn, now).map_err(UploadError::from))
            .await?;
        let mut count = 0;
        for id in expired {
            let Some(_lock) = self.locks.take(&id) else {
                continue;
            };
            self.forget(&id).await?;
            count += 1;
        }
        Ok(count)
    }

    /// A file is made after its row is committed, so one without a row under way belongs to nobody.
    async fn remove_strays(&self) -> Result<usize, UploadError> {
        let store = self.store.clone();
        let names = away(move || store.list_partials()).await?;
        let ids: Vec<UploadId> = names.iter().filter_map(|name| name.parse().ok()).collect();
        let open = self
            .db
            .read(move |conn| query::list_open_of(conn, &ids).map_err(UploadError::from))
            .await?;
        let open: HashSet<&str> = open.iter().map(UploadId::as_str).collect();
        let mut count = 0;
        for name in names {
            if open.contains(name.as_str()) {
                continue;
            }
            // Somebody at it is finishing it, and removes it too.
            let id: Option<UploadId> = name.parse().ok();
            let lock = id.as_ref().map(|id| self.locks.take(id));
            if matches!(lock, Some(None)) {
                continue;
            }
            let (store, partial) = (self.store.clone(), self.store.partial(&name));
            away(move || store.remove_partial(&partial)).await?;
            count += 1;
        }
        Ok(count)
    }

    async fn finish_all(&self) -> Result<usize, UploadError> {
        let whole = self
            .db
            .read(move |conn| query::list_whole(conn).map_err(UploadError::from))
            .await?;
        let mut count = 0;
        for id in whole {
            let Some(_lock) = self.locks.take(&id) else {
                continue;
            };
            let found = {
                let id = id.clone();
                self.db
                    .read(move |conn| query::find_any(conn, &id).map_err(UploadError::from))
                    .await?
            };
            let Some(upload) = found.filter(|upload| upload.is_whole() && upload.outcome.is_none()) else {
                continue;
            };
            let is_over = upload.expires_at <= self.clock.now();
            match self.finish(upload, None).await {
                Ok(_) => count += 1,
                // Nobody is there any more whose photograph it would be.
                Err(UploadError::Unknown) if is_over => self.forget(&id).await?,
                Err(UploadError::Refused(_) | UploadError::Unknown) => {}
                Err(error) => {
                    tracing::warn!(
                        upload = %id,
                        error = &error as &dyn std::error::Error,
                        "an upload that has arrived whole could not be taken in; it is tried again"
                    );
                }
            }
        }
        Ok(count)
    }
}
