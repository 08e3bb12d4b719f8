"""Reads the formats for other systems with programs of those systems: Icinga 2 and the library of
the Monitoring Plugins for `nagios`, promtool and node_exporter for `openmetrics`, and junitparser
for `junit`."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import time
import unittest
import urllib.request
import xml.etree.ElementTree as ElementTree

from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite

from capture import closed_port
from harness import Document, IntegrationTest, Run, Workplace, rule

HOSTILE = [
    "a'b", "a=b", "a|b", 'a"b', "a\\b", "a\\n", "a\nb", "a\r\nb", "\u001b[31m", "a;b c", "<&>]]>",
    "::error::x", "##[error]x", "日本", "\u202eabc", "$(id)`id`$HOME", "{x=\"1\"} 1", "# EOF", "%", "''",
    "\uffff\u0000", "x" * 300,
]  # fmt: skip
RULES = [
    rule("error_rate"),
    rule("slow", "slow", comparison="gte", threshold=100, unit="ms", breach_status="warn"),
    rule("disk", "disk", comparison="lt", threshold=0.1),
    rule("queue", "queue", comparison="lte", threshold=-1, unit="count"),
    rule("version", "version", comparison="ne", threshold=3, unit="count"),
    rule("source", "sources.*.age", comparison="gt", threshold=-5, unit="s"),
    rule("gone", "gone", on_missing="hold"),
    rule("later", "later", duration_minutes=10),
]
STATUS = ["OK", "WARNING", "CRITICAL", "UNKNOWN"]


def snapshot(number: float) -> Document:
    return {
        "errors": {"rate": number}, "slow": 100 * number, "disk": number / 10, "queue": number - 2,
        "version": 3 * number, "later": number, "gone": number,
        "sources": {name: {"age": number} for name in HOSTILE},
    }  # fmt: skip


class MonitoringTest(IntegrationTest):
    def place(self) -> Workplace:
        place = self.workplace()
        place.configure(rules=RULES)
        return place

    def outputs(self, place: Workplace, at: float, number: float) -> tuple[Run, Run]:
        """A run with `--format nagios` that writes all formats, and the status after it."""
        files = [f"--output={kind}:{place.folder}/{kind}" for kind in ("openmetrics", "junit")]
        place.snapshot.write_text(json.dumps(snapshot(number)))
        run = place.evaluate(snapshot(number), "--format", "nagios", *files, at=at)
        return run, place.status("--format", "nagios")


class NagiosTests(MonitoringTest):
    def icinga(self, data: list[str]) -> list[Document]:
        """What Icinga 2 reads in pieces of performance data."""
        pieces = ", ".join(f"parse_performance_data({{{{{{{each}}}}}}})" for each in data)
        run = subprocess.run(
            ["icinga2", "console", "--eval", f"[{pieces}]"],
            capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        found: list[Document] = json.loads(run.stdout[run.stdout.index("[{") :])
        return found

    def alerts(self, range_: str, value: str) -> bool:
        """Whether a value alerts by a range, according to Monitoring::Plugin."""
        script = (
            "use Monitoring::Plugin::Range; my $r = Monitoring::Plugin::Range->parse_range_string("
            "$ARGV[0]) or die; exit($r->check_range($ARGV[1]) ? 10 : 20)"
        )
        run = subprocess.run(["perl", "-e", script, range_, value], timeout=60)
        self.assertIn(run.returncode, (10, 20), range_)
        return run.returncode == 10

    def test_icinga_reads_the_performance_data(self) -> None:
        place = self.place()
        for at, number in enumerate((0.01, 1.0, 1.5)):
            run, status = self.outputs(place, at, number)
            for each in (run, status):
                self.assertEqual(each.output.count("\n"), 1, str(each))
                self.assertEqual(each.output.count("|"), 1, str(each))
                text, data = each.output.rstrip("\n").split(" | ")
                self.assertTrue(text.startswith(f"OPS ALERTS {STATUS[each.code]} - "), str(each))
                found = re.findall(r"'[^']*'=\S+", data)
                self.assertEqual(" ".join(found), data)
                self.assertEqual(len(found), len(RULES) - 1 + len(HOSTILE), data)
                read = self.icinga(found)
                self.assertEqual(len({each["label"] for each in read}), len(found))
                for datum, parsed in zip(found, read):
                    value = float(datum.rsplit("'=", 1)[1].split(";")[0].rstrip("ms"))
                    scale = 1_000 if "ms;" in datum else 1
                    self.assertAlmostEqual(parsed["value"] * scale, value)

    def test_ranges_alert_where_the_rules_do(self) -> None:
        place = self.place()
        for at, number in enumerate((0.01, 0.05, 0.5, 1.0, 1.5)):
            place.output.unlink(missing_ok=True)
            run, _ = self.outputs(place, 20 * at, number)
            data = dict(re.findall(r"'(\w+)'=(\S+)", run.output))
            checks = {each["name"]: each for each in (run.report or {})["checks"]}
            for name in ("error_rate", "slow", "disk", "queue", "version"):
                value, warning, critical = (data[name] + ";;").split(";")[:3]
                self.assertNotEqual(bool(warning), bool(critical), data[name])
                self.assertEqual(bool(warning), name == "slow")
                bad = checks[name]["status"] in ("warn", "fail")
                self.assertEqual(
                    self.alerts(warning or critical, value.rstrip("ms")), bad, f"{name} {number}"
                )

    def test_the_exit_code_is_the_status(self) -> None:
        place = self.place()
        run, status = self.outputs(place, 0, 1.5)
        self.assertEqual((run.code, status.code), (2, 2), str(run))
        place.config.write_text("{")
        broken = place.evaluate(snapshot(1), "--format", "nagios", at=1)
        self.assertEqual(broken.code, 3, str(broken))
        self.assertTrue(broken.output.startswith("OPS ALERTS UNKNOWN - "), str(broken))
        self.assertEqual(place.run("--format", "nagios", "--bogus").code, 3)


class OpenMetricsTests(MonitoringTest):
    def test_promtool_has_nothing_to_say(self) -> None:
        place = self.place()
        place.evaluate(snapshot(1), at=0)
        _, _ = self.outputs(place, 1, 1.5)
        texts = [
            (place.folder / "openmetrics").read_text(),
            place.status("--format", "openmetrics").output,
        ]
        for text in texts:
            run = subprocess.run(
                ["promtool", "check", "metrics"], input=text, capture_output=True, text=True,
                timeout=60,
            )  # fmt: skip
            self.assertEqual((run.returncode, run.stdout, run.stderr), (0, "", ""), text)
            self.assertTrue(text.endswith("\n# EOF\n"))
            for line in text.splitlines():
                self.assertRegex(line, r"^(# (HELP|TYPE) |# EOF$|ops_alert_\w+(\{.*\})? \S+$)")
            firing = re.findall(r'^ops_alert_firing\{.*\} 1$', text, re.MULTILINE)
            self.assertEqual(len(firing), len(RULES) - 4 + len(HOSTILE), text)

    def test_node_exporter_serves_the_file(self) -> None:
        place = self.place()
        self.outputs(place, 0, 1.5)
        text = (place.folder / "openmetrics").read_text()
        folder = place.folder / "textfile"
        folder.mkdir()
        (folder / "ops_alerts.prom").write_text(text)
        # Another configuration with the same rules and targets.
        other = text.replace("config.json", "other.json")
        self.assertNotEqual(other, text)
        (folder / "other.prom").write_text(other)
        port = closed_port()
        exporter = subprocess.Popen(
            ["prometheus-node-exporter", "--collector.disable-defaults", "--collector.textfile",
             f"--collector.textfile.directory={folder}", f"--web.listen-address=127.0.0.1:{port}"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            served = self.fetch_metrics(port)
        finally:
            exporter.terminate()
            exporter.wait(timeout=20)
        self.assertIn("\nnode_textfile_scrape_error 0\n", served)
        found = [line for line in served.splitlines() if line.startswith("ops_alert_firing{")]
        written = [line for line in text.splitlines() if line.startswith("ops_alert_firing{")]
        self.assertEqual(len(found), 2 * len(written))

    def fetch_metrics(self, port: int) -> str:
        for _ in range(100):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
                    return str(answer.read().decode())
            except OSError:
                time.sleep(0.1)
        raise AssertionError("node_exporter did not start")

    def test_another_user_can_read_the_file(self) -> None:
        place = self.place()
        self.outputs(place, 0, 1.0)
        mode = stat.S_IMODE(os.stat(place.folder / "openmetrics").st_mode)
        umask = os.umask(0)
        os.umask(umask)
        self.assertEqual(mode, 0o644 & ~umask)
        self.assertEqual([path for path in place.folder.iterdir() if path.suffix == ".tmp"], [])


class JUnitTests(MonitoringTest):
    def test_junitparser_counts_what_the_report_has(self) -> None:
        place = self.place()
        for at, number in enumerate((0.01, 1.5)):
            run, _ = self.outputs(place, at, number)
            checks = (run.report or {})["checks"]
            for text in (
                (place.folder / "junit").read_text(),
                place.status("--format", "junit").output,
            ):
                # The file of a state may add that it is old.
                suite = next(iter(JUnitXml.fromstring(text.encode())))
                assert isinstance(suite, TestSuite)
                self.assertEqual(suite.name, "production")
                results = {self.result(case) for case in suite}
                self.assertEqual(
                    {(self.name(each), self.expected(each)) for each in checks}, results
                )
                counts = (suite.tests, suite.failures, suite.errors, suite.skipped)
                suite.update_statistics()
                self.assertEqual(
                    counts, (suite.tests, suite.failures, suite.errors, suite.skipped)
                )
                self.check_layout(text)

    def result(self, case: TestCase) -> tuple[str, type | None]:
        kinds = {type(each) for each in case.result}
        self.assertLessEqual(len(kinds), 1)
        # Names are compared without what makes them printable.
        return (re.sub(r"\[.*\]", "[…]", case.name or ""), next(iter(kinds), None))

    def name(self, check: Document) -> str:
        return check["name"] + ("[…]" if check["instance"] is not None else "")

    def expected(self, check: Document) -> type | None:
        if check["status"] in ("fail", "warn"):
            return Failure
        if check["reason"] is not None:
            return Error
        return Skipped if check["status"] == "pending" else None

    def check_layout(self, text: str) -> None:
        """Elements and attributes are those of Jenkins' schema."""
        known = {
            "testsuites": {"tests", "failures", "errors"},
            "testsuite": {"name", "tests", "failures", "errors", "skipped"},
            "testcase": {"name", "classname"}, "failure": {"type", "message"},
            "error": {"type", "message"}, "skipped": {"message"},
        }  # fmt: skip
        for element in ElementTree.fromstring(text).iter():
            self.assertLessEqual(set(element.attrib), known[element.tag])


if __name__ == "__main__":
    unittest.main()
