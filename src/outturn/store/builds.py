"""Derived tables are built beside the current ones and published together, in one flip.

A build writes its tables into a folder of its own, each a Delta table of one commit that other
engines may read. Publishing replaces one small file, durably; a reader pins the build that it finds
there and goes on reading it while the next one is published.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from outturn.domain.errors import WorkspaceError
from outturn.store.lake import declare
from outturn.store.tables import DERIVED, TABLES
from outturn.store.workspace import write_durably

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from outturn.store.engine import Engine

_POINTER = "published.json"
_KEPT_BUILDS = 2  # the current one, and the one before for readers that have pinned it


@dataclass(slots=True)
class Build:
    """One build: where its tables lie, and what it was made from.

    Attributes:
        folder: Its own folder.
        files: Parquet files by table, in the order in which their rows lie.
        facts: The id of the latest import state it saw; empty for none.
        figures: Counts and seconds, for `outturn build --json`.
    """

    build_id: str
    folder: Path
    files: dict[str, list[Path]] = field(default_factory=dict)
    facts: str = ""
    figures: dict[str, Any] = field(default_factory=dict)

    def expose(self, engine: Engine, names: Sequence[str] = DERIVED) -> None:
        """Name the build's tables on an engine."""
        for name in names:
            engine.relation(name, [str(file) for file in self.files.get(name, [])], TABLES[name])


class Builds:
    """The builds of one workspace. Whoever publishes holds `Workspace.lock`."""

    def __init__(self, lake: Path) -> None:
        self._root = lake / "builds"

    def begin(self, build_id: str) -> Build:
        """An empty folder for a new build."""
        folder = self._root / build_id
        folder.mkdir(parents=True)
        return Build(build_id, folder)

    def publish(self, build: Build) -> None:
        """Make the build the one that readers find, then delete those that nobody can pin any more."""
        for name, files in build.files.items():
            declare(build.folder / name, TABLES[name], files)
        document = {
            "build_id": build.build_id,
            "facts": build.facts,
            "figures": build.figures,
            "files": {name: [str(file.relative_to(build.folder)) for file in files] for name, files in build.files.items()},
        }
        write_durably(self._root / _POINTER, json.dumps(document, sort_keys=True).encode())
        self.drop_superseded(kept=_KEPT_BUILDS - 1)

    def drop_superseded(self, *, kept: int = 0) -> None:
        """Delete the builds before the current one, but for the latest `kept` of them."""
        current = self.current().build_id
        older = sorted(folder for folder in self._root.glob("b*") if folder.name < current)
        for folder in older[: len(older) - kept]:
            shutil.rmtree(folder)

    def discard(self, build: Build) -> None:
        """Delete a build that is not to be published."""
        shutil.rmtree(build.folder, ignore_errors=True)

    def published(self) -> Build | None:
        """The current build; None where nothing has been built yet."""
        try:
            document: Mapping[str, Any] = json.loads((self._root / _POINTER).read_bytes())
        except FileNotFoundError:
            return None
        folder = self._root / document["build_id"]
        return Build(
            document["build_id"],
            folder,
            {name: [folder / file for file in files] for name, files in document["files"].items()},
            document["facts"],
            document["figures"],
        )

    def current(self) -> Build:
        """The current build.

        Raises:
            WorkspaceError: Nothing has been built yet.
        """
        build = self.published()
        if build is None:
            raise WorkspaceError("Nothing has been built in this workspace yet. Import files first: outturn import FILE…")
        return build
