//! What stands around what is answered: every success is `{"data": …}`, sometimes with something beside it.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::document::Problem;
use super::draft_view::{DraftView, DropLinkView, PreviewLinkView, RemarkView, StoryView};
use super::view::{
    DeliveredBlock, DeliveredCorrection, DeliveredPhoto, DeliveredStatus, DeliveredStory, DeliveredText,
    PhotoView, StoryType,
};
use crate::account::Role;
use crate::id::{AccountId, BlockId, PhotoId, SessionId, StoryId, TokenId};
use crate::story::revisions::Reason;
use crate::story::steps::{Undoable, What};

macro_rules! answers {
    ($($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $field:ident: $type:ty),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Serialize, ToSchema)]
        pub struct $name { $($(#[$of])* pub $field: $type,)* }
    )*};
}

answers! {
    /// A live story, or a draft in its shape.
    StoryAnswer {
        /// The story.
        data: DeliveredStory,
        /// Where to find it.
        links: DeliveredLinks,
    }
    /// Where to find a story.
    DeliveredLinks {
        /// Its address in this API; not in a preview.
        #[serde(rename = "self", skip_serializing_if = "Option::is_none")]
        itself: Option<String>,
        /// Its page.
        html: String,
    }
    /// A page of live stories.
    LiveStoryList {
        /// The stories.
        data: Vec<DeliveredStory>,
        /// Where the list goes on.
        links: NextLink,
    }
    /// A page of stories that hold what was looked for.
    FoundStoryList {
        /// The stories, those that fit best first.
        #[schema(value_type = Vec<FoundStory>)]
        data: Vec<serde_json::Value>,
        /// Where the list goes on.
        links: NextLink,
    }
    /// A page of tags or photographers.
    ListingList {
        /// The tags or photographers, by slug.
        data: Vec<ListingView>,
        /// Where the list goes on.
        links: NextLink,
    }
    /// A tag or photographer of live stories.
    ListingView {
        /// `tag` or `photographer`.
        #[serde(rename = "type")]
        kind: &'static str,
        /// What stories are narrowed by.
        slug: String,
        /// As it stands in stories.
        name: String,
        /// How many live stories have it.
        stories: i64,
        /// What the site says of a photographer; not of tags.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>, required = false)]
        about: Option<Option<String>>,
        /// Where its stories are.
        links: ListingLinks,
    }
    /// Where the stories of a tag or photographer are.
    ListingLinks {
        /// In this API.
        stories: String,
        /// Their page.
        html: String,
    }
    /// Where a list goes on.
    NextLink {
        /// Address of the next page; null on the last one.
        next: Option<String>,
    }
    /// A draft.
    DraftAnswer {
        /// The draft.
        data: DraftView,
    }
    /// A page of stories.
    StoryList {
        /// The stories, without their blocks.
        data: Vec<StoryView>,
        /// What to give as `after` for the next page; null on the last one.
        next: Option<String>,
    }
    /// A photo.
    PhotoAnswer {
        /// The photo.
        data: PhotoView,
    }
    /// A page of photos.
    PhotoList {
        /// The photos.
        data: Vec<PhotoView>,
        /// What to give as `after` for the next page; null on the last one.
        next: Option<String>,
    }
    /// What became of the files of an upload, each in its place.
    UploadAnswer {
        /// Photos, and refusals among them.
        data: Vec<Uploaded>,
    }
    /// A file that was refused.
    RefusedFile {
        /// The file's name on the uploader's machine.
        file_name: String,
        /// Why.
        #[schema(value_type = Problem)]
        error: serde_json::Value,
    }
    /// A draft after one of the caller's steps was taken back or done again.
    StepAnswer {
        /// The draft as it is now.
        data: DraftView,
        /// Which step it was.
        step: Step,
        /// What can be undone and done again next.
        undoable: Undoable,
    }
    /// A step that was taken back or done again.
    Step {
        /// What it had done; null: there was none.
        what: Option<What>,
        /// Whether it was left as it is, because somebody changed the same parts since.
        overtaken: bool,
    }
    /// Revisions of a story, newest first.
    RevisionList {
        /// The revisions, without their blocks.
        data: Vec<RevisionView>,
    }
    /// A draft as it stood.
    RevisionAnswer {
        /// The draft as it was.
        data: DraftView,
        /// Which revision it is.
        revision: RevisionView,
    }
    /// When and why a draft was kept.
    RevisionView {
        /// Its number in the story, counted from 1.
        number: i32,
        /// Why it was kept.
        reason: Reason,
        /// Who had changed the draft last.
        made_by: Maker,
        /// When the draft had become so (RFC 3339, UTC).
        made_at: String,
    }
    /// A person.
    Maker {
        /// Their account.
        id: AccountId,
        /// Their name.
        name: String,
    }
    /// The members of a story.
    MemberList {
        /// The members, by name.
        data: Vec<MemberView>,
    }
    /// A photographer who may add to a story.
    MemberView {
        /// Their account.
        user: AccountId,
        /// Their name.
        name: String,
        /// Since when (RFC 3339, UTC).
        since: String,
    }
    /// The checklist of a draft.
    ChecklistAnswer {
        /// The checklist.
        data: ChecklistView,
    }
    /// What stands between a draft and its publication.
    ChecklistView {
        /// What blocks it: publishing is refused with these.
        obstacles: Vec<RemarkView>,
        /// What does not.
        warnings: Vec<RemarkView>,
    }
    /// A publication that was made.
    PublicationAnswer {
        /// The publication.
        data: PublicationView,
    }
    /// A publication.
    PublicationView {
        /// Its number in the story, counted from 1.
        publication: i32,
        /// When it was made (RFC 3339, UTC).
        published_at: String,
        /// Address of the story's page.
        url: String,
    }
    /// Links to a draft.
    PreviewLinkList {
        /// The links, newest first.
        data: Vec<PreviewLinkView>,
    }
    /// A link that was made.
    PreviewLinkAnswer {
        /// The link with its address and its secret.
        data: PreviewLinkView,
    }
    /// Drop links of a story that still open.
    DropLinkList {
        /// The links, oldest first.
        data: Vec<DropLinkView>,
    }
    /// A drop link that was made.
    DropLinkAnswer {
        /// The link with its addresses.
        data: DropLinkView,
    }
    /// Addresses that stories had on another site.
    OldAddressList {
        /// The addresses, in their order.
        data: Vec<OldAddressView>,
        /// What to give as `after` for the next page; null on the last one.
        next: Option<String>,
    }
    /// An address that a story had on another site.
    OldAddressView {
        /// The path, with its query if it had one.
        address: String,
        /// The story it belongs to.
        story: StoryId,
        /// The story's title.
        title: String,
        /// Where readers are sent; null while the story is not live.
        leads_to: Option<String>,
        /// When it was taken in (RFC 3339, UTC).
        since: String,
    }
    /// Accounts.
    AccountList {
        /// The accounts, by name.
        data: Vec<AccountView>,
    }
    /// A person with an account.
    AccountView {
        /// The account.
        id: AccountId,
        /// Name.
        name: String,
        /// E-mail address.
        email: String,
        /// What they may do.
        role: Role,
        /// When it was made (RFC 3339, UTC).
        created_at: String,
        /// Since when they may not sign in (RFC 3339, UTC).
        disabled_at: Option<String>,
        /// When they were last here (RFC 3339, UTC).
        seen_at: Option<String>,
        /// Whether they sign in with a second factor.
        second_factor: bool,
        /// Whether they have a passkey.
        passkey: bool,
    }
    /// Sessions.
    SessionList {
        /// The sessions, the last used first.
        data: Vec<SessionView>,
    }
    /// A signed-in browser.
    SessionView {
        /// Its id.
        id: SessionId,
        /// What the browser calls itself.
        browser: String,
        /// The network address it signed in from.
        network: String,
        /// When it signed in (RFC 3339, UTC).
        created_at: String,
        /// When it was last used (RFC 3339, UTC).
        seen_at: String,
        /// Whether it is the one that asks.
        current: bool,
    }
    /// Tokens.
    TokenList {
        /// The tokens.
        data: Vec<TokenView>,
    }
    /// An API token, without its secret.
    TokenView {
        /// Its id.
        id: TokenId,
        /// What it is for.
        name: String,
        /// Whose it is.
        user: AccountId,
        /// What it opens.
        scopes: Vec<&'static str>,
        /// When it was made (RFC 3339, UTC).
        created_at: String,
        /// When it ends (RFC 3339, UTC).
        expires_at: Option<String>,
        /// When it was last used (RFC 3339, UTC).
        used_at: Option<String>,
        /// When it was taken back (RFC 3339, UTC).
        revoked_at: Option<String>,
    }
}

