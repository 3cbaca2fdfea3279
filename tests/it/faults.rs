//! What the real program does when the machine under it does not do as it should: disks that are full, fail or can only be read, clocks that are set,
//! lines that are cut, clients that are slow. Whatever happens, nothing that was acknowledged is lost, and reading goes on.

mod clock;
mod cut_uploads;
mod failing_disk;
mod full_disk;
mod read_only;
mod slow_clients;
mod syncs;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use reportage::config::database_path;
use reportage::db::{Db, complaints};
use reportage::text::hex;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::command_line::run::{Served, add_user, run};
use crate::harness::server::files_below;
use crate::harness::tools::{is_there, not_allowed_here};
use crate::harness::{Answer, Client, captioned};

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// What the program is started with: nothing beside the folder counts.
fn arguments(data: &Path) -> Vec<&str> {
    vec![
        "serve",
        "--data",
        text(data),
        "--listen",
        "127.0.0.1:0",
        "--avif-threads",
        "0",
        "--min-free-mb",
        "0",
    ]
}

fn serve(data: &Path) -> Served {
    Served::start_with(&arguments(data))
}

/// Makes an editor in a data folder, and gives a token of theirs.
fn editor_in(data: &Path) -> String {
    add_user(data, "anna@example.org", "editor").ok();
    let token = ["token", "add", "--data", text(data), "--user", "anna@example.org"];
    let made = run(&[&token[..], &["--name", "t", "--scope", "all"]].concat()).ok();
    made.out.trim().to_owned()
}

/// A running server with a published story, and what it has acknowledged.
struct Rig {
    served: Served,
    kept: Kept,
}

/// What must be there whatever happens.
struct Kept {
    data: PathBuf,
    secret: String,
    story: String,
    /// The frame that is captioned, wherever it is moved to.
    frame: String,
    /// Hash and id of every photograph.
    photos: BTreeMap<String, String>,
    /// The caption that holds, and others that were sent since.
    caption: (String, BTreeSet<String>),
    /// How many photographs were made.
    made: u32,
}

impl Kept {
    fn client(&self, served: &Served) -> Client {
        Client::new(&served.base).always("Authorization", &format!("Bearer {}", self.secret))
    }

    fn remember(&mut self, bytes: &[u8], answer: &Answer) {
        if answer.status == 201 {
            let id = answer.data()[0]["id"].as_str().unwrap().to_owned();
            self.photos.insert(hex(&Sha256::digest(bytes)), id);
        }
    }

    /// Starts the server where nothing is in its way any more: all that was acknowledged is there and undamaged, and work goes on.
    async fn still_there(self) {
        let mut rig = Rig {
            served: serve(&self.data),
            kept: self,
        };
        let words = rig.frame().await["caption"].as_str().unwrap().to_owned();
        let (holds, sent) = &rig.kept.caption;
        assert!(
            *holds == words || sent.contains(&words),
            "“{holds}” was acknowledged and “{words}” is there"
        );
        let client = rig.client();
        for id in rig.kept.photos.values() {
            client.get(&format!("/api/v1/manage/photos/{id}")).await.is(200);
        }
        rig.caption("Verder.").await.is(200);
        let last = rig.photo().await.is(201).data()[0]["id"]
            .as_str()
            .unwrap()
            .to_owned();
        assert_eq!(client.settled(&last).await["state"], "ready");
        rig.served.terminate();
        let Rig { served, kept } = rig;
        assert_eq!(served.ended().0, Some(0));
        let data = &kept.data;
        run(&["verify", "--read-data", "--data", text(data)]).ok();
        let db = Db::open(&database_path(data)).unwrap();
        assert_eq!(db.read_now(complaints).unwrap(), Vec::<String>::new());
        let originals = files_below(&data.join("uploads/originals"));
        for (hash, id) in &kept.photos {
            let original = originals.iter().find(|path| text(path).contains(hash));
            let original = original.unwrap_or_else(|| panic!("{id} was acknowledged and {hash} is gone"));
            assert_eq!(hex(&Sha256::digest(std::fs::read(original).unwrap())), *hash);
        }
    }
}

impl Rig {
    async fn new(data: &Path) -> Self {
        let secret = editor_in(data);
        Self::of(serve(data), data, secret).await
    }

