//! Programs from outside that some tests need. Where `CI` is set they must be there; elsewhere their tests say that they are skipped.

use std::process::Command;

/// Whether a program is there. If not, the test fails in CI and prints one line elsewhere.
pub fn is_there(program: &str, asked_with: &str, package: &str) -> bool {
    let found = Command::new(program)
        .arg(asked_with)
        .output()
        .is_ok_and(|output| output.status.success());
    if !found {
        assert!(
            std::env::var_os("CI").is_none(),
            "{program} is missing; install the package {package}"
        );
        eprintln!("SKIPPED: {program} is missing; install the package {package} to run this test");
    }
    found
}
