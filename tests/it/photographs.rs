//! Photographs from file to page: the words in them, which way up they stand, their colours, and what must never become public.

mod carriers;
mod pixels;
mod privacy;
