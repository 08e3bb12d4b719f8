"""The report's Markdown, annotations and outputs, read as renderers and runners read them."""

from __future__ import annotations

import json
import re
import unicodedata
import unittest
from html.parser import HTMLParser

import cmarkgfm
from cmarkgfm.cmark import Options
from markdown_it import MarkdownIt

from capture import Answer
from harness import (
    BAD, Document, IntegrationTest, Run, Workplace, minute, receiver, rule,
)  # fmt: skip

EVIL = "https://evil.example"
BACKTICKS = [*range(1, 5), 39, 40, 70, 78, 79, 80]
# Combining marks, which join two characters into one.
MARKED = [f"{each}\u0301file=x{each}\u0301{EVIL}" for each in ",:%|`\\#@[<"]
NAMES = [
    "@octocat", "@org/team", "x@evil.example", "#123", "GH-1", "owner/repo#2", "closes #1",
    "0123456789abcdef0123456789abcdef01234567", EVIL, "www.evil.example", f"<{EVIL}>",
    "<a@evil.example>", f"[a]({EVIL})", f"![x]({EVIL}/x.png)", f"[a]: {EVIL}", f"]({EVIL})",
    f"[runbook](<{EVIL}>)", "<img src=//evil.example>", "<script>alert(1)</script>", "</details>",
    "</td></tr></table>", "<!--", "-->", "<![CDATA[", "<?php", "&lt;b&gt;", "&#64;octocat",
    "a|b", "a\\|b", "|", "\\", "a\\", "\\`", "`", "` `", "``", "`` @octocat ``", "`|`",
    "a\nb", "a\r\n\r\n# h", "\n| a | b |\n", "\u2028| a |", "\u0085x", "a\x00b", "\x1b[31m",
    "\u202eabc", "::error::gone", " ::add-mask::x", "##[error]gone", "##vso[task.complete]x",
    "\ufeff::error::x", "é::error::x", "%0A::error::x", "a%250A", "**b** _i_ ~~s~~", "- item",
    "> quote", "$x$", "$`x`$", ":rocket:", "${{ secrets.X }}", " ", "  a  ", "<br>", "<at>all</at>",
    *(f"{'`' * count}@octocat {EVIL} #1" for count in BACKTICKS),
    *(f"@octocat {EVIL} #1{'`' * count}" for count in BACKTICKS),
    *(f"a{'`' * count} @octocat {'`' * (count // 2)}|b" for count in BACKTICKS[:6]),
    *MARKED, "a|\u200db", "|\ufe0f|",
    "x" * 500,
]  # fmt: skip
# As many as a rule's text may hold, and more.
TEXTS = [
    f"@octocat #123 ![x]({EVIL}) <img src=x> | `a` ``b`` </details>",
    f"{'`' * 80}@octocat {EVIL} #123 <img src=x>",
    f"{'`' * 90} @octocat {EVIL} {'`' * 60}",
]
RUNBOOKS = {
    "https://runbooks.example/a?b=1&c=2": "https://runbooks.example/a?b=1&c=2",
    "https://runbooks.example/)|>![x](y)": None,
    "docs/a b.md": "https://github.com/o/r/blob/0a1b/docs/a%20b.md",
}
# What could be live outside code.
LIVE = re.compile(r"@\w|#\d|\bGH-\d|\w+@\w+\.\w|https?:|www\.|\b[0-9a-f]{7,40}\b|evil|octocat")
COLUMNS = {"state": (7, 5), "target": (3, 3)}
STATES = re.compile(r"\S+ (FIRING|PENDING|UNKNOWN|RECOVERING|RESOLVED|CANCELLED|OK)")


def printable(text: str, limit: int) -> str:
    """A text as the tool shows it: on one line, without invisible characters, cut."""
    pieces = [
        f"\\u{{{ord(each):x}}}" if unicodedata.category(each) in {"Cc", "Cf", "Zl", "Zp"} else each
        for each in text
    ]
    if sum(map(len, pieces)) <= limit:
        return "".join(pieces)
    shown = ""
    for piece in pieces:
        if len(shown + piece) >= limit:
            break
        shown += piece
    return shown + "…"


def inert(text: str) -> str:
    """A text as it appears in a log that is not scanned for commands."""
    return re.sub(r"(?<=#)#(?=\w{0,32}\[)", r"\\u{23}", text)


