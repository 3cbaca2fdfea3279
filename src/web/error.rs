//! What went wrong, as HTTP: the only file with status codes. The API prints a [`Failure`] as `application/problem+json`, the desk and
//! the reader's pages as HTML; all three agree on status, code and words because they come from here.

use actix_web::http::StatusCode;
use serde_json::Value;

use crate::account::manage::AccountError;
use crate::account::password::PasswordError;
use crate::account::sign_in::SignInError;
use crate::account::token::Scope;
use crate::db::{DbError, Trouble};
use crate::imaging::probe::Refusal;
use crate::photo::edit::PhotoError;
use crate::photo::ingest::IngestError;
use crate::photo::originals::OriginalsError;
use crate::store::StoreError;
use crate::story::checklist::Remark;
use crate::story::publish::PublishError;
use crate::story::{PartId, StoryError};
use crate::text::FieldError;
use crate::upload::{Refused, RefusedFor, UploadError};
use crate::webhook::WebhookError;

/// Why a request was not answered as asked.
#[derive(Debug, Clone, PartialEq)]
pub enum Failure {
    /// There is nothing here, or nothing for this person; the two look alike to the last byte.
    NotFound,
    /// Nobody is signed in, or the session or token no longer holds.
    Unauthorized,
    /// This person may not do this.
    Forbidden(String),
    /// The token lacks a scope.
    MissingScope(Scope),
    /// A write with a cookie that does not come from our own pages.
    CrossSite,
    /// A request that cannot be understood.
    BadRequest {
        /// A stable word.
        code: &'static str,
        /// What to do.
        message: String,
    },
    /// Fields that were not taken.
    Invalid(Vec<FieldError>),
    /// Another request was made under this `Idempotency-Key`.
    KeyReused,
    /// A file of a type that is not taken.
    UnsupportedMedia(String),
    /// A picture with too many pixels.
    ImageTooLarge(String),
    /// Too many bytes.
    TooManyBytes(String),
    /// The state that the request was made for is over; the present one comes along if it is known.
    Stale {
        /// What happened.
        message: String,
        /// The block or frame, if it is about one.
        part: Option<PartId>,
        /// The present state as JSON, and its `ETag`.
        current: Option<Box<(Value, String)>>,
    },
    /// `If-Match` is missing.
    PreconditionRequired,
    /// What stands in the way of publishing.
    Obstacles(Vec<Remark>),
    /// It cannot be done in the present state.
    Conflict {
        /// A stable word.
        code: &'static str,
        /// What to do.
        message: String,
    },
    /// Another request is at it.
    Locked(String),
    /// A piece of an upload that is not what its checksum says.
    ChecksumMismatch(String),
    /// A version of the upload protocol that is not spoken here.
    ProtocolVersion,
    /// The disk is full.
    NoRoom(String),
    /// Nothing can be written at the moment.
    ReadOnly(String),
    /// Too many tries.
    TooManyRequests {
        /// What to do.
        message: String,
        /// Seconds to wait.
        retry_after_s: i64,
    },
    /// The body came too slowly.
    TooSlow,
    /// A `Host` that is not ours.
    Misdirected,
    /// Too much at once.
    Busy(String),
    /// A method this address does not answer.
    MethodNotAllowed,
    /// A mistake of ours; the cause is in the log under this id.
    Internal {
        /// Id of the log entry.
        incident: String,
    },
}

