"""Personal identifiers become keyed hashes inside the engine, once per distinct value, before anything is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from outturn.domain.identifiers import RECORD_DIGITS, hmac_pads
from outturn.domain.phones import canonical_phone
from outturn.sources.cells import SPOILT_KEY

if TYPE_CHECKING:
    from collections.abc import Iterable

    import duckdb

    from outturn.sources.source import Cell

# As `canonical_id` of the domain has it.
_OWN_ID = (
    r"CASE WHEN suffix(TRIM(text), '0') AND regexp_full_match(TRIM(text), '-?[0-9]+\.0+') "
    "THEN split_part(TRIM(text), '.', 1) ELSE TRIM(text) END"
)
_CANONICAL = {
    # Whatever `canonical_email` of the domain says: a local part, an @, and a dot in what follows the last one.
    # An address that came as its SHA-256 is known by that: it meets its like, never the address itself.
    "email": (
        r"CASE WHEN regexp_full_match(TRIM(text), '\S+@[^\s@]*\.[^\s@]*') THEN LOWER(TRIM(text)) "
        r"WHEN regexp_full_match(TRIM(text), '[0-9a-fA-F]{64}') THEN 'sha256:' || LOWER(TRIM(text)) END"
    ),
    "user": _OWN_ID,
    "crm": _OWN_ID,
    "company": _OWN_ID,
}
"""Identifier -> SQL for its canonical text; others are trimmed."""


def prepare_keys(connection: duckdb.DuckDBPyConnection, secret: bytes, suppressed: Iterable[bytes]) -> None:
    """Teach an engine `outturn_key(kind, canonical)`, `outturn_record(what, native)` and whom to forget (`suppressed`).

    The pads are bound as variables: the secret never stands in the text of a statement.
    """
    inner, outer = hmac_pads(secret)
    connection.execute("SET VARIABLE outturn_inner = $pad::BLOB", {"pad": inner})
    connection.execute("SET VARIABLE outturn_outer = $pad::BLOB", {"pad": outer})
    connection.execute(
        "CREATE OR REPLACE MACRO outturn_key(kind, canonical) AS unhex(sha256(getvariable('outturn_outer') || "
        "unhex(sha256(getvariable('outturn_inner') || encode(kind || ':' || canonical)))))"
    )
    connection.execute(
        "CREATE OR REPLACE MACRO outturn_record(what, native) AS what || ':' || "
        f"left(lower(hex(outturn_key('record', what || ':' || native))), {RECORD_DIGITS})"
    )
    connection.register("suppressed_keys", pa.table({"key": pa.array(sorted(suppressed), pa.binary())}))
    connection.execute("CREATE OR REPLACE TABLE suppressed AS SELECT * FROM suppressed_keys")
    connection.unregister("suppressed_keys")


def make_keys(connection: duckdb.DuckDBPyConnection, cell: Cell, phone_region: str) -> None:
    """The table `read_<cell>` (text, value): each distinct text's key; texts that are no such identifier have none."""
    text = f"{cell.name}_text"
    distinct = f"SELECT DISTINCT {text} AS text FROM texts WHERE {text} IS NOT NULL AND TRIM({text}) <> ''"  # noqa: S608
    if cell.identity == "phone":
        known = [row[0] for row in connection.execute(distinct).fetchall()]
        canonical = [canonical_phone(one, region=phone_region or None) for one in known]
        connection.register(
            "phones", pa.table({"text": pa.array(known, pa.string()), "canonical": pa.array(canonical, pa.string())})
        )
        source = "phones"
    else:
        source = f"(SELECT text, {_canonical(cell)} AS canonical FROM ({distinct}))"  # noqa: S608
    connection.execute(
        f"CREATE OR REPLACE TABLE read_{cell.name} AS SELECT text, outturn_key($kind, canonical) AS value FROM "  # noqa: S608
        f"{source} WHERE canonical IS NOT NULL",
        {"kind": cell.identity},
    )
    if cell.identity == "phone":
        connection.unregister("phones")


def key_sql(connection: duckdb.DuckDBPyConnection, cell: Cell) -> str:
    """SQL for a cell's key, row by row: where texts are so many that a table of them would take more than it saves."""
    connection.execute(f"CREATE OR REPLACE MACRO canonical_{cell.name}(text) AS {_canonical(cell)}")
    text = f"{cell.name}_text"
    return f"CASE WHEN TRIM({text}) <> '' THEN outturn_key('{cell.identity}', canonical_{cell.name}({text})) END"


def _canonical(cell: Cell) -> str:
    """SQL for the canonical form of `text`; NULL where it is no such identifier."""
    if cell.canonical or cell.identity in {"email", "phone"}:
        return cell.canonical or _CANONICAL["email"]
    own = _CANONICAL.get(cell.identity, "TRIM(text)")
    return f"CASE WHEN NOT regexp_full_match(TRIM(text), '{SPOILT_KEY}') THEN {own} END"
