"""The parts of .ci/load: `room` says whether the disk has enough; `load` starts the server, holds the load, and looks at what came of it.

Readers, photographers and editors are a process each, so that none waits for another's interpreter."""

import base64, collections, hashlib, http.client, json, multiprocessing, os, pathlib, random, re, selectors, shutil, signal, socket, sqlite3, subprocess
import sys, threading, time, urllib.error, urllib.request

work = pathlib.Path(os.environ["WORK"])
data, program = work / "data", os.environ.get("PROGRAM", "")
seconds = int(os.environ["LOAD_SECONDS"])
READS, SAVES = float(os.environ["READS"]), float(os.environ["SAVES"])
PHOTOGRAPHERS, EDITORS = 20, 10
# The photographers begin one after another while the first sends its first photograph; hence one more.
PHOTOGRAPHS = int(os.environ.get("PHOTOGRAPHS") or max(1, round(41 * seconds / 600) - 1))
BYTES, PIECE = 20_000_000, 5_000_000
# What is made of a photograph, with some room for AVIFs.
BYTES_MADE = 4_000_000
# Of a hundred requests; a page has more pictures than anything else.
MIX = {"file of a picture": 60, "story": 20, "list of stories": 8, "API, story": 8, "feed": 4}
# Frames of each story; a photograph may stand in several.
STORIES = [60, 12, 12, 12, 12]
# Seconds without an answer after which a reader has gone.
PATIENCE = 30
# The server closes a connection after five seconds of silence; like a browser, nobody begins on one that may be closing.
MOST_IDLE = 3


def room():
    free, disk = shutil.disk_usage(work).free, shutil.disk_usage(work).total
    keeps = int(os.environ.get("REPORTAGE_MIN_FREE_MB") or max(1074, disk / 20 / 1e6)) * 1_000_000
    takes = PHOTOGRAPHERS * PHOTOGRAPHS * (BYTES + BYTES_MADE) + 500_000_000
    if free < takes + keeps:
        print(f"The disk of {work.parent} has too little room: {free / 1e9:.1f} GB are free, {takes / 1e9:.1f} GB are needed and the server keeps "
              f"{keeps / 1e9:.1f} GB free. Choose another disk with TMPDIR, fewer PHOTOGRAPHS, or a smaller REPORTAGE_MIN_FREE_MB.")
        sys.exit(2)


def run(*arguments, given=""):
    return subprocess.run([program, *arguments, "--data", str(data)], input=given, capture_output=True, text=True, check=True).stdout.strip()


def account(name, role):
    address = f"{name}@example.org"
    run("user", "add", "--email", address, "--name", name, "--role", role, "--password-stdin", given="a sentence that nobody guesses")
    return run("token", "add", "--user", address, "--name", "load", "--scope", "all")


def start():
    said = open(work / "said", "w")
    server = subprocess.Popen([program, "serve", "--data", str(data), "--listen", "127.0.0.1:0"], stdout=said, stderr=open(work / "log", "w"))
    (work / "pid").write_text(str(server.pid))
    for _ in range(600):
        found = re.search(r"Reportage is at (\S+)/ ", (work / "said").read_text())
        if found:
            return server, found[1]
        assert server.poll() is None, (work / "log").read_text()
        time.sleep(0.1)
    raise SystemExit("the server did not start")


class Line:
    """A connection that is kept, for one who waits for each answer."""

    def __init__(self, base, token):
        self.host, self.token, self.used, self.connection = base.removeprefix("http://"), token, 0.0, None

    def ask(self, method, path, headers={}, parts=()):
        """Status, headers, body; an OSError or HTTPException if there was no answer."""
        if self.connection is None or time.monotonic() - self.used > MOST_IDLE:
            self.close()
            self.connection = http.client.HTTPConnection(self.host, timeout=120)
        try:
            self.connection.putrequest(method, path, skip_accept_encoding=True)
            for name, value in {"Authorization": f"Bearer {self.token}", **headers}.items():
                self.connection.putheader(name, value)
            if method not in ("GET", "HEAD"):
                self.connection.putheader("Content-Length", str(sum(map(len, parts))))
            self.connection.endheaders()
            for part in parts:
                self.connection.send(part)
            answer = self.connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException):
            self.close()
            raise
        self.used = time.monotonic()
        return answer.status, answer.headers, body

    def json(self, method, path, body=None, **headers):
        """The answer to what must go well, and its headers."""
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        parts = ()
        if body is not None:
            headers["Content-Type"], parts = "application/json", (json.dumps(body).encode(),)
        status, answered, said = self.ask(method, path, headers, parts)
        assert status < 400, f"{method} {path}: {status} {said[:500]}"
        return json.loads(said), answered

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = None


