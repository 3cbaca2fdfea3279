//! Every address of the site, made in one place. Paths for pages, absolute addresses for what leaves the site.

use std::collections::HashMap;
use std::sync::Arc;

use crate::id::{AccountId, LinkId, PhotoId, StoryId, TokenId, WebhookId};
use crate::story::listing::ListingKind;

/// Makes links; clones share one.
#[derive(Debug, Clone)]
pub struct Urls {
    base: Arc<str>,
    versions: Arc<HashMap<String, String>>,
    /// Where renditions are: below `/media`, or below a link to a draft.
    media: Arc<str>,
    /// What stands before every path of the reader's pages: nothing, the folder of the site on its host, or `.` in a folder of its own.
    root: Arc<str>,
    /// What answers when such an address is asked for.
    answers: Answers,
}

/// What is behind the addresses of the reader's pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answers {
    /// The server.
    Server,
    /// Files on any host: a page is the `index.html` of a folder, and nothing reads what stands behind a question mark.
    Host,
    /// Files in a folder that is opened without any host.
    Folder,
}

impl Urls {
    /// Links under this base (scheme, host, port; no closing slash), with the content version of each static file.
    #[must_use]
    pub fn new(base: &str, versions: HashMap<String, String>) -> Self {
        Self {
            base: base.trim_end_matches('/').into(),
            versions: Arc::new(versions),
            media: "/media".into(),
            root: "".into(),
            answers: Answers::Server,
        }
    }

    /// Links of a site that lies as files on a host, under this address, which may have a path.
    #[must_use]
    pub fn on_host(address: &url::Url, versions: HashMap<String, String>) -> Self {
        let root = address.path().trim_end_matches('/');
        Self {
            root: root.into(),
            media: format!("{root}/media").into(),
            answers: Answers::Host,
            ..Self::new(&address.origin().ascii_serialization(), versions)
        }
    }

    /// Links of one page in a folder that is opened as it lies there.
    #[must_use]
    pub fn in_folder() -> Self {
        Self {
            root: ".".into(),
            media: "./media".into(),
            answers: Answers::Folder,
            ..Self::new("", HashMap::new())
        }
    }

    /// Whether a server answers, which takes questions: what comes after a question mark.
    #[must_use]
    pub fn take_questions(&self) -> bool {
        self.answers == Answers::Server
    }

    /// A page of the readers: without a server it is the folder that its file lies in.
    fn page(&self, path: &str) -> String {
        let slash = if self.answers == Answers::Server { "" } else { "/" };
        format!("{}{path}{slash}", self.root)
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
        format!("{}/", self.root)
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
            ListingKind::Tag => self.page(&format!("/tags/{slug}")),
            ListingKind::Photographer => self.page(&format!("/photographers/{slug}")),
        }
    }

    /// A further page of a list.
    #[must_use]
    pub fn list_after(&self, list: &str, cursor: &str) -> String {
        format!("{list}?after={cursor}")
    }

    /// A further page of a list that lies as files, counted from 1.
    #[must_use]
    pub fn list_page(&self, list: &str, number: usize) -> String {
        let list = list.trim_end_matches('/');
        format!("{list}/page/{number}/")
    }

    /// A feed of the site, or of the list at this path.
    #[must_use]
    pub fn feed(&self, list: Option<&str>, file: &str) -> String {
        let list = list.unwrap_or(&self.root).trim_end_matches('/');
        format!("{list}/{file}")
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
            Some(part) => format!("{}/sitemap-{part}.xml", self.root),
            None => format!("{}/sitemap.xml", self.root),
        }
    }

    /// A published story.
    #[must_use]
    pub fn story(&self, slug: &str) -> String {
        self.page(&format!("/stories/{slug}"))
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
            Some(version) => format!("{}/static/{name}?v={version}", self.root),
            None => format!("{}/static/{name}", self.root),
        }
    }

    /// The site's own style sheet in one of its versions.
    #[must_use]
    pub fn own_stylesheet(&self, version: &str) -> String {
        match self.answers {
            Answers::Folder => format!("{}/site.css", self.root),
            _ => format!("{}/site.css?v={version}", self.root),
        }
    }

    /// Where readers look for stories by their words.
    #[must_use]
    pub fn search(&self) -> String {
        "/search".to_owned()
    }

    /// The lists of tags or photographers in the delivery API.
    #[must_use]
    pub fn api_listings(&self, kind: ListingKind) -> String {
        match kind {
            ListingKind::Tag => "/api/v1/tags".to_owned(),
            ListingKind::Photographer => "/api/v1/photographers".to_owned(),
        }
    }

    /// Search in the delivery API.
    #[must_use]
    pub fn api_search(&self) -> String {
        "/api/v1/search".to_owned()
    }

    /// A path with a query of these names and values, in this order; those without a value are left out.
    #[must_use]
    pub fn with_query(&self, path: &str, pairs: &[(&str, Option<&str>)]) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in pairs {
            if let Some(value) = value {
                query.append_pair(name, value);
            }
        }
        let query = query.finish();
        if query.is_empty() {
            path.to_owned()
        } else {
            format!("{path}?{query}")
        }
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

    /// A webhook in the management API.
    #[must_use]
    pub fn manage_webhook(&self, id: &WebhookId) -> String {
        format!("/api/v1/manage/webhooks/{id}")
    }

    /// Webhooks at the desk, for administrators.
    #[must_use]
    pub fn webhooks(&self) -> String {
        "/desk/webhooks".to_owned()
    }

    /// A webhook at the desk.
    #[must_use]
    pub fn webhook(&self, id: &WebhookId) -> String {
        format!("/desk/webhooks/{id}")
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

    /// Uploads by a drop link, absolute: a program is told where they go.
    #[must_use]
    pub fn drop_uploads_absolute(&self, secret: &str) -> String {
        self.absolute(&self.drop_uploads(secret))
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

    /// The queue, for administrators.
    #[must_use]
    pub fn jobs(&self) -> String {
        "/desk/jobs".to_owned()
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

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failing test may panic")]
mod tests {
    use super::*;

    #[test]
    fn a_site_that_lies_as_files_has_folders_for_pages_and_may_lie_in_one_itself() {
        let at = |address: &str| Urls::on_host(&url::Url::parse(address).unwrap(), HashMap::new());
        let urls = at("https://kade.example/reportages/");
        assert_eq!(urls.home(), "/reportages/");
        assert_eq!(
            urls.story_absolute("een-veld"),
            "https://kade.example/reportages/stories/een-veld/"
        );
        let list = urls.listing(ListingKind::Tag, "irak");
        assert_eq!(
            urls.feed(Some(&list), "feed.xml"),
            "/reportages/tags/irak/feed.xml"
        );
        assert_eq!(urls.feed(None, "feed.xml"), "/reportages/feed.xml");
        assert_eq!(urls.list_page(&urls.home(), 2), "/reportages/page/2/");
        assert_eq!(urls.media("ab", "w320.jpg"), "/reportages/media/ab/w320.jpg");
        let whole = at("https://kade.example");
        assert_eq!(
            (whole.home().as_str(), whole.story("a").as_str()),
            ("/", "/stories/a/")
        );
    }

    #[test]
    fn in_a_folder_every_link_is_relative() {
        let urls = Urls::in_folder();
        for link in [
            urls.asset("reader.css"),
            urls.media("001", "w320.jpg"),
            urls.own_stylesheet("1"),
        ] {
            assert!(link.starts_with("./") && !link.contains('?'), "{link}");
        }
    }
}
