//! `reportage token`: API tokens from a shell.

use anyhow::bail;
use clap::Subcommand;

use super::{DataOption, open_database, say};
use crate::account::token::{self, Scope};
use crate::clock::{Clock, DAY, short};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make a token and print it: nothing else is printed, and it is not shown again.
    Add {
        #[command(flatten)]
        data: DataOption,
        /// E-mail address of the account it acts for.
        #[arg(long)]
        user: String,
        /// What it is for, in your words.
        #[arg(long)]
        name: String,
        /// all, or a list of stories:read, stories:preview, stories:write, stories:publish, photos:write, webhooks:manage, site:manage.
        #[arg(long, value_name = "SCOPES", value_parser = Scopes::parse)]
        scope: Scopes,
        /// Days after which it ends; without it, it lives until it is revoked.
        #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(i64).range(1..=3_650))]
        expires_in_days: Option<i64>,
    },
    /// List the tokens; their secrets are not kept.
    List {
        #[command(flatten)]
        data: DataOption,
        /// Only those of this account.
        #[arg(long)]
        user: Option<String>,
    },
    /// Revoke a token by its name or id.
    Revoke {
        #[command(flatten)]
        data: DataOption,
        /// E-mail address of the account it acts for.
        #[arg(long)]
        user: String,
        /// The token's name or id.
        #[arg(long)]
        name: String,
    },
}

#[derive(Debug, Clone)]
pub(super) struct Scopes(Vec<Scope>);

impl Scopes {
    fn parse(text: &str) -> Result<Self, String> {
        Scope::parse_list(text).map(Self)
    }
}

pub(super) fn run(command: Command) -> anyhow::Result<()> {
    let now = Clock::system().now();
    match command {
        Command::Add {
            data,
            user,
            name,
            scope,
            expires_in_days,
        } => {
            let db = open_database(&data.data)?;
            let expires_at = expires_in_days.map(|days| now + days * DAY);
            say(&token::add(&db, &user, &name, &scope.0, expires_at, now)?);
        }
        Command::List { data, user } => {
            let db = open_database(&data.data)?;
            for token in token::list(&db, user.as_deref())? {
                let scopes = token
                    .scopes
                    .iter()
                    .map(|scope| scope.as_str())
                    .collect::<Vec<_>>()
                    .join(",");
                let used = token
                    .used_at
                    .map_or_else(|| "never used".to_owned(), |at| format!("used {}", short(at)));
                let state = match (token.revoked_at, token.expires_at) {
                    (Some(at), _) => format!("  revoked {}", short(at)),
                    (None, Some(at)) => format!("  ends {}", short(at)),
                    (None, None) => String::new(),
                };
                say(&format!(
                    "{}  {}  {}  {scopes}  {used}{state}",
                    token.id, token.account.email, token.name
                ));
            }
        }
        Command::Revoke { data, user, name } => {
            let db = open_database(&data.data)?;
            if token::revoke(&db, &user, &name, now)? == 0 {
                bail!(
                    "{user} has no token “{name}” that could be revoked; “reportage token list” shows those there are"
                );
            }
            say(&format!("“{name}” is revoked."));
        }
    }
    Ok(())
}