impl Failure {
    /// A mistake of ours: logged once, here, with its causes.
    pub fn internal(error: &(dyn std::error::Error + 'static)) -> Self {
        let incident = crate::id::random_folder();
        tracing::error!(incident, causes = causes(error), "a request failed");
        Self::Internal { incident }
    }

    /// The disk did not do as asked: what whoever asked can do is in the answer, what happened in the log.
    fn of_disk(trouble: Trouble, error: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(
            causes = causes(error),
            "the disk did not take what was to be written"
        );
        match trouble {
            Trouble::NoRoom => Self::NoRoom(StoreError::NoRoom.to_string()),
            Trouble::ReadOnly => Self::ReadOnly(StoreError::ReadOnly.to_string()),
        }
    }

    /// One field that was not taken.
    #[must_use]
    pub fn field(pointer: &str, code: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError::new(pointer, code, message)])
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::Forbidden(_) | Self::MissingScope(_) | Self::CrossSite => StatusCode::FORBIDDEN,
            Self::BadRequest { .. } => StatusCode::BAD_REQUEST,
            Self::Invalid(_) | Self::KeyReused | Self::ImageTooLarge(_) | Self::Obstacles(_) => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            Self::UnsupportedMedia(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooManyBytes(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Stale { .. } | Self::ProtocolVersion => StatusCode::PRECONDITION_FAILED,
            Self::PreconditionRequired => StatusCode::PRECONDITION_REQUIRED,
            Self::Conflict { .. } => StatusCode::CONFLICT,
            Self::Locked(_) => StatusCode::LOCKED,
            Self::ChecksumMismatch(_) => checksum_mismatch(),
            Self::NoRoom(_) => StatusCode::INSUFFICIENT_STORAGE,
            Self::TooManyRequests { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Misdirected => StatusCode::MISDIRECTED_REQUEST,
            Self::Busy(_) | Self::ReadOnly(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Internal { .. } => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// A stable word for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden(_) => "forbidden",
            Self::MissingScope(_) => "missing_scope",
            Self::CrossSite => "csrf",
            Self::BadRequest { code, .. } | Self::Conflict { code, .. } => code,
            Self::Invalid(_) => "invalid",
            Self::KeyReused => "idempotency_key_reused",
            Self::UnsupportedMedia(_) => "unsupported_media_type",
            Self::ImageTooLarge(_) => "image_too_large",
            Self::TooManyBytes(_) => "too_many_bytes",
            Self::Stale { .. } => "stale",
            Self::PreconditionRequired => "precondition_required",
            Self::Locked(_) => "locked",
            Self::ChecksumMismatch(_) => "checksum_mismatch",
            Self::ProtocolVersion => "tus_version",
            Self::NoRoom(_) => "no_room",
            Self::ReadOnly(_) => "read_only",
            Self::Obstacles(_) => "not_publishable",
            Self::TooManyRequests { .. } => "too_many_requests",
            Self::TooSlow => "too_slow",
            Self::Misdirected => "misdirected",
            Self::Busy(_) => "busy",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::Internal { .. } => "internal",
        }
    }

    /// A title for people.
    #[must_use]
    pub fn title(&self) -> &'static str {
        match self {
            Self::NotFound => "There is nothing here",
            Self::Unauthorized => "Please sign in",
            Self::Forbidden(_) | Self::MissingScope(_) => "That is not yours to do",
            Self::CrossSite => "The request did not come from this site",
            Self::BadRequest { .. } => "The request cannot be understood",
            Self::Invalid(_) => "Something in it needs another look",
            Self::UnsupportedMedia(_) => "Something of this kind is not taken here",
            Self::ImageTooLarge(_) => "The picture is too large",
            Self::TooManyBytes(_) => "The file is too large",
            Self::Stale { .. } => "Somebody else was here first",
            Self::PreconditionRequired => "Say which version this is about",
            Self::Locked(_) => "Another request is at it",
            Self::ChecksumMismatch(_) => "It was damaged on its way",
            Self::ProtocolVersion => "That version of tus is not spoken here",
            Self::NoRoom(_) => "There is no room left",
            Self::ReadOnly(_) => "Nothing can be stored at the moment",
            Self::Obstacles(_) => "The story cannot be published yet",
            Self::Conflict { .. } | Self::KeyReused => "That cannot be done now",
            Self::TooManyRequests { .. } => "Too many tries",
            Self::TooSlow => "The line was too slow",
            Self::Misdirected => "This is not that site",
            Self::Busy(_) => "Too much at once",
            Self::MethodNotAllowed => "This address does not do that",
            Self::Internal { .. } => "Something went wrong on our side",
        }
    }

    /// What happened and what to do, for people.
    #[must_use]
    pub fn message(&self) -> String {
        match self {
            Self::NotFound => "This address leads nowhere, or nowhere you may go.".to_owned(),
            Self::Unauthorized => "Nobody is signed in, or the session or token has ended. Sign in and try again.".to_owned(),
            Self::MissingScope(scope) => format!("The token needs the scope “{scope}” for this."),
            Self::CrossSite => "For your safety, changes are taken from this site’s own pages only. Reload the page and try again.".to_owned(),
            Self::Forbidden(message)
            | Self::BadRequest { message, .. }
            | Self::UnsupportedMedia(message)
            | Self::ImageTooLarge(message)
            | Self::TooManyBytes(message)
            | Self::Stale { message, .. }
            | Self::Conflict { message, .. }
            | Self::TooManyRequests { message, .. }
            | Self::Locked(message)
            | Self::ChecksumMismatch(message)
            | Self::NoRoom(message)
            | Self::ReadOnly(message)
            | Self::Busy(message) => message.clone(),
            Self::ProtocolVersion => "Uploads are taken by tus 1.0.0: send “Tus-Resumable: 1.0.0”.".to_owned(),
            Self::Invalid(errors) => join(errors.iter().map(|error| error.message.as_str())),
            Self::KeyReused => "Another request was made under this Idempotency-Key; a new request needs a new key.".to_owned(),
            Self::PreconditionRequired => {
                "Send the ETag you read in If-Match, so that nobody’s work is overwritten.".to_owned()
            }
            Self::Obstacles(remarks) => join(remarks.iter().map(|remark| remark.message.as_str())),
            Self::TooSlow => "The upload stood still for too long and was closed. Please send it again.".to_owned(),
            Self::Misdirected => "This server does not answer under that name.".to_owned(),
            Self::MethodNotAllowed => "This address exists but does not take this kind of request.".to_owned(),
            Self::Internal { incident } => {
                format!("Nothing you sent was at fault. If it goes on, tell your administrator this number: {incident}.")
            }
        }
    }

    /// Seconds after which to try again, where that helps.
    #[must_use]
    pub fn retry_after_s(&self) -> Option<i64> {
        match self {
            Self::TooManyRequests { retry_after_s, .. } => Some(*retry_after_s),
            Self::Busy(_) => Some(5),
            Self::Locked(_) => Some(2),
            Self::NoRoom(_) | Self::ReadOnly(_) => Some(60),
            _ => None,
        }
    }
}

/// An error with all that led to it.
fn causes(error: &(dyn std::error::Error + 'static)) -> String {
    let mut causes = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        causes.push_str(": ");
        causes.push_str(&cause.to_string());
        next = cause.source();
    }
    causes
}

/// Source: tus 1.0, extension "Checksum"; no register of status codes knows it.
fn checksum_mismatch() -> StatusCode {
    StatusCode::from_u16(460).unwrap_or(StatusCode::BAD_REQUEST)
}

fn join<'a>(messages: impl Iterator<Item = &'a str>) -> String {
    messages.collect::<Vec<_>>().join(" ")
}

