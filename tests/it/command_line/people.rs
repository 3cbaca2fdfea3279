//! Accounts and tokens from a shell.

use super::run::{Served, add_user, run, run_with};
use crate::harness::Client;

#[test]
fn help_names_every_command_and_says_what_it_does() {
    let help = run(&["--help"]).ok().out;
    for command in [
        "serve",
        "demo",
        "user",
        "token",
        "import",
        "openapi",
        "--data",
        "--listen",
        "--base-url",
    ] {
        assert!(help.contains(command), "{command} is missing in {help}");
    }
    assert!(!help.contains("render-photo"), "the child is nobody's business");
    for command in [
        "serve",
        "user",
        "user add",
        "token",
        "token add",
        "import",
        "openapi",
    ] {
        let mut arguments: Vec<&str> = command.split(' ').collect();
        arguments.push("--help");
        assert!(run(&arguments).ok().out.contains("Usage:"), "{command}");
    }
    assert!(run(&["--version"]).ok().out.starts_with("reportage "));
}

#[test]
fn every_command_works_on_a_new_folder() {
    let folder = tempfile::tempdir().unwrap();
    let fresh = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    assert!(
        run(&["user", "list", "--data", &fresh("a")])
            .ok()
            .out
            .contains("no accounts yet")
    );
    assert_eq!(run(&["token", "list", "--data", &fresh("b")]).ok().out, "");
    add_user(&folder.path().join("c"), "anna@example.org", "admin").ok();
    run(&["user", "disable", "--data", &fresh("d"), "--email", "a@b.c"]).fails("no account for a@b.c");
    run_with(
        &["user", "passwd", "--data", &fresh("e"), "--email", "a@b.c"],
        "een lange zin, echt waar",
    )
    .fails("no account");
    let token = [
        "token",
        "add",
        "--data",
        &fresh("f"),
        "--user",
        "a@b.c",
        "--name",
        "t",
        "--scope",
        "all",
    ];
    run(&token).fails("no account for a@b.c");
    run(&["import", "--data", &fresh("g"), folder.path().to_str().unwrap()]).fails("reportage user add");
}

#[test]
fn accounts_are_made_listed_changed_and_disabled() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let said = add_user(folder.path(), "Anna@Example.org", "editor").ok();
    assert_eq!(
        said.out,
        "Anna Jansen (editor) can sign in as anna@example.org.\n"
    );
    add_user(folder.path(), "anna@example.org", "editor").fails("already");
    let list = run(&["user", "list", "--data", data]).ok().out;
    assert!(
        list.contains("anna@example.org") && list.contains("editor") && list.contains("usr_"),
        "{list}"
    );
    let passwd = [
        "user",
        "passwd",
        "--data",
        data,
        "--email",
        "anna@example.org",
        "--password-stdin",
    ];
    run_with(&passwd, "een andere lange zin, echt").ok();
    run_with(&passwd, "kort").fails("at least 15 characters");
    run(&["user", "disable", "--data", data, "--email", "anna@example.org"]).ok();
    assert!(
        run(&["user", "list", "--data", data])
            .ok()
            .out
            .contains("disabled")
    );
}