def in_code(text: str) -> str:
    """A text in a code span: long runs of backticks are escaped, for GitHub's parser."""
    text = inert(text)
    return text.replace("`", "\\u{60}") if "`" * 80 in text else text


VOID = {"hr", "br", "img"}


class Page(HTMLParser):
    """The rendered form of a document."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.links: list[tuple[str, str]] = []
        self.attributes: set[str] = set()
        self.codes: list[str] = []
        # Rows of cells, each with its code spans and its full text.
        self.rows: list[list[tuple[list[str], str]]] = []
        self.bare = ""
        self.declarations: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag in VOID:
            return
        self._open.append(tag)
        if tag == "a":
            self.links.append((dict(attrs).get("href") or "", ""))
        elif tag == "code":
            self.codes.append("")
            if self.rows and self._open.count("table"):
                self.rows[-1][-1][0].append("")
        elif tag == "tr":
            self.rows.append([])
        elif tag in {"td", "th"}:
            self.rows[-1].append(([], ""))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        assert self._open and self._open.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data: str) -> None:
        if "a" in self._open:
            place, label = self.links[-1]
            self.links[-1] = (place, label + data)
        if "code" in self._open:
            self.codes[-1] += data
        else:
            self.bare += data
        if {"td", "th"} & set(self._open):
            codes, text = self.rows[-1][-1]
            if "code" in self._open:
                codes[-1] += data
            self.rows[-1][-1] = (codes, text + data)

    def handle_comment(self, data: str) -> None:
        self.declarations.append(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


def github(markdown: str) -> Page:
    """Rendered by GitHub's own library, before any filtering."""
    return Page(cmarkgfm.github_flavored_markdown_to_html(markdown, Options.CMARK_OPT_UNSAFE))


def others(markdown: str) -> Page:
    """Rendered as most other programs do: every address is a link, HTML is allowed."""
    return Page(MarkdownIt("gfm-like", {"html": True, "linkify": True}).render(markdown))


RENDERERS = (github, others)
OWN_TAGS = {
    "h2", "h3", "p", "ul", "li", "strong", "em", "br", "code", "a",
    "table", "thead", "tbody", "tr", "th", "td", "details", "summary",
}  # fmt: skip


def judge(
    place: Workplace, rules: list[Document], snapshot: Document, *options: str,
    target: str = "production", output: str = "report.json",
) -> Run:
    """Evaluates a snapshot with a configuration that has only these rules."""
    place.config.write_text(json.dumps({"rules": rules}))
    place.snapshot.write_text(json.dumps(snapshot))
    return place.run(
        "evaluate", "--config", str(place.config), "--snapshot", str(place.snapshot),
        "--state", str(place.state), "--at", minute(0), "--fail-on", "never",
        "--target-name", target, "--output", output, *options,
    )  # fmt: skip


