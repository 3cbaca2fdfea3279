//! `reportage import --wordpress`: posts of another site become stories, and its addresses lead to them.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::run::{Said, Served, add_user, run};
use crate::harness::{Client, captioned, jpeg};

/// An export in the making, with the files it is of.
struct Export {
    folder: tempfile::TempDir,
    items: String,
}

impl Export {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("uploads/2024/01")).unwrap();
        let export = Self {
            folder,
            items: String::new(),
        };
        add_user(&export.data(), "anna@example.org", "admin").ok();
        export
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn item(&mut self, id: u32, kind: &str, fields: &str) {
        writeln!(
            self.items,
            "<item><wp:post_id>{id}</wp:post_id><wp:post_type><![CDATA[{kind}]]></wp:post_type>{fields}</item>"
        )
        .unwrap();
    }

    /// An attachment with its file.
    fn photograph(&mut self, id: u32, name: &str, bytes: Option<&[u8]>, caption: &str, alt: &str) {
        if let Some(bytes) = bytes {
            std::fs::write(self.folder.path().join("uploads/2024/01").join(name), bytes).unwrap();
        }
        let fields = format!(
            "<title>Titel</title><excerpt:encoded><![CDATA[{caption}]]></excerpt:encoded><wp:status>inherit</wp:status>\
             <wp:attachment_url>https://kade.example/wp-content/uploads/2024/01/{name}</wp:attachment_url>\
             <wp:postmeta><wp:meta_key>_wp_attached_file</wp:meta_key><wp:meta_value><![CDATA[2024/01/{name}]]></wp:meta_value></wp:postmeta>\
             <wp:postmeta><wp:meta_key>_wp_attachment_image_alt</wp:meta_key><wp:meta_value><![CDATA[{alt}]]></wp:meta_value></wp:postmeta>"
        );
        self.item(id, "attachment", &fields);
    }

    fn post(&mut self, id: u32, title: &str, status: &str, content: &str, more: &str) {
        let slug = reportage::text::slugify(title);
        let fields = format!(
            "<title><![CDATA[{title}]]></title><link>https://kade.example/2019/05/{slug}/</link><dc:creator>anna</dc:creator>\
             <content:encoded><![CDATA[{content}]]></content:encoded><wp:post_name>{slug}</wp:post_name><wp:status>{status}</wp:status>\
             <wp:post_date>2019-05-12 00:30:00</wp:post_date><wp:post_date_gmt>2019-05-11 22:30:00</wp:post_date_gmt>{more}"
        );
        self.item(id, "post", &fields);
    }

    fn xml(&self) -> String {
        format!(
            "<?xml version=\"1.0\"?><rss><channel><title>De Kade</title><link>https://kade.example</link><language>nl-NL</language>\
             <wp:wxr_version>1.2</wp:wxr_version><wp:base_blog_url>https://kade.example</wp:base_blog_url>\
             <wp:author><wp:author_login>anna</wp:author_login><wp:author_display_name>Anna Jansen</wp:author_display_name></wp:author>\
             {}</channel></rss>",
            self.items
        )
    }

    fn import(&self, more: &[&str]) -> Said {
        self.import_xml(&self.xml(), more)
    }

    fn import_xml(&self, xml: &str, more: &[&str]) -> Said {
        let file = self.folder.path().join("export.xml");
        std::fs::write(&file, xml).unwrap();
        let (data, uploads) = (self.data(), self.folder.path().join("uploads"));
        let mut arguments = vec![
            "import",
            "--data",
            data.to_str().unwrap(),
            "--wordpress",
            file.to_str().unwrap(),
            "--uploads",
            uploads.to_str().unwrap(),
        ];
        arguments.extend(more);
        run(&arguments)
    }

    fn report(&self) -> (PathBuf, impl Fn() -> Value + use<>) {
        let path = self.folder.path().join("report.json");
        let at = path.clone();
        (path, move || {
            serde_json::from_slice(&std::fs::read(&at).unwrap()).unwrap()
        })
    }
}

