//! Settings from a TOML file, and what holds in the end.
//!
//! A key is the name of a flag without its dashes: `base-url = "https://stories.example.org"`. The file lies under the command line and the
//! environment: what it says becomes the default of the flag, in every command that has it. So a value is read and refused in
//! one way, wherever it comes from.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command, CommandFactory, FromArgMatches};

use super::options::ServeOptions;
use super::{Cli, say};

/// Names the file in the environment.
pub(super) const FILE_ENV: &str = "REPORTAGE_CONFIG";
/// Keys begin so in the environment.
const ENV_PREFIX: &str = "REPORTAGE_";
/// The argument that names the file.
const FILE_ID: &str = "config";

/// What was given, and by whom.
pub(super) struct Given {
    command: Command,
    matches: ArgMatches,
    file: Option<PathBuf>,
    settings: BTreeMap<String, Vec<String>>,
}

/// Reads the command line, the environment and the file that one of them names. Ends the program where clap does: help, version, flags that are none.
pub(super) fn parse() -> anyhow::Result<(Cli, Given)> {
    let command = Cli::command();
    let first = command.clone().get_matches();
    refuse_misplaced(&command, &first)?;
    let file = first.get_one::<PathBuf>(FILE_ID).cloned();
    let (settings, matches) = match &file {
        Some(path) => {
            let settings =
                read(path).with_context(|| format!("the settings in {} cannot be used", path.display()))?;
            let matches = under(command.clone(), &settings).get_matches();
            (settings, matches)
        }
        None => (BTreeMap::new(), first),
    };
    let cli = Cli::from_arg_matches(&matches)?;
    let given = Given {
        command,
        matches,
        file,
        settings,
    };
    Ok((cli, given))
}

/// A flag before the command would be passed over in silence, and a server would start on another folder.
fn refuse_misplaced(command: &Command, matches: &ArgMatches) -> anyhow::Result<()> {
    let Some(name) = matches.subcommand_name() else {
        return Ok(());
    };
    let misplaced = command.get_arguments().find(|argument| {
        let source = matches.try_contains_id(argument.get_id().as_str()).is_ok()
            && matches.value_source(argument.get_id().as_str()) == Some(ValueSource::CommandLine);
        source && !argument.is_global_set()
    });
    match misplaced.and_then(Arg::get_long) {
        Some(flag) => bail!("--{flag} stands before “{name}”; put it behind"),
        None => Ok(()),
    }
}

/// The settings of a file, each as the words that the flag would take.
fn read(path: &Path) -> anyhow::Result<BTreeMap<String, Vec<String>>> {
    let text = std::fs::read_to_string(path)?;
    // Not with the line itself: there may be a password in it.
    let table: toml::Table = toml::from_str(&text).map_err(|error| {
        let line = error
            .span()
            .and_then(|span| text.get(..span.start))
            .map_or(1, |before| before.matches('\n').count() + 1);
        anyhow!("line {line}: {}", error.message())
    })?;
    let mut settings = BTreeMap::new();
    for (key, value) in table {
        let words = words(&value)
            .ok_or_else(|| anyhow!("{key}: give a text, a number, true or false, or a list of texts"))?;
        check(&key, &words)?;
        settings.insert(key, words);
    }
    Ok(settings)
}

fn words(value: &toml::Value) -> Option<Vec<String>> {
    match value {
        toml::Value::String(text) => Some(vec![text.clone()]),
        toml::Value::Integer(number) => Some(vec![number.to_string()]),
        toml::Value::Boolean(truth) => Some(vec![truth.to_string()]),
        toml::Value::Array(values) => values
            .iter()
            .map(|value| value.as_str().map(str::to_owned))
            .collect(),
        toml::Value::Float(_) | toml::Value::Datetime(_) | toml::Value::Table(_) => None,
    }
}

/// Whether `serve` would take this, asked of the parser that reads flags.
fn check(key: &str, words: &[String]) -> anyhow::Result<()> {
    let command = Cli::command();
    let serve = command
        .find_subcommand("serve")
        .context("the command “serve” is not there")?;
    let known = || serve.get_arguments().filter(|argument| is_setting(argument));
    let found = known().find(|argument| argument.get_long() == Some(key));
    let is_switch = found.is_some_and(|argument| !argument.get_action().takes_values());
    if is_switch {
        return match words {
            [word] if word == "true" || word == "false" => Ok(()),
            _ => bail!("{key}: give true or false"),
        };
    }
    let line = [
        "reportage".to_owned(),
        "serve".to_owned(),
        format!("--{key}={}", words.join(",")),
    ];
    let refused = command.clone().try_get_matches_from(line).err();
    match (found, refused) {
        (Some(_), None) => Ok(()),
        (Some(_), Some(error)) => bail!("{key}: {}", reason(&error)),
        (None, refused) => {
            let keys: Vec<&str> = known().filter_map(Arg::get_long).collect();
            let near = refused
                .as_ref()
                .and_then(suggestion)
                .unwrap_or_else(|| keys.join(", "));
            bail!("{key} is no setting; is one of these meant: {near}?")
        }
    }
}

