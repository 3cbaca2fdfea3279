//! The hidden subcommand `reportage render-photo`: the child process in which photographs are decoded.
//!
//! It confines itself, reads the original from standard input, and writes renditions to standard output as [`wire`] has it. It is started
//! by `photo::render` and by nobody else, before configuration, logs or a runtime exist, so that there is one thread and nothing to leak.
//! Decoders may crash here; that is what it is for.

use std::io::{self, BufWriter, Read as _, Write as _};
use std::panic::PanicHookInfo;
use std::process::ExitCode;

use crate::imaging::confine::{Allowance, Confined, confine};
use crate::imaging::wire::{self, Attempt, Fault, Head, Task};
use crate::imaging::{RenderOrder, Rendition, Unrendered, render};

/// Memory an [`Attempt`] may use, in bytes.
const ATTEMPT_MEMORY_BYTES: u64 = 512 << 20;
/// CPU time an [`Attempt`] may use, in seconds.
const ATTEMPT_CPU_SECONDS: u64 = 30;
/// Most bytes of an original that are read, whatever the parent let through.
const MAX_ORIGINAL_BYTES: u64 = 2 << 30;

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
    let allowance = match &task {
        Task::Render {
            order,
            parent,
            cpu_seconds,
        } => Allowance {
            memory_bytes: order.memory_bytes(),
            cpu_seconds: *cpu_seconds,
            parent: Some(*parent),
        },
        Task::Attempt(_) => Allowance {
            memory_bytes: ATTEMPT_MEMORY_BYTES,
            cpu_seconds: ATTEMPT_CPU_SECONDS,
            parent: None,
        },
    };
    std::panic::set_hook(Box::new(last_words));
    // Rust's own lock on standard output buffers by lines; renditions are not lines.
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let written = match confine(&allowance) {
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
        Task::Render { order, .. } => render_input(order, out),
        Task::Attempt(attempt) => {
            let (refused, said) = try_out(*attempt);
            wire::write(out, &Head::Attempted { refused, said }, &[])
        }
    }
}

fn render_input(order: &RenderOrder, out: &mut impl io::Write) -> io::Result<()> {
    let bytes = match original() {
        Ok(bytes) => bytes,
        Err(error) => {
            let fault = if error.kind() == io::ErrorKind::OutOfMemory {
                Fault::Memory
            } else {
                Fault::Program
            };
            return wire::write(out, &Head::failed(fault, &error.to_string()), &[]);
        }
    };
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
    let last = match render(bytes, order, &mut keep) {
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
    };
    wire::write(out, &last, &[])
}

/// All of standard input; its size is asked first, so that the buffer need not grow.
fn original() -> io::Result<Vec<u8>> {
    let input = io::stdin();
    let size = rustix::fs::fstat(&input)
        .ok()
        .and_then(|stat| usize::try_from(stat.st_size).ok())
        .unwrap_or(0);
    let mut bytes = Vec::new();
    bytes
        .try_reserve_exact(size.saturating_add(1))
        .map_err(|_| io::Error::from(io::ErrorKind::OutOfMemory))?;
    input.lock().take(MAX_ORIGINAL_BYTES).read_to_end(&mut bytes)?;
    Ok(bytes)
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
