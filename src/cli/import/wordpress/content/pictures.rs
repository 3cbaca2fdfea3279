//! Photographs and galleries in a post, of both editors and of the years in between.

use serde_json::Value;

use super::super::report::Kind;
use super::super::tree::{Block, Element, Node};
use super::blocks::number;
use super::{Caption, Image, Piece, Walker, words};
use crate::story::document::{GroupLayout, PhotoLayout};

/// Whether a list or figure is a gallery.
pub(super) fn is_gallery(element: &Element) -> bool {
    element
        .classes()
        .any(|class| matches!(class, "wp-block-gallery" | "blocks-gallery-grid" | "gallery"))
}

/// How many pictures there are.
pub(super) fn count(nodes: &[Node]) -> usize {
    nodes
        .iter()
        .map(|node| match node {
            Node::Element(element) if element.name == "img" => 1,
            Node::Element(element) if element.name == "noscript" => 0,
            other => count(other.children()),
        })
        .sum()
}

/// The caption among these nodes and what they hold, without those of pictures deeper in figures of their own.
pub(super) fn caption_of(nodes: &[Node]) -> Option<String> {
    nodes.iter().find_map(|node| match node {
        Node::Element(element) if element.name == "figcaption" => words::caption(&element.children),
        other => caption_of(other.children()),
    })
}

/// The nodes without their captions.
pub(super) fn without_captions(nodes: &[Node]) -> Vec<Node> {
    nodes
        .iter()
        .filter(|node| !matches!(node, Node::Element(element) if element.name == "figcaption"))
        .map(|node| match node {
            Node::Element(element) => Node::Element(Element {
                children: without_captions(&element.children),
                ..element.clone()
            }),
            other => other.clone(),
        })
        .collect()
}

/// A picture by its element.
fn image_of(element: &Element, attachment: Option<u64>, caption: Caption) -> Image {
    let named = element
        .classes()
        .find_map(|class| class.strip_prefix("wp-image-")?.parse().ok());
    let src = ["data-full-url", "data-orig-file", "src", "data-src"]
        .iter()
        .filter_map(|name| element.get(name))
        .find(|src| !src.starts_with("data:"));
    Image {
        attachment: named
            .or_else(|| element.get("data-id")?.trim().parse().ok())
            .or(attachment),
        src: src.map(str::to_owned),
        caption,
        alt: element
            .get("alt")
            .map(|alt| alt.split_whitespace().collect::<Vec<_>>().join(" ")),
    }
}

fn first_image(nodes: &[Node]) -> Option<&Element> {
    nodes.iter().find_map(|node| match node {
        Node::Element(element) if element.name == "img" => Some(element),
        Node::Element(element) if element.name == "noscript" => None,
        other => first_image(other.children()),
    })
}

fn said(caption: Option<String>) -> Caption {
    caption.map_or(Caption::None, Caption::Words)
}

