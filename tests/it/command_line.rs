//! The program in a shell: every subcommand on a new folder, beside a running server, and when something is wrong.

mod export;
mod import;
mod logs;
mod metrics;
mod people;
pub mod run;
mod serve;
mod settings;
mod site;
mod wordpress;
