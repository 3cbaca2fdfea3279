//! What a server writes down of what it does: a line for each request, and never a secret.

use std::fs::File;
use std::process::Stdio;

use reqwest::Method;
use serde_json::Value;

use super::run::{Served, add_token, add_user};
use crate::harness::Client;

/// A setup link's secret, as the server prints it at the first start.
fn setup_link(greeting: &str) -> &str {
    let line = greeting
        .lines()
        .find(|line| line.contains("/desk/setup"))
        .unwrap();
    line.trim()
}

#[actix_web::test]
async fn a_line_for_each_request_names_its_route_and_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let log = folder.path().join("log");
    let arguments = [
        "serve",
        "--data",
        data.to_str().unwrap(),
        "--listen",
        "127.0.0.1:0",
        "--min-free-mb",
        "0",
    ];
    let served = Served::start_logging_to(&arguments, Stdio::from(File::create(&log).unwrap()));
    let visitor = Client::new(&served.base).always("Sec-Fetch-Site", "same-origin");
    let link = setup_link(&served.greeting).to_owned();
    let secret = link.split('=').next_back().unwrap().to_owned();
    visitor.get(&link).await.is(200);
    add_user(&data, "anna@example.org", "editor").ok();
    let token = add_token(&data, "anna@example.org");
    let program = visitor
        .clone()
        .always("Authorization", &format!("Bearer {token}"));
    let named = program.clone().always("X-Request-Id", "from-the-proxy-1");
    named.get("/api/v1/manage/photos").await.is(200);
    // What is no plain id is not taken over.
    let odd = program.clone().always("X-Request-Id", "Geheim: 1");
    odd.get("/api/v1/manage/stories").await.is(200);
    let (preview, drop) = (
        "rpv_A2345678901234567890123456789012345678901234",
        "rdl_B2345678901234567890",
    );
    visitor.get(&format!("/preview/{preview}")).await.is(404);
    visitor.get(&format!("/drop/{drop}")).await.is(404);
    let wrong = "een zin die alleen ik ken";
    let fields = [("email", "anna@example.org"), ("password", wrong)];
    visitor.form("/desk/sign-in", &fields).await;
    visitor
        .send(Method::GET, "/api/v1/manage/photos?token=rpt_Geheim", None)
        .await
        .is(400);
    served.terminate();
    assert_eq!(served.ended().0, Some(0));

    let log = std::fs::read_to_string(&log).unwrap();
    let never = [
        secret.as_str(),
        token.as_str(),
        preview,
        drop,
        wrong,
        "anna@example.org",
        "127.0.0.1:",
        "Geheim",
    ];
    for word in never {
        assert!(!log.contains(word), "“{word}” stands in the log: {log}");
    }
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}")))
        .collect();
    let of = |route: &str| {
        lines
            .iter()
            .map(|line| &line["fields"])
            .find(|fields| fields["route"] == route)
            .unwrap_or_else(|| panic!("{route} is not told: {log}"))
    };
    for (route, status) in [
        ("/desk/setup", 200),
        ("/preview/{secret}", 404),
        ("/drop/{secret}", 404),
    ] {
        assert_eq!(of(route)["status"], status, "{route}");
    }
    let manage = of("/api/v1/manage/photos");
    assert_eq!(
        (&manage["method"], &manage["status"]),
        (&"GET".into(), &200.into())
    );
    assert_eq!(manage["id"], "from-the-proxy-1");
    assert_eq!(of("/api/v1/manage/stories")["id"].as_str().unwrap().len(), 16);
}

#[actix_web::test]
async fn a_server_that_can_work_says_so_and_one_that_cannot_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let start = |free: &str| {
        Served::start_with(&[
            "serve",
            "--data",
            data,
            "--listen",
            "127.0.0.1:0",
            "--min-free-mb",
            free,
        ])
    };
    let served = start("0");
    let well = Client::new(&served.base).get("/ready").await.is(200);
    assert_eq!(well.header("cache-control"), "private, no-store");
    let well = well.json();
    for part in ["database", "store", "space", "queue"] {
        assert_eq!(well[part], "ok", "{well}");
    }
    drop(served);
    let served = start("900000000000");
    let full = Client::new(&served.base).get("/ready").await.is(503).json();
    assert_eq!(
        (&full["space"], &full["database"]),
        (&"full".into(), &"ok".into())
    );
    Client::new(&served.base).get("/health").await.is(200);
}

#[test]
fn whoever_else_can_read_the_data_folder_is_told_at_the_start() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let (data, log) = (folder.path().join("data"), folder.path().join("log"));
    let logged = || {
        let arguments = [
            "serve",
            "--data",
            data.to_str().unwrap(),
            "--listen",
            "127.0.0.1:0",
            "--min-free-mb",
            "0",
        ];
        let served = Served::start_logging_to(&arguments, Stdio::from(File::create(&log).unwrap()));
        served.terminate();
        assert_eq!(served.ended().0, Some(0));
        std::fs::read_to_string(&log).unwrap()
    };
    let said = "everybody on this machine can read";
    assert!(!logged().contains(said));
    for (made, mode) in [(data.clone(), 0o755), (data.join("reportage.db"), 0o644)] {
        std::fs::set_permissions(&made, std::fs::Permissions::from_mode(mode)).unwrap();
    }
    let log = logged();
    assert!(log.contains(said) && log.contains("chmod -R go="), "{log}");
}
