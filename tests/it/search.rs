//! Finding stories by their words, and lists of them narrowed and sorted.

mod desk;
mod found;
mod lists;
