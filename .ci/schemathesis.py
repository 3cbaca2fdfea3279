"""The API against its own description; see .ci/schemathesis. For each role a server of its own, with a story, a photograph and people in it, so that
what one role breaks no other meets."""

import concurrent.futures, json, os, pathlib, re, struct, subprocess, sys, time, urllib.error, urllib.parse, urllib.request, zlib

program, work, st, examples = (os.environ[name] for name in ("PROGRAM", "WORK", "ST", "EXAMPLES"))
password = "een lange zin die niemand raadt"
wanted = sys.argv[1:] or ["anonymous", "reader", "photographer", "editor", "admin", "session"]


def picture(shade):
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    rows = b"".join(b"\0" + bytes([shade]) * 64 for _ in range(48))
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 64, 48, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


class Server:
    def __init__(self, role):
        self.data = f"{work}/{role}"
        for name, of in (("admin", "admin"), ("editor", "editor"), ("photographer", "photographer")):
            self.run("user", "add", "--email", f"{name}@example.org", "--name", name, "--role", of, "--password-stdin", text=password + "\n")
        log = open(f"{work}/{role}.log", "w")
        arguments = [program, "serve", "--data", self.data, "--listen", "127.0.0.1:0", "--avif-threads", "0", "--min-free-mb", "0"]
        self.process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=log, text=True)
        for line in self.process.stdout:
            if found := re.match(r"Reportage is at (\S+?)/ ", line):
                self.base = found[1]
                break

    def run(self, *arguments, text=None):
        command, action, *rest = arguments
        done = subprocess.run([program, command, action, "--data", self.data, *rest], input=text, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def token(self, person, scope):
        return self.run("token", "add", "--user", f"{person}@example.org", "--name", f"{person} {scope}", "--scope", scope)

    def ask(self, method, path, token=None, body=None, kind="application/json", headers={}):
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data=data, method=method, headers=dict(headers))
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        if data is not None:
            request.add_header("Content-Type", kind)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read() or b"null"), answer.headers

    def upload(self, token, shade):
        body = b'--b\r\nContent-Disposition: form-data; name="file"; filename="p.png"\r\n\r\n' + picture(shade) + b"\r\n--b--\r\n"
        photo = self.ask("POST", "/api/v1/manage/photos", token, body, "multipart/form-data; boundary=b")[0]["data"][0]["id"]
        while self.ask("GET", f"/api/v1/manage/photos/{photo}", token)[0]["data"]["state"] == "pending":
            time.sleep(0.05)
        return photo

    def fill(self):
        """A live story and a draft, with what can be asked for by its id."""
        editor, photographer, admin = self.token("editor", "all"), self.token("photographer", "all"), self.token("admin", "all")
        photo, other = self.upload(photographer, 90), self.upload(editor, 160)
        manage, known = "/api/v1/manage", {}
        self.ask("PATCH", f"{manage}/photos/{photo}", photographer, {"caption": "De dijk.", "alt": "Een dijk", "credit": "Anna"}, headers={"If-Match": '"1"'})
        frame = {"photo": photo, "caption": "De dijk bij Lith.", "alt": "Een dijk in de mist", "credit": "Anna"}
        blocks = [{"type": "text", "markdown": "Een **alinea**."}, {"type": "photo", "frame": frame}]
        stories = []
        for title in ("Het water", "Het land"):
            made, headers = self.ask("POST", f"{manage}/stories", editor, {"title": title, "language": "nl", "byline": "Anna", "blocks": blocks})
            stories.append(made["data"]["id"])
        known["slug"] = [self.ask("GET", f"{manage}/stories/{stories[0]}", editor)[0]["data"]["slug"]]
        tag = self.ask("GET", f"{manage}/stories/{stories[0]}", editor)[1]["ETag"]
        self.ask("POST", f"{manage}/stories/{stories[0]}/publication", editor, headers={"If-Match": tag})
        link = self.ask("POST", f"{manage}/stories/{stories[1]}/preview-links", editor, {"label": "Voor wie het leest"})[0]["data"]["id"]
        people = self.session("admin")
        accounts = self.ask("GET", f"{manage}/accounts", headers=people)[0]["data"]
        known["user"] = [account["id"] for account in accounts if account["role"] == "photographer"]
        self.ask("PUT", f"{manage}/stories/{stories[1]}/members/{known['user'][0]}", editor)
        hook, headers = self.ask("POST", f"{manage}/webhooks", admin, {"label": "Voor de kaart", "url": "https://hooks.example.org/reportage", "events": ["story.published"]})
        known |= {"webhook": [hook["data"]["id"]], "webhook_tag": [headers["ETag"]]}
        known |= {"stories": stories, "photos": [photo, other], "link": [link], "number": [1], "tag": [tag, '"1.0"', '"2.1"', '"1"']}
        return known

    def session(self, person):
        """The headers of somebody who is signed in, from the site's own pages."""
        class Stay(urllib.request.HTTPRedirectHandler):
            def redirect_request(self, *_):
                return None
        own = {"Sec-Fetch-Site": "same-origin"}
        form = urllib.parse.urlencode({"email": f"{person}@example.org", "password": password}).encode()
        try:
            answer = urllib.request.build_opener(Stay).open(urllib.request.Request(self.base + "/desk/sign-in", form, own))
        except urllib.error.HTTPError as redirect:
            answer = redirect
        return own | {"Cookie": answer.headers["Set-Cookie"].split(";")[0]}

    def stop(self):
        self.process.terminate()
        self.process.wait(60)


