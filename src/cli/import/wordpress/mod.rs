//! `reportage import --wordpress`: the posts of a WordPress site become stories, with their galleries, captions, alt texts, dates and addresses.
//!
//! The export is read twice: first for its attachments, which may stand behind the posts that show them, then post by post. What is in already is left
//! as it is, so an import that was interrupted is carried on by the same command.

mod content;
mod frames;
mod inline;
mod library;
mod photographs;
mod posts;
mod publishing;
mod report;
mod shortcode;
mod tree;
mod wxr;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressStyle};

use self::content::Around;
use self::library::{Library, Uploads};
use self::photographs::{Door, Photographs};
use self::report::{Kind, Outcome, PostReport, Remark, Report};
use self::wxr::{Item, Site};
use super::super::{locks, open_database, open_store, say};
use super::find_owner;
use crate::account::Actor;
use crate::cli::Incomplete;
use crate::clock::Clock;
use crate::db::{Db, DbError};
use crate::id::StoryId;
use crate::store::Store;
use crate::story::Story;
use crate::story::origin::{self, Arrival};
use crate::text::language;

/// What only an import from WordPress needs.
#[derive(Debug, clap::Args)]
#[group(id = "wordpress_options")]
pub(super) struct Options {
    /// Export of a WordPress site (Tools, Export, All content): its posts become stories.
    #[arg(long, value_name = "FILE.xml")]
    pub(super) wordpress: Option<PathBuf>,
    /// Copy of the site's folder wp-content/uploads, from which photographs are taken.
    #[arg(long, value_name = "DIR", requires = "wordpress")]
    uploads: Option<PathBuf>,
    /// Take pages too, not only posts.
    #[arg(long, requires = "wordpress")]
    pages: bool,
    /// Credit for photographs whose files have none, without which nothing can be published.
    #[arg(long, value_name = "TEXT", requires = "wordpress")]
    credit: Option<String>,
    /// Write what came in and what did not to a file.
    #[arg(long, value_name = "FILE.json", requires = "wordpress")]
    report: Option<PathBuf>,
}

/// What is gathered before the first post.
#[derive(Default)]
struct First {
    library: Library,
    reusable: HashMap<u64, String>,
    posts: u64,
    skipped: std::collections::BTreeMap<String, usize>,
}

impl First {
    fn see(&mut self, item: Item, pages: bool) {
        if item.kind == "attachment" {
            self.library.add(&item);
        } else if item.kind == "wp_block" {
            self.reusable.insert(item.id, item.content);
        } else if is_wanted(&item, pages) {
            self.posts += 1;
        } else {
            let state = if item.kind == "post" || (pages && item.kind == "page") {
                format!("{} ({})", item.kind, item.status)
            } else {
                item.kind
            };
            *self.skipped.entry(state).or_default() += 1;
        }
    }
}

fn is_wanted(item: &Item, pages: bool) -> bool {
    let is_kind = item.kind == "post" || (pages && item.kind == "page");
    is_kind
        && matches!(
            item.status.as_str(),
            "publish" | "draft" | "pending" | "private" | "future"
        )
}

pub(super) fn run(options: &super::Options, export: &Path) -> anyhow::Result<()> {
    let own = &options.wordpress;
    let uploads = own.uploads.as_deref().map(Uploads::open).transpose()?;
    let report_file = own.report.as_deref().map(report::open).transpose()?;
    let mut first = First::default();
    let site = wxr::read(export, |_, item| {
        first.see(item, own.pages);
        Ok(())
    })?;
    if first.posts == 0 {
        bail!(
            "there are no posts in {}; export “All content”, and give --pages for pages",
            export.display()
        );
    }
    hint(options, &site, uploads.is_some());
    let mut report = if options.dry_run {
        let mut posts = Posts::new(
            options,
            &site,
            &first,
            Photographs::new(&first.library, uploads.as_ref(), None, None),
            None,
        );
        posts.read(export)?;
        posts.finish()
    } else {
        carry_out(options, export, &site, &first, uploads.as_ref())?
    };
    report.file = export.display().to_string();
    report.dry_run = options.dry_run;
    report.skipped = first.skipped;
    report.print();
    if let Some(file) = &report_file {
        report.write(file)?;
    }
    match report.failures() {
        0 => Ok(()),
        count => Err(Incomplete(format!(
            "not everything came in: {count} of the points above are photographs or stories that are missing, or not published"
        ))
        .into()),
    }
}

