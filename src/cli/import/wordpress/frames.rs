//! The pieces of a post as blocks: paragraphs that follow each other are one text, galleries are groups, and every frame has the words that readers of
//! WordPress saw.

use super::content::{self, Caption, Image, Piece, caption_text, plain_text};
use super::library::Library;
use super::photographs::{Photographs, Taken};
use super::posts::fit;
use super::report::{Kind, Remark};
use crate::id::PhotoId;
use crate::story::FrameWords;
use crate::story::document::{GroupLayout, PhotoLayout};
use crate::story::operations::{NewBlock, NewFrame};
use crate::text::{Alt, BlockText, Caption as CaptionText, Line, clean, clean_line};

/// Frames that one group has at most.
const MOST_FRAMES: usize = *crate::story::GROUP_FRAMES.end();

/// The blocks that pieces became.
pub(super) struct Laid {
    pub blocks: Vec<NewBlock>,
    pub remarks: Vec<Remark>,
    /// Pictures that they show.
    pub shown: usize,
    /// Index of the block that shows the featured image.
    pub lead: Option<usize>,
}

/// Makes blocks of pieces, and takes their photographs in.
pub(super) fn lay(
    pieces: Vec<Piece>,
    remarks: Vec<Remark>,
    thumbnail: Option<u64>,
    photographs: &mut Photographs<'_>,
) -> Laid {
    let mut blocks = Blocks {
        photographs,
        done: Vec::new(),
        remarks,
        shown: 0,
        lead: None,
        thumbnail,
        described: Vec::new(),
        placed: Vec::new(),
    };
    for piece in pieces {
        blocks.piece(piece);
    }
    blocks.lead_first();
    Laid {
        blocks: blocks.done,
        remarks: blocks.remarks,
        shown: blocks.shown,
        lead: blocks.lead,
    }
}

/// The blocks of a story in the making.
struct Blocks<'p, 'a> {
    photographs: &'p mut Photographs<'a>,
    done: Vec<NewBlock>,
    remarks: Vec<Remark>,
    shown: usize,
    lead: Option<usize>,
    thumbnail: Option<u64>,
    /// Attachments whose descriptions have been told.
    described: Vec<u64>,
    /// Photographs whose places have been told.
    placed: Vec<PhotoId>,
}