    /// The same with a server that was started in a way of its own.
    async fn of(served: Served, data: &Path, secret: String) -> Self {
        let kept = Kept {
            data: data.to_owned(),
            secret,
            story: String::new(),
            frame: String::new(),
            photos: BTreeMap::new(),
            caption: ("Begin.".to_owned(), BTreeSet::new()),
            made: 0,
        };
        let mut rig = Self { served, kept };
        let photo = rig.photo().await.is(201).data()[0]["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let editor = rig.client();
        assert_eq!(editor.settled(&photo).await["state"], "ready");
        let frame = json!({"photo": photo, "alt": "Een veld", "credit": "Foto: Anna", "caption": "Begin."});
        let blocks = vec![json!({"type": "photo", "frame": frame}); 3];
        rig.kept.story = editor
            .story(&json!({"title": "Onder vuur", "language": "nl", "blocks": blocks}))
            .await;
        editor.publish(&rig.kept.story).await.is(201);
        let first = rig.frames().await[0]["id"].as_str().unwrap().to_owned();
        rig.kept.frame = first;
        rig
    }

    fn client(&self) -> Client {
        self.kept.client(&self.served)
    }

    async fn frames(&self) -> Vec<Value> {
        let draft = self.client().draft(&self.kept.story).await.data();
        let blocks = draft["blocks"].as_array().unwrap();
        blocks.iter().map(|block| block["frame"].clone()).collect()
    }

    /// The frame that is captioned.
    async fn frame(&self) -> Value {
        let frames = self.frames().await;
        let found = frames
            .iter()
            .find(|frame| frame["id"] == self.kept.frame.as_str());
        found.unwrap().clone()
    }

    /// Uploads a photograph that nobody has seen before.
    async fn photo(&mut self) -> Answer {
        self.kept.made += 1;
        let bytes = captioned(self.kept.made, "Een veld.");
        let answer = self.client().upload("a.jpg", &bytes).await;
        self.kept.remember(&bytes, &answer);
        answer
    }

    /// Writes the frame's caption.
    async fn caption(&mut self, words: &str) -> Answer {
        let frame = self.frame().await;
        self.kept.caption.1.insert(words.to_owned());
        let update = json!({"op": "update", "id": frame["id"], "version": frame["version"], "set": {"caption": words}});
        let answer = self.client().operate(&self.kept.story, &json!([update])).await;
        if answer.status == 200 {
            self.kept.caption = (words.to_owned(), BTreeSet::new());
        }
        answer
    }

    /// Moves the first block to the end.
    async fn reorder(&self) -> Answer {
        let client = self.client();
        let block = client.draft(&self.kept.story).await.data()["blocks"][0]["id"].clone();
        let moved = json!({"op": "move", "id": block, "position": 2});
        client.operate(&self.kept.story, &json!([moved])).await
    }

    /// Readers and editors see what they saw.
    async fn is_read(&self) {
        let reader = Client::new(&self.served.base);
        for path in ["/", "/stories/onder-vuur", "/api/v1/stories", "/health"] {
            reader.get(path).await.is(200);
        }
        self.client().get("/api/v1/manage/photos").await.is(200);
        self.frames().await;
    }

    /// What stands under a word of `/ready`.
    async fn ready(&self, part: &str) -> String {
        let ready = Client::new(&self.served.base).get("/ready").await;
        ready.json()[part].as_str().unwrap().to_owned()
    }

    /// Ends the server as a power cut does.
    fn cut_power(self) -> Kept {
        self.served.kill();
        self.kept
    }

    /// How many files and lines the server has open.
    fn descriptors(&self) -> usize {
        let open = format!("/proc/{}/fd", self.served.id());
        std::fs::read_dir(open).unwrap().count()
    }

    /// Kilobytes of memory that the server has.
    fn memory(&self) -> usize {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.served.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.unwrap().trim().trim_end_matches(" kB").parse().unwrap()
    }
}

/// A disk of its own, as small as a test wants it; gone when dropped.
struct Disk {
    folder: TempDir,
}

impl Disk {
    /// One in memory; nothing where the system lets nobody mount it.
    fn in_memory(megabytes: u32) -> Option<Self> {
        let disk = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        disk.try_mount(&["-t", "tmpfs", "-o", &format!("size={megabytes}m"), "none"])
            .then_some(disk)
    }

