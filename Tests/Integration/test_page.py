"""Pages with pictures, as rendered by a real browser."""

from __future__ import annotations

import json
import pathlib
import random
import re
import unittest
from datetime import datetime, timedelta, timezone

from browser import Browser
from harness import REPOSITORY, Document, IntegrationTest, Workplace, rule
from page_judge import mistakes_in_page, mistakes_on_paper

HOSTILE = [
    "</svg><script>alert(1)</script>",
    '"><img src=https://evil.example/x onerror=alert(1)>',
    "</title></style><link rel=stylesheet href=https://evil.example/y>",
    "' onmouseover='alert(1)",
    "<!--",
    "url(https://evil.example/z)",
    "\u202eright to left\u2066",
    "\x1b[31mred\x00",
    "a very long name of many words " * 30,
    "averylongnamewithoutanyplacetobreakit" * 30,
    "日本語の名前 " * 20,
    "\u0301" * 500,
]  # fmt: skip

PAGE = (REPOSITORY / "Tests/Fixtures/reports/firing.html").read_text()
POLICY = re.findall('<meta http-equiv="Content-Security-Policy"[^>]*>', PAGE)[0]

# The text to replace, its replacement, and the mistake that must be found.
BROKEN = [
    ("</main>", "<script>document.title</script></main>", "holds a script"),
    ("</main>", '<p onclick="f()">x</p></main>', "onclick"),
    ("</main>", '<img src="https://evil.example/x" alt="x"></main>', "holds an img"),
    ("</style>", "body{background:url(https://evil.example/y)}</style>", "console: .*evil"),
    (POLICY, "", "Content-Security-Policy"),
    (POLICY, '<link rel="icon" href="https://evil.example/z">', "asks for https://evil"),
    (POLICY, "<style>@import 'https://evil.example/y'</style>", "asks for https://evil"),
    ("</main>", '<p style="width:500px">x</p></main>', "400 .*scrolls sideways, 5.. pixels"),
    ("</main>", "</div></main>", "</div> where"),
    ("</h1>", "</h1><h2></h2>", "heading without a name"),
    ('<html lang="en">', "<html>", "language"),
    ('"><title id=', '"><desc>x</desc><title id=', "begins with <desc>"),
    ("prefers-color-scheme:dark", "prefers-color-scheme:none", "is not dark"),
    ("<body>", "<body hidden>", "is blank"),
]