const BLOCKS: &str = r#"<!-- wp:paragraph --><p>Eerste <strong>alinea</strong> &amp; <a href="/over/">meer</a>.</p><!-- /wp:paragraph -->
<!-- wp:heading --><h2>Kop</h2><!-- /wp:heading -->
<!-- wp:gallery {"columns":2} --><figure class="wp-block-gallery has-nested-images"><!-- wp:image {"id":2} -->
<figure class="wp-block-image"><img src="https://kade.example/wp-content/uploads/2024/01/b-1024x683.jpg" alt="Alt van b" class="wp-image-2"/><figcaption>Bijschrift <em>van</em> b.</figcaption></figure>
<!-- /wp:image --><!-- wp:image {"id":1} -->
<figure class="wp-block-image"><img src="https://kade.example/wp-content/uploads/2024/01/a-scaled.jpg" alt="" class="wp-image-1"/><figcaption>Bijschrift van a.</figcaption></figure>
<!-- /wp:image --><figcaption class="blocks-gallery-caption">Onder beide.</figcaption></figure><!-- /wp:gallery -->
<!-- wp:quote --><blockquote><p>Beter.</p><cite>De wijkmeester</cite></blockquote><!-- /wp:quote -->
<!-- wp:embed {"url":"https://www.youtube.com/watch?v=a_b"} --><figure><div>https://www.youtube.com/watch?v=a_b</div></figure><!-- /wp:embed -->
<!-- wp:kade/kaart --><div>Woorden van een kaart.</div><!-- /wp:kade/kaart -->"#;

/// Two photographs, the first uploaded large, and a post that shows them.
fn gallery() -> Export {
    let mut export = Export::new();
    export.post(10, "Het water", "publish", BLOCKS, "<category domain=\"post_tag\" nicename=\"irak\">Irak</category><excerpt:encoded>Kort.</excerpt:encoded>");
    std::fs::write(
        export.folder.path().join("uploads/2024/01/a.jpg"),
        captioned(1, "In het bestand."),
    )
    .unwrap();
    export.photograph(
        1,
        "a-scaled.jpg",
        Some(&jpeg(9, 200, 100)),
        "Van de bibliotheek.",
        "Alt van de bibliotheek",
    );
    export.photograph(2, "b.jpg", Some(&captioned(2, "In het andere bestand.")), "", "");
    export
}

