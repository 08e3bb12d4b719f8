"""The report renders from saved results, keeps earlier figures, and says how costs grow."""

from __future__ import annotations

import pathlib
import random
import shutil
import statistics
import sys
import tempfile
import unittest

import measuring
import rendering
import report
import results
from parts import every_part, scanners
from results import Block, Section


def section(part: str = "start-up", figure: str = "4.1 ms", noise: str = "") -> Section:
    made = Section(
        part, "Start-up", date="2026-11-27", machine="2 cores", versions=["jq-1.6"], noise=noise
    )
    made.say("A sentence.")
    made.table(["", "median"], [["`curl | jq`", figure]])
    made.show("as printed\n  indented\n")
    made.goal("start-up", 4.1, 5, "ms")
    made.goal("as fast as `jq`", 3.2, 5, "×", at_most=False)
    return made


class ReportTests(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.saved = pathlib.Path(folder.name, "results.json")
        self.page = pathlib.Path(folder.name, "benchmarks.md")
        self.parts = every_part()

    def test_a_section_survives_saving(self) -> None:
        results.save([section()], self.saved)
        self.assertEqual(results.load(self.saved), {"start-up": section()})

    def test_a_page_has_each_figure_beside_its_command(self) -> None:
        report.keep(section(), self.parts, self.saved, self.page)
        text = self.page.read_text()
        expected = """\
## Start-up

```sh
make bench-report ONLY=start-up
```

Measured on 2026-11-27 with 2 cores; jq-1.6.

A sentence.

|  | median |
| --- | --- |
| `curl \\| jq` | 4.1 ms |

```text
as printed
  indented
```

| goal | figure | to be |  |
| --- | --- | --- | --- |
| start-up | 4.1 ms | ≤ 5 ms | met |
| as fast as `jq` | 3.2 × | ≥ 5 × | missed |
"""
        self.assertIn(expected, text)
        for part in self.parts:
            self.assertIn(
                f"## {part.title}\n\n```sh\nmake bench-report ONLY={part.name}\n```\n", text
            )
        self.assertEqual(text.count("Not measured yet"), len(self.parts) - 1)

    def test_a_part_alone_keeps_the_figures_of_the_others(self) -> None:
        report.keep(section("rules", "7 ms"), self.parts, self.saved, self.page)
        report.keep(section("start-up", "8 ms"), self.parts, self.saved, self.page)
        report.keep(section("start-up", "9 ms"), self.parts, self.saved, self.page)
        figures = [
            figure
            for figure in ("7 ms", "8 ms", "9 ms")
            if f"| {figure} |" in self.page.read_text()
        ]
        self.assertEqual(figures, ["7 ms", "9 ms"])

    def test_a_busy_machine_is_named_with_what_to_do(self) -> None:
        text = rendering.as_text(section(noise="others used 40 % of its processors"))
        self.assertIn("The machine was busy: others used 40 % of its processors.", text)
        self.assertIn("make bench-report ONLY=rules,state", report.notice(["rules", "state"]))

    def test_text_for_a_terminal_is_aligned(self) -> None:
        made = Section(
            "rules", "Rules", blocks=[Block(rows=[["", "median"], ["a", "1 ms"], ["bcd", "10 ms"]])]
        )
        self.assertEqual(
            rendering.as_text(made).splitlines()[2:5], ["     median", "a      1 ms", "bcd   10 ms"]
        )

    def test_growth_is_measured_above_the_cost_of_the_smallest(self) -> None:
        for exponent in (0.5, 1, 2):
            counts = [1, 1_001, 10_001]
            costs = [20 + 2 * ((count - 1) / 1_000) ** exponent for count in counts]
            self.assertAlmostEqual(measuring.growth(counts, costs)[1], exponent)
        self.assertIsNone(measuring.growth([1, 11, 101], [20, 20.9, 29.9])[1])
        self.assertEqual(measuring.growth([1, 11, 101], [20, 20.1, 20.9]), (0, None))
        self.assertAlmostEqual(measuring.growth([1, 11, 101], [20, 21, 30])[0], 100_000)
        self.assertEqual(
            rendering.growth_in_words("rule", (1_234.0, 1.02)),
            "Each further rule takes 1.23 µs; the cost grows with the exponent 1.02.",
        )

    @unittest.skipUnless(shutil.which("time"), "GNU time is not installed")
    def test_a_peak_of_memory_is_that_of_the_command_alone(self) -> None:
        held = bytearray(64_000_000)
        ends_with_3 = measuring.Runs(["sh", "-c", "exit 3"], codes=(3,))
        self.assertTrue(0 < ends_with_3.peak < 8, ends_with_3.peak)
        holds_as_much = "held = bytearray(64_000_000)"
        self.assertGreater(measuring.Runs([sys.executable, "-c", holds_as_much]).peak, 61)
        self.assertEqual(len(held), 64_000_000)

    def test_the_standard_error_matches_the_scatter_of_medians(self) -> None:
        self.assertEqual(measuring.standard_error([1, 1, 1, 1]), 0)
        random_numbers = random.Random(1)
        samples = [[random_numbers.gauss(10, 2) for _ in range(25)] for _ in range(2_000)]
        among_medians = statistics.stdev(map(statistics.median, samples)) / 10
        estimated = statistics.mean(map(measuring.standard_error, samples))
        self.assertAlmostEqual(estimated / among_medians, 1, delta=0.1)

    def test_the_speed_of_the_report_is_read_from_what_is_printed(self) -> None:
        printed = "88,000 transitions, 24.9 MB: 186 MB/s\norjson, 22.6 MB: 967 MB/s\n"
        self.assertEqual(scanners.speed(printed), 186)

    def test_numbers_have_three_digits(self) -> None:
        numbers = {
            0: "0",
            0.4567: "0.46",
            1: "1",
            1.234: "1.23",
            12.34: "12.3",
            123.4: "123",
            12_345.6: "12,346",
        }
        self.assertEqual({value: rendering.number(value) for value in numbers}, numbers)

    def test_the_page_in_docs_is_that_of_the_saved_results(self) -> None:
        self.assertIsNone(report.check(self.parts))


if __name__ == "__main__":
    unittest.main()
