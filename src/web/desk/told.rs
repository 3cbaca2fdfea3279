//! What the domain says in English, said in the desk's language: mistakes, the checklist's remarks, and sentences that are stored with a photo.
//!
//! The domain has one text for each, which the API, the log and the shell print as it is. The `sentences` of each language have it again under its code,
//! `told.too_long`, or under several keys where a code has several sentences, `told.past.embargo`; where values stand the message has places. The
//! values are read out of the sentence and put into its counterpart. A sentence that no message has stays English, and loses nothing.

use std::cmp::Reverse;

use super::shell::Shell;
use crate::story::checklist::Remark;
use crate::text::FieldError;
use crate::web::error::Failure;
use crate::web::tongue::Tongue;
use crate::web::upload::Received;

/// All keys of sentences begin so.
const TOLD: &str = "told.";
/// "Photograph 3 (a.jpg) has no caption.": what a remark on a photograph is made of.
const PHOTOGRAPH: &str = "remark.photograph";

/// A failure in a sentence or some.
pub(super) fn failure(failure: &Failure) -> String {
    sentences(failure).join(" ")
}

/// The files that were refused, by name, and why.
pub(super) fn refused(received: &Received) -> Vec<(String, String)> {
    received
        .refused()
        .map(|(file_name, why)| (file_name.to_owned(), failure(why)))
        .collect()
}

/// A failure, a sentence for each thing that is wrong.
pub(super) fn sentences(failure: &Failure) -> Vec<String> {
    match failure {
        Failure::Invalid(errors) => mistakes(errors),
        Failure::Obstacles(remarks) => remarks.iter().map(remark).collect(),
        other => vec![sentence(Tongue::current(), other.code(), &other.message())],
    }
}

/// The heading over a failure.
pub(super) fn title(failure: &Failure) -> String {
    sentence(Tongue::current(), "title", failure.title())
}

/// What is wrong with the fields of a form.
pub(super) fn mistakes(errors: &[FieldError]) -> Vec<String> {
    let tongue = Tongue::current();
    let say = |error: &FieldError| sentence(tongue, error.code, &error.message);
    errors.iter().map(say).collect()
}

/// A line of the checklist.
pub(super) fn remark(remark: &Remark) -> String {
    let tongue = Tongue::current();
    // Its last value is a sentence of its own, under the remark's code.
    let of_photo = Tongue::english(PHOTOGRAPH).and_then(|form| values(form, &remark.message));
    match of_photo {
        Some(values) if remark.brief != remark.message => {
            let said = values.into_iter().map(|(name, value)| match name {
                "what" => (name, sentence(tongue, remark.code, &value)),
                _ => (name, value),
            });
            tongue.fill(PHOTOGRAPH, said.collect::<Vec<_>>())
        }
        _ => sentence(tongue, remark.code, &remark.message),
    }
}

/// A line of the checklist where the photograph is seen anyway.
pub(super) fn brief(remark: &Remark) -> String {
    let tongue = Tongue::current();
    if remark.brief == remark.message {
        return sentence(tongue, remark.code, &remark.brief);
    }
    let said = sentence(
        tongue,
        remark.code,
        &first_letter(&remark.brief, char::to_lowercase),
    );
    first_letter(&said, char::to_uppercase)
}

fn first_letter<I: Iterator<Item = char>>(text: &str, change: impl Fn(char) -> I) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .into_iter()
        .flat_map(change)
        .chain(letters)
        .collect()
}

impl Shell {
    /// A sentence that was stored with a photo.
    pub(super) fn told(&self, english: &str) -> String {
        sentence(self.tongue, "file", english)
    }

    /// The name of a form's field, or the name that programs know it by.
    pub(super) fn field_or_name(&self, name: &str) -> String {
        let label = self.tongue.find(&format!("field.{name}"));
        label.unwrap_or(name).to_owned()
    }
}

