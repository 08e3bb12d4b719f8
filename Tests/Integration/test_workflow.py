"""The workflow's steps in order, each run in a clean clone, against the demo's endpoint."""

from __future__ import annotations

import json
import os
import pathlib
import shutil
import ssl
import subprocess
import tempfile
import time
import unittest

import yaml

from capture import Answer, CaptureServer, Manner, Request
from harness import TOOL, Document, IntegrationTest, rule
from workflow import TOKEN, WORKFLOW, Remote, Runner, WorkflowRun, quick_sleep

CONFIG = "artifacts/ops/rules.json"
# The files in a run's artifact.
REPORT, PAGE = "ops-alert-eval.json", "ops-alert-eval.html"
# The demo's endpoint has served this many requests before the incident begins.
FIRES = rule("many_requests", "request_metrics.requests.total", threshold=100, unit="count")
HOLDS = rule("few_requests", "request_metrics.requests.total", threshold=10**9, unit="count")


def hurried() -> Document:
    """The workflow with a confirmation of a few seconds."""
    text = WORKFLOW.read_text()
    hurry = {"--interval 30s": "--interval 1s", "--confirm-for 12m": "--confirm-for 6s"}
    for asked, short in hurry.items():
        assert asked in text, asked
        text = text.replace(asked, short)
    return yaml.safe_load(text)


class WorkflowTestCase(IntegrationTest):
    """A repository on disk, the demo's endpoint, and runs of the workflow."""

    def setUp(self) -> None:
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="ops-alert-workflow-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.remote = Remote(self.folder)
        self.programs = quick_sleep(self.folder)
        self.count = 0
        self.secrets = {"OPS_API_BEARER_TOKEN": "bearer-5ecret-0123456789"}
        self.rules = [FIRES, HOLDS]

    def demo(self) -> str:
        """The address of the demo's endpoint, with an incident slow enough to stand still.

        That holds even while an executable is built: the demo's restart, at half time, resets the
        counter.
        """
        process = subprocess.Popen(
            [str(TOOL), "demo", "--serve", "2h"], stdout=subprocess.PIPE, text=True
        )
        self.addCleanup(process.wait)
        self.addCleanup(process.terminate)
        self.addCleanup(process.stdout.close)
        return process.stdout.readline().strip()

    def run_of(self, url: str, **more: object) -> WorkflowRun:
        self.count += 1
        runner = Runner(self.folder / f"runner-{self.count}", self.remote.server, [self.programs])
        runner.variables = dict(more.pop("environment", {}))
        variables = {"OPS_METRICS_URL": url, "OPS_ALERT_CONFIG": CONFIG}
        return WorkflowRun(
            runner, variables=variables | more.pop("vars", {}), secrets=self.secrets,
            **({"document": hurried()} | more),
        )  # fmt: skip

    def play(self, run: WorkflowRun, before: object = None) -> WorkflowRun:
        """Plays a run with this test's rules in its clone."""

        def prepare(run: WorkflowRun, name: str) -> None:
            if name == "Evaluate":
                place = run.runner.workspace / CONFIG
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_text(json.dumps({"rules": self.rules}))
            if before:
                before(run, name)

        run.play(prepare)
        for secret in [TOKEN, *self.secrets.values()]:
            self.assertNotIn(secret, run.log)
            if run.runner.summary.exists():
                self.assertNotIn(secret, run.runner.summary.read_text())
            if self.remote.tip:
                self.assertNotIn(secret, self.remote.state)
        return run

    def report(self, run: WorkflowRun) -> Document:
        self.assertIn(REPORT, run.artifact, str(run))
        return json.loads(run.artifact[REPORT].read_text())

    def page(self, run: WorkflowRun) -> str:
        self.assertIn(PAGE, run.artifact, str(run))
        return run.artifact[PAGE].read_text()

    def transitions(self, run: WorkflowRun) -> list[tuple[str, str]]:
        return [(each["name"], each["to"]) for each in self.report(run)["transitions"]]

    def code(self, run: WorkflowRun) -> str | None:
        return run.done["Evaluate"].outputs.get("code")

    def firing(self) -> list[tuple[str, str]]:
        targets = json.loads(self.remote.state)["targets"]
        return sorted(
            (target, alert["rule"]) for target, section in targets.items()
            for alert in section["alerts"] if alert["phase"] == "firing"
        )  # fmt: skip


