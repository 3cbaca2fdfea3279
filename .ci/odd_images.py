#!/usr/bin/env python3
"""Uploads odd pictures, one after another, to a running Reportage server and judges what becomes of them.

    odd_images.py --base URL --token TOKEN --server-pid PID [--pairs FOLDER] FOLDER...

Every file in the folders is sent, whatever its extension. A file breaks a rule when

  answer     the server answers 5xx or drops the connection, or is another process than before; or a refusal (4xx) is not
             application/problem+json with a readable sentence;
  settle     an accepted photo is neither ready nor failed after 30 s, or failed without a reason; or the original that is downloaded again
             has other bytes;
  rendition  a rendition cannot be fetched or decoded, or is not of the size that is listed; or the photo's size or proportion is not that
             of the upright picture;
  picture    the widest JPEG, or the WebP of the same width, is not the picture that Pillow sees (below);
  memory     the server process itself (not its children) grows by 64 MB or more after the first 20 files.

The comparison: Pillow's own decode of the original, first frame, upright, on white, through its ICC profile to sRGB (perceptual), at the
size of the rendition (Lanczos). Two figures, both the mean absolute difference over all channels on a scale of 0 to 255: "full" pixel by
pixel, and "boxed" after averaging both over boxes of about 8 × 8 pixels (a block of JPEG) or more, at most 64 × 64 of them. Lossy
compression of a noisy picture makes "full" large by itself but averages out, whereas wrong colours or a wrong orientation stay; so "boxed"
is judged: at most 2, or at most 2 more than what Pillow's own encoder loses on the same picture at quality 75. "full" is printed where it
is more than 2. Pictures of less than 8 pixels on a side are nearly all chroma blur and may be 32 apart. Files that are marked damaged, and
those of which Pillow has no opinion (it cannot decode them, or they have no defined range of values), are not compared. Besides, "worst" is
the largest difference of one box: it shows what is wrong in a small part only, is printed where it is more than 32, and breaks no rule.

Exits with 1 if a rule is broken. Needs Pillow and numpy.
"""

import argparse
import collections
import dataclasses
import hashlib
import http.client
import io
import json
import os
import pathlib
import re
import resource
import sys
import threading
import time
import traceback
import urllib.parse
import uuid
import warnings

import numpy
from PIL import Image, ImageCms, ImageOps

SETTLE_SECONDS = 30
MOST_DIFFERENCE = 2.0
LOCAL_DIFFERENCE = 32.0
TINY_SIDE, MOST_TINY_DIFFERENCE = 8, 32.0
MOST_GROWTH_MB = 64
WARM_UP_FILES = 20

Image.MAX_IMAGE_PIXELS = None
# What a broken file makes Pillow ask for must not hurt the machine.
MOST_PIXELS = 250_000_000
resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))
warnings.simplefilter("ignore")


# ---------------------------------------------------------------------------------------------------------------- the server


class Dropped(Exception):
    """The server gave no answer."""


@dataclasses.dataclass
class Answer:
    status: int
    media_type: str
    body: bytes

    def json(self):
        return json.loads(self.body)