def said_by(error):
    return f"{type(error).__name__}: {error}"


# Before the load: what is read and edited.

def segments(count):
    """Comments of a JPEG with random bytes, as long as they may be."""
    return b"".join(b"\xff\xfe\xff\xff" + os.urandom(65_533) for _ in range(count))


def commented(photograph, text):
    return photograph[:2] + b"\xff\xfe" + (len(text) + 2).to_bytes(2, "big") + text + photograph[2:]


def make_stories(base, token, photographs):
    """Published stories, as their drafts."""
    line, photos = Line(base, token), []
    for number in range(2 * len(photographs)):
        file = commented(photographs[number % len(photographs)], b"seed %d" % number)
        body = b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"%d.jpg\"\r\n\r\n" % number + file + b"\r\n--b--\r\n"
        status, _, said = line.ask("POST", "/api/v1/manage/photos", {"Content-Type": "multipart/form-data; boundary=b"}, (body,))
        photos.append(json.loads(said)["data"][0]["id"])
    while line.json("GET", "/api/v1/manage/photos?state=pending&limit=1")[0]["data"]:
        time.sleep(0.2)
    drafts, places = [], iter(range(sum(STORIES)))
    for number, frames in enumerate(STORIES):
        blocks = []
        for frame in range(frames):
            if frame % 4 == 0:
                blocks.append({"type": "text", "markdown": "The road to the north is a strip of patched asphalt. " * 10})
            caption = "A soldier waits for the fog to lift; he has been standing here since four in the morning."
            blocks.append({"type": "photo", "layout": "wide", "frame": {
                "photo": photos[next(places) % len(photos)], "caption": caption, "alt": f"Photograph {frame}", "credit": "Anna de Vries"}})
        draft, _ = line.json("POST", "/api/v1/manage/stories", {"title": f"Story {number}", "language": "en", "tags": ["all"], "blocks": blocks})
        path = f"/api/v1/manage/stories/{draft['data']['id']}"
        draft, headers = line.json("GET", path)
        line.json("POST", f"{path}/publication", {}, If_Match=headers["ETag"])
        drafts.append(draft["data"])
    return drafts


def frames_of(draft):
    return [block["frame"] for block in draft["blocks"] if block["type"] == "photo"]


def addresses(base, drafts):
    """What readers ask for, by its name in MIX: address and, where it is known, bytes."""
    wanted = collections.defaultdict(list)
    wanted["list of stories"], wanted["feed"] = [("/", None)], [("/feed.xml", None)]
    for draft in drafts:
        wanted["story"].append((f"/stories/{draft['slug']}", None))
        wanted["API, story"].append((f"/api/v1/stories/{draft['slug']}", None))
        with urllib.request.urlopen(f"{base}/api/v1/stories/{draft['slug']}") as answer:
            photos = json.load(answer)["data"]["photos"]
        for photo in photos.values():
            # What telephones and most screens take.
            wanted["file of a picture"] += [(file["url"].removeprefix(base), file["bytes"]) for file in photo["renditions"] if file["width"] <= 1600]
    return dict(wanted)


# The load. Each part waits for `began` and answers with what it saw.

class Reading:
    """One request on its connection."""
    __slots__ = ("socket", "name", "due", "request", "expected", "head", "left", "status", "fresh", "sent")