fn hint(options: &super::Options, site: &Site, has_uploads: bool) {
    let theirs = language::primary(&site.language).to_lowercase();
    if !theirs.is_empty() && theirs != language::primary(options.language_or_usual()) {
        say(&format!(
            "The export says that its language is {}, and its stories get “{}”; give --language to change that.",
            site.language,
            options.language_or_usual()
        ));
    }
    if !has_uploads {
        say("Without --uploads no photographs come in.");
    }
}

fn carry_out(
    options: &super::Options,
    export: &Path,
    site: &Site,
    first: &First,
    uploads: Option<&Uploads>,
) -> anyhow::Result<Report> {
    let db = open_database(&options.data.data)?;
    let store = open_store(&options.data.data)?;
    let clock = Clock::system();
    let actor = Actor::from(&find_owner(&db, options.user.as_deref())?);
    if !actor.edits_everything() {
        bail!("only an editor or administrator may make stories; choose another account with --user");
    }
    let _at_work = locks::importing(&options.data.data)?;
    let is_served = locks::is_served(&options.data.data);
    let worker = publishing::start_worker(&db, &store, &clock, is_served)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let desk = Desk {
        db: &db,
        store: &store,
        clock: &clock,
        actor: &actor,
        runtime: &runtime,
    };
    let door = Door {
        db: &db,
        store: &store,
        actor: &actor,
        clock: &clock,
        bell: worker.bell(),
        runtime: &runtime,
    };
    let photographs = Photographs::new(
        &first.library,
        uploads,
        Some(door),
        options.wordpress.credit.as_deref(),
    );
    let mut posts = Posts::new(options, site, first, photographs, Some(desk));
    let read = posts.read(export).and_then(|()| posts.publish());
    worker.stop();
    read?;
    Ok(posts.finish())
}

/// Where stories go.
struct Desk<'a> {
    db: &'a Db,
    store: &'a Store,
    clock: &'a Clock,
    actor: &'a Actor,
    runtime: &'a tokio::runtime::Runtime,
}

/// The posts on their way; without a desk they are only looked at.
struct Posts<'a> {
    options: &'a super::Options,
    site: &'a Site,
    first: &'a First,
    photographs: Photographs<'a>,
    desk: Option<Desk<'a>>,
    bar: ProgressBar,
    reports: Vec<PostReport>,
    /// Those to be published, with their place among the reports and what they came from.
    waiting: Vec<(usize, StoryId, String)>,
}

impl<'a> Posts<'a> {
    fn new(
        options: &'a super::Options,
        site: &'a Site,
        first: &'a First,
        photographs: Photographs<'a>,
        desk: Option<Desk<'a>>,
    ) -> Self {
        Self {
            options,
            site,
            first,
            photographs,
            desk,
            bar: bar(first.posts),
            reports: Vec::new(),
            waiting: Vec::new(),
        }
    }

    fn read(&mut self, export: &Path) -> anyhow::Result<()> {
        wxr::read(export, |_, item| {
            if is_wanted(&item, self.options.wordpress.pages) {
                self.bar
                    .set_message(crate::text::cut(&content::plain_text(&item.title), 40));
                self.post(&item)?;
                self.bar.inc(1);
            }
            Ok(())
        })?;
        self.bar.finish_and_clear();
        Ok(())
    }