class WorkflowTests(WorkflowTestCase):
    def test_consecutive_runs_share_their_state(self) -> None:
        hooks = self.capture()
        self.secrets["OPS_ALERT_WEBHOOK_URL"] = hooks.url("/hook-5ecret-path")
        url = self.demo()
        first = self.play(self.run_of(url))
        self.assertEqual(self.code(first), "1", str(first))
        self.assertFalse(first.is_green, "an alert makes the run red")
        self.assertEqual(self.transitions(first), [("many_requests", "firing")])
        self.assertIn("many_requests", first.runner.summary.read_text())
        self.assertEqual(set(first.artifact), {REPORT, PAGE})
        self.assertIn("1 firing", self.page(first))
        self.assertTrue(self.page(first).endswith("</html>\n"), "a whole page")
        self.assertRegex(first.log, "(?m)^::error [^:]*many_requests")
        self.assertEqual(len(hooks.requests()), 1)
        self.assertEqual((self.remote.files, self.remote.commits), (["state.json"], 1))
        self.assertEqual(first.done["Build the executable"].outcome, "skipped")

        second = self.play(self.run_of(url))
        self.assertEqual((self.code(second), self.transitions(second)), ("1", []), str(second))
        self.assertEqual(len(hooks.requests()), 1, "notified once")
        self.assertEqual(self.remote.commits, 1)

        self.remote.lose()
        third = self.play(self.run_of(url))
        self.assertIn("State lost", third.log)
        self.assertEqual(self.transitions(third), [("many_requests", "firing")])

        self.rules = [HOLDS]
        fourth = self.play(self.run_of(url))
        self.assertEqual(self.code(fourth), "0", str(fourth))
        self.assertTrue(fourth.is_green, str(fourth))
        self.assertEqual(self.report(fourth)["status"], "pass")
        self.assertIn("pass", self.page(fourth))

    def test_a_pending_rule_is_decided_in_the_same_run(self) -> None:
        self.rules = [FIRES | {"duration_minutes": 0.05}]
        run = self.play(self.run_of(self.demo()))
        self.assertEqual(self.code(run), "1", str(run))
        self.assertEqual([name for _, name in self.firing()], ["many_requests"], str(run))

    def test_a_lost_state_fails_a_good_run_once(self) -> None:
        self.rules = [HOLDS]
        url = self.demo()
        greens = []
        for turn in range(3):
            if turn == 1:
                self.remote.lose()
            greens.append(self.play(self.run_of(url)).is_green)
        self.assertEqual(greens, [True, False, True])

    def test_alerts_keep_the_run_green_with_fail_on_never(self) -> None:
        run = self.play(self.run_of(self.demo(), vars={"OPS_FAIL_ON": "never"}))
        self.assertEqual((self.code(run), run.is_green), ("0", True), str(run))
        self.assertEqual(self.transitions(run), [("many_requests", "firing")])

    def test_a_dry_run_sends_and_pushes_nothing(self) -> None:
        hooks = self.capture()
        self.secrets["OPS_ALERT_WEBHOOK_URL"] = hooks.url("/hook-5ecret-path")
        run = self.play(self.run_of(self.demo(), inputs={"dry_run": True}))
        self.assertEqual(self.code(run), "1", str(run))
        self.assertEqual(self.transitions(run), [("many_requests", "firing")])
        self.assertIn("many_requests", self.page(run))
        self.assertEqual(self.remote.tip, "")
        self.assertEqual(hooks.requests(), [])
        skipped = [name for name, done in run.done.items() if done.outcome == "skipped"]
        self.assertIn("Ping the dead man's switch", skipped)
        self.assertIn("Save the state of an interrupted evaluation", skipped)

    def test_an_unreachable_endpoint_is_remembered(self) -> None:
        run = self.play(self.run_of("http://127.0.0.1:1/ops/metrics"))
        self.assertEqual(self.code(run), "3", str(run))
        self.assertFalse(run.is_green)
        self.assertIn("endpoint_down", self.remote.state)

    def test_an_unreadable_state_is_kept_until_it_is_reset(self) -> None:
        url = self.demo()
        self.play(self.run_of(url))
        self.remote.replace({"state.json": '{"format": '})
        tip = self.remote.tip
        corrupt = self.play(self.run_of(url))
        self.assertEqual(self.code(corrupt), "4", str(corrupt))
        self.assertEqual(self.remote.tip, tip)
        reset = self.play(self.run_of(url, inputs={"reset_state": True}))
        self.assertEqual(self.transitions(reset), [("many_requests", "firing")], str(reset))
        self.assertEqual(self.remote.files, ["state.json"])
        json.loads(self.remote.state)

    def test_a_mistake_in_the_configuration_saves_nothing_and_fails(self) -> None:
        self.rules = [rule(threshold="much")]
        run = self.play(self.run_of(self.demo()))
        self.assertEqual((self.code(run), run.is_green), ("2", False), str(run))
        self.assertIn("rules[0].threshold", run.log)
        self.assertEqual((self.remote.tip, run.artifact), ("", {}))

    def test_two_racing_runs_end_with_a_state_that_has_the_decisions_of_both(self) -> None:
        """A second run starts and ends while the first delivers: the first finds a moved branch."""
        east, west = self.demo(), self.demo()
        others: list[WorkflowRun] = []

        def deliver(_: Request) -> Answer:
            if not others:
                others.append(self.run_of(west))
                self.play(others[0])
            return Answer(200)

        hooks = self.capture()
        hooks.respond("/hook-5ecret-path", deliver)
        self.secrets["OPS_ALERT_WEBHOOK_URL"] = hooks.url("/hook-5ecret-path")
        run = self.play(self.run_of(east))
        self.assertIn("Another run saved first", run.log)
        self.assertNotIn("Another run saved first", others[0].log)
        both = [(url.split("/")[2], "many_requests") for url in (east, west)]
        self.assertEqual(self.firing(), sorted(both), str(run))
        self.assertEqual((self.remote.files, self.remote.commits), (["state.json"], 1))
        self.assertEqual(run.done["Evaluate"].outputs["saved"], "true")

    def test_an_interrupted_evaluation_saves_its_state(self) -> None:
        hooks = self.capture()
        hooks.script("/hook-5ecret-path", Answer(manner=Manner.SILENT))
        self.secrets["OPS_ALERT_WEBHOOK_URL"] = hooks.url("/hook-5ecret-path")
        run = self.run_of(self.demo())
        run.limits["Evaluate"] = 3
        self.play(run)
        self.assertEqual(run.done["Evaluate"].outcome, "failure")
        self.assertEqual([name for _, name in self.firing()], ["many_requests"], str(run))
        self.assertIn("many_requests", json.dumps(json.loads(self.remote.state)["notifications"]))

    @unittest.skipUnless(os.environ.get("OPS_COLD_BUILD"), "OPS_COLD_BUILD=1 builds in the clone")
    def test_a_cold_run_builds_and_caches_the_executable(self) -> None:
        run = self.play(self.run_of(self.demo(), is_warm=False))
        self.assertEqual(run.done["Build the executable"].outcome, "success", str(run))
        self.assertTrue(run.saved_cache)
        self.assertEqual(self.code(run), "1", str(run))

    # The dead man's switch.

    def switch(self) -> tuple[CaptureServer, dict[str, str]]:
        """A server with its own certificate, and the variables that make curl trust it."""
        key, certificate = self.folder / "key.pem", self.folder / "certificate.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
             "-nodes", "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=localhost",
             "-addext", "subjectAltName=DNS:localhost"], check=True, capture_output=True,
        )  # fmt: skip
        server = self.capture()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        server._server.socket = context.wrap_socket(server._server.socket, server_side=True)
        address = f"https://localhost:{server.port}/ping/5ecret-of-the-switch"
        self.secrets["OPS_DEADMAN_URL"] = address
        return server, {"CURL_CA_BUNDLE": str(certificate), "no_proxy": "localhost,127.0.0.1"}

    def test_the_switch_is_pinged_only_by_evaluations_that_worked(self) -> None:
        server, environment = self.switch()
        url = self.demo()
        self.play(self.run_of(url, environment=environment))
        self.assertEqual([each.path for each in server.requests()], ["/ping/5ecret-of-the-switch"])
        down = self.play(self.run_of("http://127.0.0.1:1/", environment=environment))
        self.assertEqual((self.code(down), len(server.requests())), ("3", 2), str(down))
        for broken in ("configuration", "state"):
            if broken == "configuration":
                self.rules = [rule(threshold="much")]
            else:
                self.rules = [FIRES]
                hook = self.remote.path / "hooks/pre-receive"
                hook.write_text("#!/bin/sh\nexit 1\n")
                hook.chmod(0o755)
            run = self.play(self.run_of(url, environment=environment))
            self.assertIn("No ping", run.done["Ping the dead man's switch"].text)
        self.assertEqual(len(server.requests()), 2)

    def test_a_failed_ping_or_an_address_without_https_does_not_fail_the_run(self) -> None:
        server, environment = self.switch()
        self.rules = [HOLDS]
        url = self.demo()
        server.script("/ping/5ecret-of-the-switch", Answer(404))
        run = self.play(self.run_of(url, environment=environment))
        self.assertTrue(run.is_green)
        self.assertIn("The ping failed (curl exit code 22)", run.log)
        for wrong in ("http://localhost/5ecret-of-the-switch", 'https://x/"5ecret-of-the-switch'):
            self.secrets["OPS_DEADMAN_URL"] = wrong
            run = self.play(self.run_of(url, environment=environment))
            self.assertTrue(run.is_green)
            self.assertIn("not an https address", run.log)


if __name__ == "__main__":
    unittest.main()
