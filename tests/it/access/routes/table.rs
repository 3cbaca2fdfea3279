//! `routes.table`, read.

use reqwest::Method;

/// Who asks, in the order of the table's columns.
pub const ROLES: [&str; 6] = ["nobody", "stranger", "member", "owner", "editor", "admin"];

/// What a story can be to readers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    Draft,
    Scheduled,
    Embargoed,
    Live,
    Unpublished,
    Deleted,
}

impl State {
    pub const ALL: [Self; 6] = [
        Self::Draft,
        Self::Scheduled,
        Self::Embargoed,
        Self::Live,
        Self::Unpublished,
        Self::Deleted,
    ];

    fn parse(word: &str) -> Self {
        let words = [
            "draft",
            "scheduled",
            "embargoed",
            "live",
            "unpublished",
            "deleted",
        ];
        let at = words.iter().position(|it| *it == word);
        Self::ALL[at.unwrap_or_else(|| panic!("{word} is no state of a story"))]
    }
}

/// What each role gets.
type Cells = [&'static str; ROLES.len()];

/// A route of the table.
pub struct Row {
    pub method: Method,
    pub pattern: &'static str,
    cells: Cells,
    states: Vec<(State, Cells)>,
    /// What a write gets with a cookie from another site.
    pub from_elsewhere: Option<&'static str>,
}

impl Row {
    /// As the source's reader names it.
    pub fn name(&self) -> String {
        format!("{} {}", self.method, self.pattern)
    }

    /// Whether it only reads.
    pub fn is_read(&self) -> bool {
        self.method.is_safe()
    }

    /// The states in which a story is asked for; none where it is not about one.
    pub fn states(&self) -> &'static [State] {
        let is_about_one = ["/stories/{id}", "/photos/{id}", "{slug}", "{secret}", "{folder}"]
            .iter()
            .any(|part| self.pattern.contains(part));
        if is_about_one || self.pattern == "/oembed" {
            &State::ALL
        } else {
            &[]
        }
    }

    /// The same, or once without one.
    pub fn asked_in(&self) -> Vec<Option<State>> {
        match self.states() {
            [] => vec![None],
            states => states.iter().copied().map(Some).collect(),
        }
    }

    /// Whether it goes with its story.
    fn ends_with_the_story(&self) -> bool {
        ["/stories/{id}", "/drop/{secret}", "/preview/{secret}"]
            .iter()
            .any(|part| self.pattern.contains(part))
    }

    /// What a role gets.
    pub fn cell(&self, state: Option<State>, role: usize) -> &'static str {
        let own = self.states.iter().find(|(it, _)| Some(*it) == state);
        match (own, self.cells[role]) {
            (Some((_, cells)), _) => cells[role],
            (None, "sign-in") => "sign-in",
            (None, "401") => "401",
            (None, _) if state == Some(State::Deleted) && self.ends_with_the_story() => "hidden",
            (None, cell) => cell,
        }
    }
}

/// All rows, in their order.
pub fn rows() -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for line in include_str!("../routes.table").lines() {
        let words: Vec<&'static str> = line.split_whitespace().collect();
        if words.is_empty() || line.starts_with('#') {
            continue;
        }
        if line.starts_with(' ') {
            let row = rows.last_mut().expect("a line of states stands below its route");
            assert_eq!(words.len(), 1 + ROLES.len(), "{line}");
            let cells = cells(&words[1..], line);
            let states = words[0].split(',').map(State::parse);
            row.states.extend(states.map(|state| (state, cells)));
            continue;
        }
        let method: Method = words[0].parse().unwrap();
        let is_read = method.is_safe();
        assert_eq!(words.len(), 2 + ROLES.len() + usize::from(!is_read), "{line}");
        rows.push(Row {
            pattern: words[1],
            cells: cells(&words[2..2 + ROLES.len()], line),
            states: Vec::new(),
            from_elsewhere: words.get(2 + ROLES.len()).copied(),
            method,
        });
    }
    for row in &rows {
        let is_known = matches!(row.from_elsewhere, None | Some("403" | "open"));
        assert!(is_known, "{}: {:?}", row.name(), row.from_elsewhere);
        assert!(
            row.states.is_empty() || !row.states().is_empty(),
            "{} is about no story",
            row.name()
        );
    }
    rows
}

fn cells(words: &[&'static str], line: &str) -> Cells {
    for word in words {
        let is_known = ["hidden", "sign-in", "taken"].contains(word) || word.parse::<u16>().is_ok();
        assert!(is_known, "{word} in {line}");
    }
    words.try_into().unwrap()
}
