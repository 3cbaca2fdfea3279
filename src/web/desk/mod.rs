//! The desk: where editors and photographers work. Pages are HTML forms first and work without JavaScript; the scripts in `static/desk`
//! send the same changes through the API and keep the page where it is.
//!
//! Handlers take what was asked, call the domain, and build a page; what may be done is decided in the domain.

mod agent;
mod audit;
mod captions;
mod clock;
mod differences;
mod drop;
mod drop_links;
mod editor;
mod embedded;
mod factor;
mod failed;
mod form;
mod frame_view;
mod help;
mod history;
mod insert;
mod jobs;
mod join;
mod library;
mod light_table;
mod me;
mod members;
mod passkeys;
mod people;
mod photo;
mod pick;
mod picture;
mod presence;
mod preview;
mod publish;
mod revisions;
mod rewrite;
mod schedule;
mod setup;
mod share;
mod shell;
mod sign_in;
mod site;
mod stories;
mod story_room;
mod structure;
mod tokens;
mod told;
mod tongue;
mod webhook;
mod webhooks;
mod when;
mod words;

use actix_web::http::Method;
use actix_web::web;

pub use failed::failed;
pub(in crate::web) use shell::POLICY;

/// Adds the desk's routes to an application.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .configure(people_routes)
        .configure(story_routes)
        .configure(drop_routes)
        .configure(photograph_routes);
}

/// Doors, people, and the site.
fn people_routes(config: &mut web::ServiceConfig) {
    use web::{get, post};
    config
        .route("/desk/sign-in", get().to(sign_in::show))
        .route("/desk/sign-in", post().to(sign_in::sign_in))
        .route("/desk/sign-in/code", post().to(sign_in::give_code))
        .route("/desk/sign-in/passkey/begin", post().to(sign_in::begin_passkey))
        .route("/desk/sign-in/passkey", post().to(sign_in::give_passkey))
        .route("/desk/sign-out", post().to(sign_in::sign_out))
        .route("/desk/tongue", post().to(tongue::choose))
        .route("/desk/setup", get().to(setup::show))
        .route("/desk/setup", post().to(setup::make_first_admin))
        .route("/desk/join", get().to(join::show))
        .route("/desk/join", post().to(join::join))
        .route("/desk/me", get().to(me::show))
        .route("/desk/me/name", post().to(me::rename))
        .route("/desk/me/password", post().to(me::change_password))
        .route("/desk/me/sessions", post().to(me::end_sessions))
        .route("/desk/me/factor", get().to(factor::show))
        .route("/desk/me/factor/qr.svg", get().to(factor::qr))
        .route("/desk/me/factor/offer", post().to(factor::offer))
        .route("/desk/me/factor/confirm", post().to(factor::confirm))
        .route("/desk/me/factor/codes", post().to(factor::make_codes))
        .route("/desk/me/factor/off", post().to(factor::turn_off))
        .route("/desk/me/passkeys", get().to(passkeys::show))
        .route("/desk/me/passkeys/begin", post().to(passkeys::begin))
        .route("/desk/me/passkeys", post().to(passkeys::finish))
        .route("/desk/me/passkeys/remove", post().to(passkeys::remove))
        .route("/desk/help", get().to(help::show))
        .route("/desk/people", get().to(people::show))
        .route("/desk/people", post().to(people::invite))
        .route("/desk/people/{id}", post().to(people::change))
        .route("/desk/people/invitations/{id}/revoke", post().to(people::revoke))
        .route("/desk/tokens", get().to(tokens::show))
        .route("/desk/tokens", post().to(tokens::make))
        .route("/desk/tokens/{id}/revoke", post().to(tokens::revoke))
        .route("/desk/webhooks", get().to(webhooks::show))
        .route("/desk/webhooks", post().to(webhooks::make))
        .route("/desk/webhooks/{id}", get().to(webhook::show))
        .route("/desk/webhooks/{id}", post().to(webhook::change))
        .route(
            "/desk/webhooks/{id}/deliveries/{delivery}",
            post().to(webhook::redeliver),
        )
        .route("/desk/jobs", get().to(jobs::show))
        .route("/desk/jobs", post().to(jobs::retry))
        .route("/desk/audit", get().to(audit::show))
        .route("/desk/site", get().to(site::show))
        .route("/desk/site", post().to(site::save));
}

