"""A progress bar on a terminal, and none off it."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from outturn.domain.progress import Progress, silent

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """Give a function that shows what is being done now, and how much of it is done where that is known."""
    if not sys.stderr.isatty():
        yield silent
        return
    from rich.console import Console
    from rich.progress import BarColumn, SpinnerColumn, TaskProgressColumn, TextColumn
    from rich.progress import Progress as Bars

    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn())
    # The screen is drawn ten times a second, however often a room tells how far it is.
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task("", total=None)

        def show(what: str, share: float | None = None, /) -> None:
            bars.update(task, description=what, total=None if share is None else 1.0, completed=share or 0.0)

        yield show
