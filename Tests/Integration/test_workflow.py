"""The workflow's steps in order, each run in a clean clone, against the demo's endpoint."""

from __future__ import annotations

import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time
import unittest

import yaml

from capture import Answer, CaptureServer, Manner, Request
from harness import TOOL, Document, IntegrationTest, rule
from workflow import BASH, TOKEN, WORKFLOW, Remote, Runner, WorkflowRun, quick_sleep

CONFIG = "artifacts/ops/rules.json"
# The files in a run's artifact.
REPORT, PAGE = "ops-alert-eval.json", "ops-alert-eval.html"
# The demo's endpoint has served this many requests before the incident begins.
FIRES = rule("many_requests", "request_metrics.requests.total", threshold=100, unit="count")
HOLDS = rule("few_requests", "request_metrics.requests.total", threshold=10**9, unit="count")
ANY = rule("any_requests", "request_metrics.requests.total", threshold=0, unit="count")


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
            if name in ("Evaluate", "Change the state"):
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

    def secure(self) -> tuple[CaptureServer, dict[str, str]]:
        """A server with its own certificate, and the variables that make curl trust it."""
        server = self.capture()
        certificate = server.use_tls(self.folder, "DNS:localhost")
        return server, {"CURL_CA_BUNDLE": str(certificate), "no_proxy": "localhost,127.0.0.1"}

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
        self.assertEqual((self.remote.foreign, self.remote.commits), ([], 1))
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
        self.assertEqual(self.remote.foreign, [])
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
        self.assertEqual((self.remote.foreign, self.remote.commits), ([], 1))
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
        server, environment = self.secure()
        self.secrets["OPS_DEADMAN_URL"] = f"https://localhost:{server.port}/ping/5ecret-of-the-switch"
        return server, environment

    def test_the_switch_is_pinged_only_by_scheduled_evaluations_that_worked(self) -> None:
        server, environment = self.switch()
        url = self.demo()
        self.play(self.run_of(url, environment=environment))
        self.assertEqual([each.path for each in server.requests()], ["/ping/5ecret-of-the-switch"])
        by_hand = self.run_of(url, environment=environment, inputs={"action": "evaluate"})
        self.assertEqual(self.play(by_hand).done["Evaluate"].outputs["saved"], "true")
        self.assertEqual(len(server.requests()), 1, "a run by hand sends no ping")
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


