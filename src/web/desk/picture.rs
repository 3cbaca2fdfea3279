//! Photos as the desk's pages show them: the rendition that fits the place, or why there is none yet.

use crate::photo::{Photo, PhotoState, Rendition};
use crate::web::urls::Urls;

/// A picture ready to print.
#[derive(Debug, Clone)]
pub(super) struct Picture {
    pub state: PhotoState,
    pub failure: Option<String>,
    pub src: Option<String>,
    pub width: i32,
    pub height: i32,
    pub alt: String,
}

impl Picture {
    /// The photo at a width of at least `width_px`, where it has one so large.
    pub(super) fn of(photo: &Photo, renditions: &[Rendition], width_px: i32, urls: &Urls) -> Self {
        // A photo that is still being prepared has JPEGs first.
        let fitting = ["image/webp", "image/jpeg"].into_iter().find_map(|media_type| {
            let frames = || {
                renditions
                    .iter()
                    .filter(|it| it.purpose == "frame" && it.media_type == media_type)
            };
            frames()
                .filter(|it| it.width_px >= width_px)
                .min_by_key(|it| it.width_px)
                .or_else(|| frames().max_by_key(|it| it.width_px))
        });
        Self::shown(photo, fitting, urls)
    }

    /// The photo's thumbnail, which stands beside the photo's name and needs no other.
    pub(super) fn thumb(photo: &Photo, renditions: &[Rendition], urls: &Urls) -> Self {
        let shown = Self::shown(photo, renditions.iter().find(|it| it.purpose == "thumb"), urls);
        Self {
            alt: String::new(),
            ..shown
        }
    }

    fn shown(photo: &Photo, rendition: Option<&Rendition>, urls: &Urls) -> Self {
        Self {
            state: photo.state,
            failure: photo.failure.clone(),
            src: rendition.map(|it| urls.media(&it.folder, &it.spec)),
            width: rendition.map_or(photo.width_px, |it| it.width_px),
            height: rendition.map_or(photo.height_px, |it| it.height_px),
            alt: photo.alt.clone().unwrap_or_else(|| photo.file_name.clone()),
        }
    }

    /// A photo that is not there.
    pub(super) fn missing() -> Self {
        Self {
            state: PhotoState::Failed,
            failure: None,
            src: None,
            width: 3,
            height: 2,
            alt: String::new(),
        }
    }

    pub(super) fn is_failed(&self) -> bool {
        self.state == PhotoState::Failed
    }

    pub(super) fn is_pending(&self) -> bool {
        self.state == PhotoState::Pending
    }
}
