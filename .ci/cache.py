"""A shared cache before the server; see .ci/cache."""

import os, pathlib, re, socket, subprocess, sys, time, urllib.error, urllib.request

from server import Server

program, work = os.environ["PROGRAM"], os.environ["WORK"]


class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


opener = urllib.request.build_opener(Stay)


def get(base, path, headers={}):
    """Status, what a reader would see, whether it came out of the cache."""
    try:
        answer = opener.open(urllib.request.Request(base + path, headers=dict(headers)), timeout=60)
    except urllib.error.HTTPError as error:
        answer = error
    body = answer.read()
    # What each answer has anew.
    body = re.sub(rb'"request_id":"[^"]*"|nonce-[\w+/=-]+|nonce="[^"]*"', b"", body)
    return (answer.status, answer.headers.get("Location"), body), answer.headers.get("X-Cache")


def nginx(origin):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    conf = pathlib.Path(f"{work}/nginx.conf")
    conf.write_text(f"""
daemon off; pid {work}/pid; error_log {work}/nginx.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {work}/body; proxy_temp_path {work}/temp; fastcgi_temp_path {work}/f; uwsgi_temp_path {work}/u; scgi_temp_path {work}/s;
    proxy_cache_path {work}/cached keys_zone=shared:10m;
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass {origin};
            proxy_set_header Host {origin.removeprefix("http://")};
            proxy_cache shared;
            # The whole address and nothing of who asks: a cache that believes what answers say of themselves, and no more.
            proxy_cache_key $request_method$request_uri;
            add_header X-Cache $upstream_cache_status always;
        }}
    }}
}}
""")
    process = subprocess.Popen(["nginx", "-c", str(conf), "-p", work], stderr=subprocess.DEVNULL)
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return process, f"http://127.0.0.1:{port}"
        except OSError:
            time.sleep(0.05)
    sys.exit("nginx does not come up: " + pathlib.Path(f"{work}/nginx.log").read_text())


server = Server(program, f"{work}/data")
cache = None
try:
    known = server.fill()
    live, draft = known["stories"]
    cache, shared = nginx(server.base)
    session = server.session("editor")
    token = {"Authorization": "Bearer " + server.token("editor", "all")}
    manage, slug = "/api/v1/manage", known["slug"][0]
    draft_slug = server.ask("GET", f"{manage}/stories/{draft}", token["Authorization"].split()[1])[0]["data"]["slug"]

    # Everything that an editor's pages lead to, two steps deep, and what programs ask with a token.
    begin = ["/", f"/stories/{slug}", f"/stories/{draft_slug}", "/feed.xml", "/sitemap.xml", "/desk", "/desk/stories", "/desk/photos", f"/desk/stories/{draft}",
             f"/desk/stories/{draft}/preview", f"/desk/stories/{draft}/share", f"/desk/photos/{known['photos'][1]}", "/desk/nowhere"]
    with_token = [f"{manage}/stories", f"{manage}/stories/{draft}", f"{manage}/photos/{known['photos'][1]}", f"{manage}/photos/{known['photos'][1]}/original",
                  f"/api/v1/preview/stories/{draft}", "/api/v1/stories", f"/api/v1/stories/{slug}", f"/api/v1/stories/{draft_slug}", "/api/v1/search?q=dijk"]
    asked, pages = {}, begin
    for _ in range(3):
        found = []
        for path in pages:
            if path in asked or len(asked) > 400:
                continue
            (status, _, body), _ = asked[path] = get(shared, path, session)
            get(shared, path, session)
            links = re.findall(r'(?:href|src|action)="(/[^"#]*)|(/media/[^\s",]+)', body.decode("utf-8", "replace"))
            found += [(one or other).replace("&amp;", "&") for one, other in links]
        pages = sorted(set(found))
    for path in with_token:
        asked[path] = get(shared, path, token)
        get(shared, path, token)

    wrong = hits = seen = 0
    for path, ((status, _, own), _) in asked.items():
        direct, _ = get(server.base, path)
        through, state = get(shared, path)
        hits += state == "HIT"
        seen += own != direct[2]
        if through != direct:
            wrong += 1
            print(f"WRONG: a visitor gets {through[0]} for {path} out of the cache ({state}), {direct[0]} from the server")
    print(f"{len(asked)} addresses asked by an editor through a shared cache, {seen} of them other than for a visitor; then by a visitor: "
          f"{hits} from the cache, {wrong} wrong")
    # A cache that keeps nothing, or an editor who sees nothing of their own, would prove nothing.
    sys.exit(1 if wrong or hits < 3 or seen < 15 else 0)
finally:
    if cache:
        cache.terminate()
        cache.wait(10)
    server.stop()
