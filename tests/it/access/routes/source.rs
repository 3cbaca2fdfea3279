//! The routes of the program, read from the source that registers them. What is registered in a way that is not known here is an error, so that no
//! route is overlooked.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::harness::server::files_below;
use crate::house::paths::words;

/// Attributes that make a route of a function, or seem to.
const ATTRIBUTES: [&str; 11] = [
    "get", "post", "put", "patch", "delete", "options", "head", "trace", "connect", "route", "routes",
];
/// The methods that are known here.
const METHODS: [&str; 6] = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/// What the source registers.
#[derive(Debug)]
pub struct Routes {
    /// As `GET /desk`.
    pub routes: BTreeSet<String>,
    /// The functions that answer where no route does.
    pub otherwise: BTreeSet<String>,
}

/// What the program's source registers.
pub fn registered() -> Result<Routes, String> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = files_below(&source)
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| {
            let name = path.strip_prefix(&source).unwrap().to_str().unwrap().to_owned();
            (name, std::fs::read_to_string(&path).unwrap())
        })
        .collect();
    read(&files)
}

/// What these files register, by their paths below the source's folder.
pub fn read(files: &BTreeMap<String, String>) -> Result<Routes, String> {
    let files: Files = files
        .iter()
        .map(|(name, text)| (name.clone(), words(text)))
        .collect();
    let mut found = Found::default();
    for (file, words) in &files {
        let mut reader = Reader {
            files: &files,
            file,
            words,
            at: 0,
        };
        reader
            .read(&mut found)
            .map_err(|what| format!("{file}: {what}"))?;
    }
    let Found {
        mut routes,
        otherwise,
        described,
        services,
        scope,
    } = found;
    for (handler, (method, path)) in &described {
        if !services.contains(handler) {
            return Err(format!("{handler:?} has an address and is registered nowhere"));
        }
        routes.insert(format!("{method} {}{path}", scope.as_deref().unwrap_or_default()));
    }
    match services.iter().find(|handler| !described.contains_key(handler)) {
        Some(handler) => Err(format!("{handler:?} is registered and has no address")),
        None => Ok(Routes { routes, otherwise }),
    }
}

/// The words of each file.
type Files = BTreeMap<String, Vec<String>>;
/// A function, by its file and its name.
type Handler = (String, String);

/// What was read so far.
#[derive(Default)]
struct Found {
    routes: BTreeSet<String>,
    otherwise: BTreeSet<String>,
    /// Functions whose attribute says method and path.
    described: BTreeMap<Handler, (String, String)>,
    /// Functions that are registered by their name.
    services: BTreeSet<Handler>,
    /// The address below which these are.
    scope: Option<String>,
}

/// One file on its way.
struct Reader<'a> {
    files: &'a Files,
    file: &'a str,
    words: &'a [String],
    at: usize,
}