/// Stories, and all that is done with one.
fn story_routes(config: &mut web::ServiceConfig) {
    use web::{get, post};
    config
        .route("/desk", get().to(stories::show))
        .route("/desk/stories", post().to(stories::create))
        .route("/desk/stories/{id}", get().to(editor::show))
        .route("/desk/stories/{id}/details", post().to(words::save_details))
        .route("/desk/stories/{id}/parts/{part}", post().to(words::save_part))
        .route("/desk/stories/{id}/structure", post().to(structure::change))
        .route("/desk/stories/{id}/history", post().to(history::swing))
        .route("/desk/stories/{id}/table", get().to(light_table::show))
        .route("/desk/stories/{id}/captions", get().to(captions::show))
        .route("/desk/stories/{id}/captions.csv", get().to(rewrite::save_sheet))
        .route(
            "/desk/stories/{id}/captions.csv",
            post().to(rewrite::preview_sheet),
        )
        .route("/desk/stories/{id}/captions/apply", get().to(rewrite::show_apply))
        .route(
            "/desk/stories/{id}/captions/apply",
            post().to(rewrite::preview_apply),
        )
        .route(
            "/desk/stories/{id}/captions/replace",
            post().to(rewrite::preview_replace),
        )
        .route("/desk/stories/{id}/changes", post().to(rewrite::carry_out))
        .route("/desk/stories/{id}/codes", post().to(captions::save_codes))
        .route("/desk/stories/{id}/blocks", post().to(insert::insert_words))
        .route("/desk/stories/{id}/photos", get().to(pick::show))
        .route("/desk/stories/{id}/photos", post().to(insert::insert_photos))
        .route("/desk/stories/{id}/uploads", post().to(insert::upload))
        .route("/desk/stories/{id}/preview", get().to(preview::show))
        .route("/desk/stories/{id}/presence", get().to(presence::listen))
        .route("/desk/stories/{id}/revisions", get().to(revisions::show))
        .route("/desk/stories/{id}/revisions", post().to(revisions::restore))
        .route(
            "/desk/stories/{id}/revisions/{number}",
            get().to(revisions::preview),
        )
        .route("/desk/stories/{id}/publish", get().to(publish::show))
        .route("/desk/stories/{id}/publish", post().to(publish::publish))
        .route("/desk/stories/{id}/unpublish", post().to(publish::unpublish))
        .route("/desk/stories/{id}/schedule", post().to(schedule::change))
        .route("/desk/stories/{id}/embargo", post().to(schedule::embargo))
        .route("/desk/stories/{id}/share", get().to(share::show))
        .route("/desk/stories/{id}/share", post().to(share::change))
        .route("/desk/clock", post().to(clock::confirm))
        .route("/desk/stories/{id}/members", post().to(members::change))
        .route("/desk/stories/{id}/drop-links", get().to(drop_links::show))
        .route("/desk/stories/{id}/drop-links", post().to(drop_links::make))
        .route(
            "/desk/stories/{id}/drop-links/{link}/revoke",
            post().to(drop_links::revoke),
        )
        .route("/desk/stories/{id}/delete", post().to(stories::delete));
}

/// What photographers without an account see.
fn drop_routes(config: &mut web::ServiceConfig) {
    use web::{get, post};
    config
        .route("/drop/{secret}", get().to(drop::show))
        .route("/drop/{secret}", post().to(drop::upload))
        .service(
            web::resource("/drop/{secret}/uploads")
                .route(web::method(Method::OPTIONS).to(drop::describe_uploads))
                .route(post().to(drop::create_upload)),
        )
        .service(
            web::resource("/drop/{secret}/uploads/{id}")
                .route(get().to(drop::get_upload))
                .route(web::patch().to(drop::send_upload))
                .route(web::delete().to(drop::cancel_upload)),
        );
}

/// The library.
fn photograph_routes(config: &mut web::ServiceConfig) {
    use web::{get, post};
    config
        .route("/desk/photos", get().to(library::show))
        .route("/desk/photos", post().to(library::upload))
        .route("/desk/photos/{id}", get().to(photo::show))
        .route("/desk/photos/{id}", post().to(photo::save))
        .route("/desk/photos/{id}/use", post().to(embedded::take_over))
        .route("/desk/photos/{id}/render", post().to(photo::render))
        .route("/desk/photos/{id}/remove", post().to(photo::remove));
}
