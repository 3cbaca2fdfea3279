//! Programs from outside that some tests need. Where `CI` is set they must be there; elsewhere their tests say that they are skipped.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

/// Whether a program is there. If not, the test fails in CI and prints one line elsewhere.
pub fn is_there(program: &str, asked_with: &str, package: &str) -> bool {
    let found = Command::new(program)
        .arg(asked_with)
        .output()
        .is_ok_and(|output| output.status.success());
    if !found {
        skip(&format!(
            "{program} is missing; install the package {package} to run this test"
        ));
    }
    found
}

/// Says that a test is skipped, and why; in CI that fails it.
pub fn skip(why: &str) {
    assert!(std::env::var_os("CI").is_none(), "{why}");
    eprintln!("SKIPPED: {why}");
}

/// Says that this machine does not let a test do what it must, such as mounting a disk: no package mends that, so it fails nowhere. `.ci/run` repeats the line.
pub fn not_allowed_here(why: &str) {
    eprintln!("NOT TRIED HERE: {why}");
}

/// What a Python program that has these modules prints as JSON, given some bytes; nothing where they are not installed, which fails the test in CI.
///
/// `REPORTAGE_PYTHON` names the interpreter; without it, that of the folder in which `.ci/run` installs what the tests ask.
pub fn python(program: &str, modules: &[&str], input: &[u8]) -> Option<Value> {
    let interpreter = python_with(modules)?;
    let mut child = Command::new(&interpreter)
        .args(["-c", program])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "the parser failed");
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

/// A Python interpreter that has these modules; nothing where they are not installed, which fails the test in CI.
pub fn python_with(modules: &[&str]) -> Option<String> {
    let installed = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/tools/python/bin/python");
    let interpreter = std::env::var_os("REPORTAGE_PYTHON").unwrap_or_else(|| installed.into_os_string());
    let interpreter = interpreter.to_string_lossy().into_owned();
    let imports = format!("import {}", modules.join(", "));
    let there = Command::new(&interpreter)
        .args(["-c", &imports])
        .output()
        .is_ok_and(|output| output.status.success());
    if !there {
        skip(&format!(
            "{interpreter} has no {modules:?}; .ci/run installs them"
        ));
        return None;
    }
    Some(interpreter)
}
