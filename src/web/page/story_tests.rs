//! What a story's page says and how it says it.
#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

use super::super::sample::{self, Sketch};
use super::*;
use crate::text::{markdown_to_html, plain_to_html};

fn draw(document: &StoryDocument) -> String {
    StoryPage::new(document, &Neighbours::default(), &sample::site(), &sample::urls())
        .render()
        .unwrap()
}

#[test]
fn a_whole_story_has_each_frame_once_and_stays_within_its_budget() {
    let document = sample::story();
    let html = draw(&document);
    assert_eq!(html.matches("<figure id=\"frm_").count(), document.photos.len());
    assert_eq!(html.matches("<picture>").count(), document.photos.len());
    assert_eq!(
        html.matches("<source type=\"image/webp\"").count(),
        document.photos.len()
    );
    for frame in document.blocks.iter().filter_map(first_frame) {
        assert_eq!(html.matches(&format!("id=\"{}\"", frame.id)).count(), 1);
    }
    assert!(html.len() <= 40 * 1_024, "{} bytes", html.len());
}

#[test]
fn the_lead_is_fetched_first_and_every_other_picture_is_lazy() {
    let document = sample::story();
    let html = draw(&document);
    let first = html.find("<img").unwrap();
    let lead = first + html[first..].find("fetchpriority=\"high\"").unwrap();
    // The head asks for the same candidates before the style sheet.
    let preload = html.find("<link rel=\"preload\" as=\"image\"").unwrap();
    assert!(preload < html.find("<link rel=\"stylesheet\"").unwrap());
    let candidates = |from: &str, name: &str| {
        let rest = html.split(from).nth(1).unwrap().split(name).nth(1).unwrap();
        rest.split('"').nth(1).unwrap().to_owned()
    };
    assert_eq!(
        candidates("<link rel=\"preload\"", "imagesrcset="),
        candidates("<picture>", "srcset=")
    );
    assert!(
        lead > first && lead < html[first..].find('>').unwrap() + first,
        "the first picture is the lead"
    );
    assert_eq!(html.matches("fetchpriority").count(), 2);
    assert_eq!(
        html.matches("loading=\"lazy\" decoding=\"async\"").count(),
        document.photos.len() - 1
    );
    assert_eq!(html.matches("<img src=").count(), html.matches(" width=").count());
}

#[test]
fn the_style_on_the_page_is_the_one_that_is_hashed_and_there_is_no_other() {
    let page = StoryPage::new(
        &sample::story(),
        &Neighbours::default(),
        &sample::site(),
        &sample::urls(),
    );
    let html = page.render().unwrap();
    let start = html.find("<style>").unwrap() + "<style>".len();
    let end = html.find("</style>").unwrap();
    let policy = page.policy("'none'");
    assert!(
        policy.contains(&super::super::hash_source(&html[start..end])),
        "{policy}"
    );
    for banned in [" style=", "data:", "javascript:"] {
        assert!(!html.contains(banned), "{banned}");
    }
    assert_eq!(html.matches("<style").count(), 1);
    // One script that runs, named in the policy by its hash, and one that is data.
    let start = html.find("<script>").unwrap() + "<script>".len();
    let end = start + html[start..].find("</script>").unwrap();
    assert!(
        policy.contains(&super::super::hash_source(&html[start..end])),
        "{policy}"
    );
    assert_eq!(html.matches("<script").count(), 2);
}

#[test]
fn the_page_speaks_the_storys_language() {
    let mut document = sample::story();
    let html = draw(&document);
    assert!(html.contains("<html lang=\"nl\">"));
    assert!(html.contains("<time datetime=\"2024-01\">januari 2024</time>"));
    assert!(html.contains("<p class=\"credit\">Foto: Anna de Vries / De Beeldredactie</p>"));
    document.language = "de".to_owned();
    let html = draw(&document);
    assert!(
        html.contains("<html lang=\"de\">") && html.contains("Januar 2024") && html.contains("Zum Inhalt")
    );
}