/// The counterpart of an English sentence, looked for under its code first.
pub(super) fn sentence(tongue: Tongue, code: &str, english: &str) -> String {
    let own = |key: &str| {
        key.strip_prefix(TOLD)
            .and_then(|key| key.strip_prefix(code))
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    let mut forms: Vec<(&str, &str)> = Tongue::all_english(TOLD).collect();
    // Those of the code first, and of these the ones that say most: "The {field} of photograph {number} …" before "The {field} …".
    forms.sort_by_key(|(key, form)| (!own(key), Reverse(form.len())));
    let found = forms
        .into_iter()
        .find_map(|(key, form)| Some((key, values(form, english)?)));
    match found {
        Some((key, values)) => {
            let said = values
                .into_iter()
                .map(|(name, value)| (name, counterpart(tongue, name, &value)));
            tongue.fill(key, said.collect::<Vec<_>>())
        }
        None => english.to_owned(),
    }
}

/// A value as this language has it: most are the same in all.
fn counterpart(tongue: Tongue, name: &str, english: &str) -> String {
    let word = |family: &str, english: &str| {
        let mut words = Tongue::all_english(family);
        let key = words.find(|(_, word)| *word == english).map(|(key, _)| key);
        key.map_or(english, |key| tongue.say(key)).to_owned()
    };
    match name {
        "field" => word("the.", english),
        "fields" => {
            let fields: Vec<String> = english.split(", ").map(|field| word("name.", field)).collect();
            fields.join(", ")
        }
        "reason" => sentence(tongue, "file", english),
        _ => english.to_owned(),
    }
}

/// A text parted behind the name of a field that it begins with, and what follows the name.
fn field_before<'a>(text: &'a str, follows: &str) -> Option<(&'a str, &'a str)> {
    let parted = |(_, field): (&str, &str)| {
        let after = text.strip_prefix(field)?.strip_prefix(follows)?;
        Some((text.get(..field.len())?, after))
    };
    Tongue::all_english("the.").find_map(parted)
}

