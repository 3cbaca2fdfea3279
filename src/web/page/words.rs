//! The few words that a page itself says, in the story's language; a language that is not here gets English.
//!
//! What editors and photographers write is never touched: these are only labels, links and notices.

use crate::text::language;

/// A page's own words in one language.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Words {
    /// The language they are in.
    pub language: &'static str,
    /// Opens a credit: "Foto: …".
    pub photo: &'static str,
    /// Link that jumps over the masthead.
    pub skip: &'static str,
    /// Name of a link around a picture that has no alternative text.
    pub enlarge: &'static str,
    /// Covers a graphic picture.
    pub graphic: &'static str,
    /// Uncovers it.
    pub show: &'static str,
    /// Marks a picture that a trained model made.
    pub ai_made: &'static str,
    /// Marks a photograph with parts that a trained model made.
    pub ai_edited: &'static str,
    /// Stands where a picture is still being made.
    pub pending: &'static str,
    /// The bar above a preview.
    pub preview: &'static str,
    /// Heads the page before a preview for outsiders.
    pub door: &'static str,
    /// What that page says.
    pub door_text: &'static str,
    /// Its button.
    pub door_open: &'static str,
    /// Heads one correction of a story, and several.
    pub corrections: (&'static str, &'static str),
    /// Opens the date of publication.
    pub published: &'static str,
    /// Link to the list of stories.
    pub all_stories: &'static str,
    /// Link to the list's next page.
    pub older: &'static str,
    /// Link to the list's previous page.
    pub newer: &'static str,
    /// Says that the list is empty.
    pub no_stories: &'static str,
    /// One minute of reading, and several (with `{}` for the number).
    pub minutes: (&'static str, &'static str),
    /// One photograph, and several (with `{}` for the number).
    pub photographs: (&'static str, &'static str),
    /// Heads the photographers of a story.
    pub photographers: &'static str,
    /// Heads the tags of a story.
    pub tags: &'static str,
    /// Opens the heading of a photographer's page.
    pub by: &'static str,
    /// Opens the heading of a tag's page.
    pub tagged: &'static str,
    /// Leads to the story that was published after this one.
    pub next_story: &'static str,
    /// Leads to the story that was published before this one.
    pub previous_story: &'static str,
    /// Closes the lightbox.
    pub close: &'static str,
    /// Shows the photograph before.
    pub previous_photo: &'static str,
    /// Shows the photograph after.
    pub next_photo: &'static str,
    /// Link to the feed.
    pub feed: &'static str,
    /// Heads the page to look for stories on, and leads to it.
    pub search: &'static str,
    /// What its field is for.
    pub search_for: &'static str,
    /// Its button.
    pub search_now: &'static str,
    /// How many stories were found: one, and several (with `{}` for the number).
    pub found: (&'static str, &'static str),
    /// Says that none was.
    pub found_nothing: &'static str,
    /// Leads to what fits less.
    pub further: &'static str,
    /// Leads to what fits best.
    pub best: &'static str,
    /// Title of the page for what went wrong.
    pub failed: &'static str,
    /// Title of the page for what is not there.
    pub not_found: &'static str,
    /// What that page says.
    pub not_found_text: &'static str,
}

const DUTCH: Words = Words {
    language: "nl",
    photo: "Foto",
    skip: "Naar de inhoud",
    enlarge: "Foto groot bekijken",
    graphic: "Deze foto kan schokkend zijn.",
    show: "Foto tonen",
    ai_made: "Gemaakt met AI",
    ai_edited: "Bewerkt met AI",
    pending: "Deze foto wordt nog klaargemaakt",
    preview: "Voorbeeld: dit verhaal is zo nog niet gepubliceerd.",
    door: "Een voorbeeld, voor u alleen",
    door_text: "Deze link toont een verhaal dat nog niet gepubliceerd is. Wie de link heeft, kan het lezen: geef hem niet door.",
    door_open: "Voorbeeld tonen",
    corrections: ("Correctie", "Correcties"),
    published: "Gepubliceerd op",
    all_stories: "Alle verhalen",
    older: "Oudere verhalen",
    newer: "Nieuwere verhalen",
    no_stories: "Er is nog geen verhaal gepubliceerd.",
    minutes: ("1 minuut lezen", "{} minuten lezen"),
    photographs: ("1 foto", "{} foto’s"),
    photographers: "Fotografie",
    tags: "Onderwerpen",
    by: "Foto’s van",
    tagged: "Verhalen over",
    next_story: "Volgende verhaal",
    previous_story: "Vorige verhaal",
    close: "Sluiten",
    previous_photo: "Vorige foto",
    next_photo: "Volgende foto",
    feed: "Feed",
    search: "Zoeken",
    search_for: "Zoek in alle verhalen",
    search_now: "Zoek",
    found: ("1 verhaal gevonden", "{} verhalen gevonden"),
    found_nothing: "Geen verhaal gevonden. Probeer minder of andere woorden.",
    further: "Meer verhalen",
    best: "Naar het begin",
    failed: "Er ging iets mis",
    not_found: "Deze pagina is er niet",
    not_found_text: "Misschien klopt het adres niet helemaal, of is het verhaal niet meer te lezen.",
};

