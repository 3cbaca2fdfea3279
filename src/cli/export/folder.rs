//! The folder that an export is written into: what is the same already is left alone, and what an earlier export wrote and this one does not is
//! removed. Nothing else in it is touched.

use std::collections::BTreeSet;
use std::fs::Permissions;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};

/// Where it is kept which files are this export's.
const LIST: &str = ".reportage-export.json";
/// What hosts want beside a site, and no export ever writes.
const OF_HOSTS: [&str; 1] = ["CNAME"];

#[derive(Debug, Serialize, Deserialize)]
struct List {
    /// What was exported: `site`, or `story` and its address.
    what: String,
    files: BTreeSet<String>,
}

/// An export under way.
#[derive(Debug)]
pub(super) struct Folder {
    root: PathBuf,
    what: String,
    before: BTreeSet<String>,
    now: BTreeSet<String>,
    written: usize,
    is_finished: bool,
}

/// An export that is cut short leaves files that the next one must know of.
impl Drop for Folder {
    fn drop(&mut self) {
        if !self.is_finished {
            let _ = self.write_list(self.before.union(&self.now).cloned().collect());
        }
    }
}

/// What an export has changed.
#[derive(Debug)]
pub(super) struct Done {
    pub files: usize,
    pub written: usize,
    pub removed: usize,
}

impl Folder {
    /// Opens a folder that is new, empty, or of an earlier export of the same.
    pub(super) fn open(root: &Path, what: &str) -> anyhow::Result<Self> {
        std::fs::create_dir_all(root).with_context(|| format!("{} cannot be made", root.display()))?;
        let before = match std::fs::read(root.join(LIST)) {
            Ok(bytes) => {
                let list: List = serde_json::from_slice(&bytes)
                    .with_context(|| format!("{} in {} cannot be read", LIST, root.display()))?;
                if list.what != what {
                    bail!(
                        "{} holds the export of something else ({}); give another folder",
                        root.display(),
                        list.what
                    );
                }
                list.files
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                check_empty(root)?;
                BTreeSet::new()
            }
            Err(error) => {
                return Err(error).with_context(|| format!("{} cannot be read", root.display()));
            }
        };
        let mut folder = Self {
            root: root.to_owned(),
            what: what.to_owned(),
            before,
            now: BTreeSet::new(),
            written: 0,
            is_finished: false,
        };
        // Should it be cut short, the next run knows that the folder is its own.
        folder.write_list(folder.before.clone())?;
        folder.before.retain(|path| is_plain(path));
        Ok(folder)
    }

    /// Writes a file, if it is not the same already.
    pub(super) fn put(&mut self, path: &str, bytes: &[u8]) -> anyhow::Result<()> {
        let target = self.take(path)?;
        let is_same = std::fs::metadata(&target).is_ok_and(|found| found.len() == bytes.len() as u64)
            && std::fs::read(&target).is_ok_and(|found| found == bytes);
        if is_same {
            return Ok(());
        }
        self.written += 1;
        write(&target, bytes)
    }

    /// Whether a file of a name that never stands for other bytes is there already; it is kept then.
    pub(super) fn keeps(&mut self, path: &str) -> anyhow::Result<bool> {
        let target = self.take(path)?;
        Ok(std::fs::metadata(target).is_ok_and(|found| found.is_file() && found.len() > 0))
    }

    fn take(&mut self, path: &str) -> anyhow::Result<PathBuf> {
        if !is_plain(path) {
            bail!("“{path}” is no name for a file in an export");
        }
        self.now.insert(path.to_owned());
        Ok(self.root.join(path))
    }

    /// Removes what an earlier export wrote and this one did not.
    pub(super) fn finish(mut self) -> anyhow::Result<Done> {
        let mut removed = 0;
        for path in self.before.difference(&self.now) {
            let target = self.root.join(path);
            match std::fs::remove_file(&target) {
                Ok(()) => removed += 1,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => {
                    return Err(error).with_context(|| format!("{} cannot be removed", target.display()));
                }
            }
            // Folders that are empty now go too; others say so and stay.
            let mut parent = target.parent();
            while let Some(folder) = parent.filter(|folder| *folder != self.root) {
                if std::fs::remove_dir(folder).is_err() {
                    break;
                }
                parent = folder.parent();
            }
        }
        self.write_list(self.now.clone())?;
        self.is_finished = true;
        Ok(Done {
            files: self.now.len(),
            written: self.written,
            removed,
        })
    }

    fn write_list(&self, files: BTreeSet<String>) -> anyhow::Result<()> {
        let list = List {
            what: self.what.clone(),
            files,
        };
        let mut json = serde_json::to_vec_pretty(&list)?;
        json.push(b'\n');
        write(&self.root.join(LIST), &json)
    }
}

fn check_empty(root: &Path) -> anyhow::Result<()> {
    let entries = std::fs::read_dir(root).with_context(|| format!("{} cannot be read", root.display()))?;
    for entry in entries {
        let name = entry?.file_name();
        let name = name.to_string_lossy();
        if !name.starts_with('.') && !OF_HOSTS.contains(&name.as_ref()) {
            bail!(
                "{} is not empty and not of an earlier export ({name} is in it); give a folder that is new or empty",
                root.display()
            );
        }
    }
    Ok(())
}

/// Whether a path stays in the folder.
fn is_plain(path: &str) -> bool {
    !path.is_empty()
        && path != LIST
        && Path::new(path)
            .components()
            .all(|part| matches!(part, Component::Normal(_)))
}

/// Whole or not at all: a host may be reading.
fn write(target: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let work = || {
        let folder = target.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder)?;
        let mut file = tempfile::Builder::new()
            .prefix(".writing-")
            // What the umask leaves of it: hosts read as somebody else.
            .permissions(Permissions::from_mode(0o666))
            .tempfile_in(folder)?;
        file.write_all(bytes)?;
        file.persist(target)?;
        Ok::<_, std::io::Error>(())
    };
    work().with_context(|| format!("{} cannot be written", target.display()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failing test may panic")]
mod tests {
    use super::*;

    #[test]
    fn a_second_export_writes_what_changed_and_removes_what_is_gone_and_nothing_else() {
        let root = tempfile::tempdir().unwrap();
        let mut first = Folder::open(root.path(), "site").unwrap();
        for path in ["index.html", "stories/a/index.html", "stories/b/index.html"] {
            first.put(path, b"one").unwrap();
        }
        assert_eq!(first.finish().unwrap().written, 3);
        std::fs::write(root.path().join("own.txt"), "mine").unwrap();
        let mut second = Folder::open(root.path(), "site").unwrap();
        second.put("index.html", b"one").unwrap();
        second.put("stories/b/index.html", b"two").unwrap();
        let done = second.finish().unwrap();
        assert_eq!((done.files, done.written, done.removed), (2, 1, 1));
        assert!(!root.path().join("stories/a").exists());
        assert!(root.path().join("own.txt").exists());
        Folder::open(root.path(), "story een-veld").unwrap_err();
    }

    #[test]
    fn a_folder_of_somebody_elses_files_is_refused_and_no_path_leads_out() {
        let root = tempfile::tempdir().unwrap();
        std::fs::write(root.path().join("thesis.doc"), "mine").unwrap();
        let error = Folder::open(root.path(), "site").unwrap_err().to_string();
        assert!(error.contains("thesis.doc"), "{error}");
        let empty = tempfile::tempdir().unwrap();
        let mut folder = Folder::open(empty.path(), "site").unwrap();
        for path in ["../out", "/etc/passwd", "", "a/../../b", LIST] {
            folder.put(path, b"x").unwrap_err();
        }
    }
}
