"""How an evaluation grows with the alerts in its state."""

import workloads
from measuring import Runs, growth, in_turn
from parts import Context, Part
from rendering import growth_in_words, milliseconds
from results import Section


def measure(context: Context, section: Section) -> None:
    workloads.write_alerts(context.folder)
    rows, costs = [], []
    for count in workloads.ALERT_COUNTS:
        state = context.folder / f"{count}.state"
        runs = Runs(
            context.evaluation(
                f"{count}-alerts.json",
                "--snapshot",
                context.folder / f"{count}-sources",
                "--state",
                state,
                "--quiet",
            )
        )
        (runs,) = in_turn(11 if count < 100_000 else 5, runs)
        costs.append(runs.median)
        size = state.stat().st_size / 1e6
        rows.append(
            [f"{count:,}", milliseconds(runs.median), f"{runs.peak:.0f} MB", f"{size:.1f} MB"]
        )
    section.say(
        "Every instance of every rule has a pending alert; each run reads the state, adds a sample to each alert, and saves the state durably."
    )
    section.table(["alerts", "median", "peak memory", "state"], rows)
    section.say(growth_in_words("alert", growth(workloads.ALERT_COUNTS, costs)))


PART = Part("state", "Alerts in the state", measure, ("time:time",))
