//! Photographs as bytes and pixels: what a file is, and the renditions that are made from it.
//!
//! [`probe`] tells from a file's header what it is and how large, without decoding; it runs in the server. [`render`] decodes once and
//! makes every rendition from that one decode; it runs only in the child process, behind [`confine`], and answers in the messages of
//! [`wire`]. Everything here is bytes in, values out: no database, no store, and the only process it touches is its own.
//! Metadata (captions, credits) is the `metadata` room's; renditions leave here without any.

pub mod avif_header;
mod colour;
pub mod confine;
mod decode;
mod decode_tiff;
mod encode;
mod jpeg_header;
pub mod ladder;
pub mod order;
mod placeholder;
mod png_header;
pub mod probe;
mod raster;
pub mod recipe;
pub mod render;
#[cfg(test)]
mod samples;
mod sniff;
mod tiff_header;
mod webp_header;
pub mod wire;

pub use order::RenderOrder;
pub use probe::{Format, Header, Limits, Refusal, probe};
pub use recipe::{Pass, Recipe, RenditionFormat};
pub use render::{Finished, Rendition, Unrendered, render, render_by};
