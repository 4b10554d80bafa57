"""What has come in so far: imports with their freshness and restatements, and the rows that were refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outturn.domain.errors import UnknownName
from outturn.domain.mixes import Mixes
from outturn.sources.restatement import RESTATED, restatements
from outturn.store.duckdb_engine import DuckDBEngine
from outturn.store.facts import Facts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from outturn.sources.report import FileReport
    from outturn.store.facts import ImportRecord
    from outturn.store.workspace import Workspace


def imports(workspace: Workspace, *, as_of: datetime | None = None) -> list[dict[str, Any]]:
    """Every import, oldest first: counts, days covered, what it restated, whether it still counts.

    Args:
        workspace: Whose.
        as_of: Only what came, or was taken back, before this instant has happened.
    """
    facts = Facts(workspace.lake)
    told = restatements(facts, zone=workspace.settings.time_zone, as_of=as_of)
    return [_shown(record, told.get(record.import_id, {})) for record in facts.history(as_of=as_of)]


def refused(workspace: Workspace, import_id: str | None = None) -> list[dict[str, Any]]:
    """Refused rows, masked, of one import or of all, by import and line.

    Raises:
        UnknownName: No such import.
    """
    facts = Facts(workspace.lake)
    if import_id is not None:
        known = [record.import_id for record in facts.history()]
        if import_id not in known:
            raise UnknownName("import", import_id, known, hint="`outturn imports` lists them.")
    engine = DuckDBEngine()
    try:
        facts.expose(engine, only=("refused_rows",))
        rows = engine.rows(
            "SELECT import_id, file, line, reason, detail, raw FROM refused_rows WHERE $import_id IS NULL OR "
            "import_id = $import_id "
            "ORDER BY import_id, line",
            {"import_id": import_id},
        )
    finally:
        engine.close()
    return [dict(zip(("import_id", "file", "line", "reason", "detail", "raw"), row, strict=True)) for row in rows]


def as_before(report: FileReport, record: ImportRecord) -> None:
    """The report of a file that is loaded already, with the same flags: nothing changes."""
    report.verdict, report.import_id = "unchanged", record.import_id
    report.rows_read, report.accepted, report.refused, report.ignored = (
        record.rows_read,
        record.accepted,
        record.refused,
        record.ignored,
    )
    report.reasons, report.totals = dict(record.summary.get("reasons", {})), dict(record.summary.get("totals", {}))
    report.summary = {
        name: record.summary[name] for name in ("first_day", "last_day", "mixes") if name in record.summary
    }
    report.messages = [f"already loaded as {record.import_id}"]


def _shown(record: ImportRecord, restated: Mapping[str, Any]) -> dict[str, Any]:
    summary = record.summary
    return {
        "import_id": record.import_id, "state": record.state, "at": record.state_at.isoformat(), "file": record.file,
        "source": record.source, "layout": record.layout, "verdict": record.verdict, "rows_read": record.rows_read,
        "accepted": record.accepted, "refused": record.refused, "ignored": record.ignored,
        "reasons": summary.get("reasons", {}), "totals": summary.get("totals", {}),
        "accounts": summary.get("accounts", []),
        "first_day": summary.get("first_day"), "last_day": summary.get("last_day"),
        **{name: restated.get(name, []) for name in RESTATED},
        "mixes": summary.get("mixes", Mixes().as_dict()), "flags": summary.get("flags", []),
        "partial": record.partial, "options": dict(record.options), "sha256": record.sha256,
    }  # fmt: skip
