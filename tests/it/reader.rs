//! What readers and their machines get beside the story itself, and how it is sent.

mod bytes;
mod lightbox;
mod lists;
mod parsed;
mod settings;
