//! What a photo's file said, at the desk: every value with its carrier, what lost against it, and "use this one" where the desk has a field for it.

use actix_web::{HttpResponse, web};

use super::form::Sent;
use super::shell::go;
use crate::id::PhotoId;
use crate::metadata::{Carrier, Facts, Field, FieldValue};
use crate::photo::edit::PhotoEdit;
use crate::photo::{Photo, query as photo_query};
use crate::story::access;
use crate::text::{Alt, Caption, Line, clean_line, cut};
use crate::web::App;
use crate::web::error::Failure;
use crate::web::extract::{Failed, path_id};
use crate::web::tongue::Tongue;

/// One field of the file.
pub(super) struct Embedded {
    /// Its name.
    pub field: String,
    /// Its values, the winner first.
    pub values: Vec<EmbeddedValue>,
}

/// One value of a field.
pub(super) struct EmbeddedValue {
    pub value: String,
    /// `XMP`, `IPTC` or `EXIF`, and the language where there are several.
    pub carrier: String,
    /// What the button sends; `None` when the desk has no such field or has this very value.
    pub key: Option<String>,
}

/// All values of a file that `holder` carries, as they stand to what the desk has for `photo`: another photo when its file is a newer one.
pub(super) fn values(holder: &Photo, photo: &Photo) -> Vec<Embedded> {
    let facts = &holder.embedded.facts;
    let row = |field: &FieldValue| {
        let winner = std::iter::once((&field.value, field.carrier, None));
        let losers = field
            .losing
            .iter()
            .map(|loser| (&loser.value, loser.carrier, loser.language.as_deref()));
        let values = winner
            .chain(losers)
            .enumerate()
            .map(|(number, (value, carrier, language))| EmbeddedValue {
                value: value.clone(),
                carrier: match language {
                    Some(language) => format!("{} {language}", name_of(carrier)),
                    None => name_of(carrier).to_owned(),
                },
                key: edit_of(field.field, value, facts)
                    .filter(|edit| edit.changes(photo))
                    .map(|_| format!("{}:{number}:{}", word(field.field), holder.id)),
            })
            .collect();
        Embedded {
            field: name_in(Tongue::current(), &word(field.field)),
            values,
        }
    };
    holder.embedded.fields.iter().map(row).collect()
}

/// A field of files by its name; one that no message has by the word for it.
fn name_in(tongue: Tongue, word: &str) -> String {
    let name = tongue.find(&format!("embedded.{word}"));
    name.map_or_else(|| word.replace('_', " "), str::to_owned)
}

/// The carrier as photographers' tools call it.
const fn name_of(carrier: Carrier) -> &'static str {
    match carrier {
        Carrier::Xmp => "XMP",
        Carrier::Iim => "IPTC",
        Carrier::Exif => "EXIF",
    }
}

/// The word for a field in the stored form, which the API shows too.
fn word(of: impl serde::Serialize) -> String {
    serde_json::to_value(of)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}

/// What using a value of a field changes; `None` when the desk has no such field.
fn edit_of(field: Field, value: &str, facts: &Facts) -> Option<PhotoEdit> {
    let line = || Some(Some(cut(&clean_line(value), Line::MOST)));
    let long = |most| Some(Some(cut(value, most)));
    let nothing = PhotoEdit::default();
    let place = |facts: Facts| facts.place_line().map(|line| cut(&line, Line::MOST));
    let here = || Some(value.to_owned());
    Some(match field {
        Field::Caption => PhotoEdit {
            caption: long(Caption::MOST),
            ..nothing
        },
        Field::Alt => PhotoEdit {
            alt: long(Alt::MOST),
            ..nothing
        },
        Field::Headline => PhotoEdit {
            headline: line(),
            ..nothing
        },
        Field::Credit => PhotoEdit {
            credit: line(),
            ..nothing
        },
        Field::Creators => PhotoEdit {
            creator: Some(Some(cut(
                &value.lines().collect::<Vec<_>>().join(", "),
                Line::MOST,
            ))),
            ..nothing
        },
        Field::Copyright => PhotoEdit {
            copyright: line(),
            ..nothing
        },
        Field::WebStatement if value.starts_with("https://") || value.starts_with("http://") => PhotoEdit {
            license: line(),
            ..nothing
        },
        // One field of a place is used together with the others that the file has for it.
        Field::City => PhotoEdit {
            place: Some(place(Facts {
                city: here(),
                ..facts.clone()
            })),
            ..nothing
        },
        Field::Country => PhotoEdit {
            place: Some(place(Facts {
                country: here(),
                ..facts.clone()
            })),
            ..nothing
        },
        _ => return None,
    })
}

/// Takes one of a file's values over: `use` is `field:number:photo`, of which the photo is this one or a newer file of it.
pub(super) async fn take_over(
    app: web::Data<App>,
    id: web::Path<String>,
    sent: Sent,
) -> Result<HttpResponse, Failed> {
    let id: PhotoId = path_id(&id)?;
    let Sent { actor, form } = sent;
    let version = form.version()?;
    let chosen = form.text("use").to_owned();
    let (by, of) = (actor.clone(), id.clone());
    let edit = app
        .db
        .read(move |conn| {
            // What is not theirs to see is not there, whatever they ask of it.
            access::find_visible_photo(conn, &by, &of)?.ok_or(Failure::NotFound)?;
            let unknown =
                || Failure::field("/use", "unknown_value", "The file has no such value (any more).");
            let [field, number, holder] = chosen.split(':').collect::<Vec<_>>()[..] else {
                return Err(unknown());
            };
            let holder: PhotoId = holder.parse().map_err(|_| unknown())?;
            let is_own = holder == of;
            let holder = access::find_visible_photo(conn, &by, &holder)?.ok_or_else(unknown)?;
            if !is_own && photo_query::find_newer(conn, &of)?.is_none_or(|newer| newer.id != holder.id) {
                return Err(unknown());
            }
            let entry = holder
                .embedded
                .fields
                .iter()
                .find(|entry| word(entry.field) == field);
            let entry = entry.ok_or_else(unknown)?;
            let value = match number.parse::<usize>() {
                Ok(0) => Some(&entry.value),
                Ok(number) => entry.losing.get(number - 1).map(|loser| &loser.value),
                Err(_) => None,
            };
            let value = value.ok_or_else(unknown)?;
            edit_of(entry.field, value, &holder.embedded.facts).ok_or_else(unknown)
        })
        .await?;
    let now = app.clock.now();
    app.edit_photo(&actor, &id, version, edit, now)
        .await
        .map_err(Failure::from)?;
    Ok(go(&app.urls.desk_photo(&id)))
}
