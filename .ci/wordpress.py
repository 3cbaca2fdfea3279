"""What WordPress had is what readers get: looks at every post that .ci/wordpress has taken in."""

import http.client
import json
import os
import pathlib
import sys
import urllib.parse

work = pathlib.Path(os.environ["WORK"])
expected = json.loads((work / "expected.json").read_text())
first = json.loads((work / "first.json").read_text())
second = json.loads((work / "second.json").read_text())
authority = urllib.parse.urlsplit(os.environ["BASE"]).netloc
wrong = []


def check(good, what):
    if not good:
        wrong.append(what)


def ask(path):
    connection = http.client.HTTPConnection(authority, timeout=30)
    connection.request("GET", path, headers={"Authorization": f"Bearer {os.environ['TOKEN']}"} if path.startswith("/api/") else {})
    answer = connection.getresponse()
    return answer.status, answer.getheader("Location"), answer.read()


def data(path):
    status, _, body = ask(path)
    check(status == 200, f"{path} answers {status}")
    return json.loads(body)["data"] if status == 200 else {}


reports = {post["post"]: post for post in first["posts"]}
shown_in_all = 0
for post in expected:
    title = post["title"]
    report = reports.get(post["id"])
    if report is None:
        wrong.append(f"{title} is not in the report")
        continue
    is_public = post["status"] == "publish" and not post["password"]
    check(report["published"] == is_public, f"{title}: published is {report['published']}: {report['remarks']}")
    story = data(f"/api/v1/stories/{report['slug']}") if is_public else data(f"/api/v1/manage/stories/{report['story']}")
    check(story.get("title") == title, f"title {story.get('title')!r} instead of {title!r}")
    frames, groups = [], []
    for block in story.get("blocks", []):
        frames += block.get("frames", []) + ([block["frame"]] if "frame" in block else [])
        if block["type"] == "group":
            groups.append(block)
            check(2 <= len(block["frames"]) <= 6, f"{title}: a group of {len(block['frames'])}")
    check(len(frames) == len(post["shown"]), f"{title}: {len(frames)} frames instead of {len(post['shown'])}")
    shown_in_all += len(frames)
    if is_public:
        for number, (frame, shown) in enumerate(zip(frames, post["shown"])):
            caption = (frame["caption"] or {}).get("text")
            # Where WordPress shows none, the file's own or the library's stands there, and that is said.
            if shown["caption"] is not None:
                check(caption == shown["caption"], f"{title}, {number}: caption {caption!r} instead of {shown['caption']!r}")
            if shown["alt"]:
                check(frame["alt"] == shown["alt"], f"{title}, {number}: alt {frame['alt']!r} instead of {shown['alt']!r}")
        check(story["first_published_at"] if "first_published_at" in story else True, f"{title}: no first publication")
        published = post["published"].replace(" ", "T")
        seen = story.get("first_published_at") or ""
        check(seen.startswith(published), f"{title}: first published {seen} instead of {published}")
        link = urllib.parse.urlsplit(post["link"])
        to = f"/stories/{report['slug']}"
        for address in {link.path, link.path.rstrip("/"), link.path + "?utm_source=brief", f"/?p={post['id']}", f"/index.php?p={post['id']}"}:
            status, location, _ = ask(address)
            check((status, location) == (301, to), f"{title}: {address} answers {status} to {location}")
        check(ask(to)[0] == 200, f"{title}: {to} is not there")
        check(story["byline"] == "Anna Jansen & zoon", f"{title}: byline {story['byline']!r}")
        check(story["slug"] == urllib.parse.unquote(post["slug"]), f"{title}: slug {story['slug']!r} instead of {post['slug']!r}")
    else:
        check(ask(f"/?p={post['id']}")[0] != 301, f"{title}: a draft is led to")
    if post["status"] in ("publish", "private", "future"):
        check(story.get("date") == post["date"], f"{title}: date {story.get('date')!r} instead of {post['date']!r}")
    check(story.get("standfirst") == post["excerpt"], f"{title}: standfirst {story.get('standfirst')!r}")
    check(set(post["tags"]) <= set(story.get("tags", [])), f"{title}: tags {story.get('tags')}")
    text = json.dumps(story, ensure_ascii=False)
    for words in post.get("words", []):
        check(words in text, f"{title}: “{words}” is lost")
    if "lead" in post:
        lead = next((block for block in story["blocks"] if block["id"] == story["lead"]), {})
        alts = [frame["alt"] for frame in lead.get("frames", []) + ([lead["frame"]] if "frame" in lead else [])]
        check(post["lead"] in alts, f"{title}: the lead shows {alts}")
    if "group_caption" in post:
        captions = [(group["caption"] or {}).get("text") for group in groups]
        check(captions[-1:] == [post["group_caption"]] and captions.count(post["group_caption"]) == 1, f"{title}: captions of groups {captions}")

kinds = {remark["kind"] for post in first["posts"] for remark in post["remarks"]}
for kind in ("photograph_missing", "embed", "block", "shortcode", "status", "layout", "description"):
    check(kind in kinds, f"the report does not name any {kind}")
check(all(post["outcome"] == "known" for post in second["posts"]) and len(second["posts"]) == len(expected), "the second import made something")
photos = data("/api/v1/manage/photos?limit=100")
check(len(photos) == 10, f"{len(photos)} photographs instead of 10")
for line in wrong:
    print(f"wrong: {line}")
print(f"{len(expected)} posts with {shown_in_all} frames were looked at; {len(wrong)} are wrong")
sys.exit(1 if wrong else 0)
