//! How names are bent in sentences: what stays of them, and what may follow.

/// What may follow the stem of a name where that is named.
pub(super) enum Ending {
    /// This many letters, or what says that something is of a town or around it.
    Letters(usize),
    /// The endings of a case alone: behind three letters anything else is another word.
    OfACase,
}

impl Ending {
    pub(super) fn has(&self, letters: &str) -> bool {
        match *self {
            Self::Letters(most) => {
                letters.chars().count() <= most || REGIONS.iter().any(|end| letters.starts_with(end))
            }
            Self::OfACase => letters.is_empty() || CASES.contains(&letters),
        }
    }
}

/// What of a name stays when it is bent, and what may follow: "Warszawa" is named by "w Warszawie", "Харків" by "у Харкові". Short names
/// stand inside too many words; a longer one with some letters more is still that name.
pub(super) fn stem_of(name: &str) -> (&str, Ending) {
    let letters = name.chars().rev().take_while(|c| c.is_alphabetic()).count();
    let mut last = name.chars().rev();
    let (end, before) = (last.next().unwrap_or(' '), last.next().unwrap_or(' '));
    let without = |letters: usize| {
        let at = name.char_indices().rev().nth(letters.saturating_sub(1));
        at.and_then(|(at, _)| name.get(..at)).unwrap_or(name)
    };
    let is_cyrillic = |c: char| matches!(c, '\u{400}'..='\u{52f}');
    if name.chars().any(|c| c.is_ascii_digit()) {
        return (name, Ending::Letters(0));
    }
    let is_adjective = is_cyrillic(end) && [before, end].iter().all(|c| "ыиі".contains(*c));
    match letters {
        // "Хмельницький" is named by "у Хмельницькому".
        6.. if is_adjective => (without(2), Ending::Letters(MOST_ENDING + 2)),
        // Of five letters too many other words begin alike: China, India, Korea.
        6.. if BENT_ENDS.contains(end) => (without(1), Ending::Letters(MOST_ENDING + 1)),
        5 if is_cyrillic(end) && BENT_ENDS.contains(end) => (without(1), Ending::Letters(MOST_ENDING + 1)),
        4 if is_cyrillic(end) && BENT_ENDS.contains(end) => (without(1), Ending::OfACase),
        6.. if is_cyrillic(end) && BENT_ENDS.contains(before) => {
            (without(2), Ending::Letters(MOST_ENDING + 2))
        }
        // Armenian hangs a whole "in" on its names.
        _ if matches!(end, '\u{530}'..='\u{58f}') => (name, Ending::Letters(MOST_ENDING + 2)),
        _ if name.chars().count() >= 4 => (name, Ending::Letters(MOST_ENDING)),
        _ => (name, Ending::Letters(0)),
    }
}

/// Endings of Ukrainian and Russian nouns, as [`super::spelling::spelled`] has them.
const CASES: [&str; 24] = [
    "а", "я", "и", "і", "ы", "у", "ю", "е", "є", "о", "ою", "ею", "єю", "ои", "еи", "ам", "ям", "ами", "ями",
    "ах", "ях", "ом", "ем", "ів",
];

/// How words begin to end in Ukrainian and Russian that say what is of a town or around it: "Київська область", "на Харківщині".
const REGIONS: [&str; 14] = [
    "ськ",
    "ск",
    "щин",
    "івськ",
    "івщин",
    "овськ",
    "овск",
    "евск",
    "ьськ",
    "ьск",
    "ьщин",
    "иськ",
    "иск",
    "ьк",
];

/// Other stems that a name has in a sentence. A Ukrainian one as its other cases have it: "Київ" is "у Києві", "Ірпінь" is "в Ірпені", "Тернопіль" is "у Тернополі", "Авдіївка" is "в Авдіївці".
pub(super) fn with_other_stems(name: &str) -> impl Iterator<Item = String> {
    let is_consonant = |c: char| c.is_alphabetic() && c != 'ь' && !BENT_ENDS.contains(c);
    let bare = name.strip_suffix('ь').unwrap_or(name);
    let closed = bare
        .char_indices()
        .next_back()
        .filter(|(_, c)| is_consonant(*c))
        .and_then(|(at, _)| bare.get(..at)?.strip_suffix('і'));
    let end = closed.and_then(|before| bare.get(before.len() + 'і'.len_utf8()..));
    let other = |(before, end): (&str, &str)| ["о", "е", "є"].map(|vowel| format!("{before}{vowel}{end}"));
    let soft = SOFTENED
        .iter()
        .find_map(|(hard, soft)| Some(format!("{}{soft}", name.strip_suffix(hard)?)));
    // Arabic runs "to" and "the" together.
    let to = name.strip_prefix("ال").map(|rest| format!("لل{rest}"));
    closed
        .zip(end)
        .map(other)
        .into_iter()
        .flatten()
        .chain(soft)
        .chain(to)
}

/// What softens where a name says where something is, or what is of it, in Ukrainian, Czech and Polish: "Запорізька область", "v Praze", "w Pradze".
const SOFTENED: [(&str, &str); 7] = [
    ("ка", "ці"),
    ("га", "зі"),
    ("ха", "сі"),
    ("жжя", "зьк"),
    ("ha", "ze"),
    ("ka", "ce"),
    ("ga", "dze"),
];

/// Letters that give way to an ending, in Latin, Cyrillic and Greek.
const BENT_ENDS: &str = "aeiouyаеиоуыэюяіьйαειουωηაეიოუ";

/// Letters that a case may add to a name.
const MOST_ENDING: usize = 2;
