"""The API against its own description; see .ci/schemathesis. For each role a server of its own, with a story, a photograph and people in it, so that
what one role breaks no other meets."""

import concurrent.futures, json, os, pathlib, subprocess, sys, time

from server import Server

program, work, st, examples = (os.environ[name] for name in ("PROGRAM", "WORK", "ST", "EXAMPLES"))
wanted = sys.argv[1:] or ["anonymous", "reader", "photographer", "editor", "admin", "session"]


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
    server = Server(program, f"{work}/{role}")
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
