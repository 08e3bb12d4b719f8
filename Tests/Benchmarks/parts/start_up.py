"""How long the program takes to start, without a fetch."""

import subprocess
import sys

from measuring import REPOSITORY, Runs, in_turn
from parts import Context, Part
from rendering import milliseconds, times
from results import Section

# The least that a program with this runtime does: a task that prints with Foundation.
LEAST = """
import Foundation
@main struct Program {
  static func main() {
    Task {
      try? FileHandle.standardOutput.write(contentsOf: Array("1.0".utf8))
      exit(0)
    }
    dispatchMain()
  }
}
"""
# As .ci/linker links the release.
OPTIONS = "-O -parse-as-library -static-stdlib -Xclang-linker -no-pie -Xlinker -s".split()


def least(context: Context) -> str:
    if not (REPOSITORY / ".build/linker/libstdc++.a").exists():
        sys.exit("benchmark: no .build/linker/libstdc++.a: run make release, which links it")
    source, program = context.folder / "least.swift", context.folder / "least"
    source.write_text(LEAST)
    folder = ["-Xlinker", f"-L{REPOSITORY / '.build/linker'}"]
    command = ["swiftc", *OPTIONS, *folder, source, "-o", program]
    subprocess.run(command, check=True, capture_output=True)
    return str(program)


def measure(context: Context, section: Section) -> None:
    commands = {
        "`ops-alert-eval --version`": [str(context.tool), "--version"],
        "`ops-alert-eval help`": [str(context.tool), "help"],
        "a Swift program that only prints": [least(context)],
        "`jq --version`": ["jq", "--version"],
        "`curl --version`": ["curl", "--version"],
        "`promtool --version`": ["promtool", "--version"],
        "`python3 -c pass`": [context.python, "-c", "pass"],
    }
    all_runs = in_turn(60, *map(Runs, commands.values()))
    mine = all_runs[0]
    section.table(
        ["", "median", "`--version` / this"],
        [
            [name, milliseconds(runs.median), "" if runs is mine else times(mine.share_of(runs))]
            for name, runs in zip(commands, all_runs, strict=True)
        ],
    )
    floor = all_runs[2]
    section.say(
        f"Any Swift program with Foundation, linked in the same way, needs {milliseconds(floor.median)} to print a line: the kernel maps it, "
        "and the runtime starts its threads. The rest is the tool's own: it checks that the process may use what every run needs (8 threads, 24 "
        "descriptors, 64 MiB of memory), and builds its table of options."
    )
    section.goal("start-up without a fetch", max(mine.median, all_runs[1].median), 5, "ms")


PART = Part(
    "start-up", "Start-up", measure, ("jq:jq", "curl:curl", "promtool:prometheus", "swift:")
)
