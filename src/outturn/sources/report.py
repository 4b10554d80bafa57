"""What became of one file, as `outturn import` shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from outturn.domain.errors import FileRefused
from outturn.domain.mixes import Mixes
from outturn.domain.money import decimal_text

if TYPE_CHECKING:
    import duckdb

    from outturn.sources.reading import Reading

_LARGEST = 2**63 - 1
Verdict = Literal["accept", "period_only", "refuse", "unchanged"]


@dataclass(slots=True)
class FileReport:
    """One file's fate. `rows_read` = `accepted` + `refused` + `ignored`.

    Attributes:
        file: The path as it was given.
        source: The source's name; empty where none knows the file.
        import_id: Of the import that holds its rows; None where nothing was written.
        needs: What would settle a refusal: `currency`, `account`, `decimal`, `dates`, `replace`, `partial`.
        ignored: Totals, footers, blank lines, rows of tables that nothing uses.
        reasons: Refusal code -> rows (of a refused file: what refused it).
        totals: By currency, over accepted rows: counts as numbers, money as decimal strings, null where no row says.
        messages: Sentences for the user.
        summary: What `imports.summary` keeps beside the above.
    """

    file: str
    source: str = ""
    layout: str = ""
    import_id: str | None = None
    verdict: Verdict = "refuse"
    needs: tuple[str, ...] = ()
    rows_read: int = 0
    accepted: int = 0
    refused: int = 0
    ignored: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    totals: dict[str, dict[str, Any]] = field(default_factory=dict)
    messages: list[str] = field(default_factory=list)
    summary: dict[str, Any] = field(default_factory=dict)

    def refuse(self, refused: FileRefused) -> None:
        """Nothing of the file is kept: all of its rows that were counted and are no totals are refused."""
        self.verdict, self.needs = "refuse", refused.needs
        self.refused = self.rows_read - self.ignored
        self.accepted, self.totals = 0, {}
        if not self.refused or sum(self.reasons.values()) != self.refused:
            self.reasons = {refused.code: max(1, self.refused)}
        self.messages.append(str(refused))

    def to_dict(self) -> dict[str, Any]:
        """As `--json` prints it."""
        return {
            "file": self.file, "source": self.source, "layout": self.layout, "import_id": self.import_id,
            "verdict": self.verdict, "needs": list(self.needs), "rows_read": self.rows_read,
            "accepted": self.accepted, "refused": self.refused,
            "ignored": self.ignored, "reasons": self.reasons, "totals": self.totals, "messages": self.messages,
            "first_day": self.summary.get("first_day"), "last_day": self.summary.get("last_day"),
            "restated": self.summary.get("restated", []),
            "mixes": self.summary.get("mixes", Mixes().as_dict()),
        }  # fmt: skip


def totals_of(connection: duckdb.DuckDBPyConnection, reading: Reading) -> dict[str, dict[str, Any]]:
    """What the layout adds up, by currency, over `accepted`."""
    totals = reading.recognised.layout.totals
    if not totals:
        return {}
    columns = {row[0] for row in connection.execute("DESCRIBE accepted").fetchall()}
    currency = "currency" if "currency" in columns else "NULL"
    sums = ", ".join(
        f"CAST(SUM({total.sums}) AS {'DOUBLE' if _is_share(connection, total.sums) else 'HUGEINT'})" for total in totals
    )
    rows = connection.execute(f"SELECT {currency} AS currency, {sums} FROM accepted GROUP BY 1 ORDER BY 1").fetchall()  # noqa: S608
    found: dict[str, dict[str, Any]] = {}
    for code, *figures in rows:
        if code is None and all(figure is None for figure in figures):
            continue  # Rows without money beside rows with some: further items of an order, page views.
        shown = {}
        for total, figure in zip(totals, figures, strict=True):
            if isinstance(figure, int) and abs(figure) > _LARGEST:
                raise FileRefused(
                    "BAD_NUMBER",
                    f"the sum of {total.name} is more than 64 bits hold (9.2 million million of a currency): look for "
                    "an amount in the wrong unit",
                )
            shown[total.name] = decimal_text(figure, code) if total.money and figure is not None and code else figure
        found[code or ""] = shown
    return found


def mixes_of(connection: duckdb.DuckDBPyConnection, reading: Reading) -> Mixes:
    """The zones of the days and the currencies of the amounts that are `accepted`."""
    columns = {row[0] for row in connection.execute("DESCRIBE accepted").fetchall()}
    found: list[list[str]] = []
    for name, asked in (("time_zone", reading.recognised.layout.spend), ("currency", True)):
        statement = f"SELECT DISTINCT {name} FROM accepted"  # noqa: S608
        rows = connection.execute(statement).fetchall() if asked and name in columns else []
        found.append([row[0] for row in rows])
    return Mixes.of(*found)


def _is_share(connection: duckdb.DuckDBPyConnection, sums: str) -> bool:
    kind = connection.execute(f"SELECT typeof(SUM({sums})) FROM (SELECT * FROM accepted LIMIT 1)").fetchall()[0][0]  # noqa: S608
    return str(kind) in {"DOUBLE", "FLOAT"}
