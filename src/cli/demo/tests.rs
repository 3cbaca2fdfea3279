//! What the demonstration promises, without painting it at full size.

use std::collections::HashSet;
use std::io::Cursor;

use super::fill::{TALES, shots};
use super::stories::Piece;
use super::{darkroom, people};
use crate::account::password;
use crate::metadata::{self, embed_in_jpeg};
use reportage_scenes::paint;

#[test]
fn every_scene_is_painted_the_same_way_twice() {
    for (_, shot) in shots() {
        let (width, height) = (shot.size.0 / 50, shot.size.1 / 50);
        let once = paint(shot.scene, width, height);
        assert_eq!(once.len(), width as usize * height as usize * 3, "{}", shot.file);
        assert!(once == paint(shot.scene, width, height), "{} differs", shot.file);
        let tones: HashSet<u8> = once.iter().copied().collect();
        assert!(tones.len() > 40, "{} is nearly empty", shot.file);
    }
}

#[test]
fn the_published_stories_have_ten_complete_photographs_each_of_24_megapixels() {
    for tale in TALES.into_iter().filter(|tale| tale.published) {
        assert!(tale.shots.len() >= 10, "{}", tale.slug);
        for shot in tale.shots {
            for words in [shot.caption, shot.alt, shot.headline, shot.city, shot.taken] {
                assert!(!words.is_empty(), "{}", shot.file);
            }
            assert_ne!(shot.caption, shot.alt, "{}", shot.file);
            assert!(shot.gps.0.abs() > 1.0 && shot.gps.1.abs() > 1.0, "{}", shot.file);
            let pixels = shot.size.0 * shot.size.1;
            assert!((23_900_000..24_100_000).contains(&pixels), "{}", shot.file);
        }
    }
}

#[test]
fn at_least_six_families_are_shown_and_no_picture_twice() {
    let families: HashSet<_> = shots().map(|(_, shot)| shot.scene.family).collect();
    assert!(families.len() >= 6, "{families:?}");
    let scenes: HashSet<String> = shots().map(|(_, shot)| format!("{:?}", shot.scene)).collect();
    assert_eq!(scenes.len(), shots().count());
}

#[test]
fn every_word_is_read_back_from_the_file() {
    // The smallest thing that is a JPEG up to its pixels.
    const BARE_JPEG: [u8; 8] = [0xff, 0xd8, 0xff, 0xda, 0, 2, 0xff, 0xd9];
    for (tale, shot) in shots() {
        let file = embed_in_jpeg(BARE_JPEG.to_vec(), &darkroom::words(tale, shot));
        let read = metadata::read(&mut Cursor::new(file));
        let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        assert_eq!(read.facts.caption, text(shot.caption), "{}", shot.file);
        assert_eq!(read.facts.alt, text(shot.alt), "{}", shot.file);
        assert_eq!(read.facts.credit, text(tale.photographer.name), "{}", shot.file);
        let place = Some(format!("{}, {}", shot.city, tale.country.name)).filter(|_| !shot.city.is_empty());
        assert_eq!(
            read.facts.place_line(),
            place.or_else(|| text(tale.country.name)),
            "{}",
            shot.file
        );
        assert!(
            read.has_gps && read.warnings.is_empty(),
            "{}: {:?}",
            shot.file,
            read.warnings
        );
    }
}

#[test]
fn stories_name_only_photographs_that_are_made_and_use_all_of_their_own() {
    let made: HashSet<&str> = shots().map(|(_, shot)| shot.file).collect();
    assert_eq!(made.len(), shots().count(), "two photographs have one name");
    for tale in TALES {
        let mut used = HashSet::new();
        for piece in tale.pieces {
            match piece {
                Piece::Photo(_, file) => {
                    used.insert(*file);
                }
                Piece::Group(_, files) => used.extend(files.iter().copied()),
                _ => {}
            }
        }
        assert!(
            used.is_subset(&made),
            "{}: {:?}",
            tale.slug,
            used.difference(&made)
        );
        assert!(
            tale.shots.iter().all(|shot| used.contains(shot.file)),
            "{}",
            tale.slug
        );
    }
}

#[test]
fn the_peoples_passwords_are_ones_that_the_program_takes() {
    for person in people::ALL {
        assert!(
            password::check(person.password, person.email, password::LEAST_CHARACTERS).is_ok(),
            "{}",
            person.email
        );
        assert!(person.email.ends_with("@example.org"));
    }
}
