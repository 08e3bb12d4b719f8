"""A replay of a month of samples."""

import json
import os
import subprocess

import workloads
from measuring import FOUR_COMPARISONS, Runs, growth, in_turn
from parts import Context, Part
from rendering import growth_in_words, milliseconds, times
from results import Section

PARSE_LINES = """
import sys, orjson
bad = 0
with open(sys.argv[1], "rb") as lines:
    for line in lines:
        metrics = orjson.loads(line)["snapshot"]["request_metrics"]
        bad += metrics["errors"]["rate"] > 0.05 or metrics["latency_ms"]["p95"] > 8000
print(bad)
"""
REPORT_LINES = """
import sys, orjson
rules = {
    "noisy_0": (lambda metrics: metrics["latency_ms"]["p95"], 4000),
    "noisy_1": (lambda metrics: metrics["latency_ms"]["p50"], 800),
    "noisy_2": (lambda metrics: metrics["latency_ms"]["p99"], 6400),
    "noisy_3": (lambda metrics: metrics["document_intake"]["rejected_rate"], 0.125),
}
firing, transitions = dict.fromkeys(rules, False), []
with open(sys.argv[1], "rb") as lines:
    for line in lines:
        sample = orjson.loads(line)
        metrics = sample["snapshot"]["request_metrics"]
        for name, (value, limit) in rules.items():
            measured = value(metrics)
            if (measured > limit) != firing[name]:
                firing[name] = not firing[name]
                transitions.append({
                    "at": sample["observed_at"], "target": sample["target"], "name": name, "value": measured,
                    "event": "firing" if firing[name] else "resolved"})
sys.stdout.buffer.write(orjson.dumps({"transitions": transitions}, option=orjson.OPT_INDENT_2))
"""
EIGHTEEN_VARIANTS = "error_rate: threshold=0.02..0.10 step 0.01, duration_minutes=5,10"


def measure(context: Context, section: Section) -> None:
    workloads.record(context.folder)
    folder = context.folder
    quiet = [str(context.tool), "replay", "--config", str(folder / "eight-rules.json")]
    noisy = [
        str(context.tool),
        "replay",
        "--config",
        str(folder / "noisy-rules.json"),
        "--format",
        "json",
    ]
    month, ten_months = str(folder / "month.jsonl"), str(folder / "ten-months.jsonl")

    def reported(*command: str) -> dict:
        return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)

    size = os.path.getsize(month) / 1e6
    report = reported(*quiet, month, "--format", "json")
    snapshots = report["recording"]["snapshots"]
    alerts = sum(rule["fired"] for rule in report["rules"])
    transitions = len(reported(*noisy, month)["transitions"])
    mine, parsing, alone, what_if, page = in_turn(
        15,
        Runs([*quiet, month]),
        Runs([context.python, "-c", PARSE_LINES, month]),
        Runs(["taskset", "--cpu-list", "0", *quiet, month]),
        Runs([*quiet, month, "--what-if", EIGHTEEN_VARIANTS]),
        Runs([*quiet, month, "--format", "html"]),
    )
    full, reporting = in_turn(
        9, Runs([*noisy, month]), Runs([context.python, "-c", REPORT_LINES, month])
    )
    short_jq, jq = in_turn(
        6, Runs([*quiet, month]), Runs(["jq", f".snapshot | {FOUR_COMPARISONS}", month])
    )
    short_promtool, promtool = in_turn(
        4,
        Runs([*quiet, month]),
        Runs(["promtool", "test", "rules", str(folder / "promtool-test.json")]),
    )
    one, ten = in_turn(5, Runs([*quiet, month]), Runs([*quiet, ten_months]))

    faster_than_jq = jq.share_of(short_jq)
    faster_than_promtool = promtool.share_of(short_promtool)
    section.say(
        f"A recording of 30 days with a sample a minute, as `--record` writes it: {snapshots:,} snapshots, {size:.1f} MB, with 34 incidents "
        f"and a restart a week. The shipped rules and four more, one of them a `ratio` and one an `increase`, evaluate it; {alerts} alerts "
        f"fire. The noisy rules have their limits in the middle of what they measure and no duration: {transitions:,} transitions, all "
        "reported as JSON. Each ratio is to the replay with which the command took turns; for the loop that writes transitions, that is "
        "the replay of the noisy rules."
    )
    section.table(
        ["", "median", "ratio to replay", "peak memory"],
        [
            ["replay", milliseconds(mine.median), "", f"{mine.peak:.0f} MB"],
            [
                "Python, `orjson`: parse each line, compare two numbers",
                milliseconds(parsing.median),
                times(parsing.share_of(mine)),
                f"{parsing.peak:.0f} MB",
            ],
            [
                "replay on one core",
                milliseconds(alone.median),
                times(alone.share_of(mine)),
                f"{alone.peak:.0f} MB",
            ],
            [
                "`jq`, the four comparisons of the shipped rules",
                milliseconds(jq.median),
                times(faster_than_jq),
                f"{jq.peak:.0f} MB",
            ],
            [
                "`promtool test rules`, the same eight rules and their series",
                milliseconds(promtool.median),
                times(faster_than_promtool),
                f"{promtool.peak:.0f} MB",
            ],
            [
                "replay, noisy rules, full report",
                milliseconds(full.median),
                "",
                f"{full.peak:.0f} MB",
            ],
            [
                "Python, `orjson`: parse, compare, write the transitions",
                milliseconds(reporting.median),
                times(reporting.share_of(full)),
                f"{reporting.peak:.0f} MB",
            ],
            [
                "replay, with 18 variants of a rule",
                milliseconds(what_if.median),
                times(what_if.share_of(mine)),
                f"{what_if.peak:.0f} MB",
            ],
            [
                "replay, as a page",
                milliseconds(page.median),
                times(page.share_of(mine)),
                f"{page.peak:.0f} MB",
            ],
            [
                "replay of 300 days",
                milliseconds(ten.median),
                times(ten.share_of(one)),
                f"{ten.peak:.0f} MB",
            ],
        ],
    )
    section.say(
        f"A replay uses every core, the Python loops one; {os.cpu_count()} cores make it {times(alone.share_of(mine))} as fast as one. The "
        "first loop compares two numbers of each snapshot; the replay evaluates eight rules, with their windows, counters and evidence "
        "([where the time goes](development.md#profiling)). promtool gets only the series, without the documents around them; its test expects "
        "`error_rate` to fire in the last outage and nothing to fire at the end, so it fails if the rules were not evaluated."
    )
    minutes = [0, workloads.MINUTES, 10 * workloads.MINUTES]
    section.say(
        growth_in_words("snapshot", growth(minutes, [0, one.median, ten.median]))
    )
    section.goal("replay / Python with `orjson`", mine.share_of(parsing), 0.45, "×")
    section.goal(
        "noisy rules and a full report / Python with `orjson`", full.share_of(reporting), 1, "×"
    )
    section.goal("faster than `jq`", faster_than_jq, 5, "×", at_most=False)
    section.goal("faster than `promtool`", faster_than_promtool, 60, "×", at_most=False)
    section.goal("peak memory", mine.peak, 64, "MB")
    section.goal("peak memory of 300 days / of 30", ten.peak / mine.peak, 1.1, "×")


PART = Part("replay", "Replay", measure, ("jq:jq", "promtool:prometheus", "time:time"))