class ReleaseTests(WorkflowTestCase):
    """Runs that take the executable from a release."""

    ARCHIVE = f"ops-alert-eval-{os.uname().sysname}-{os.uname().machine}.tar.gz"
    STEP = "Take the executable from a release"

    @classmethod
    def setUpClass(cls) -> None:
        with tempfile.TemporaryDirectory() as folder:
            program = pathlib.Path(folder, "bin/ops-alert-eval")
            program.parent.mkdir()
            program.symlink_to(TOOL)
            packed = ["tar", "-c", "-h", "-I", "gzip -1", "-C", folder, "bin"]
            cls.archive = subprocess.run(packed, check=True, capture_output=True).stdout
        cls.sum = hashlib.sha256(cls.archive).hexdigest()

    def setUp(self) -> None:
        super().setUp()
        self.rules = [HOLDS]
        self.server, self.environment = self.secure()

    def publish(self, files: dict[str, Answer], at: str = "owner/project", tag: str = "v1.2.3") -> None:
        """Publishes as GitHub does: each address sends the client on to where the file is."""
        for name, answer in files.items():
            place = {"Location": f"https://localhost:{self.server.port}/files/{name}"}
            self.server.script(
                f"/{at}/releases/download/{tag}/{name}",
                Answer(302, headers=place) if answer.status == 200 else answer,
            )
            self.server.script(f"/files/{name}", answer)

    def take(self, url: str = "http://127.0.0.1:1/", **variables: str) -> WorkflowRun:
        run = self.run_of(
            url, is_warm=False, environment=self.environment,
            vars={"OPS_RELEASE": "v1.2.3"} | variables,
        )  # fmt: skip
        usual = run.runner.server

        def hosted(run: WorkflowRun, name: str) -> None:
            here = f"https://localhost:{self.server.port}" if name == self.STEP else usual
            run.runner.server = here

        return self.play(run, hosted)

    def sums(self, text: str) -> Answer:
        return Answer(200, text.encode())

    def asked(self) -> list[str]:
        return [each.path.rpartition("/")[2] for each in self.server.requests()]

    def test_a_release_whose_sum_is_right_is_used_and_cached(self) -> None:
        sums = f"{'0' * 64}  other.tar.gz\n{self.sum}  {self.ARCHIVE}\n"
        self.publish({self.ARCHIVE: Answer(200, self.archive), "SHA256SUMS": self.sums(sums)})
        run = self.take(self.demo())
        self.assertEqual(run.done[self.STEP].outcome, "success", str(run))
        self.assertRegex(run.done[self.STEP].text, r"ops-alert-eval \d+\.\d+")
        self.assertEqual(run.done["Build the executable"].outcome, "skipped")
        self.assertEqual((self.code(run), run.is_green), ("0", True), str(run))
        self.assertTrue(run.saved_cache)
        installed = run.runner.workspace / ".build/installed"
        self.assertEqual(
            [path for path in installed.rglob("*") if path.is_file()],
            [installed / "bin/ops-alert-eval"],
        )

    def test_a_sum_that_was_reviewed_takes_the_place_of_the_one_in_the_release(self) -> None:
        self.publish({self.ARCHIVE: Answer(200, self.archive)}, at="else/where")
        elsewhere = {"OPS_RELEASE_REPOSITORY": "else/where"}
        run = self.take(OPS_RELEASE_SHA256=self.sum, **elsewhere)
        self.assertEqual(run.done[self.STEP].outcome, "success", str(run))
        self.assertEqual(set(self.asked()), {self.ARCHIVE})
        wrong = self.take(OPS_RELEASE_SHA256="0" * 64, **elsewhere)
        self.assert_refused(wrong, f"has the sum {self.sum}, not {'0' * 64}: it is not used.")

    def test_another_release_repository_or_sum_is_not_taken_from_the_cache(self) -> None:
        keys = set()
        for variables in (
            {"OPS_RELEASE": ""}, {}, {"OPS_RELEASE": "v1.2.4"}, {"OPS_RELEASE_SHA256": self.sum},
            {"OPS_RELEASE_REPOSITORY": "else/where"},
        ):  # fmt: skip
            run = self.run_of("http://127.0.0.1:1/", vars={"OPS_RELEASE": "v1.2.3"} | variables)
            names = [each["name"] for each in run.steps]
            run.steps = run.steps[: names.index(self.STEP) + 1]
            run.play()
            keys.add(run.done["Restore the executable"].outputs["cache-primary-key"])
            self.assertEqual(run.done[self.STEP].outcome, "skipped", "the cache has it")
        self.assertEqual(len(keys), 5)

    def test_a_release_that_is_not_what_it_should_be_is_refused_in_one_sentence(self) -> None:
        archive = Answer(200, self.archive)
        whole = self.sums(f"{self.sum}  {self.ARCHIVE}\n")
        there = "of release v1.2.3 of owner/project cannot be downloaded"
        for files, sentence in [
            ({self.ARCHIVE: archive, "SHA256SUMS": self.sums(f"{'1' * 64}  {self.ARCHIVE}\n")},
             f"{self.ARCHIVE} of release v1.2.3 has the sum {self.sum}, not {'1' * 64}: it is not used."),
            ({self.ARCHIVE: Answer(200, self.archive[:-1]), "SHA256SUMS": whole}, "it is not used."),
            ({self.ARCHIVE: archive, "SHA256SUMS": self.sums(f"{self.sum}  other.tar.gz\n")},
             f"SHA256SUMS of release v1.2.3 has no line for {self.ARCHIVE}."),
            ({self.ARCHIVE: archive, "SHA256SUMS": self.sums(f"{self.sum[1:]}  {self.ARCHIVE}\n")},
             f"SHA256SUMS of release v1.2.3 has no line for {self.ARCHIVE}."),
            ({self.ARCHIVE: Answer(404), "SHA256SUMS": whole},
             f"{self.ARCHIVE} {there} (curl exit code 22)."),
            ({self.ARCHIVE: archive, "SHA256SUMS": Answer(404)},
             f"SHA256SUMS {there} (curl exit code 22)."),
            ({self.ARCHIVE: Answer(200, self.archive, manner=Manner.RESET), "SHA256SUMS": whole},
             f"{self.ARCHIVE} {there} (curl exit code "),
            ({self.ARCHIVE: Answer(302, headers={"Location": "http://localhost:1/"}), "SHA256SUMS": whole},
             f"{self.ARCHIVE} {there} (curl exit code 1)."),
        ]:  # fmt: skip
            with self.subTest(sentence):
                self.publish(files)
                self.assert_refused(self.take(), sentence)

    def test_a_variable_that_names_no_release_is_refused_before_anything_is_requested(self) -> None:
        for variables, sentence in [
            ({"OPS_RELEASE": "latest"}, "OPS_RELEASE must be the tag of a release, such as v1.2.3."),
            ({"OPS_RELEASE": "v1.2.3/../v1"}, "OPS_RELEASE must be the tag"),
            ({"OPS_RELEASE": "v1.2.3\nv1"}, "OPS_RELEASE must be the tag"),
            ({"OPS_RELEASE": "$(touch pwned)"}, "OPS_RELEASE must be the tag"),
            ({"OPS_RELEASE_REPOSITORY": "a/b/c"}, "OPS_RELEASE_REPOSITORY must be owner/name."),
            ({"OPS_RELEASE_SHA256": "ABC"}, "OPS_RELEASE_SHA256 must have 64 hexadecimal digits"),
        ]:  # fmt: skip
            with self.subTest(str(variables)):
                run = self.take(**variables)
                self.assert_refused(run, sentence)
                self.assertEqual(list(run.runner.folder.rglob("pwned")), [])
        self.assertEqual(self.asked(), [])

    def assert_refused(self, run: WorkflowRun, sentence: str) -> None:
        self.assertEqual(run.done[self.STEP].outcome, "failure", str(run))
        complaints = re.findall("(?m)^::.*$", run.log)
        self.assertEqual(len(complaints), 1, str(run))
        self.assertIn(sentence, complaints[0])
        self.assertTrue(complaints[0].startswith("::error title=No executable::"))
        self.assertEqual(run.done["Evaluate"].outcome, "skipped")
        self.assertFalse((run.runner.workspace / ".build/installed").exists())
        self.assertFalse(run.saved_cache)