class MarkdownTests(IntegrationTest):
    def place(self) -> Workplace:
        place = self.workplace()
        place.variables = {
            "GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "o/r",
            "GITHUB_SHA": "0a1b", "GITHUB_RUN_ID": "7",
        }  # fmt: skip
        return place

    def assert_harmless(self, markdown: str) -> list[Page]:
        """Only the configuration's own links may be live."""
        pages = [render(markdown) for render in RENDERERS]
        for page in pages:
            self.assertLessEqual(page.tags, OWN_TAGS)
            self.assertLessEqual(page.attributes, {"href", "style"})
            self.assertEqual(page.declarations, [])
            self.assertIsNone(LIVE.search(page.bare), LIVE.search(page.bare))
            for place, label in page.links:
                self.assertIn(label, {"runbook", "dashboard"})
                self.assertRegex(place, r"^https://(runbooks\.example|github\.com/o/r/blob/0a1b)/")
            self.assert_tables(markdown, page)
        return pages

    def assert_tables(self, markdown: str, page: Page) -> None:
        # Renderers add missing cells and drop surplus ones: count them first.
        lines = [line for line in markdown.splitlines() if line.startswith("|")]
        self.assertEqual(len(page.rows), sum(not line.startswith("| ---") for line in lines))
        for line in lines:
            self.assertIn(line.count("|") - 1, {7, 5, 3}, line)
        for row in page.rows:
            if row[0][1] in COLUMNS:
                self.assertIn(len(row), COLUMNS[row[0][1]])
                width = len(row)
            self.assertEqual(len(row), width)
            if width > 3 and row[0][1] != "state":
                self.assertRegex(row[0][1], STATES)
                self.assertEqual([row[1][1]], row[1][0], "a name is one code span")

    def names(self, page: Page) -> list[str]:
        return [row[1][1] for row in page.rows if len(row) > 3 and row[0][1] != "state"]

    def expected(self, name: str, instances: list[str]) -> set[str]:
        shown = [in_code(f"{name}[{printable(each, 80)}]") for each in instances]
        return {each.replace("|", "\\u{7c}") for each in shown} | {"endpoint_down"}

    def markdown(
        self, place: Workplace, rules: list[Document], snapshot: Document, target: str = "api"
    ) -> Run:
        run = judge(place, rules, snapshot, "--format", "markdown", target=target)
        self.assert_code(run, 0)
        return run

    def test_names_from_a_snapshot_stay_text(self) -> None:
        for value in (9, 0, "![x](https://evil.example) | @octocat"):
            with self.subTest(value=value):
                place = self.place()
                run = self.markdown(place, [rule("r", "s.*.v")], {"s": {name: {"v": value} for name in NAMES}})
                for page in self.assert_harmless(run.output):
                    self.assertEqual(
                        set(self.names(page)), self.expected("r", NAMES), run.output[:500])

    def test_each_name_on_its_own_stays_text(self) -> None:
        """One span cannot close what another leaves open."""
        for name in ["`" * 80 + "@octocat", "`" * 79 + "@octocat", "`", "</details>", "|", "\\"]:
            with self.subTest(name):
                place = self.place()
                run = self.markdown(place, [rule("r", "s.*.v")], {"s": {name: {"v": 9}}})
                for page in self.assert_harmless(run.output):
                    self.assertEqual(set(self.names(page)), self.expected("r", [name]))

    def test_texts_of_a_configuration_stay_text(self) -> None:
        for text in TEXTS:
            with self.subTest(text):
                place = self.place()
                rules = [
                    rule(f"r{number}", "errors.rate", summary=text, description=text, owner=text,
                         labels={"team": text}, dashboard="https://runbooks.example/d|`@octocat`",
                         runbook=runbook)
                    for number, runbook in enumerate(RUNBOOKS)
                ]  # fmt: skip
                run = self.markdown(place, rules, BAD, target=text)
                for page in self.assert_harmless(run.output):
                    shown = {place for place, label in page.links if label == "runbook"}
                    self.assertLessEqual({each for each in RUNBOOKS.values() if each}, shown)
                    self.assertEqual(len(page.links), 2 * len(RUNBOOKS), run.output)
                    for limit in (200, 256):
                        self.assertIn(in_code(printable(text, limit)), page.codes)

    def test_texts_of_servers_stay_text(self) -> None:
        for text in [*TEXTS, f"\r\n\r\n# h\r\n<img src=x> {EVIL} #1"]:
            with self.subTest(text):
                place, server = self.place(), self.capture()
                body = b'{"message": "%s"}' % text.encode("unicode_escape")
                server.script("/ops/metrics", Answer(500, body, {"Content-Type": text[:9].strip()}))
                for path in ("/hook", "/repos/"):
                    server.respond(path, lambda _, body=body: Answer(422, body))
                place.configure(
                    receiver("webhook", server.url("/hook")), receiver("github", server.url())
                )
                run = place.evaluate(BAD, "--format", "markdown", at=0)
                self.assertIn("**NOT NOTIFIED**", run.output)
                self.assert_harmless(run.output)
                run = place.fetch(server.url("/ops/metrics"), "--format", "markdown")
                self.assert_code(run, 3)
                self.assert_harmless(run.output)


