"""A whole evaluation: fetch, evaluate, save the state, write a report."""

import json
import os

import workloads
from measuring import FOUR_COMPARISONS, SHIPPED_RULES, Runs, endpoint, in_turn
from parts import Context, Part
from rendering import milliseconds, times
from results import Section

DELIVERING = "delivering.json"
WITH_REQUESTS = """
import sys
import requests
response = requests.get(sys.argv[1], timeout=10)
response.raise_for_status()
metrics = response.json()["request_metrics"]
bad = (metrics["errors"]["rate"] > 0.05 or metrics["fallback"]["rate"] > 0.20
       or metrics["refusal"]["rate"] > 0.35 or metrics["latency_ms"]["p95"] > 8000)
sys.exit(bad)
"""


def with_receivers(configuration: dict) -> dict:
    """The configuration with one receiver of each kind; their variables are set for all runs."""
    os.environ |= {
        "BENCHMARK_URL": "http://127.0.0.1:9/hook",
        "BENCHMARK_SECRET": "benchmark-0123456789abcdef",
        "BENCHMARK_REPOSITORY": "owner/project",
    }
    url, secret = {"url_env": "BENCHMARK_URL"}, "BENCHMARK_SECRET"
    kinds = {
        "webhook": url,
        "alertmanager": url,
        "slack": url,
        "teams": url,
        "discord": url,
        "pagerduty": url | {"routing_key_env": secret},
        "github": url | {"repository_env": "BENCHMARK_REPOSITORY", "token_env": secret},
        "ntfy": url | {"topic_env": secret},
        "email": {"to": ["oncall@example.com"]},
    }
    receivers = [{"name": kind, "type": kind, **settings} for kind, settings in kinds.items()]
    return configuration | {"receivers": receivers}


def measure(context: Context, section: Section) -> None:
    workloads.write_typical(context.folder)
    delivering = with_receivers(json.loads(SHIPPED_RULES.read_text()))
    (context.folder / DELIVERING).write_text(json.dumps(delivering))
    with endpoint(context.folder) as url:
        measure_at(url, context, section)


def measure_at(url: str, context: Context, section: Section) -> None:
    def run(snapshot: str = "typical", config: object = SHIPPED_RULES, *options: str) -> Runs:
        stem = f"{config}".replace("/", "-")[-20:] + snapshot + "".join(options)
        return Runs(
            context.evaluation(
                config,
                "--metrics-url",
                f"{url}/{snapshot}",
                "--state",
                context.folder / f"{stem}.state",
                "--output",
                context.folder / f"{stem}.report",
                *options,
            )
        )

    script = f"curl -fsS {url}/typical | jq -e '{FOUR_COMPARISONS}'"
    mine, jq, requests = in_turn(
        40,
        run(),
        Runs(["sh", "-c", script]),
        Runs([context.python, "-c", WITH_REQUESTS, f"{url}/typical"]),
    )
    more = {
        "with `--confirm`, nothing pending": run("typical", SHIPPED_RULES, "--confirm"),
        "with 9 receivers, nothing to send": run("typical", DELIVERING),
    }
    bare, *others = in_turn(60, run(), *more.values())
    small, large = in_turn(15, run(), run("large"))
    section.say(
        "The shipped rules against a snapshot of 58 kB that nginx serves: fetched, checked, evaluated with the state of the run before, the "
        "state saved durably, a report written. `curl | jq` and a Python script with `requests` fetch the same and make the same four "
        "comparisons, without state, evidence or a report. Each ratio is to the nearest evaluation above, with which the command took turns."
    )
    section.table(
        ["", "median", "ratio to evaluation", "peak memory of a process"],
        [
            ["evaluation", milliseconds(mine.median), "", f"{mine.peak:.0f} MB"],
            ["`curl | jq`", milliseconds(jq.median), times(jq.share_of(mine)), ""],
            [
                "Python with `requests`",
                milliseconds(requests.median),
                times(requests.share_of(mine)),
                f"{requests.peak:.0f} MB",
            ],
            ["evaluation, in turn with the next two", milliseconds(bare.median), "", ""],
            *[
                [
                    name,
                    milliseconds(runs.median),
                    times(runs.share_of(bare)),
                    f"{runs.peak:.0f} MB",
                ]
                for name, runs in zip(more, others, strict=True)
            ],
            ["evaluation, in turn with the next", milliseconds(small.median), "", ""],
            [
                "of a snapshot of 5 MB",
                milliseconds(large.median),
                times(large.share_of(small)),
                f"{large.peak:.0f} MB",
            ],
        ],
    )
    section.goal("whole evaluation / `curl | jq`", mine.share_of(jq), 1, "×")
    section.goal("whole evaluation / Python with `requests`", mine.share_of(requests), 0.5, "×")
    section.goal("with `--confirm` / without", others[0].share_of(bare), 1.05, "×")
    section.goal("with 9 receivers / without", others[1].share_of(bare), 1.05, "×")
    section.goal("largest process of an evaluation", mine.peak, 45, "MB")
    section.goal("largest process with 5 MB", large.peak, 90, "MB")


PART = Part(
    "evaluation",
    "A whole evaluation",
    measure,
    ("nginx:nginx-light", "curl:curl", "jq:jq", "time:time"),
)
