"""The doctor: every check on one screen. It changes nothing, and needs no lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outturn.domain.errors import OutturnError, WorkspaceError
from outturn.safekeeping import folder_checks, journal_checks, lake_checks, server_checks
from outturn.safekeeping.finding import Examined, Finding, wrong
from outturn.store.settings import FILE_NAME, load_settings
from outturn.store.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime
    from pathlib import Path

CHECKS: tuple[tuple[str, Callable[[Examined], Iterable[Finding]]], ...] = (
    ("folder", folder_checks.modes),
    ("folder", folder_checks.schema),
    ("keys", folder_checks.keys),
    ("disk", folder_checks.room),
    ("book", folder_checks.book),
    ("lake", lake_checks.tables),
    ("lake", lake_checks.orphans),
    ("builds", lake_checks.builds),
    ("clock", lake_checks.clock),
    ("journal", journal_checks.segments),
    ("journal", journal_checks.waiting),
    ("settings", server_checks.settings),
    ("server", server_checks.port),
)
"""What is looked at, and by which check."""


def examine(root: Path, *, now: datetime) -> list[Finding]:
    """Everything that is wrong with a workspace, or may be.

    Args:
        root: Its folder.
        now: The clock.

    Raises:
        WorkspaceError: The folder is none of a workspace at all.
    """
    if not (root / FILE_NAME).is_file() and not (root / "lake").is_dir():
        raise WorkspaceError(
            f"{root} is no workspace: it has neither {FILE_NAME} nor a lake. Make one with: outturn init"
        )
    found: list[Finding] = []
    workspace: Workspace | None = None
    try:
        workspace = Workspace(root, load_settings(root / FILE_NAME))
    except OutturnError as error:
        found.append(wrong("settings", str(error), f"Correct {root / FILE_NAME}: what needs it was not examined."))
    except OSError as error:
        found.append(wrong("settings", f"{root / FILE_NAME}: {error.strerror}", "Restore it from a backup."))
    examined = Examined(root, workspace, now)
    for about, check in CHECKS:
        try:
            found.extend(check(examined))
        except OSError as error:
            found.append(wrong(about, f"{error.filename or root} cannot be read: {error.strerror or error}"))
    return found
