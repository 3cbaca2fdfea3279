//! Names of things: random ids with a short prefix, so that a wrong id in a wrong place is seen at once.
//!
//! An id is a `UUIDv4` as 32 hexadecimal digits behind its prefix (`pho_5f3a…`). It is random on purpose: a time-ordered id would
//! publish when a photograph was uploaded. All randomness of the program comes from this module; `clippy.toml` bans the other doors.

use std::fmt;
use std::str::FromStr;

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Text;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A text that is not an id of the expected kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{given}” is not an id that begins with {prefix} and 32 hexadecimal digits")]
pub struct NotAnId {
    /// What was given, cut after 80 characters.
    pub given: String,
    /// The prefix that was expected.
    pub prefix: &'static str,
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, AsExpression, FromSqlRow, utoipa::ToSchema)]
        #[diesel(sql_type = Text)]
        pub struct $name(String);

        impl $name {
            /// What every id of this kind begins with.
            pub const PREFIX: &'static str = $prefix;

            /// A new random id.
            #[must_use]
            pub fn random() -> Self {
                Self(format!("{}{}", $prefix, random_hex_32()))
            }

            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                match text.strip_prefix($prefix) {
                    Some(rest) if is_hex_32(rest) => Ok(Self(text.to_owned())),
                    _ => Err(NotAnId { given: text.chars().take(80).collect(), prefix: $prefix }),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }

        impl<DB> ToSql<Text, DB> for $name
        where
            DB: Backend,
            String: ToSql<Text, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                self.0.to_sql(out)
            }
        }

        impl<DB> FromSql<Text, DB> for $name
        where
            DB: Backend,
            String: FromSql<Text, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
                Ok(String::from_sql(bytes)?.parse()?)
            }
        }
    )*};
}

ids! {
    /// A person with an account.
    AccountId = "usr_";
    /// A passkey of an account.
    PasskeyId = "psk_";
    /// A signed-in browser.
    SessionId = "ses_";
    /// An API token.
    TokenId = "tok_";
    /// A setup, invitation or reset link.
    LinkId = "lnk_";
    /// A photo.
    PhotoId = "pho_";
    /// A rendition.
    RenditionId = "ren_";
    /// A story.
    StoryId = "sto_";
    /// A block of a story.
    BlockId = "blk_";
    /// A frame in a block.
    FrameId = "frm_";
    /// A publication.
    PublicationId = "pub_";
    /// A link by which an outsider sees a draft.
    PreviewLinkId = "prv_";
    /// A revision.
    RevisionId = "rev_";
    /// An entry of the audit trail.
    AuditId = "aud_";
    /// A step that can be undone.
    StepId = "stp_";
    /// A job.
    JobId = "job_";
    /// An upload that goes on where it stopped.
    UploadId = "upl_";
    /// A link by which somebody without an account uploads.
    DropLinkId = "drp_";
}

/// A public folder name for renditions: 32 random hexadecimal digits that say nothing about photo or original.
#[must_use]
pub fn random_folder() -> String {
    random_hex_32()
}

/// `N` bytes from the operating system's generator.
///
/// # Panics
/// When the operating system has no randomness to give; nothing safe can be done then.
#[must_use]
#[expect(
    clippy::expect_used,
    reason = "without randomness no secret may be made; see Panics"
)]
#[expect(clippy::disallowed_methods, reason = "this is the one door to randomness")]
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// Whether `text` is 32 lower-case hexadecimal digits.
#[must_use]
pub fn is_hex_32(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[expect(clippy::disallowed_methods, reason = "this is the one door to randomness")]
fn random_hex_32() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_being_written_and_read() {
        let id = PhotoId::random();
        assert_eq!(id.as_str().parse::<PhotoId>(), Ok(id.clone()));
        assert_ne!(id, PhotoId::random());
    }

    #[test]
    fn an_id_of_another_kind_or_shape_is_refused() {
        for wrong in [
            "",
            "pho_",
            "sto_0123456789abcdef0123456789abcdef",
            "pho_0123456789ABCDEF0123456789abcdef",
            "pho_../../etc",
        ] {
            assert!(wrong.parse::<PhotoId>().is_err(), "{wrong}");
        }
    }
}
