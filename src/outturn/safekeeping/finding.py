"""What an examination finds, and what it examines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from outturn.store.workspace import Workspace

Level = Literal["wrong", "advice"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be.

    Attributes:
        level: `wrong`: something is broken, at risk or lost; `advice`: it works, and may not be what was meant.
        about: The part of the workspace.
        says: What is so.
        do: The way out; empty where nothing can be done.
    """

    level: Level
    about: str
    says: str
    do: str = ""


@dataclass(frozen=True, slots=True)
class Examined:
    """A workspace under examination, which may be too damaged to open.

    Attributes:
        workspace: None: its settings cannot be read.
    """

    root: Path
    workspace: Workspace | None
    now: datetime


def wrong(about: str, says: str, do: str = "") -> Finding:
    """Something is broken, at risk or lost."""
    return Finding("wrong", about, says, do)


def advice(about: str, says: str, do: str = "") -> Finding:
    """It works, and may not be what was meant."""
    return Finding("advice", about, says, do)
