//! The audit trail, for administrators: who did what to what, the newest first, by person and by word.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::form::SignedIn;
use super::shell::{Room, Shell, page};
use super::when::short;
use crate::account::people::{self, Person};
use crate::audit::{self, Entry, Filter, Word};
use crate::clock::rfc3339;
use crate::id::{AccountId, PhotoId, StoryId};
use crate::web::error::Failure;
use crate::web::extract::{Failed, Params};
use crate::web::urls::Urls;
use crate::web::{App, cursor};

/// Entries on one page.
const ENTRIES_A_PAGE: usize = 50;

/// The page.
#[derive(Template)]
#[template(path = "desk/audit.html", whitespace = "minimize")]
struct AuditPage {
    shell: Shell,
    people: Vec<Choice>,
    words: Vec<Choice>,
    lines: Vec<Line>,
    is_filtered: bool,
    older: Option<String>,
}

/// Something to filter by.
struct Choice {
    value: String,
    words: String,
    is_chosen: bool,
}

/// An entry, ready to print.
struct Line {
    at: String,
    at_iso: String,
    who: String,
    /// Whose account it was: its page and its address, for anybody may call themselves what somebody else is called.
    account: Option<(String, String)>,
    what: String,
    /// Where the object is, if it is something to look at.
    href: Option<String>,
    object: String,
    note: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AuditParams {
    #[serde(default)]
    person: String,
    #[serde(default)]
    word: String,
    after: Option<String>,
}

pub(super) async fn show(
    app: web::Data<App>,
    SignedIn(actor): SignedIn,
    params: Params<AuditParams>,
) -> Result<HttpResponse, Failed> {
    let asked = params.0;
    let filter = read(&asked)?;
    let (reader, most) = (
        actor.clone(),
        i64::try_from(ENTRIES_A_PAGE + 1).unwrap_or(i64::MAX),
    );
    let (people, mut entries) = app
        .db
        .read(move |conn| {
            // Listing people is for those who may see the trail too.
            let people = people::list(conn, &reader)?;
            Ok::<_, Failure>((people, audit::list(conn, &filter, most)?))
        })
        .await?;
    let more = entries.len() > ENTRIES_A_PAGE;
    entries.truncate(ENTRIES_A_PAGE);
    let last = entries.last().filter(|_| more);
    let shell = Shell::titled(&app, Some(&actor), Room::People, "audit.title");
    let lines = entries
        .iter()
        .map(|entry| {
            let by = |person: &&Person| Some(&person.account.id) == entry.actor_id.as_ref();
            line(entry, people.iter().find(by), &shell)
        })
        .collect();
    page(&AuditPage {
        people: people
            .into_iter()
            .map(|person| Choice {
                is_chosen: person.account.id.as_str() == asked.person,
                value: person.account.id.to_string(),
                words: person.account.name,
            })
            .collect(),
        words: Word::ALL
            .iter()
            .map(|word| Choice {
                value: word.to_string(),
                words: shell.say(&key(word.as_str())).to_owned(),
                is_chosen: word.as_str() == asked.word,
            })
            .collect(),
        older: last.map(|last| older(&app.urls, &asked, last)),
        lines,
        is_filtered: !asked.person.is_empty() || !asked.word.is_empty(),
        shell,
    })
}

fn read(asked: &AuditParams) -> Result<Filter, Failure> {
    let unknown = |what: &str| Failure::BadRequest {
        code: "unknown_filter",
        message: format!("“{what}” is nothing to filter the trail by; choose from the lists above it."),
    };
    let chosen = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let person = chosen(&asked.person).map(|id| id.parse::<AccountId>().map_err(|_| unknown(&id)));
    let word = chosen(&asked.word).map(|word| word.parse::<Word>().map_err(|()| unknown(&word)));
    Ok(Filter {
        actor: person.transpose()?,
        word: word.transpose()?,
        before: asked.after.as_deref().map(cursor::read).transpose()?,
    })
}

fn older(urls: &Urls, asked: &AuditParams, last: &Entry) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query
        .append_pair("person", &asked.person)
        .append_pair("word", &asked.word)
        .append_pair("after", &cursor::write(last.at, &last.id));
    format!("{}?{}", urls.audit(), query.finish())
}

/// The message for a word of the trail.
fn key(word: &str) -> String {
    format!("audit.{word}")
}

fn line(entry: &Entry, by: Option<&Person>, shell: &Shell) -> Line {
    let who = match (&entry.actor_id, entry.actor_name.as_str()) {
        (None, "shell") => shell.say("audit.shell").to_owned(),
        (None, _) => shell.say("audit.nobody").to_owned(),
        (Some(_), name) => name.to_owned(),
    };
    let known = entry.word.parse::<Word>().is_ok();
    let is_gone = matches!(entry.word.parse(), Ok(Word::StoryDeleted | Word::PhotoDeleted));
    let story = entry
        .object
        .parse::<StoryId>()
        .map(|id| shell.urls.desk_story(&id));
    let photo = entry
        .object
        .parse::<PhotoId>()
        .map(|id| shell.urls.desk_photo(&id));
    Line {
        at: short(entry.at),
        at_iso: rfc3339(entry.at),
        who,
        account: by.map(|by| (shell.urls.person(&by.account.id), by.account.email.clone())),
        what: if known {
            shell.say(&key(&entry.word)).to_owned()
        } else {
            entry.word.clone()
        },
        href: story.or(photo).ok().filter(|_| !is_gone),
        object: entry.object.clone(),
        note: entry.note.clone(),
    }
}
