//! Photographs from file to page: the words in them, which way up they stand, their colours, and what must never become public.

mod again;
mod carriers;
mod hiding;
mod packets;
mod pixels;
pub mod privacy;
