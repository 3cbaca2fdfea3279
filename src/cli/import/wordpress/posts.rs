//! A post as a story: its fields, and its pieces as blocks.

use super::content::{self, Caption, Image, Piece, caption_text, plain_text};
use super::library::Library;
use super::photographs::{Photographs, Taken};
use super::report::{Kind, Remark};
use super::wxr::{Item, Site};
use crate::clock::Millis;
use crate::story::FrameWords;
use crate::story::create::NewStory;
use crate::story::document::{GroupLayout, PhotoLayout};
use crate::story::operations::{NewBlock, NewFrame};
use crate::story::origin::{OldAddress, Origin};
use crate::text::{Alt, BlockText, Caption as CaptionText, Line, Slug, Standfirst, StoryDate, Tag, Title, clean_line, cut, slugify};

/// Frames that one group has at most.
const MOST_FRAMES: usize = *crate::story::GROUP_FRAMES.end();

/// What stands in an attachment's caption, which is HTML.
pub(super) fn caption_words(html: &str) -> Option<String> {
    caption_text(html)
}

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
    let mut blocks = Blocks {
        photographs,
        blocks: Vec::new(),
        remarks,
        shown: 0,
        lead: None,
        thumbnail: item.field("_thumbnail_id").and_then(|id| id.trim().parse().ok()),
        described: Vec::new(),
    };
    for piece in pieces {
        blocks.piece(piece);
    }
    blocks.lead_first();
    let Blocks {
        blocks,
        mut remarks,
        shown,
        lead,
        ..
    } = blocks;
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
    let addresses = [OldAddress::of_link(&item.link), OldAddress::of_post(&site.home, item.id)];
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
        return if item.slug.is_empty() { format!("Post {}", item.id) } else { item.slug.clone() };
    }
    fit(&title, Title::MOST, "the title", remarks)
}

/// A text cut to what fits; what is cut is told whole.
fn fit(text: &str, most: usize, what: &str, remarks: &mut Vec<Remark>) -> String {
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
        let at = moment.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
        Some(at.timestamp().as_millisecond())
    };
    at(&item.date_gmt).or_else(|| at(&item.date))
}