class PageTests(IntegrationTest):
    browser: Browser

    @classmethod
    def setUpClass(cls) -> None:
        cls.browser = Browser()
        cls.addClassCleanup(cls.browser.close)

    def assert_good(self, page: pathlib.Path) -> None:
        mistakes = mistakes_in_page(page, self.browser) + mistakes_on_paper(page, self.browser)
        self.assertEqual(mistakes, [], page.name)

    def page_of(self, place: Workplace) -> pathlib.Path:
        return place.folder / "page.html"

    def replay(self, place: Workplace, samples: list[Document], *options: str) -> pathlib.Path:
        recording = place.folder / "recording.jsonl"
        recording.write_text("".join(json.dumps(sample) + "\n" for sample in samples))
        page = self.page_of(place)
        run = place.run(
            "replay", str(recording), "--config", str(place.config), "--format", "html",
            "--output", str(page), *options,
        )  # fmt: skip
        self.assert_code(run, 0)
        return page

    def sample(self, minute: float, snapshot: Document | None, **more: str) -> Document:
        """A line of a recording."""
        begin = datetime(2026, 2, 25, 9, 0, tzinfo=timezone.utc)
        at = (begin + timedelta(minutes=minute)).strftime("%Y-%m-%dT%H:%M:%SZ")
        line: Document = {"observed_at": at, "target": "production"} | more
        if snapshot is None:
            return line | {"error": "nothing listens on api.example:443"}
        return line | {"snapshot": snapshot}

    def test_signed_off_pages_have_no_mistakes(self) -> None:
        pages = sorted((REPOSITORY / "Tests/Fixtures/reports").glob("*.html"))
        self.assertGreaterEqual(len(pages), 3)
        for page in pages:
            self.assert_good(page)

    def test_mistakes_in_a_page_are_found(self) -> None:
        """Tests the judge: each page is broken in one way, and that mistake must be reported."""
        place = self.workplace()
        for old, new, mistake in BROKEN:
            with self.subTest(new=new):
                self.assertIn(old, PAGE)
                page = self.page_of(place)
                page.write_text(PAGE.replace(old, new, 1))
                mistakes = mistakes_in_page(page, self.browser)
                self.assertRegex("\n".join(mistakes), mistake)

    def test_the_page_of_a_run(self) -> None:
        place = self.workplace()
        place.configure(
            rules=[
                rule(duration_minutes=4, recovery_threshold=0.02),
                rule("queue", "queues.*", threshold=100, unit="count"),
                rule("mode", "mode", comparison="ne", threshold="live", unit="count"),
            ]
        )
        for minute in range(30):
            rate = 0.3 if 12 < minute < 25 else 0.01
            snapshot = {"errors": {"rate": rate}, "queues": {"mail": minute * 5}, "mode": "live"}
            run = place.evaluate(snapshot, "--html", str(self.page_of(place)), at=minute)
            self.assert_code(run, 0)
        self.assert_good(self.page_of(place))
        self.assertEqual(self.page_of(place).read_text().count('<circle class="point'), 48)

    def test_the_page_of_a_recording_with_variants(self) -> None:
        place = self.workplace()
        page = self.page_of(place)
        run = place.run(
            "replay", str(REPOSITORY / "docs/recording.example.jsonl"),
            "--config", str(REPOSITORY / "config/ops_alert_thresholds.json"),
            "--what-if", "error_rate: threshold=0.04..0.10 step 0.02, duration_minutes=5,10,15",
            "--format", "html", "--output", str(page),
        )  # fmt: skip
        self.assert_code(run, 0)
        self.assert_good(page)

    def test_few_and_odd_values(self) -> None:
        place = self.workplace()
        place.configure(rules=[rule(threshold=1, unit="requests a minute")])
        for values in ([1], [0, -0.0], [1e300, -1e300, 5e-324], [5, 5, 5], ["x", None, True]):
            samples = [
                self.sample(minute, {"errors": {"rate": value}})
                for minute, value in enumerate(values)
            ]
            with self.subTest(values=values):
                self.assert_good(self.replay(place, samples))

    def test_hostile_names(self) -> None:
        place = self.workplace()
        place.configure(rules=[rule("queue", "queues.*", threshold=1, unit="<b>")])
        queues = {name: index for index, name in enumerate(HOSTILE)}
        samples = [
            self.sample(minute, {"queues": queues}, target=name)
            for minute in range(3)
            for name in HOSTILE[:4]
        ]
        page = self.replay(place, samples)
        self.assert_good(page)
        run = place.evaluate({"queues": queues}, "--html", str(page), at=1)
        self.assert_code(run, 0)
        self.assert_good(page)

    def test_thirty_days_of_eight_rules(self) -> None:
        place = self.workplace()
        place.configure(
            rules=[
                rule(f"rule_{index}", f"v.{index}", threshold=0.8, duration_minutes=5)
                for index in range(8)
            ]
        )
        chance = random.Random(1)
        samples = [
            self.sample(
                minute,
                {"v": [round(chance.random() * (1 if minute % 5_000 < 60 else 0.7), 3)] * 8}
                if chance.random() > 0.001 else None,
            )
            for minute in range(43_200)
        ]  # fmt: skip
        # A single peak among all values.
        samples[30_000] = self.sample(30_000, {"v": [7.77] * 8})
        page = self.replay(place, samples)
        self.assertLess(page.stat().st_size, 700_000)
        self.assertEqual(page.read_text().count("highest 777 %"), 8)
        self.assert_good(page)

    def test_a_thousand_instances(self) -> None:
        place = self.workplace()
        place.configure(rules=[rule("queue", "queues.*", threshold=900, unit="count")])
        samples = [
            self.sample(minute, {"queues": {f"queue {n}": n + minute for n in range(1_000)}})
            for minute in range(200)
        ]
        page = self.replay(place, samples)
        self.assertLess(page.stat().st_size, 2_000_000)
        self.assertEqual(page.read_text().count('<svg class="plot"'), 100)
        self.assert_good(page)


class WritingTests(IntegrationTest):
    def test_a_page_is_written_completely_or_not_at_all(self) -> None:
        place = self.workplace()
        place.configure()
        page = place.folder / "new" / "folder" / "page.html"
        snapshot = {"errors": {"rate": 0.01}}
        run = place.evaluate(snapshot, "--html", str(page), "--dry-run", at=0)
        self.assert_code(run, 0)
        self.assertTrue(page.read_text().endswith("</html>\n"))
        self.assertFalse(place.state.exists())
        (place.folder / "file").write_text("")
        run = place.evaluate(snapshot, "--html", str(place.folder / "file" / "page"), at=1)
        self.assert_code(run, 4)

    def test_a_page_overwrites_no_other_file_of_the_run(self) -> None:
        place = self.workplace()
        place.configure()
        for other in (place.config, place.snapshot, place.state, place.output):
            run = place.evaluate({"errors": {"rate": 0.01}}, "--html", str(other), at=0)
            self.assert_code(run, 2)
            self.assertIn("are the same file", run.complaints)


if __name__ == "__main__":
    unittest.main()
