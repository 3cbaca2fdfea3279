//! The attachments of an export, and their files in a copy of the uploads folder.
//!
//! A post shows a smaller copy of a photograph (`-1024x683`), or one that WordPress made of a large one (`-scaled`); what is taken in is the file
//! that was uploaded, as long as it is in the folder. Nothing outside of the folder is ever opened, whatever the export says.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};

use anyhow::Context;
use unicode_normalization::UnicodeNormalization;

use super::wxr::Item;

/// An attachment.
#[derive(Debug, Clone)]
pub(super) struct Attachment {
    pub title: String,
    pub caption: String,
    pub alt: String,
    pub description: String,
    /// Path below the uploads folder, as the export has it.
    pub path: String,
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Library {
    attachments: HashMap<u64, Attachment>,
    paths: HashMap<String, u64>,
    children: HashMap<u64, Vec<(i64, u64)>>,
}

impl Library {
    pub(super) fn len(&self) -> usize {
        self.attachments.len()
    }

    /// Takes an item in that is an attachment.
    pub(super) fn add(&mut self, item: &Item) {
        let path = item
            .field("_wp_attached_file")
            .map(str::to_owned)
            .or_else(|| below_uploads(&item.attachment_url))
            .unwrap_or_default();
        let is_image = !["pdf", "mp3", "mp4", "mov", "zip", "doc", "docx", "m4a", "wav"]
            .iter()
            .any(|end| path.to_ascii_lowercase().ends_with(&format!(".{end}")));
        if is_image && item.parent > 0 {
            self.children
                .entry(item.parent)
                .or_default()
                .push((item.menu_order, item.id));
        }
        for spelling in [without_scale(&path), path.clone()] {
            self.paths.insert(spelling, item.id);
        }
        let attachment = Attachment {
            title: item.title.trim().to_owned(),
            caption: item.excerpt.trim().to_owned(),
            alt: item
                .field("_wp_attachment_image_alt")
                .unwrap_or_default()
                .trim()
                .to_owned(),
            description: item.content.trim().to_owned(),
            path,
        };
        self.attachments.insert(item.id, attachment);
    }

    pub(super) fn get(&self, id: u64) -> Option<&Attachment> {
        self.attachments.get(&id)
    }

    /// The pictures that were uploaded to a post, in their order.
    pub(super) fn attached_to(&self, post: u64) -> Vec<u64> {
        let mut found = self.children.get(&post).cloned().unwrap_or_default();
        found.sort_unstable();
        found.into_iter().map(|(_, id)| id).collect()
    }

    /// The attachment that an address of a picture is of.
    pub(super) fn of_address(&self, src: &str) -> Option<u64> {
        let path = below_uploads(src)?;
        let bare = without_size(&path);
        let spellings = [path, without_scale(&bare), bare];
        spellings.iter().find_map(|path| self.paths.get(path)).copied()
    }
}

/// The part of an address below the uploads folder, as a path.
pub(super) fn below_uploads(address: &str) -> Option<String> {
    let address = address.split(['?', '#']).next()?;
    let (_, path) = address
        .split_once("/wp-content/uploads/")
        .or_else(|| address.split_once("/uploads/"))
        // A site of a network has a folder of its own.
        .or_else(|| address.split_once("/files/"))?;
    let decoded =
        url::form_urlencoded::parse(format!("a={}", path.replace('+', "%2B").replace('&', "%26")).as_bytes())
            .next()?
            .1
            .into_owned();
    Some(decoded).filter(|path| !path.is_empty())
}

/// `a-1024x683.jpg` as `a.jpg`.
fn without_size(path: &str) -> String {
    without(path, |stem| {
        let (head, size) = stem.rsplit_once('-')?;
        let (width, height) = size.split_once('x')?;
        let is_number =
            |text: &str| (1..=5).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        (is_number(width) && is_number(height)).then_some(head)
    })
}

/// `a-scaled.jpg` as `a.jpg`.
fn without_scale(path: &str) -> String {
    without(path, |stem| {
        stem.strip_suffix("-scaled")
            .or_else(|| stem.strip_suffix("-rotated"))
    })
}

fn without(path: &str, cut: impl Fn(&str) -> Option<&str>) -> String {
    let cut_path = path
        .rsplit_once('.')
        .and_then(|(stem, end)| Some(format!("{}.{end}", cut(stem).filter(|head| !head.is_empty())?)));
    cut_path.unwrap_or_else(|| path.to_owned())
}

/// A copy of the uploads folder.
#[derive(Debug)]
pub(super) struct Uploads {
    root: PathBuf,
}

impl Uploads {
    /// # Errors
    /// When there is no such folder.
    pub(super) fn open(folder: &Path) -> anyhow::Result<Self> {
        let root = folder.canonicalize().with_context(|| {
            format!(
                "there is no folder {}; copy wp-content/uploads of the site there",
                folder.display()
            )
        })?;
        Ok(Self { root })
    }