impl Walker<'_> {
    /// A picture in the middle of a text.
    pub(super) fn image(&mut self, element: &Element) {
        let layout = layout_by_class(element);
        let image = image_of(element, None, Caption::None);
        self.push(Piece::Photo { layout, image });
    }

    /// What an image block holds.
    pub(super) fn picture(&mut self, nodes: &[Node], id: Option<u64>, layout: PhotoLayout) {
        let Some(element) = first_image(nodes) else {
            self.flow(nodes);
            return;
        };
        self.note_caption(nodes);
        self.note_link(nodes);
        let image = image_of(element, id, said(caption_of(nodes)));
        self.push(Piece::Photo { layout, image });
    }

    /// What a caption says beyond its words.
    fn note_caption(&mut self, nodes: &[Node]) {
        for address in words::links_in_captions(nodes) {
            self.remark(Kind::Link, format!("a caption leads to {address}"));
        }
    }

    fn note_link(&mut self, nodes: &[Node]) {
        for node in nodes {
            match node {
                Node::Element(element) if element.name == "figcaption" => {}
                Node::Element(element) if element.name == "a" && count(&element.children) > 0 => {
                    let address = element.get("href").unwrap_or_default();
                    let is_file = address.contains("/uploads/") || address.contains("attachment");
                    if !address.is_empty() && !is_file {
                        self.remark(Kind::Link, format!("a photograph leads to {address}"));
                    }
                }
                other => self.note_link(other.children()),
            }
        }
    }

    pub(super) fn figure(&mut self, element: &Element, id: Option<u64>, layout: PhotoLayout) {
        let layout = match layout_by_class(element) {
            PhotoLayout::Column => layout,
            wider => wider,
        };
        if is_gallery(element) {
            self.gallery_element(element, None);
            return;
        }
        match count(&element.children) {
            0 => {
                self.apart(&without_captions(&element.children));
                if let Some(caption) = caption_of(&element.children) {
                    self.note_caption(&element.children);
                    self.paragraph.push(&caption, &self.marks);
                    self.end_paragraph();
                }
            }
            1 => self.picture(&element.children, id, layout),
            _ => self.gallery_element(element, None),
        }
    }

    /// Takes the pictures of a cover or of media beside a text; the rest is left for later. Says whether there was one.
    pub(super) fn background(
        &mut self,
        node: &Node,
        id: Option<u64>,
        layout: PhotoLayout,
        rest: &mut Vec<Node>,
    ) -> bool {
        let Node::Element(element) = node else {
            rest.push(node.clone());
            return false;
        };
        let is_media = element
            .classes()
            .any(|class| class.starts_with("wp-block-cover__image") || class == "wp-block-media-text__media");
        if is_media && element.name == "img" {
            let image = image_of(element, id, Caption::None);
            self.push(Piece::Photo { layout, image });
            return true;
        }
        if is_media && count(&element.children) > 0 {
            self.picture(&element.children, id, layout);
            return true;
        }
        let is_around = element
            .classes()
            .any(|class| class == "wp-block-cover" || class == "wp-block-media-text");
        if !is_around {
            rest.push(node.clone());
            return false;
        }
        let mut seen = false;
        for child in &element.children {
            seen |= self.background(child, id, layout, rest);
        }
        seen
    }

    pub(super) fn gallery_block(&mut self, block: &Block) {
        let ids: Vec<u64> = block
            .settings
            .get("ids")
            .and_then(Value::as_array)
            .map(|ids| {
                let read = |id: &Value| id.as_u64().or_else(|| id.as_str()?.trim().parse().ok());
                ids.iter().filter_map(read).collect()
            })
            .unwrap_or_default();
        let columns = number(&block.settings, "columns");
        self.gallery(&block.children, &ids, columns);
    }

    pub(super) fn gallery_element(&mut self, element: &Element, columns: Option<u64>) {
        let named = element
            .classes()
            .find_map(|class| class.strip_prefix("columns-")?.parse().ok());
        self.gallery(&element.children, &[], columns.or(named));
    }

    fn gallery(&mut self, nodes: &[Node], ids: &[u64], columns: Option<u64>) {
        self.note_caption(nodes);
        self.note_link(nodes);
        let mut gathered = Gathered::default();
        gathered.gather(nodes, None);
        let Gathered { mut images, captions } = gathered;
        if images.is_empty() {
            images = ids
                .iter()
                .map(|id| Image {
                    attachment: Some(*id),
                    caption: Caption::OfAttachment,
                    ..Image::default()
                })
                .collect();
        }
        if images.len() == ids.len() {
            for (image, id) in images.iter_mut().zip(ids) {
                image.attachment = image.attachment.or(Some(*id));
            }
        }
        let caption = (!captions.is_empty()).then(|| captions.join("\n"));
        self.push_gallery(images, caption, columns);
    }

    fn push_gallery(&mut self, images: Vec<Image>, caption: Option<String>, columns: Option<u64>) {
        if images.is_empty() {
            self.remark(Kind::Block, "a gallery without photographs");
            return;
        }
        let count = u64::try_from(images.len()).unwrap_or(u64::MAX);
        let layout = if count <= columns.unwrap_or(3).min(3) {
            GroupLayout::Side
        } else {
            GroupLayout::Grid
        };
        self.push(Piece::Gallery {
            layout,
            images,
            caption,
        });
    }

    /// `[caption id="attachment_7"]<img …> words[/caption]`, or with the words as a value.
    pub(super) fn caption_shortcode(&mut self, element: &Element) {
        let Some(picture) = first_image(&element.children) else {
            self.apart(&element.children);
            return;
        };
        let id = element
            .get("id")
            .and_then(|id| id.strip_prefix("attachment_")?.parse().ok());
        let words_of_it = element
            .get("caption")
            .and_then(|html| words::caption(&super::super::tree::parse(html)))
            .or_else(|| words::caption(&element.children));
        self.note_link(&element.children);
        for address in words::links(&element.children) {
            self.remark(Kind::Link, format!("a caption leads to {address}"));
        }
        let layout = layout_by_class(picture);
        let image = image_of(picture, id, said(words_of_it));
        self.push(Piece::Photo { layout, image });
    }

    /// `[gallery ids="3,1,2"]`, or all that was uploaded to the post.
    pub(super) fn gallery_shortcode(&mut self, element: &Element) {
        let numbers = |name: &str| -> Vec<u64> {
            let list = element.get(name).unwrap_or_default();
            list.split(',').filter_map(|id| id.trim().parse().ok()).collect()
        };
        let mut ids = numbers("ids");
        if ids.is_empty() {
            ids = numbers("include");
        }
        if ids.is_empty() {
            let left_out = numbers("exclude");
            ids = self.around.attached.to_vec();
            ids.retain(|id| !left_out.contains(id));
        }
        let images = ids
            .into_iter()
            .map(|id| Image {
                attachment: Some(id),
                caption: Caption::OfAttachment,
                ..Image::default()
            })
            .collect();
        let columns = element
            .get("columns")
            .and_then(|columns| columns.trim().parse().ok());
        self.push_gallery(images, None, columns);
    }
}

