//! The child process: started when there is work, kept for the next photo, ended after a bad one.

use std::fs::File;
use std::io::{self, Read as _, Seek as _};
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::conversation::{Answer, Conversation, Ending, started};
use super::{RenderFailure, Rendered, RenderedFile, Renderer};
use crate::imaging::RenderOrder;
use crate::imaging::confine::{self, Confined};
use crate::imaging::wire::{self, Attempt, Request, Task};

/// Most bytes of the child's complaints that are kept.
const MAX_COMPLAINT_BYTES: u64 = 4_096;
/// Time a child that has closed its output has to end.
const ENDING: Duration = Duration::from_secs(5);
/// Time a child has to confine itself and say so.
const GREETING: Duration = Duration::from_mins(1);
/// How many photos a child renders before it is replaced: whatever it might have kept of one must not stay for ever.
const MOST_PHOTOS: u32 = 200;
/// A child that has rendered a photo of more pixels is replaced, for it keeps the memory that this took.
const LARGE_PIXELS: u64 = 80_000_000;
/// How much more time a patient child has: it may have to wait for all others.
const PATIENCE: u32 = 30;
/// Bytes of an original that are handed over at once.
const CHUNK_BYTES: usize = 256 << 10;

/// A child that renders one photo after another.
///
/// On Linux the child ends with the thread that started it: a process belongs to a thread that lives as long as the server.
#[derive(Debug)]
pub struct RenderProcess {
    renderer: Renderer,
    patient: bool,
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    child: Child,
    input: ChildStdin,
    output: ChildStdout,
    complaints: JoinHandle<String>,
    confined: Confined,
    photos: u32,
}

/// What may happen when a photo is handed to a child that has rendered others before.
enum Outcome {
    Answer(Answer),
    Failure(RenderFailure),
    /// It had ended before it heard of this photo.
    WasGone,
}

impl RenderProcess {
    pub(super) const fn new(renderer: Renderer, patient: bool) -> Self {
        Self {
            renderer,
            patient,
            running: None,
        }
    }

    /// Renders the original and sends each rendition to `files` as soon as it is made.
    ///
    /// Waits while `files` is full, so a channel for one or two keeps little in memory; that time does not count against the photo's.
    ///
    /// # Errors
    ///
    /// A [`RenderFailure`]; renditions sent before it should be discarded.
    pub async fn render(
        &mut self,
        mut original: File,
        order: &RenderOrder,
        files: mpsc::Sender<RenderedFile>,
    ) -> Result<Rendered, RenderFailure> {
        let started = Instant::now();
        loop {
            let is_used = self.running.is_some();
            let running = match self.running.take() {
                Some(running) => running,
                None => self.start().map_err(RenderFailure::Io)?,
            };
            match self.render_with(running, &mut original, order, &files).await {
                Outcome::Answer(Answer::Rendered(rendered)) => {
                    return Ok(Rendered {
                        duration: started.elapsed(),
                        ..rendered
                    });
                }
                Outcome::Answer(Answer::Attempted { .. }) => {
                    self.rest();
                    return Err(RenderFailure::Crashed {
                        reason: "it answered what was not asked".to_owned(),
                    });
                }
                Outcome::Failure(failure) => return Err(failure),
                Outcome::WasGone if is_used => {}
                Outcome::WasGone => {
                    return Err(RenderFailure::Crashed {
                        reason: "it ended before it began".to_owned(),
                    });
                }
            }
        }
    }

    /// Process id of the child, if one waits for the next photo.
    #[must_use]
    pub fn child(&self) -> Option<u32> {
        self.running.as_ref()?.child.id()
    }

    /// Lets the child go; the next photo starts another.
    pub fn rest(&mut self) {
        self.running = None;
    }

    fn time(&self) -> Duration {
        let factor = if self.patient { PATIENCE } else { 1 };
        self.renderer.timeout.saturating_mul(factor)
    }

    fn start(&self) -> io::Result<Running> {
        let task = Task::Render {
            parent: std::process::id(),
            patient: self.patient,
        };
        start(&self.renderer, &task)
    }

    async fn render_with(
        &mut self,
        mut running: Running,
        original: &mut File,
        order: &RenderOrder,
        files: &mpsc::Sender<RenderedFile>,
    ) -> Outcome {
        let was_used = running.photos > 0;
        let time = self.time();
        if !was_used && let Err(ending) = running.greet(time.min(GREETING)).await {
            return Outcome::Failure(running.end(ending, time).await);
        }
        if let Err(error) = running.allow(order) {
            return if was_used {
                Outcome::WasGone
            } else {
                Outcome::Failure(RenderFailure::Io(error))
            };
        }
        let Ok(handed_over) = timeout(time, running.hand_over(original, order)).await else {
            return Outcome::Failure(RenderFailure::TimedOut { after: time });
        };
        if let Err(HandOver::Original(error)) = handed_over {
            return Outcome::Failure(RenderFailure::Io(error));
        }
        let mut conversation = Conversation::new(
            &mut running.output,
            running.confined,
            time,
            order.upright_size().0,
        );
        let outcome = conversation.take_all(files).await;
        let is_silent = conversation.is_silent();
        match outcome {
            Ok(answer) => {
                running.photos = running.photos.saturating_add(1);
                if running.photos < MOST_PHOTOS && order.pixels() < LARGE_PIXELS {
                    self.running = Some(running);
                }
                Outcome::Answer(answer)
            }
            // One that has rendered others and says nothing of this one had ended before, or does so again in a fresh child.
            Err(Ending::Silent(_)) if was_used && is_silent => Outcome::WasGone,
            Err(ending) => {
                let cpu = Duration::from_secs(order.allowance().cpu_seconds);
                Outcome::Failure(running.end(ending, cpu).await)
            }
        }
    }
}

