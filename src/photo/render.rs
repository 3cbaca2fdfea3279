//! Rendering a photograph, from the server's side: a child process decodes, and the server takes in what it makes.
//!
//! The server never decodes a stranger's bytes itself. A [`RenderProcess`] holds a child that renders one photo after another: it gets the
//! original's bytes through one pipe and gives renditions back through another; whatever happens to it (a crash, too much memory, too much
//! time) comes back as a [`RenderFailure`] of that one photo, the next gets a fresh child, and the server goes on. What the child says is
//! checked, for it has read the stranger's bytes. Storing renditions and recording them is the caller's work.

mod conversation;
mod process;

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use bytes::Bytes;

use crate::imaging::RenditionFormat;
use crate::imaging::confine::Confined;
use crate::imaging::wire::Attempt;

pub use process::RenderProcess;

/// Time a photo has, unless configured otherwise.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_mins(1);

/// Starts children that render.
#[derive(Debug, Clone)]
pub struct Renderer {
    program: PathBuf,
    timeout: Duration,
}

/// One rendition as it comes from the child.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderedFile {
    /// File name, such as `w1080.webp`; always one of the ladder's.
    pub spec: String,
    /// JPEG, WebP or AVIF.
    pub format: RenditionFormat,
    /// Width in pixels, as the file's header has it.
    pub width_px: u32,
    /// Height in pixels, as the file's header has it.
    pub height_px: u32,
    /// The file, without metadata.
    pub bytes: Bytes,
}

impl RenderedFile {
    /// The media type, such as `image/webp`.
    #[must_use]
    pub const fn media_type(&self) -> &'static str {
        self.format.media_type()
    }
}

/// What is known when all renditions have come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// Upright width of the original in pixels.
    pub width_px: u32,
    /// Upright height of the original in pixels.
    pub height_px: u32,
    /// Whether parts of the picture could not be read and are grey.
    pub damaged: bool,
    /// Dominant colour, `#rrggbb`.
    pub placeholder_color: String,
    /// `ThumbHash` as base64.
    pub thumbhash: String,
    /// What held the child back.
    pub confined: Confined,
    /// Time from handing the original over to the last rendition.
    pub duration: Duration,
}

/// Why there are no renditions, or not all of them.
#[derive(Debug, thiserror::Error)]
pub enum RenderFailure {
    /// The file cannot be decoded. Final: trying again does not help.
    #[error("the photo cannot be decoded: {reason}")]
    Undecodable {
        /// What the decoder said.
        reason: String,
    },
    /// The child ended without an answer, or with one that makes no sense.
    #[error("rendering crashed: {reason}")]
    Crashed {
        /// The last it said, or how it ended.
        reason: String,
    },
    /// It took too long.
    #[error("rendering took longer than {} seconds", after.as_secs())]
    TimedOut {
        /// The time it had.
        after: Duration,
    },
    /// The memory that was allowed did not suffice.
    #[error("rendering needs more memory than is allowed")]
    OutOfMemory,
    /// Whoever takes the renditions stopped taking them.
    #[error("the renditions were not taken")]
    Abandoned,
    /// The child could not be started or talked to.
    #[error("the rendering process could not be used")]
    Io(#[source] io::Error),
}

impl RenderFailure {
    /// Whether trying again is useless.
    #[must_use]
    pub const fn is_final(&self) -> bool {
        matches!(self, Self::Undecodable { .. })
    }
}

impl Renderer {
    /// A renderer that starts `program` (this very binary) and gives each photo at most `timeout`.
    #[must_use]
    pub const fn new(program: PathBuf, timeout: Duration) -> Self {
        Self { program, timeout }
    }

    /// A renderer that starts the running binary.
    ///
    /// On Linux this goes through `/proc`, which keeps pointing at the running binary when an upgrade has replaced its file.
    ///
    /// # Errors
    ///
    /// When the system does not tell where the binary is.
    pub fn of_this_program(timeout: Duration) -> io::Result<Self> {
        let own = PathBuf::from("/proc/self/exe");
        let program = if own.exists() {
            own
        } else {
            std::env::current_exe()?
        };
        Ok(Self::new(program, timeout))
    }

    /// A process that renders as soon as it is asked to; its child is started with the first photo.
    #[must_use]
    pub fn process(&self) -> RenderProcess {
        RenderProcess::new(self.clone(), false)
    }

    /// A process that works only when nobody else on the machine wants to, and has as much more time.
    #[must_use]
    pub fn patient_process(&self) -> RenderProcess {
        RenderProcess::new(self.clone(), true)
    }

    /// Lets a child try what its confinement must prevent and tells whether the system refused it; the server asks this when it starts, to
    /// warn of a kernel that confines less.
    ///
    /// # Errors
    ///
    /// A [`RenderFailure`] when the child gives no answer, as some attempts are meant to end.
    pub async fn attempt(&self, attempt: Attempt) -> Result<bool, RenderFailure> {
        process::attempt(self, attempt).await
    }
}
