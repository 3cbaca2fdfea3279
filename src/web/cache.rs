//! Published pages, ready to send: rendered once, compressed once, found by address.
//!
//! What readers see changes only when a publication goes live or away, an AVIF is ready, a place is hidden or the site's settings change; from
//! then on everything that was rendered before counts as absent. The first request for a page renders it, under a single-flight guard.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use moka::future::Cache;

use super::error::Failure;
use super::ready::Page;
use crate::db::{ChangeWatch, Db};
use crate::site::{self, SiteSettings};

/// Bytes of pages kept in memory.
const MOST_BYTES: u64 = 64 * 1024 * 1024;
/// How often other processes' changes are looked for.
const LOOK_EVERY: Duration = Duration::from_millis(400);

/// The pages, by address; clones share them.
///
/// Keys begin with [`Pages::age`] when rendering began: whoever asks after a change neither gets nor waits for what was begun before it. That there is
/// no page is remembered too, as long as it is asked for under an address that could exist.
#[derive(Debug, Clone)]
pub struct Pages {
    cache: Cache<(u64, String), Option<Arc<Page>>>,
    age: Arc<AtomicU64>,
}

impl Default for Pages {
    fn default() -> Self {
        let weigher = |(_, address): &(u64, String), page: &Option<Arc<Page>>| {
            let page = page.as_ref().map_or(64, |page| page.weight());
            page.saturating_add(u32::try_from(address.len()).unwrap_or(u32::MAX))
        };
        Self {
            cache: Cache::builder().max_capacity(MOST_BYTES).weigher(weigher).build(),
            age: Arc::default(),
        }
    }
}

impl Pages {
    /// The page at an address, rendered by `render` if it is not here yet.
    ///
    /// # Errors
    /// Whatever `render` fails with; nothing is kept then.
    pub async fn get(
        &self,
        address: &str,
        render: impl Future<Output = Result<Option<Page>, Failure>>,
    ) -> Result<Option<Arc<Page>>, Failure> {
        let rendered = async { render.await.map(|page| page.map(Arc::new)) };
        self.cache
            .try_get_with((self.age(), address.to_owned()), rendered)
            .await
            .map_err(|failure| (*failure).clone())
    }

    /// The page at an address if it is here.
    pub async fn ready(&self, address: &str) -> Option<Arc<Page>> {
        self.cache.get(&(self.age(), address.to_owned())).await.flatten()
    }

    /// A number that grows with every [`Pages::clear`].
    #[must_use]
    pub fn age(&self) -> u64 {
        self.age.load(Ordering::SeqCst)
    }

    /// From now on nothing that was rendered before counts: what readers see has changed.
    pub fn clear(&self) {
        self.age.fetch_add(1, Ordering::SeqCst);
        self.cache.invalidate_all();
    }
}

/// Calls `changed` with the site's settings when another process changed what readers see. Ends with the returned task's handle.
#[must_use]
pub fn watch(
    db: Db,
    mut changes: ChangeWatch,
    changed: impl Fn(SiteSettings) + Send + 'static,
) -> tokio::task::JoinHandle<()> {
    tokio::spawn(async move {
        let mut seen = None;
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            // The pragma reads one number from the write-ahead log's index: too little to leave this thread for.
            if !changes.changed().unwrap_or(true) {
                continue;
            }
            let now = db
                .read(|conn| {
                    let count = site::query::public_changes(conn)?;
                    Ok::<_, Failure>((count, site::query::find_settings(conn)?.0))
                })
                .await;
            // A database that cannot be read just now is asked again.
            if let Ok((count, settings)) = now
                && seen != Some(count)
            {
                changed(settings);
                seen = Some(count);
            }
        }
    })
}
