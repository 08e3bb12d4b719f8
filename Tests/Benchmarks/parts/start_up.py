"""How long the program takes to start, without a fetch."""

from measuring import Runs, in_turn
from parts import Context, Part
from rendering import milliseconds
from results import Section


def measure(context: Context, section: Section) -> None:
    commands = {
        "`ops-alert-eval --version`": [str(context.tool), "--version"],
        "`ops-alert-eval help`": [str(context.tool), "help"],
        "`jq --version`": ["jq", "--version"],
        "`curl --version`": ["curl", "--version"],
        "`promtool --version`": ["promtool", "--version"],
        "`python3 -c pass`": [context.python, "-c", "pass"],
    }
    all_runs = in_turn(60, *map(Runs, commands.values()))
    section.table(
        ["", "median"],
        [[name, milliseconds(runs.median)] for name, runs in zip(commands, all_runs, strict=True)],
    )
    section.goal("start-up without a fetch", max(all_runs[0].median, all_runs[1].median), 5, "ms")


PART = Part("start-up", "Start-up", measure, ("jq:jq", "curl:curl", "promtool:prometheus"))