impl From<DbError> for Failure {
    fn from(error: DbError) -> Self {
        match error.trouble() {
            Some(trouble) => Self::of_disk(trouble, &error),
            None => Self::internal(&error),
        }
    }
}

impl From<diesel::result::Error> for Failure {
    fn from(error: diesel::result::Error) -> Self {
        DbError::from(error).into()
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NoRoom => Self::NoRoom(error.to_string()),
            StoreError::ReadOnly => Self::ReadOnly(error.to_string()),
            StoreError::Staging(_) => Self::of_disk(Trouble::ReadOnly, &error),
            other => Self::internal(&other),
        }
    }
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        match refused.kind {
            RefusedFor::Type => Self::UnsupportedMedia(refused.message),
            RefusedFor::Pixels => Self::ImageTooLarge(refused.message),
            RefusedFor::Bytes => Self::TooManyBytes(refused.message),
        }
    }
}

impl From<UploadError> for Failure {
    fn from(error: UploadError) -> Self {
        let message = error.to_string();
        match error {
            UploadError::Unknown => Self::NotFound,
            UploadError::Locked => Self::Locked(message),
            UploadError::WrongOffset { .. } => Self::Conflict {
                code: "wrong_offset",
                message,
            },
            UploadError::Beyond { .. } => Self::TooManyBytes(message),
            UploadError::Damaged => Self::ChecksumMismatch(message),
            UploadError::TooManyOpen { .. } => Self::Conflict {
                code: "too_many_uploads",
                message,
            },
            UploadError::TooFast => Self::TooManyRequests {
                message,
                retry_after_s: 60,
            },
            UploadError::LinkIsFull => Self::Conflict {
                code: "link_is_full",
                message,
            },
            UploadError::UnknownStory => Self::field("/story", "unknown_story", message),
            UploadError::Refused(refused) => refused.into(),
            UploadError::Ingest(error) => error.into(),
            UploadError::Store(error) => error.into(),
            UploadError::Db(error) => error.into(),
        }
    }
}

impl From<StoryError> for Failure {
    fn from(error: StoryError) -> Self {
        match error {
            StoryError::Unknown => Self::NotFound,
            StoryError::Forbidden(message) => Self::Forbidden(message.to_owned()),
            StoryError::StaleStory => Self::Stale {
                message: error.to_string(),
                part: None,
                current: None,
            },
            StoryError::StalePart(ref part) => Self::Stale {
                message: error.to_string(),
                part: Some(part.clone()),
                current: None,
            },
            StoryError::Invalid(errors) => Self::Invalid(errors),
            StoryError::Db(error) => error.into(),
        }
    }
}

impl From<PublishError> for Failure {
    fn from(error: PublishError) -> Self {
        match error {
            PublishError::Obstacles(remarks) => Self::Obstacles(remarks),
            PublishError::Story(error) => error.into(),
            PublishError::Rescheduled => Self::Conflict {
                code: "rescheduled",
                message: error.to_string(),
            },
            PublishError::NotAllowed => Self::Forbidden(error.to_string()),
            PublishError::Document(error) => Self::internal(&error),
            PublishError::Store(error) => error.into(),
            PublishError::Db(error) => error.into(),
        }
    }
}

