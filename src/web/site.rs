//! The site's settings as desk and API change them: kept, and in force with the next request.

use serde_json::json;

use super::App;
use super::error::Failure;
use super::extract::etag;
use crate::account::Actor;
use crate::audit::Word;
use crate::site::{SiteSettings, query};

/// The settings and their version, for those who may change them.
///
/// # Errors
/// [`Failure::Forbidden`].
pub async fn load(app: &App, actor: &Actor) -> Result<(SiteSettings, i32), Failure> {
    may_change(actor)?;
    app.db
        .read(|conn| query::find_settings(conn).map_err(Failure::from))
        .await
}

/// Replaces the settings if they still are of the version that was seen; gives them as they are kept, and their new version.
///
/// # Errors
/// [`Failure::Forbidden`], [`Failure::Invalid`] with every field that cannot be taken, [`Failure::Stale`].
pub async fn save(
    app: &App,
    actor: &Actor,
    settings: SiteSettings,
    seen: i32,
) -> Result<(SiteSettings, i32), Failure> {
    may_change(actor)?;
    let settings = settings.tidied().map_err(Failure::Invalid)?;
    let (kept, by, now) = (settings.clone(), actor.clone(), app.clock.now());
    let current = app
        .db
        .write(move |conn| {
            let there = query::find_settings(conn)?;
            if there == (kept.clone(), seen) {
                return Ok(Ok(there.1));
            }
            let replaced = query::replace_settings(conn, &kept, seen, &by.id, now)?;
            if replaced {
                by.did(conn, Word::SettingsChanged, "site", "", now)?;
                return Ok::<_, Failure>(Ok(seen.saturating_add(1)));
            }
            Ok(Err(there))
        })
        .await?;
    let version = match current {
        Ok(version) => version,
        Err((there, version)) => return Err(Failure::Stale {
            message:
                "Somebody else has changed the site’s settings meanwhile; look at them again before you save."
                    .to_owned(),
            part: None,
            current: Some(Box::new((json!(there), etag(version, 0)))),
        }),
    };
    app.set_site(settings.clone());
    Ok((settings, version))
}

fn may_change(actor: &Actor) -> Result<(), Failure> {
    if SiteSettings::may_be_changed_by(actor) {
        Ok(())
    } else {
        Err(Failure::Forbidden(
            "Only administrators change the site itself.".to_owned(),
        ))
    }
}
