//! What goes wrong, and how it is answered: the table of the API in full, and more.

mod bodies;
mod files;
mod floods;
mod slow;
mod stale;
