"""The parts of .ci/heavy: a story is made heavy, heavy things are asked, and two readers ask the front page meanwhile."""

import os, statistics, sys, threading, time, urllib.error, urllib.parse, urllib.request

from server import Server

server = Server(os.environ["PROGRAM"], os.environ["WORK"] + "/data")
refused = []


class Readers:
    """Two who read the front page until told to stop."""

    def __enter__(self):
        self.waits, self.over = [], False
        self.threads = [threading.Thread(target=self.read) for _ in range(2)]
        for thread in self.threads:
            thread.start()
        return self

    def read(self):
        while not self.over:
            began = time.monotonic()
            try:
                with urllib.request.urlopen(server.base + "/", timeout=120) as answer:
                    answer.read()
            except urllib.error.URLError as error:
                refused.append(str(error))
            self.waits.append(1000 * (time.monotonic() - began))
            time.sleep(0.005)

    def __exit__(self, *_):
        self.over = True
        for thread in self.threads:
            thread.join()

    def say(self, what):
        waits = sorted(self.waits)
        middle, late = statistics.median(waits), waits[int(len(waits) * 0.99)]
        print(f"{what}: {len(waits)} pages, median {middle:.1f} ms, 99th percentile {late:.1f} ms, slowest {waits[-1]:.1f} ms", flush=True)


def timed(what, work):
    began = time.monotonic()
    try:
        status = work()
    except urllib.error.HTTPError as answer:
        answer.read()
        status = answer.code
    print(f"  {what}: {status} after {time.monotonic() - began:.2f} s", flush=True)


def story(editor, markdown, blocks):
    body = {"title": "Zwaar", "language": "nl", "blocks": [{"type": "text", "markdown": markdown} for _ in range(blocks)]}
    return server.ask("POST", "/api/v1/manage/stories", editor, body)[0]["data"]["id"]


def page(path, headers, form=None):
    data = urllib.parse.urlencode(form).encode() if form else None
    request = urllib.request.Request(server.base + path, data, headers)
    with urllib.request.urlopen(request, timeout=120) as answer:
        answer.read()
        return answer.status


try:
    editor, desk = server.token("editor", "all"), server.session("editor")
    long = story(editor, ("Een zin met aa en bb. " * 500)[:9_900], 450)
    dear = story(editor, "*_" * 25_000, 40)
    with Readers() as readers:
        time.sleep(3)
    readers.say("nothing else")
    with Readers() as readers:
        for wanted in ("aa", "e", "x" * 900, "a" * 900):
            form = {"find": wanted, "with": "cc"}
            timed(f"find {wanted[:2]}… of {len(wanted)}", lambda: page(f"/desk/stories/{long}/captions/replace", desk, form))
    readers.say("while words are found and replaced")
    with Readers() as readers:
        threads = [
            threading.Thread(target=timed, args=("draft", lambda: server.ask("GET", f"/api/v1/manage/stories/{dear}", editor) and 200))
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        timed("preview", lambda: page(f"/desk/stories/{dear}/preview", desk))
        for thread in threads:
            thread.join()
    readers.say("while drafts are shown")
finally:
    server.stop()
if refused:
    print(f"{len(refused)} readers were not answered: {refused[0]}")
    sys.exit(1)