/// Why a value is refused, without the value where it may be a secret.
fn reason(error: &clap::Error) -> String {
    let cause = std::error::Error::source(error).map(ToString::to_string);
    match error.kind() {
        ErrorKind::ValueValidation => cause.unwrap_or_else(|| "this value cannot be used".to_owned()),
        _ => "this value cannot be used; see “reportage serve --help”".to_owned(),
    }
}

fn suggestion(error: &clap::Error) -> Option<String> {
    match error.get(ContextKind::SuggestedArg)? {
        ContextValue::String(flag) => Some(flag.trim_start_matches('-').to_owned()),
        _ => None,
    }
}

/// Whether an argument is a setting: it can be set in the environment, too. The file is not one of its own.
fn is_setting(argument: &Arg) -> bool {
    key(argument).is_some() && argument.get_id() != FILE_ID
}

/// The name of an argument in a file, by its name in the environment: `data` of the demonstration is another folder than `data` of the rest.
fn key(argument: &Arg) -> Option<String> {
    let name = argument.get_env()?.to_str()?.strip_prefix(ENV_PREFIX)?;
    Some(name.to_ascii_lowercase().replace('_', "-"))
}

/// The same command, in which what the file says is the default.
fn under(mut command: Command, settings: &BTreeMap<String, Vec<String>>) -> Command {
    let set: Vec<_> = command
        .get_arguments()
        .filter_map(|argument| Some((argument.get_id().clone(), settings.get(&key(argument)?)?.clone())))
        .collect();
    for (id, words) in set {
        command = command.mut_arg(id, |argument| argument.default_values(words));
    }
    let names: Vec<String> = command
        .get_subcommands()
        .map(|sub| sub.get_name().to_owned())
        .collect();
    for name in names {
        command = command.mut_subcommand(name, |sub| under(sub, settings));
    }
    command
}

/// Prints what holds, and where it comes from, as a file that could be given with --config.
pub(super) fn tell(options: ServeOptions, given: &Given) -> anyhow::Result<()> {
    let asked = given.matches.subcommand();
    if let Some((name, matches)) = asked
        && let Some(command) = given.command.find_subcommand(name)
    {
        for argument in command.get_arguments().filter(|argument| is_setting(argument)) {
            if let Some(line) = line(argument, matches, given) {
                say(&line);
            }
        }
    }
    // Each is well; whether they go together is said, too.
    options.config().map(drop)
}

/// A setting: its name, what holds, and where that comes from.
fn line(argument: &Arg, matches: &ArgMatches, given: &Given) -> Option<String> {
    let (key, id) = (key(argument)?, argument.get_id().as_str());
    let source = match matches.value_source(id) {
        Some(ValueSource::CommandLine) => format!("--{key}"),
        Some(ValueSource::EnvVariable) => argument.get_env()?.to_str()?.to_owned(),
        _ if given.settings.contains_key(&key) => given.file.as_ref()?.display().to_string(),
        _ => "default".to_owned(),
    };
    let words: Vec<String> = matches
        .get_raw(id)
        .into_iter()
        .flatten()
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    if words.is_empty() {
        return Some(format!("# {key} is not set"));
    }
    let is_list = argument.get_value_delimiter().is_some();
    let is_bare = |word: &String| word == "true" || word == "false" || word.parse::<u64>().is_ok();
    let shown: Vec<String> = words
        .iter()
        .map(|word| {
            if is_bare(word) && !is_list {
                word.clone()
            } else {
                toml::Value::String(without_password(&key, word)).to_string()
            }
        })
        .collect();
    let shown = if is_list {
        format!("[{}]", shown.join(", "))
    } else {
        shown.concat()
    };
    Some(format!("{key} = {shown}  # {source}"))
}

/// A word as it may be shown: an address without the password in it.
fn without_password(key: &str, word: &str) -> String {
    let hidden = |mut url: url::Url| {
        let _ = url.set_password(Some("…"));
        url.to_string().replace("%E2%80%A6", "…")
    };
    match url::Url::parse(word) {
        // Of one that is written wrongly nobody knows where the password stands.
        Err(_) if key == MAIL_SERVER => "…".to_owned(),
        Ok(url) if key == MAIL_SERVER && !is_plain(&url) => "…".to_owned(),
        Ok(url) if url.password().is_some() => hidden(url),
        _ => word.to_owned(),
    }
}

/// The setting that has a password in it.
const MAIL_SERVER: &str = "smtp";

/// Whether nothing but a name, a password, a host and how it is encrypted stands in an address.
fn is_plain(url: &url::Url) -> bool {
    url.host_str().is_some_and(|host| !host.is_empty())
        && matches!(url.path(), "" | "/")
        && url.fragment().is_none()
        && matches!(url.query(), None | Some("tls=required" | "tls=opportunistic"))
}