    /// One in a file, with a file system that makes itself read-only when it finds an error.
    fn in_a_file(megabytes: u64) -> Option<Self> {
        if !is_there("mkfs.ext4", "-V", "e2fsprogs") {
            return None;
        }
        let disk = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        let image = std::fs::File::create(disk.image()).unwrap();
        image.set_len(megabytes * 1024 * 1024).unwrap();
        let made = Command::new("mkfs.ext4")
            .args(["-q", "-F", text(&disk.image())])
            .status();
        assert!(made.unwrap().success());
        disk.mount_file("loop,errors=remount-ro").then_some(disk)
    }

    fn mount_file(&self, options: &str) -> bool {
        self.try_mount(&["-t", "ext4", "-o", options, text(&self.image())])
    }

    fn try_mount(&self, arguments: &[&str]) -> bool {
        std::fs::create_dir_all(self.place()).unwrap();
        let mounted = Command::new("mount")
            .args(arguments)
            .arg(self.place())
            .output()
            .is_ok_and(|output| output.status.success());
        if !mounted {
            not_allowed_here("nothing can be mounted; this test wants root and loop devices");
        }
        mounted
    }

    fn image(&self) -> PathBuf {
        self.folder.path().join("image")
    }

    /// Where it is.
    fn place(&self) -> PathBuf {
        self.folder.path().join("disk")
    }

    fn data(&self) -> PathBuf {
        self.place().join("data")
    }

    /// The device that it is, such as `loop0`.
    fn device(&self) -> String {
        let mounts = std::fs::read_to_string("/proc/mounts").unwrap();
        let place = self.place();
        let line = mounts.lines().find(|line| line.contains(text(&place))).unwrap();
        let device = line.split(' ').next().unwrap();
        device.rsplit('/').next().unwrap().to_owned()
    }

    fn unmount(&self) -> bool {
        // Whoever had it open may take a moment to be gone.
        (0..100).any(|_| {
            let done = Command::new("umount").arg(self.place()).output();
            let done = done.is_ok_and(|output| output.status.success());
            if !done {
                std::thread::sleep(Duration::from_millis(50));
            }
            done
        })
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let mounts = std::fs::read_to_string("/proc/mounts").unwrap_or_default();
        if mounts.contains(text(&self.place())) {
            self.unmount();
        }
    }
}

/// Looks on at what the server asks of the system, until this is dropped.
struct Tracer(Child);

impl Tracer {
    /// Nothing where no tracer is allowed.
    fn attach(served: &Served, into: &Path, what: &[&str]) -> Option<Self> {
        if !is_there("strace", "--version", "strace") {
            return None;
        }
        let mut strace = Command::new("strace");
        strace.args(["-f", "-o", text(into), "-p", &served.id().to_string()]);
        strace.args(what).stdin(Stdio::null()).stdout(Stdio::null());
        let mut child = strace.stderr(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        said.read_line(&mut line).unwrap();
        let tracer = Self(child);
        if !line.contains(" attached") {
            not_allowed_here(&format!("strace may not look on: {line}"));
            return None;
        }
        // It tells of every thread that comes, and must find somebody who listens.
        std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        Some(tracer)
    }
}

impl Drop for Tracer {
    fn drop(&mut self) {
        // Told to end, it lets go of the server.
        let id = i32::try_from(self.0.id()).ok();
        if let Some(id) = id.and_then(rustix::process::Pid::from_raw) {
            let _ = rustix::process::kill_process(id, rustix::process::Signal::TERM);
        }
        let _ = self.0.wait();
    }
}

/// Errors that the system gives the server instead of doing what it asks, until this is dropped.
struct Fault {
    _tracer: Tracer,
}

impl Fault {
    /// The system calls of this name fail with this error, where they are about `path` if one is named; nothing where no tracer is allowed.
    fn begin(served: &Served, call: &str, error: &str, path: Option<&Path>) -> Option<Self> {
        let (trace, inject) = (format!("trace={call}"), format!("inject={call}:error={error}"));
        let mut what = vec!["-e", &trace, "-e", &inject];
        if let Some(path) = path {
            what.extend(["-P", text(path)]);
        }
        let tracer = Tracer::attach(served, Path::new("/dev/null"), &what)?;
        Some(Self { _tracer: tracer })
    }
}