const ENGLISH: Words = Words {
    language: "en",
    photo: "Photo",
    skip: "Skip to content",
    enlarge: "View large photo",
    graphic: "This photo may be disturbing.",
    show: "Show the photo",
    ai_made: "Made with AI",
    ai_edited: "Edited with AI",
    pending: "This photo is still being prepared",
    preview: "Preview: this story has not been published like this.",
    door: "A preview, for you alone",
    door_text: "This link shows a story that has not been published. Whoever has the link can read it: please do not pass it on.",
    door_open: "Show the preview",
    corrections: ("Correction", "Corrections"),
    published: "Published on",
    all_stories: "All stories",
    older: "Older stories",
    newer: "Newer stories",
    no_stories: "No story has been published yet.",
    minutes: ("1 minute’s read", "{} minutes’ read"),
    photographs: ("1 photograph", "{} photographs"),
    photographers: "Photography",
    tags: "Subjects",
    by: "Photographs by",
    tagged: "Stories about",
    next_story: "Next story",
    previous_story: "Previous story",
    close: "Close",
    previous_photo: "Previous photo",
    next_photo: "Next photo",
    feed: "Feed",
    search: "Search",
    search_for: "Search all stories",
    search_now: "Search",
    found: ("1 story found", "{} stories found"),
    found_nothing: "No story found. Try fewer words, or others.",
    further: "More stories",
    best: "Back to the start",
    failed: "Something went wrong",
    not_found: "This page is not here",
    not_found_text: "The address may not be quite right, or the story can no longer be read.",
};

const GERMAN: Words = Words {
    language: "de",
    photo: "Foto",
    skip: "Zum Inhalt",
    enlarge: "Foto groß ansehen",
    graphic: "Dieses Foto kann verstörend wirken.",
    show: "Foto zeigen",
    ai_made: "Mit KI erstellt",
    ai_edited: "Mit KI bearbeitet",
    pending: "Dieses Foto wird noch vorbereitet",
    preview: "Vorschau: Diese Geschichte ist so noch nicht veröffentlicht.",
    door: "Eine Vorschau, nur für Sie",
    door_text: "Dieser Link zeigt eine Geschichte, die noch nicht veröffentlicht ist. Wer den Link hat, kann sie lesen: Bitte geben Sie ihn nicht weiter.",
    door_open: "Vorschau zeigen",
    corrections: ("Korrektur", "Korrekturen"),
    published: "Veröffentlicht am",
    all_stories: "Alle Geschichten",
    older: "Ältere Geschichten",
    newer: "Neuere Geschichten",
    no_stories: "Es ist noch keine Geschichte veröffentlicht.",
    minutes: ("1 Minute Lesezeit", "{} Minuten Lesezeit"),
    photographs: ("1 Foto", "{} Fotos"),
    photographers: "Fotografie",
    tags: "Themen",
    by: "Fotos von",
    tagged: "Geschichten über",
    next_story: "Nächste Geschichte",
    previous_story: "Vorige Geschichte",
    close: "Schließen",
    previous_photo: "Voriges Foto",
    next_photo: "Nächstes Foto",
    feed: "Feed",
    search: "Suchen",
    search_for: "Alle Geschichten durchsuchen",
    search_now: "Suchen",
    found: ("1 Geschichte gefunden", "{} Geschichten gefunden"),
    found_nothing: "Keine Geschichte gefunden. Versuchen Sie es mit weniger oder anderen Wörtern.",
    further: "Weitere Geschichten",
    best: "Zum Anfang",
    failed: "Etwas ist schiefgegangen",
    not_found: "Diese Seite gibt es nicht",
    not_found_text: "Vielleicht stimmt die Adresse nicht ganz, oder die Geschichte ist nicht mehr zu lesen.",
};

