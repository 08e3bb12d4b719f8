"""`watch` in a real terminal, and as a service."""

from __future__ import annotations

import fcntl
import json
import os
import pathlib
import re
import signal
import subprocess
import time
import unittest

from capture import Answer, CaptureServer, Manner
from harness import REPOSITORY, TOOL, Document, IntegrationTest, Workplace, receiver, rule
from terminal import Terminal

FIXTURES = REPOSITORY / "Tests/Fixtures/watch"
BAD: Document = {"errors": {"rate": 0.5}, "queues": {"mail": 9, "日本語": 700}, "latency": 1}
GOOD: Document = {"errors": {"rate": 0.01}, "queues": {"mail": 9, "日本語": 7}, "latency": 1}
RULES = [
    rule(),
    rule("queue_depth", "queues.*", threshold=100, duration_minutes=600, unit="count"),
    rule("latency", "latency", threshold=8000, duration_minutes=5, unit="count"),
]


class WatchTest(IntegrationTest):
    def setUp(self) -> None:
        self.server = self.capture()
        self.place = self.workplace()
        self.place.configure(rules=RULES)
        self.answer(BAD)

    def answer(self, snapshot: Document) -> None:
        self.server.script("/m", Answer(200, json.dumps(snapshot).encode()))

    def options(self, *more: str, interval: str = "24h") -> list[str]:
        return [
            "--config", str(self.place.config), "--state", str(self.place.state),
            "--metrics-url", self.server.url("/m"), "--target-name", "production",
            "--retries", "0", "--interval", interval, *more,
        ]  # fmt: skip


