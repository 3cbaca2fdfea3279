//! The ways in which a day is written, for finding it in words where it may not be told.

/// Months in Dutch, English, German and French, without accents.
const MONTHS: [[&str; 4]; 12] = [
    ["januari", "january", "januar", "janvier"],
    ["februari", "february", "februar", "fevrier"],
    ["maart", "march", "marz", "mars"],
    ["april", "april", "april", "avril"],
    ["mei", "may", "mai", "mai"],
    ["juni", "june", "juni", "juin"],
    ["juli", "july", "juli", "juillet"],
    ["augustus", "august", "august", "aout"],
    ["september", "september", "september", "septembre"],
    ["oktober", "october", "oktober", "octobre"],
    ["november", "november", "november", "novembre"],
    ["december", "december", "dezember", "decembre"],
];

/// A day (`YYYY-MM-DD`, perhaps with more behind it, or only `YYYY-MM`) as people write it: in figures in any order, with the month's name in the languages
/// above, whole or cut to three letters, and the month alone with its year. Nothing for a text of another form.
#[must_use]
pub fn spellings(date: &str) -> Vec<String> {
    let mut parts = date.get(..10).unwrap_or(date).split('-');
    let mut number = || parts.next()?.parse::<usize>().ok();
    let (Some(year), Some(month)) = (number(), number()) else {
        return Vec::new();
    };
    let day = number();
    let Some(names) = month.checked_sub(1).and_then(|at| MONTHS.get(at)) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for name in names {
        for name in [name, name.get(..3).unwrap_or(name)] {
            found.push(format!("{name} {year}"));
            if let Some(day) = day {
                found.extend([
                    format!("{day} {name}"),
                    format!("{day}. {name}"),
                    format!("{name} {day}"),
                ]);
            }
        }
    }
    let Some(day) = day else { return found };
    for separator in ["-", ".", "/", ". "] {
        let join = |parts: [String; 3]| parts.join(separator);
        let (y, m, d) = (year.to_string(), month.to_string(), day.to_string());
        let (mm, dd) = (format!("{month:02}"), format!("{day:02}"));
        found.extend([
            join([y.clone(), mm.clone(), dd.clone()]),
            join([d.clone(), m.clone(), y.clone()]),
            join([dd.clone(), mm.clone(), y.clone()]),
            join([m, d, y.clone()]),
            join([mm, dd, y]),
        ]);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::spellings;
    use crate::text::naming::{concealable, names_any};

    #[test]
    fn a_day_is_found_however_people_write_it() {
        let spelled = spellings("2024-01-19T10:05:00");
        let words = concealable(spelled.iter().map(String::as_str));
        for text in [
            "Op 19 januari vluchtten zij.",
            "January 19, 2024",
            "19 jan. 2024",
            "19-1-2024",
            "19.01.2024",
            "01/19/2024",
            "2024-01-19",
            "le 19 janvier",
            "Januari 2024: de stad valt.",
        ] {
            assert!(names_any(text, &words), "{text}: {words:?}");
        }
        assert!(!names_any("Op 20 februari 2023.", &words));
        let spelled = spellings("2024-03");
        let words = concealable(spelled.iter().map(String::as_str));
        assert!(names_any("In maart 2024", &words) && !names_any("In maart", &words));
        for odd in ["", "2024", "2024-13-01", "gisteren"] {
            assert!(spellings(odd).is_empty(), "{odd}");
        }
    }
}
