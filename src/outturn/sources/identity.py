"""Personal identifiers become keyed hashes inside the engine, before anything is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
from duckdb.func import FunctionNullHandling, PythonUDFType

from outturn.domain.identifiers import RECORD_DIGITS, hmac_pads, identity_key
from outturn.domain.phones import canonical_phone
from outturn.sources.cells import SPOILT_KEY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import duckdb

    from outturn.sources.source import Cell

_MOST_REMEMBERED = 300_000

PADS = ("outturn_inner", "outturn_outer")
"""The variables from which `outturn_key` is made, where it is the engine's own; NULL where it is not."""

# As `canonical_id` of the domain has it.
_OWN_ID = (
    r"CASE WHEN contains(text, '.') AND regexp_full_match(TRIM(text), '-?[0-9]+\.0+') "
    "THEN split_part(TRIM(text), '.', 1) ELSE TRIM(text) END"
)
_CANONICAL = {
    # Whatever `canonical_email` of the domain says: a local part, an @, and a dot in what follows the last one.
    # Most are of visible ASCII signs alone, which needs no trimming.
    # An address that came as its SHA-256 is known by that: it meets its like, never the address itself.
    "email": (
        r"CASE WHEN regexp_full_match(text, '[!-?A-~]+@[!-?A-~]*\.[!-?A-~]*') THEN LOWER(text) "
        r"WHEN regexp_full_match(TRIM(text), '\S+@[^\s@]*\.[^\s@]*') THEN LOWER(TRIM(text)) "
        r"WHEN regexp_full_match(TRIM(text), '[0-9a-fA-F]{64}') THEN 'sha256:' || LOWER(TRIM(text)) END"
    ),
    "user": _OWN_ID,
    "crm": _OWN_ID,
    "company": _OWN_ID,
}
"""Identifier -> SQL for its canonical text; others are trimmed."""


def prepare_keys(
    connection: duckdb.DuckDBPyConnection,
    secret: bytes,
    suppressed: Iterable[bytes],
    *,
    phone_region: str = "",
    many: bool = False,
) -> None:
    """Teach an engine `outturn_key(kind, canonical)`, `outturn_record(what, native)` and whom to forget (`suppressed`).

    Beside them stands `outturn_phone(text)`: the key of a phone number as it stands in the file. The pads
    are bound as variables: the secret never stands in the text of a statement.

    Args:
        connection: The engine.
        secret: The workspace's key.
        suppressed: Keys of people who asked to be forgotten.
        phone_region: ISO 3166 country of phone numbers without `+`; empty: they are none.
        many: Hundreds of thousands of keys are to come: made by the compiled function, which takes half a second to
            come up and then a fifth of the time of the engine's own.
    """
    if many:
        _make_many(connection, secret)
    else:
        _make_few(connection, secret)
    phones = _phone_keys(secret, phone_region)
    connection.create_function(
        "outturn_phone",
        phones,
        ["VARCHAR"],
        "BLOB",
        type=PythonUDFType.ARROW,
        null_handling=FunctionNullHandling.SPECIAL,
    )
    connection.execute(
        "CREATE OR REPLACE MACRO outturn_record(what, native) AS what || ':' || "
        f"left(lower(hex(outturn_key('record', what || ':' || native))), {RECORD_DIGITS})"
    )
    connection.register("suppressed_keys", pa.table({"key": pa.array(sorted(suppressed), pa.binary())}))
    connection.execute("CREATE OR REPLACE TABLE suppressed AS SELECT * FROM suppressed_keys")
    connection.unregister("suppressed_keys")


def _phone_keys(secret: bytes, region: str) -> Callable[[pa.ChunkedArray], Any]:
    """What makes keys of phone numbers as they stand: no SQL knows what numbers there are.

    Each text is looked at once and remembered.
    """
    remembered: dict[str | None, bytes | None] = {}

    def keys_of(texts: pa.ChunkedArray) -> pa.Array:
        nonlocal remembered
        if len(remembered) > _MOST_REMEMBERED:
            remembered = {}
        known = remembered  # The engine asks from several threads: none takes from another what it has just looked up.
        asked = texts.to_pylist()
        for text in asked:
            if text not in known:
                canonical = canonical_phone(text, region=region or None) if text else None
                known[text] = identity_key(secret, "phone", canonical) if canonical else None
        return pa.array([known[text] for text in asked], pa.binary())

    return keys_of


def _make_few(connection: duckdb.DuckDBPyConnection, secret: bytes) -> None:
    for variable, pad in zip(PADS, hmac_pads(secret), strict=True):
        connection.execute(f"SET VARIABLE {variable} = $pad::BLOB", {"pad": pad})
    connection.execute(
        "CREATE OR REPLACE MACRO outturn_key(kind, canonical) AS unhex(sha256(getvariable('outturn_outer') || "
        "unhex(sha256(getvariable('outturn_inner') || encode(kind || ':' || canonical)))))"
    )


def _make_many(connection: duckdb.DuckDBPyConnection, secret: bytes) -> None:
    from outturn.sources.keyed_hashes import keyed_hash  # noqa: PLC0415 - brings the compiler along

    connection.create_function(
        "outturn_hash",
        keyed_hash(secret),
        ["VARCHAR"],
        "BLOB",
        type=PythonUDFType.ARROW,
        null_handling=FunctionNullHandling.SPECIAL,
    )
    connection.execute("CREATE OR REPLACE MACRO outturn_key(kind, canonical) AS outturn_hash(kind || ':' || canonical)")


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
    """SQL for a cell's key, row by row: where a table of the texts would take more than it saves."""
    text = f"{cell.name}_text"
    if cell.identity == "phone":
        return f"outturn_phone({text})"
    connection.execute(f"CREATE OR REPLACE MACRO canonical_{cell.name}(text) AS {_canonical(cell)}")
    if cell.canonical:
        return f"CASE WHEN TRIM({text}) <> '' THEN outturn_key('{cell.identity}', canonical_{cell.name}({text})) END"
    return f"outturn_key('{cell.identity}', NULLIF(canonical_{cell.name}({text}), ''))"


def _canonical(cell: Cell) -> str:
    """SQL for the canonical form of `text`; NULL where it is no such identifier."""
    if cell.canonical or cell.identity in {"email", "phone"}:
        return cell.canonical or _CANONICAL["email"]
    own = _CANONICAL.get(cell.identity, "TRIM(text)")
    # Each of its forms has one of these signs, which are looked for in a tenth of the time.
    spoilt = (
        f"CASE WHEN contains(text, '+') OR contains(text, '#') THEN regexp_full_match(TRIM(text), '{SPOILT_KEY}') END"
    )
    return f"CASE WHEN NOT COALESCE({spoilt}, FALSE) THEN {own} END"