#[actix_web::test]
async fn a_post_of_blocks_is_published_with_its_words_and_its_addresses_lead_to_it() {
    let export = gallery();
    let (path, report) = export.report();
    let path = path.to_str().unwrap();
    let said = export.import(&["--publish", "--report", path]).ok();
    assert!(
        said.out.contains("embed became a link") && said.out.contains("kade/kaart"),
        "{said:?}"
    );
    let served = Served::start(&export.data());
    let reader = Client::new(&served.base);
    let live = reader.get("/api/v1/stories/het-water").await.is(200).data();
    assert_eq!(
        (
            live["title"].as_str(),
            live["byline"].as_str(),
            live["date"].as_str(),
            live["standfirst"].as_str()
        ),
        (
            Some("Het water"),
            Some("Anna Jansen"),
            Some("2019-05-12"),
            Some("Kort.")
        )
    );
    assert_eq!(live["first_published_at"], "2019-05-11T22:30:00Z");
    assert_eq!(live["tags"], serde_json::json!(["Irak"]));
    let blocks = live["blocks"].as_array().unwrap();
    let kinds: Vec<&str> = blocks
        .iter()
        .map(|block| block["type"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["text", "heading", "group", "quote", "text"]);
    let html = blocks[0]["html"].as_str().unwrap();
    assert!(
        html.contains("<strong>alinea</strong> &amp; <a href=\"https://kade.example/over/\""),
        "{html}"
    );
    let group = &blocks[2];
    assert_eq!(group["caption"]["text"], "Onder beide.");
    let words: Vec<(&str, &str)> = group["frames"]
        .as_array()
        .unwrap()
        .iter()
        .map(|frame| {
            (
                frame["caption"]["text"].as_str().unwrap(),
                frame["alt"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        words,
        [
            ("Bijschrift van b.", "Alt van b"),
            ("Bijschrift van a.", "Alt van de bibliotheek")
        ]
    );
    assert!(
        blocks[4]["text"]
            .as_str()
            .unwrap()
            .contains("Woorden van een kaart.")
    );
    for address in [
        "/2019/05/het-water/",
        "/2019/05/Het-Water?utm_source=x",
        "/?p=10",
        "/index.php?p=10",
    ] {
        let answer = reader.get(address).await.is(301);
        assert_eq!(answer.header("location"), "/stories/het-water", "{address}");
    }
    for nowhere in ["/?p=11", "/2019/05/", "/2019/05/niets/"] {
        assert_ne!(reader.get(nowhere).await.status, 301, "{nowhere}");
    }
    for elsewhere in [
        "//evil.example/2019/05/het-water",
        "/%2f%2fevil.example/?p=10",
        "/2019/05/het-water/..//evil.example",
    ] {
        let answer = reader.get(elsewhere).await;
        assert!(
            ["", "/stories/het-water"].contains(&answer.header("location").as_str()),
            "{elsewhere}"
        );
    }
    take_an_address_away(&export, &reader, &served.base).await;
    let once = report();
    assert_eq!(once["posts"][0]["outcome"], "made");
    assert_eq!(once["posts"][0]["photographs"], 2);
    // The same again adds nothing.
    export.import(&["--publish", "--report", path]).ok();
    assert_eq!(report()["posts"][0]["outcome"], "known");
    let all = reader.get("/api/v1/stories").await.is(200).data();
    assert_eq!(all.as_array().unwrap().len(), 1);
}

/// An administrator sees where old addresses lead, and may end that.
async fn take_an_address_away(export: &Export, reader: &Client, base: &str) {
    let data = export.data();
    let made = run(&[
        "token",
        "add",
        "--data",
        data.to_str().unwrap(),
        "--user",
        "anna@example.org",
        "--name",
        "x",
        "--scope",
        "site:manage",
    ])
    .ok();
    let admin = Client::new(base).always("authorization", &format!("Bearer {}", made.out.trim()));
    let list = "/api/v1/manage/old-addresses";
    let lines = admin.get(list).await.is(200).data();
    let addresses: Vec<&str> = lines
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["address"].as_str().unwrap())
        .collect();
    assert_eq!(addresses, ["/2019/05/het-water", "/?p=10"]);
    assert_eq!(lines[0]["leads_to"], "/stories/het-water");
    let first = admin.get(&format!("{list}?limit=1")).await.is(200).json();
    let after = first["next"].as_str().unwrap();
    let second = admin
        .get(&format!("{list}?limit=1&after={after}"))
        .await
        .is(200)
        .json();
    assert_eq!(second["data"][0]["address"], "/?p=10");
    assert_eq!(second["next"], serde_json::Value::Null);
    admin.get(&format!("{list}?limit=0")).await.fails(400, "limit");
    admin.delete(list).await.fails(400, "address");
    admin
        .delete(&format!("{list}?address=/2019/05/het-water"))
        .await
        .is(204);
    admin
        .delete(&format!("{list}?address=/2019/05/het-water"))
        .await
        .is(404);
    reader.get("/2019/05/het-water/").await.is(404);
    reader.get("/?p=10").await.is(301);
}

#[test]
fn posts_of_the_classic_editor_keep_paragraphs_captions_and_the_order_of_a_gallery() {
    let mut export = Export::new();
    for id in 1..=7 {
        let name = format!("{id}.jpg");
        export.photograph(
            id,
            &name,
            Some(&captioned(id, "Bestand.")),
            &format!("Bijschrift {id}."),
            &format!("Alt {id}"),
        );
    }
    let content = "Eerste alinea,\nop twee regels.\n\nTweede [sic].\n\n[gallery ids=\"7,1,6,2,5,3,4\"]\n\n\
        [caption id=\"attachment_3\" align=\"alignnone\"]<img class=\"wp-image-3\" src=\"https://kade.example/wp-content/uploads/2024/01/3-300x200.jpg\" alt=\"Eigen\" /> Los bijschrift.[/caption]\n\n[kaart plaats=\"Mosul\"]\n\nSlot.";
    export.post(
        20,
        "Klassiek",
        "publish",
        content,
        "<wp:postmeta><wp:meta_key>_thumbnail_id</wp:meta_key><wp:meta_value>3</wp:meta_value></wp:postmeta>",
    );
    let said = export.import(&["--publish"]).ok();
    assert!(said.out.contains("[kaart plaats=\"Mosul\"]"), "{said:?}");
    let db = reportage::db::Db::open(&export.data().join("reportage.db")).unwrap();
    let draft = db
        .read_now(|conn| {
            let story = reportage::story::query::find_story_by_slug(conn, "klassiek")?.unwrap();
            reportage::story::draft::load(conn, story)
        })
        .unwrap();
    let captions: Vec<String> = draft
        .blocks
        .iter()
        .flat_map(|block| block.frames().to_vec())
        .map(|frame| frame.words.caption.clone().unwrap())
        .collect();
    assert_eq!(
        captions,
        [
            "Bijschrift 7.",
            "Bijschrift 1.",
            "Bijschrift 6.",
            "Bijschrift 2.",
            "Bijschrift 5.",
            "Bijschrift 3.",
            "Bijschrift 4.",
            "Los bijschrift."
        ]
    );
    let sizes: Vec<usize> = draft.blocks.iter().map(|block| block.frames().len()).collect();
    assert_eq!(sizes, [0, 4, 3, 1, 0]);
    assert_eq!(
        draft.story.lead.as_ref(),
        Some(&draft.blocks[2].id),
        "the featured image is in the second group"
    );
    let reportage::story::BlockContent::Text { markdown } = &draft.blocks[0].content else {
        panic!()
    };
    assert_eq!(markdown, "Eerste alinea,\\\nop twee regels.\n\nTweede [sic].");
}

#[test]
fn what_was_not_public_and_what_is_missing_is_told() {
    let mut export = Export::new();
    export.photograph(1, "a.jpg", Some(&captioned(1, "Bestand.")), "", "Alt");
    export.photograph(2, "weg.jpg", None, "Bijschrift van wat weg is.", "");
    export.photograph(3, "tekst.jpg", Some(b"geen foto"), "", "");
    let image = |id: u32, name: &str| {
        format!(
            "<!-- wp:image {{\"id\":{id}}} --><figure><img src=\"https://kade.example/wp-content/uploads/2024/01/{name}\" alt=\"\"/></figure><!-- /wp:image -->"
        )
    };
    export.post(10, "Prive", "private", &image(1, "a.jpg"), "");
    export.post(
        11,
        "Slot",
        "publish",
        &image(1, "a.jpg"),
        "<wp:post_password>sesam</wp:post_password>",
    );
    export.post(
        12,
        "Gaten",
        "publish",
        &format!(
            "{}{}{}",
            image(1, "a.jpg"),
            image(2, "weg.jpg"),
            image(3, "tekst.jpg")
        ),
        "",
    );
    export.post(13, "Prullenbak", "trash", "x", "");
    export.post(14, "Zonder", "publish", "Alleen tekst.", "");
    let (path, report) = export.report();
    let path = path.to_str().unwrap();
    let dry = export.import(&["--dry-run", "--publish", "--report", path]);
    assert_eq!(dry.code, 3, "{dry:?}");
    assert_eq!(report()["dry_run"], true);
    assert!(
        !export.data().join("uploads").exists(),
        "a dry run stores nothing"
    );
    let said = export.import(&["--publish", "--report", path]);
    assert_eq!(said.code, 3, "{said:?}");
    assert!(said.err.contains("not everything came in"), "{said:?}");
    let posts = report()["posts"].as_array().unwrap().clone();
    let published: Vec<bool> = posts
        .iter()
        .map(|post| post["published"].as_bool().unwrap())
        .collect();
    assert_eq!(published, [false, false, true, false], "{posts:#?}");
    let kinds = |index: usize| -> Vec<&str> {
        let remarks = posts[index]["remarks"].as_array().unwrap();
        remarks
            .iter()
            .map(|remark| remark["kind"].as_str().unwrap())
            .collect()
    };
    assert!(
        kinds(0).contains(&"status") && kinds(1).contains(&"status"),
        "{posts:#?}"
    );
    assert!(
        kinds(2).contains(&"photograph_missing") && kinds(2).contains(&"photograph_refused"),
        "{posts:#?}"
    );
    assert!(kinds(3).contains(&"not_published"), "{posts:#?}");
    assert!(
        said.out.contains("2024/01/weg.jpg is not in the uploads folder"),
        "{said:?}"
    );
    assert!(said.out.contains("1 × post (trash)"), "{said:?}");
}

#[test]
fn a_hostile_or_broken_export_is_refused_or_harmless() {
    let mut export = Export::new();
    std::fs::write(export.folder.path().join("secret.jpg"), captioned(3, "Geheim.")).unwrap();
    export.photograph(1, "../../../secret.jpg", None, "", "");
    export.post(
        10,
        "Ver weg",
        "publish",
        "<img class=\"wp-image-1\" src=\"file:///etc/passwd\">Tekst &lol; &#x41;",
        "",
    );
    let bomb = "<?xml version=\"1.0\"?><!DOCTYPE rss [<!ENTITY lol \"LOLLOL\"><!ENTITY x SYSTEM \"file:///etc/passwd\">]>";
    let xml = export
        .xml()
        .replace("<?xml version=\"1.0\"?>", bomb)
        .replace("<title>De Kade</title>", "<title>&lol;&x;</title>");
    let xml = xml.replace("Ver weg]]></title>", "Ver weg &lol;]]></title>");
    let said = export.import_xml(&xml, &[]);
    assert_eq!(said.code, 3, "{said:?}");
    assert!(
        said.out.contains("photograph missing")
            && !said.out.contains("LOLLOL")
            && !said.out.contains("root:"),
        "{said:?}"
    );
    export
        .import_xml("<rss><channel></channel></rss>", &[])
        .fails("is no export of WordPress");
    export
        .import_xml("geen xml", &[])
        .fails("is no export of WordPress");
    let whole = export.xml();
    export
        .import_xml(&whole[..whole.len() - 40], &[])
        .fails("export it again");
    export
        .import_xml(&format!("<rss>{}", "<a>".repeat(10_000)), &[])
        .fails("no export of WordPress");
    let xml = export.xml();
    let nowhere: &Path = Path::new("/nergens");
    let file = export.folder.path().join("export.xml");
    std::fs::write(&file, xml).unwrap();
    let data = export.data();
    run(&[
        "import",
        "--data",
        data.to_str().unwrap(),
        "--wordpress",
        file.to_str().unwrap(),
        "--uploads",
        nowhere.to_str().unwrap(),
    ])
    .fails("copy wp-content/uploads of the site there");
    assert_eq!(run(&["import", "--data", data.to_str().unwrap()]).code, 2);
}

/// The draft of a story by the last part of its address.
fn draft_of(data: &Path, slug: &str) -> reportage::story::draft::Draft {
    let db = reportage::db::Db::open(&data.join("reportage.db")).unwrap();
    db.read_now(|conn| {
        let story = reportage::story::query::find_story_by_slug(conn, slug)?.unwrap();
        reportage::story::draft::load(conn, story)
    })
    .unwrap()
}

#[test]
fn a_story_that_somebody_works_on_is_not_published_by_a_second_import() {
    let mut export = Export::new();
    export.photograph(1, "a.jpg", Some(&captioned(1, "Bestand.")), "", "Alt");
    let image = "<!-- wp:image {\"id\":1} --><figure><img src=\"https://kade.example/wp-content/uploads/2024/01/a.jpg\" alt=\"Alt\"/></figure><!-- /wp:image -->";
    for (id, title) in [(10, "Onaangeroerd"), (11, "Herschreven"), (12, "Gepland")] {
        export.post(id, title, "publish", image, "");
    }
    export.import(&[]).ok();
    let data = export.data();
    let db = reportage::db::Db::open(&data.join("reportage.db")).unwrap();
    let (rewritten, planned) = (
        draft_of(&data, "herschreven").story,
        draft_of(&data, "gepland").story,
    );
    let now = reportage::clock::Clock::system().now();
    let account = db
        .read_now(reportage::account::query::list_accounts)
        .unwrap()
        .remove(0);
    let actor = reportage::account::Actor::from(&account);
    db.write_now(|conn| {
        let edit = reportage::story::details::StoryEdit {
            title: Some("Half herschreven".to_owned()),
            ..Default::default()
        };
        reportage::story::details::edit(conn, &actor, &rewritten.id, rewritten.version, &edit, now)
    })
    .unwrap();
    db.write_now(|conn| {
        let moment = reportage::text::Moment {
            at: now + 86_400_000,
            zone: reportage::text::Zone::parse("UTC").unwrap(),
            shift: None,
        };
        reportage::story::schedule::set(conn, &actor, &planned.id, planned.version, &moment, None, now)
    })
    .unwrap();
    let (path, report) = export.report();
    let said = export.import(&["--publish", "--report", path.to_str().unwrap()]);
    assert_eq!(said.code, 3, "{said:?}");
    let posts = report()["posts"].as_array().unwrap().clone();
    let published: Vec<bool> = posts
        .iter()
        .map(|post| post["published"].as_bool().unwrap())
        .collect();
    assert_eq!(published, [true, false, false], "{posts:#?}");
    assert!(
        said.out.contains("changed at the desk since it came in"),
        "{said:?}"
    );
    assert!(said.out.contains("an editor has scheduled it"), "{said:?}");
    assert!(draft_of(&data, "gepland").story.schedule.is_some());
}

#[actix_web::test]
async fn control_characters_come_neither_into_the_feed_nor_onto_the_terminal() {
    let mut export = Export::new();
    export.photograph(
        1,
        "a.jpg",
        Some(&captioned(1, "Bestand.")),
        "Bij&#7;schrift",
        "Alt&#27;",
    );
    let content = "<!-- wp:paragraph --><p>Al&#7;inea &#27;[31mrood.</p><!-- /wp:paragraph --><!-- wp:quote --><blockquote><p>Be&#8;ter.</p><cite>Wie&#1;</cite></blockquote><!-- /wp:quote -->\
        <!-- wp:image {\"id\":1} --><figure><img src=\"https://kade.example/wp-content/uploads/2024/01/a.jpg\" alt=\"Een&#11;beeld&#27;\"/><figcaption>On&#7;der.</figcaption></figure><!-- /wp:image -->\
        <!-- wp:kade/kaart --><div>Ka&#27;art</div><!-- /wp:kade/kaart -->";
    export.post(
        10,
        "Bel&#7; en &#27;[2Jwissen",
        "publish",
        content,
        "<excerpt:encoded><![CDATA[Kort&#7;.]]></excerpt:encoded>",
    );
    let said = export.import(&["--publish"]).ok();
    let is_plain = |text: &str| {
        !text
            .chars()
            .any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
    };
    assert!(is_plain(&said.out) && is_plain(&said.err), "{said:?}");
    let served = Served::start(&export.data());
    let reader = Client::new(&served.base);
    for feed in ["/feed.xml", "/atom.xml"] {
        let text = reader.get(feed).await.is(200).text();
        assert!(text.contains("Bel en ") && is_plain(&text), "{feed}: {text}");
    }
}

#[test]
fn places_that_readers_of_the_site_never_saw_are_told() {
    let mut export = Export::new();
    let bytes = crate::harness::reportage::original(7, 480, 320);
    export.photograph(1, "a.jpg", Some(&bytes), "", "Alt");
    let image = "<img class=\"wp-image-1\" src=\"https://kade.example/wp-content/uploads/2024/01/a.jpg\">";
    export.post(10, "Het water", "publish", &format!("{image}\n\n{image}"), "");
    let (path, report) = export.report();
    export.import(&["--report", path.to_str().unwrap()]).ok();
    let remarks = report()["posts"][0]["remarks"].as_array().unwrap().clone();
    let places: Vec<&Value> = remarks
        .iter()
        .filter(|remark| remark["kind"] == "place_of_file")
        .collect();
    assert_eq!(places.len(), 1, "{remarks:#?}");
    assert!(
        places[0]["what"].as_str().unwrap().contains("Telskuf"),
        "{remarks:#?}"
    );
}

#[test]
fn options_of_a_folder_are_refused_and_a_report_that_cannot_be_written_stops_everything() {
    let export = gallery();
    for option in [&["--title", "x"][..], &["--replace"], &["--new"]] {
        assert_eq!(export.import(option).code, 2, "{option:?}");
    }
    export
        .import(&["--report", "/nergens/report.json"])
        .fails("cannot be written");
    let db = reportage::db::Db::open(&export.data().join("reportage.db")).unwrap();
    let stories = db
        .read_now(|conn| {
            let filter = reportage::story::query::StoryFilter::default();
            reportage::story::query::list_stories(conn, &filter, 10)
        })
        .unwrap();
    assert!(stories.is_empty());
}

#[test]
fn old_addresses_go_along_with_a_story_and_with_the_site() {
    let export = gallery();
    export.import(&["--publish"]).ok();
    let (data, folder) = (export.data(), tempfile::tempdir().unwrap());
    let data = data.to_str().unwrap();
    let (to, site) = (folder.path().join("uit"), folder.path().join("site"));
    let (to, site) = (to.to_str().unwrap(), site.to_str().unwrap());
    run(&["export", "--data", data, "het-water", "--to", to, "--originals"]).ok();
    let other = folder.path().join("data");
    add_user(&other, "anna@example.org", "editor").ok();
    run(&["import", "--data", other.to_str().unwrap(), to]).ok();
    let id = draft_of(&other, "het-water").story.id;
    let db = reportage::db::Db::open(&other.join("reportage.db")).unwrap();
    let beside = db
        .read_now(|conn| reportage::story::exchange::beside(conn, &id))
        .unwrap();
    assert_eq!(beside.old_addresses, ["/2019/05/het-water", "/?p=10"]);
    assert_eq!(beside.origins, ["wordpress kade.example ?p=10"]);
    run(&[
        "export",
        "--data",
        data,
        "--all",
        "--static",
        site,
        "--base-url",
        "https://kade.example",
    ])
    .ok();
    let page = Path::new(site).join("2019/05/het-water/index.html");
    let page = std::fs::read_to_string(page).unwrap();
    assert!(
        page.contains("url=https://kade.example/stories/het-water/"),
        "{page}"
    );
}
