"""A server for checks that ask it from outside: people, two stories, photographs."""

import json, re, struct, subprocess, time, urllib.error, urllib.parse, urllib.request, zlib

password = "een lange zin die niemand raadt"


def picture(shade):
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    rows = b"".join(b"\0" + bytes([shade]) * 64 for _ in range(48))
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 64, 48, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


class Server:
    """One server in a folder that is not there yet, with a person in each role."""

    def __init__(self, program, data):
        self.program, self.data = program, data
        for name, of in (("admin", "admin"), ("editor", "editor"), ("photographer", "photographer")):
            self.run("user", "add", "--email", f"{name}@example.org", "--name", name, "--role", of, "--password-stdin", text=password + "\n")
        log = open(f"{data}.log", "w")
        arguments = [program, "serve", "--data", self.data, "--listen", "127.0.0.1:0", "--avif-threads", "0", "--min-free-mb", "0"]
        self.process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=log, text=True)
        for line in self.process.stdout:
            if found := re.match(r"Reportage is at (\S+?)/ ", line):
                self.base = found[1]
                break

    def run(self, *arguments, text=None):
        command, action, *rest = arguments
        done = subprocess.run([self.program, command, action, "--data", self.data, *rest], input=text, capture_output=True, text=True, check=True)
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
        drop = self.ask("POST", f"{manage}/stories/{stories[1]}/drop-links", editor, {"label": "Bram"})[0]["data"]["id"]
        hook, headers = self.ask("POST", f"{manage}/webhooks", admin, {"label": "Voor de kaart", "url": "https://hooks.example.org/reportage", "events": ["story.published"]})
        known |= {"webhook": [hook["data"]["id"]], "webhook_tag": [headers["ETag"]]}
        known |= {"stories": stories, "photos": [photo, other], "link": [link, drop], "number": [1], "tag": [tag, '"1.0"', '"2.1"', '"1"']}
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