/// Classes say how wide it stands where no block does.
fn layout_by_class(element: &Element) -> PhotoLayout {
    if element.has_class("alignfull") {
        PhotoLayout::Full
    } else if element.has_class("alignwide") {
        PhotoLayout::Wide
    } else {
        PhotoLayout::Column
    }
}

/// The pictures of a gallery, each with its caption, and what is written under all of them.
#[derive(Default)]
struct Gathered {
    images: Vec<Image>,
    captions: Vec<String>,
}

impl Gathered {
    fn gather(&mut self, nodes: &[Node], id: Option<u64>) {
        for node in nodes {
            match node {
                Node::Text(_) => {}
                Node::Block(block) => self.gather(&block.children, number(&block.settings, "id").or(id)),
                Node::Element(element) => self.element(element, id),
            }
        }
    }

    fn element(&mut self, element: &Element, id: Option<u64>) {
        let holds = count(&element.children);
        let is_own = matches!(element.name.as_str(), "figure" | "li" | "dl" | "div") && !is_gallery(element);
        match element.name.as_str() {
            "img" => self.images.push(image_of(element, id, Caption::None)),
            "figcaption" => self.captions.extend(words::caption(&element.children)),
            "dd" if element.has_class("gallery-caption") => {
                if let Some(last) = self.images.last_mut() {
                    last.caption = said(words::caption(&element.children));
                }
            }
            _ if is_own && holds == 1 => {
                if let Some(image) = first_image(&element.children) {
                    let caption = said(caption_of(&element.children));
                    self.images.push(image_of(image, id, caption));
                }
            }
            _ => self.gather(&element.children, id),
        }
    }
}
