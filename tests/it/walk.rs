//! The walk that everything is tried against: ten captioned photographs and a dozen paragraphs become a story that readers get.

mod browser;
mod corrections;
mod live;
mod members;
mod obstacles;
mod page;
mod schedule;
