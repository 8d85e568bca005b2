"""A progress bar on standard error, on a terminal only."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from proofcheck.discover.candidate import Progress as Report
from proofcheck.discover.candidate import silent


@contextmanager
def progress_bar() -> Iterator[Report]:
    """Yield a function that takes a message and the fraction done; silent unless stderr is a terminal."""
    if not sys.stderr.isatty():
        yield silent
        return
    from rich.console import Console  # imported here: a quiet run does not need it
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=1.0)
        yield lambda message, fraction: bar.update(task, description=message, completed=fraction)
