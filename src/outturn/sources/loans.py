"""What files of one command lend to one another, such as the names of stages, and what the workspace knows already.

The tables of a CRM lean on one another: an entry into a stage has no name, amount or company of its own. What a file
lends (`Layout.lends`) is a table for those that come after it (`Layout.turn`); a file that leans on others is another
import when they say something else, though its own bytes stay as they were.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from outturn.sources.source import View
from outturn.store.duckdb_engine import DuckDBEngine

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb
    import pyarrow as pa

    from outturn.sources.recognition import Recognised
    from outturn.sources.source import Layout
    from outturn.store.facts import Facts

EARLIER = "earlier"
"""The relation of what the workspace holds of the source's own outcomes; void ones are not among them."""

CLAIMED = "claimed"
"""The relation of what the workspace holds of the platform's own claims on the accounts and days of the file."""

_BESIDE = "beside"
_EARLIER = (
    "outcome_id VARCHAR, stage VARCHAR, kind VARCHAR, occurred_at TIMESTAMPTZ, gross_micros BIGINT, currency VARCHAR, "
    "probability DOUBLE, crm_key BLOB, company_key BLOB, deal_id VARCHAR"
)
_EARLIER_COLUMNS = ", ".join(column.split()[0] for column in _EARLIER.split(", "))
_CLAIMED = (
    "account_id, date_day, level, ad_id, conversion_action, click_or_view, attribution_window, currency, "
    "claimed_conversions, claimed_value_micros"
)


@dataclass(slots=True)
class Loans:
    """What the files of one command have lent so far."""

    facts: Facts
    _lent: dict[tuple[str, str], list[tuple[str, pa.Table]]] = field(default_factory=dict)

    def told(self, recognised: Recognised) -> dict[str, str]:
        """What a file's import depends on beside its bytes and the flags: the files that it leans on."""
        lenders = sorted({sha256 for name in recognised.layout.leans for sha256, _rows in self._of(recognised, name)})
        return {_BESIDE: hashlib.sha256("".join(lenders).encode()).hexdigest()[:16]} if lenders else {}

    def compared(self, options: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
        """An earlier import's options, as a file with these is compared with it: alone it says no more than then."""
        return {name: value for name, value in options.items() if name != _BESIDE or _BESIDE in told}

    def borrow(self, connection: duckdb.DuckDBPyConnection, recognised: Recognised) -> list[str]:
        """Make a table of every relation that the file's layout leans on, and say what nobody lent."""
        missed = []
        for name in recognised.layout.leans:
            if name == EARLIER:
                self._borrow_earlier(connection, recognised.source.name)
                continue
            if name == CLAIMED:  # Not before the file's days are known.
                continue
            relation = recognised.source.relations[name]
            connection.execute(f"CREATE OR REPLACE TABLE {name} ({relation.columns})")
            for _sha256, rows in self._of(recognised, name):
                _insert(connection, name, rows)
            if name in recognised.layout.misses and not self._of(recognised, name):
                missed.append(relation.says)
        return missed

    def borrow_claims(self, connection: duckdb.DuckDBPyConnection, recognised: Recognised) -> None:
        """Make the table `claimed`, once the file's rows are `accepted`, where its layout leans on it."""
        if CLAIMED not in recognised.layout.leans:
            return
        first, last = connection.execute("SELECT MIN(date_day), MAX(date_day) FROM accepted").fetchall()[0]
        engine = DuckDBEngine()
        try:
            self.facts.expose(engine, only=("claims",))
            statement = (
                f"SELECT {_CLAIMED} FROM claims WHERE platform = $platform "  # noqa: S608
                "AND date_day BETWEEN $first_day AND $last_day"
            )
            days = {"first_day": first, "last_day": last}
            rows = engine.query(statement, {"platform": recognised.source.platform} | days)
        finally:
            engine.close()
        connection.register("lent_rows", rows)
        connection.execute(
            f"CREATE OR REPLACE TABLE {CLAIMED} AS SELECT * FROM lent_rows "  # noqa: S608
            "SEMI JOIN accepted USING (account_id, date_day)"
        )
        connection.unregister("lent_rows")

    def lend(self, connection: duckdb.DuckDBPyConnection, recognised: Recognised, sha256: str) -> None:
        """Keep what an accepted file lends to the later ones of the command."""
        for name, statement in recognised.layout.lends.items():
            rows = connection.sql(statement).to_arrow_table()
            self._lent.setdefault((recognised.source.name, name), []).append((sha256, rows))

    def _of(self, recognised: Recognised, name: str) -> list[tuple[str, pa.Table]]:
        return self._lent.get((recognised.source.name, name), [])

    def _borrow_earlier(self, connection: duckdb.DuckDBPyConnection, system: str) -> None:
        connection.execute(f"CREATE OR REPLACE TABLE {EARLIER} ({_EARLIER})")
        engine = DuckDBEngine()
        try:
            self.facts.expose(engine, only=("outcomes",))
            statement = f"SELECT {_EARLIER_COLUMNS} FROM outcomes WHERE system = $system AND status <> 'void'"  # noqa: S608
            _insert(connection, EARLIER, engine.query(statement, {"system": system}))
        finally:
            engine.close()


def make_steps(connection: duckdb.DuckDBPyConnection, layout: Layout) -> None:
    """Make the layout's own tables and views between `accepted` and its outputs."""
    for name, statement in layout.steps.items():
        what = "VIEW" if isinstance(statement, View) else "TABLE"
        connection.execute(f"CREATE OR REPLACE {what} {name} AS {statement}")


def _insert(connection: duckdb.DuckDBPyConnection, name: str, rows: pa.Table) -> None:
    connection.register("lent_rows", rows)
    connection.execute(f"INSERT INTO {name} BY NAME SELECT * FROM lent_rows")  # noqa: S608
    connection.unregister("lent_rows")