class ActionTests(WorkflowTestCase):
    """What a person asks for on the page "Run workflow"."""

    def act(self, action: str, before: object = None, *, by: str = "kim", **inputs: str | bool) -> WorkflowRun:
        more = {"match": "", "for": "", "reason": "", "dry_run": False}
        given = {name.rstrip("_"): value for name, value in inputs.items()}
        run = self.run_of(
            self.url, inputs=more | {"action": action} | given, environment={"GITHUB_ACTOR": by}
        )
        run = self.play(run, before)
        done = run.done["Evaluate"]
        self.assertEqual((done.outcome, run.artifact), ("skipped", {}), str(run))
        self.assertEqual(run.done["Ping the dead man's switch"].outcome, "skipped")
        return run

    def evaluate(self) -> WorkflowRun:
        return self.play(self.run_of(self.url, inputs={"action": "evaluate"}))

    @property
    def state(self) -> Document:
        return json.loads(self.remote.state)

    def episodes(self) -> dict[str, Document]:
        """The alerts that fire, by their rules."""
        (section,) = self.state["targets"].values()
        firing = [each for each in section["alerts"] if each["phase"] == "firing"]
        return {each["rule"]: each for each in firing}

    def setUp(self) -> None:
        super().setUp()
        self.url = self.demo()
        self.hooks = self.capture()
        self.secrets["OPS_ALERT_WEBHOOK_URL"] = self.hooks.url("/hook-5ecret-path")

    def test_a_silence_changes_the_next_runs_until_it_is_ended(self) -> None:
        self.assertEqual(self.code(self.evaluate()), "1")
        run = self.act("silence", match="many_requests", for_="2h", reason="deploy 4711")
        self.assertTrue(run.is_green, str(run))
        (silence,) = self.state["silences"]
        self.assertEqual((silence["reason"], silence["author"]), ("deploy 4711", "kim"))
        self.assertIn(silence["id"], run.log)
        self.assertEqual(self.remote.commits, 1)
        quiet = self.evaluate()
        self.assertEqual((self.code(quiet), quiet.is_green), ("0", True), str(quiet))
        (check, _, _) = self.report(quiet)["checks"]
        self.assertEqual((check["name"], check["phase"]), ("many_requests", "firing"))
        self.assertEqual(check["silenced_by"]["id"], silence["id"])
        ended = self.act("end silence", match=silence["id"])
        self.assertTrue(ended.is_green, str(ended))
        self.assertEqual(self.code(self.evaluate()), "1")
        self.assertEqual(len(self.hooks.requests()), 1, "told once, before the silence")
        self.act("silence", match="rule=many_* severity=critical", for_="30m", reason="again")
        self.assertTrue(self.act("end silence", match="all").is_green)
        self.assertEqual(self.code(self.evaluate()), "1")

    def test_an_acknowledgement_is_in_the_name_of_who_asked(self) -> None:
        self.evaluate()
        run = self.act("acknowledge", match="rule=many_requests", reason="on it", by="alex")
        self.assertTrue(run.is_green, str(run))
        self.assertIn("alex", json.dumps(self.state))
        self.assertIn("on it", json.dumps(self.state))
        again = self.act("acknowledge", match="many_requests")
        self.assertTrue(again.is_green, str(again))
        other = self.act("acknowledge", match="few_requests")
        self.assertFalse(other.is_green)
        self.assertIn("not firing", other.log)

    def test_two_people_at_once_both_get_what_they_asked_for(self) -> None:
        self.evaluate()
        others: list[WorkflowRun] = []

        def between(run: WorkflowRun, name: str) -> None:
            if name == "Change the state" and not others:
                others.append(run)
                others.append(
                    self.act("silence", match="few_requests", for_="1h", reason="mine", by="alex")
                )

        run = self.act("silence", between, match="many_requests", for_="1h", reason="and mine")
        self.assertTrue(run.is_green and others[1].is_green, str(run))
        self.assertIn("Another run saved first", run.log)
        found = sorted((each["author"], each["reason"]) for each in self.state["silences"])
        self.assertEqual(found, [("alex", "mine"), ("kim", "and mine")])
        self.assertEqual(self.remote.commits, 1)

    def test_what_people_change_during_an_evaluation_is_kept_beside_its_alerts(self) -> None:
        acts: list[WorkflowRun] = []

        def deliver(_: Request) -> Answer:
            if not acts:
                acts.append(self.act("silence", match="rule=*", for_="1h", reason="noise"))
                acts.append(self.act("acknowledge", match="any_requests", by="alex"))
            return Answer(200)

        self.rules = [HOLDS, ANY]
        self.evaluate()
        self.rules = [FIRES, HOLDS, ANY]
        self.hooks.respond("/hook-5ecret-path", deliver)
        run = self.evaluate()
        for act in acts:
            self.assertTrue(act.is_green, str(act))
        self.assertIn("merged silences and acknowledgements", run.log)
        self.assertNotIn("Another run saved first", run.log)
        self.assertEqual(run.done["Evaluate"].outputs["saved"], "true")
        fired = self.episodes()
        self.assertEqual(list(fired), ["any_requests", "many_requests"], str(run))
        self.assertEqual(fired["any_requests"]["acknowledged"]["author"], "alex")
        self.assertEqual([each["reason"] for each in self.state["silences"]], ["noise"])
        history = [json.loads(line) for line in self.remote.history.splitlines()]
        kinds = [(each["kind"], each["event"]) for each in history]
        for wanted in (("silence", "added"), ("acknowledgement", "acknowledged")):
            self.assertEqual(kinds.count(wanted), 1, kinds)
        self.assertEqual(self.evaluate().done["Evaluate"].outputs["code"], "0", "all are silenced")
        again = self.episodes()["many_requests"]
        self.assertEqual(again["fired_at"], fired["many_requests"]["fired_at"])

    def test_a_dry_run_of_an_action_saves_nothing(self) -> None:
        self.evaluate()
        tip = self.remote.tip
        run = self.act(
            "silence", match="many_requests", for_="2h", reason="a try", dry_run=True
        )
        self.assertTrue(run.is_green, str(run))
        self.assertIn("many_requests", run.log)
        self.assertEqual(self.remote.tip, tip)

    def test_a_mistake_in_an_input_changes_nothing(self) -> None:
        self.evaluate()
        tip = self.remote.tip
        for inputs, sentence in [
            ({"match": "", "for_": "1h", "reason": "x"}, "--match needs a non-empty value"),
            ({"match": "no_such_rule", "for_": "1h", "reason": "x"}, "no rule"),
            ({"match": "rul=many_requests", "for_": "1h", "reason": "x"}, "has no key"),
            ({"match": "many_requests", "for_": "", "reason": "x"}, "--for needs a non-empty value"),
            ({"match": "many_requests", "for_": "soon", "reason": "x"}, "needs a duration"),
            ({"match": "many_requests", "for_": "31h", "reason": ""}, "--reason needs"),
            ({"match": "many_requests", "for_": "721h", "reason": "x"}, "30 days"),
        ]:
            run = self.act("silence", **inputs)
            self.assertFalse(run.is_green, str(run))
            self.assertIn(sentence, run.done["Change the state"].text)
        for action in ("end silence", "acknowledge"):
            run = self.act(action, match="nothing")
            self.assertFalse(run.is_green, str(run))
        self.assertEqual(self.remote.tip, tip)

    # Texts that a shell, the parser of options or the runner could take for something else.
    hostile = [
        "$(touch pwned)", "`touch pwned`", "'; touch pwned; '", '"; touch pwned; "', "x & touch pwned",
        "--all", "--everything", "-- --all", "--state=/tmp/other", "::error::gone", "%0A::error::gone",
        "##[error]gone", "##vso[task.complete]", "${{ secrets.OPS_API_BEARER_TOKEN }}", "*", "~", "!!",
        "x\n::error::gone", "x\r::error::gone", "x\n--everything", "\u001b[31m", "\u202ex", "é 日本",
        "${GITHUB_TOKEN}", "|x", "y" * 5_000,
    ]  # fmt: skip

    def test_no_input_reaches_a_shell_the_options_or_the_runner(self) -> None:
        self.evaluate()
        before = self.state
        script = self.act("silence", match="many_requests", for_="1h", reason="the first")
        runner = script.runner
        (step,) = [each for each in script.steps if each["name"] == "Change the state"]
        for action, field in [
            ("silence", "MATCH"), ("silence", "FOR"), ("silence", "REASON"),
            ("end silence", "MATCH"), ("acknowledge", "MATCH"), ("acknowledge", "REASON"),
        ]:  # fmt: skip
            for text in self.hostile:
                with self.subTest(f"{action} {field} {text[:40]!r}"):
                    self.check_hostile(script, step["run"], action, field, text)
        self.assertEqual(sorted(self.state["targets"]), sorted(before["targets"]))
        self.assertEqual(runner.workspace.parent.name, "runner-2")

    def check_hostile(
        self, run: WorkflowRun, script: str, action: str, field: str, text: str
    ) -> None:
        runner = run.runner
        usual = {"MATCH": "many_requests", "FOR": "1h", "REASON": "a reason"}
        variables = usual | {field: text, "ACTION": action, "DRY_RUN": "false"}
        variables |= {"CONFIG": CONFIG, "GITHUB_TOKEN": TOKEN}
        file = runner.folder / "change.sh"
        file.write_text(script)
        silences = len(json.loads(runner.state.read_text())["silences"])
        runner.summary.write_text("")
        said = runner.bash([*BASH, str(file)], variables)
        lines = re.split(r"[\r\n]", said.text)
        self.assertEqual([line for line in lines if line.startswith("::")], [], said.text)
        self.assertNotIn("##[", said.text)
        self.assertNotIn("##vso[", said.text)
        self.assertNotIn("\x1b", said.text)
        for name in ("pwned", "other"):
            self.assertEqual(list(runner.folder.rglob(name)), [])
        self.assertFalse(pathlib.Path("/tmp/other").exists())
        state = json.loads(runner.state.read_text())
        added = state["silences"][silences:]
        if said.code == 0 and field == "REASON":
            self.assertIn(text, json.dumps(state, ensure_ascii=False).replace('\\"', '"'))
        elif said.code == 0:
            # A pattern or an id that means what it says.
            self.assertEqual(text, "*", said.text)
        else:
            self.assertEqual((said.code, added), (2, []), said.text)
        self.assertLessEqual(len(added), 1)
        summary = runner.summary.read_text().splitlines()
        self.assertEqual([line for line in summary if not line.startswith("    ")], [])


if __name__ == "__main__":
    unittest.main()
