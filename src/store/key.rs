//! What stored files are called. No key contains a word that a client chose.

use std::io::Read;

use sha2::{Digest, Sha256};

use crate::text::hex;

/// Folder of everything that is made of originals.
pub(super) const RENDITIONS: &str = "renditions";

/// Folder of the originals.
const ORIGINALS: &str = "originals";

/// A part of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shelf {
    /// The bytes as they were uploaded.
    Originals,
    /// What was made of them.
    Renditions,
}

impl Shelf {
    pub(super) const fn folder(self) -> &'static str {
        match self {
            Self::Originals => ORIGINALS,
            Self::Renditions => RENDITIONS,
        }
    }
}

/// A file of the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFile {
    /// Its key.
    pub key: String,
    /// Its size.
    pub size_bytes: u64,
}

/// SHA-256 of everything that is read, as lower-case hexadecimal digits.
///
/// # Errors
/// Those of reading.
pub fn sha256_of(mut from: impl Read) -> std::io::Result<String> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return Ok(hex(&hash.finalize())),
            Ok(count) => hash.update(buffer.get(..count).unwrap_or_default()),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Key of an original: by its hash, so the same bytes are stored once; the ending is for the people who look into the folder.
#[must_use]
pub fn original_key(sha256: &str, media_type: &str) -> String {
    let ending = match media_type {
        "image/png" => "png",
        "image/webp" => "webp",
        "image/tiff" => "tif",
        _ => "jpg",
    };
    format!(
        "{ORIGINALS}/{}/{sha256}.{ending}",
        sha256.get(..2).unwrap_or("00")
    )
}

/// The hash that an original's key is made of.
#[must_use]
pub fn sha256_of_key(key: &str) -> &str {
    let name = key.rsplit('/').next().unwrap_or_default();
    name.split('.').next().unwrap_or_default()
}

/// Key of a rendition: its public folder and its specification.
#[must_use]
pub fn rendition_key(folder: &str, spec: &str) -> String {
    format!("{RENDITIONS}/{}/{folder}/{spec}", folder.get(..2).unwrap_or("00"))
}