impl Reader<'_> {
    fn read(&mut self, found: &mut Found) -> Result<(), String> {
        while self.at < self.words.len() {
            if self.skips(&[".", "route", "("]) {
                let path = self.text()?;
                self.take(&[","])?;
                let method = self.method()?;
                self.skips(&[","]);
                self.take(&[")"])?;
                found.routes.insert(format!("{method} {path}"));
            } else if self.skips(&[".", "service", "("]) {
                self.service(found)?;
            } else if self.skips(&[".", "default_service", "("]) {
                self.take(&["web", "::", "to", "("])?;
                found.otherwise.insert(self.path().join("::"));
                self.take(&[")"])?;
            } else if self.skips(&["#", "["]) {
                self.attribute(found)?;
            } else if self.stands(&["web", "::", "resource"]) || self.stands(&["web", "::", "scope"]) {
                return Err(format!("something that is not known here: {}", self.here()));
            } else {
                self.at += 1;
            }
        }
        Ok(())
    }

    /// What stands in `.service(…)`.
    fn service(&mut self, found: &mut Found) -> Result<(), String> {
        if self.skips(&["web", "::", "resource", "("]) {
            let path = self.text()?;
            self.take(&[")"])?;
            while self.skips(&[".", "route", "("]) {
                let method = self.method()?;
                self.skips(&[","]);
                self.take(&[")"])?;
                found.routes.insert(format!("{method} {path}"));
            }
            self.skips(&[","]);
            self.take(&[")"])
        } else if self.skips(&["web", "::", "scope", "("]) {
            let path = self.text()?;
            // What it holds is read like everything else.
            self.take(&[")"])?;
            match found.scope.replace(path) {
                Some(other) => Err(format!("a second scope beside {other}")),
                None => Ok(()),
            }
        } else {
            let path = self.path();
            // Only its description is kept of this one, not the application.
            if self.skips(&[")", ".", "split_for_parts", "(", ")", ".", "1"]) {
                return Ok(());
            }
            let [module, function] = &path[..] else {
                return Err(format!("a service that is not known here: {}", self.here()));
            };
            let handler = (self.beside(module)?, function.clone());
            found.services.insert(handler);
            self.take(&[")"])
        }
    }

    /// What stands behind `#[`.
    fn attribute(&mut self, found: &mut Found) -> Result<(), String> {
        let path = self.path();
        let name = path.last().map_or("", String::as_str);
        if !ATTRIBUTES.contains(&name) {
            return Ok(());
        }
        let method = known(&name.to_uppercase())?;
        self.take(&["("])?;
        let path = self.text()?;
        self.take(&[")", "]"])?;
        let rest = &self.words[self.at..];
        let function = rest.iter().position(|word| word == "fn").map(|at| &rest[at + 1]);
        let function = function.ok_or_else(|| format!("{path} is an address of no function"))?;
        let handler = (self.file.to_owned(), function.clone());
        found.described.insert(handler, (method, path));
        Ok(())
    }

    /// `web::get().to(handler)`, or the same with a method that has no function of its own.
    fn method(&mut self) -> Result<String, String> {
        self.skips(&["web", "::"]);
        let method = if self.skips(&["method", "(", "Method", "::"]) {
            self.word()
        } else {
            let method = self.word().to_uppercase();
            self.take(&["("])?;
            method
        };
        self.take(&[")", ".", "to", "("])?;
        self.path();
        self.take(&[")"])?;
        known(&method)
    }

    /// A string as it is written here, or that of a constant here or in a module beside this file.
    fn text(&mut self) -> Result<String, String> {
        if self.stands_text() {
            return unquoted(&self.word());
        }
        let path = self.path();
        let (file, name) = match &path[..] {
            [name] => (self.file.to_owned(), name),
            [module, name] => (self.beside(module)?, name),
            _ => return Err(format!("no string: {}", self.here())),
        };
        let declared = ["const", name, ":", "&", "str", "="];
        let words = &self.files[&file];
        let at = words
            .windows(declared.len())
            .position(|words| words.iter().zip(declared).all(|(word, it)| word == it));
        let at = at.ok_or_else(|| format!("no constant {name} in {file}"))?;
        unquoted(&words[at + declared.len()])
    }

    /// The file of a module beside this one.
    fn beside(&self, module: &str) -> Result<String, String> {
        let folder = Path::new(self.file).parent().unwrap_or(Path::new(""));
        let file = folder.join(format!("{module}.rs")).display().to_string();
        if self.files.contains_key(&file) {
            Ok(file)
        } else {
            Err(format!("no file {file}"))
        }
    }

    /// A path of names; empty where none stands.
    fn path(&mut self) -> Vec<String> {
        let is_name = |word: &String| word.starts_with(|first: char| first.is_alphabetic() || first == '_');
        let mut path = Vec::new();
        while self.words.get(self.at).is_some_and(is_name) {
            path.push(self.word());
            if !self.skips(&["::"]) {
                break;
            }
        }
        path
    }

    fn word(&mut self) -> String {
        let word = self.words.get(self.at).cloned().unwrap_or_default();
        self.at += 1;
        word
    }

    fn stands_text(&self) -> bool {
        self.words.get(self.at).is_some_and(|word| word.starts_with('"'))
    }

    fn stands(&self, expected: &[&str]) -> bool {
        let rest = self.words.get(self.at..).unwrap_or_default();
        rest.len() >= expected.len() && rest.iter().zip(expected).all(|(word, it)| word == it)
    }

    /// Goes past these words, if they stand here.
    fn skips(&mut self, expected: &[&str]) -> bool {
        let stands = self.stands(expected);
        if stands {
            self.at += expected.len();
        }
        stands
    }

    fn take(&mut self, expected: &[&str]) -> Result<(), String> {
        if self.skips(expected) {
            Ok(())
        } else {
            Err(format!("instead of {}: {}", expected.concat(), self.here()))
        }
    }

    /// The words around, for whoever has to look.
    fn here(&self) -> String {
        let (from, to) = (self.at.saturating_sub(8), self.at + 8);
        self.words[from.min(self.words.len())..to.min(self.words.len())].join(" ")
    }
}

fn known(method: &str) -> Result<String, String> {
    if METHODS.contains(&method) {
        Ok(method.to_owned())
    } else {
        Err(format!("{method} is not known here"))
    }
}

/// A string without its quotes.
fn unquoted(literal: &str) -> Result<String, String> {
    literal
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'))
        .map(|text| text.replace("\\\\", "\\"))
        .ok_or_else(|| format!("no string: {literal}"))
}
