//! Two small stories and what is said of them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failing test may panic")]

use super::*;

fn photo(seed: u8) -> PhotoId {
    format!("pho_{seed:032x}").parse().unwrap()
}

fn text(id: &str, words: &str) -> SideBlock {
    SideBlock {
        id: (!id.is_empty()).then(|| id.to_owned()),
        kind: Kind::Text,
        words: vec![(Part::Text, words.to_owned())],
        form: format!("<p>{words}</p>"),
        frames: Vec::new(),
    }
}

fn frame(seed: u8, caption: &str) -> SideFrame {
    SideFrame {
        id: Some(format!("frm_{seed}")),
        photo: photo(seed),
        words: vec![(Part::Caption, caption.to_owned())],
    }
}

fn group(id: &str, frames: Vec<SideFrame>) -> SideBlock {
    SideBlock {
        id: Some(id.to_owned()),
        kind: Kind::Group,
        words: vec![(Part::Layout, "side".to_owned())],
        form: String::new(),
        frames,
    }
}

fn side(blocks: Vec<SideBlock>) -> Side {
    Side {
        fields: vec![(Part::Title, "Een veld".to_owned())],
        lead: None,
        blocks,
    }
}

/// The differences as a line each: "+2 twee", "-1 een", "~ 3>1 drie".
fn told(before: Vec<SideBlock>, after: Vec<SideBlock>) -> Vec<String> {
    compare(&side(before), &side(after))
        .iter()
        .map(|difference| {
            let Difference::Block(block) = difference else {
                panic!("{difference:?}")
            };
            let place = |place: Option<usize>| place.map_or_else(String::new, |place| place.to_string());
            let (was, is, text) = (place(block.before), place(block.after), &block.text);
            match block.fate {
                Fate::Added => format!("+{is} {text}"),
                Fate::Removed => format!("-{was} {text}"),
                Fate::Kept if block.moved => format!("{was}>{is} {text}"),
                Fate::Kept => format!("~{is} {text}"),
            }
        })
        .collect()
}

fn texts(ids: &[&str]) -> Vec<SideBlock> {
    ids.iter()
        .map(|id| text(id, &format!("woorden van {id}")))
        .collect()
}

#[test]
fn what_is_the_same_has_no_differences() {
    assert!(told(texts(&["a", "b"]), texts(&["a", "b"])).is_empty());
    assert!(told(vec![], vec![]).is_empty());
}

#[test]
fn what_came_and_what_went_is_told_where_it_stands() {
    assert_eq!(
        told(texts(&["a", "b", "c"]), texts(&["a", "x", "c", "y"])),
        ["+2 woorden van x", "-2 woorden van b", "+4 woorden van y"]
    );
    assert_eq!(told(vec![], texts(&["a"])), ["+1 woorden van a"]);
    assert_eq!(told(texts(&["a"]), vec![]), ["-1 woorden van a"]);
}

#[test]
fn one_that_moves_is_told_and_those_that_make_room_are_not() {
    assert_eq!(
        told(texts(&["a", "b", "c", "d"]), texts(&["d", "a", "b", "c"])),
        ["4>1 woorden van d"]
    );
    assert_eq!(
        told(texts(&["a", "b", "c", "d"]), texts(&["b", "c", "a", "d"])),
        ["1>3 woorden van a"]
    );
}

#[test]
fn a_block_can_move_and_change_at_once() {
    let mut after = texts(&["a", "b"]);
    after.insert(0, text("c", "andere woorden"));
    let found = compare(&side(texts(&["a", "b", "c"])), &side(after));
    let [Difference::Block(block)] = &found[..] else {
        panic!("{found:?}")
    };
    assert!(block.moved && block.changes[0].part == Part::Text, "{block:?}");
}

#[test]
fn changed_formatting_is_told_where_the_words_are_the_same() {
    let mut bold = text("a", "woorden");
    bold.form = "<p><strong>woorden</strong></p>".to_owned();
    let found = compare(&side(vec![text("a", "woorden")]), &side(vec![bold]));
    let [Difference::Block(block)] = &found[..] else {
        panic!("{found:?}")
    };
    assert_eq!(block.changes[0].part, Part::Formatting);
}

#[test]
fn frames_of_a_group_come_go_move_and_change() {
    let before = vec![group(
        "g",
        vec![frame(1, "een"), frame(2, "twee"), frame(3, "drie")],
    )];
    let after = vec![group(
        "g",
        vec![frame(3, "drie"), frame(1, "een, anders"), frame(4, "vier")],
    )];
    let found = compare(&side(before), &side(after));
    let [Difference::Block(block)] = &found[..] else {
        panic!("{found:?}")
    };
    let frames: Vec<(PhotoId, Fate, bool, usize)> = block
        .frames
        .iter()
        .map(|frame| (frame.photo.clone(), frame.fate, frame.moved, frame.changes.len()))
        .collect();
    let moved = frames.iter().filter(|frame| frame.2).count();
    assert_eq!(moved, 1, "{frames:?}");
    assert!(frames.contains(&(photo(4), Fate::Added, false, 0)));
    assert!(frames.contains(&(photo(2), Fate::Removed, false, 0)));
    assert!(frames.iter().any(|frame| frame.0 == photo(1) && frame.3 == 1));
}

#[test]
fn without_ids_blocks_are_known_by_what_they_say_and_where_they_stand() {
    let plain = |words: &[&str]| words.iter().map(|words| text("", words)).collect::<Vec<_>>();
    assert_eq!(
        told(
            plain(&["een", "twee", "drie", "vier"]),
            plain(&["een", "twee anders", "drie", "vier", "vijf"])
        ),
        ["~2 twee anders", "+5 vijf"]
    );
    assert_eq!(told(plain(&["een", "twee"]), plain(&["een", "twee"])).len(), 0);
    assert_eq!(
        told(plain(&["een", "twee", "drie"]), plain(&["een", "drie"])),
        ["-2 twee"]
    );
}

#[test]
fn new_ids_on_the_same_content_are_no_difference() {
    // Putting an old revision back makes new blocks of it.
    let renamed = vec![text("x", "woorden van a"), text("y", "woorden van b")];
    assert!(told(texts(&["a", "b"]), renamed).is_empty());
}

#[test]
fn fields_and_the_lead_come_first() {
    let before = Side {
        fields: vec![
            (Part::Title, "Een veld".to_owned()),
            (Part::Byline, String::new()),
        ],
        lead: Some(photo(1)),
        blocks: texts(&["a"]),
    };
    let after = Side {
        fields: vec![
            (Part::Title, "Een akker".to_owned()),
            (Part::Byline, "Anna".to_owned()),
        ],
        lead: Some(photo(2)),
        blocks: texts(&["a", "b"]),
    };
    let found = compare(&before, &after);
    let Difference::Field(title) = &found[0] else {
        panic!("{found:?}")
    };
    assert_eq!(
        title.pieces,
        [
            Piece::Same("Een ".into()),
            Piece::Removed("veld".into()),
            Piece::Added("akker".into())
        ]
    );
    assert!(matches!(&found[1], Difference::Field(change) if change.part == Part::Byline));
    assert!(matches!(&found[2], Difference::Lead { .. }));
    assert!(matches!(&found[3], Difference::Block(block) if block.fate == Fate::Added));
}