class ScreenTests(WatchTest):
    def terminal(self, columns: int = 80, rows: int = 24, **variables: str) -> Terminal:
        terminal = Terminal(columns, rows, self.place.folder, **variables)
        self.addCleanup(terminal.close)
        return terminal

    def begin(self, *options: str, **more: str) -> Terminal:
        """A watch in a terminal with earlier output on its screen."""
        terminal = self.terminal(**more)
        terminal.type("echo what stood bef''ore")
        terminal.wait_for("what stood before")
        self.before = terminal.settings("before")
        terminal.watch(*self.options(*options))
        self.assertIn("FIRING", terminal.wait_for(r"FIRING[^$]*q quit"))
        return terminal

    def assert_restored(self, terminal: Terminal) -> None:
        screen = terminal.wait_for(r"what stood before[^§]*\$ *\n*\Z")
        self.assertIn("what stood before", screen)
        self.assertNotIn("q quit", screen)
        self.assertEqual(terminal.flags(), "1 0")
        self.assertEqual(terminal.settings("after"), self.before)

    def normal(self, screen: str) -> str:
        """The screen without what differs between runs."""
        # Times after midnight are shown with their date.
        screen = re.sub(r"\d{4}-\d\d-\d\d (\d\d:\d\d UTC)", r"\1", screen)
        screen = re.sub(r"\d{4}-\d\d-\d\d", "2026-01-01", screen)
        screen = re.sub(r"\d\d:\d\d:\d\d", "12:00:00", screen)
        screen = re.sub(r"(?<![:\d])\d\d:\d\d(?![:\d])", "12:00", screen)
        screen = re.sub(r"\d…", "1…", screen)
        screen = re.sub(r"\d s, 2 samples, longest gap \d s", "1 s, 2 samples, longest gap 1 s", screen)
        screen = re.sub(r"response \d+ ms", "response 9 ms", screen)
        screen = re.sub(r"sample \d s", "sample 1 s", screen)
        return "\n".join(line.rstrip() for line in screen.rstrip("\n").split("\n")) + "\n"

    def test_the_screen_at_several_sizes(self) -> None:
        for columns, rows in [(40, 15), (80, 24), (120, 40)]:
            with self.subTest(f"{columns}x{rows}"):
                self.place.state.unlink(missing_ok=True)
                terminal = self.terminal(columns, rows)
                terminal.watch(*self.options())
                terminal.wait_for("fires in 9 h 59 m")
                terminal.press("r")
                terminal.wait_for("██")
                # During the first second of the second sample it may still say 0 s.
                screen = self.normal(terminal.wait_for("last snapshot [1-9]"))
                file = FIXTURES / f"terminal-{columns}x{rows}.txt"
                if os.environ.get("UPDATE_FIXTURES") == "1":
                    file.write_text(screen)
                self.assertEqual(screen, file.read_text())
                terminal.close()

    def test_keys_and_sizes(self) -> None:
        terminal = self.begin()
        self.assertIn("\x1b[31mFIRING", terminal.screen(colors=True))
        terminal.press("?")
        self.assertIn("any key closes it", terminal.wait_for("any key"))
        terminal.press("Down")
        self.assertIn("FIRING", terminal.wait_for("FIRING +error_rate"))
        terminal.press("p")
        self.assertIn("PAUSED", terminal.wait_for("PAUSED"))
        self.assertEqual(len(self.server.requests("/m")), 1)
        self.answer(GOOD)
        terminal.press("r")
        self.assertIn("RESOLVED", terminal.wait_for("RESOLVED"))
        self.assertEqual(len(self.server.wait_for(2, "/m")), 2)
        terminal.press("p")
        self.assertIn("next sample in", terminal.wait_for("next sample in"))
        for columns, rows in [(40, 15), (20, 5), (31, 9), (120, 40)]:
            terminal.resize(columns, rows)
            words = "window too small" if columns < 24 else r"q quit  p pause"
            screen = terminal.wait_for(words + r".*\n*\Z" if columns >= 24 else words)
            self.assertRegex(screen, words)
            self.assertLessEqual(len(screen.rstrip("\n").split("\n")), rows)
        terminal.resize(80, 24)
        terminal.press("q")
        self.assert_restored(terminal)

    def test_the_screen_is_restored_however_it_ends(self) -> None:
        ends = [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGSEGV,
                signal.SIGABRT]  # fmt: skip
        terminal = self.begin()
        for number in ends:
            with self.subTest(number.name):
                self.assertEqual(terminal.flags(), "0 1")
                os.kill(terminal.child(), number)
                self.assert_restored(terminal)
                terminal.type("clear; echo what stood before")
                terminal.wait_for("what stood before")
                terminal.watch(*self.options())
                terminal.wait_for(r"FIRING[^$]*q quit")
        terminal.press("C-c")
        self.assert_restored(terminal)
        self.assertIn("ENDED by a signal", terminal.screen())

    def test_ctrl_z_releases_the_terminal_and_fg_resumes(self) -> None:
        terminal = self.begin()
        for _ in range(2):
            terminal.press("C-z")
            self.assertIn("what stood before", terminal.wait_for("Stopped"))
            self.assertEqual(terminal.settings("stopped"), self.before)
            (self.place.folder / "stopped").unlink()
            terminal.type("clear; echo what stood before; fg")
            self.assertIn("FIRING", terminal.wait_for(r"FIRING[^$]*q quit"))
            self.assertEqual(terminal.flags(), "0 1")
        terminal.press("q")
        self.assert_restored(terminal)

    def test_without_colour(self) -> None:
        for options, variables in [((), {"NO_COLOR": "1"}), (("--color", "never"), {})]:
            with self.subTest(f"{options} {variables}"):
                terminal = self.begin(*options, **variables)
                self.assertNotRegex(terminal.screen(colors=True), r"\x1b\[[0-9;]*3\d")
                terminal.press("q")
                self.assert_restored(terminal)
                terminal.close()
                for name in ["before", "after"]:
                    (self.place.folder / name).unlink()

    def test_a_dumb_terminal_gets_lines(self) -> None:
        terminal = self.terminal(200, TERM="dumb")
        terminal.watch(*self.options("--for", "1ms"))
        screen = terminal.wait_for("ENDED")
        self.assertRegex(screen, r"WATCHING production: fail: 1 firing")

    def test_quitting_does_not_wait_for_a_fetch(self) -> None:
        terminal = self.begin()
        self.server.script("/m", Answer(manner=Manner.SILENT))
        terminal.press("r")
        terminal.wait_for("sampling…")
        terminal.press("q")
        self.assertIn("ENDED by q", terminal.wait_for("ENDED", seconds=2))
        self.assert_restored(terminal)

    def test_quitting_waits_for_a_delivery_and_says_so(self) -> None:
        self.server.script("/hook", Answer(manner=Manner.SILENT))
        hook = receiver("slack", self.server.url("/hook"))
        self.place.configure(hook, rules=RULES)
        terminal = self.terminal(**hook.variables)
        terminal.watch(*self.options())
        self.server.wait_for(1, "/hook")
        terminal.press("q")
        said = "finishing deliveries and saves"
        self.assertIn(said, terminal.wait_for(said))
        self.assertEqual(terminal.flags(), "1 0")
        terminal.press("C-c")
        terminal.type("echo the code is $?")
        self.assertIn("the code is 0", terminal.wait_for(r"code is \d"))


