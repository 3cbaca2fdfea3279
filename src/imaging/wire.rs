//! What the child process that renders says to its parent, as bytes on its standard output.
//!
//! A message is the length of its head (4 bytes, little-endian), the head as JSON, and for a rendition the file itself, as many bytes as
//! the head says. First comes `started`, then one `rendition` after another, last `done` or `failed`. The parent trusts none of it: the
//! child has read a stranger's bytes. Lengths beyond the limits here end the conversation.

use std::io::{self, Write};

use serde::{Deserialize, Serialize};

use super::confine::Confined;
use super::ladder::{CROPS, RUNGS_PX};
use super::order::RenderOrder;
use super::placeholder::Placeholder;
use super::probe::Format;

/// The hidden subcommand that makes a process such a child; its one argument is a [`Task`] as JSON.
pub const SUBCOMMAND: &str = "render-photo";
/// Longest head of a message in bytes.
pub const MAX_HEAD_BYTES: u32 = 4_096;
/// Largest rendition in bytes: more than one of 2,560 × 30,000 pixels takes.
pub const MAX_RENDITION_BYTES: u32 = 96 << 20;
/// Most renditions of one photo: two for each rung, the crops and the thumbnail.
pub const MAX_RENDITIONS: usize = 2 * RUNGS_PX.len() + CROPS.len() + 1;
/// Longest reason in a `failed`, in bytes.
const MAX_REASON_BYTES: usize = 400;

/// What the child is asked to do: the child's single argument, as JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// Render the original on standard input.
    Render {
        /// What to make of it.
        order: RenderOrder,
        /// Process id of the parent; the child ends at once if it is another's.
        parent: u32,
        /// Most CPU time in seconds.
        cpu_seconds: u64,
    },
    /// Try what the confinement must prevent, or end badly, to show that nothing comes of it.
    Attempt(Attempt),
}

/// What a confined child can be told to try.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attempt {
    /// Open a file for reading.
    Open,
    /// Create a file.
    Create,
    /// Connect to a TCP port of this machine.
    Connect,
    /// Start another program.
    Execute,
    /// Panic.
    Panic,
    /// Take memory until there is none.
    OutOfMemory,
    /// Compute for ever.
    Loop,
    /// Say nothing for ever.
    Sleep,
}

/// The head of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "message", rename_all = "snake_case")]
pub enum Head {
    /// The child is confined and about to read.
    Started {
        /// What holds the child back.
        confined: Confined,
    },
    /// A rendition follows.
    Rendition {
        /// File name, such as `w1080.webp`.
        spec: String,
        /// JPEG or WebP.
        format: Format,
        /// Width in pixels.
        width_px: u32,
        /// Height in pixels.
        height_px: u32,
        /// How many bytes follow.
        size_bytes: u32,
    },
    /// All renditions are made.
    Done {
        /// Upright width of the original in pixels.
        width_px: u32,
        /// Upright height of the original in pixels.
        height_px: u32,
        /// Whether parts of the picture are missing.
        damaged: bool,
        /// What holds the photo's place until it has loaded.
        placeholder: Placeholder,
    },
    /// There is nothing more to come.
    Failed {
        /// Whose fault it is.
        fault: Fault,
        /// Why, in a few words.
        reason: String,
    },
    /// How an [`Attempt`] went.
    Attempted {
        /// Whether the system refused it.
        refused: bool,
        /// What the system said.
        said: String,
    },
}

/// Whose fault a failure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// The file's: trying again does not help.
    File,
    /// The memory limit's.
    Memory,
    /// The program's or the machine's.
    Program,
}

impl Head {
    /// A `failed` with a reason of a decent length.
    #[must_use]
    pub fn failed(fault: Fault, reason: &str) -> Self {
        Self::Failed {
            fault,
            reason: reason
                .chars()
                .filter(|c| !c.is_control())
                .take(MAX_REASON_BYTES / 4)
                .collect(),
        }
    }

    /// How many bytes follow the head.
    #[must_use]
    pub const fn payload_bytes(&self) -> u32 {
        if let Self::Rendition { size_bytes, .. } = self {
            *size_bytes
        } else {
            0
        }
    }
}

/// Writes one message; `payload` must have the length that the head says.
///
/// # Errors
///
/// When writing fails or the head is longer than [`MAX_HEAD_BYTES`].
pub fn write(to: &mut impl Write, head: &Head, payload: &[u8]) -> io::Result<()> {
    let json = serde_json::to_vec(head)?;
    let length = u32::try_from(json.len())
        .ok()
        .filter(|length| *length <= MAX_HEAD_BYTES);
    let length = length.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
    to.write_all(&length.to_le_bytes())?;
    to.write_all(&json)?;
    to.write_all(payload)?;
    to.flush()
}

/// Reads a head from its JSON.
///
/// # Errors
///
/// When it is none, or announces more bytes than [`MAX_RENDITION_BYTES`].
pub fn parse(json: &[u8]) -> io::Result<Head> {
    let head: Head = serde_json::from_slice(json)?;
    if head.payload_bytes() > MAX_RENDITION_BYTES {
        return Err(io::Error::from(io::ErrorKind::InvalidData));
    }
    Ok(head)
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failing test may panic"
)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_read_as_it_was_written() {
        let head = Head::Rendition {
            spec: "w320.jpg".to_owned(),
            format: Format::Jpeg,
            width_px: 320,
            height_px: 213,
            size_bytes: 3,
        };
        let mut bytes = Vec::new();
        write(&mut bytes, &head, b"abc").unwrap();
        let length = u32::from_le_bytes(bytes[..4].try_into().unwrap()) as usize;
        assert_eq!(parse(&bytes[4..4 + length]).unwrap(), head);
        assert_eq!(&bytes[4 + length..], b"abc");
    }

    #[test]
    fn a_rendition_that_claims_to_be_huge_is_not_believed() {
        let json = br#"{"message":"rendition","spec":"w320.jpg","format":"jpeg","width_px":1,"height_px":1,"size_bytes":4000000000}"#;
        assert!(parse(json).is_err());
    }
}
