//! A machine whose clock is set while the program runs.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use reqwest::Method;
use serde_json::json;

use super::{Rig, arguments, editor_in};
use crate::command_line::run::{Served, command};
use crate::harness::server::eventually;
use crate::harness::tools::{is_there, skip};
use crate::harness::{Answer, Client};

/// What stands before the system's own functions and tells another time.
fn library() -> Option<PathBuf> {
    if !is_there("faketime", "--version", "faketime") {
        return None;
    }
    let folders = std::fs::read_dir("/usr/lib").unwrap();
    let found = folders
        .map(|folder| folder.unwrap().path().join("faketime/libfaketimeMT.so.1"))
        .find(|path| path.exists());
    if found.is_none() {
        skip("faketime has no library below /usr/lib; install the package libfaketime");
    }
    found
}

async fn schedule(rig: &Rig, story: &str, seconds_from_now: i64) -> Answer {
    let editor = rig.client();
    let tag = editor.draft(story).await.header("etag");
    let at = jiff::Timestamp::from_second(jiff::Timestamp::now().as_second() + seconds_from_now).unwrap();
    let path = format!("/api/v1/manage/stories/{story}/schedule");
    let body = json!({"at": at.to_string()});
    editor.if_match(&tag).send(Method::PUT, &path, Some(&body)).await
}

async fn says(log: &Path, words: &str) {
    eventually(words, async || {
        let log = std::fs::read_to_string(log).unwrap();
        log.contains(words).then_some(())
    })
    .await;
}

#[actix_web::test]
async fn a_machines_clock_that_is_set_two_hours_ahead_releases_nothing() {
    let Some(library) = library() else { return };
    let folder = tempfile::tempdir().unwrap();
    let (data, log, time) = (
        folder.path().join("data"),
        folder.path().join("log"),
        folder.path().join("time"),
    );
    std::fs::create_dir(&data).unwrap();
    let set = |ahead: &str| {
        // Put in its place whole: it is read at any moment.
        let next = folder.path().join("next");
        std::fs::write(&next, format!("{ahead}\n")).unwrap();
        std::fs::rename(next, &time).unwrap();
    };
    set("+0");
    let secret = editor_in(&data);
    let mut program = command(&arguments(&data));
    program
        .env("LD_PRELOAD", library)
        .env("FAKETIME_TIMESTAMP_FILE", &time)
        .env("FAKETIME_NO_CACHE", "1")
        .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
        .env("NO_FAKE_STAT", "1");
    let served = Served::start_by(program, Stdio::from(File::create(&log).unwrap()));
    let mut rig = Rig::of(served, &data, secret).await;
    let photo = rig.kept.photos.values().next().unwrap().clone();
    let story = rig.client().small_story("Straks", &photo).await;
    schedule(&rig, &story, 3_600).await.is(200);
    let reader = Client::new(&rig.served.base);

    set("+7200");
    says(&log, "clock was set ahead").await;
    // Two more looks of the scheduler.
    tokio::time::sleep(std::time::Duration::from_millis(1_200)).await;
    reader.get("/stories/straks").await.is(404);
    rig.caption("Het werk gaat door.").await.is(200);
    rig.photo().await.is(201);
    rig.is_read().await;

    set("+0");
    says(&log, "the clock is believed again").await;
    reader.get("/stories/straks").await.is(404);
    schedule(&rig, &story, 3).await.is(200);
    eventually("the story to go out at its hour", async || {
        (reader.get("/stories/straks").await.status == 200).then_some(())
    })
    .await;
    rig.cut_power().still_there().await;
}
