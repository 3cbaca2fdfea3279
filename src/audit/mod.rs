//! The trail of who did what to which story, photo, account or token, and when; for administrators.
//!
//! An entry is written by [`record`] in the transaction of what it tells of: what was undone is not told, and what was done is not left out.
//! Names and titles are copied, because people are renamed and stories deleted. Nothing is ever changed here, and no secret is written.

mod query;

use std::fmt;
use std::str::FromStr;

use diesel::QueryResult;

use crate::clock::{HOUR, Millis};
use crate::db::Conn;
use crate::id::{AccountId, AuditId};
use crate::text::{clean_line, cut};

/// Characters that a note and a name may have; what is longer is cut.
const MOST_CHARS: usize = 200;

macro_rules! words {
    ($($name:ident = $word:literal;)*) => {
        /// What was done: a closed list, so that the trail can be filtered by it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[allow(missing_docs, reason = "each is said by its own word")]
        pub enum Word { $($name,)* }

        impl Word {
            /// All words, in the order in which a filter offers them.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The word as it is stored.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }
        }
    };
}

words! {
    SignedIn = "account.signed_in";
    SignedOut = "account.signed_out";
    SignInBlocked = "account.sign_in_blocked";
    Created = "account.created";
    Invited = "account.invited";
    InvitationRevoked = "account.invitation_revoked";
    Joined = "account.joined";
    Renamed = "account.renamed";
    RoleChanged = "account.role_changed";
    Disabled = "account.disabled";
    Enabled = "account.enabled";
    ResetOffered = "account.reset_offered";
    PasswordReset = "account.password_reset";
    PasswordChanged = "account.password_changed";
    SessionsEnded = "account.sessions_ended";
    FactorOn = "account.second_factor_on";
    FactorOff = "account.second_factor_off";
    RecoveryCodesMade = "account.recovery_codes_made";
    RecoveryCodeUsed = "account.recovery_code_used";
    PasskeyMade = "account.passkey_made";
    PasskeyRemoved = "account.passkey_removed";
    TokenMade = "token.made";
    TokenRevoked = "token.revoked";
    StoryCreated = "story.created";
    StoryEdited = "story.edited";
    StoryMoved = "story.moved";
    StoryPublished = "story.published";
    StoryUnpublished = "story.unpublished";
    StoryScheduled = "story.scheduled";
    ScheduleCancelled = "story.schedule_cancelled";
    EmbargoChanged = "story.embargo_changed";
    PreviewLinkMade = "story.preview_link_made";
    PreviewLinkRevoked = "story.preview_link_revoked";
    StoryDeleted = "story.deleted";
    MemberAdded = "story.member_added";
    MemberRemoved = "story.member_removed";
    DropLinkMade = "story.drop_link_made";
    DropLinkRevoked = "story.drop_link_revoked";
    PhotoUploaded = "photo.uploaded";
    PhotoEdited = "photo.edited";
    PlaceHidden = "photo.place_hidden";
    PlaceShown = "photo.place_shown";
    MarkedSensitive = "photo.marked_sensitive";
    MarkedHarmless = "photo.marked_harmless";
    PhotoRendered = "photo.rendered_again";
    PhotoDeleted = "photo.deleted";
    OldAddressRemoved = "site.old_address_removed";
    SettingsChanged = "site.settings_changed";
    ClockConfirmed = "site.clock_confirmed";
    JobsRetried = "site.jobs_retried";
    WebhookMade = "webhook.made";
    WebhookChanged = "webhook.changed";
    WebhookSecretChanged = "webhook.secret_changed";
    WebhookEnabled = "webhook.enabled";
    WebhookDisabled = "webhook.disabled";
    WebhookDeleted = "webhook.deleted";
    WebhookTried = "webhook.tried";
    WebhookRedelivered = "webhook.redelivered";
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Word {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        let found = Self::ALL.iter().find(|word| word.as_str() == text);
        found.copied().ok_or(())
    }
}

/// Who did it.
#[derive(Debug, Clone, Copy)]
pub enum Who<'a> {
    /// A person: the account, and the name as it is now.
    Person(&'a AccountId, &'a str),
    /// Somebody at the machine's own command line.
    Shell,
    /// Nobody who is known.
    Stranger,
}

/// An entry of the trail.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its id.
    pub id: AuditId,
    /// When.
    pub at: Millis,
    /// Whose account; nobody's for the shell and for strangers.
    pub actor_id: Option<AccountId>,
    /// The person's name then; `shell` for the shell, empty for strangers.
    pub actor_name: String,
    /// What; a word that this program does not know stays as it is written.
    pub word: String,
    /// The id of what it was done to, or a name for what has none.
    pub object: String,
    /// A title, a name, from what to what.
    pub note: String,
}

/// What a list is narrowed to; everything that is set must hold.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// By this person.
    pub actor: Option<AccountId>,
    /// Of this kind.
    pub word: Option<Word>,
    /// Older than this entry, by the order of the list.
    pub before: Option<(Millis, AuditId)>,
}

/// Writes an entry; to be called in the transaction of what it tells of.
///
/// # Errors
/// Those of the statement.
pub fn record(
    conn: &mut Conn,
    who: Who<'_>,
    word: Word,
    object: &str,
    note: &str,
    now: Millis,
) -> QueryResult<()> {
    let (actor_id, actor_name) = match who {
        Who::Person(id, name) => (Some(id), name),
        Who::Shell => (None, "shell"),
        Who::Stranger => (None, ""),
    };
    query::insert(
        conn,
        &query::NewEntry {
            id: &AuditId::random(),
            at: now,
            actor_id,
            actor_name: &cut(actor_name, MOST_CHARS),
            word: word.as_str(),
            object: &cut(object, MOST_CHARS),
            note: &cut(&clean_line(note), MOST_CHARS),
        },
    )
}

/// [`record`]s what is done again and again, such as typing in a story: once in an hour for each person and object.
///
/// # Errors
/// Those of the statements.
pub fn record_hourly(
    conn: &mut Conn,
    (id, name): (&AccountId, &str),
    word: Word,
    object: &str,
    note: &str,
    now: Millis,
) -> QueryResult<()> {
    if query::is_told_of(
        conn,
        (id, &cut(name, MOST_CHARS)),
        word.as_str(),
        object,
        (now - HOUR, now),
    )? {
        return Ok(());
    }
    record(conn, Who::Person(id, name), word, object, note, now)
}

/// Entries, the newest first, at most `limit`.
///
/// # Errors
/// Those of the statement.
pub fn list(conn: &mut Conn, filter: &Filter, limit: i64) -> QueryResult<Vec<Entry>> {
    query::list(conn, filter, limit)
}

/// Whether the trail tells this of this object since `since`.
///
/// # Errors
/// Those of the statement.
pub fn is_told(conn: &mut Conn, word: Word, object: &str, since: Millis) -> QueryResult<bool> {
    query::is_told(conn, word.as_str(), &cut(object, MOST_CHARS), since)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_word_is_one_of_its_own_and_is_read_back() {
        let words: BTreeSet<&str> = Word::ALL.iter().map(|word| word.as_str()).collect();
        assert_eq!(words.len(), Word::ALL.len());
        for word in Word::ALL {
            assert_eq!(word.as_str().parse(), Ok(*word));
            assert!(word.as_str().contains('.'), "{word}");
        }
        assert!("story.burnt".parse::<Word>().is_err());
    }
}
