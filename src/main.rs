//! The program `reportage`: everything is in the library, this only starts it.

use std::process::ExitCode;

fn main() -> ExitCode {
    reportage::cli::main()
}
