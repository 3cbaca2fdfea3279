//! A file system that can only be read: from the beginning, or since it found an error in itself.

use std::process::Command;

use super::{Disk, Rig, arguments, text};
use crate::command_line::run::run;
use crate::harness::tools::not_allowed_here;

#[actix_web::test]
async fn on_a_file_system_that_made_itself_read_only_reading_goes_on() {
    let Some(disk) = Disk::in_a_file(64) else { return };
    let data = disk.data();
    std::fs::create_dir(&data).unwrap();
    let mut rig = Rig::new(&data).await;
    rig.caption("Dit staat.").await.is(200);
    // The kernel's own way of trying what happens.
    let trigger = format!("/sys/fs/ext4/{}/trigger_fs_error", disk.device());
    if std::fs::write(trigger, "a test").is_err() {
        return not_allowed_here("this kernel has no ext4 that can be told to fail");
    }
    rig.photo().await.fails(503, "read_only");
    rig.caption("Dit niet.").await.fails(503, "read_only");
    rig.reorder().await.fails(503, "read_only");
    assert_eq!(rig.ready("store").await, "read-only");
    assert_eq!(rig.ready("database").await, "read-only");
    rig.is_read().await;

    // As whoever looks after it does.
    let kept = rig.cut_power();
    assert!(disk.unmount());
    let mended = Command::new("fsck.ext4")
        .args(["-p", text(&disk.image())])
        .output()
        .unwrap();
    assert!(matches!(mended.status.code(), Some(0 | 1)), "{mended:?}");
    assert!(disk.mount_file("loop,ro"));
    run(&arguments(&data)).fails("cannot be written");
    // Whether it can look depends on what the database left beside itself; damage it must not find.
    let looked = run(&["verify", "--data", text(&data)]);
    assert!(matches!(looked.code, 0 | 2), "{looked:?}");
    assert!(disk.unmount());
    assert!(disk.mount_file("loop,errors=remount-ro"));
    kept.still_there().await;
}
