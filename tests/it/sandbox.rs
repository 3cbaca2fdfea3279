//! Decoding happens in a child that can do nothing else; whatever becomes of it, the server goes on and says what happened.

use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use reportage::clock::{HOUR, MINUTE};
use reportage::imaging::wire::{Attempt, SUBCOMMAND};
use reportage::imaging::{Limits, Pass, RenderOrder, probe};
use reportage::photo::render::{RenderFailure, RenderProcess, Renderer};
use serde_json::Value;
use tempfile::TempDir;

use crate::harness::photograph::png_that_claims;
use crate::harness::server::{eventually, program};
use crate::harness::{Server, captioned};

fn renderer(timeout: Duration) -> Renderer {
    Renderer::new(program(), timeout)
}

#[actix_web::test]
async fn the_child_can_open_nothing_connect_to_nothing_and_start_nothing() {
    let outside = std::env::temp_dir().join("reportage-attempt");
    for attempt in [Attempt::Open, Attempt::Create, Attempt::Connect, Attempt::Execute] {
        let refused = renderer(Duration::from_secs(10)).attempt(attempt).await;
        assert!(matches!(refused, Ok(true)), "{attempt:?}: {refused:?}");
    }
    assert!(!outside.exists());
}

#[actix_web::test]
async fn a_panic_an_endless_loop_and_endless_hunger_come_back_as_what_they_are() {
    let crashed = renderer(Duration::from_secs(10))
        .attempt(Attempt::Panic)
        .await
        .unwrap_err();
    assert!(
        matches!(&crashed, RenderFailure::Crashed { reason } if reason.contains("asked to panic")),
        "{crashed}"
    );
    let hungry = renderer(Duration::from_secs(20))
        .attempt(Attempt::OutOfMemory)
        .await
        .unwrap_err();
    assert!(matches!(hungry, RenderFailure::OutOfMemory), "{hungry}");
    for attempt in [Attempt::Loop, Attempt::Sleep] {
        let started = Instant::now();
        let late = renderer(Duration::from_millis(300))
            .attempt(attempt)
            .await
            .unwrap_err();
        assert!(matches!(late, RenderFailure::TimedOut { .. }), "{late}");
        assert!(
            started.elapsed() < Duration::from_secs(8),
            "the child was not ended"
        );
    }
}

/// Has a process render a file and gives how that ended.
async fn rendered(process: &mut RenderProcess, file: &[u8]) -> Result<usize, RenderFailure> {
    let mut original = tempfile::tempfile().unwrap();
    original.write_all(file).unwrap();
    let header = probe(&mut original, &Limits::default()).unwrap();
    let order = RenderOrder::new(&header, (0.5, 0.5), Pass::First);
    let (send, mut receive) = tokio::sync::mpsc::channel(2);
    let count = async {
        let mut files = 0;
        while receive.recv().await.is_some() {
            files += 1;
        }
        files
    };
    let (outcome, files) = tokio::join!(process.render(original, &order, send), count);
    outcome.map(|_| files)
}

/// What a process may have of something now. Source: proc(5), `limits`.
fn soft_limit(process: u32, of: &str) -> u64 {
    let limits = std::fs::read_to_string(format!("/proc/{process}/limits")).unwrap();
    let line = limits.lines().find_map(|line| line.strip_prefix(of)).unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}

#[actix_web::test]
async fn the_first_photograph_of_a_child_has_all_the_time_and_memory_that_others_have() {
    let mut process = renderer(Duration::from_mins(1)).process();
    let file = captioned(1, "Een veld.");
    let mut limits = Vec::new();
    for _ in 0..2 {
        rendered(&mut process, &file).await.unwrap();
        let child = process.child().unwrap();
        limits.push((
            soft_limit(child, "Max cpu time"),
            soft_limit(child, "Max address space"),
        ));
    }
    assert_eq!(limits[0].1, limits[1].1, "memory");
    let (first, second) = (limits[0].0, limits[1].0);
    assert!(first + 1 >= 30, "{first} seconds of CPU time");
    assert!(second >= first && second < first + 10, "{first}, then {second}");
}

fn kill(process: u32) {
    let killed = std::process::Command::new("kill")
        .args(["-9", &process.to_string()])
        .status()
        .unwrap();
    assert!(killed.success());
}

