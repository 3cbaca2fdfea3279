"""The parts of .ci/readers: `sixty` makes the photographs of a long story; `files` asks the server for what is compared and writes it down for
nginx; `measure` runs wrk against both."""

import json, os, pathlib, re, socket, statistics, subprocess, sys, threading, time, urllib.request

base, work = os.environ.get("BASE", ""), pathlib.Path(os.environ["WORK"])
host = base.removeprefix("http://")
browser = {"Accept-Encoding": "gzip, deflate, br, zstd", "Accept": "*/*"}
LEAST = {"story": 1.0, "list of stories": 1.0, "delivery API": 1.0, "60 frames, API": 1.0, "not modified": 0.9, "rendition": 0.7}
MOST_MS = 50
MOST_LONG_BYTES = 40 * 1024
# What a server says of itself, of the moment and of the connection; nginx says its own.
OWN = {"date", "server", "connection", "transfer-encoding", "content-length", "etag", "accept-ranges", "last-modified", "content-type"}


def ask(path, headers=browser, to=base):
    with urllib.request.urlopen(urllib.request.Request(to + path, headers=headers), timeout=60) as answer:
        return answer.read(), {name.lower(): value for name, value in answer.headers.items()}


def sixty():
    """Sixty photographs that differ from the ten in a comment alone, so that each is one of its own."""
    ten = sorted(pathlib.Path(os.environ["PHOTOS"]).glob("*.jpg"))[:10]
    folder = work / "sixty"
    folder.mkdir()
    for number in range(60):
        photograph = ten[number % 10].read_bytes()
        comment = b"\xff\xfe\x00\x04%02d" % number
        (folder / f"{number:02d}.jpg").write_bytes(photograph[:2] + comment + photograph[2:])
    (folder / "story.md").write_text("---\ntitle: Sixty frames\nsummary: Long.\n---\n")


def files():
    stories = json.loads(ask("/api/v1/stories", {})[0])["data"]
    long = next(story for story in stories if len(story["photos"]) == 60)
    story = max((story for story in stories if story is not long), key=lambda story: len(story["photos"]))
    renditions = [file for photo in story["photos"].values() for file in photo["renditions"]]
    rendition = min(renditions, key=lambda file: abs(file["bytes"] - 100_000))
    path = lambda url: url.removeprefix(base)
    compared = {
        "story": f"/stories/{story['slug']}",
        "list of stories": "/",
        "delivery API": f"/api/v1/stories/{story['slug']}",
        "60 frames, API": f"/api/v1/stories/{long['slug']}",
        "rendition": path(rendition["url"]),
    }
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (work / "html").mkdir()
    locations, known = [], {}
    for number, (name, address) in enumerate(compared.items()):
        body, headers = ask(address)
        (work / "html" / str(number)).write_bytes(body)
        known[name] = {"address": address, "bytes": len(body), "etag": headers["etag"], "number": number}
        said = "".join(f'add_header {name} "{value}";\n' for name, value in headers.items() if name not in OWN)
        locations.append(
            f'location = /{number} {{ default_type "{headers["content-type"]}"; types {{ }}\n{said}}}\n')
    (work / "compared.json").write_text(json.dumps({"port": port, "known": known}))
    (work / "nginx.conf").write_text(f"""
worker_processes auto;
pid {work}/nginx.pid;
error_log {work}/nginx.log;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    sendfile on; tcp_nopush on; keepalive_requests 1000000000; open_file_cache max=100; open_file_cache_valid 60s;
    client_body_temp_path {work}/t1; proxy_temp_path {work}/t2; fastcgi_temp_path {work}/t3; uwsgi_temp_path {work}/t4; scgi_temp_path {work}/t5;
    server {{ listen 127.0.0.1:{port}; root {work}/html;
{''.join(locations)} }}
}}
""")


def wrk(url, headers, seconds, script=None, connections=64):
    command = ["wrk", "-t2", f"-c{connections}", f"-d{seconds}s", "--latency", url]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    if script:
        command += ["-s", str(script)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    def milliseconds(percentile):
        number, unit = re.search(rf"^\s+{percentile}%\s+([\d.]+)(us|ms|s)", said, re.M).groups()
        return float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]
    wrong = re.search(r"Non-2xx or 3xx responses: (\d+)|Socket errors: (.*)", said)
    return {
        "rate": float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1]),
        "p50": milliseconds(50), "p99": milliseconds(99),
        "wrong": wrong[0] if wrong else "",
    }


