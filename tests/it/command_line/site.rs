//! `reportage export --all --static`: the whole public site as files, in which every link leads to a file.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::run::{Said, run};
use crate::harness::reportage::SLUG;
use crate::harness::server::files_below;
use crate::harness::{Server, captioned, reportage as tale};

const BASE: &str = "https://kade.example/reportages";

fn export(data: &Path, to: &Path, base: &str) -> Said {
    run(&[
        "export",
        "--data",
        data.to_str().unwrap(),
        "--all",
        "--static",
        to.to_str().unwrap(),
        "--base-url",
        base,
    ])
}

/// Every address that a page asks for or leads to.
pub fn links_of(html: &str) -> Vec<String> {
    let mut links = Vec::new();
    for name in ["href", "src", "srcset", "imagesrcset", "content"] {
        for part in html.split(&format!(" {name}=\"")).skip(1) {
            let value = part.split('"').next().unwrap();
            match name {
                "srcset" | "imagesrcset" => links.extend(
                    value
                        .split(',')
                        .map(|candidate| candidate.split(' ').next().unwrap().to_owned()),
                ),
                "content" if !value.starts_with("http") => {}
                _ => links.push(value.replace("&#38;", "&")),
            }
        }
    }
    links
}

/// The addresses in a feed or a sitemap, and in JSON.
fn addresses_in(text: &str) -> Vec<String> {
    text.split("https://kade.example")
        .skip(1)
        .map(|rest| {
            let end = rest
                .find(|c: char| "\"<>'&\\ ),\n".contains(c))
                .unwrap_or(rest.len());
            format!("https://kade.example{}", &rest[..end])
        })
        .collect()
}

/// The file that a link of the site leads to; `None` for one that leads elsewhere.
fn target(root: &Path, link: &str) -> Option<PathBuf> {
    let path = link.strip_prefix("https://kade.example").unwrap_or(link);
    if path.contains("://") || path.starts_with('#') || path.starts_with("mailto:") {
        return None;
    }
    let path = path.split(['?', '#']).next().unwrap();
    let within = path
        .strip_prefix("/reportages/")
        .unwrap_or_else(|| panic!("{link} leads out of the site"));
    Some(if within.is_empty() || within.ends_with('/') {
        root.join(within).join("index.html")
    } else {
        root.join(within)
    })
}

fn no_link_is_dead(root: &Path) -> usize {
    let mut seen = 0;
    for file in files_below(root) {
        let ending = file
            .extension()
            .map_or("", |ending| ending.to_str().unwrap())
            .to_owned();
        if !["html", "xml", "json", "txt"].contains(&ending.as_str()) {
            continue;
        }
        let text = std::fs::read_to_string(&file).unwrap();
        let mut links = addresses_in(&text);
        if ending == "html" {
            links.extend(links_of(&text));
        }
        for link in links {
            if let Some(target) = target(root, &link) {
                assert!(target.is_file(), "{link} in {} leads nowhere", file.display());
                seen += 1;
            }
        }
    }
    seen
}

#[actix_web::test]
async fn the_whole_site_is_files_in_which_every_link_leads_to_one() {
    let server = Server::start();
    let editor = server.editor();
    let (story, _) = tale::make(&editor).await;
    editor.publish(&story).await.is(201);
    let photo = editor.photo("b.jpg", &captioned(40, "Een pad.")).await;
    let mut small = Vec::new();
    for number in 0..14 {
        let id = editor.small_story(&format!("Pad {number}"), &photo).await;
        editor.publish(&id).await.is(201);
        small.push(id);
    }
    // One that was somewhere else before, and one that nobody may see.
    let tag = editor.draft(&small[3]).await.header("etag");
    editor
        .if_match(&tag)
        .patch(
            &format!("/api/v1/manage/stories/{}", small[3]),
            &json!({"slug": "een-ander-pad"}),
        )
        .await
        .is(200);
    editor.small_story("Nog geheim", &photo).await;

    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("site");
    export(server.data.path(), &to, BASE).ok();
    for path in [
        "index.html",
        "page/2/index.html",
        &format!("stories/{SLUG}/index.html"),
        "stories/pad-3/index.html",
        "tags/irak/index.html",
        "tags/irak/feed.xml",
        "photographers/anna-jansen/index.html",
        "feed.xml",
        "atom.xml",
        "feed.json",
        "sitemap.xml",
        "robots.txt",
        ".well-known/tdmrep.json",
        "404.html",
        "static/reader.css",
        "static/reader.js",
    ] {
        assert!(to.join(path).is_file(), "{path} is missing");
    }
    assert!(!to.join("stories/nog-geheim").exists());
    assert!(!to.join("page/3").exists());
    let moved = std::fs::read_to_string(to.join("stories/pad-3/index.html")).unwrap();
    assert!(moved.contains("url=https://kade.example/reportages/stories/een-ander-pad/"));
    let seen = no_link_is_dead(&to);
    assert!(seen > 300, "only {seen} links were followed");
    let page = std::fs::read_to_string(to.join(format!("stories/{SLUG}/index.html"))).unwrap();
    assert!(!page.contains("oembed"), "nothing answers there");

    let again = export(server.data.path(), &to, BASE).ok();
    assert!(again.out.contains(" 0 written, 0 removed"), "{again:?}");
    // What was taken back goes, with its pictures.
    editor
        .delete(&format!("/api/v1/manage/stories/{story}/publication"))
        .await
        .is(204);
    let media = files_below(&to.join("media")).len();
    export(server.data.path(), &to, BASE).ok();
    assert!(!to.join(format!("stories/{SLUG}")).exists());
    assert!(!to.join("tags/irak").exists());
    assert!(files_below(&to.join("media")).len() < media);
    no_link_is_dead(&to);
}

#[test]
fn a_site_without_an_address_or_a_folder_is_asked_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    super::run::add_user(&data, "anna@example.org", "editor").ok();
    let (data, to) = (
        data.to_str().unwrap().to_owned(),
        folder.path().join("uit").to_str().unwrap().to_owned(),
    );
    run(&["export", "--data", &data, "--all", "--static", &to]).fails("--base-url");
    run(&["export", "--data", &data, "--all"]).fails("--static");
    run(&["export", "--data", &data]).fails("required");
    run(&[
        "export",
        "--data",
        &data,
        "--all",
        "--static",
        &to,
        "--base-url",
        "https://kade.example/?a",
    ])
    .fails("no ? or #");
}
