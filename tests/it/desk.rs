//! The desk: every action as a plain form, the same without a mouse and with one, and nothing that is typed ever lost.

mod account;
mod audit;
mod bad_input;
mod browser;
mod captions;
mod dutch;
mod embedded;
mod forms;
mod jobs;
mod letters;
mod passkeys;
mod people;
mod people_page;
mod photographer;
mod publishing;
mod revisions;
mod saving;
mod second_factor;
mod steps;
mod storm;
mod tables;
mod tokens;
mod typing;

use reportage::account::factor;
use reportage::clock::SECOND;
use totp_rs::{Builder, Secret};

use crate::harness::server::PASSWORD;
use crate::harness::{Answer, Person, Server};

/// The version that a page's forms carry.
fn version_on(page: &Answer) -> String {
    page.text()
        .split("name=\"version\" value=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("the page has a form with a version")
        .to_owned()
}

/// Where a form leads afterwards.
#[track_caller]
fn leads_to(answer: Answer) -> String {
    answer.is(303).header("location")
}

/// What a page's field of this name holds.
#[track_caller]
fn field_on(page: &str, name: &str) -> String {
    let field = page.split(&format!("name=\"{name}\" value=\"")).nth(1);
    let value = field.and_then(|rest| rest.split('"').next());
    let value = value.unwrap_or_else(|| panic!("{name} is not on the page: {page}"));
    value.replace("&#38;", "&").replace("&amp;", "&")
}

/// Turns somebody's second factor on, by the domain; gives the recovery codes.
async fn turn_factor_on(server: &Server, person: &Person) -> Vec<String> {
    let (app, now) = (&server.running.app, server.clock.now());
    let origin = reportage::account::session::Origin::default();
    let password = PASSWORD.to_owned();
    factor::offer(&app.db, &app.passwords, &person.actor(), password, &origin, now)
        .await
        .unwrap();
    let actor = person.actor();
    app.db
        .write_now(|conn| {
            let offer = factor::find_offer(conn, &actor, "site", now)?.unwrap();
            let secret = Secret::try_from_base32(&offer.secret).unwrap();
            let totp = Builder::new().with_secret(secret).build().unwrap();
            let code = totp.generate(u64::try_from(now / SECOND).unwrap()).to_string();
            factor::confirm(conn, &actor, &code, now)
        })
        .unwrap()
}
