//! The demonstration's people: an administrator, an editor and two photographers.
//!
//! Their passwords are no secrets: they stand here and are printed at every start, so that anybody who tries the program can sign in.
//! That is why they are only ever put into a folder that has nobody else in it.

use anyhow::bail;

use crate::account::manage::{self, NewPerson};
use crate::account::password::Passwords;
use crate::account::{Role, query};
use crate::clock::Millis;
use crate::db::{Db, DbError};

/// Somebody who works in the demonstration.
#[derive(Debug)]
pub struct Person {
    /// The person's name.
    pub name: &'static str,
    /// E-mail address, lower case.
    pub email: &'static str,
    /// What they may do.
    pub role: Role,
    /// Password, for everybody to read.
    pub password: &'static str,
}

/// Looks after the people.
pub static ADMIN: Person = Person {
    name: "Bas Terwolde",
    email: "admin@example.org",
    role: Role::Admin,
    password: "keys-to-the-whole-house",
};

/// Makes and publishes the stories.
pub static EDITOR: Person = Person {
    name: "Lieke Vonder",
    email: "editor@example.org",
    role: Role::Editor,
    password: "light-on-every-table",
};

/// Photographed the Dutch story.
pub static WIETSKE: Person = Person {
    name: "Wietske Reiderland",
    email: "wietske@example.org",
    role: Role::Photographer,
    password: "low-water-at-daybreak",
};

/// Photographed the English story.
pub static TAMSIN: Person = Person {
    name: "Tamsin Arkwell",
    email: "tamsin@example.org",
    role: Role::Photographer,
    password: "first-snow-on-the-pass",
};

/// Everybody, by what they may do.
pub static ALL: [&Person; 4] = [&ADMIN, &EDITOR, &WIETSKE, &TAMSIN];

/// Makes the accounts that are missing.
///
/// # Errors
/// When the folder has accounts that are not the demonstration's, or those of the database.
pub fn settle(db: &Db, passwords: &Passwords, now: Millis) -> anyhow::Result<()> {
    let present = db.read_now(|conn| query::list_accounts(conn).map_err(DbError::from))?;
    let known = |person: &Person| present.iter().any(|account| account.email == person.email);
    if !present.is_empty() && !ALL.iter().any(|person| known(person)) {
        bail!(
            "this data folder belongs to a site with people of its own, and the demonstration's passwords are public; choose another with --data"
        );
    }
    for person in ALL.into_iter().filter(|person| !known(person)) {
        let new = NewPerson {
            email: person.email.to_owned(),
            name: person.name.to_owned(),
            role: person.role,
            password: person.password.to_owned(),
        };
        manage::add(db, passwords, new, now)?;
    }
    Ok(())
}

/// Who can sign in and how, as lines to print.
pub fn introduce() -> Vec<String> {
    let mut lines =
        vec!["Sign in at the desk as one of these (unless you changed their passwords):".to_owned()];
    lines.extend(ALL.iter().map(|person| {
        format!(
            "  {:<13} {:<21} {}",
            person.role.as_str(),
            person.email,
            person.password
        )
    }));
    lines
}
