//! The site itself: its name, its language, how it looks and what it says of training machines with its pictures. Set at the desk; what the
//! operator gave on the command line holds in any case.

pub mod query;
mod settings;

pub use settings::{AiTraining, SiteSettings, photographers_from_lines};
