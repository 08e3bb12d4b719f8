"""The release in other distributions, without the toolchain that built it."""

from __future__ import annotations

import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
from concurrent.futures import ThreadPoolExecutor

from capture import Answer, CaptureServer
from distributions import ROOTS, Root, Unavailable
from harness import BAD, REPOSITORY, TOOL, rule

CONFIG = "config/ops_alert_thresholds.json"
RULE_TESTS = "config/ops_alert_thresholds.tests.json"
REMOVE_LIBCURL = "rm -f usr/lib/*/libcurl.so.4*"

# Why a root cannot be tested, or what went wrong when it was made, by the suite.
trouble: dict[str, Exception] = {}


def setUpModule() -> None:
    start = time.monotonic()

    def make(root: Root) -> None:
        try:
            root.make()
        except Exception as error:
            trouble[root.suite] = error

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(make, ROOTS))
    made = [root.name for root in ROOTS if root.suite not in trouble]
    print(f"roots: {', '.join(made) or 'none'}, in {time.monotonic() - start:.0f} s", file=sys.stderr)
    for reason in {str(error) for error in trouble.values() if isinstance(error, Unavailable)}:
        print(f"roots: skipped: {reason}", file=sys.stderr)


class SymbolTests(unittest.TestCase):
    def test_no_symbol_is_newer_than_the_oldest_distribution(self) -> None:
        """Ubuntu 22.04 has glibc 2.35; libstdc++ is linked in."""
        listed = subprocess.run(
            ["readelf", "--version-info", "--wide", TOOL], check=True, capture_output=True, text=True
        ).stdout
        found = re.findall(r"Name: GLIBC_([0-9.]+)", listed)
        versions = {tuple(map(int, version.split("."))) for version in found}
        self.assertTrue(versions)
        self.assertLessEqual(max(versions), (2, 35))
        self.assertNotRegex(listed, "Name: (GLIBCXX|CXXABI)_")


class RootTests(unittest.TestCase):
    """Each test runs in every root."""

    maxDiff = 4_000

    def setUp(self) -> None:
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="ops-alert-root-"))
        self.folder.chmod(0o777)
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def say(self, root: Root, code: int, *arguments: str, **more: str) -> str:
        done = root.enter(self.folder, "ops-alert-eval", *arguments, **more)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def configure(self, **receiver: object) -> None:
        receivers = [{"name": "hook", "url_env": "HOOK_URL"} | receiver] if receiver else []
        rules = {"rules": [rule()]} | ({"receivers": receivers} if receivers else {})
        (self.folder / "rules.json").write_text(json.dumps(rules))

    def server(self) -> CaptureServer:
        server = CaptureServer(Answer(200, json.dumps(BAD).encode()))
        self.addCleanup(server.close)
        return server

    def check_start(self, root: Root) -> None:
        self.assertEqual(list(root.path.rglob("libswift*")), [], "no toolchain")
        self.assertRegex(self.say(root, 0, "--version"), r"^ops-alert-eval \d")

    def check_demo(self, root: Root) -> None:
        self.assertRegex(self.say(root, 0, "demo", "--quiet"), r"\d+ evaluations, 3 alerts")

    def check_rules(self, root: Root) -> None:
        shutil.copytree(REPOSITORY / "config", self.folder / "config")
        self.assertIn("is valid: 4 rules", self.say(root, 0, "check", "--config", CONFIG))
        self.assertRegex(self.say(root, 0, "test", RULE_TESTS), r"\d+ passed")

    def check_evaluation(self, root: Root) -> None:
        server, hook = self.server(), self.server()
        self.configure(type="slack")
        said = self.say(
            root, 1, "--config", "rules.json", "--metrics-url", server.url("/metrics"),
            "--state", "state.json", HOOK_URL=hook.url("/hook"),
        )  # fmt: skip
        self.assertIn("FIRING  error_rate", said)
        (message,) = hook.requests("/hook")
        self.assertIn("error_rate", message.text)
        self.assertIn("error_rate", (self.folder / "state.json").read_text())

    def check_time_zone(self, root: Root) -> None:
        """Berlin is one hour ahead of UTC in winter, and two in summer."""
        hours = {"time_zone": "Europe/Berlin", "days": ["mon"], "from": "08:00", "to": "18:00"}
        self.configure(type="slack", hours=hours)
        (self.folder / "snapshot.json").write_text(json.dumps(BAD))
        for at, begins, here in [
            ("2025-11-24T05:30:00Z", "07:00 UTC", "06:30 UTC+1"),
            ("2025-07-07T05:30:00Z", "06:00 UTC", "07:30 UTC+2"),
        ]:
            (self.folder / "state.json").unlink(missing_ok=True)
            evaluate = ("--config", "rules.json", "--snapshot", "snapshot.json", "--at", at)
            said = self.say(
                root, 1, *evaluate, "--state", "state.json", "--deliver",
                HOOK_URL="http://127.0.0.1:1/hook",
            )  # fmt: skip
            self.assertIn(f"outside the receiver's hours until {begins}", said)
            self.assertIn(here, self.say(root, 1, *evaluate, "--time-zone", "Europe/Berlin"))

    def check_tls(self, root: Root) -> None:
        """The root's own store of certificates decides: it has ours only in the second run."""
        server = self.server()
        server.use_tls(self.folder, "IP:127.0.0.1")
        self.configure()
        evaluate = (
            "--config", "rules.json", "--metrics-url", f"https://127.0.0.1:{server.port}/metrics",
            "--state", "state.json", "--retries", "0",
        )  # fmt: skip
        self.assertIn("certificate", self.say(root, 3, *evaluate))
        trust = "cat folder/certificate.pem >>etc/ssl/certs/ca-certificates.crt"
        self.assertRegex(self.say(root, 1, *evaluate, before=trust), "FIRING +error_rate")

    def check_without_libcurl(self, root: Root) -> None:
        self.configure()
        (self.folder / "snapshot.json").write_text(json.dumps(BAD))
        evaluate = ("--config", "rules.json", "--snapshot", "snapshot.json")
        self.say(root, 1, *evaluate, before=REMOVE_LIBCURL)
        said = self.say(root, 4, "demo", before=REMOVE_LIBCURL)
        self.assertEqual(
            said.splitlines()[-1],
            "ops-alert-eval: error: cannot play the demo: cannot run the HTTP worker (libcurl.so.4 "
            "cannot be loaded; on Debian, install libcurl4t64 or libcurl4): check the installation and its limits",
        )


CHECKS = {
    "starts_without_the_toolchain": RootTests.check_start,
    "plays_the_demo": RootTests.check_demo,
    "checks_and_tests_the_shipped_rules": RootTests.check_rules,
    "evaluates_over_http_and_notifies": RootTests.check_evaluation,
    "knows_time_zones": RootTests.check_time_zone,
    "trusts_the_certificates_of_the_root": RootTests.check_tls,
    "says_that_libcurl_is_missing": RootTests.check_without_libcurl,
}


def test_of(root: Root, check: object) -> object:
    def test(self: RootTests) -> None:
        error = trouble.get(root.suite)
        if isinstance(error, Unavailable) and os.environ.get("OPS_ROOTS") != "required":
            self.skipTest(str(error))
        if error is not None:
            raise error
        check(self, root)

    return test


for _root in ROOTS:
    for _name, _check in CHECKS.items():
        setattr(RootTests, f"test_{_root.suite}_{_name}", test_of(_root, _check))


if __name__ == "__main__":
    unittest.main()
