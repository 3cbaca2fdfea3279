"""Measures first requests with few stories and with many; see .ci/many."""

import json, os, pathlib, re, sqlite3, statistics, struct, subprocess, sys, time, urllib.request, uuid, zlib

program, work, many = os.environ["PROGRAM"], pathlib.Path(os.environ["WORK"]), int(os.environ["STORIES"])
data, FRAMES, ROUNDS, MOST_RATIO = work / "data", 10, 25, 1.5


def run(*arguments, given=""):
    return subprocess.run([program, *arguments, "--data", str(data)], input=given, capture_output=True, text=True, check=True).stdout.strip()


class Server:
    def __enter__(self):
        said = open(work / "said", "w+")
        self.process = subprocess.Popen([program, "serve", "--data", str(data), "--listen", "127.0.0.1:0", "--avif-threads", "0"],
                                        stdout=said, stderr=open(work / "log", "a"))
        (work / "pid").write_text(str(self.process.pid))
        for _ in range(300):
            found = re.search(r"Reportage is at (\S+)/ ", (work / "said").read_text())
            if found:
                self.base = found[1]
                return self
            assert self.process.poll() is None, (work / "log").read_text()
            time.sleep(0.1)
        raise SystemExit("the server did not start")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def ask(self, path, method="GET", body=None, **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if isinstance(body, (dict, list)):
            body, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
        request = urllib.request.Request(self.base + path, data=body, method=method, headers=headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.read(), answer.headers


def png(number):
    """A small picture, another for each number."""
    width, height = 960, 640
    rows = b"".join(b"\0" + bytes((x // 4 + number * 20) % 256 for x in range(width) for _ in range(3)) for _ in range(height))
    chunk = lambda kind, body: struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def first_story(token):
    """One story as people make it; the others are its copies."""
    auth = {"Authorization": f"Bearer {token}"}
    with Server() as server:
        photos = []
        for number in range(FRAMES):
            body = b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"%d.png\"\r\n\r\n" % number + png(number) + b"\r\n--b--\r\n"
            answer, _ = server.ask("/api/v1/manage/photos", "POST", body, **auth, Content_Type="multipart/form-data; boundary=b")
            photos.append(json.loads(answer)["data"][0]["id"])
        while b'"pending"' in server.ask("/api/v1/manage/photos", **auth)[0]:
            time.sleep(0.1)
        caption = "Frontlinie Mosul, Irak. Een soldaat wacht tot de mist optrekt; hij staat er sinds vier uur ’s ochtends. " * 2
        blocks = []
        for number, photo in enumerate(photos):
            blocks += [{"type": "text", "markdown": "De weg naar het noorden is een strook opgelapt asfalt. " * 12},
                       {"type": "photo", "layout": "wide", "frame": {"photo": photo, "alt": f"Foto {number}", "credit": "Anna", "caption": caption}}]
            server.ask(f"/api/v1/manage/photos/{photo}", "PATCH", {"creator": "Anna de Vries"}, **auth,
                       If_Match=server.ask(f"/api/v1/manage/photos/{photo}", **auth)[1]["ETag"])
        answer, _ = server.ask("/api/v1/manage/stories", "POST", {"title": "Verhaal 0", "language": "nl", "tags": ["alles", "reeks 0"], "blocks": blocks}, **auth)
        story = json.loads(answer)["data"]["id"]
        tag = server.ask(f"/api/v1/manage/stories/{story}", **auth)[1]["ETag"]
        server.ask(f"/api/v1/manage/stories/{story}/publication", "POST", {}, **auth, If_Match=tag)
    return story


def copy(story, wanted):
    """Brings the database to `wanted` stories by copying the first, all its rows included."""
    db = sqlite3.connect(data / "reportage.db")
    db.row_factory = sqlite3.Row
    fresh = lambda prefix: prefix + uuid.uuid4().hex
    rows = lambda table, column, value: [dict(row) for row in db.execute(f"SELECT * FROM {table} WHERE {column} = ?", (value,))]
    first = rows("stories", "id", story)[0]
    parts = rows("blocks", "story_id", story)
    frames = [frame for block in parts for frame in rows("frames", "block_id", block["id"])]
    publication, shown, listed = (rows(table, "story_id", story) for table in ("publications", "published_photos", "listings"))
    have = db.execute("SELECT count(*) FROM stories").fetchone()[0]

    def insert(table, row):
        db.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", tuple(row.values()))

    with db:
        for number in range(have, wanted):
            own, at = fresh("sto_"), first["first_published_at"] + number * 1000
            text = publication[0]["document"].replace(story, own).replace("Verhaal 0", f"Verhaal {number}").replace("verhaal-0", f"verhaal-{number}")
            names = {block["id"]: fresh("blk_") for block in parts} | {frame["id"]: fresh("frm_") for frame in frames}
            for old, new in names.items():
                text = text.replace(old, new)
            document = json.loads(text)
            document |= {"tags": ["alles", f"reeks {number % 100}"], "first_published_at": at, "published_at": at}
            insert("stories", first | {"id": own, "slug": f"verhaal-{number}", "title": f"Verhaal {number}", "first_published_at": at, "live_since": at, "updated_at": at,
                                       "tags": json.dumps(document["tags"])})
            for block in parts:
                insert("blocks", block | {"id": names[block["id"]], "story_id": own})
            for frame in frames:
                insert("frames", frame | {"id": names[frame["id"]], "block_id": names[frame["block_id"]]})
            insert("publications", publication[0] | {"id": fresh("pub_"), "story_id": own, "document": json.dumps(document, ensure_ascii=False)})
            for row in shown:
                insert("published_photos", row | {"story_id": own})
            for row in listed:
                if row["kind"] == "tag" and row["slug"] != "alles":
                    row = row | {"slug": f"reeks-{number % 100}", "name": f"reeks {number % 100}"}
                insert("listings", row | {"story_id": own, "first_published_at": at})
    count = db.execute("SELECT (SELECT count(*) FROM stories), (SELECT count(*) FROM frames)").fetchone()
    db.close()
    return tuple(count)


PAGES = {"list of stories": "/", "story": "/stories/verhaal-5", "tag": "/tags/alles", "photographer": "/photographers/anna-de-vries",
         "feed": "/feed.xml", "sitemap": "/sitemap.xml", "delivery API, list": "/api/v1/stories?limit=10", "delivery API, story": "/api/v1/stories/verhaal-5"}


def measure(admin):
    auth = {"Authorization": f"Bearer {admin}"}
    times = {name: [] for name in PAGES}
    with Server() as server:
        for round in range(ROUNDS + 2):
            for name, path in PAGES.items():
                # Every change of the settings makes all pages old: the next request renders.
                tag = server.ask("/api/v1/manage/site", **auth)[1]["ETag"]
                server.ask("/api/v1/manage/site", "PUT", {"description": f"{round} {name}"}, **auth, If_Match=tag)
                began = time.perf_counter()
                server.ask(path, Accept_Encoding="br")
                if round > 1:
                    times[name].append(1000 * (time.perf_counter() - began))
    return {name: statistics.median(values) for name, values in times.items()}


people = {}
for name, role in [("anna", "editor"), ("beheer", "admin")]:
    run("user", "add", "--email", f"{name}@example.org", "--name", name, "--role", role, "--password-stdin", given="a sentence that nobody guesses\n")
    people[role] = run("token", "add", "--user", f"{name}@example.org", "--name", "many", "--scope", "all").split()[-1]
story = first_story(people["editor"])
print("stories, frames:", *copy(story, 10))
few = measure(people["admin"])
print("stories, frames:", *copy(story, many))
lots = measure(people["admin"])
missed = []
print(f"\nFirst requests, nothing cached, compression included; milliseconds, medians of {ROUNDS}\n{'':<22}{'with 10':>9}{f'with {many}':>13}{'ratio':>8}")
for name in PAGES:
    ratio = lots[name] / few[name]
    # A list of ten stories is not quite full: twelve stand on a page.
    print(f"{name:<22}{few[name]:>9.2f}{lots[name]:>13.2f}{ratio:>8.2f}")
    if ratio > MOST_RATIO:
        missed.append(name)
if missed:
    print("above", MOST_RATIO, ":", ", ".join(missed))
    sys.exit(1)
