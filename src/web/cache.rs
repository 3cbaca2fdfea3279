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
        let rendered = async {
            let Some(page) = render.await? else {
                return Ok(None);
            };
            let compressed = tokio::task::spawn_blocking(|| page.compressed()).await;
            compressed
                .map(|page| Some(Arc::new(page)))
                .map_err(|error| Failure::internal(&error))
        };
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

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failing test may panic")]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;

    fn page(text: &str) -> Page {
        Page::json(text.as_bytes().to_vec())
    }

    #[tokio::test]
    async fn however_many_ask_at_once_a_page_is_rendered_once() {
        let (pages, rendered) = (Pages::default(), AtomicUsize::new(0));
        let ask = || {
            pages.get("/", async {
                rendered.fetch_add(1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(20)).await;
                Ok(Some(page("a")))
            })
        };
        let got = futures_util::future::join_all((0..40).map(|_| ask())).await;
        assert!(got.iter().all(|page| page.as_ref().unwrap().is_some()));
        assert_eq!(rendered.load(Ordering::SeqCst), 1);
        pages.clear();
        assert!(pages.ready("/").await.is_none());
        ask().await.unwrap();
        assert_eq!(rendered.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn nobody_waits_for_a_page_that_was_begun_before_a_change() {
        let pages = Pages::default();
        let (begun, go) = (tokio::sync::Notify::new(), tokio::sync::Notify::new());
        let old = pages.get("/", async {
            begun.notify_one();
            go.notified().await;
            Ok(Some(page("old")))
        });
        let new = async {
            begun.notified().await;
            pages.clear();
            let got = pages
                .get("/", async { Ok(Some(page("new"))) })
                .await
                .unwrap()
                .unwrap();
            go.notify_one();
            got
        };
        let (_, new) = tokio::join!(old, new);
        let body = new.answer(&actix_web::http::header::HeaderMap::new()).into_body();
        let bytes = actix_web::body::MessageBody::try_into_bytes(body).ok().unwrap();
        assert_eq!(bytes, "new");
        assert!(Arc::ptr_eq(&pages.ready("/").await.unwrap(), &new));
    }

    #[tokio::test]
    async fn what_failed_is_tried_again() {
        let pages = Pages::default();
        assert!(pages.get("/", async { Err(Failure::TooSlow) }).await.is_err());
        assert!(
            pages
                .get("/", async { Ok(Some(page("a"))) })
                .await
                .unwrap()
                .is_some()
        );
    }
}