class JournalTests(WatchTest):
    def start(self, *options: str, interval: str = "100ms") -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [str(TOOL), "watch", *self.options(*options, interval=interval)],
            env={"PATH": os.environ["PATH"]} | self.place.variables, cwd=self.place.folder,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.addCleanup(self.stop, process)
        return process

    def stop(self, process: subprocess.Popen[str]) -> None:
        if process.poll() is None:
            process.kill()
        process.communicate()

    def test_changes_are_lines_and_a_signal_ends_it_with_0(self) -> None:
        self.answer(GOOD)
        process = self.start()
        self.assertRegex(process.stdout.readline(), r"^\d{4}-\S+Z WATCHING production: pass")
        self.answer(BAD)
        lines = [process.stdout.readline() for _ in range(2)]
        self.assertRegex(lines[0], r"Z FIRING production error_rate 50 % \(limit > 5 %\)")
        self.assertRegex(lines[1], r"Z PENDING production queue_depth\[日本語\] 700 ")
        self.server.script("/m", Answer(503))
        self.assertRegex(process.stdout.readline(), r"Z NO EVIDENCE production .*503")
        process.send_signal(signal.SIGTERM)
        output, complaints = process.communicate(timeout=10)
        self.assertEqual(process.returncode, 0, complaints)
        self.assertRegex(output, r"Z ENDED by a signal, after \d+ .* samples .* \(error_rate fires\)")
        self.assertNotIn("503", complaints)

    def test_a_closed_standard_output_ends_it_with_4(self) -> None:
        process = self.start()
        process.stdout.readline()
        # It is noticed even when there is nothing to write.
        process.stdout.close()
        self.assertEqual(process.wait(timeout=10), 4)

    def test_a_reader_that_stops_reading_delays_no_sample_and_no_signal(self) -> None:
        process = self.start(interval="5ms")
        fcntl.fcntl(process.stdout, fcntl.F_SETPIPE_SZ, 4096)

        def asked() -> int:
            return len(self.server.requests("/m"))

        for turn in range(60):
            self.answer(BAD if turn % 2 else GOOD)
            before = asked()
            deadline = time.monotonic() + 10
            while asked() < before + 3 and time.monotonic() < deadline:
                time.sleep(0.005)
            self.assertGreaterEqual(asked(), before + 3)
        process.send_signal(signal.SIGTERM)
        self.assertIn(process.wait(timeout=10), (0, 4))

    def test_the_exit_code_after_for_is_that_of_the_last_sample(self) -> None:
        for snapshot, code in [(BAD, 1), (GOOD, 0)]:
            self.answer(snapshot)
            process = self.start("--for", "400ms")
            output, complaints = process.communicate(timeout=10)
            self.assertEqual(process.returncode, code, output + complaints)


class LongTests(WatchTest):
    """A week at one sample per second, in miniature: nothing may grow with the samples."""

    def test_memory_processes_and_state_do_not_grow(self) -> None:
        self.answer(GOOD)
        output = (self.place.folder / "output").open("w")
        self.addCleanup(output.close)
        process = subprocess.Popen(
            [str(TOOL), "watch", *self.options("--timeout", "1s", interval="5ms")],
            env={"PATH": os.environ["PATH"]}, stdin=subprocess.DEVNULL, stdout=output,
            stderr=output,
        )  # fmt: skip
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        # Meanwhile the deadlines of requests answered long ago pass.
        time.sleep(8)
        first, worker, size, count = self.measure(process.pid)
        time.sleep(12)
        last, same, size_after, count_after = self.measure(process.pid)
        self.assertEqual(worker.keys(), same.keys(), "the worker was replaced, or another started")
        self.assertEqual(len(worker), 1)
        self.assertGreater(count_after - count, 500)
        self.assertEqual(size, size_after)
        self.assertLess(last - first, 1_000, "kB in the evaluator")
        for number, before in worker.items():
            growth = (same[number] - before) / (count_after - count)
            # Some 170 bytes per request; the worker is replaced after 10,000.
            self.assertLess(growth, 1, "kB for each request in the worker")

    def measure(self, pid: int) -> tuple[int, dict[int, int], int, int]:
        """The memory of the process and of its children in kB, the state's size, the requests."""
        children = [
            int(word) for task in pathlib.Path(f"/proc/{pid}/task").glob("*/children")
            for word in task.read_text().split()
        ]  # fmt: skip
        memory = {each: self.memory(each) for each in children}
        size = self.place.state.stat().st_size
        return self.memory(pid), memory, size, len(self.server.requests("/m"))

    def memory(self, pid: int) -> int:
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1])


if __name__ == "__main__":
    unittest.main()
