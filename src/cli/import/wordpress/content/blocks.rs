//! What each block of the block editor becomes.

use serde_json::{Map, Value};

use super::super::report::Kind;
use super::super::tree::Block;
use super::pictures;
use super::{Caption, Image, MOST_REUSE, MOST_REUSED_BYTES, MOST_USES, Piece, Walker, words};
use crate::story::document::PhotoLayout;

impl Walker<'_> {
    pub(super) fn block(&mut self, block: &Block) {
        let children = &block.children;
        let id = number(&block.settings, "id").or_else(|| number(&block.settings, "mediaId"));
        match block.name.as_str() {
            "image" => self.picture(children, id, layout(&block.settings)),
            "gallery" | "jetpack/tiled-gallery" | "jetpack/slideshow" => self.gallery_block(block),
            "cover" | "media-text" => self.beside_picture(block, id),
            "quote" | "pullquote" => self.quotation(children),
            "columns" => {
                self.remark(Kind::Layout, "columns");
                self.flow(children);
            }
            "verse" | "preformatted" | "code" => self.preformatted(children),
            "block" => self.reused(number(&block.settings, "ref")),
            name if name == "embed" || name.starts_with("core-embed/") => self.embed_block(block),
            // Nothing but space.
            "spacer" | "separator" | "more" | "nextpage" => {}
            "paragraph" | "heading" | "list" | "list-item" | "table" | "html" | "shortcode" | "freeform"
            | "classic" | "column" | "group" | "row" | "stack" | "buttons" | "button" | "details"
            | "file" | "video" | "audio" | "text-columns" | "subhead" => self.flow(children),
            name => {
                let inside = words::plain(children);
                let has_pictures = pictures::count(children) > 0;
                let what = if inside.is_empty() && !has_pictures {
                    format!("{name}, of which nothing is in the export")
                } else {
                    format!("{name}, whose words and photographs were kept")
                };
                self.remark(Kind::Block, what);
                self.flow(children);
            }
        }
    }

    /// A picture with words on or beside it: the picture, then the words.
    fn beside_picture(&mut self, block: &Block, id: Option<u64>) {
        self.remark(Kind::Layout, block.name.clone());
        let layout = layout(&block.settings);
        let mut rest = Vec::new();
        let mut seen = false;
        for child in &block.children {
            seen |= self.background(child, id, layout, &mut rest);
        }
        let url = block.settings.get("url").and_then(Value::as_str);
        if !seen && let Some(url) = url.filter(|_| block.name == "cover") {
            let image = Image {
                attachment: id,
                src: Some(url.to_owned()),
                caption: Caption::None,
                alt: block
                    .settings
                    .get("alt")
                    .and_then(Value::as_str)
                    .map(str::to_owned),
            };
            self.push(Piece::Photo { layout, image });
        }
        self.flow(&rest);
    }

    fn embed_block(&mut self, block: &Block) {
        let address = block
            .settings
            .get("url")
            .and_then(Value::as_str)
            .map(str::to_owned);
        let caption = pictures::caption_of(&block.children);
        let inside = words::plain(&pictures::without_captions(&block.children));
        self.embed(address.as_deref().or(Some(&inside)), "embed");
        if let Some(caption) = caption {
            self.paragraph.push(&caption, &self.marks);
            self.end_paragraph();
        }
    }

    fn reused(&mut self, number: Option<u64>) {
        let content = number
            .and_then(|number| self.around.reusable?.get(&number))
            .filter(|_| self.reused < MOST_REUSE);
        let Some(content) = content else {
            self.remark(Kind::Block, "a reusable block that is not in the export");
            return;
        };
        let bytes = self.reused_bytes.saturating_add(content.len());
        if self.uses >= MOST_USES || bytes > MOST_REUSED_BYTES {
            if !std::mem::replace(&mut self.told_reuse, true) {
                let what = format!(
                    "reusable blocks from here on: more than {MOST_USES} uses, or too much text, for one post"
                );
                self.remark(Kind::Block, what);
            }
            return;
        }
        (self.uses, self.reused_bytes) = (self.uses + 1, bytes);
        self.reused += 1;
        self.whole(content);
        self.end_paragraph();
        self.reused -= 1;
    }
}

/// A number among a block's settings, written as one or as text.
pub(super) fn number(settings: &Map<String, Value>, name: &str) -> Option<u64> {
    let value = settings.get(name)?;
    value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())
}

/// How wide a picture stands.
pub(super) fn layout(settings: &Map<String, Value>) -> PhotoLayout {
    match settings.get("align").and_then(Value::as_str) {
        Some("wide") => PhotoLayout::Wide,
        Some("full") => PhotoLayout::Full,
        _ => PhotoLayout::Column,
    }
}
