//! The site's own settings, for administrators: what it is called, how it looks, what it says of itself and to machines.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::form::{Form, Sent, SignedIn};
use super::shell::{Room, Shell, go, page_with};
use super::told;
use crate::account::Actor;
use crate::site::{AiTraining, SiteSettings, photographers_from_lines};
use crate::web::App;
use crate::web::error::Failure;
use crate::web::extract::{Failed, Params};
use crate::web::site;

/// The form.
#[derive(Template)]
#[template(path = "desk/site.html", whitespace = "minimize")]
struct SitePage {
    shell: Shell,
    settings: SiteSettings,
    photographers: String,
    version: i32,
    /// Given on the command line, which holds in any case.
    fixed_name: Option<String>,
    fixed_color: Option<String>,
    saved: bool,
    mistakes: Vec<String>,
}

impl SitePage {
    fn says(&self, word: &str) -> bool {
        self.settings.ai_training.as_str() == word
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SiteParams {
    saved: Option<String>,
}

pub(super) async fn show(
    app: web::Data<App>,
    SignedIn(actor): SignedIn,
    params: Params<SiteParams>,
) -> Result<HttpResponse, Failed> {
    let (settings, version) = site::load(&app, &actor).await?;
    let photographers = lines(&settings);
    answer(
        &app,
        &actor,
        StatusCode::OK,
        settings,
        photographers,
        version,
        params.0.saved.is_some(),
        Vec::new(),
    )
}

pub(super) async fn save(app: web::Data<App>, sent: Sent) -> Result<HttpResponse, Failed> {
    let Sent { actor, form } = sent;
    let version = form.version()?;
    let typed = typed(&form);
    let saved = match photographers_from_lines(form.text("photographers")) {
        Ok(photographers) => {
            let settings = SiteSettings {
                photographers,
                ..typed.clone()
            };
            site::save(&app, &actor, settings, version).await
        }
        Err(error) => Err(Failure::Invalid(vec![error])),
    };
    match saved {
        Ok(_) => Ok(go(&format!("{}?saved=1", app.urls.desk_site()))),
        Err(Failure::Invalid(errors)) => {
            let mistakes = told::mistakes(&errors);
            let photographers = form.text("photographers").to_owned();
            answer(
                &app,
                &actor,
                StatusCode::UNPROCESSABLE_ENTITY,
                typed,
                photographers,
                version,
                false,
                mistakes,
            )
        }
        Err(stale @ Failure::Stale { .. }) => {
            // What was typed stays in the form; the next try is made on what stands now.
            let (_, version) = site::load(&app, &actor).await?;
            let photographers = form.text("photographers").to_owned();
            answer(
                &app,
                &actor,
                StatusCode::CONFLICT,
                typed,
                photographers,
                version,
                false,
                told::sentences(&stale),
            )
        }
        Err(failure) => Err(failure.into()),
    }
}

fn typed(form: &Form) -> SiteSettings {
    let text = |name: &str| Some(form.text(name).to_owned());
    SiteSettings {
        name: text("name"),
        language: text("language"),
        description: text("description"),
        accent_color: text("accent_color"),
        footer: text("footer"),
        stylesheet: text("stylesheet"),
        ai_training: AiTraining::parse(form.text("ai_training")).unwrap_or_default(),
        shows_extent: form.is_ticked("shows_extent"),
        shows_neighbours: form.is_ticked("shows_neighbours"),
        ..SiteSettings::default()
    }
}

fn lines(settings: &SiteSettings) -> String {
    let lines: Vec<String> = settings
        .photographers
        .iter()
        .map(|(name, about)| format!("{name}: {about}"))
        .collect();
    lines.join("\n")
}

#[expect(clippy::too_many_arguments, reason = "what one page shows")]
fn answer(
    app: &App,
    actor: &Actor,
    status: StatusCode,
    settings: SiteSettings,
    photographers: String,
    version: i32,
    saved: bool,
    mistakes: Vec<String>,
) -> Result<HttpResponse, Failed> {
    let page = SitePage {
        shell: Shell::titled(app, Some(actor), Room::Site, "site.title"),
        settings,
        photographers,
        version,
        fixed_name: app.config.site_name.clone(),
        fixed_color: app.config.accent_color.clone(),
        saved,
        mistakes,
    };
    page_with(status, &page)
}
