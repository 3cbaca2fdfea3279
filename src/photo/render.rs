//! Rendering a photograph, from the server's side: starts the child process that decodes, and takes in what it makes.
//!
//! The server never decodes a stranger's bytes itself. The child gets the open file as its standard input and gives renditions back
//! through a pipe; whatever happens to it (a crash, too much memory, too much time) comes back as a [`RenderFailure`], and the server goes
//! on. What the child says is checked, for it has read the stranger's bytes. Storing renditions and recording them is the caller's work.

use std::fs::File;
use std::io::{self, Seek as _};
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::{Child, Command};
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::imaging::confine::Confined;
use crate::imaging::wire::{self, Attempt, Fault, Head, Task};
use crate::imaging::{Format, Limits, RenderOrder, ladder, probe};

/// Time a photo has, unless configured otherwise.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_mins(1);
/// Most bytes of the child's complaints that are kept.
const MAX_COMPLAINT_BYTES: u64 = 4_096;
/// Time a child that has closed its output has to end.
const ENDING: Duration = Duration::from_secs(5);

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
    /// JPEG or WebP.
    pub format: Format,
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
    /// Time from the start of the child to its end.
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

    /// Renders the original and sends each rendition to `files` as soon as it is made.
    ///
    /// Waits while `files` is full, so a channel for one or two keeps little in memory; that time does not count against the photo's. Must
    /// be called on a thread that lives as long as the rendering may take: the child ends with the thread that started it.
    ///
    /// # Errors
    ///
    /// A [`RenderFailure`]; renditions sent before it should be discarded.
    pub async fn render(
        &self,
        mut original: File,
        order: &RenderOrder,
        files: mpsc::Sender<RenderedFile>,
    ) -> Result<Rendered, RenderFailure> {
        original.rewind().map_err(RenderFailure::Io)?;
        let task = Task::Render {
            order: *order,
            parent: std::process::id(),
            cpu_seconds: self.timeout.as_secs().saturating_add(1),
        };
        let started = Instant::now();
        let top_width_px = order.upright_size().0;
        match self
            .converse(&task, Stdio::from(original), top_width_px, files)
            .await?
        {
            Answer::Rendered(rendered) => Ok(Rendered {
                duration: started.elapsed(),
                ..rendered
            }),
            Answer::Attempted { .. } => Err(RenderFailure::Crashed {
                reason: "it answered what was not asked".to_owned(),
            }),
        }
    }

    /// Lets a child try what its confinement must prevent and tells whether the system refused it; the server asks this when it starts, to
    /// warn of a kernel that confines less.
    ///
    /// # Errors
    ///
    /// A [`RenderFailure`] when the child gives no answer, as some attempts are meant to end.
    pub async fn attempt(&self, attempt: Attempt) -> Result<bool, RenderFailure> {
        let (files, _) = mpsc::channel(1);
        match self
            .converse(&Task::Attempt(attempt), Stdio::null(), 0, files)
            .await?
        {
            Answer::Attempted { refused } => Ok(refused),
            Answer::Rendered(_) => Err(RenderFailure::Crashed {
                reason: "it answered what was not asked".to_owned(),
            }),
        }
    }

    async fn converse(
        &self,
        task: &Task,
        input: Stdio,
        top_width_px: u32,
        files: mpsc::Sender<RenderedFile>,
    ) -> Result<Answer, RenderFailure> {
        let mut child = self.start(task, input)?;
        let output = child.stdout.take().ok_or_else(no_pipe)?;
        let complaints = child.stderr.take().ok_or_else(no_pipe)?;
        let complaining = tokio::spawn(async move {
            let mut text = Vec::new();
            let _ = complaints.take(MAX_COMPLAINT_BYTES).read_to_end(&mut text).await;
            String::from_utf8_lossy(&text).into_owned()
        });

        let mut conversation = Conversation {
            output,
            remaining: self.timeout,
            confined: Confined::default(),
            seen: Vec::new(),
            top_width_px,
        };
        let outcome = conversation.take_all(&files, self.timeout).await;
        // Closing the pipe ends a child that still writes.
        drop(conversation);
        if matches!(outcome, Err(Ending::Known(_))) {
            let _ = child.start_kill();
        }
        let status = if let Ok(status) = timeout(ENDING, child.wait()).await {
            status
        } else {
            let _ = child.start_kill();
            child.wait().await
        };
        match outcome {
            Ok(answer) => Ok(answer),
            Err(Ending::Known(failure)) => Err(failure),
            // It broke off: how it ended says why.
            Err(Ending::Silent(said)) => {
                let complaint = timeout(ENDING, complaining)
                    .await
                    .ok()
                    .and_then(Result::ok)
                    .unwrap_or_default();
                Err(post_mortem(
                    status.map_err(RenderFailure::Io)?,
                    &complaint,
                    said,
                    self.timeout,
                ))
            }
        }
    }

    fn start(&self, task: &Task, input: Stdio) -> Result<Child, RenderFailure> {
        let json = serde_json::to_string(task).map_err(|error| RenderFailure::Io(error.into()))?;
        let mut command = Command::new(&self.program);
        // No environment: the server's may hold secrets, and the child needs none.
        command
            .arg(wire::SUBCOMMAND)
            .arg(json)
            .env_clear()
            .current_dir("/");
        command
            .stdin(input)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command.spawn().map_err(RenderFailure::Io)
    }
}

/// How a conversation ends well.
enum Answer {
    Rendered(Rendered),
    Attempted { refused: bool },
}

