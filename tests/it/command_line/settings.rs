//! Settings by flags, environment and a file: one name for each, the same reading, and a program that says what holds.

use std::path::{Path, PathBuf};

use super::run::{Served, command, run};
use crate::harness::Client;

/// A file of settings in a folder.
fn file(folder: &Path, text: &str) -> PathBuf {
    let path = folder.join("reportage.toml");
    std::fs::write(&path, text).unwrap();
    path
}

#[actix_web::test]
async fn a_server_takes_its_settings_from_a_file_and_metrics_have_an_address_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let path = file(
        folder.path(),
        &format!(
            "data = {:?}\nlisten = \"127.0.0.1:0\"\nsite-name = \"De Wereld\"\nmetrics-listen = \"127.0.0.1:0\"\ntrusted-proxy = [\"10.0.0.1\", \"::1\"]\nmin-free-mb = 0\n",
            data.to_str().unwrap()
        ),
    );
    let served = Served::start_with(&["serve", "--config", path.to_str().unwrap()]);
    assert!(data.join("reportage.db").is_file());
    let reader = Client::new(&served.base);
    let front = reader.get("/").await.is(200);
    assert!(front.text().contains("De Wereld"));
    reader.get("/metrics").await.is(404);
    let told = "Metrics are at http://127.0.0.1:";
    assert!(served.greeting.contains(told), "{}", served.greeting);
}

#[test]
fn flags_go_before_the_environment_and_both_before_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let text = "data = \"/from/file\"\nsite-name = \"file\"\naccent-color = \"#111111\"\nmax-file-mb = 300\n\
                smtp = \"smtps://desk:Geheim-7@mail.example.org\"\nmail-from = \"desk@example.org\"\nwebhooks-allow-private = true\n";
    let path = file(folder.path(), text);
    let output = command(&["config", "--accent-color", "#333333"])
        .env("REPORTAGE_CONFIG", &path)
        .env("REPORTAGE_SITE_NAME", "environment")
        .env("REPORTAGE_ACCENT_COLOR", "#222222")
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}");
    let from_file = path.to_str().unwrap();
    for line in [
        format!("data = \"/from/file\"  # {from_file}"),
        "site-name = \"environment\"  # REPORTAGE_SITE_NAME".to_owned(),
        "accent-color = \"#333333\"  # --accent-color".to_owned(),
        format!("max-file-mb = 300  # {from_file}"),
        "max-megapixels = 200  # default".to_owned(),
        format!("webhooks-allow-private = true  # {from_file}"),
        "# base-url is not set".to_owned(),
    ] {
        assert!(
            said.lines().any(|told| told == line),
            "{line} is missing in\n{said}"
        );
    }
    assert!(!said.contains("Geheim"), "{said}");
    // What it prints is a file that means the same.
    let again = file(folder.path(), &said.replace("…", "Geheim-7"));
    let said_again = run(&["config", "--config", again.to_str().unwrap()]).ok().out;
    let values = |text: &str| -> Vec<String> {
        let value = |line: &str| line.split("  # ").next().map(str::to_owned);
        text.lines().filter_map(value).collect()
    };
    assert_eq!(values(&said_again), values(&said));
}

#[test]
fn the_file_holds_for_every_command_and_the_folder_of_the_demonstration_stays_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let path = file(folder.path(), &format!("data = {:?}\n", data.to_str().unwrap()));
    let path = path.to_str().unwrap();
    run(&["user", "list", "--config", path]).ok();
    assert!(data.join("reportage.db").is_file());
    let help = run(&["demo", "--help", "--config", path]).ok().out;
    assert!(help.contains("reportage-demo"), "{help}");
    run(&["--data", "/nowhere", "user", "list"]).fails("put it behind");
}

#[test]
fn a_misspelt_key_or_a_wrong_value_is_an_error_that_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    for (text, hint) in [
        ("base_url = \"https://a.example\"", "base-url"),
        ("lisen = \"127.0.0.1:0\"", "listen"),
        ("password = \"x\"", "is one of these meant"),
        ("config = \"other.toml\"", "config is no setting"),
        ("help = true", "help is no setting"),
        ("max-file-mb = 0", "max-file-mb"),
        ("max-file-mb = \"many\"", "max-file-mb"),
        ("accent-color = \"red\"", "six hexadecimal digits"),
        ("listen = [1]", "listen: give a text"),
        ("[listen]\nport = 1", "listen: give a text"),
        ("webhooks-allow-private = \"yes\"", "give true or false"),
        ("site-name = \"a\"\nsite-name = \"b\"", "line 2"),
        ("site-name = \"a\"\n\nlisten = \"Geheim-7", "line 3"),
        ("smtp = \"smtps://mail.example.org\"", "--mail-from"),
        ("mail-from = \"desk@example.org\"", "--smtp"),
        (
            "smtp = \"smpt://desk:Geheim-7@mail.example.org\"\nmail-from = \"desk@example.org\"",
            "smtp://",
        ),
        ("session-idle-hours = 30", "--session-hours"),
    ] {
        let path = file(folder.path(), text);
        let said = run(&["config", "--config", path.to_str().unwrap()]).fails(hint);
        assert!(!format!("{said:?}").contains("Geheim"), "{said:?}");
    }
    run(&["config", "--config", "/no/such/file.toml"]).fails("/no/such/file.toml");
}