def config(known):
    """What Schemathesis is told. Nothing is left out of what it checks; what it takes as an answer is widened in three places, for these reasons:
    - positive_data_acceptance: a JSON Schema cannot say that a photograph exists, that a date is one of the calendar, that a block of this type takes these
      fields (shapes are flat, so that every mistake is told by its pointer) or that a tag was read a moment ago. So 422, 412, 413, 415 (the bytes of an upload)
      and 400 (a cursor that was never given out) are answers to what only the program can tell apart. That they are described, and have the shape of a problem, is checked.
      428: operations need If-Match where one of them moves something, which depends on what stands in the list. 405: a method of tus in a header's stead.
    - missing_required_header: a missing If-Match has a status of its own, 428 (RFC 6585), and tus asks for 412 where its version is not named and 405 where the
      overriding method is not; what is not there is 404 whatever else is missing.
    - negative_data_rejection: a header If-Match that is no tag of ours is stale (412), never an error of form; and what lacks a media type is 415 before it is read.
    """
    values = lambda name: json.dumps(known[name])
    bindings = {
        r"^/api/v1/(manage|preview)/stories/": {"path.id": "stories", "path.user": "user", "path.link": "link", "path.number": "number", "header.If-Match": "tag"},
        r"^/api/v1/manage/photos/": {"path.id": "photos", "header.If-Match": "tag"},
        r"^/api/v1/manage/webhooks/": {"path.id": "webhook", "header.If-Match": "webhook_tag"},
        r"^/api/v1/stories/": {"path.slug": "slug"},
    }
    lines = [
        f"hooks = {json.dumps(str(pathlib.Path('.ci/schemathesis_hooks.py').resolve()))}",
        "[checks.positive_data_acceptance]",
        'expected-statuses = ["2xx", "3xx", 400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 423, 428, 429, 460, 507]',
        "[checks.missing_required_header]",
        "expected-statuses = [400, 401, 403, 404, 405, 406, 412, 415, 422, 428]",
        "[checks.negative_data_rejection]",
        "expected-statuses = [400, 401, 403, 404, 405, 406, 409, 412, 413, 415, 422, 423, 428, 460]",
    ]
    for name in known:
        lines += [f"[dictionaries.{name}]", f"values = {values(name)}"]
    for path, parameters in bindings.items():
        lines += ["[[operations]]", f"include-path-regex = '{path}'"]
        lines += [f'parameters."{parameter}" = {{ dictionary = "{name}", probability = 0.8 }}' for parameter, name in parameters.items()]
    return "\n".join(lines) + "\n"


def check(role):
    server = Server(role)
    try:
        path = pathlib.Path(f"{work}/{role}.toml")
        path.write_text(config(server.fill()))
        who = {
            "anonymous": lambda: {},
            "reader": lambda: {"Authorization": f"Bearer {server.token('editor', 'stories:read')}"},
            "session": lambda: server.session("admin"),
        }.get(role, lambda: {"Authorization": f"Bearer {server.token(role, 'all')}"})()
        command = [st, "--config-file", str(path), "run", server.base + "/api/openapi.json", "--max-examples", examples, "--continue-on-failure", "--no-color"]
        # The same cases each time in the run for every change, and none that goes through all edges of every field (some 3,000 for each role); those, and
        # others each time, where there is more time.
        command += ["--generation-deterministic", "--phases", "examples,fuzzing,stateful"] if int(examples) <= 5 else []
        # People are looked after in person only.
        # The cookie goes with every request, so a case "without the cookie" would have it still; that nobody gets in without is for `anonymous` to see.
        command += ["--include-tag", "people", "--generation-with-security-parameters", "false"] if role == "session" else []
        for name, value in who.items():
            command += ["--header", f"{name}: {value}"]
        began = time.monotonic()
        done = subprocess.run(command, cwd=work, capture_output=True, text=True)
        alive = server.process.poll() is None
        said = f"== {role}: {'as described' if done.returncode == 0 else 'NOT as described'}, {time.monotonic() - began:.0f} s"
        print(said if done.returncode == 0 and alive else "\n".join((said, done.stdout[-60_000:], done.stderr[-5_000:])), flush=True)
        return done.returncode == 0 and alive
    finally:
        server.stop()


# Two at a time, each in processes of its own: threads within one trip over a fault of Python 3.11's parser.
with concurrent.futures.ThreadPoolExecutor(2) as both:
    sys.exit(0 if all(list(both.map(check, wanted))) else 1)