/// A story that was found. Without `fields` it is all but `corrections`, `blocks` and `photos`; with it, what was asked for.
#[derive(Debug, ToSchema)]
#[allow(
    dead_code,
    reason = "it describes what is answered; the fields are taken from the whole story"
)]
pub struct FoundStory {
    /// Its id.
    id: StoryId,
    /// Always `story`.
    #[serde(rename = "type")]
    kind: StoryType,
    /// Last segment of its address.
    #[schema(required = false, value_type = String)]
    slug: Option<String>,
    /// Language tag (BCP 47) such as `nl`.
    #[schema(required = false, value_type = String)]
    language: Option<String>,
    /// Title.
    #[schema(required = false, value_type = String)]
    title: Option<String>,
    /// The paragraph under the title.
    #[schema(required = false)]
    standfirst: Option<String>,
    /// Who made it.
    #[schema(required = false)]
    byline: Option<String>,
    /// Its own date: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    #[schema(required = false)]
    date: Option<String>,
    /// Words to find it by.
    #[schema(required = false, value_type = Vec<String>)]
    tags: Option<Vec<String>>,
    /// Whether the whole story is graphic.
    #[schema(required = false, value_type = bool)]
    graphic: Option<bool>,
    /// `published`, or `draft` in a preview.
    #[schema(required = false, value_type = DeliveredStatus)]
    status: Option<DeliveredStatus>,
    /// When this publication was made (RFC 3339, UTC).
    #[schema(required = false)]
    published_at: Option<String>,
    /// When it was published for the first time (RFC 3339, UTC).
    #[schema(required = false)]
    first_published_at: Option<String>,
    /// When what readers get of it last changed: with this publication, or later, when a photo hid something or an image came to it. Null in a preview.
    #[schema(required = false)]
    updated_at: Option<String>,
    /// Number of the publication, counted from 1; 0 in a preview.
    #[schema(required = false, value_type = i32)]
    publication: Option<i32>,
    /// Address of its page.
    #[schema(required = false, value_type = String)]
    url: Option<String>,
    /// What readers are told of changes since it was first published, oldest first.
    #[schema(required = false, value_type = Vec<DeliveredCorrection>)]
    corrections: Option<Vec<DeliveredCorrection>>,
    /// The block whose photo stands for the story in lists and shares.
    #[schema(required = false)]
    lead: Option<BlockId>,
    /// The blocks in order.
    #[schema(required = false, value_type = Vec<DeliveredBlock>)]
    blocks: Option<Vec<DeliveredBlock>>,
    /// The photos of all frames.
    #[schema(required = false, value_type = BTreeMap<PhotoId, DeliveredPhoto>)]
    photos: Option<BTreeMap<PhotoId, DeliveredPhoto>>,
    /// Where what was looked for stands.
    r#match: Match,
}

/// Where what was looked for stands.
#[derive(Debug, ToSchema)]
#[allow(dead_code, reason = "as above")]
pub struct Match {
    /// The title, with `<mark>` around what was looked for.
    title: DeliveredText,
    /// Where it stands in the story; null where it is in the title alone.
    passage: Option<DeliveredText>,
}

/// What became of one file.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Uploaded {
    /// It is a photo.
    Photo(Box<PhotoView>),
    /// It was refused.
    Refused(RefusedFile),
}