def compare(compared, seconds, rounds, title):
    port, known = compared["port"], compared["known"]
    print(f"\n{title}: requests a second, 50th and 99th percentile, medians of {rounds} runs of {seconds} s in alternation; 64 connections")
    print(f"{'':<16}{'bytes':>8}{'reportage':>11}{'':>18}{'nginx':>11}{'':>18}{'ratio':>7}")
    missed = []
    runs = [*known, "not modified"]
    for name in runs:
        it = known["story" if name == "not modified" else name]
        here, there = f"{base}{it['address']}", f"http://127.0.0.1:{port}/{it['number']}"
        mine, theirs = dict(browser, Host=host), dict(browser)
        if name == "not modified":
            mine["If-None-Match"] = it["etag"]
            theirs["If-None-Match"] = ask(f"/{it['number']}", {}, f"http://127.0.0.1:{port}")[1]["etag"]
        got = {"here": [], "there": []}
        for _ in range(rounds):
            got["there"].append(wrk(there, theirs, seconds))
            got["here"].append(wrk(here, mine, seconds))
        of = lambda where, what: statistics.median(run[what] for run in got[where])
        wrong = {run["wrong"] for runs in got.values() for run in runs if run["wrong"]}
        ratio = of("here", "rate") / of("there", "rate")
        column = lambda where: f"{of(where, 'rate'):>11,.0f}{of(where, 'p50'):>8.2f}{of(where, 'p99'):>7.2f} ms"
        size = 0 if name == "not modified" else it["bytes"]
        print(f"{name:<16}{size:>8}{column('here')}{column('there')}{ratio:>7.2f}", *wrong)
        if ratio < LEAST[name] or wrong or (name == "60 frames, API" and size > MOST_LONG_BYTES):
            missed.append(name)
    return missed


def readers_meanwhile(compared):
    """300 requests a second for the story, the list, the API and a rendition, while ten photographs are processed."""
    script = work / "readers.lua"
    paths = [it["address"] for it in compared["known"].values()]
    listed = ", ".join(f'"{path}"' for path in paths)
    script.write_text(f"""
local paths, at = {{ {listed} }}, 0
function delay() return 100 end
function request() at = at + 1; return wrk.format("GET", paths[at % #paths + 1]) end
""")
    photographs = sorted(pathlib.Path(os.environ["PHOTOS"]).glob("*.jpg"))[:10]
    token = os.environ["TOKEN"]
    measured, missed = [], []
    for title, busy in [("idle", False), ("while ten photographs of 24 megapixels are processed", True)]:
        seconds = 8
        load = threading.Thread(target=lambda: measured.append(wrk(base, dict(browser, Host=host), seconds, script, 30)))
        load.start()
        if busy:
            time.sleep(0.5)
            began = time.monotonic()
            sent = [subprocess.Popen(["curl", "-sS", "-f", "-o", "/dev/null", "-H", f"Authorization: Bearer {token}", "-F", f"file=@{path}",
                                      f"{base}/api/v1/manage/photos"]) for path in photographs]
            refused = sum(upload.wait() != 0 for upload in sent)
            while b'"pending"' in ask("/api/v1/manage/photos?state=pending", {"Authorization": f"Bearer {token}"})[0]:
                time.sleep(0.1)
            title += f" ({len(photographs) - refused} ready after {time.monotonic() - began:.1f} s)"
        load.join()
        it = measured[-1]
        print(f"300 readers' requests a second, {title}: {it['rate']:.0f} a second came, 50th percentile {it['p50']:.2f} ms, 99th {it['p99']:.2f} ms "
              f"(bar: {MOST_MS} ms) {it['wrong']}")
        if it["p99"] > MOST_MS or it["wrong"]:
            missed.append(title)
    return missed


def measure():
    compared = json.loads((work / "compared.json").read_text())
    seconds, rounds = int(os.environ["SECONDS_A_RUN"]), int(os.environ["ROUNDS"])
    for it in compared["known"].values():
        ask(it["address"])
    missed = compare(compared, seconds, rounds, "Idle")
    print()
    missed += readers_meanwhile(compared)
    if missed:
        print("missed:", ", ".join(missed))
        sys.exit(1)


{"sixty": sixty, "files": files, "measure": measure}[sys.argv[1]]()
