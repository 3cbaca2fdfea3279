//! Photos: one original each, with its facts: who, where, when, caption of record, credit, rights, alt text, focal point.
//!
//! A photo knows nothing of stories. Its words begin as what the file carried and are then edited here; the file itself never changes.

mod concealed;
pub mod edit;
mod header;
pub mod ingest;
pub mod library;
pub mod originals;
pub mod packet;
pub mod query;
pub mod remove;
pub mod render;
pub mod render_again;
pub mod renditions;
pub mod repacked;
pub mod turn;

use serde::Serialize;

use crate::account::Actor;
use crate::clock::Millis;
use crate::id::{AccountId, PhotoId};
use crate::metadata::Metadata;

/// How far a photo has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum PhotoState {
    /// Stored; its renditions are being made.
    Pending,
    /// Its JPEG and WebP renditions are there.
    Ready,
    /// It could not be rendered; the original is kept.
    Failed,
}

impl PhotoState {
    /// The word for it in the database and in forms.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Ready => "ready",
            Self::Failed => "failed",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Pending, Self::Ready, Self::Failed]
            .into_iter()
            .find(|state| state.as_str() == text)
    }
}

/// A photo with its facts.
#[derive(Debug, Clone)]
pub struct Photo {
    /// Its id.
    pub id: PhotoId,
    /// Who uploaded it.
    pub owner_id: AccountId,
    /// Hash of the original; never public.
    pub original_sha256: String,
    /// Type of the original.
    pub media_type: String,
    /// Size of the original in bytes.
    pub size_bytes: i64,
    /// The client's name for the file: a label, never public.
    pub file_name: String,
    /// Width of the upright photo in pixels.
    pub width_px: i32,
    /// Height of the upright photo in pixels.
    pub height_px: i32,
    /// How far it has come.
    pub state: PhotoState,
    /// Why it failed, in words for a photographer.
    pub failure: Option<String>,
    /// Whether the file was damaged and is shown as far as it decodes.
    pub damaged: bool,
    /// Caption of record.
    pub caption: Option<String>,
    /// Headline from the file.
    pub headline: Option<String>,
    /// Where it was taken, as it opens a caption.
    pub place: Option<String>,
    /// Text for those who cannot see it.
    pub alt: Option<String>,
    /// Whether it needs no alt text.
    pub decorative: bool,
    /// Whose picture it is, as printed.
    pub credit: Option<String>,
    /// Who made it.
    pub creator: Option<String>,
    /// Copyright notice.
    pub copyright: Option<String>,
    /// Address of the licence or statement of rights.
    pub license: Option<String>,
    /// The day it was taken, `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    pub taken_on: Option<String>,
    /// When it was taken by the camera's clock, sortable text.
    pub captured_at: Option<String>,
    /// Focal point: fractions of width and height from the top left.
    pub focal: (f64, f64),
    /// Neither date nor place nor person may be public.
    pub sensitive: bool,
    /// The place may not be public.
    pub hide_place: bool,
    /// Who marked it as sensitive; `None` where nobody did, or nobody knows.
    pub sensitive_by: Option<AccountId>,
    /// Who hid its place.
    pub place_by: Option<AccountId>,
    /// Dominant colour, `#rrggbb`.
    pub color: Option<String>,
    /// `ThumbHash`, base64.
    pub thumbhash: Option<String>,
    /// Folder of its current renditions.
    pub folder: Option<String>,
    /// The words in the files of that folder, as `metadata::Packet` keeps them.
    pub packet: Option<String>,
    /// The photo of which this one's file is a newer version.
    pub earlier: Option<PhotoId>,
    /// What the file carried.
    pub embedded: Metadata,
    /// Grows with every change of its words.
    pub version: i32,
    /// When it was uploaded.
    pub created_at: Millis,
    /// When it last changed.
    pub updated_at: Millis,
}

impl Photo {
    /// Whether this person may change the photo, see its original and remove it.
    #[must_use]
    pub fn may_be_changed_by(&self, actor: &Actor) -> bool {
        actor.edits_everything() || self.owner_id == actor.id
    }

    /// The place, if readers may know it.
    #[must_use]
    pub fn public_place(&self) -> Option<&str> {
        self.place.as_deref().filter(|_| !self.hides_place())
    }

    /// The place, if readers may know it, in a story's language as far as it is what was drafted from the file's fields: what somebody typed
    /// stays as it was typed.
    #[must_use]
    pub fn public_place_in(&self, language: &str) -> Option<String> {
        let line = self.public_place()?;
        let facts = &self.embedded.facts;
        let drafted = facts.is_place_line(line).then(|| facts.place_line_in(language));
        Some(drafted.flatten().unwrap_or_else(|| line.to_owned()))
    }

    /// Whether readers may not learn where it was taken.
    #[must_use]
    pub fn hides_place(&self) -> bool {
        self.hide_place || self.sensitive
    }
}

/// How a picture came about, where that is not a camera alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ai {
    /// Made by a trained model.
    Made,
    /// Made from photographs with parts that a trained model made.
    Edited,
}

impl Ai {
    /// Reads IPTC's digital source type.
    ///
    /// Source: IPTC news codes, Digital Source Type (2025): a code behind the scheme's address.
    #[must_use]
    pub fn of_source_type(uri: &str) -> Option<Self> {
        let code = uri.trim_end_matches('/').rsplit(['/', ':']).next()?;
        match code {
            "trainedAlgorithmicMedia" => Some(Self::Made),
            "compositeWithTrainedAlgorithmicMedia" | "compositeSynthetic" => Some(Self::Edited),
            _ => None,
        }
    }
}

impl Photo {
    /// How the file says it came about, if not by a camera alone.
    #[must_use]
    pub fn ai(&self) -> Option<Ai> {
        Ai::of_source_type(self.embedded.facts.digital_source_type.as_deref()?)
    }
}

/// A rendition as recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendition {
    /// Public folder.
    pub folder: String,
    /// File name and specification.
    pub spec: String,
    /// `frame`, `crop` or `thumb`.
    pub purpose: String,
    /// Its type.
    pub media_type: String,
    /// Width in pixels.
    pub width_px: i32,
    /// Height in pixels.
    pub height_px: i32,
    /// Size in bytes.
    pub size_bytes: i64,
    /// SHA-256 of the bytes as lower-case hexadecimal digits; `None` for one that was made before these were kept.
    pub sha256: Option<String>,
}

/// The specification of the desk's thumbnail.
pub const THUMB: &str = "thumb.webp";
