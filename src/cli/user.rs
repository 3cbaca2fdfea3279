//! `reportage user`: accounts from a shell.

use clap::Subcommand;

use super::{DataOption, open_database, passwords, read_password, say};
use crate::account::manage::{self, NewPerson};
use crate::account::{Role, query};
use crate::clock::{Clock, short};
use crate::db::DbError;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make an account. The password is read from standard input: at least 15 characters; a sentence is a good one.
    Add {
        #[command(flatten)]
        data: DataOption,
        /// E-mail address to sign in with.
        #[arg(long)]
        email: String,
        /// The person's name, as colleagues see it.
        #[arg(long)]
        name: String,
        /// admin (everything), editor (all stories) or photographer (own photographs).
        #[arg(long)]
        role: Role,
        /// Read the password from standard input; it is never taken from an argument, which others on this machine could see.
        #[arg(long)]
        password_stdin: bool,
    },
    /// List the accounts.
    List {
        #[command(flatten)]
        data: DataOption,
    },
    /// Give an account a new password and sign it out everywhere.
    Passwd {
        #[command(flatten)]
        data: DataOption,
        /// The account's e-mail address.
        #[arg(long)]
        email: String,
        /// Read the password from standard input.
        #[arg(long)]
        password_stdin: bool,
    },
    /// Disable an account: it cannot sign in, its sessions and tokens end. What it made stays.
    Disable {
        #[command(flatten)]
        data: DataOption,
        /// The account's e-mail address.
        #[arg(long)]
        email: String,
    },
    /// Let a disabled account sign in again, with the password and the tokens it had.
    Enable {
        #[command(flatten)]
        data: DataOption,
        /// The account's e-mail address.
        #[arg(long)]
        email: String,
    },
    /// Turn an account's second factor and passkeys off, for somebody who has lost device and recovery codes, and sign it out everywhere.
    SecondFactorOff {
        #[command(flatten)]
        data: DataOption,
        /// The account's e-mail address.
        #[arg(long)]
        email: String,
    },
}

pub(super) fn run(command: Command) -> anyhow::Result<()> {
    let now = Clock::system().now();
    match command {
        Command::Add {
            data,
            email,
            name,
            role,
            password_stdin: _,
        } => {
            let db = open_database(&data.data)?;
            let person = NewPerson {
                email,
                name,
                role,
                password: read_password()?,
            };
            let account = manage::add(&db, &passwords()?, person, now)?;
            say(&format!(
                "{} ({}) can sign in as {}.",
                account.name, account.role, account.email
            ));
        }
        Command::List { data } => {
            let db = open_database(&data.data)?;
            let accounts = db.read_now(|conn| query::list_accounts(conn).map_err(DbError::from))?;
            if accounts.is_empty() {
                say("There are no accounts yet; make one with “reportage user add”.");
            }
            for account in accounts {
                let state = account
                    .disabled_at
                    .map_or_else(String::new, |at| format!("  disabled {}", short(at)));
                say(&format!(
                    "{}  {:<12}  {}  {}{state}",
                    account.id,
                    account.role.as_str(),
                    account.email,
                    account.name
                ));
            }
        }
        Command::Passwd {
            data,
            email,
            password_stdin: _,
        } => {
            let db = open_database(&data.data)?;
            manage::change_password(&db, &passwords()?, &email, &read_password()?, now)?;
            say(&format!(
                "{email} has a new password and was signed out everywhere."
            ));
        }
        Command::Disable { data, email } => {
            let db = open_database(&data.data)?;
            manage::disable(&db, &email, now)?;
            say(&format!(
                "{email} is disabled: signed out everywhere, tokens refused."
            ));
        }
        Command::Enable { data, email } => {
            let db = open_database(&data.data)?;
            manage::enable(&db, &email, now)?;
            say(&format!("{email} can sign in again."));
        }
        Command::SecondFactorOff { data, email } => {
            let db = open_database(&data.data)?;
            if manage::turn_off_factor(&db, &email, now)? {
                say(&format!(
                    "{email} signs in with the password alone. If that was shorter than 15 characters it holds no more: \
                     give a new one with “reportage user passwd”."
                ));
            } else {
                say(&format!("{email} has neither a second factor nor a passkey."));
            }
        }
    }
    Ok(())
}
