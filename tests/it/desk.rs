//! The desk: every action as a plain form, the same without a mouse and with one, and nothing that is typed ever lost.

mod bad_input;
mod browser;
mod embedded;
mod forms;
mod people;
mod photographer;
mod publishing;
mod typing;

use crate::harness::Answer;

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