    fn post(&mut self, item: &Item) -> anyhow::Result<()> {
        let mut report = PostReport {
            post: item.id,
            title: content::plain_text(&item.title),
            address: item.link.clone(),
            outcome: Outcome::Made,
            story: None,
            slug: None,
            published: false,
            photographs: 0,
            remarks: Vec::new(),
        };
        if let Some(story) = self.known(item)? {
            self.note_known(item, &story, report);
            return Ok(());
        }
        let attached = self.first.library.attached_to(item.id);
        let around = Around {
            link: &item.link,
            attached: &attached,
            reusable: Some(&self.first.reusable),
        };
        let (pieces, remarks) = content::read(&item.content, &around);
        let now = self.desk.as_ref().map_or(i64::MAX, |desk| desk.clock.now());
        let language = self.options.language_or_usual();
        let post = posts::prepare(
            self.site,
            item,
            pieces,
            remarks,
            &mut self.photographs,
            language,
            now,
        );
        self.photographs
            .check()
            .context("nothing more can be taken in; what is in stays, and the same command carries on")?;
        report.photographs = post.photographs;
        report.remarks = post.remarks;
        let is_public = self.options.publish && posts::was_public(item);
        let Some(desk) = &self.desk else {
            report.published = is_public;
            self.reports.push(report);
            return Ok(());
        };
        let (new, from) = (post.new, post.origin);
        let made = desk
            .db
            .write_now(|conn| origin::arrive(conn, desk.actor, new, &from, now));
        match made {
            Ok(Arrival::Made(draft, taken)) => {
                report.story = Some(draft.story.id.to_string());
                report.slug = Some(draft.story.slug.clone());
                let elsewhere = taken
                    .iter()
                    .map(|address| Remark::new(Kind::Address, "", address.as_str()));
                report.remarks.extend(elsewhere);
                if is_public {
                    self.waiting
                        .push((self.reports.len(), draft.story.id.clone(), from.source));
                }
            }
            Ok(Arrival::Known(story)) => {
                self.note_known(item, &story, report);
                return Ok(());
            }
            Err(error) => {
                report.outcome = Outcome::Failed;
                report
                    .remarks
                    .push(Remark::new(Kind::Failed, "", error.to_string()));
            }
        }
        self.reports.push(report);
        Ok(())
    }

    fn known(&self, item: &Item) -> anyhow::Result<Option<Story>> {
        let Some(desk) = &self.desk else { return Ok(None) };
        let source = posts::source(self.site, item);
        Ok(desk
            .db
            .read_now(|conn| origin::find(conn, &source).map_err(DbError::from))?)
    }

    /// A post that came in earlier: the story is somebody's by now and stays as it is. If it was never published, an interrupted import may be the
    /// reason: it is published now, unless somebody has worked on it.
    fn note_known(&mut self, item: &Item, story: &Story, mut report: PostReport) {
        report.outcome = Outcome::Known;
        report.story = Some(story.id.to_string());
        report.slug = Some(story.slug.clone());
        report.published = story.is_live();
        if self.options.publish && posts::was_public(item) && story.publications_made == 0 {
            let source = posts::source(self.site, item);
            self.waiting.push((self.reports.len(), story.id.clone(), source));
        }
        self.reports.push(report);
    }

    /// Waits until all photographs are ready, and publishes what is to be.
    fn publish(&mut self) -> anyhow::Result<()> {
        let Some(desk) = &self.desk else { return Ok(()) };
        let mut ids = self.photographs.ids();
        for (_, story, _) in &self.waiting {
            ids.extend(
                desk.db.read_now(|conn| {
                    crate::story::parts::list_photo_ids(conn, story).map_err(DbError::from)
                })?,
            );
        }
        ids.sort();
        ids.dedup();
        publishing::await_renditions(desk.db, ids)?;
        let bar = bar(self.waiting.len() as u64);
        bar.set_message("publishing");
        for (index, story, source) in &self.waiting {
            bar.inc(1);
            let Some(report) = self.reports.get_mut(*index) else {
                continue;
            };
            match publishing::publish(desk, story, source)? {
                None => report.published = true,
                Some(why) => report.remarks.push(Remark::new(Kind::NotPublished, "", why)),
            }
        }
        bar.finish_and_clear();
        Ok(())
    }

    fn finish(self) -> Report {
        Report {
            unused_attachments: self.photographs.unused(),
            posts: self.reports,
            ..Report::default()
        }
    }
}

fn bar(length: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} {msg}");
    let bar = ProgressBar::new(length);
    style.map_or(bar.clone(), |style| bar.with_style(style))
}
