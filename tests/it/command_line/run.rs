//! Runs the program and keeps what it said.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::harness::server::program;

/// What a run of the program said, and how it ended.
#[derive(Debug)]
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Said {
    #[track_caller]
    pub fn ok(self) -> Self {
        assert_eq!(self.code, 0, "{self:?}");
        self
    }

    /// Itself, if it failed with words that help; `hint` is among them.
    #[track_caller]
    pub fn fails(self, hint: &str) -> Self {
        assert!(self.code != 0 && self.code < 100, "{self:?}");
        assert!(self.err.contains(hint), "“{hint}” is missing in {self:?}");
        assert!(!self.err.contains("panicked"), "{self:?}");
        self
    }
}

/// A command of the program without the environment's settings.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(program());
    command
        .args(arguments)
        .env_remove("REPORTAGE_CONFIG")
        .env_remove("REPORTAGE_DATA")
        .env_remove("RUST_LOG");
    command
}

/// Runs the program to its end.
pub fn run(arguments: &[&str]) -> Said {
    run_with(arguments, "")
}

/// Runs the program with something on its standard input.
pub fn run_with(arguments: &[&str], input: &str) -> Said {
    let mut child = command(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that refuses its arguments does not read.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    Said {
        code: output.status.code().unwrap_or(255),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Makes an account in a data folder.
pub fn add_user(data: &Path, email: &str, role: &str) -> Said {
    let data = data.to_str().unwrap();
    run_with(
        &[
            "user",
            "add",
            "--data",
            data,
            "--email",
            email,
            "--name",
            "Anna Jansen",
            "--role",
            role,
            "--password-stdin",
        ],
        "een lange zin die niemand raadt\n",
    )
}

/// Makes a token that may do all that its account may, and gives its secret.
pub fn add_token(data: &Path, email: &str) -> String {
    let data = data.to_str().unwrap();
    let arguments = format!("token add --user {email} --name t --scope all --data");
    let mut arguments: Vec<&str> = arguments.split(' ').collect();
    arguments.push(data);
    run(&arguments).ok().out.trim_end().to_owned()
}

/// A server in a process of its own; killed when dropped.
pub struct Served {
    child: Child,
    /// What it printed until it was up.
    pub greeting: String,
    pub base: String,
}

impl Served {
    pub fn start(data: &Path) -> Self {
        Self::start_with(&[
            "serve",
            "--data",
            data.to_str().unwrap(),
            "--listen",
            "127.0.0.1:0",
        ])
    }

    pub fn start_with(arguments: &[&str]) -> Self {
        Self::start_logging_to(arguments, Stdio::null())
    }

    /// The same, with its log.
    pub fn start_logging_to(arguments: &[&str], log: Stdio) -> Self {
        Self::start_by(command(arguments), log)
    }

    /// The same by a command of one's own, in which the server takes the place of whatever started it.
    pub fn start_by(mut command: Command, log: Stdio) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.as_mut().unwrap());
        let (mut greeting, mut base) = (String::new(), String::new());
        while base.is_empty() {
            let mut line = String::new();
            assert!(
                lines.read_line(&mut line).unwrap() > 0,
                "the server ended: {greeting}"
            );
            if let Some(rest) = line.strip_prefix("Reportage is at ") {
                base = rest.split("/ ").next().unwrap().to_owned();
            }
            greeting.push_str(&line);
        }
        Self {
            child,
            greeting,
            base,
        }
    }

    /// Its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it without a warning, as a power cut does.
    pub fn kill(&self) {
        let id = rustix::process::Pid::from_raw(self.child.id().try_into().unwrap()).unwrap();
        rustix::process::kill_process(id, rustix::process::Signal::KILL).unwrap();
    }

    /// Tells it to end, as a service manager does.
    pub fn terminate(&self) {
        let id = rustix::process::Pid::from_raw(self.child.id().try_into().unwrap()).unwrap();
        rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
    }

    /// Waits for its end; gives its exit code and what else it printed.
    pub fn ended(mut self) -> (Option<i32>, String) {
        let started = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(started.elapsed() < Duration::from_secs(40), "it does not end");
            std::thread::sleep(Duration::from_millis(20));
        };
        let mut rest = String::new();
        self.child
            .stdout
            .take()
            .unwrap()
            .read_to_string(&mut rest)
            .unwrap();
        (status.code(), rest)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
