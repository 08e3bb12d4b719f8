"""Renders sections of results: as text for a terminal, and as docs/benchmarks.md."""

from __future__ import annotations

import textwrap

from results import Block, Goal, Section

INTRODUCTION = """\
# Benchmarks

`make bench-report` writes this page; `make bench` only prints it. Each section begins with the command that repeats its measurements
alone. Whole processes are measured, from start to exit, on loopback. Compared commands take turns in random order, after a warm-up run each.
Figures are medians, and a ratio is the median over pairs of runs. A part that finds the machine busy (other processes use more than
{used} % of its processors, or the standard error of a median exceeds {error} %) says so and keeps its earlier figures.

Growth is given as the cost of each further item between the two largest inputs, and as an exponent: 1 if twice as much input takes twice as
long, 2 if it takes four times as long. The exponent compares what these two add to the cost of the smallest input.
"""
WIDTH = 140


def number(value: float) -> str:
    """A figure with three significant digits, and at least its integer part."""
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.{2 if abs(value) < 1 else 3}g}" if abs(value) < 10 else f"{value:.1f}"


def milliseconds(value: float) -> str:
    return f"{number(value / 1_000)} s" if value >= 1_000 else f"{number(value)} ms"


def times(value: float) -> str:
    return f"{number(value)} ×"


def growth_in_words(what: str, growth: tuple[float, float | None]) -> str:
    """What each further item adds, and the exponent."""
    each, exponent = growth
    if each <= 0:
        return f"The cost of each further {what} is too small to measure."
    duration = f"{number(each)} ns" if each < 1_000 else f"{number(each / 1_000)} µs"
    tail = f"; the cost grows with the exponent {exponent:.2f}" if exponent is not None else ""
    return f"Each further {what} takes {duration}{tail}."


def as_text(section: Section) -> str:
    lines = [f"== {section.title}"]
    for block in section.blocks:
        lines += [""] + _text(block)
    if section.goals:
        lines += [""] + [f"goal: {goal.name}: {_figure(goal)}" for goal in section.goals]
    if section.noise:
        lines += ["", f"The machine was busy: {section.noise}. Measure again when it is idle."]
    return "\n".join(lines) + f"\n({section.seconds:.0f} s)\n"


def _text(block: Block) -> list[str]:
    if block.rows:
        widths = [
            max(len(row[column]) for row in block.rows) for column in range(len(block.rows[0]))
        ]
        return [
            "  ".join(
                cell.ljust(width) if column == 0 else cell.rjust(width)
                for column, (cell, width) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
            for row in block.rows
        ]
    return block.lines or textwrap.wrap(block.text, 100)


def _figure(goal: Goal) -> str:
    sign, verdict = "≤" if goal.at_most else "≥", "met" if goal.is_met else "missed"
    unit = f" {goal.unit}" if goal.unit else ""
    return f"{number(goal.value)}{unit}, to be {sign} {goal.limit:g}{unit}: {verdict}"


def as_page(sections: list[Section], most_used: float, largest_error: float) -> str:
    """docs/benchmarks.md."""
    parts = [INTRODUCTION.format(used=round(most_used * 100), error=round(largest_error * 100))]
    parts += [_page_of(section) for section in sections]
    return "\n".join(parts)


def _page_of(section: Section) -> str:
    """A section; one without a date was never measured on an idle machine."""
    command = f"```sh\nmake bench-report ONLY={section.part}\n```"
    if not section.date:
        return f"## {section.title}\n\n{command}\n\nNot measured yet on an idle machine.\n"
    versions = f"; {', '.join(section.versions)}" if section.versions else ""
    where = f"Measured on {section.date} with {section.machine}{versions}."
    blocks = [f"## {section.title}", command, _wrapped(where)]
    for block in section.blocks:
        blocks.append(_markdown(block))
    if section.goals:
        rows = [["goal", "figure", "to be", ""]]
        for goal in section.goals:
            unit = f" {goal.unit}" if goal.unit else ""
            sign = "≤" if goal.at_most else "≥"
            rows.append(
                [
                    goal.name,
                    number(goal.value) + unit,
                    f"{sign} {goal.limit:g}{unit}",
                    "met" if goal.is_met else "missed",
                ]
            )
        blocks.append(_markdown(Block(rows=rows)))
    return "\n\n".join(blocks) + "\n"


def _markdown(block: Block) -> str:
    if block.rows:
        head, *rows = [[cell.replace("|", "\\|") for cell in row] for row in block.rows]
        lines = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
        return "\n".join(lines + [f"| {' | '.join(row)} |" for row in rows])
    if block.lines:
        return "\n".join(["```text", *block.lines, "```"])
    return _wrapped(block.text)


def _wrapped(text: str) -> str:
    return textwrap.fill(text, WIDTH, break_long_words=False, break_on_hyphens=False)
