//! The hidden subcommand `reportage render-photos`: the child process in which photographs are decoded.
//!
//! It confines itself, reads originals from standard input, and writes renditions to standard output as [`wire`] has it. It is started
//! by `photo::render` and by nobody else, before configuration, logs or a runtime exist, so that there is one thread and nothing to leak.
//! Decoders may crash here; that is what it is for. After an original that could not be decoded it ends: whatever that one did to it
//! must not reach the next.

use std::io::{self, BufWriter, Write as _};
use std::panic::PanicHookInfo;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::imaging::confine::{self, Allowance, Confined, confine};
use crate::imaging::wire::{self, Attempt, Fault, Head, Request, Task};
use crate::imaging::{Rendition, Unrendered, render};

/// Memory an [`Attempt`], or a child that has no photo yet, may use, in bytes.
const SPARE_MEMORY_BYTES: u64 = 512 << 20;
/// CPU time an [`Attempt`], or a child that has no photo yet, may use, in seconds.
const SPARE_CPU_SECONDS: u64 = 30;
/// How far a child that works only when nobody else wants to steps back.
const PATIENCE: i32 = 19;
/// How far one steps back for which somebody waits: readers and whoever types wait for milliseconds, and it works for a second.
const COURTESY: i32 = 5;

/// Whether something panicked in here, be it caught.
static SHAKEN: AtomicBool = AtomicBool::new(false);

/// Carries out the task in the process's second argument.
///
/// `main` calls it before anything else when the first argument is [`wire::SUBCOMMAND`]. Exit code 0 says that the last message was written,
/// whatever it says; 2 that the task could not be understood.
#[must_use]
pub fn run() -> ExitCode {
    let Some(task) = std::env::args()
        .nth(2)
        .and_then(|json| serde_json::from_str::<Task>(&json).ok())
    else {
        return ExitCode::from(2);
    };
    std::panic::set_hook(Box::new(last_words));
    let parent = match &task {
        Task::Render { parent, patient } => {
            // Where the system knows no such thing it works as eagerly as the others.
            let _ = rustix::process::nice(if *patient { PATIENCE } else { COURTESY });
            Some(*parent)
        }
        Task::Attempt(_) => None,
    };
    let allowance = Allowance {
        memory_bytes: SPARE_MEMORY_BYTES,
        cpu_seconds: SPARE_CPU_SECONDS,
    };
    // Rust's own lock on standard output buffers by lines; renditions are not lines.
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let written = match confine(parent, allowance) {
        Err(error) => wire::write(&mut out, &Head::failed(Fault::Program, &error.to_string()), &[]),
        Ok(confined) => carry_out(&task, confined, &mut out),
    };
    // Nobody is left to be told when writing fails: the parent has gone or given up.
    if written.and_then(|()| out.flush()).is_ok() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// A panic in one line, for the parent's log: what was said, and where, without the builder's folders.
fn last_words(panic: &PanicHookInfo<'_>) {
    SHAKEN.store(true, Ordering::Relaxed);
    let said = panic.payload_as_str().unwrap_or("no reason given");
    let place = panic.location().map_or_else(String::new, |at| {
        let file = at.file().rsplit('/').next().unwrap_or_default();
        format!(" ({file}:{})", at.line())
    });
    let _ = writeln!(io::stderr(), "panic: {said}{place}");
}

fn carry_out(task: &Task, confined: Confined, out: &mut impl io::Write) -> io::Result<()> {
    wire::write(out, &Head::Started { confined }, &[])?;
    match task {
        Task::Render { .. } => render_all(out),
        Task::Attempt(attempt) => {
            let (refused, said) = try_out(*attempt);
            wire::write(out, &Head::Attempted { refused, said }, &[])
        }
    }
}

fn render_all(out: &mut impl io::Write) -> io::Result<()> {
    let mut input = io::stdin().lock();
    loop {
        let (request, original) = match wire::read_request(&mut input) {
            Ok(Some(next)) => next,
            Ok(None) => return Ok(()),
            Err(error) => {
                let fault = if error.kind() == io::ErrorKind::OutOfMemory {
                    Fault::Memory
                } else {
                    Fault::Program
                };
                return wire::write(out, &Head::failed(fault, &error.to_string()), &[]);
            }
        };
        if cfg!(not(target_os = "linux")) {
            confine::allow_myself(request.order.allowance())?;
        }
        let last = render_one(&request, original, out)?;
        wire::write(out, &last, &[])?;
        if matches!(last, Head::Failed { .. }) || SHAKEN.load(Ordering::Relaxed) {
            return Ok(());
        }
    }
}

/// Renders one original and gives the message that ends it.
fn render_one(request: &Request, original: Vec<u8>, out: &mut impl io::Write) -> io::Result<Head> {
    let mut keep = |rendition: Rendition| {
        let head = Head::Rendition {
            spec: rendition.spec,
            format: rendition.format,
            width_px: rendition.width_px,
            height_px: rendition.height_px,
            size_bytes: u32::try_from(rendition.bytes.len()).map_err(io::Error::other)?,
        };
        wire::write(out, &head, &rendition.bytes)
    };
    Ok(match render(original, &request.order, &mut keep) {
        Ok(finished) => Head::Done {
            width_px: finished.width_px,
            height_px: finished.height_px,
            damaged: finished.damaged,
            placeholder: finished.placeholder,
        },
        Err(Unrendered::Output(error)) => return Err(error),
        Err(Unrendered::Undecodable(reason)) => Head::failed(Fault::File, &reason),
        Err(error @ Unrendered::OutOfMemory) => Head::failed(Fault::Memory, &error.to_string()),
        Err(Unrendered::Internal(reason)) => Head::failed(Fault::Program, &reason),
    })
}

fn try_out(attempt: Attempt) -> (bool, String) {
    let outcome = match attempt {
        Attempt::Open => std::fs::File::open("/").map(drop),
        Attempt::Create => std::fs::File::create(std::env::temp_dir().join("reportage-attempt")).map(drop),
        Attempt::Connect => std::net::TcpStream::connect(("127.0.0.1", 9)).map(drop),
        Attempt::Execute => std::process::Command::new("/bin/true").status().map(drop),
        Attempt::Panic => {
            #[allow(clippy::panic, reason = "this is what was asked for")]
            {
                panic!("asked to panic")
            }
        }
        Attempt::OutOfMemory => {
            let mut taken = Vec::new();
            loop {
                taken.push(vec![1_u8; 16 << 20]);
            }
        }
        Attempt::Loop => {
            let mut number = 1_u64;
            loop {
                number = std::hint::black_box(number.wrapping_mul(3));
            }
        }
        Attempt::Sleep => {
            std::thread::sleep(std::time::Duration::from_hours(1));
            Ok(())
        }
    };
    match outcome {
        Ok(()) => (false, "it was allowed".to_owned()),
        Err(error) => (error.kind() == io::ErrorKind::PermissionDenied, error.to_string()),
    }
}