/// How a conversation ends without an answer.
enum Ending {
    /// The reason is known.
    Known(RenderFailure),
    /// The child stopped talking, or talked nonsense.
    Silent(&'static str),
}

struct Conversation<R> {
    output: R,
    /// What is left of the photo's time.
    remaining: Duration,
    confined: Confined,
    /// Specs that have come.
    seen: Vec<String>,
    top_width_px: u32,
}

impl<R: AsyncRead + Unpin> Conversation<R> {
    async fn take_all(
        &mut self,
        files: &mpsc::Sender<RenderedFile>,
        all: Duration,
    ) -> Result<Answer, Ending> {
        loop {
            let before = Instant::now();
            let message = timeout(self.remaining, self.next()).await;
            self.remaining = self.remaining.saturating_sub(before.elapsed());
            let Ok(message) = message else {
                return Err(Ending::Known(RenderFailure::TimedOut { after: all }));
            };
            let (head, payload) = message?;
            match head {
                Head::Started { confined } => self.confined = confined,
                Head::Rendition { spec, format, .. } => {
                    let file = self
                        .checked(spec, format, payload)
                        .ok_or(Ending::Silent("a rendition was not what it should be"))?;
                    files
                        .send(file)
                        .await
                        .map_err(|_| Ending::Known(RenderFailure::Abandoned))?;
                }
                Head::Done {
                    width_px,
                    height_px,
                    damaged,
                    placeholder,
                } => {
                    return Ok(Answer::Rendered(Rendered {
                        width_px,
                        height_px,
                        damaged,
                        placeholder_color: colour(placeholder.color),
                        thumbhash: hash(placeholder.thumbhash),
                        confined: self.confined,
                        duration: Duration::ZERO,
                    }));
                }
                Head::Failed {
                    fault: Fault::File,
                    reason,
                } => {
                    return Err(Ending::Known(RenderFailure::Undecodable { reason }));
                }
                Head::Failed {
                    fault: Fault::Memory, ..
                } => return Err(Ending::Known(RenderFailure::OutOfMemory)),
                Head::Failed {
                    fault: Fault::Program,
                    reason,
                } => {
                    return Err(Ending::Known(RenderFailure::Crashed { reason }));
                }
                Head::Attempted { refused, .. } => return Ok(Answer::Attempted { refused }),
            }
        }
    }

    async fn next(&mut self) -> Result<(Head, Vec<u8>), Ending> {
        const BROKEN: Ending = Ending::Silent("it stopped halfway");
        let length = self.output.read_u32_le().await.map_err(|_| BROKEN)?;
        if length > wire::MAX_HEAD_BYTES {
            return Err(Ending::Silent("it talked nonsense"));
        }
        let head = self.exactly(length).await.ok_or(BROKEN)?;
        let head = wire::parse(&head).map_err(|_| Ending::Silent("it talked nonsense"))?;
        let payload = self.exactly(head.payload_bytes()).await.ok_or(BROKEN)?;
        Ok((head, payload))
    }

    /// Grows with what really comes, not with what was announced.
    async fn exactly(&mut self, length: u32) -> Option<Vec<u8>> {
        let mut bytes = Vec::with_capacity(usize::try_from(length.min(1 << 20)).ok()?);
        (&mut self.output)
            .take(u64::from(length))
            .read_to_end(&mut bytes)
            .await
            .ok()?;
        (bytes.len() as u64 == u64::from(length)).then_some(bytes)
    }

    /// Takes a rendition only under a name of the ladder, once, and when its own header agrees.
    fn checked(&mut self, spec: String, format: Format, bytes: Vec<u8>) -> Option<RenderedFile> {
        let known = ladder::specs(self.top_width_px).any(|known| known == spec);
        if !known || self.seen.contains(&spec) || self.seen.len() >= wire::MAX_RENDITIONS {
            return None;
        }
        let header = probe(&mut io::Cursor::new(&bytes), &Limits::default()).ok()?;
        let named = spec.ends_with(&format!(".{}", header.format.extension()));
        if header.format != format || !named || header.orientation != 1 {
            return None;
        }
        self.seen.push(spec.clone());
        Some(RenderedFile {
            spec,
            format,
            width_px: header.width_px,
            height_px: header.height_px,
            bytes: Bytes::from(bytes),
        })
    }
}

/// The colour if it is one, else the grey that is nobody's fault.
fn colour(said: String) -> String {
    let digits = said.strip_prefix('#').unwrap_or_default();
    if digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        said
    } else {
        "#808080".to_owned()
    }
}

/// The hash if it can be one (at most 25 bytes as base64), else none.
fn hash(said: String) -> String {
    let base64 = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    if said.len() <= 36 && said.bytes().all(base64) {
        said
    } else {
        String::new()
    }
}

/// Why a child that said no last word ended.
fn post_mortem(status: ExitStatus, complaint: &str, said: &str, time: Duration) -> RenderFailure {
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt as _;

        use rustix::process::Signal;

        let signal = status.signal();
        // Rust aborts with these words when the allocator gives nothing.
        if complaint.contains("memory allocation of") {
            return RenderFailure::OutOfMemory;
        }
        if signal == Some(Signal::XCPU.as_raw()) {
            return RenderFailure::TimedOut { after: time };
        }
        // At the hard limit on CPU time, and when the machine runs out of memory, the kernel kills without a word.
        if signal == Some(Signal::KILL.as_raw()) {
            return RenderFailure::OutOfMemory;
        }
    }
    let last_words = complaint
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty())
        .unwrap_or(said);
    let last_words: String = last_words.chars().filter(|c| !c.is_control()).take(200).collect();
    RenderFailure::Crashed {
        reason: format!("{last_words} ({status})"),
    }
}

fn no_pipe() -> RenderFailure {
    RenderFailure::Io(io::Error::from(io::ErrorKind::BrokenPipe))
}