const FRENCH: Words = Words {
    language: "fr",
    photo: "Photo",
    skip: "Aller au contenu",
    enlarge: "Voir la photo en grand",
    graphic: "Cette photo peut choquer.",
    show: "Afficher la photo",
    ai_made: "Créée par IA",
    ai_edited: "Modifiée par IA",
    pending: "Cette photo est en préparation",
    preview: "Aperçu : ce récit n’est pas encore publié sous cette forme.",
    door: "Un aperçu, pour vous seul",
    door_text: "Ce lien montre un récit qui n’est pas encore publié. Quiconque a le lien peut le lire : ne le transmettez pas.",
    door_open: "Afficher l’aperçu",
    corrections: ("Correction", "Corrections"),
    published: "Publié le",
    all_stories: "Tous les récits",
    older: "Récits plus anciens",
    newer: "Récits plus récents",
    no_stories: "Aucun récit n’est encore publié.",
    minutes: ("1 minute de lecture", "{} minutes de lecture"),
    photographs: ("1 photo", "{} photos"),
    photographers: "Photographie",
    tags: "Sujets",
    by: "Photos de",
    tagged: "Récits sur",
    next_story: "Récit suivant",
    previous_story: "Récit précédent",
    close: "Fermer",
    previous_photo: "Photo précédente",
    next_photo: "Photo suivante",
    feed: "Flux",
    search: "Rechercher",
    search_for: "Rechercher dans tous les récits",
    search_now: "Rechercher",
    found: ("1 récit trouvé", "{} récits trouvés"),
    found_nothing: "Aucun récit trouvé. Essayez avec moins de mots, ou d’autres.",
    further: "Autres récits",
    best: "Revenir au début",
    failed: "Une erreur est survenue",
    not_found: "Cette page n’existe pas",
    not_found_text: "L’adresse n’est peut-être pas tout à fait juste, ou le récit ne peut plus être lu.",
};

/// The words for a language tag.
pub(super) fn of(tag: &str) -> &'static Words {
    match language::primary(tag) {
        "nl" => &DUTCH,
        "de" => &GERMAN,
        "fr" => &FRENCH,
        _ => &ENGLISH,
    }
}

/// A number of things, in one of two forms.
pub(super) fn counted((one, several): (&str, &str), number: usize) -> String {
    if number == 1 {
        one.to_owned()
    } else {
        several.replace("{}", &number.to_string())
    }
}

impl Words {
    /// A credit line with its label; a line that brings a label or a sign of its own keeps just that.
    ///
    /// French sets a space before the colon.
    pub(super) fn credit(&self, line: &str) -> String {
        const LABELS: [&str; 9] = [
            "foto", "photo", "fotos", "photos", "foto’s", "foto's", "beeld", "bild", "image",
        ];
        let own_label = line
            .split_once(':')
            .is_some_and(|(label, _)| LABELS.contains(&label.trim().to_lowercase().as_str()));
        if own_label || line.starts_with('©') {
            line.to_owned()
        } else if self.language == "fr" {
            format!("{}\u{a0}: {line}", self.photo)
        } else {
            format!("{}: {line}", self.photo)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credit_is_labelled_in_the_storys_language() {
        assert_eq!(of("nl-BE").credit("Anna de Vries"), "Foto: Anna de Vries");
        assert_eq!(of("en").credit("Anna de Vries"), "Photo: Anna de Vries");
        assert_eq!(of("fr").credit("Anna de Vries"), "Photo\u{a0}: Anna de Vries");
    }

    #[test]
    fn a_credit_is_not_labelled_twice() {
        assert_eq!(of("nl").credit("Foto: Anna de Vries"), "Foto: Anna de Vries");
        assert_eq!(of("nl").credit("© Anna de Vries"), "© Anna de Vries");
        assert_eq!(of("nl").credit("Fotobureau: Anna"), "Foto: Fotobureau: Anna");
    }

    #[test]
    fn a_language_without_words_gets_english() {
        assert_eq!(of("sv").language, "en");
    }
}
