//! Work that may take long, away from the threads that answer readers: what is worked out there for seconds lets everybody wait, and the framework take the
//! lines of others for forgotten.

use std::sync::{Arc, LazyLock};

use serde::Serialize;
use tokio::sync::Semaphore;

use crate::db::DbError;
use crate::web::error::Failure;
use crate::web::tongue::Tongue;

/// As many at once as there are processors: what comes then waits, and readers are answered between.
static TURNS: LazyLock<Arc<Semaphore>> = LazyLock::new(|| {
    let processors = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    Arc::new(Semaphore::new(processors))
});

/// Does it on a thread of its own, in the language of the request.
///
/// # Errors
/// Whatever `work` fails with; a panic of it is a failure too.
pub async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    let tongue = Tongue::current();
    // It is never closed. A turn is over with its work, also where nobody waits for that any more.
    let turn = Arc::clone(&TURNS).acquire_owned().await.ok();
    let work = move || {
        let _turn = turn;
        tongue.scope_now(work)
    };
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| Failure::from(DbError::Stopped))?
}

/// The same with what is answered as JSON, written out.
///
/// # Errors
/// As those of [`aside`].
pub async fn json_aside<T: Serialize>(work: impl FnOnce() -> T + Send + 'static) -> Result<Vec<u8>, Failure> {
    aside(move || serde_json::to_vec(&work()).map_err(|error| Failure::internal(&error))).await
}
