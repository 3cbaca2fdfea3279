//! A disk that is full to the last byte.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use super::{Disk, Rig};
use crate::harness::captioned;
use crate::harness::server::eventually;

/// Writes on at a file until nothing more fits, and gives this many bytes back.
fn fill(path: &Path, leaving: u64) {
    let mut file = OpenOptions::new().create(true).append(true).open(path).unwrap();
    let block = [b'x'; 4096];
    while file.write_all(&block).is_ok() {}
    let length = file.metadata().unwrap().len();
    file.set_len(length.saturating_sub(leaving)).unwrap();
}

#[actix_web::test]
async fn on_a_full_disk_nothing_is_taken_and_when_there_is_room_again_all_goes_on() {
    let Some(disk) = Disk::in_memory(64) else { return };
    std::fs::create_dir(disk.data()).unwrap();
    let mut rig = Rig::new(&disk.data()).await;
    let (ballast, rest) = (disk.place().join("ballast"), disk.place().join("rest"));

    // Photographs until the last does not fit any more; of some that were taken the renditions do not.
    fill(&ballast, 1_500_000);
    let mut refused = None;
    for _ in 0..100 {
        let answer = rig.photo().await;
        if answer.status != 201 {
            refused = Some(answer);
            break;
        }
    }
    let refused = refused.expect("the disk is never full").fails(507, "no_room");
    assert_eq!(refused.header("retry-after"), "60");
    rig.is_read().await;

    // Words until they do not fit any more. The database has room of its own for some of them.
    let mut refused = None;
    for number in 0..400 {
        fill(&rest, 0);
        let answer = rig
            .caption(&format!("{number}{}", " Een veld.".repeat(300)))
            .await;
        if answer.status != 200 {
            refused = Some(answer);
            break;
        }
    }
    let refused = refused.expect("the database is never full").fails(507, "no_room");
    assert!(refused.text().contains("disk is full"), "{}", refused.text());
    for _ in 0..3 {
        let answer = rig.reorder().await;
        assert!(matches!(answer.status, 200 | 507), "{}", answer.text());
    }
    rig.is_read().await;
    eventually("the server to say that the disk is full", async || {
        fill(&rest, 0);
        (rig.ready("space").await == "full").then_some(())
    })
    .await;

    // Room is made, and nobody starts the server anew.
    std::fs::remove_file(&ballast).unwrap();
    std::fs::remove_file(&rest).unwrap();
    rig.caption("Er is weer plaats.").await.is(200);
    rig.reorder().await.is(200);
    rig.photo().await.is(201);
    assert_eq!(rig.ready("space").await, "ok");
    let client = rig.client();
    for id in rig.kept.photos.values() {
        // Ready, or given up after five tries.
        client.settled(id).await;
    }
    // One that was given up gets another try when it is sent again.
    for number in 1..=rig.kept.made {
        client
            .upload("a.jpg", &captioned(number, "Een veld."))
            .await
            .is(201);
    }
    for id in rig.kept.photos.values() {
        assert_eq!(client.settled(id).await["state"], "ready");
    }
    rig.cut_power().still_there().await;
}