    /// The file of an attachment: the one that was uploaded if it is there, else what WordPress made of it.
    pub(super) fn find(&self, path: &str) -> Option<PathBuf> {
        self.first_of(&[without_scale(path), path.to_owned()])
    }

    /// The file behind an address that no attachment has, which may be of a smaller copy.
    pub(super) fn find_address(&self, path: &str) -> Option<PathBuf> {
        let bare = without_size(path);
        self.first_of(&[without_scale(&bare), bare, path.to_owned()])
    }

    /// Systems spell accents in file names in one of two ways.
    fn first_of(&self, spellings: &[String]) -> Option<PathBuf> {
        spellings.iter().find_map(|path| {
            let composed: String = path.nfc().collect();
            let decomposed: String = path.nfd().collect();
            [path, &composed, &decomposed]
                .into_iter()
                .find_map(|path| self.file(path))
        })
    }

    fn file(&self, path: &str) -> Option<PathBuf> {
        let relative = Path::new(path);
        let is_below = relative
            .components()
            .all(|component| matches!(component, Component::Normal(_)));
        if !is_below || path.contains('\0') || path.is_empty() {
            return None;
        }
        let whole = self.root.join(relative).canonicalize().ok()?;
        (whole.starts_with(&self.root) && whole.is_file()).then_some(whole)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, reason = "a failing test may panic")]
mod tests {
    use super::*;

    #[test]
    fn copies_lead_to_what_was_uploaded() {
        assert_eq!(without_size("2024/01/a-1024x683.jpg"), "2024/01/a.jpg");
        assert_eq!(without_scale("2024/01/a-scaled.jpg"), "2024/01/a.jpg");
        for same in ["2024/01/a-x3.jpg", "a-1x.jpg", "-1x1.jpg", "a", ""] {
            assert_eq!(without_scale(same), same);
        }
        assert_eq!(
            below_uploads("https://a.example/wp-content/uploads/2024/01/e%C3%A9n+1.jpg?w=3").as_deref(),
            Some("2024/01/eén+1.jpg")
        );
        assert_eq!(below_uploads("https://a.example/elders/a.jpg"), None);
    }

    #[test]
    fn nothing_outside_of_the_folder_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let uploads = folder.path().join("uploads");
        std::fs::create_dir_all(uploads.join("2024")).unwrap();
        std::fs::write(folder.path().join("secret.jpg"), "x").unwrap();
        std::fs::write(uploads.join("2024/a.jpg"), "x").unwrap();
        std::os::unix::fs::symlink(folder.path().join("secret.jpg"), uploads.join("link.jpg")).unwrap();
        let open = Uploads::open(&uploads).unwrap();
        assert!(open.find_address("2024/a-scaled-300x200.jpg").is_some());
        assert!(open.find("2024/a-scaled.jpg").is_some() && open.find("2024/a-300x200.jpg").is_none());
        for outside in [
            "../secret.jpg",
            "/etc/passwd",
            "2024/../../secret.jpg",
            "link.jpg",
            "",
            "2024",
            "a\0",
        ] {
            assert_eq!(open.find(outside), None, "{outside}");
        }
    }
}