impl From<WebhookError> for Failure {
    fn from(error: WebhookError) -> Self {
        let message = error.to_string();
        match error {
            WebhookError::Unknown => Self::NotFound,
            WebhookError::Forbidden => Self::Forbidden(message),
            WebhookError::Invalid(errors) => Self::Invalid(errors),
            WebhookError::Stale => Self::Stale {
                message,
                part: None,
                current: None,
            },
            WebhookError::TooMany => Self::Conflict {
                code: "too_many_webhooks",
                message,
            },
            WebhookError::IsOff => Self::Conflict {
                code: "webhook_is_off",
                message,
            },
            WebhookError::Db(error) => error.into(),
        }
    }
}

impl From<PhotoError> for Failure {
    fn from(error: PhotoError) -> Self {
        match error {
            PhotoError::Unknown => Self::NotFound,
            PhotoError::Stale(_) => Self::Stale {
                message: error.to_string(),
                part: None,
                current: None,
            },
            PhotoError::HiddenByOther => Self::Forbidden(error.to_string()),
            PhotoError::InUse => Self::Conflict {
                code: "in_use",
                message: error.to_string(),
            },
            PhotoError::Db(error) => error.into(),
        }
    }
}

impl From<OriginalsError> for Failure {
    fn from(error: OriginalsError) -> Self {
        match error {
            OriginalsError::Store(error) => error.into(),
            OriginalsError::Db(error) => error.into(),
            many @ OriginalsError::TooMany { .. } => Self::internal(&many),
        }
    }
}

impl From<IngestError> for Failure {
    fn from(error: IngestError) -> Self {
        match error {
            IngestError::Refused(refusal @ Refusal::TooLarge { .. }) => {
                Self::ImageTooLarge(refusal.to_string())
            }
            IngestError::Refused(refusal) => Self::UnsupportedMedia(refusal.to_string()),
            IngestError::TooManyBytes { .. } => Self::TooManyBytes(error.to_string()),
            IngestError::Store(error) => error.into(),
            IngestError::Db(error) => error.into(),
            other => Self::internal(&other),
        }
    }
}

impl From<SignInError> for Failure {
    fn from(error: SignInError) -> Self {
        let message = error.to_string();
        match error {
            SignInError::Refused | SignInError::WrongCode | SignInError::Over | SignInError::Passkey => {
                Self::Forbidden(message)
            }
            SignInError::TooMany { retry_after_s } => Self::TooManyRequests {
                message,
                retry_after_s,
            },
            SignInError::Password(error) => error.into(),
            SignInError::Db(error) => error.into(),
        }
    }
}

impl From<PasswordError> for Failure {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Busy => Self::Busy(error.to_string()),
            PasswordError::Hash(_) => Self::internal(&error),
            other => Self::field("/password", "password", other.to_string()),
        }
    }
}

impl From<AccountError> for Failure {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Fields(fields) => Self::Invalid(
                fields
                    .into_iter()
                    .map(|(field, message)| FieldError::new(format!("/{field}"), "invalid", message))
                    .collect(),
            ),
            AccountError::Taken(_) => Self::field("/email", "taken", error.to_string()),
            AccountError::Unknown(_) => Self::NotFound,
            AccountError::LastAdmin(_) => Self::Conflict {
                code: "last_admin",
                message: error.to_string(),
            },
            AccountError::Oneself => Self::Conflict {
                code: "oneself",
                message: error.to_string(),
            },
            AccountError::Forbidden(message) => Self::Forbidden(message.to_owned()),
            AccountError::IsDisabled(_) => Self::Conflict {
                code: "disabled",
                message: error.to_string(),
            },
            AccountError::WrongPassword => {
                Self::field("/present_password", "wrong_password", error.to_string())
            }
            AccountError::WrongCode => Self::field("/code", "wrong_code", error.to_string()),
            AccountError::TooMany { retry_after_s } => Self::TooManyRequests {
                message: error.to_string(),
                retry_after_s,
            },
            AccountError::FactorIsOn | AccountError::FactorIsOff => Self::Conflict {
                code: "second_factor",
                message: error.to_string(),
            },
            AccountError::NoPasskeys | AccountError::ManyPasskeys | AccountError::PasskeyRefused => {
                Self::Conflict {
                    code: "passkey",
                    message: error.to_string(),
                }
            }
            AccountError::ShortPassword => Self::Conflict {
                code: "short_password",
                message: error.to_string(),
            },
            AccountError::Factor(_) => Self::internal(&error),
            AccountError::Password(error) => error.into(),
            AccountError::Db(error) => error.into(),
        }
    }
}