/// The values that a sentence has in the places of a message; `None` when it is another sentence.
fn values(form: &'static str, sentence: &str) -> Option<Vec<(&'static str, String)>> {
    let mut places = form.split('{');
    let mut rest = sentence.strip_prefix(places.next()?)?;
    let mut values = Vec::new();
    let mut places = places.peekable();
    while let Some(place) = places.next() {
        let (name, follows) = place.split_once('}')?;
        let (value, after) = if places.peek().is_none() {
            (rest.strip_suffix(follows)?, "")
        } else {
            // A field's name may have the words that follow in it: "the name of whom the link is for".
            let field = (name == "field").then(|| field_before(rest, follows)).flatten();
            field.or_else(|| rest.split_once(follows))?
        };
        if value.is_empty() {
            return None;
        }
        values.push((name, value.to_owned()));
        rest = after;
    }
    rest.is_empty().then_some(values)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::account::manage::AccountError;
    use crate::account::password::PasswordError;
    use crate::account::sign_in::SignInError;
    use crate::imaging::probe::{Format, Lookalike, Refusal};
    use crate::photo::edit::PhotoError;
    use crate::photo::ingest::IngestError;
    use crate::store::StoreError;
    use crate::story::StoryError;
    use crate::story::publish::PublishError;
    use crate::story::rewrite::sheet::SheetError;
    use crate::text::TextError;
    use crate::upload::UploadError;
    use crate::webhook::WebhookError;
    use crate::webhook::deliver::Outcome;

    fn dutch() -> Tongue {
        Tongue::of_tag("nl").unwrap()
    }

    /// What a sentence is in Dutch; fails on one that stays English.
    #[track_caller]
    fn said(code: &str, english: &str) -> String {
        let said = sentence(dutch(), code, english);
        assert_ne!(said, english, "{code} has no counterpart");
        assert!(!said.contains(['{', '}']), "{said}");
        assert_eq!(sentence(Tongue::of_tag("en").unwrap(), code, english), english);
        said
    }

    #[track_caller]
    fn failure_is_said(error: impl Into<Failure>) {
        match error.into() {
            Failure::Invalid(errors) => {
                for error in errors {
                    said(error.code, &error.message);
                }
            }
            failure => {
                said(failure.code(), &failure.message());
            }
        }
    }

    #[test]
    fn values_are_read_out_of_a_sentence() {
        assert_eq!(
            values(
                "Photograph {number} ({file}) {what}",
                "Photograph 3 (a (1).jpg) has no caption."
            ),
            Some(vec![
                ("number", "3".to_owned()),
                ("file", "a (1).jpg".to_owned()),
                ("what", "has no caption.".to_owned()),
            ])
        );
        assert_eq!(values("Nothing.", "Nothing."), Some(Vec::new()));
        assert_eq!(values("Nothing.", "Nothing. At all."), None);
        assert_eq!(
            values("The {field} may not be empty.", "The  may not be empty!"),
            None
        );
    }

    #[test]
    fn a_field_is_called_by_its_name() {
        let error = FieldError::text(
            "/caption",
            "caption",
            &TextError::TooLong {
                length: 6_000,
                most: 5_000,
            },
        );
        assert_eq!(
            said(error.code, &error.message),
            "Het bijschrift heeft 6000 tekens; er passen er hoogstens 5000."
        );
    }

    #[test]
    fn every_text_that_is_not_taken_is_said_whatever_its_field() {
        let texts = [
            TextError::Empty,
            TextError::TooLong { length: 3, most: 2 },
            TextError::NotASlug,
            TextError::Reserved,
            TextError::NotALanguage,
            TextError::NotADate,
            TextError::NotAMoment,
            TextError::NotAZone,
        ];
        for text in texts {
            for (_, field) in Tongue::all_english("the.") {
                let error = FieldError::text("/x", field, &text);
                let said = said(error.code, &error.message);
                assert!(!said.to_lowercase().contains("the "), "{said}");
            }
        }
    }

    #[test]
    fn every_error_that_the_desk_can_show_is_said() {
        let name = || "Anna".to_owned();
        for error in [
            AccountError::Fields(vec![
                ("name", "The name may not be empty.".into()),
                (
                    "email",
                    "Please give an e-mail address such as anna@example.org.".into(),
                ),
                (
                    "scope",
                    "Tick at least one box: a token without a scope opens nothing.".into(),
                ),
                (
                    "scope",
                    "A token may be used for what you may do yourself, and nothing else.".into(),
                ),
                ("expires", "A token ends in the future.".into()),
                ("name", "The token’s name may not be empty.".into()),
            ]),
            AccountError::Taken(name()),
            AccountError::LastAdmin(name()),
            AccountError::Oneself,
            AccountError::Forbidden("Only administrators look after people and the trail."),
            AccountError::IsDisabled(name()),
            AccountError::WrongPassword,
            AccountError::WrongCode,
            AccountError::TooMany { retry_after_s: 100 },
            AccountError::FactorIsOn,
            AccountError::FactorIsOff,
            AccountError::ShortPassword,
            AccountError::Password(PasswordError::TooShort { least: 15 }),
            AccountError::Password(PasswordError::TooLong),
            AccountError::Password(PasswordError::Common),
            AccountError::Password(PasswordError::Busy),
        ] {
            failure_is_said(error);
        }
        for error in [
            SignInError::Refused,
            SignInError::WrongCode,
            SignInError::Over,
            SignInError::TooMany { retry_after_s: 100 },
        ] {
            failure_is_said(error);
        }
        failure_is_said(StoryError::StaleStory);
        failure_is_said(StoryError::StalePart(
            "blk_00000000000040008000000000000000".parse().unwrap(),
        ));
        failure_is_said(PublishError::Rescheduled);
        failure_is_said(PublishError::NotAllowed);
        failure_is_said(PhotoError::InUse);
        failure_is_said(PhotoError::HiddenByOther);
        failure_is_said(StoreError::NoRoom);
        failure_is_said(StoreError::ReadOnly);
        failure_is_said(UploadError::TooFast);
        failure_is_said(UploadError::LinkIsFull);
        failure_is_said(UploadError::UnknownStory);
        failure_is_said(UploadError::Locked);
        failure_is_said(UploadError::TooManyOpen { most: 50 });
        failure_is_said(IngestError::TooManyBytes {
            most_bytes: 200_000_000,
        });
        said("unreadable", &SheetError::NoFrames.to_string());
        said("unreadable", &SheetError::Unreadable { row: 3 }.to_string());
        for failure in [
            Failure::NotFound,
            Failure::Unauthorized,
            Failure::CrossSite,
            Failure::PreconditionRequired,
            Failure::TooSlow,
            Failure::Misdirected,
            Failure::MethodNotAllowed,
            Failure::Internal {
                incident: "1f".to_owned(),
            },
        ] {
            said(failure.code(), &failure.message());
            said("title", failure.title());
        }
    }

    #[test]
    fn every_error_about_webhooks_is_said() {
        for error in [
            WebhookError::Forbidden,
            WebhookError::Stale,
            WebhookError::TooMany,
            WebhookError::IsOff,
        ] {
            failure_is_said(error);
        }
        for address in [
            "hooks",
            "http://example.org/",
            "https://anna:geheim@example.org/",
            "https://localhost/",
        ] {
            failure_is_said(WebhookError::Invalid(
                crate::webhook::address::parse(address, false)
                    .err()
                    .into_iter()
                    .collect(),
            ));
        }
        said(
            "unknown_event",
            &crate::webhook::Kind::parse_choice("story.burnt").unwrap_err(),
        );
        for outcome in [301, 503].map(|status| Outcome::Answered {
            status,
            retry_after: None,
            answer: String::new(),
        }) {
            said("webhook", &outcome.error().unwrap());
        }
    }

    #[test]
    #[allow(clippy::too_many_lines, reason = "it is a table")]
    fn every_mistake_that_is_made_in_place_is_said() {
        for (code, english) in [
            ("required", "Choose at least one photograph."),
            (
                "required",
                "Choose some blocks first, by the boxes beside their numbers.",
            ),
            ("required", "Type the number of the place it shall have."),
            (
                "unknown_command",
                "The page asked for something that is not known here. Reload it and try again.",
            ),
            (
                "malformed_change",
                "The page asked for something that is not known here. Go back and try again.",
            ),
            ("unknown_change", "Press one of the buttons on the people page."),
            (
                "unknown_filter",
                "“x” is nothing to filter the trail by; choose from the lists above it.",
            ),
            ("unknown_account", "Choose a photographer from the list."),
            (
                "unknown_account",
                "There is no account of this id that can sign in.",
            ),
            ("unknown_value", "The file has no such value (any more)."),
            (
                "unknown_part",
                "It is not in the story any more; somebody took it out.",
            ),
            (
                "unknown_part",
                "There is no block or frame of this id in the story.",
            ),
            ("unknown_photo", "There is no photo of this id that you may use."),
            (
                "unknown_role",
                "“x” is not a role; choose admin, editor or photographer.",
            ),
            (
                "unknown_language",
                "The desk does not speak “x”; choose from the list.",
            ),
            ("not_a_number", "The focal point is two numbers from 0 to 100."),
            (
                "out_of_range",
                "A focal point lies between 0 and 1 in both directions.",
            ),
            ("out_of_range", "A link holds for 1 to 90 days."),
            (
                "out_of_range",
                "Choose a day from today on and at most 90 days ahead, on which the link ends.",
            ),
            (
                "too_many_links",
                "20 links to this story are open; take one back before you make another.",
            ),
            (
                "too_many_links",
                "A story can have at most 20 drop links at once; revoke some first.",
            ),
            (
                "not_a_link",
                "The license is an address that begins with https://.",
            ),
            (
                "not_a_date",
                "The day on which a token ends is written as YYYY-MM-DD.",
            ),
            (
                "published",
                "The story is published; unpublish it before you delete it.",
            ),
            (
                "slug_taken",
                "Another story has or had the address “x”; please choose another.",
            ),
            (
                "past",
                "That moment has passed; choose one that is still to come, or publish now.",
            ),
            (
                "past",
                "That moment has passed: an embargo until then forbids nothing.",
            ),
            (
                "too_far",
                "That moment lies more than five years ahead; look at the year again.",
            ),
            (
                "after_schedule",
                "The story is scheduled for before that moment; move the schedule or cancel it first.",
            ),
            (
                "never_published",
                "There is nothing to correct: the story was never published. Leave the correction empty.",
            ),
            (
                "names_what_is_hidden",
                "The correction names what is hidden for a photograph: Mosul. Put it in other words.",
            ),
            ("not_a_photo", "Only photographs and groups can be grouped."),
            (
                "not_a_photo",
                "The lead must be a block of this story that has a photograph.",
            ),
            ("not_a_group", "Only a group can be taken apart."),
            ("not_distinct", "Name each of the blocks to be grouped once."),
            ("group_size", "A group has 2 to 6 photographs; this would be 7."),
            ("too_many_blocks", "A story can have at most 500 blocks."),
            (
                "forbidden",
                "Only an editor may do this; a photographer adds and captions their own photographs.",
            ),
            (
                "forbidden",
                "A photographer may change the words under their own photographs only.",
            ),
            (
                "forbidden",
                "Only an editor may uncover a photograph that is marked as graphic.",
            ),
            ("forbidden", "Only an editor may make a story."),
            ("forbidden", "Only an editor may undo this."),
            ("forbidden", "Only administrators change the site itself."),
            (
                "forbidden",
                "Only an administrator can say that this machine’s clock is right.",
            ),
            ("stale", "The photo was changed by somebody else in the meantime."),
            (
                "stale",
                "Somebody else has changed the site’s settings meanwhile; look at them again before you save.",
            ),
            ("too_long", "This may have at most 200 characters."),
            ("too_long", "The footer may have at most 2000 characters."),
            ("too_long", "The style sheet may have at most 50000 bytes."),
            ("too_long", "The list of codes may have at most 20000 characters."),
            (
                "not_a_color",
                "Write the colour as # and three or six hexadecimal digits, such as #a3341f.",
            ),
            ("too_many", "There may be at most 500 lines about photographers."),
            (
                "no_colon",
                "Write the photographer’s name, a colon, and what there is to say: “x” has no colon.",
            ),
            (
                "after",
                "“after” is not a cursor of this list; take it from the link to the next page.",
            ),
            ("too_many_bytes", "A body may have at most 10 bytes."),
            (
                "too_many_bytes",
                "A request may have at most 10 bytes; please send the rest in another.",
            ),
            ("too_many_bytes", "The request is larger than this address takes."),
            (
                "too_many_bytes",
                "At most 10 parts fit in one request; please send the rest in another.",
            ),
            (
                "malformed_multipart",
                "The upload broke off or is not multipart/form-data: x. Please send it again.",
            ),
            ("broken_body", "The body could not be read to its end: x."),
            ("bad_request", "The request cannot be read."),
        ] {
            said(code, english);
        }
    }

    #[test]
    fn every_reason_for_which_a_file_is_not_taken_is_said() {
        use Lookalike as L;
        let others = [
            L::Heic,
            L::Avif,
            L::JpegXl,
            L::Jpeg2000,
            L::CameraRaw,
            L::Photoshop,
            L::Gif,
            L::Bitmap,
            L::Svg,
            L::Pdf,
            L::Html,
            L::Text,
            L::Video,
            L::Archive,
            L::Polyglot,
            L::Unknown,
        ];
        for other in others {
            said("file", &Refusal::Unsupported(other).to_string());
        }
        let too_large = Refusal::TooLarge {
            width_px: 40_000,
            height_px: 2,
            max_megapixels: 200,
            max_side_px: 30_000,
        };
        let damaged = Refusal::DamagedHeader {
            format: Format::Jpeg,
            what: "its size is missing",
        };
        for refusal in [Refusal::Empty, too_large, damaged] {
            said("file", &refusal.to_string());
        }
        let slow = crate::photo::render::RenderFailure::TimedOut {
            after: Duration::from_mins(1),
        };
        said("file", &slow.to_string());
    }

    #[test]
    fn every_code_of_the_checklist_is_said() {
        // Where the codes are written, so that a new one cannot be forgotten here.
        let source = include_str!("../../story/checklist.rs");
        for code in [
            "title_missing",
            "slug_missing",
            "photo_missing",
            "embargo",
            "standfirst_missing",
            "lead_small",
            "photo_pending",
            "photo_failed",
            "photo_damaged",
            "place_hidden",
            "instructions",
            "alt_missing",
            "credit_missing",
            "caption_missing",
            "alt_equals_caption",
            "ai_source",
            "minor",
            "model_release",
            "metadata_conflict",
        ] {
            assert!(source.contains(&format!("\"{code}\"")), "{code}");
            let under = format!("{TOLD}{code}");
            let forms: Vec<_> = Tongue::all_english(&under).collect();
            assert!(!forms.is_empty(), "{code}");
            for (key, form) in forms {
                // The text of the domain itself, with its own names for the values.
                let pieces = form
                    .split('{')
                    .map(|piece| piece.split_once('}').map_or(piece, |(_, text)| text));
                let longest = pieces.max_by_key(|text| text.len()).unwrap_or_default();
                assert!(
                    source.contains(longest.trim()),
                    "{key}: “{longest}” is not in the checklist"
                );
                assert_ne!(dutch().say(key), form, "{key}");
            }
        }
        let codes = source
            .split("self.remark(\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next());
        for code in codes {
            assert!(
                Tongue::all_english(&format!("{TOLD}{code}")).next().is_some(),
                "{code}"
            );
        }
    }

    #[test]
    fn a_text_that_names_what_is_hidden_is_called_by_its_name() {
        let names = "names what is hidden for a photograph: Mosul, Irak. Readers will read it.";
        let left_out = names.replace("Readers will read it.", "Readers will not read that sentence.");
        let code = "names_what_is_hidden";
        assert_eq!(
            said(code, &format!("The title {names}")),
            "De titel noemt wat bij een foto verborgen is: Mosul, Irak. Lezers krijgen het te lezen."
        );
        assert_eq!(
            said(code, &format!("The alt text of photograph 3 (a.jpg) {left_out}")),
            "De alt-tekst van foto 3 (a.jpg) noemt wat bij een foto verborgen is: Mosul, Irak. Lezers krijgen die zin niet te lezen."
        );
        assert_eq!(
            said(code, &format!("The group’s caption {left_out}")),
            "Het bijschrift van de groep noemt wat bij een foto verborgen is: Mosul, Irak. Lezers krijgen die zin niet te lezen."
        );
    }

    #[test]
    fn a_remark_names_its_photograph_or_not() {
        let of_photo = Remark {
            code: "caption_missing",
            message: "Photograph 3 (a.jpg) has no caption.".to_owned(),
            brief: "Has no caption.".to_owned(),
            part: None,
            field: "caption",
        };
        assert_eq!(remark(&of_photo), of_photo.message);
        assert_eq!(brief(&of_photo), of_photo.brief);
        let (long, short) = actix_web::rt::System::new()
            .block_on(dutch().scope(async { (remark(&of_photo), brief(&of_photo)) }));
        assert_eq!(long, "Foto 3 (a.jpg) heeft geen bijschrift.");
        assert_eq!(short, "Heeft geen bijschrift.");
    }
}