#[test]
fn place_caption_and_credit_stand_under_the_picture_in_this_order() {
    let html = draw(&sample::story());
    assert!(
        html.contains(
            "<p><span class=\"place\">Borculo, Nederland.</span> De bladeren keren vroeg boven het dorp; het pad was tot het \
             middaguur open.</p> <p class=\"credit\">"
        ),
        "{html}"
    );
    assert!(
        html.contains("<span class=\"place\">Lisse, Nederland.</span> Eén steekt"),
        "the place is not repeated"
    );
}

#[test]
fn the_chosen_block_opens_the_page_and_does_not_come_again() {
    let mut document = sample::story();
    let chosen = document
        .blocks
        .iter()
        .rfind(|block| first_frame(block).is_some())
        .unwrap();
    let frame = first_frame(chosen).unwrap().id.clone();
    document.lead = Some(block_id(chosen).parse().unwrap());
    let html = draw(&document);
    assert_eq!(html.matches(&format!("id=\"{frame}\"")).count(), 1);
    assert!(html.find(&format!("id=\"{frame}\"")).unwrap() < html.find("<h1>").unwrap());
    assert_eq!(html.matches("<figure id=\"frm_").count(), document.photos.len());
}

#[test]
fn head_names_the_page_its_picture_and_its_address() {
    let html = draw(&sample::story());
    for expected in [
        "<link rel=\"canonical\" href=\"https://kade.example/stories/wat-het-water-meenam\">",
        "<meta name=\"robots\" content=\"max-image-preview:large\">",
        "<meta property=\"og:image\" content=\"https://kade.example/media/00000000000000000000000000000001/og.jpg\">",
        "<meta property=\"og:image:width\" content=\"1200\">",
        "<meta property=\"article:published_time\" content=\"2024-01-19T12:45:00Z\">",
        "<meta name=\"description\" content=\"Vijftig jaar",
    ] {
        assert!(html.contains(expected), "{expected}");
    }
}

#[test]
fn a_preview_says_so_and_stays_out_of_search_engines() {
    let mut document = sample::story();
    document.publication = 0;
    document.first_published_at = None;
    let html = draw(&document);
    assert!(html.contains("class=\"preview\"") && html.contains("content=\"noindex\""));
    assert!(!html.contains("rel=\"canonical\"") && !html.contains("Gepubliceerd op"));
    assert!(!draw(&sample::story()).contains("class=\"preview\""));
}

#[test]
fn a_graphic_picture_is_covered_and_none_is_fetched_before_it_is_asked_for() {
    let mut document = sample::story();
    document.graphic = true;
    let html = draw(&document);
    assert_eq!(
        html.matches("<details class=\"cover\">").count(),
        document.photos.len()
    );
    assert_eq!(html.matches("loading=\"lazy\"").count(), document.photos.len());
    assert!(!html.contains("fetchpriority") && !html.contains("og:image"));
}

#[test]
fn a_photo_that_is_still_being_made_holds_its_place() {
    let mut sketch = Sketch::new();
    let mut photo = sample::photo(1, 6_000, 4_000);
    photo.renditions.clear();
    sketch.shot(PhotoLayout::Wide, photo);
    let html = draw(&sketch.finish());
    assert!(
        html.contains("class=\"blank\" role=\"img\"") && !html.contains("<img"),
        "{html}"
    );
}

#[test]
fn a_story_without_anything_but_a_title_has_a_page() {
    let mut document = Sketch::new().finish();
    (document.standfirst, document.byline, document.date) = (None, None, None);
    let html = draw(&document);
    assert!(html.contains("<h1>“We namen alleen") && !html.contains("class=\"byline\""));
}

#[test]
fn a_decorative_picture_has_an_empty_alt_and_its_link_a_name() {
    let mut sketch = Sketch::new();
    let mut frame = sketch.frame(sample::photo(1, 6_000, 4_000));
    frame.alt = String::new();
    sketch.blocks.push(DocumentBlock::Photo {
        id: crate::id::BlockId::random(),
        layout: PhotoLayout::Column,
        frame,
    });
    let html = draw(&sketch.finish());
    assert!(
        html.contains("alt=\"\"") && html.contains("aria-label=\"Foto groot bekijken\""),
        "{html}"
    );
}

