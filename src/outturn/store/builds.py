"""Derived tables are built beside the current ones and published together, in one flip.

A build writes its tables into a folder of its own, each a Delta table of one commit that other
engines may read. Publishing replaces one small file, durably; a reader pins the build that it finds
there and goes on reading it while the next one is published.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from outturn.domain.errors import WorkspaceError
from outturn.store.tables import DERIVED, TABLES
from outturn.store.workspace import write_durably

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from outturn.store.engine import Engine

AS_OF_PREFIX = "as-of-"
"""Of the folders of builds that one question makes and deletes; the rest of the name is when, as `b` has it too."""

_POINTER = "published.json"
_STAMP = "%Y%m%dT%H%M%S%f"
# A question that still stands after so long has died.
_LONGEST_QUESTION = timedelta(days=1)


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

    def publish(self, build: Build, *, now: datetime) -> None:
        """Make the build the one that readers find, then delete those that nobody can pin any more.

        The build before it stays, for readers that have pinned it.

        Args:
            build: From `begin`, its tables written.
            now: Tells the builds of questions that are still being asked from those that a crash left behind.
        """
        from outturn.store.lake import declare  # noqa: PLC0415 - readers of a build must not pay for Delta

        before = self.published()
        for name, files in build.files.items():
            declare(build.folder / name, TABLES[name], files)
        document = {
            "build_id": build.build_id,
            "facts": build.facts,
            "figures": build.figures,
            "files": {
                name: [str(file.relative_to(build.folder)) for file in files] for name, files in build.files.items()
            },
        }
        write_durably(self._root / _POINTER, json.dumps(document, sort_keys=True).encode())
        kept = {build.build_id} | ({before.build_id} if before else set())
        asked = f"{AS_OF_PREFIX}{now - _LONGEST_QUESTION:{_STAMP}}"
        for folder in self._folders():
            if folder.name not in kept and (not folder.name.startswith(AS_OF_PREFIX) or folder.name < asked):
                shutil.rmtree(folder, ignore_errors=True)

    def drop_others(self) -> None:
        """Delete every build but the current one, also those that somebody is reading: of people to be forgotten."""
        current = self.current().build_id
        for folder in self._folders():
            if folder.name != current:
                shutil.rmtree(folder)

    def discard(self, build: Build) -> None:
        """Delete a build that is not to be published."""
        shutil.rmtree(build.folder, ignore_errors=True)

    def published(self) -> Build | None:
        """The current build; None where nothing has been built yet.

        Raises:
            WorkspaceError: The pointer to it is damaged.
        """
        try:
            document: Mapping[str, Any] = json.loads((self._root / _POINTER).read_bytes())
        except FileNotFoundError:
            return None
        except ValueError:
            raise WorkspaceError(
                f"{self._root / _POINTER} is damaged: delete it and run `outturn build`, which makes everything anew."
            ) from None
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
            raise WorkspaceError(
                "Nothing has been built in this workspace yet. Import files first: outturn import FILE…"
            )
        return build

    def _folders(self) -> list[Path]:
        return [path for path in self._root.iterdir() if path.is_dir()]