impl Blocks<'_, '_> {
    fn piece(&mut self, piece: Piece) {
        match piece {
            Piece::Text(markdown) => self.text(&clean(&markdown)),
            Piece::Heading(text) => {
                let text = clean_line(&text);
                if !text.is_empty() {
                    self.done.push(NewBlock::Heading { text });
                }
            }
            Piece::Quote {
                markdown,
                attribution,
            } => {
                let markdown = clean(&markdown);
                let attribution = attribution
                    .map(|words| clean_line(&words))
                    .filter(|words| !words.is_empty());
                if markdown.is_empty() {
                    return;
                }
                if markdown.chars().count() > BlockText::MOST {
                    self.text(&markdown);
                    if let Some(words) = attribution {
                        self.text(&words);
                    }
                    return;
                }
                let attribution =
                    attribution.map(|words| fit(&words, Line::MOST, "who said it", &mut self.remarks));
                self.done.push(NewBlock::Quote {
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
    fn text(&mut self, markdown: &str) {
        if markdown.is_empty() {
            return;
        }
        let length = markdown.chars().count();
        if let Some(NewBlock::Text { markdown: before }) = self.done.last_mut()
            && before.chars().count() + length + 2 <= BlockText::MOST
        {
            before.push_str("\n\n");
            before.push_str(markdown);
            return;
        }
        let mut rest = markdown;
        while rest.chars().count() > BlockText::MOST {
            let end = rest
                .char_indices()
                .nth(BlockText::MOST)
                .map_or(rest.len(), |(at, _)| at);
            let end = rest
                .get(..end)
                .and_then(|head| head.rfind(char::is_whitespace))
                .filter(|end| *end > 0)
                .unwrap_or(end);
            let (head, tail) = rest.split_at(end);
            self.done.push(NewBlock::Text {
                markdown: head.to_owned(),
            });
            rest = tail.trim_start();
        }
        self.done.push(NewBlock::Text {
            markdown: rest.to_owned(),
        });
    }

    fn photo(&mut self, layout: PhotoLayout, frame: NewFrame, image: &Image) {
        self.note_lead(std::slice::from_ref(image));
        self.done.push(NewBlock::Photo { layout, frame });
    }

    fn gallery(&mut self, layout: GroupLayout, images: &[Image], caption: Option<String>) {
        let found: Vec<(&Image, NewFrame)> = images
            .iter()
            .filter_map(|image| Some((image, self.frame(image)?)))
            .collect();
        let caption = cleaned(caption).map(|words| {
            fit(
                &words,
                CaptionText::MOST,
                "the caption of a gallery",
                &mut self.remarks,
            )
        });
        if found.len() < 2 {
            for (image, frame) in found {
                self.photo(PhotoLayout::Column, frame, image);
            }
            // A group of one there is not; the words stay.
            if let Some(words) = caption {
                self.text(&content::as_markdown(&words));
            }
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
            self.done.push(NewBlock::Group {
                layout: if groups > 1 { GroupLayout::Grid } else { layout },
                // It stands under all of them.
                caption: caption.clone().filter(|_| group + 1 == groups),
                frames,
            });
        }
    }

    fn note_lead(&mut self, images: &[Image]) {
        let is_lead = |image: &Image| {
            self.thumbnail.is_some() && self.photographs.attachment_of(image) == self.thumbnail
        };
        if self.lead.is_none() && images.iter().any(is_lead) {
            self.lead = Some(self.done.len());
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
            self.done.insert(0, NewBlock::Photo { layout, frame });
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
            Caption::OfAttachment => attachment.and_then(|attachment| caption_text(&attachment.caption)),
            Caption::None => None,
        };
        let caption = cleaned(caption);
        self.note_place(&taken, &name);
        if let Some(own) = taken.caption.as_ref().filter(|_| caption.is_none()) {
            self.remarks
                .push(Remark::new(Kind::CaptionOfFile, name.clone(), own));
        }
        let alt = image
            .alt
            .clone()
            .or_else(|| attachment.map(|attachment| attachment.alt.clone()))
            .map(|alt| clean_line(&alt))
            .filter(|alt| !alt.is_empty());
        let words = self.words(&taken, caption, alt, &name);
        Some(NewFrame {
            photo: taken.id,
            words,
        })
    }

    fn words(
        &mut self,
        taken: &Taken,
        caption: Option<String>,
        alt: Option<String>,
        name: &str,
    ) -> FrameWords {
        let caption = caption.map(|words| {
            fit(
                &words,
                CaptionText::MOST,
                &format!("the caption of {name}"),
                &mut self.remarks,
            )
        });
        let alt = alt.map(|words| {
            fit(
                &words,
                Alt::MOST,
                &format!("the alt text of {name}"),
                &mut self.remarks,
            )
        });
        FrameWords {
            caption: caption.filter(|words| Some(words) != taken.caption.as_ref()),
            alt: alt.filter(|words| Some(words) != taken.alt.as_ref()),
            ..FrameWords::default()
        }
    }

    /// WordPress showed no places: one that the file has comes out with the story, and somebody must know.
    fn note_place(&mut self, taken: &Taken, name: &str) {
        let Some(place) = taken.place.as_ref().filter(|_| !self.placed.contains(&taken.id)) else {
            return;
        };
        self.placed.push(taken.id.clone());
        self.remarks.push(Remark::new(Kind::PlaceOfFile, name, place));
    }

    /// The description of an attachment is seen on a page of its own in WordPress, if anywhere; here is no place for it.
    fn note_description(&mut self, number: u64, library: &Library) {
        let Some(attachment) = library.get(number).filter(|_| !self.described.contains(&number)) else {
            return;
        };
        self.described.push(number);
        let words = plain_text(&attachment.description);
        let said = [
            plain_text(&attachment.caption),
            clean_line(&attachment.alt),
            clean_line(&attachment.title),
        ];
        if !words.is_empty() && !said.contains(&words) {
            self.remarks
                .push(Remark::new(Kind::Description, attachment.path.clone(), words));
        }
    }
}

fn cleaned(words: Option<String>) -> Option<String> {
    words.map(|words| clean(&words)).filter(|words| !words.is_empty())
}

fn name_of(image: &Image, number: Option<u64>, library: &Library) -> String {
    number
        .and_then(|number| library.get(number))
        .map(|attachment| attachment.path.clone())
        .or_else(|| image.src.clone())
        .unwrap_or_else(|| "a photograph".to_owned())
}