/// Why an original was not handed over.
enum HandOver {
    /// The file could not be read.
    Original(io::Error),
    /// The child does not listen; how it ended says why.
    Child,
}

impl Running {
    /// Waits until the child is confined.
    async fn greet(&mut self, time: Duration) -> Result<(), Ending> {
        self.confined = started(&mut self.output, time).await?;
        Ok(())
    }

    fn allow(&self, order: &RenderOrder) -> io::Result<()> {
        let id = self
            .child
            .id()
            .ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
        confine::allow(id, order.allowance()).map(|_| ())
    }

    async fn hand_over(&mut self, original: &mut File, order: &RenderOrder) -> Result<(), HandOver> {
        original.rewind().map_err(HandOver::Original)?;
        let size_bytes = original.metadata().map_err(HandOver::Original)?.len();
        let request = Request {
            order: *order,
            size_bytes,
        };
        let head = wire::framed(&request).map_err(HandOver::Original)?;
        self.input.write_all(&head).await.map_err(|_| HandOver::Child)?;
        let mut chunk = vec![0; CHUNK_BYTES];
        loop {
            // The file was probed a moment ago: this reads memory.
            let read = original.read(&mut chunk).map_err(HandOver::Original)?;
            let part = chunk.get(..read).unwrap_or_default();
            if part.is_empty() {
                return Ok(());
            }
            self.input.write_all(part).await.map_err(|_| HandOver::Child)?;
        }
    }

    /// Ends the child, which had so much CPU time, and finds out why the conversation did.
    async fn end(mut self, ending: Ending, cpu: Duration) -> RenderFailure {
        // Closing the pipes ends a child that still reads or writes.
        drop((self.input, self.output));
        if matches!(ending, Ending::Known(_)) {
            let _ = self.child.start_kill();
        }
        let status = if let Ok(status) = timeout(ENDING, self.child.wait()).await {
            status
        } else {
            let _ = self.child.start_kill();
            self.child.wait().await
        };
        let said = match ending {
            Ending::Known(failure) => return failure,
            // It broke off: how it ended says why.
            Ending::Silent(said) => said,
        };
        let complaint = timeout(ENDING, self.complaints)
            .await
            .ok()
            .and_then(Result::ok)
            .unwrap_or_default();
        match status {
            Ok(status) => post_mortem(status, &complaint, said, cpu),
            Err(error) => RenderFailure::Io(error),
        }
    }
}

/// Lets a child make an attempt.
pub(super) async fn attempt(renderer: &Renderer, attempt: Attempt) -> Result<bool, RenderFailure> {
    let mut running = start(renderer, &Task::Attempt(attempt)).map_err(RenderFailure::Io)?;
    let (files, _) = mpsc::channel(1);
    let time = renderer.timeout;
    if let Err(ending) = running.greet(time.min(GREETING)).await {
        return Err(running.end(ending, time).await);
    }
    let outcome = Conversation::new(&mut running.output, running.confined, time, 0)
        .take_all(&files)
        .await;
    match outcome {
        Ok(Answer::Attempted { refused }) => Ok(refused),
        Ok(Answer::Rendered(_)) => Err(RenderFailure::Crashed {
            reason: "it answered what was not asked".to_owned(),
        }),
        Err(ending) => Err(running.end(ending, time).await),
    }
}

fn start(renderer: &Renderer, task: &Task) -> io::Result<Running> {
    let mut command = Command::new(&renderer.program);
    // Nothing else of the environment: the server's may hold secrets, and the child needs none.
    let (name, value) = wire::ENVIRONMENT;
    command
        .arg(wire::SUBCOMMAND)
        .arg(serde_json::to_string(task)?)
        .env_clear()
        .env(name, value)
        .current_dir("/");
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    let mut child = command.spawn()?;
    let pipes = child
        .stdin
        .take()
        .zip(child.stdout.take())
        .zip(child.stderr.take());
    let ((input, output), complaints) = pipes.ok_or_else(|| io::Error::from(io::ErrorKind::BrokenPipe))?;
    let complaints = tokio::spawn(async move {
        let mut text = Vec::new();
        let _ = complaints.take(MAX_COMPLAINT_BYTES).read_to_end(&mut text).await;
        String::from_utf8_lossy(&text).into_owned()
    });
    Ok(Running {
        child,
        input,
        output,
        complaints,
        confined: Confined::default(),
        photos: 0,
    })
}

/// Why a child that said no last word ended.
fn post_mortem(status: ExitStatus, complaint: &str, said: &str, cpu: Duration) -> RenderFailure {
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
            return RenderFailure::TimedOut { after: cpu };
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
