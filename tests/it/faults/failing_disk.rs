//! A disk that fails to sync. What it says later it has written may not be there: it is not asked again, even when it says that it is well.

use super::{Fault, Rig};

/// Nothing is taken, and it is said; reading goes on.
async fn takes_nothing(rig: &mut Rig) {
    for number in 0..3 {
        rig.photo().await.fails(503, "read_only");
        rig.caption(&format!("Woorden {number}"))
            .await
            .fails(503, "read_only");
        rig.reorder().await.fails(503, "read_only");
    }
    assert_eq!(rig.ready("database").await, "read-only");
    assert_eq!(rig.ready("store").await, "read-only");
    rig.is_read().await;
}

#[actix_web::test]
async fn a_disk_that_failed_to_sync_is_not_asked_again_and_nothing_acknowledged_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let mut rig = Rig::new(folder.path()).await;
    rig.caption("Dit staat.").await.is(200);
    rig.photo().await.is(201);
    let Some(fault) = Fault::begin(&rig.served, "fsync,fdatasync", "EIO", None) else {
        return;
    };
    takes_nothing(&mut rig).await;
    drop(fault);
    takes_nothing(&mut rig).await;
    rig.cut_power().still_there().await;
}

#[actix_web::test]
async fn a_folder_that_failed_to_sync_is_a_disk_that_did() {
    let folder = tempfile::tempdir().unwrap();
    let mut rig = Rig::new(folder.path()).await;
    // The photograph itself is on the disk, its name may not be.
    let incoming = folder.path().join("uploads/incoming");
    let Some(fault) = Fault::begin(&rig.served, "fsync", "EIO", Some(&incoming)) else {
        return;
    };
    rig.photo().await.fails(503, "read_only");
    drop(fault);
    rig.photo().await.fails(503, "read_only");
    assert_eq!(rig.ready("store").await, "read-only");
    rig.caption("De woorden staan elders.").await.is(200);
    rig.is_read().await;
    rig.cut_power().still_there().await;
}

#[actix_web::test]
async fn a_log_of_the_database_that_cannot_be_written_takes_no_word() {
    let folder = tempfile::tempdir().unwrap();
    let mut rig = Rig::new(folder.path()).await;
    let log = folder.path().join("reportage.db-wal");
    let Some(fault) = Fault::begin(&rig.served, "write,pwrite64", "ENOSPC", Some(&log)) else {
        return;
    };
    rig.caption("Vol.").await.fails(507, "no_room");
    rig.reorder().await.fails(507, "no_room");
    rig.photo().await.fails(507, "no_room");
    rig.is_read().await;
    drop(fault);
    // There is room again, and it is asked again.
    rig.caption("Weer leeg.").await.is(200);
    let Some(fault) = Fault::begin(&rig.served, "write,pwrite64", "EIO", Some(&log)) else {
        return;
    };
    rig.caption("Stuk.").await.fails(503, "read_only");
    drop(fault);
    rig.caption("Nog stuk.").await.fails(503, "read_only");
    assert_eq!(rig.ready("database").await, "read-only");
    rig.is_read().await;
    rig.cut_power().still_there().await;
}
