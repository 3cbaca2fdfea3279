//! What the server and the child process that renders say to each other, over the child's standard input and output.
//!
//! A message is the length of its head (4 bytes, little-endian), the head as JSON, and then as many bytes as the head says: the original
//! behind a [`Request`], a file behind a `rendition`. The child says `started`; then, for each request, one `rendition` after another and
//! last `done` or `failed`. The server trusts none of it: the child has read a stranger's bytes. Lengths beyond the limits here end the
//! conversation.

use std::io::{self, Read, Write};

use serde::{Deserialize, Serialize};

use super::confine::Confined;
use super::ladder::{CROPS, RUNGS_PX};
use super::order::RenderOrder;
use super::placeholder::Placeholder;
use super::recipe::RenditionFormat;

/// The hidden subcommand that makes a process such a child; its one argument is a [`Task`] as JSON.
pub const SUBCOMMAND: &str = "render-photos";
/// The child's whole environment: how glibc's allocator is to work, where it is glibc's. Other allocators know nothing of it.
///
/// A picture is a few buffers of many megabytes, each page of which costs a fault when it is first touched: large pages (where the kernel
/// grants them to those who ask) and buffers that are kept rather than given back and asked for again save an eighth of the CPU time.
/// Source: the GNU C library manual, 39.3 (tunables); figures in `docs/performance.md`.
pub const ENVIRONMENT: (&str, &str) = (
    "GLIBC_TUNABLES",
    "glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=4194304:glibc.malloc.trim_threshold=16777216",
);
/// Longest head of a message in bytes.
pub const MAX_HEAD_BYTES: u32 = 4_096;
/// Largest rendition in bytes: more than one of 2,560 × 30,000 pixels takes.
pub const MAX_RENDITION_BYTES: u32 = 96 << 20;
/// Most renditions of one photo in one pass: two for each rung, the crops and the thumbnail.
pub const MAX_RENDITIONS: usize = 2 * RUNGS_PX.len() + CROPS.len() + 1;
/// Longest reason in a `failed`, in bytes.
const MAX_REASON_BYTES: usize = 400;

/// What the child is asked to do: the child's single argument, as JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// Render one original after another, as [`Request`]s come on standard input, until it ends.
    Render {
        /// Process id of the parent; the child ends at once if it is another's.
        parent: u32,
        /// Whether it works only when nobody else wants to.
        patient: bool,
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

/// The head of a message to the child; the original follows.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// What to make of it.
    pub order: RenderOrder,
    /// Size of the original in bytes.
    pub size_bytes: u64,
}

/// The head of a message from the child.
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
        /// JPEG, WebP or AVIF.
        format: RenditionFormat,
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
    to.write_all(&framed(head)?)?;
    to.write_all(payload)?;
    to.flush()
}

/// A head with its length in front.
///
/// # Errors
///
/// When it is longer than [`MAX_HEAD_BYTES`].
pub fn framed(head: &impl Serialize) -> io::Result<Vec<u8>> {
    let json = serde_json::to_vec(head)?;
    let length = u32::try_from(json.len())
        .ok()
        .filter(|length| *length <= MAX_HEAD_BYTES);
    let length = length.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
    Ok([&length.to_le_bytes(), json.as_slice()].concat())
}

/// Reads the next request and the original behind it; `None` when there are no more.
///
/// # Errors
///
/// When it breaks off, makes no sense, or there is no memory for the original.
pub fn read_request(from: &mut impl Read) -> io::Result<Option<(Request, Vec<u8>)>> {
    let mut length = [0; 4];
    match from.read_exact(&mut length) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        outcome => outcome?,
    }
    let mut json = Vec::new();
    let length = u32::from_le_bytes(length).min(MAX_HEAD_BYTES);
    from.take(u64::from(length)).read_to_end(&mut json)?;
    let request: Request = serde_json::from_slice(&json)?;
    let mut original = Vec::new();
    usize::try_from(request.size_bytes)
        .ok()
        .and_then(|size| original.try_reserve_exact(size).ok())
        .ok_or_else(|| io::Error::from(io::ErrorKind::OutOfMemory))?;
    from.take(request.size_bytes).read_to_end(&mut original)?;
    if original.len() as u64 == request.size_bytes {
        Ok(Some((request, original)))
    } else {
        Err(io::Error::from(io::ErrorKind::UnexpectedEof))
    }
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
            format: RenditionFormat::Jpeg,
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