class Server:
    def __init__(self, base, token):
        self.base = base.rstrip("/")
        self.host = urllib.parse.urlsplit(self.base).netloc
        self.authorization = {"Authorization": f"Bearer {token}"}

    def ask(self, method, address, body=None, headers={}):
        """One request on a connection of its own, so that a dropped one is known for what it is."""
        address = urllib.parse.urljoin(self.base + "/", address)
        parts = urllib.parse.urlsplit(address)
        if parts.netloc != self.host:
            raise ValueError(f"an address elsewhere: {address}")
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        connection = http.client.HTTPConnection(self.host, timeout=60)
        try:
            try:
                connection.request(method, path, body, {**self.authorization, **headers})
            except BrokenPipeError:
                # Whoever refuses early may stop reading, as long as the answer comes.
                pass
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers.get_content_type(), answer.read())
        except (OSError, http.client.HTTPException) as error:
            raise Dropped(f"{type(error).__name__}: {error}") from error
        finally:
            connection.close()

    def upload(self, name, content):
        boundary = uuid.uuid4().hex
        name = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        )
        body = head.encode("utf-8", "replace") + content + f"\r\n--{boundary}--\r\n".encode()
        return self.ask(
            "POST", "/api/v1/manage/photos", body, {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        )


class Process:
    """The server's process: that it is the same one, and its memory, sampled all the time."""

    def __init__(self, pid):
        self.pid = pid
        self.began = self.start_time()
        self.most_kb = 0
        self.done = threading.Event()
        threading.Thread(target=self.sample, daemon=True).start()

    def start_time(self):
        try:
            fields = pathlib.Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
            return None if fields[0] == "Z" else fields[19]
        except OSError:
            return None

    def is_same(self):
        return self.began is not None and self.start_time() == self.began

    def rss_kb(self):
        try:
            for line in pathlib.Path(f"/proc/{self.pid}/status").read_text().splitlines():
                if line.startswith("VmRSS:"):
                    return int(line.split()[1])
        except OSError:
            pass
        return 0

    def sample(self):
        while not self.done.wait(0.02):
            self.most_kb = max(self.most_kb, self.rss_kb())


# ------------------------------------------------------------------------------------------------- Pillow's view of the picture


class NoOpinion(Exception):
    """Pillow cannot say what the picture should look like."""


def type_by_content(content):
    """JPEG, PNG, WebP or TIFF by the first bytes; else None."""
    if content[:3] == b"\xff\xd8\xff":
        return "JPEG"
    if content[:8] == b"\x89PNG\r\n\x1a\n":
        return "PNG"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "WebP"
    if content[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return "TIFF"
    return None


def opened(content):
    """The first frame, decoded strictly, and how it would be described."""
    try:
        picture = Image.open(io.BytesIO(content), formats=["JPEG", "PNG", "WEBP", "TIFF"])
        described = f"{picture.format} {picture.mode} {picture.width}×{picture.height}"
        if "compression" in picture.info:
            described += f" {picture.info['compression']}"
        profile = picture.info.get("icc_profile")
        if picture.width * picture.height > MOST_PIXELS:
            raise ValueError(f"{picture.width}×{picture.height} pixels are too many")
        picture.load()
        depth = content[24] if picture.format == "PNG" and len(content) > 24 else 8
        if picture.mode == "L" and depth < 8 and isinstance(picture.info.get("transparency"), int):
            # Pillow scales grey of 2 and 4 bits up, but not the grey that is transparent.
            picture.info["transparency"] *= 255 // (2**depth - 1)
    except Exception as error:  # Pillow raises nearly everything on odd files.
        raise NoOpinion(f"Pillow: {type(error).__name__}: {re.sub(' <.*>', '', str(error))}") from error
    return picture, profile, described


def without_16_bits(picture):
    """16 bits of grey to 8, and the colour that is transparent with it."""
    samples = numpy.asarray(picture).astype(numpy.uint32)
    grey = Image.fromarray(((samples + 128) // 257).clip(0, 255).astype(numpy.uint8), "L")
    transparent = picture.info.get("transparency")
    if isinstance(transparent, int):
        grey.putalpha(Image.fromarray(numpy.where(samples == transparent, 0, 255).astype(numpy.uint8), "L"))
    return grey


def on_white(picture):
    """Grey, RGB or CMYK without alpha."""
    if picture.mode == "1":
        picture = picture.convert("RGBA" if "transparency" in picture.info else "L")
    elif picture.mode == "P":
        picture = picture.convert("RGBA")
    elif picture.mode == "PA":
        picture = picture.convert("RGBA")
    elif picture.mode in ("L", "RGB") and "transparency" in picture.info:
        picture = picture.convert("RGBA")
    elif picture.mode in ("La", "RGBa"):
        # Alpha that is multiplied into the colours already.
        picture = picture.convert({"La": "LA", "RGBa": "RGBA"}[picture.mode])
    if picture.mode in ("LA", "RGBA"):
        mode = {"LA": "L", "RGBA": "RGB"}[picture.mode]
        samples = numpy.asarray(picture).astype(numpy.float64)
        alpha = samples[..., -1:] / 255
        colours = samples[..., :-1] * alpha + 255 * (1 - alpha)
        colours = colours.round().astype(numpy.uint8)
        picture = Image.fromarray(colours[..., 0] if mode == "L" else colours, mode)
    if picture.mode in ("YCbCr", "HSV", "RGBX"):
        picture = picture.convert("RGB")
    return picture


def in_srgb(picture, profile):
    """Through the profile if it is one for these channels."""
    spaces = {"L": "GRAY", "RGB": "RGB", "CMYK": "CMYK", "LAB": "Lab"}
    if picture.mode not in spaces:
        raise NoOpinion(f"Pillow: mode {picture.mode}")
    if picture.mode == "LAB":
        source = ImageCms.createProfile("LAB")
        return ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), 0, "RGB")
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            if source.profile.xcolor_space.strip() == spaces[picture.mode]:
                return ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), 0, "RGB")
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # A profile that cannot be used is ignored, as browsers do.
    if picture.mode == "CMYK":
        inks = numpy.asarray(picture).astype(numpy.float64) / 255
        colours = (1 - inks[..., :3]) * (1 - inks[..., 3:])
        return Image.fromarray((colours * 255).round().astype(numpy.uint8), "RGB")
    return picture.convert("RGB")


