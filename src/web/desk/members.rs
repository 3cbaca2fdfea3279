//! Putting photographers on a story and taking them off.

use actix_web::{HttpResponse, web};

use super::form::Sent;
use super::shell::go;
use crate::id::{AccountId, StoryId};
use crate::story::{access, members};
use crate::web::App;
use crate::web::error::Failure;
use crate::web::extract::{Failed, path_id};

pub(super) async fn change(
    app: web::Data<App>,
    id: web::Path<String>,
    sent: Sent,
) -> Result<HttpResponse, Failed> {
    let id: StoryId = path_id(&id)?;
    let Sent { actor, form } = sent;
    let account = |name: &str| -> Result<Option<AccountId>, Failure> {
        let text = form.text(name);
        if text.is_empty() {
            return Ok(None);
        }
        let unknown = |_| Failure::field("/user", "unknown_account", "Choose a photographer from the list.");
        text.parse().map(Some).map_err(unknown)
    };
    let (added, removed) = (account("add")?, account("remove")?);
    let now = app.clock.now();
    let story = id.clone();
    app.db
        .write(move |conn| {
            access::find_editable(conn, &actor, &story)?;
            if let Some(account) = added {
                members::add(conn, &actor, &story, &account, now)?;
            }
            if let Some(account) = removed {
                members::remove(conn, &actor, &story, &account, now)?;
            }
            Ok::<_, Failure>(())
        })
        .await?;
    Ok(go(&app.urls.desk_part(&id, "members")))
}
