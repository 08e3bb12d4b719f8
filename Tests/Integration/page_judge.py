"""Finds mistakes in a page: in its markup, and in how a browser renders and prints it."""

from __future__ import annotations

import base64
import hashlib
import pathlib
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from xml.etree import ElementTree

from browser import Browser, Drawing

# Tags that a self-contained page does not need.
BANNED = ("img", "link", "iframe", "object", "embed", "form", "base")
NAMED = ("image", "img", "link", "heading", "table")


class Parts(HTMLParser):
    """Collects the structure of a page."""

    VOID = frozenset({"meta", "img", "link"})

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.mistakes: list[str] = []
        self.feed(page)
        self.close()
        if self.open:
            self.mistakes.append(f"not closed: {self.open}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "caption" and self.open[-1] != "table":
            self.mistakes.append("a caption without a table")
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.mistakes.append(f"</{tag}> where it does not belong")


def mistakes_in_page(page: pathlib.Path, browser: Browser) -> list[str]:
    """The mistakes in a page's markup and rendering; empty if there are none.

    The wide window is light and the narrow one dark: colours do not depend on the width.
    """
    mistakes = list(mistakes_in_text(page.read_text()))
    for width, is_dark in ((1_280, False), (400, True)):
        drawing = browser.draw(page, width, is_dark=is_dark)
        where = f"{width} pixels, {'dark' if is_dark else 'light'}"
        mistakes += [f"{where}: {mistake}" for mistake in mistakes_in_drawing(drawing, is_dark)]
    return mistakes


def mistakes_on_paper(page: pathlib.Path, browser: Browser) -> list[str]:
    printed = browser.print(page)
    if printed.startswith(b"%PDF") and 5_000 < len(printed) < 5_000_000:
        return []
    return [f"prints as {len(printed)} bytes, {printed[:8]!r}"]


def mistakes_in_text(text: str) -> Iterator[str]:
    """The mistakes that show without rendering."""
    parts = Parts(text)
    yield from parts.mistakes
    names = [tag for tag, _ in parts.tags]
    yield from (
        f"holds an {tag}" if tag == "img" else f"holds a {tag}" for tag in BANNED if tag in names
    )
    for tag, values in parts.tags:
        yield from (f"{tag} has {name}" for name in values if name.startswith("on"))
    ids = [values["id"] for _, values in parts.tags if "id" in values]
    if len(ids) != len(set(ids)):
        yield "an id stands there twice"
    if names.count("table") != names.count("caption"):
        yield "a table without a caption"
    if ("html", {"lang": "en"}) not in parts.tags:
        yield "does not name its language"
    scripts = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    if names.count("script") != len(scripts) or len(scripts) > 1:
        yield "holds a script of another kind"
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    for script in scripts:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        policy += f"; script-src 'sha256-{digest}'"
    if f'content="{policy}"' not in text:
        yield "has another Content-Security-Policy"
    shown = [picture for picture in pictures(text) if 'role="img"' in picture]
    if len(shown) != text.count('role="img"'):
        yield "a picture within a picture"
    for picture in shown:
        root = ElementTree.fromstring(picture)
        if root[0].tag != "title" or not (root[0].text or "").strip():
            yield f"a picture without a title: it begins with <{root[0].tag}>"


def mistakes_in_drawing(drawing: Drawing, is_dark: bool) -> Iterator[str]:
    yield from (f"asks for {address}" for address in drawing.requests)
    yield from (f"console: {complaint}" for complaint in drawing.complaints)
    if drawing.content_width > drawing.width:
        yield f"scrolls sideways, {drawing.content_width} pixels"
    if drawing.is_blank:
        yield "is blank"
    elif not drawing.fonts:
        yield "has no letters: is there a font, such as Debian's fonts-dejavu-core?"
    light = sum(drawing.corner) / 3
    if not (light < 50 if is_dark else light > 240):
        yield f"is not {'dark' if is_dark else 'light'}: {drawing.corner}"
    for role, name in drawing.accessible:
        if role in NAMED and not name.strip():
            yield f"a {role} without a name"


def pictures(text: str) -> list[str]:
    """The outermost SVGs of a page."""
    found, depth, begin = [], 0, 0
    for tag in re.finditer(r"<svg\b[^>]*?(/?)>|(</svg>)", text):
        if depth == 0:
            begin = tag.start()
        if not tag[1]:
            depth += -1 if tag[2] else 1
        if depth == 0:
            found.append(text[begin : tag.end()])
    return found
