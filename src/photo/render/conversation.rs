//! What a child says, taken in and checked: it has read a stranger's bytes, and is believed as little as they are.

use std::io;
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::{RenderFailure, Rendered, RenderedFile};
use crate::imaging::confine::Confined;
use crate::imaging::wire::{self, Fault, Head};
use crate::imaging::{Limits, RenditionFormat, avif_header, ladder, probe};

/// How a conversation ends well.
pub(super) enum Answer {
    /// A photo was rendered.
    Rendered(Rendered),
    /// An attempt was made.
    Attempted {
        /// Whether the system refused it.
        refused: bool,
    },
}

/// How a conversation ends without an answer.
pub(super) enum Ending {
    /// The reason is known.
    Known(RenderFailure),
    /// The child stopped talking, or talked nonsense.
    Silent(&'static str),
}

/// Listening to a child about one photo.
pub(super) struct Conversation<'a, R> {
    output: &'a mut R,
    /// What is left of the photo's time.
    remaining: Duration,
    time: Duration,
    /// What the child said holds it back.
    confined: Confined,
    /// Specs that have come.
    seen: Vec<String>,
    top_width_px: u32,
}

impl<'a, R: AsyncRead + Unpin> Conversation<'a, R> {
    pub(super) fn new(output: &'a mut R, confined: Confined, time: Duration, top_width_px: u32) -> Self {
        Self {
            output,
            remaining: time,
            time,
            confined,
            seen: Vec::new(),
            top_width_px,
        }
    }

    /// Whether a single word has come about this photo.
    pub(super) fn is_silent(&self) -> bool {
        self.seen.is_empty()
    }

    pub(super) async fn take_all(&mut self, files: &mpsc::Sender<RenderedFile>) -> Result<Answer, Ending> {
        loop {
            let before = Instant::now();
            let message = timeout(self.remaining, next(self.output)).await;
            self.remaining = self.remaining.saturating_sub(before.elapsed());
            let Ok(message) = message else {
                return Err(Ending::Known(RenderFailure::TimedOut { after: self.time }));
            };
            let (head, payload) = message?;
            match head {
                Head::Started { .. } => return Err(Ending::Silent("it started twice")),
                Head::Rendition { spec, format, .. } => {
                    let file = self
                        .checked(spec, format, payload)
                        .ok_or(Ending::Silent("a rendition was not what it should be"))?;
                    files
                        .send(file)
                        .await
                        .map_err(|_| Ending::Known(RenderFailure::Abandoned))?;
                }
                Head::Done {
                    width_px,
                    height_px,
                    damaged,
                    placeholder,
                } => {
                    return Ok(Answer::Rendered(Rendered {
                        width_px,
                        height_px,
                        damaged,
                        placeholder_color: colour(placeholder.color),
                        thumbhash: hash(placeholder.thumbhash),
                        confined: self.confined,
                        duration: Duration::ZERO,
                    }));
                }
                Head::Failed {
                    fault: Fault::File,
                    reason,
                } => {
                    return Err(Ending::Known(RenderFailure::Undecodable { reason }));
                }
                Head::Failed {
                    fault: Fault::Memory, ..
                } => return Err(Ending::Known(RenderFailure::OutOfMemory)),
                Head::Failed {
                    fault: Fault::Program,
                    reason,
                } => {
                    return Err(Ending::Known(RenderFailure::Crashed { reason }));
                }
                Head::Attempted { refused, .. } => return Ok(Answer::Attempted { refused }),
            }
        }
    }

    /// Takes a rendition only under a name of the ladder, once, and when its own header agrees.
    fn checked(&mut self, spec: String, format: RenditionFormat, bytes: Vec<u8>) -> Option<RenderedFile> {
        let known = ladder::specs(self.top_width_px).any(|known| known == spec);
        if !known || self.seen.contains(&spec) || self.seen.len() >= wire::MAX_RENDITIONS {
            return None;
        }
        let (width_px, height_px) = size(format, &bytes)?;
        if !spec.ends_with(&format!(".{}", format.extension())) {
            return None;
        }
        self.seen.push(spec.clone());
        Some(RenderedFile {
            spec,
            format,
            width_px,
            height_px,
            bytes: Bytes::from(bytes),
        })
    }
}

/// Waits until a fresh child is confined, and gives what holds it back.
///
/// While it confines itself it sets its own limits: those of a photograph, set before that, would be lost.
pub(super) async fn started(
    output: &mut (impl AsyncRead + Unpin),
    time: Duration,
) -> Result<Confined, Ending> {
    match timeout(time, next(output)).await {
        Err(_) => Err(Ending::Known(RenderFailure::TimedOut { after: time })),
        Ok(Ok((Head::Started { confined }, _))) => Ok(confined),
        Ok(Ok((Head::Failed { reason, .. }, _))) => Err(Ending::Known(RenderFailure::Crashed { reason })),
        Ok(Ok(_)) => Err(Ending::Silent("it did not say that it started")),
        Ok(Err(ending)) => Err(ending),
    }
}

async fn next(output: &mut (impl AsyncRead + Unpin)) -> Result<(Head, Vec<u8>), Ending> {
    const BROKEN: Ending = Ending::Silent("it stopped halfway");
    let length = output.read_u32_le().await.map_err(|_| BROKEN)?;
    if length > wire::MAX_HEAD_BYTES {
        return Err(Ending::Silent("it talked nonsense"));
    }
    let head = exactly(output, length).await.ok_or(BROKEN)?;
    let head = wire::parse(&head).map_err(|_| Ending::Silent("it talked nonsense"))?;
    let payload = exactly(output, head.payload_bytes()).await.ok_or(BROKEN)?;
    Ok((head, payload))
}

/// Grows with what really comes, not with what was announced.
async fn exactly(output: &mut (impl AsyncRead + Unpin), length: u32) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(usize::try_from(length.min(1 << 20)).ok()?);
    output
        .take(u64::from(length))
        .read_to_end(&mut bytes)
        .await
        .ok()?;
    (bytes.len() as u64 == u64::from(length)).then_some(bytes)
}

/// Width and height of an upright rendition as its own header has them, if it is of this format.
fn size(format: RenditionFormat, bytes: &[u8]) -> Option<(u32, u32)> {
    if format == RenditionFormat::Avif {
        return avif_header::size(bytes);
    }
    let header = probe(&mut io::Cursor::new(bytes), &Limits::default()).ok()?;
    let is_of_format = header.format.media_type() == format.media_type();
    (is_of_format && header.orientation == 1).then_some((header.width_px, header.height_px))
}

/// The colour if it is one, else the grey that is nobody's fault.
fn colour(said: String) -> String {
    let digits = said.strip_prefix('#').unwrap_or_default();
    if digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        said
    } else {
        "#808080".to_owned()
    }
}

/// The hash if it can be one (at most 25 bytes as base64), else none.
fn hash(said: String) -> String {
    let base64 = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    if said.len() <= 36 && said.bytes().all(base64) {
        said
    } else {
        String::new()
    }
}