fn tags(item: &Item, remarks: &mut Vec<Remark>) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    for term in &item.terms {
        let name = plain_text(&term.name);
        match term.taxonomy.as_str() {
            // What WordPress calls what nobody has given a category.
            "category" if matches!(term.slug.as_str(), "uncategorized" | "geen-categorie" | "niet-gecategoriseerd") => {}
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
        "private" => remarks.push(Remark::new(Kind::Status, "", "it was private; the draft is for editors to look at")),
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

/// The blocks of a story in the making.
struct Blocks<'p, 'a> {
    photographs: &'p mut Photographs<'a>,
    blocks: Vec<NewBlock>,
    remarks: Vec<Remark>,
    shown: usize,
    lead: Option<usize>,
    thumbnail: Option<u64>,
    /// Attachments whose descriptions have been told.
    described: Vec<u64>,
}

impl Blocks<'_, '_> {
    fn piece(&mut self, piece: Piece) {
        match piece {
            Piece::Text(markdown) => self.text(markdown),
            Piece::Heading(text) => self.blocks.push(NewBlock::Heading { text }),
            Piece::Quote {
                markdown,
                attribution,
            } => {
                if markdown.chars().count() > BlockText::MOST {
                    self.text(markdown);
                    attribution.into_iter().for_each(|words| self.text(words));
                    return;
                }
                let attribution = attribution.map(|words| fit(&words, Line::MOST, "who said it", &mut self.remarks));
                self.blocks.push(NewBlock::Quote {
                    markdown,
                    attribution,
                });
            }
            Piece::Photo { layout, image } => {
                if let Some(frame) = self.frame(&image) {
                    self.photo(layout, frame, &image);
                }
            }
            Piece::Gallery {
                layout,
                images,
                caption,
            } => self.gallery(layout, &images, caption),
        }
    }

    /// Paragraphs that follow each other are one block, as long as they fit.
    fn text(&mut self, markdown: String) {
        let length = markdown.chars().count();
        if let Some(NewBlock::Text { markdown: before }) = self.blocks.last_mut()
            && before.chars().count() + length + 2 <= BlockText::MOST
        {
            before.push_str("\n\n");
            before.push_str(&markdown);
            return;
        }
        let mut rest = markdown.as_str();
        while rest.chars().count() > BlockText::MOST {
            let end = rest.char_indices().nth(BlockText::MOST).map_or(rest.len(), |(at, _)| at);
            let end = rest.get(..end).and_then(|head| head.rfind(char::is_whitespace)).filter(|end| *end > 0).unwrap_or(end);
            let (head, tail) = rest.split_at(end);
            self.blocks.push(NewBlock::Text {
                markdown: head.to_owned(),
            });
            rest = tail.trim_start();
        }
        self.blocks.push(NewBlock::Text {
            markdown: rest.to_owned(),
        });
    }

    fn photo(&mut self, layout: PhotoLayout, frame: NewFrame, image: &Image) {
        self.note_lead(std::slice::from_ref(image));
        self.blocks.push(NewBlock::Photo { layout, frame });
    }

    fn gallery(&mut self, layout: GroupLayout, images: &[Image], caption: Option<String>) {
        let found: Vec<(&Image, NewFrame)> = images
            .iter()
            .filter_map(|image| Some((image, self.frame(image)?)))
            .collect();
        let caption = caption.map(|words| fit(&words, CaptionText::MOST, "the caption of a gallery", &mut self.remarks));
        if found.len() < 2 {
            for (image, frame) in found {
                self.photo(PhotoLayout::Column, frame, image);
            }
            // A group of one there is not; the words stay.
            caption.into_iter().for_each(|words| self.text(content::as_markdown(&words)));
            return;
        }
        let groups = found.len().div_ceil(MOST_FRAMES);
        let (size, larger) = (found.len() / groups, found.len() % groups);
        let mut found = found.into_iter();
        for group in 0..groups {
            let size = size + usize::from(group < larger);
            let (shown, frames): (Vec<&Image>, Vec<NewFrame>) = found.by_ref().take(size).unzip();
            let shown: Vec<Image> = shown.into_iter().cloned().collect();
            self.note_lead(&shown);
            self.blocks.push(NewBlock::Group {
                layout: if groups > 1 { GroupLayout::Grid } else { layout },
                // It stands under all of them.
                caption: caption.clone().filter(|_| group + 1 == groups),
                frames,
            });
        }
    }

    fn note_lead(&mut self, images: &[Image]) {
        let is_lead = |image: &Image| self.thumbnail.is_some() && self.photographs.attachment_of(image) == self.thumbnail;
        if self.lead.is_none() && images.iter().any(is_lead) {
            self.lead = Some(self.blocks.len());
        }
    }

    /// A featured image that the post does not show itself stands above it, as themes show it.
    fn lead_first(&mut self) {
        if self.lead.is_some() || self.thumbnail.is_none() {
            return;
        }
        let image = Image {
            attachment: self.thumbnail,
            caption: Caption::OfAttachment,
            ..Image::default()
        };
        if let Some(frame) = self.frame(&image) {
            let layout = PhotoLayout::Wide;
            self.blocks.insert(0, NewBlock::Photo { layout, frame });
            self.lead = Some(0);
        }
    }

    /// A frame that shows a picture with the words that WordPress shows.
    fn frame(&mut self, image: &Image) -> Option<NewFrame> {
        let taken = match self.photographs.take(image) {
            Ok(taken) => taken,
            Err(remark) => {
                self.remarks.push(remark);
                return None;
            }
        };
        self.shown += 1;
        let library = self.photographs.library;
        let number = self.photographs.attachment_of(image);
        let name = name_of(image, number, library);
        if let Some(number) = number {
            self.note_description(number, library);
        }
        let attachment = number.and_then(|number| library.get(number));
        let caption = match &image.caption {
            Caption::Words(words) => Some(words.clone()),
            Caption::OfAttachment => attachment.and_then(|attachment| caption_words(&attachment.caption)),
            Caption::None => None,
        };
        if let Some(own) = taken.caption.as_ref().filter(|_| caption.is_none()) {
            self.remarks.push(Remark::new(Kind::CaptionOfFile, name.clone(), own));
        }
        let alt = image
            .alt
            .clone()
            .or_else(|| attachment.map(|attachment| clean_line(&attachment.alt)))
            .filter(|alt| !alt.is_empty());
        let words = self.words(&taken, caption, alt, &name);
        Some(NewFrame {
            photo: taken.id,
            words,
        })
    }

    fn words(&mut self, taken: &Taken, caption: Option<String>, alt: Option<String>, name: &str) -> FrameWords {
        let caption = caption.map(|words| fit(&words, CaptionText::MOST, &format!("the caption of {name}"), &mut self.remarks));
        let alt = alt.map(|words| fit(&words, Alt::MOST, &format!("the alt text of {name}"), &mut self.remarks));
        FrameWords {
            caption: caption.filter(|words| Some(words) != taken.caption.as_ref()),
            alt: alt.filter(|words| Some(words) != taken.alt.as_ref()),
            ..FrameWords::default()
        }
    }

    /// The description of an attachment is seen on a page of its own in WordPress, if anywhere; here is no place for it.
    fn note_description(&mut self, number: u64, library: &Library) {
        let Some(attachment) = library.get(number).filter(|_| !self.described.contains(&number)) else {
            return;
        };
        self.described.push(number);
        let words = plain_text(&attachment.description);
        let said = [plain_text(&attachment.caption), clean_line(&attachment.alt), clean_line(&attachment.title)];
        if !words.is_empty() && !said.contains(&words) {
            self.remarks.push(Remark::new(Kind::Description, attachment.path.clone(), words));
        }
    }
}

fn name_of(image: &Image, number: Option<u64>, library: &Library) -> String {
    number
        .and_then(|number| library.get(number))
        .map(|attachment| attachment.path.clone())
        .or_else(|| image.src.clone())
        .unwrap_or_else(|| "a photograph".to_owned())
}
