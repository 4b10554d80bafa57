"""A workspace to import into, and the rows that it then holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from outturn.domain.money import decimal_text
from outturn.sources.importer import ImportOptions, import_files
from outturn.store.duckdb_engine import DuckDBEngine
from outturn.store.facts import Facts
from outturn.store.tables import FACTS
from outturn.store.workspace import Workspace

if TYPE_CHECKING:
    from outturn.sources.report import FileReport

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
FIXTURES = Path(__file__).parents[2].parent / "shared" / "fixtures"


@dataclass
class World:
    """A new workspace in Berlin and euros; every import comes one minute after the last."""

    folder: Path
    workspace: Workspace = field(init=False)
    minutes: int = 0
    _engine: DuckDBEngine | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.workspace = Workspace.create(self.folder / "acme", currency="EUR", time_zone="Europe/Berlin")
        # One key for all: the same person is the same key, in whichever world.
        (self.workspace.root / "identity.key").write_bytes(bytes(range(len(self.workspace.secret()))))

    def file(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def take(self, *paths: Path, **options: Any) -> list[FileReport]:
        self.minutes += 1
        return import_files(self.workspace, paths, ImportOptions(**options), now=NOW + timedelta(minutes=self.minutes))

    def text(self, name: str, content: str | bytes, **options: Any) -> FileReport:
        """Import one file of this content."""
        return self.take(self.file(name, content), **options)[0]

    def rows(self, statement: str, parameters: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """What stands in the current views."""
        # One engine for all questions, and only what one asks for is named: else most of a test's time goes there.
        self._engine = self._engine or DuckDBEngine(temp_directory=str(self.folder))
        Facts(self.workspace.lake).expose(self._engine, only=[name for name in FACTS if name in statement])
        return self._engine.rows(statement, parameters or {})

    def spend(self, by: str = "campaign_name") -> dict[str, str]:
        found = self.rows(
            f"SELECT CAST({by} AS VARCHAR), currency, CAST(SUM(spend_micros) AS BIGINT) FROM ad_spend GROUP BY 1, 2 "
            "ORDER BY 1"
        )
        return {name: f"{decimal_text(micros, currency)} {currency}" for name, currency, micros in found}
