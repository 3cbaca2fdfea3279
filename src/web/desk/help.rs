//! Help: the first steps, and the keys of each page. The scripts show the same page in a box when `?` is pressed.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::form::SignedIn;
use super::shell::{Room, Shell, page};
use crate::web::App;
use crate::web::extract::Failed;

/// The keys of one page of the desk.
struct Section {
    name: &'static str,
    title: &'static str,
    /// Keys pressed together or one of several, apart by spaces, and the message that says what they do.
    keys: &'static [(&'static str, &'static str)],
}

const SECTIONS: [Section; 4] = [
    Section {
        name: "everywhere",
        title: "help.everywhere",
        keys: &[
            ("?", "help.key.open"),
            ("Ctrl Z", "help.key.undo"),
            ("Ctrl Shift Z", "help.key.redo"),
            ("Esc", "help.key.close"),
        ],
    },
    Section {
        name: "editor",
        title: "help.editor",
        keys: &[
            ("↑ ↓", "help.key.walk"),
            ("Alt ↑", "help.key.earlier"),
            ("Alt ↓", "help.key.later"),
            ("Alt Home", "help.key.first"),
            ("Alt End", "help.key.last"),
        ],
    },
    Section {
        name: "table",
        title: "help.table",
        keys: &[
            ("← → ↑ ↓", "help.key.tiles"),
            ("Space", "help.key.choose"),
            ("Shift ← →", "help.key.range"),
            ("Ctrl A", "help.key.all"),
            ("Alt ← →", "help.key.move"),
            ("Alt Home", "help.key.first"),
            ("Alt End", "help.key.last"),
            ("Enter", "help.key.open_tile"),
            ("Esc", "help.key.none"),
        ],
    },
    Section {
        name: "captions",
        title: "help.captions",
        keys: &[
            ("Tab", "help.key.field"),
            ("Ctrl Enter", "help.key.next"),
            ("Ctrl Shift Enter", "help.key.previous"),
            ("Page Down", "help.key.same_next"),
            ("Page Up", "help.key.same_previous"),
            ("\\ab\\", "help.key.code"),
        ],
    },
];

#[derive(Template)]
#[template(path = "desk/help.html", whitespace = "minimize")]
struct HelpPage {
    shell: Shell,
    sections: &'static [Section],
}

pub(super) async fn show(app: web::Data<App>, SignedIn(actor): SignedIn) -> Result<HttpResponse, Failed> {
    page(&HelpPage {
        shell: Shell::titled(&app, Some(&actor), Room::Outside, "help.title"),
        sections: &SECTIONS,
    })
}