#[test]
fn frames_side_by_side_state_their_own_part_of_the_width() {
    let mut sketch = Sketch::new();
    sketch.shot(PhotoLayout::Full, sample::photo(1, 6_000, 4_000));
    sketch.group(
        GroupLayout::Side,
        vec![sample::photo(2, 6_000, 4_000), sample::photo(3, 3_000, 4_000)],
    );
    let html = draw(&sketch.finish());
    // 1.5 and 0.75: two thirds and one third of 1280 px less one gap of 16 px.
    assert!(
        html.contains("calc(66.67vw - 37px),843px") && html.contains("calc(33.33vw - 19px),421px"),
        "{html}"
    );
}

#[test]
fn hostile_words_are_inert_everywhere() {
    const HOSTILE: &str = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>";
    let mut sketch = Sketch::new();
    let mut frame = sketch.frame(sample::photo(1, 6_000, 4_000));
    frame.alt = HOSTILE.to_owned();
    frame.place = Some(HOSTILE.to_owned());
    frame.credit = Some(HOSTILE.to_owned());
    frame.caption = Some(RichText {
        html: plain_to_html(HOSTILE),
        text: HOSTILE.to_owned(),
    });
    sketch.blocks.push(DocumentBlock::Photo {
        id: crate::id::BlockId::random(),
        layout: PhotoLayout::Full,
        frame,
    });
    sketch.blocks.push(DocumentBlock::Heading {
        id: crate::id::BlockId::random(),
        text: HOSTILE.to_owned(),
    });
    sketch.blocks.push(DocumentBlock::Quote {
        id: crate::id::BlockId::random(),
        html: markdown_to_html(HOSTILE),
        text: HOSTILE.to_owned(),
        attribution: Some(HOSTILE.to_owned()),
    });
    let mut document = sketch.finish();
    document.title = HOSTILE.to_owned();
    document.standfirst = Some(HOSTILE.to_owned());
    document.byline = Some(HOSTILE.to_owned());
    document.date = Some(HOSTILE.to_owned());
    let mut site = sample::site();
    site.name = HOSTILE.to_owned();
    site.accent_color = HOSTILE.to_owned();
    let html = StoryPage::new(&document, &Neighbours::default(), &site, &sample::urls())
        .render()
        .unwrap();
    assert!(
        html.matches("<script").count() == 2 && !html.contains("<img src=x"),
        "{html}"
    );
    assert!(!html.contains("\"\"'"), "an attribute was left early: {html}");
}

#[test]
fn a_covered_photograph_stands_in_no_card_feed_sitemap_or_structured_data() {
    let mut document = sample::story();
    document.publication = 1;
    let lead = first_frame(lead_block(&document).unwrap()).unwrap().clone();
    let folder = document.photos[&lead.photo].renditions[0].folder.clone();
    let said = |document: &StoryDocument| {
        let page = draw(document);
        // The page's own figure has the picture's addresses, behind its cover.
        let head = page.split("<body>").next().unwrap().to_owned();
        let stories = std::slice::from_ref(document);
        let mut said = vec![head, sitemap(stories)];
        for kind in [
            super::super::Feed::Rss,
            super::super::Feed::Atom,
            super::super::Feed::Json,
        ] {
            let site = sample::site();
            let feed =
                super::super::FeedPage::new(kind, "De Kade".into(), "/", stories, &site, &sample::urls());
            said.push(feed.render(kind).unwrap());
        }
        let embed = super::super::Embed::new(document, (None, None), &sample::site(), &sample::urls());
        said.push(embed.json());
        said
    };
    for text in said(&document) {
        assert!(text.contains(&folder), "{text}");
    }
    for block in &mut document.blocks {
        if let DocumentBlock::Photo { frame, .. } = block
            && frame.id == lead.id
        {
            frame.graphic = true;
        }
    }
    for text in said(&document) {
        assert!(!text.contains(&folder), "{text}");
    }
}

fn sitemap(stories: &[StoryDocument]) -> String {
    super::super::Sitemap::new(stories, true, &sample::urls())
        .render()
        .unwrap()
}

#[test]
fn a_page_with_a_photograph_that_refuses_training_says_so() {
    let mut document = sample::story();
    assert!(!draw(&document).contains("tdm-reservation"));
    let photo = document.photos.values_mut().next().unwrap();
    photo.ai_training = crate::site::AiTraining::Refused;
    assert!(draw(&document).contains("<meta name=\"tdm-reservation\" content=\"1\">"));
}
