//! What is on the disk before an upload is acknowledged, as the system sees it.

use sha2::{Digest, Sha256};

use super::{Rig, Tracer};
use crate::harness::captioned;
use reportage::text::hex;

/// Calls that say what is where, and the answer to a client.
const CALLS: &str =
    "trace=fsync,fdatasync,link,linkat,rename,renameat,renameat2,write,pwrite64,writev,sendto,sendmsg";

#[actix_web::test]
async fn an_upload_is_answered_when_file_name_and_row_are_on_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let mut rig = Rig::new(folder.path()).await;
    let seen = folder.path().join("seen");
    let Some(tracer) = Tracer::attach(&rig.served, &seen, &["-y", "-s", "5000", "-e", CALLS]) else {
        return;
    };
    rig.kept.made += 1;
    let bytes = captioned(rig.kept.made, "Een veld.");
    let answer = rig.client().upload("a.jpg", &bytes).await.is(201);
    rig.kept.remember(&bytes, &answer);
    drop(tracer);
    let seen = std::fs::read_to_string(&seen).unwrap();
    let hash = hex(&Sha256::digest(&bytes));
    // A call that another thread's stood in the way of is told in two lines; what counts is that it has ended.
    let lines: Vec<&str> = seen.lines().collect();
    let mut from = 0;
    // Where a call has ended well that one line begins.
    let end_of = |begun: usize| {
        let thread = lines[begun].split_whitespace().next().unwrap();
        let ends = |line: &&str| line.split_whitespace().next() == Some(thread) && line.contains("resumed>");
        if lines[begun].contains("<unfinished") {
            begun + lines[begun..].iter().position(ends).unwrap()
        } else {
            begun
        }
    };
    let mut next = |what: &str, is_it: &dyn Fn(&str) -> bool| {
        let went_well = |at: &usize| what == "answer" || lines[end_of(*at)].trim_end().ends_with("= 0");
        let found = (from..lines.len()).filter(|at| is_it(lines[*at])).find(went_well);
        let found = found.unwrap_or_else(|| panic!("no {what} in its place: {seen}"));
        from = end_of(found) + 1;
        from
    };
    let syncs = |line: &str| line.contains("fsync(") || line.contains("fdatasync(");
    let moves = |line: &str| line.contains("link") || line.contains("rename");
    next("sync of the file", &|line| {
        syncs(line) && line.contains("/incoming/")
    });
    next("move to its name", &|line| moves(line) && line.contains(&hash));
    let synced = next("sync of the folder", &|line| {
        syncs(line) && line.contains(&format!("/originals/{}>", &hash[..2]))
    });
    // The row has the hash in it: where that is first written into the database, the folder was synced already.
    let row =
        |line: &str| line.contains("pwrite64(") && line.contains("reportage.db") && line.contains(&hash);
    let written = lines.iter().position(|line| row(line));
    let written = written.unwrap_or_else(|| panic!("the row was never written: {seen}"));
    assert!(written >= synced, "the row came before its file was in its place");
    next("sync of the row", &|line| {
        syncs(line) && line.contains("reportage.db")
    });
    next("answer", &|line| line.contains("HTTP/1.1 201"));
    rig.cut_power().still_there().await;
}
