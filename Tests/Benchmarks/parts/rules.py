"""How an evaluation grows with the number of rules."""

import json
import pathlib

import workloads
from measuring import Runs, endpoint, growth, in_turn
from parts import Context, Part
from rendering import growth_in_words, milliseconds
from results import Section

TARGETS = 5


def measure(context: Context, section: Section) -> None:
    workloads.write_rules(context.folder)

    def run(name: str, *options: str | pathlib.Path) -> Runs:
        options = options or ("--snapshot", context.folder / "many")
        state = context.folder / f"{name}.state"
        return Runs(context.evaluation(f"{name}.json", *options, "--state", state, "--quiet"))

    counts = list(workloads.RULE_COUNTS)
    costs, rows = [], []
    for count in counts:
        (runs,) = in_turn(15 if count < 10_000 else 7, run(f"{count}-rules"))
        costs.append(runs.median)
        rows.append([f"{count:,}", milliseconds(runs.median), f"{runs.peak:.0f} MB"])
    # A configuration has at most this many rules; more are evaluated at several targets.
    with endpoint(context.folder) as url:
        targets = [
            {"name": f"api-{index}", "metrics_url": f"{url}/many"} for index in range(TARGETS)
        ]
        several = json.loads((context.folder / f"{counts[-1]}-rules.json").read_text())
        (context.folder / "several.json").write_text(json.dumps(several | {"targets": targets}))
        (runs,) = in_turn(4, run("several", "--no-deliver"))
        rows.append(
            [
                f"{TARGETS * counts[-1]:,} ({counts[-1]:,} at {TARGETS} targets)",
                milliseconds(runs.median),
                f"{runs.peak:.0f} MB",
            ]
        )
    section.say(
        "Each rule compares another value of a snapshot of 0.4 MB; the state has an alert with its recent values for each. The snapshot is a "
        "file except with several targets, which nginx serves."
    )
    section.table(["rules", "median", "peak memory of a process"], rows)
    section.say(f"Up to {counts[-1]:,} rules: " + growth_in_words("rule", growth(counts, costs)))
    for name, goal in [("100", 300), ("all", 1_000)]:
        command = run(f"{name}-pending")
        command.once()
        workloads.age(context.folder / f"{name}-pending.state")
        (many,) = in_turn(9, command)
        section.goal(
            f"10,000 rules, {name} of them pending, with full histories", many.median, goal, "ms"
        )


PART = Part("rules", "Rules", measure, ("nginx:nginx-light", "time:time"))
