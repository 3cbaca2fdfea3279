//! What came in and what did not: on the terminal, and as JSON for whoever goes through it afterwards.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use anyhow::Context;
use serde::Serialize;

use super::super::super::say;

/// What happened to something that Reportage has no place for, or that was not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    /// A photograph's file is not in the folder, or the export does not say which it is.
    PhotographMissing,
    /// A file that is not one that can be taken in.
    PhotographRefused,
    /// The post is not a story.
    Failed,
    /// It was to be published and is a draft.
    NotPublished,
    /// Words that do not fit were cut; they are here whole.
    Cut,
    /// A kind of block that is not known.
    Block,
    Shortcode,
    /// HTML that shows something.
    Html,
    /// Something of another site, of which a link is left.
    Embed,
    /// A link that words in that place cannot have.
    Link,
    /// Marks that words in that place cannot have.
    Marks,
    /// Something stands otherwise than it did.
    Layout,
    /// The description of a photograph.
    Description,
    /// A field that a plugin kept.
    Field,
    /// Words of another taxonomy than categories and tags.
    Term,
    Comments,
    /// It was private, had a password or was planned.
    Status,
    /// The caption is that of the file, because WordPress showed none.
    CaptionOfFile,
    /// The place is that of the file; WordPress showed none.
    PlaceOfFile,
    /// An old address that leads to another story.
    Address,
}

impl Kind {
    /// Whether the import is not whole because of it.
    pub(super) fn is_failure(self) -> bool {
        matches!(
            self,
            Self::PhotographMissing | Self::PhotographRefused | Self::Failed | Self::NotPublished | Self::Cut
        )
    }

    fn words(self) -> &'static str {
        match self {
            Self::PhotographMissing => "photograph missing",
            Self::PhotographRefused => "photograph refused",
            Self::Failed => "not taken in",
            Self::NotPublished => "not published",
            Self::Cut => "cut, because it is too long",
            Self::Block => "block",
            Self::Shortcode => "shortcode left out",
            Self::Html => "HTML left out",
            Self::Embed => "embed became a link",
            Self::Link => "link left out",
            Self::Marks => "marks left out",
            Self::Layout => "stands otherwise",
            Self::Description => "description left out",
            Self::Field => "field left out",
            Self::Term => "term left out",
            Self::Comments => "comments left out",
            Self::Status => "state",
            Self::CaptionOfFile => "caption is the file’s own",
            Self::PlaceOfFile => "place is the file’s own, and readers of WordPress did not see it",
            Self::Address => "old address leads to another story",
        }
    }
}

/// One thing to look at.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Remark {
    pub kind: Kind,
    /// Where in the post.
    pub place: String,
    pub what: String,
}

impl Remark {
    pub(super) fn new(kind: Kind, place: impl Into<String>, what: impl Into<String>) -> Self {
        Self {
            kind,
            place: place.into(),
            what: what.into(),
        }
    }
}

/// What became of a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Outcome {
    /// A story was made; in a dry run, would be.
    Made,
    /// It is a story since an earlier import.
    Known,
    /// It could not be taken in.
    Failed,
}

/// A post and what became of it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct PostReport {
    pub post: u64,
    pub title: String,
    /// Its address in WordPress.
    pub address: String,
    pub outcome: Outcome,
    pub story: Option<String>,
    pub slug: Option<String>,
    pub published: bool,
    /// How many pictures it shows.
    pub photographs: usize,
    pub remarks: Vec<Remark>,
}

/// The whole of it.
#[derive(Debug, Default, Serialize)]
pub(super) struct Report {
    pub file: String,
    pub dry_run: bool,
    pub posts: Vec<PostReport>,
    /// Things that were not looked at, by their type and state.
    pub skipped: BTreeMap<String, usize>,
    /// Attachments that no post shows; they were not taken in.
    pub unused_attachments: usize,
}

impl Report {
    /// How much of the import is missing.
    pub(super) fn failures(&self) -> usize {
        let remarks = self.posts.iter().flat_map(|post| &post.remarks);
        remarks.filter(|remark| remark.kind.is_failure()).count()
    }

    fn count(&self, outcome: Outcome) -> usize {
        self.posts.iter().filter(|post| post.outcome == outcome).count()
    }

    /// Prints it.
    pub(super) fn print(&self) {
        for post in self.posts.iter().filter(|post| !post.remarks.is_empty()) {
            say("");
            say(&format!("“{}” ({})", post.title, post.address));
            for remark in &post.remarks {
                let place = if remark.place.is_empty() {
                    String::new()
                } else {
                    format!(", {}", remark.place)
                };
                say(&format!(
                    "  - {}: {}{place}",
                    remark.kind.words(),
                    on_one_line(&remark.what)
                ));
            }
        }
        say("");
        for (what, count) in &self.skipped {
            say(&format!("Not looked at: {count} × {what}"));
        }
        if self.unused_attachments > 0 {
            say(&format!(
                "Not taken in: {} attachments that no post shows",
                self.unused_attachments
            ));
        }
        let photographs: usize = self.posts.iter().map(|post| post.photographs).sum();
        let published = self.posts.iter().filter(|post| post.published).count();
        let would = if self.dry_run { "would be " } else { "" };
        say(&format!(
            "{} stories {would}made with {photographs} photographs shown, {published} {would}published; {} were there before; {} failed.",
            self.count(Outcome::Made),
            self.count(Outcome::Known),
            self.count(Outcome::Failed),
        ));
    }

    /// Writes it as JSON.
    pub(super) fn write(&self, to: &File) -> anyhow::Result<()> {
        let json = serde_json::to_string_pretty(self)?;
        write_anew(to, &(json + "\n")).context("the report cannot be written")
    }
}

/// The file that a report goes into, opened before anything is done; what stands in it stays until there is something to write.
pub(super) fn open(path: &Path) -> anyhow::Result<File> {
    File::options()
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
        .with_context(|| format!("{} cannot be written", path.display()))
}

fn write_anew(mut to: &File, text: &str) -> std::io::Result<()> {
    // A pipe or a terminal has nothing to be emptied.
    if to.metadata()?.is_file() {
        to.set_len(0)?;
    }
    to.write_all(text.as_bytes())
}

fn on_one_line(text: &str) -> String {
    const MOST: usize = 160;
    let line = crate::text::clean_line(text);
    if line.chars().count() > MOST {
        format!("{}…", crate::text::cut(&line, MOST))
    } else {
        line
    }
}