class RunnerTests(IntegrationTest):
    """What a step prints and writes, as GitHub's runner reads it."""

    def play(self, *options: str, output: str = "report.json") -> tuple[Workplace, Run]:
        place = self.workplace()
        place.variables = {
            "GITHUB_ACTIONS": "true",
            "GITHUB_OUTPUT": str(place.folder / "step-output"),
            "GITHUB_STEP_SUMMARY": str(place.folder / "step-summary"),
        }
        rules = [
            rule("all", "s.*.v", summary="::error::100 %0A", owner="a,b::c"),
            rule("one", "t.*.v", breach_status="warn", duration_minutes=10),
        ]  # fmt: skip
        snapshot = {
            "s": {name: {"v": 9} for name in NAMES}, "t": {name: {"v": 9} for name in MARKED},
        }  # fmt: skip
        run = judge(place, rules, snapshot, *options, output=output)
        self.assert_code(run, 0)
        return place, run

    def test_annotations_are_the_only_commands(self) -> None:
        for options in ((), ("--format", "github"), ("--verbose",)):
            with self.subTest(options):
                _, run = self.play(*options)
                commands = [each for each in map(command, run.output.splitlines()) if each]
                levels = ["error"] * 10 + ["notice"] * len(MARKED)
                self.assertEqual([name for name, _, _ in commands], levels)
                for line in re.split(r"[\r\n\x0b\x0c\x85\u2028\u2029]", run.complaints):
                    self.assertIsNone(command(line), line)
                shown = [inert(printable(name, 80)) for name in NAMES]
                names = {f"FIRING all[{each}] on production" for each in shown}
                for name, properties, message in commands[:9]:
                    self.assertEqual(properties.keys(), {"title"})
                    self.assertIn(properties["title"], names)
                    self.assertIn("\nowner a,b::c", message)
                    self.assertIn("\n\\u{3a}:error::100 %0A\n", message)
                    self.assertNotRegex(message, r"(?m)^\W*::|##\w*\[")
                marked = {f"PENDING one[{printable(name, 80)}] on production"
                          for name in MARKED}
                self.assertEqual(marked, {rest.get("title") for _, rest, _ in commands[10:]})
                self.assertEqual(commands[9][1], {"title": f"and {len(NAMES) - 9} more"})
                if options == ("--format", "github"):
                    self.assertEqual(len(run.output.splitlines()), len(commands))

    def test_outputs_are_read_as_intended(self) -> None:
        for path in ("report.json", "a\nstatus=pass\nb<<c\nreport=x.json"):
            with self.subTest(path):
                place, run = self.play(output=path)
                text = (place.folder / "step-output").read_text()
                failing, pending = str(len(NAMES)), str(len(MARKED))
                self.assertEqual(outputs(text), {
                    "status": "fail", "failing": failing, "pending": pending, "report": path,
                })  # fmt: skip

    def test_the_summary_is_the_markdown_report_of_the_same_run(self) -> None:
        place, run = self.play("--format", "markdown")
        self.assertEqual((place.folder / "step-summary").read_text(), run.output)


def command(line: str) -> tuple[str, dict[str, str], str] | None:
    """Parses a line as the runner does: a command with properties and data, or plain text."""
    line = line.lstrip().lstrip("\ufeff")
    if "##[" in line:
        return ("##[", {}, line)
    if not line.startswith("::") or "::" not in line[2:]:
        return None
    head, _, data = line[2:].partition("::")
    name, _, rest = head.partition(" ")
    properties = {}
    for each in filter(None, rest.strip().split(",")):
        key, _, value = each.partition("=")
        properties[key.strip()] = unescape(value, "%0D", "%0A", "%3A", "%2C")
    return name, properties, unescape(data, "%0D", "%0A")


def unescape(text: str, *escapes: str) -> str:
    for each in (*escapes, "%25"):
        text = text.replace(each, chr(int(each[1:], 16)))
    return text


def outputs(text: str) -> dict[str, str]:
    """Parses the outputs file as the runner does; a malformed file is an error."""
    found = {}
    lines = iter(text.removesuffix("\n").split("\n"))
    for line in lines:
        if not line:
            continue
        equals, heredoc = line.find("="), line.find("<<")
        if equals >= 0 and (heredoc < 0 or equals < heredoc):
            key, _, value = line.partition("=")
        else:
            key, mark, delimiter = line.partition("<<")
            assert mark and key and delimiter, line
            values = []
            for each in lines:
                if each == delimiter:
                    break
                values.append(each)
            else:
                raise AssertionError(f"{delimiter} never comes")
            value = "\n".join(values)
        found[key] = value
    return found


if __name__ == "__main__":
    unittest.main()
