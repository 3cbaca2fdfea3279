//! Every address of the site, made in one place. Paths for pages, absolute addresses for what leaves the site.

use std::collections::HashMap;
use std::sync::Arc;

use crate::id::{AccountId, LinkId, PhotoId, StoryId, TokenId};
use crate::story::listing::ListingKind;

/// Makes links; clones share one.
#[derive(Debug, Clone)]
pub struct Urls {
    base: Arc<str>,
    versions: Arc<HashMap<String, String>>,
    /// Where renditions are: below `/media`, or below a link to a draft.
    media: Arc<str>,
}

impl Urls {
    /// Links under this base (scheme, host, port; no closing slash), with the content version of each static file.
    #[must_use]
    pub fn new(base: &str, versions: HashMap<String, String>) -> Self {
        Self {
            base: base.trim_end_matches('/').into(),
            versions: Arc::new(versions),
            media: "/media".into(),
        }
    }

    /// The same links for whoever holds the secret of a draft: its pictures are found below that secret, and nowhere else.
    #[must_use]
    pub fn for_holder_of(&self, secret: &str) -> Self {
        Self {
            media: format!("{}/media", self.outside_preview(secret)).into(),
            ..self.clone()
        }
    }

    /// Scheme, host and port.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// An absolute address of a path.
    #[must_use]
    pub fn absolute(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// The list of published stories.
    #[must_use]
    pub fn home(&self) -> String {
        "/".to_owned()
    }

    /// A further page of that list.
    #[must_use]
    pub fn index_after(&self, cursor: &str) -> String {
        format!("/?after={cursor}")
    }

    /// The stories of a tag or of a photographer.
    #[must_use]
    pub fn listing(&self, kind: ListingKind, slug: &str) -> String {
        match kind {
            ListingKind::Tag => format!("/tags/{slug}"),
            ListingKind::Photographer => format!("/photographers/{slug}"),
        }
    }

    /// A further page of a list.
    #[must_use]
    pub fn list_after(&self, list: &str, cursor: &str) -> String {
        format!("{list}?after={cursor}")
    }

    /// A feed of the site, or of the list at this path.
    #[must_use]
    pub fn feed(&self, list: Option<&str>, file: &str) -> String {
        format!("{}/{file}", list.unwrap_or_default())
    }

    /// Where oEmbed tells of a page.
    #[must_use]
    pub fn oembed(&self, page: &str, format: &str) -> String {
        let page: String = url::form_urlencoded::byte_serialize(self.absolute(page).as_bytes()).collect();
        self.absolute(&format!("/oembed?format={format}&url={page}"))
    }

    /// The list of all pages for search engines, or one of its parts.
    #[must_use]
    pub fn sitemap(&self, part: Option<usize>) -> String {
        match part {
            Some(part) => format!("/sitemap-{part}.xml"),
            None => "/sitemap.xml".to_owned(),
        }
    }

    /// A published story.
    #[must_use]
    pub fn story(&self, slug: &str) -> String {
        format!("/stories/{slug}")
    }

    /// A published story's canonical address.
    #[must_use]
    pub fn story_absolute(&self, slug: &str) -> String {
        self.absolute(&self.story(slug))
    }

    /// A rendition.
    #[must_use]
    pub fn media(&self, folder: &str, spec: &str) -> String {
        format!("{}/{folder}/{spec}", self.media)
    }

    /// A rendition, absolute.
    #[must_use]
    pub fn media_absolute(&self, folder: &str, spec: &str) -> String {
        self.absolute(&self.media(folder, spec))
    }

    /// A static file with its content's version, so that it may be cached for ever.
    #[must_use]
    pub fn asset(&self, name: &str) -> String {
        match self.versions.get(name) {
            Some(version) => format!("/static/{name}?v={version}"),
            None => format!("/static/{name}"),
        }
    }

    /// The site's own style sheet in one of its versions.
    #[must_use]
    pub fn own_stylesheet(&self, version: &str) -> String {
        format!("/site.css?v={version}")
    }

    /// The list of live stories in the delivery API.
    #[must_use]
    pub fn api_stories(&self) -> String {
        "/api/v1/stories".to_owned()
    }

    /// A story in the delivery API.
    #[must_use]
    pub fn api_story(&self, slug: &str) -> String {
        format!("/api/v1/stories/{slug}")
    }

    /// A story in the management API.
    #[must_use]
    pub fn manage_story(&self, id: &StoryId) -> String {
        format!("/api/v1/manage/stories/{id}")
    }

    /// A photo in the management API.
    #[must_use]
    pub fn manage_photo(&self, id: &PhotoId) -> String {
        format!("/api/v1/manage/photos/{id}")
    }

    /// Uploads that go on where they stopped.
    #[must_use]
    pub fn uploads(&self) -> String {
        "/api/v1/manage/uploads".to_owned()
    }

    /// What a drop link opens.
    #[must_use]
    pub fn drop_page(&self, secret: &str) -> String {
        format!("/drop/{secret}")
    }

    /// What a drop link opens, absolute: it is given away.
    #[must_use]
    pub fn drop_page_absolute(&self, secret: &str) -> String {
        self.absolute(&self.drop_page(secret))
    }

    /// Uploads by a drop link.
    #[must_use]
    pub fn drop_uploads(&self, secret: &str) -> String {
        format!("/drop/{secret}/uploads")
    }

    /// The drop links of a story.
    #[must_use]
    pub fn drop_links(&self, id: &StoryId) -> String {
        format!("/desk/stories/{id}/drop-links")
    }

    /// A photo's original, for those who may have it.
    #[must_use]
    pub fn original(&self, id: &PhotoId) -> String {
        format!("/api/v1/manage/photos/{id}/original")
    }

    /// The desk's story list.
    #[must_use]
    pub fn desk(&self) -> String {
        "/desk".to_owned()
    }

    /// Sign-in, with where to go afterwards.
    #[must_use]
    pub fn sign_in(&self, next: Option<&str>) -> String {
        match next {
            Some(next) => {
                let next: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
                format!("/desk/sign-in?next={next}")
            }
            None => "/desk/sign-in".to_owned(),
        }
    }

    /// The page that makes the first admin, absolute: it is printed in a shell.
    #[must_use]
    pub fn setup_absolute(&self, secret: &str) -> String {
        self.absolute(&format!("/desk/setup?token={secret}"))
    }

    /// The story editor.
    #[must_use]
    pub fn desk_story(&self, id: &StoryId) -> String {
        format!("/desk/stories/{id}")
    }

    /// The story editor at one of its parts.
    #[must_use]
    pub fn desk_part(&self, id: &StoryId, part: &str) -> String {
        format!("/desk/stories/{id}#{part}")
    }

    /// A story's light table.
    #[must_use]
    pub fn light_table(&self, id: &StoryId) -> String {
        format!("/desk/stories/{id}/table")
    }

    /// A story's caption desk.
    #[must_use]
    pub fn caption_desk(&self, id: &StoryId) -> String {
        format!("/desk/stories/{id}/captions")
    }

    /// The draft as readers would see it.
    #[must_use]
    pub fn preview(&self, id: &StoryId) -> String {
        format!("/desk/stories/{id}/preview")
    }

    /// The checklist, and publishing.
    #[must_use]
    pub fn publish(&self, id: &StoryId) -> String {
        format!("/desk/stories/{id}/publish")
    }

    /// The links by which outsiders see a draft.
    #[must_use]
    pub fn share(&self, id: &StoryId) -> String {
        format!("/desk/stories/{id}/share")
    }

    /// The drafts of a story as they stood earlier.
    #[must_use]
    pub fn revisions(&self, id: &StoryId) -> String {
        format!("/desk/stories/{id}/revisions")
    }

    /// A draft for whoever holds its secret.
    #[must_use]
    pub fn outside_preview(&self, secret: &str) -> String {
        format!("/preview/{secret}")
    }

    /// The same, absolute: it is sent to somebody.
    #[must_use]
    pub fn outside_preview_absolute(&self, secret: &str) -> String {
        self.absolute(&self.outside_preview(secret))
    }

    /// The site's settings at the desk.
    #[must_use]
    pub fn desk_site(&self) -> String {
        "/desk/site".to_owned()
    }

    /// One's own account.
    #[must_use]
    pub fn me(&self) -> String {
        "/desk/me".to_owned()
    }

    /// Where the desk's language is chosen.
    #[must_use]
    pub fn tongue(&self) -> String {
        "/desk/tongue".to_owned()
    }

    /// One's own second factor.
    #[must_use]
    pub fn factor(&self) -> String {
        "/desk/me/factor".to_owned()
    }

    /// One's own passkeys.
    #[must_use]
    pub fn passkeys(&self) -> String {
        "/desk/me/passkeys".to_owned()
    }

    /// The secret of a second factor for a camera; it changes with every secret that is offered.
    #[must_use]
    pub fn factor_qr(&self) -> String {
        "/desk/me/factor/qr.svg".to_owned()
    }

    /// People, for administrators.
    #[must_use]
    pub fn people(&self) -> String {
        "/desk/people".to_owned()
    }

    /// Somebody's account, for administrators.
    #[must_use]
    pub fn person(&self, id: &AccountId) -> String {
        format!("/desk/people/{id}")
    }

    /// Where an invitation is taken back.
    #[must_use]
    pub fn revoke_invitation(&self, id: &LinkId) -> String {
        format!("/desk/people/invitations/{id}/revoke")
    }

    /// Where an invitation or a reset leads, absolute: it is sent to somebody.
    #[must_use]
    pub fn join_absolute(&self, secret: &str) -> String {
        self.absolute(&format!("/desk/join?token={secret}"))
    }

    /// API tokens.
    #[must_use]
    pub fn tokens(&self) -> String {
        "/desk/tokens".to_owned()
    }

    /// Where a token is revoked.
    #[must_use]
    pub fn revoke_token(&self, id: &TokenId) -> String {
        format!("/desk/tokens/{id}/revoke")
    }

    /// The audit trail, for administrators.
    #[must_use]
    pub fn audit(&self) -> String {
        "/desk/audit".to_owned()
    }

    /// The photo library.
    #[must_use]
    pub fn library(&self) -> String {
        "/desk/photos".to_owned()
    }

    /// A photo at the desk.
    #[must_use]
    pub fn desk_photo(&self, id: &PhotoId) -> String {
        format!("/desk/photos/{id}")
    }
}
