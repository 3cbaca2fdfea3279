//! Who may do what: every route walked by every role and with every scope, and the doors around them.

mod hidden;
mod matrix;
mod outlived;
mod preview_link;
mod routes;
mod same_origin;
mod sign_in;