#[test]
fn what_is_wrong_is_said_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let add = |email: &str, role: &str, password: &str| {
        let arguments = [
            "user",
            "add",
            "--data",
            data,
            "--email",
            email,
            "--name",
            "Anna",
            "--role",
            role,
            "--password-stdin",
        ];
        run_with(&arguments, password)
    };
    add("anna", "editor", "een lange zin die niemand raadt").fails("anna@example.org");
    add("a@b.nl", "baas", "een lange zin die niemand raadt").fails("choose admin, editor or photographer");
    add("a@b.nl", "editor", "kort").fails("at least 15 characters");
    add("a@b.nl", "editor", "passwordpassword").fails("guessed first");
    add("a@b.nl", "editor", "").fails("at least 15 characters");
    add("a@b.nl", "editor", "een lange zin die niemand raadt").ok();
    let token = |scope: &str| {
        run(&[
            "token", "add", "--data", data, "--user", "a@b.nl", "--name", "t", "--scope", scope,
        ])
    };
    token("alles").fails("stories:read");
    token("").fails("scope");
    run(&[
        "token", "revoke", "--data", data, "--user", "a@b.nl", "--name", "weg",
    ])
    .fails("reportage token list");
    run(&["onzin"]).fails("help");
    run(&["serve", "--data", data, "--listen", "overal"]).fails("--listen");
    run(&["serve", "--data", data, "--base-url", "stories.example.org/x"])
        .fails("https://stories.example.org");
    run(&["serve", "--data", data, "--accent-color", "rood"]).fails("#b3401f");
    let file = folder.path().join("bestand");
    std::fs::write(&file, "").unwrap();
    run(&["user", "list", "--data", file.to_str().unwrap()]).fails("--data");
}

#[test]
fn a_password_is_taken_from_standard_input_as_it_is_without_its_line_end() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    for (email, input) in [
        ("a@b.nl", "vijftien tekens\n"),
        ("b@b.nl", "vijftien tekens\r\n"),
        ("c@b.nl", "vijftien tekens"),
    ] {
        let arguments = [
            "user",
            "add",
            "--data",
            data,
            "--email",
            email,
            "--name",
            "A",
            "--role",
            "editor",
            "--password-stdin",
        ];
        run_with(&arguments, input).ok();
    }
    let short = [
        "user",
        "add",
        "--data",
        data,
        "--email",
        "d@b.nl",
        "--name",
        "A",
        "--role",
        "editor",
        "--password-stdin",
    ];
    run_with(&short, "veertien teken\n").fails("at least 15");
}

#[actix_web::test]
async fn tokens_are_made_used_and_revoked_while_the_server_runs() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let served = Served::start(folder.path());
    add_user(folder.path(), "anna@example.org", "editor").ok();
    let add = |name: &str, scope: &str| {
        let arguments = [
            "token",
            "add",
            "--data",
            data,
            "--user",
            "anna@example.org",
            "--name",
            name,
            "--scope",
            scope,
        ];
        run(&arguments).ok().out
    };
    let printed = add("site", "all");
    let secret = printed.trim_end();
    assert!(
        secret.starts_with("rpt_") && !secret.contains(char::is_whitespace),
        "{printed}"
    );
    let client = Client::new(&served.base).always("Authorization", &format!("Bearer {secret}"));
    client.get("/api/v1/manage/stories").await.is(200);
    let narrow = add("nauw", "stories:preview,photos:write");
    let narrow = Client::new(&served.base).always("Authorization", &format!("Bearer {}", narrow.trim_end()));
    narrow
        .get("/api/v1/manage/stories")
        .await
        .fails(403, "missing_scope");
    let list = run(&["token", "list", "--data", data]).ok().out;
    assert!(
        list.contains("site") && list.contains("used ") && !list.contains(secret),
        "{list}"
    );
    run(&[
        "token",
        "revoke",
        "--data",
        data,
        "--user",
        "anna@example.org",
        "--name",
        "site",
    ])
    .ok();
    client.get("/api/v1/manage/stories").await.is(401);
    assert!(
        run(&["token", "list", "--data", data, "--user", "anna@example.org"])
            .ok()
            .out
            .contains("revoked")
    );
    run(&["user", "disable", "--data", data, "--email", "anna@example.org"]).ok();
    narrow.get("/api/v1/manage/photos").await.is(401);
}

#[test]
fn the_only_administrator_is_not_locked_out() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    add_user(folder.path(), "baas@example.org", "admin").ok();
    let disable = ["user", "disable", "--data", data, "--email", "baas@example.org"];
    run(&disable).fails("only administrator");
    add_user(folder.path(), "tweede@example.org", "admin").ok();
    run(&disable).ok();
}
