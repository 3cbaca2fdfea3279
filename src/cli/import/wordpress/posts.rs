//! A post as a story: its fields, and what of it has no place.

use super::content::{Piece, caption_text, plain_text};
use super::frames::{self, Laid};
use super::photographs::Photographs;
use super::report::{Kind, Remark};
use super::wxr::{Item, Site};
use crate::clock::Millis;
use crate::story::create::NewStory;
use crate::story::origin::{OldAddress, Origin};
use crate::text::{Line, Slug, Standfirst, StoryDate, Tag, Title, clean_line, cut, slugify};

/// A post on its way to a story.
pub(super) struct Post {
    pub new: NewStory,
    pub origin: Origin,
    /// Pictures that it shows.
    pub photographs: usize,
    pub remarks: Vec<Remark>,
}

/// Where a post is found again.
pub(super) fn source(site: &Site, item: &Item) -> String {
    let home = site.home.trim().trim_end_matches('/').to_lowercase();
    let home = home.split_once("://").map_or(home.as_str(), |(_, rest)| rest);
    cut(&format!("wordpress {home} ?p={}", item.id), 2_000)
}

/// Makes a post ready, and takes its photographs in.
pub(super) fn prepare(
    site: &Site,
    item: &Item,
    pieces: Vec<Piece>,
    remarks: Vec<Remark>,
    photographs: &mut Photographs<'_>,
    language: &str,
    now: Millis,
) -> Post {
    let thumbnail = item.field("_thumbnail_id").and_then(|id| id.trim().parse().ok());
    let Laid {
        blocks,
        mut remarks,
        shown,
        lead,
    } = frames::lay(pieces, remarks, thumbnail, photographs);
    let new = NewStory {
        title: title(item, &mut remarks),
        slug: Slug::parse(&slugify(&percent_decoded(&item.slug))).ok(),
        standfirst: standfirst(item, &mut remarks),
        byline: byline(site, item),
        language: language.to_owned(),
        date: date(item),
        tags: tags(item, &mut remarks),
        graphic: false,
        embargo_until: None,
        blocks,
        lead,
    };
    note_what_stays(item, &mut remarks);
    let addresses = [
        OldAddress::of_link(&item.link),
        OldAddress::of_post(&site.home, item.id),
    ];
    let origin = Origin {
        source: source(site, item),
        first_published_at: published_at(item).filter(|at| *at <= now),
        addresses: addresses.into_iter().flatten().collect(),
    };
    Post {
        new,
        origin,
        photographs: shown,
        remarks,
    }
}

/// Whether readers of WordPress could read it.
pub(super) fn was_public(item: &Item) -> bool {
    item.status == "publish" && item.password.is_empty()
}

fn title(item: &Item, remarks: &mut Vec<Remark>) -> String {
    let title = plain_text(&item.title);
    if title.is_empty() {
        let slug = cut(&clean_line(&item.slug), Title::MOST);
        return if slug.is_empty() {
            format!("Post {}", item.id)
        } else {
            slug
        };
    }
    fit(&title, Title::MOST, "the title", remarks)
}

/// A text cut to what fits; what is cut is told whole.
pub(super) fn fit(text: &str, most: usize, what: &str, remarks: &mut Vec<Remark>) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    remarks.push(Remark::new(Kind::Cut, what, text));
    cut(text, most)
}

fn standfirst(item: &Item, remarks: &mut Vec<Remark>) -> Option<String> {
    let words = caption_text(&item.excerpt)?;
    Some(fit(&words, Standfirst::MOST, "the excerpt", remarks))
}

fn byline(site: &Site, item: &Item) -> Option<String> {
    let name = site
        .authors
        .iter()
        .find(|(login, _)| *login == item.author)
        .map(|(_, name)| name)
        .filter(|name| !name.trim().is_empty())
        .unwrap_or(&item.author);
    let name = cut(&plain_text(name), Line::MOST);
    (!name.is_empty()).then_some(name)
}

/// The day of publication by the site's clock. The day on which a draft was begun says nothing.
fn date(item: &Item) -> Option<String> {
    let has_one = matches!(item.status.as_str(), "publish" | "private" | "future");
    let day = item.date.get(..10).filter(|_| has_one)?;
    StoryDate::parse(day).ok().map(StoryDate::into_string)
}

fn published_at(item: &Item) -> Option<Millis> {
    if item.status != "publish" {
        return None;
    }
    let at = |text: &str| -> Option<Millis> {
        let moment: jiff::civil::DateTime = text.trim().parse().ok()?;
        Some(
            jiff::tz::TimeZone::UTC
                .to_timestamp(moment)
                .ok()?
                .as_millisecond(),
        )
    };
    at(&item.date_gmt).or_else(|| at(&item.date))
}

fn tags(item: &Item, remarks: &mut Vec<Remark>) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    for term in &item.terms {
        let name = plain_text(&term.name);
        match term.taxonomy.as_str() {
            // What WordPress calls what nobody has given a category.
            "category"
                if matches!(
                    term.slug.as_str(),
                    "uncategorized" | "geen-categorie" | "niet-gecategoriseerd"
                ) => {}
            "category" | "post_tag" => {
                let tag = clean_line(&fit(&name, Tag::MOST, "a tag", remarks));
                if !tag.is_empty() && !tags.contains(&tag) {
                    tags.push(tag);
                }
            }
            "post_format" => {}
            other => remarks.push(Remark::new(Kind::Term, "", format!("{other}: {name}"))),
        }
    }
    tags
}

/// What Reportage has no place for.
fn note_what_stays(item: &Item, remarks: &mut Vec<Remark>) {
    match item.status.as_str() {
        "private" => remarks.push(Remark::new(
            Kind::Status,
            "",
            "it was private; the draft is for editors to look at",
        )),
        "pending" => remarks.push(Remark::new(Kind::Status, "", "it waited for review")),
        "future" => {
            let what = format!("it was planned for {}; schedule it at the desk", item.date);
            remarks.push(Remark::new(Kind::Status, "", what));
        }
        _ => {}
    }
    if !item.password.is_empty() {
        let what = "it had a password; it stays a draft, for what is published is for everybody";
        remarks.push(Remark::new(Kind::Status, "", what));
    }
    if item.comments > 0 {
        remarks.push(Remark::new(Kind::Comments, "", item.comments.to_string()));
    }
    for (name, value) in &item.fields {
        // An underscore begins the names of those that WordPress and plugins keep for themselves.
        if !name.starts_with('_') && !value.trim().is_empty() {
            remarks.push(Remark::new(Kind::Field, "", format!("{name}: {value}")));
        }
    }
}

fn percent_decoded(slug: &str) -> String {
    let query = format!("a={}", slug.replace('+', "%2B").replace('&', "%26"));
    url::form_urlencoded::parse(query.as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}