#[actix_web::test]
async fn one_child_renders_many_photographs_and_its_death_costs_none_that_it_did_not_have() {
    let mut process = renderer(Duration::from_secs(30)).process();
    let first = rendered(&mut process, &captioned(1, "Een veld.")).await.unwrap();
    let child = process.child().expect("the child waits for the next photograph");
    for seed in 2..5 {
        let files = rendered(&mut process, &captioned(seed, "Een veld."))
            .await
            .unwrap();
        assert_eq!(files, first);
        assert_eq!(process.child(), Some(child), "another child");
    }
    kill(child);
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(
        rendered(&mut process, &captioned(5, "Een veld.")).await.unwrap(),
        first
    );
    let other = process.child().unwrap();
    assert_ne!(other, child);
    // What could not be decoded may have left something behind: the next photograph gets a fresh child.
    let broken = rendered(&mut process, &png_that_claims(400, 300))
        .await
        .unwrap_err();
    assert!(matches!(broken, RenderFailure::Undecodable { .. }), "{broken}");
    assert_eq!(process.child(), None);
    assert_eq!(
        rendered(&mut process, &captioned(6, "Een veld.")).await.unwrap(),
        first
    );
    assert_ne!(process.child(), Some(other));
}

/// A program that takes the renderer's place and ends badly.
fn bad_renderer(attempt: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("renderer");
    let real = program();
    let script = format!(
        "#!/bin/sh\nexec '{}' {SUBCOMMAND} '{{\"attempt\":\"{attempt}\"}}'\n",
        real.display()
    );
    std::fs::write(&path, script).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    (folder, path)
}

/// Uploads a photo to a server whose children end badly, and waits until it has given up.
async fn given_up(attempt: &str) -> Value {
    let (_folder, path) = bad_renderer(attempt);
    let server = Server::with(|config| {
        config.renderer = Some(path);
        config.render_timeout = Duration::from_millis(500);
    });
    let editor = server.editor();
    let bytes = captioned(1, "Een veld.");
    let id = editor.photo_pending("a.jpg", &bytes).await;
    let photo = eventually("the photo to fail", async || {
        // Tries are seconds apart; the clock stands still unless it is moved.
        server.clock.advance(MINUTE);
        assert!(server.clock.now() < crate::harness::NOW + HOUR);
        tokio::time::sleep(Duration::from_millis(400)).await;
        let photo = editor
            .get(&format!("/api/v1/manage/photos/{id}"))
            .await
            .is(200)
            .data();
        (photo["state"] != "pending").then_some(photo)
    })
    .await;
    assert_eq!(photo["state"], "failed");
    let kept = editor
        .get(&format!("/api/v1/manage/photos/{id}/original"))
        .await
        .is(200);
    assert_eq!(kept.body, bytes, "the original is kept");
    assert_eq!(server.visitor().get("/health").await.is(200).text(), "alive\n");
    photo
}

#[actix_web::test]
async fn a_child_that_panics_leaves_a_failed_photo_and_a_server_that_goes_on() {
    let photo = given_up("panic").await;
    assert!(
        photo["failure"].as_str().unwrap().contains("rendering crashed"),
        "{}",
        photo["failure"]
    );
}

#[actix_web::test]
async fn a_child_that_takes_too_long_leaves_a_failed_photo_and_a_server_that_goes_on() {
    let photo = given_up("sleep").await;
    assert!(
        photo["failure"].as_str().unwrap().contains("longer than"),
        "{}",
        photo["failure"]
    );
}

#[actix_web::test]
async fn a_child_that_takes_too_much_memory_leaves_a_failed_photo_and_a_server_that_goes_on() {
    let photo = given_up("out_of_memory").await;
    let failure = photo["failure"].as_str().unwrap();
    // On a slow machine time may end before memory does.
    assert!(
        failure.contains("more memory") || failure.contains("longer than"),
        "{failure}"
    );
}

#[actix_web::test]
async fn a_failed_photo_that_is_sent_again_gets_another_try() {
    let (_folder, path) = bad_renderer("panic");
    let server = Server::with(|config| config.renderer = Some(path.clone()));
    let editor = server.editor();
    let bytes = captioned(1, "Een veld.");
    let id = editor.photo_pending("a.jpg", &bytes).await;
    eventually("the photo to fail", async || {
        server.clock.advance(MINUTE);
        tokio::time::sleep(Duration::from_millis(200)).await;
        let photo = editor
            .get(&format!("/api/v1/manage/photos/{id}"))
            .await
            .is(200)
            .data();
        (photo["state"] == "failed").then_some(())
    })
    .await;
    // The machine has been mended meanwhile.
    std::fs::remove_file(&path).unwrap();
    std::os::unix::fs::symlink(program(), &path).unwrap();
    let again = editor.upload("a.jpg", &bytes).await.is(201).data();
    assert_eq!(
        (&again[0]["id"], &again[0]["created"]),
        (&id.as_str().into(), &false.into())
    );
    assert_eq!(editor.settled(&id).await["state"], "ready");
}
