"""The parts of the benchmark, in the order of the report: each measures one thing."""

from __future__ import annotations

import pathlib
from collections.abc import Callable
from dataclasses import dataclass

from results import Section


@dataclass
class Context:
    """What a part measures, and where it may write."""

    tool: pathlib.Path
    # On the disk of the executable; each part has one of its own.
    folder: pathlib.Path
    # An interpreter with the peers from PyPI.
    python: str

    def evaluation(self, config: pathlib.Path | str, *options: str | pathlib.Path) -> list[str]:
        """A command; names are those of files in the folder."""
        command = [self.tool, "evaluate", "--config", self.folder / config, *options]
        return [str(word) for word in command]


@dataclass
class Part:
    name: str
    title: str
    measure: Callable[[Context, Section], None]
    # Commands with their Debian packages.
    needs: tuple[str, ...] = ()


def every_part() -> list[Part]:
    # Here, because the modules import what is above.
    from parts import (
        alerts,
        build,
        evaluation,
        queries,
        replay,
        rules,
        scanners,
        snapshots,
        start_up,
        targets,
    )

    return [
        start_up.PART,
        evaluation.PART,
        rules.PART,
        snapshots.PART,
        queries.PART,
        targets.PART,
        replay.PART,
        alerts.PART,
        scanners.PART,
        build.PART,
    ]