def read(base, wanted, began, answer):
    """Asks at fixed moments, over as many connections as that takes."""
    host, port = base.removeprefix("http://").split(":")
    chance = random.Random(1)
    prepared = {name: [(f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nAccept: */*\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n\r\n".encode(), size)
                       for path, size in them] for name, them in wanted.items()}
    order = chance.choices(list(MIX), list(MIX.values()), k=int(seconds * READS))
    times, late, errors, again = collections.defaultdict(list), [], collections.Counter(), 0
    scratch, look = bytearray(1 << 18), selectors.DefaultSelector()
    free, busy, most_busy = collections.deque(), set(), 0

    def begin(reading, fresh=False):
        while free and not fresh:
            idle, used = free.popleft()
            if time.monotonic() - used < MOST_IDLE:
                reading.socket, reading.fresh = idle, False
                break
            look.unregister(idle)
            idle.close()
        else:
            reading.socket, reading.fresh = socket.socket(), True
            reading.socket.setblocking(False)
            reading.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            reading.socket.connect_ex((host, int(port)))
            look.register(reading.socket, selectors.EVENT_WRITE, reading)
        reading.head, reading.left, reading.status, reading.sent = b"", None, 0, False
        busy.add(reading)
        if not reading.fresh:
            look.modify(reading.socket, selectors.EVENT_READ, reading)
            send(reading)

    def send(reading):
        # A few hundred bytes on a connection that waits for them: they go at once.
        try:
            reading.socket.send(reading.request)
            reading.sent = True
        except OSError as error:
            broken(reading, said_by(error))

    def drop(reading):
        look.unregister(reading.socket)
        reading.socket.close()
        busy.discard(reading)

    def broken(reading, why):
        nonlocal again
        drop(reading)
        if not reading.fresh and not reading.head:
            # It was closed in the moment in which it was used: every browser asks once more.
            again += 1
            begin(reading, fresh=True)
        else:
            errors[f"read: {why}"] += 1

    def finish(reading):
        busy.discard(reading)
        if reading.status == 200:
            times[reading.name].append(time.monotonic() - reading.due)
        else:
            errors[f"read: {reading.name}: status {reading.status}"] += 1
        look.modify(reading.socket, selectors.EVENT_READ, None)
        free.append((reading.socket, time.monotonic()))

    def receive(reading):
        while True:
            try:
                count = reading.socket.recv_into(scratch)
            except BlockingIOError:
                return
            except OSError as error:
                return broken(reading, said_by(error))
            if count == 0:
                return broken(reading, "the connection was closed")
            if reading.left is None:
                reading.head += scratch[:count]
                end = reading.head.find(b"\r\n\r\n")
                if end < 0:
                    continue
                length = re.search(rb"(?i)\r\ncontent-length: (\d+)", reading.head[:end + 2])
                reading.status = int(reading.head[9:12])
                if length is None:
                    return broken(reading, f"{reading.name}: no length")
                reading.left = int(length[1]) - (len(reading.head) - end - 4)
                if reading.status == 200 and reading.expected not in (None, int(length[1])):
                    errors[f"read: {reading.name}: other bytes than announced"] += 1
            else:
                reading.left -= count
            if reading.left <= 0:
                return finish(reading)

    number, swept, cpu = 0, began, time.process_time()
    while number < len(order) or busy:
        now = time.monotonic()
        while number < len(order) and began + number / READS <= now:
            reading = Reading()
            reading.name, reading.due = order[number], began + number / READS
            reading.request, reading.expected = chance.choice(prepared[reading.name])
            late.append(time.monotonic() - reading.due)
            number += 1
            begin(reading)
        most_busy = max(most_busy, len(busy))
        pause = max(0.0, began + number / READS - time.monotonic()) if number < len(order) else 0.2
        for key, _ in look.select(pause):
            reading = key.data
            if reading is None:
                # The server has closed what was idle.
                look.unregister(key.fileobj)
                key.fileobj.close()
                free = collections.deque(it for it in free if it[0] is not key.fileobj)
            elif reading.sent:
                receive(reading)
            elif failed := reading.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                broken(reading, os.strerror(failed))
            else:
                look.modify(reading.socket, selectors.EVENT_READ, reading)
                send(reading)
        if now - swept > 1:
            swept = now
            for reading in [it for it in busy if now - it.due > PATIENCE]:
                drop(reading)
                errors[f"read: {reading.name}: no answer within {PATIENCE} s"] += 1
    answer.send({"times": dict(times), "late": late, "errors": errors, "again": again, "connections": most_busy, "asked": len(order),
                 "cpu": time.process_time() - cpu})


def cut(parts, begin, end):
    """The bytes from `begin` to `end` of what lies in several pieces, without copying."""
    taken, at = [], 0
    for part in parts:
        if at < end and at + len(part) > begin:
            taken.append(part[max(0, begin - at):end - at])
        at += len(part)
    return taken


def photograph_of(source, filling, hashed):
    """A photograph of about BYTES like no other, as pieces, and its SHA-256. `hashed` keeps what all of one source begin with."""
    count = (BYTES - len(source)) // 65_537
    begins = memoryview(filling)[:2 + max(0, count) * 65_537]
    if len(begins) not in hashed:
        hashed[len(begins)] = hashlib.sha256(begins)
    own = segments(1)
    digest = hashed[len(begins)].copy()
    digest.update(own)
    digest.update(source[2:])
    return [begins, memoryview(own), memoryview(source)[2:]], digest.hexdigest()


def send_photograph(line, name, parts, due, errors, times):
    """Sends one in pieces, each when it is due; gives the last answer's headers, or nothing if it was given up."""
    length, offset, tries, address = sum(map(len, parts)), 0, 0, None
    tus = {"Tus-Resumable": "1.0.0"}
    metadata = f"filename {base64.b64encode(name.encode()).decode()},filetype {base64.b64encode(b'image/jpeg').decode()}"
    while True:
        # The last piece is due when the next photograph begins, so that there always is one under way.
        wait = due((offset // PIECE + 1) / -(-length // PIECE) if address else 0) - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        began = time.monotonic()
        try:
            if address is None:
                what = "begin"
                status, headers, _ = line.ask("POST", "/api/v1/manage/uploads", {**tus, "Upload-Length": str(length), "Upload-Metadata": metadata})
            else:
                what = "piece"
                piece = cut(parts, offset, offset + PIECE)
                status, headers, _ = line.ask("PATCH", address, {
                    **tus, "Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}, piece)
            why = f"status {status}"
        except (OSError, http.client.HTTPException) as error:
            status, why = 0, said_by(error)
        took = time.monotonic() - began
        if status == 201:
            address = re.sub(r"^http://[^/]+", "", headers["Location"])
        elif status == 204:
            offset = int(headers["Upload-Offset"])
            if offset == length:
                times["last piece"].append(took)
                return headers
            times["piece"].append(took)
        else:
            # Told as an error, and gone on with as the protocol has it.
            errors[f"upload, {what}: {why}"] += 1
            tries += 1
            if tries == 5:
                return None
            time.sleep(1)
            if address:
                try:
                    status, headers, _ = line.ask("HEAD", address, tus)
                    if status == 200:
                        offset = int(headers["Upload-Offset"])
                        if "Reportage-Photo" in headers:
                            return headers
                except (OSError, http.client.HTTPException) as error:
                    errors[f"upload, where it stands: {said_by(error)}"] += 1


def photograph(base, tokens, photographs, began, answer):
    """Every photographer has a photograph under way all the time."""
    filling = b"\xff\xd8" + segments(BYTES // 65_537)
    kept, errors, times, hashed, unsent = [], collections.Counter(), collections.defaultdict(list), {}, []
    pace, end = seconds / (PHOTOGRAPHS + 1), began + seconds

    def work_on(person):
        line = Line(base, tokens[person])
        first = began + person / PHOTOGRAPHERS * pace
        for number in range(PHOTOGRAPHS):
            if time.monotonic() >= end:
                unsent.append(PHOTOGRAPHS - number)
                return
            parts, digest = photograph_of(photographs[(person + number) % len(photographs)], filling, hashed)
            due = lambda part, number=number: first + (number + part) * pace
            headers = send_photograph(line, f"{person:02}-{number:03}.jpg", parts, due, errors, times)
            if headers is None:
                errors["upload: given up"] += 1
                continue
            if headers["Reportage-Known"] == "true":
                errors["upload: taken for one that was there"] += 1
            kept.append((headers["Reportage-Photo"].rsplit("/", 1)[1], digest, person))

    cpu = time.process_time()
    threads = [threading.Thread(target=work_on, args=(person,)) for person in range(PHOTOGRAPHERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answer.send({"kept": kept, "errors": errors, "times": dict(times), "unsent": sum(unsent), "ended": time.monotonic() - began,
                 "cpu": time.process_time() - cpu})


def edit(base, tokens, drafts, began, answer):
    """Every editor has a few frames of a story, and saves one caption after another."""
    times, errors, saved = [], collections.Counter(), {}
    pace = EDITORS / SAVES

    def work_on(person):
        line, draft = Line(base, tokens[person]), drafts[person % len(drafts)]
        # Several editors share a story and never a caption.
        frames = frames_of(draft)[person // len(drafts)::-(-EDITORS // len(drafts))]
        versions = {frame["id"]: frame["version"] for frame in frames}
        path, number = f"/api/v1/manage/stories/{draft['id']}", 0
        while (due := began + (number + person / EDITORS) * pace) < began + seconds:
            time.sleep(max(0.0, due - time.monotonic()))
            frame = frames[number % len(frames)]["id"]
            caption = f"Editor {person} wrote this as number {number}: the dike near Lith, at six in the morning, before the fog lifts."
            update = {"op": "update", "id": frame, "version": versions[frame], "set": {"caption": caption}}
            try:
                status, _, _ = line.ask("POST", f"{path}/operations", {"Content-Type": "application/json"},
                                        (json.dumps({"operations": [update]}).encode(),))
                why = f"status {status}"
            except (OSError, http.client.HTTPException) as error:
                status, why = 0, said_by(error)
            if status == 200:
                times.append(time.monotonic() - due)
                versions[frame] += 1
                saved[frame] = (draft["id"], caption, versions[frame])
            else:
                errors[f"save: {why}"] += 1
                try:
                    now, _ = line.json("GET", path)
                    versions |= {it["id"]: it["version"] for it in frames_of(now["data"]) if it["id"] in versions}
                except (OSError, http.client.HTTPException, AssertionError) as error:
                    errors[f"save, reading again: {said_by(error)}"] += 1
            number += 1

    cpu = time.process_time()
    threads = [threading.Thread(target=work_on, args=(person,)) for person in range(EDITORS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answer.send({"times": times, "errors": errors, "saved": saved, "cpu": time.process_time() - cpu})


# What the machine says meanwhile.

TICKS = os.sysconf("SC_CLK_TCK")


def children_of(process):
    found = []
    for task in pathlib.Path(f"/proc/{process}/task").iterdir():
        try:
            found += (task / "children").read_text().split()
        except OSError:
            pass
    return found


def mebibytes(process):
    try:
        found = re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{process}/status").read_text())
        return int(found[1]) / 1024 if found else 0
    except OSError:
        return 0


def cpu_of(server):
    """Seconds of the server itself, and of its children, those that have ended included."""
    def fields(process):
        return [int(field) / TICKS for field in pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[11:15]]
    own = fields(server)
    others = own[2] + own[3]
    for child in children_of(server):
        try:
            others += sum(fields(child)[:2])
        except OSError:
            pass
    return own[0] + own[1], others


def cpu_of_machine():
    """Seconds in which the processors worked, in which they waited for the disk, and which another guest of the same host took."""
    fields = [int(field) / TICKS for field in pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    return sum(fields[:3]) + sum(fields[5:7]), fields[4], fields[7]


def standing():
    """Photographs by state, and what waits in the queue by kind."""
    db = sqlite3.connect(f"file:{data / 'reportage.db'}?mode=ro", uri=True, timeout=30)
    states = dict(db.execute("SELECT state, count(*) FROM photos GROUP BY state"))
    jobs = dict(db.execute("SELECT kind || ', ' || state, count(*) FROM jobs GROUP BY kind, state"))
    db.close()
    return states, jobs


# Afterwards.

def look_at_captions(base, token, saved, errors):
    """How many captions are not what was acknowledged last."""
    line, lost = Line(base, token), 0
    now = {}
    for story in {story for story, _, _ in saved.values()}:
        now |= {frame["id"]: frame for frame in frames_of(line.json("GET", f"/api/v1/manage/stories/{story}")[0]["data"])}
    for frame, (_, caption, version) in saved.items():
        found = now.get(frame, {})
        if found.get("caption") != caption or found.get("version") != version:
            lost += 1
            print(f"lost: frame {frame} has version {found.get('version')}, {found.get('caption')!r}, not {version}, {caption!r}")
    errors["captions lost"] += lost
    return lost


def look_at_originals(base, tokens, kept, errors):
    """Every original as it comes back, held against what was sent."""
    waiting, wrong, host = list(kept), [], base.removeprefix("http://")

    def work_on():
        buffer = bytearray(1 << 20)
        while waiting:
            try:
                photo, digest, person = waiting.pop()
            except IndexError:
                return
            try:
                connection = http.client.HTTPConnection(host, timeout=120)
                connection.request("GET", f"/api/v1/manage/photos/{photo}/original", headers={"Authorization": f"Bearer {tokens[person]}"})
                answer, found = connection.getresponse(), hashlib.sha256()
                while count := answer.readinto(buffer):
                    found.update(memoryview(buffer)[:count])
                connection.close()
                if answer.status != 200 or found.hexdigest() != digest:
                    wrong.append(f"{photo}: status {answer.status}")
            except (OSError, http.client.HTTPException) as error:
                wrong.append(f"{photo}: {said_by(error)}")

    threads = [threading.Thread(target=work_on) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for line in wrong[:20]:
        print("original:", line)
    errors["originals that did not come back"] += len(wrong)
    return len(wrong)


def look_at_log(errors):
    """What the server itself complained of."""
    warned = collections.Counter()
    for line in (work / "log").read_text(errors="replace").splitlines():
        try:
            it = json.loads(line)
        except ValueError:
            errors[f"log: {line[:150]}"] += 1
            continue
        said = it.get("fields", {}).get("message", "")
        if it.get("level") == "ERROR":
            errors[f"log: {said[:150]}"] += 1
        elif it.get("level") == "WARN":
            warned[said[:150]] += 1
    for said, count in warned.items():
        print(f"the server warned {count} times: {said}")


def percentile(times, percent):
    return sorted(times)[min(len(times) - 1, len(times) * percent // 100)] * 1000 if times else float("nan")


def row(what, times, bar=""):
    print(f"{what:<30}{len(times):>9,}" + "".join(f"{percentile(times, percent):>10.1f}" for percent in (50, 95, 99, 100)) + f"   {bar}")


def load():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(2))
    photographs = [path.read_bytes() for path in sorted(pathlib.Path(os.environ["PHOTOS"]).glob("*.jpg"))[:10]]
    assert len(photographs) == 10, "ten photographs are needed"
    editors = [account(f"editor{number}", "editor") for number in range(EDITORS)]
    senders = [account(f"photographer{number}", "photographer") for number in range(PHOTOGRAPHERS)]
    server, base = start()
    drafts = make_stories(base, editors[0], photographs)
    wanted = addresses(base, drafts)
    seeds = standing()[0]

    began = time.monotonic() + 2
    parts, fork = {}, multiprocessing.get_context("fork")
    for name, part, arguments in [("readers", read, (wanted,)), ("photographers", photograph, (senders, photographs)), ("editors", edit, (editors, drafts))]:
        here, there = fork.Pipe(duplex=False)
        process = fork.Process(target=part, args=(base, *arguments, began, there), daemon=True)
        process.start()
        there.close()
        parts[name] = (process, here)
    time.sleep(max(0.0, began - time.monotonic()))
    server_cpu, machine_cpu, own_cpu = cpu_of(server.pid), cpu_of_machine(), time.process_time()
    memory, most, seen, at_end = [], {"server": 0.0, "all": 0.0}, {}, None
    while len(seen) < len(parts):
        alone = mebibytes(server.pid)
        together = alone + sum(map(mebibytes, children_of(server.pid)))
        memory.append(together)
        most = {"server": max(most["server"], alone), "all": max(most["all"], together)}
        if at_end is None and time.monotonic() >= began + seconds:
            at_end = standing()
        for name, (process, pipe) in parts.items():
            if name not in seen and pipe.poll():
                seen[name] = pipe.recv()
            elif name not in seen and not process.is_alive():
                raise SystemExit(f"the {name} ended early")
        assert server.poll() is None, "the server ended:\n" + (work / "log").read_text()[-3000:]
        time.sleep(1)
    took = time.monotonic() - began
    server_cpu = [after - before for after, before in zip(cpu_of(server.pid), server_cpu)]
    machine_cpu = [after - before for after, before in zip(cpu_of_machine(), machine_cpu)]
    own_cpu = time.process_time() - own_cpu
    states, jobs = at_end or standing()
    readers, sent, saves = seen["readers"], seen["photographers"], seen["editors"]
    errors = readers["errors"] + sent["errors"] + saves["errors"]
    try:
        ready = urllib.request.urlopen(f"{base}/ready").read().decode()
    except urllib.error.HTTPError as error:
        ready = error.read().decode()

    every = [it for times in readers["times"].values() for it in times]
    print(f"\n{seconds} s: {READS:g} reads a second, {PHOTOGRAPHERS} photographers with {PHOTOGRAPHS} photographs each, {SAVES:g} saves a second by {EDITORS} editors")
    print(f"{'':<30}{'done':>9}{'50th':>10}{'95th':>10}{'99th':>10}{'slowest':>10}   milliseconds")
    row("readers, from when it was due", every, f"bar: 95th {os.environ['MOST_READ_MS']} ms")
    for name, times in sorted(readers["times"].items()):
        row(f"  {name}", times)
    row("  the client's own lateness", readers["late"])
    row("saves, from when it was due", saves["times"], f"bar: 99th {os.environ['MOST_SAVE_MS']} ms")
    for name in ("piece", "last piece"):
        row(f"upload, {name}", sent["times"].get(name, []))
    print(f"reads: {len(every):,} of {readers['asked']:,}, at most {readers['connections']} at once, {readers['again']} asked again because the server had just closed the connection")
    print(f"photographs: {len(sent['kept'])} acknowledged ({len(sent['kept']) * BYTES / 1e6 / sent['ended']:.1f} MB a second), {sent['unsent']} not begun when the time was over; "
          f"the last was there after {sent['ended']:.1f} s")
    uploaded = states.get("ready", 0) + states.get("pending", 0) + states.get("failed", 0) - sum(seeds.values())
    print(f"at the end of {seconds} s: of {uploaded} photographs {states.get('ready', 0) - seeds.get('ready', 0)} processed, {states.get('pending', 0)} waiting, "
          f"{states.get('failed', 0)} failed; queue: {', '.join(f'{kind}: {count}' for kind, count in sorted(jobs.items())) or 'empty'}; /ready says {ready.strip()}")
    print(f"memory: server {most['server']:.0f} MiB, with its children {most['all']:.0f} MiB (bar: {os.environ['MOST_MIB']} MiB), half of the time below "
          f"{sorted(memory)[len(memory) // 2]:.0f} MiB")
    clients = {name: it["cpu"] for name, it in seen.items()} | {"this": own_cpu}
    whole = took * os.cpu_count()
    share = lambda cpu: f"{cpu:.0f} s ({cpu / whole * 100:.0f} %)"
    print(f"processors, of {whole:.0f} s: server {share(server_cpu[0])}, its children {share(server_cpu[1])}, clients {share(sum(clients.values()))} "
          f"({', '.join(f'{name} {cpu:.1f} s' for name, cpu in clients.items())}), others and the system "
          f"{share(max(0.0, machine_cpu[0] - sum(server_cpu) - sum(clients.values())))}; waiting for the disk {machine_cpu[1]:.0f} s, taken by other guests of the host {machine_cpu[2]:.0f} s")

    errors["photographs failed"] += states.get("failed", 0)
    checking = time.monotonic()
    lost = look_at_captions(base, editors[0], saves["saved"], errors)
    print(f"captions: {len(saves['times']):,} saves acknowledged in {len(saves['saved'])} frames, {lost} lost")
    wrong = look_at_originals(base, senders, sent["kept"], errors)
    print(f"originals: {len(sent['kept']) - wrong} of {len(sent['kept'])} came back byte for byte ({time.monotonic() - checking:.0f} s)")
    stopping = time.monotonic()
    server.terminate()
    try:
        ended = server.wait(120)
    except subprocess.TimeoutExpired:
        ended = "no end within 120 s"
    print(f"SIGTERM: ended with {ended} after {time.monotonic() - stopping:.1f} s")
    if ended == 0:
        (work / "pid").unlink()
    else:
        errors[f"the server ended with {ended}"] += 1
    checking = time.monotonic()
    verified = subprocess.run([program, "verify", "--read-data", "--data", str(data)], capture_output=True, text=True)
    print(f"verify --read-data: ended with {verified.returncode} after {time.monotonic() - checking:.0f} s: {verified.stdout.strip()[-600:]}")
    if verified.returncode:
        errors["verify found something"] += 1
        print(verified.stderr[-2000:])
    look_at_log(errors)
    made = sum(path.stat().st_size for path in (data / "uploads" / "renditions").rglob("*") if path.is_file())
    print(f"disk: {made / 1e6:,.0f} MB were made of photographs")

    errors = +errors
    print("errors:", sum(errors.values()) or "none")
    for kind, count in errors.most_common():
        print(f"  {count} × {kind}")
    missed = ["errors"] if errors else []
    if not every or percentile(every, 95) > float(os.environ["MOST_READ_MS"]):
        missed.append("readers")
    if not saves["times"] or percentile(saves["times"], 99) > float(os.environ["MOST_SAVE_MS"]):
        missed.append("saves")
    if most["all"] > float(os.environ["MOST_MIB"]):
        missed.append("memory")
    if not sent["kept"]:
        missed.append("photographs")
    if missed:
        print("missed:", ", ".join(missed))
        sys.exit(1)


{"room": room, "load": load}[sys.argv[1]]()