def expected(content):
    """The picture as it should be shown, at its own size, and its description."""
    picture, profile, described = opened(content)
    try:
        if picture.mode.startswith("I;16"):
            picture = without_16_bits(ImageOps.exif_transpose(picture))
        elif picture.mode in ("I", "F"):
            raise NoOpinion(f"Pillow: {described} has no defined white")
        else:
            picture = ImageOps.exif_transpose(picture)
        return in_srgb(on_white(picture), profile), described
    except NoOpinion:
        raise
    except Exception as error:
        raise NoOpinion(f"Pillow: {type(error).__name__}: {error}") from error


def differences(found, wanted):
    """The figures "full", "boxed" and "worst" of two RGB pictures of one size."""
    size = tuple(1 if side < 8 else max(2, min(64, side // 8)) for side in found.size)
    full = numpy.abs(numpy.asarray(found).astype(int) - numpy.asarray(wanted).astype(int)).mean()
    boxes = [numpy.asarray(one.resize(size, Image.Resampling.BOX)).astype(int) for one in (found, wanted)]
    boxed = numpy.abs(boxes[0] - boxes[1])
    return float(full), float(boxed.mean()), float(boxed.mean(axis=-1).max())


def lost_by_compression(wanted, media_type):
    """What "boxed" is when Pillow itself compresses the picture that is wanted."""
    file = io.BytesIO()
    wanted.save(file, media_type[6:].upper(), quality=75, **({"subsampling": "4:2:0"} if media_type == "image/jpeg" else {}))
    return differences(Image.open(file).convert("RGB"), wanted)[1]


# ------------------------------------------------------------------------------------------------------------------- the run


class Run:
    def __init__(self, server, process, pairs):
        self.server, self.process, self.pairs = server, process, pairs
        self.counts = dict.fromkeys(("ready", "damaged", "failed", "refused"), 0)
        self.compared = self.known = 0
        self.broken = []  # (file, rule, reason)
        self.lists = {}  # heading: lines
        self.wordings = {}  # what refusals say: files

    def breaks(self, file, rule, reason):
        self.broken.append((file, rule, reason))
        print(f"! {file}: {rule}: {reason}", flush=True)

    def note(self, heading, line):
        self.lists.setdefault(heading, []).append(line)

    def one(self, file, path):
        content = path.read_bytes()
        try:
            answer = self.server.upload(path.name, content)
        except Dropped as error:
            return self.breaks(file, "answer", f"no answer to the upload: {error}")
        finally:
            if not self.process.is_same():
                self.breaks(file, "answer", "the server's process is gone or another")
        if answer.status >= 500:
            return self.breaks(file, "answer", f"{answer.status}: {answer.body[:300]!r}")
        if answer.status >= 400:
            return self.refused(file, content, answer)
        if answer.status != 201:
            return self.breaks(file, "answer", f"status {answer.status}")
        self.accepted(file, content, answer.json()["data"][0])

    def refused(self, file, content, answer):
        self.counts["refused"] += 1
        try:
            problem = answer.json()
            detail = problem["detail"] if problem["code"] else ""
        except (ValueError, KeyError, TypeError):
            detail = ""
        if answer.media_type != "application/problem+json" or not isinstance(detail, str) or len(detail.split()) < 3:
            self.breaks(file, "answer", f"{answer.status} {answer.media_type} without words: {answer.body[:200]!r}")
        elif not detail.isprintable():
            self.breaks(file, "answer", f"{answer.status} with control characters: {detail!r}")
        words = re.sub(r"\d+", "#", f"{answer.status} {detail}")
        self.wordings.setdefault(words, []).append(file)
        self.suspect(file, content, f"refused ({answer.status})", detail)

    def suspect(self, file, content, what, why):
        """Notes what was not shown; louder if Pillow reads it."""
        kind = type_by_content(content)
        if kind is None:
            return
        try:
            _, _, described = opened(content)
            self.note("suspicious: not shown, but Pillow opens it", f"{file}: {what}: {why} [{described}]")
        except NoOpinion as error:
            self.note(f"not shown, {kind} by its first bytes, and Pillow cannot open it either", f"{file}: {what}: {why} [{error}]")

    def accepted(self, file, content, photo):
        try:
            photo = self.settled(photo)
            original = self.server.ask("GET", f"/api/v1/manage/photos/{photo['id']}/original")
        except Dropped as error:
            return self.breaks(file, "settle", f"no answer: {error}")
        if original.status != 200 or hashlib.sha256(original.body).digest() != hashlib.sha256(content).digest():
            self.breaks(file, "settle", f"the original came back with status {original.status} and {len(original.body)} bytes of {len(content)}")
        if not photo.get("created", True):
            self.known += 1
        if photo["state"] == "pending":
            return self.breaks(file, "settle", f"still pending after {SETTLE_SECONDS} s")
        if photo["state"] == "failed":
            self.counts["failed"] += 1
            if len((photo.get("failure") or "").split()) < 3:
                self.breaks(file, "settle", f"failed without a reason: {photo.get('failure')!r}")
            self.note("failed (accepted, but not decodable)", f"{file}: {photo.get('failure')}")
            return self.suspect(file, content, "failed", photo.get("failure"))
        self.counts["damaged" if photo["damaged"] else "ready"] += 1
        self.ready(file, content, photo)

    def settled(self, photo):
        until = time.monotonic() + SETTLE_SECONDS
        pause = 0.01
        while True:
            state = self.server.ask("GET", f"/api/v1/manage/photos/{photo['id']}").json()["data"]
            if state["state"] != "pending" or time.monotonic() > until:
                return {**state, "created": photo.get("created", True)}
            time.sleep(pause)
            pause = min(pause * 1.3, 0.2)

    def ready(self, file, content, photo):
        renditions = {}
        for listed in photo["renditions"] + photo["crops"]:
            what = f"{listed['type']} {listed['width']}×{listed['height']}"
            try:
                answer = self.server.ask("GET", listed["url"])
                picture = Image.open(io.BytesIO(answer.body))
                picture.load()
            except Dropped as error:
                self.breaks(file, "rendition", f"{what}: no answer: {error}")
                continue
            except Exception as error:
                self.breaks(file, "rendition", f"{what}: status {answer.status}: {error}")
                continue
            found = (picture.get_format_mimetype(), *picture.size, len(answer.body), answer.media_type)
            if found != (listed["type"], listed["width"], listed["height"], listed["bytes"], listed["type"]):
                self.breaks(file, "rendition", f"{what}: is {found}")
            if listed in photo["renditions"]:
                renditions[listed["type"], listed["width"]] = picture.convert("RGB")
        widths = [width for media_type, width in renditions if media_type == "image/jpeg"]
        if not widths:
            return self.breaks(file, "rendition", "there is no JPEG")
        if ("image/webp", max(widths)) not in renditions:
            self.note("no WebP of the widest JPEG's width", f"{file}: {photo['width']}×{photo['height']}")

        try:
            wanted, described = expected(content)
        except NoOpinion as error:
            heading = "damaged, and Pillow has no opinion" if photo["damaged"] else "shown as undamaged, but Pillow has no opinion"
            return self.note(heading, f"{file}: {error}")
        if photo["damaged"]:
            self.note("marked damaged, but Pillow decodes it without complaint", f"{file} [{described}]")
        if (photo["width"], photo["height"]) != wanted.size:
            self.breaks(file, "rendition", f"is {photo['width']}×{photo['height']}, Pillow says {wanted.size} [{described}]")
        for media_type in ("image/jpeg", "image/webp"):
            found = renditions.get((media_type, max(widths)))
            if found is not None:
                self.compare(file, media_type, found, wanted, described, photo["damaged"])
        self.compared += not photo["damaged"]

    def compare(self, file, media_type, found, wanted, described, damaged):
        height = wanted.height * found.width / wanted.width
        if abs(height - found.height) > 1:
            self.breaks(file, "rendition", f"{media_type} of {found.size} from {wanted.size} [{described}]")
        wanted = wanted.resize(found.size, Image.Resampling.LANCZOS)
        full, boxed, worst = differences(found, wanted)
        line = f"{file}: {media_type[6:]} boxed {boxed:.2f}, full {full:.2f}, worst {worst:.0f} [{described}]"
        if damaged:
            if boxed > MOST_DIFFERENCE:
                self.note("damaged, and not as Pillow sees it", line)
        elif min(found.size) < TINY_SIDE and boxed <= MOST_TINY_DIFFERENCE:
            self.note("tiny, and hardly judged", line)
        elif boxed > MOST_DIFFERENCE + lost_by_compression(wanted, media_type):
            self.breaks(file, "picture", line.partition(": ")[2])
        elif boxed > MOST_DIFFERENCE:
            self.note("more than 2 apart, but so is what Pillow compresses", line)
        elif full > MOST_DIFFERENCE:
            self.note("more than 2 apart pixel by pixel, but not boxed", line)
        if not damaged and worst > LOCAL_DIFFERENCE and boxed <= MOST_DIFFERENCE:
            self.note("wrong in one place only?", line)
        if self.pairs and (boxed > MOST_DIFFERENCE or worst > LOCAL_DIFFERENCE):
            both = Image.new("RGB", (found.width * 2 + 8, found.height), "magenta")
            both.paste(found, (0, 0))
            both.paste(wanted, (found.width + 8, 0))
            self.pairs.mkdir(parents=True, exist_ok=True)
            both.save(self.pairs / f"{file.replace('/', '_')}.{media_type[6:]}.png")


def main():
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--base", required=True, help="where the server is, such as http://127.0.0.1:8080")
    asked.add_argument("--token", required=True, help="an API token with photos:write and stories:read")
    asked.add_argument("--server-pid", required=True, type=int)
    asked.add_argument("--pairs", type=pathlib.Path, help="where to put what differs: the server's picture left, Pillow's right")
    asked.add_argument("folders", nargs="+", type=pathlib.Path, metavar="FOLDER")
    asked = asked.parse_args()

    # Each file once, named from its folder on.
    files = [
        (os.path.relpath(path, folder.parent), path)
        for folder in asked.folders
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    ]
    process = Process(asked.server_pid)
    if not process.is_same():
        sys.exit(f"there is no process {asked.server_pid}")
    run = Run(Server(asked.base, asked.token), process, asked.pairs)
    began = time.monotonic()
    warm_kb, before_kb, course = None, process.rss_kb(), []
    for number, (file, path) in enumerate(files, 1):
        try:
            run.one(file, path)
        except Exception:
            run.breaks(file, "answer", f"not understood: {traceback.format_exc(limit=-2)}")
        if number == min(WARM_UP_FILES, len(files)):
            warm_kb, process.most_kb = process.rss_kb(), 0
        if number % max(1, len(files) // 10) == 0:
            course.append(process.rss_kb() // 1000)
            print(f"  {number} of {len(files)} files, {time.monotonic() - began:.0f} s, {course[-1]} MB", flush=True)
        if not process.is_same():
            break
    process.done.set()
    most_kb = max(process.most_kb, process.rss_kb())

    growth_mb = (most_kb - (warm_kb or 0)) / 1000
    if growth_mb >= MOST_GROWTH_MB:
        run.breaks("(all)", "memory", f"grew by {growth_mb:.1f} MB after the first {WARM_UP_FILES} files")
    print("\n## what refusals say, and of which files")
    for words, refused in sorted(run.wordings.items(), key=lambda one: -len(one[1])):
        kinds = collections.Counter(pathlib.Path(file).suffix or "(none)" for file in refused)
        print(f"{len(refused)} × {words} [{', '.join(f'{kind} {count}' for kind, count in kinds.most_common(12))}]")
    for heading, lines in run.lists.items():
        print(f"\n## {heading}: {len(lines)}")
        print(*lines, sep="\n")
    print(f"\n## files that break a rule: {len({file for file, _, _ in run.broken})}")
    for file, rule, reason in run.broken:
        print(f"{file}: {rule}: {reason}")
    print(
        f"\nmemory of the server: {before_kb / 1000:.1f} MB before, {(warm_kb or 0) / 1000:.1f} MB after {WARM_UP_FILES} files, "
        f"at most {most_kb / 1000:.1f} MB after that (+{growth_mb:.1f} MB; bar: {MOST_GROWTH_MB}); on the way {course}"
    )
    print(
        f"{len(files)} files in {time.monotonic() - began:.0f} s: {run.counts['ready']} ready, {run.counts['damaged']} ready but damaged, "
        f"{run.counts['failed']} failed, {run.counts['refused']} refused; {run.known} known already; {run.compared} compared with Pillow"
    )
    return 1 if run.broken else 0


if __name__ == "__main__":
    sys.exit(main())
