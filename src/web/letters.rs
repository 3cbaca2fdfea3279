//! Letters by e-mail, where a server for them is configured: invitations, and links for a new password.

use std::time::Duration;

use lettre::message::{Mailbox, header::ContentType};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

use crate::config::Mail;

/// How long a server for letters may keep somebody waiting who has pressed a button.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why a letter was not sent.
#[derive(Debug, thiserror::Error)]
pub enum LetterError {
    /// An address that is none, or words that no letter can have.
    #[error("the letter cannot be written")]
    Unwritable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The server takes the connection and says nothing.
    #[error("the server does not answer")]
    Silent,
    /// The server cannot be reached, or is not understood.
    #[error("{0}")]
    Unreachable(&'static str),
    /// The server refuses. What it says is not repeated: servers quote whom a letter is for, what stands in it, and what they were signed in with.
    #[error("the server refuses it ({0})")]
    Refused(String),
    /// The address of the server is none.
    #[error(transparent)]
    Address(lettre::transport::smtp::Error),
}

impl From<lettre::transport::smtp::Error> for LetterError {
    fn from(error: lettre::transport::smtp::Error) -> Self {
        match error.status() {
            Some(code) => {
                let said = error.to_string();
                let enhanced = said.split_whitespace().find(|word| is_enhanced_code(word));
                Self::Refused(
                    [Some(code.to_string().as_str()), enhanced]
                        .into_iter()
                        .flatten()
                        .collect::<Vec<_>>()
                        .join(" "),
                )
            }
            None if error.is_timeout() => Self::Silent,
            None if error.is_tls() => Self::Unreachable(
                "the server cannot be spoken to in secret: its certificate or its TLS is not taken",
            ),
            None if error.is_response() || error.is_client() => {
                Self::Unreachable("the server is not understood")
            }
            None => Self::Unreachable("the server cannot be reached"),
        }
    }
}

/// Source: RFC 3463, section 2: `5.1.1`.
fn is_enhanced_code(word: &str) -> bool {
    let mut parts = word.split('.');
    let mut number = |most: usize| {
        parts
            .next()
            .is_some_and(|part| (1..=most).contains(&part.len()) && part.bytes().all(|c| c.is_ascii_digit()))
    };
    number(1) && number(3) && number(3) && parts.next().is_none()
}

/// Sends letters.
#[derive(Debug)]
pub struct Letters {
    server: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Letters {
    /// Letters through a server; nothing is said to it before there is one to send.
    ///
    /// # Errors
    /// [`LetterError`].
    pub fn new(mail: &Mail) -> Result<Self, LetterError> {
        let from = mail
            .from
            .parse()
            .map_err(|error| LetterError::Unwritable(Box::new(error)))?;
        let server = AsyncSmtpTransport::<Tokio1Executor>::from_url(mail.server.as_str())
            .map_err(LetterError::Address)?
            .timeout(Some(PATIENCE))
            .build();
        Ok(Self { server, from })
    }

    /// Sends one; when this comes back, the server has taken it.
    ///
    /// # Errors
    /// [`LetterError`].
    pub async fn send(&self, to: &str, subject: String, text: String) -> Result<(), LetterError> {
        let unwritable = |error: Box<dyn std::error::Error + Send + Sync>| LetterError::Unwritable(error);
        let to: Mailbox = to.parse().map_err(|error| unwritable(Box::new(error)))?;
        let letter = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(subject)
            .header(ContentType::TEXT_PLAIN)
            .body(text)
            .map_err(|error| unwritable(Box::new(error)))?;
        // The transport's own limit is that of connecting.
        tokio::time::timeout(PATIENCE, self.server.send(letter))
            .await
            .map_err(|_| LetterError::Silent)??;
        Ok(())
    }
}

/// Whether letters can be from this address.
#[must_use]
pub fn is_mailbox(text: &str) -> bool {
    text.parse::<Mailbox>().is_ok()
}
