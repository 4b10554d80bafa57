"""Personal identifiers become keyed hashes inside the engine, before anything is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
from duckdb import struct_type
from duckdb.func import FunctionNullHandling, PythonUDFType

from outturn.domain.identifiers import RECORD_DIGITS, hmac_pads, identity_key
from outturn.domain.phones import canonical_phone
from outturn.sources.cells import SPOILT_KEY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import duckdb
    from duckdb.sqltypes import DuckDBPyType

    from outturn.sources.source import Cell

_MOST_REMEMBERED = 300_000

# From about this size on, a file's keys take longer than it takes the compiler of their function to come up.
_MANY_KEYS_BYTES = 64 << 20

PADS = ("outturn_inner", "outturn_outer")
"""The variables from which `outturn_key` is made, where it is the engine's own; NULL where it is not."""

# As `canonical_id` of the domain has it.


def trimmed(text: str) -> str:
    """SQL as `TRIM`, which takes as long as all else that is done to a usual identifier."""
    return f"CASE WHEN starts_with({text}, ' ') OR suffix({text}, ' ') THEN TRIM({text}) ELSE {text} END"


_OWN_ID = (
    r"CASE WHEN contains(text, '.') AND regexp_full_match(TRIM(text), '-?[0-9]+\.0+') "
    f"THEN split_part(TRIM(text), '.', 1) ELSE {trimmed('text')} END"
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

_ADDRESS_KEY = f"outturn_key('email', {_CANONICAL['email']})"


def are_many(file_bytes: int) -> bool:
    """Whether a file of this size has so many identifiers that their function is to be compiled."""
    return file_bytes > _MANY_KEYS_BYTES


def prepare_keys(
    connection: duckdb.DuckDBPyConnection,
    secret: bytes,
    suppressed: Iterable[bytes],
    *,
    phone_region: str = "",
    many: bool = False,
    cells: Iterable[Cell] = (),
) -> None:
    """Teach an engine `outturn_key(kind, canonical)`, `outturn_record(what, native)` and whom to forget (`suppressed`).

    Beside them stand `outturn_phone(text)` and `outturn_address(text)`: the keys of a phone number and of an e-mail
    address, or its SHA-256, as they stand in the file. The pads are bound as variables: the secret never stands in the
    text of a statement.

    Args:
        connection: The engine.
        secret: The workspace's key.
        suppressed: Keys of people who asked to be forgotten.
        phone_region: ISO 3166 country of phone numbers without `+`; empty: they are none.
        many: Hundreds of thousands of keys are to come: made by the compiled function, which takes half a second to
            come up and then a fifth of the time of the engine's own.
        cells: The file's identifiers, for `keys_together`.
    """
    if many:
        _make_many(connection, secret, phone_region, cells)
    else:
        _make_few(connection, secret, phone_region)
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


def _make_few(connection: duckdb.DuckDBPyConnection, secret: bytes, phone_region: str) -> None:
    for variable, pad in zip(PADS, hmac_pads(secret), strict=True):
        connection.execute(f"SET VARIABLE {variable} = $pad::BLOB", {"pad": pad})
    connection.execute(
        "CREATE OR REPLACE MACRO outturn_key(kind, canonical) AS unhex(sha256(getvariable('outturn_outer') || "
        "unhex(sha256(getvariable('outturn_inner') || encode(kind || ':' || canonical)))))"
    )
    connection.execute(f"CREATE OR REPLACE MACRO outturn_address(text) AS {_ADDRESS_KEY}")
    _teach(connection, "outturn_phone", _phone_keys(secret, phone_region))


def _make_many(connection: duckdb.DuckDBPyConnection, secret: bytes, phone_region: str, cells: Iterable[Cell]) -> None:
    # These bring the compiler along.
    from outturn.sources.address_keys import address_hash  # noqa: PLC0415
    from outturn.sources.keyed_hashes import keyed_hash  # noqa: PLC0415
    from outturn.sources.keys_together import hash_together  # noqa: PLC0415
    from outturn.sources.phone_keys import phone_hash  # noqa: PLC0415

    identities = {cell.name: "" if cell.canonical else cell.identity for cell in cells}
    if identities:
        fields = (dict.fromkeys(identities, kind) for kind in ("VARCHAR", "BLOB"))
        _teach(connection, "outturn_keys", hash_together(secret, phone_region, identities), *map(struct_type, fields))
    _teach(connection, "outturn_hash", keyed_hash(secret))
    _teach(connection, "outturn_usual_address", address_hash(secret))
    _teach(connection, "outturn_phone", phone_hash(secret, phone_region))
    connection.execute("CREATE OR REPLACE MACRO outturn_key(kind, canonical) AS outturn_hash(kind || ':' || canonical)")
    connection.execute(
        f"CREATE OR REPLACE MACRO outturn_unusual_address(text) AS CASE WHEN text <> '' THEN {_ADDRESS_KEY} END"
    )
    connection.execute(
        "CREATE OR REPLACE MACRO outturn_address(text) AS "
        "COALESCE(outturn_usual_address(text), outturn_unusual_address(text))"
    )


def _teach(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    keys_of: Callable[[pa.ChunkedArray], Any],
    takes: DuckDBPyType | str = "VARCHAR",
    gives: DuckDBPyType | str = "BLOB",
) -> None:
    connection.create_function(
        name,
        keys_of,
        [takes],
        gives,
        type=PythonUDFType.ARROW,
        null_handling=FunctionNullHandling.SPECIAL,
    )


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


def keys_together(connection: duckdb.DuckDBPyConnection, cells: Iterable[Cell]) -> tuple[str, dict[str, str]]:
    """SQL for all keys of a row at once, and of what that is called `made` the SQL for each: as `key_sql`, in one call.

    Args:
        connection: Where `prepare_keys` has been.
        cells: Those that it was told.

    Returns:
        Nothing where the functions are not the compiled ones.
    """
    told: list[str] = []
    keys: dict[str, str] = {}
    if not connection.execute(f"SELECT getvariable('{PADS[0]}') IS NULL").fetchall()[0][0]:
        return "", keys
    for cell in cells:
        text, made = f"{cell.name}_text", f"made.{cell.name}"
        if cell.canonical or cell.identity not in {"email", "phone"}:
            told.append(f"{cell.name} := '{cell.identity}:' || {_canonical_sql(connection, cell)}")
            keys[cell.name] = made
        else:
            told.append(f"{cell.name} := {text}")
            keys[cell.name] = made if cell.identity == "phone" else f"COALESCE({made}, outturn_unusual_address({text}))"
    return f"outturn_keys(struct_pack({', '.join(told)}))" if told else "", keys


def key_sql(connection: duckdb.DuckDBPyConnection, cell: Cell) -> str:
    """SQL for a cell's key, row by row: where a table of the texts would take more than it saves."""
    text = f"{cell.name}_text"
    if cell.identity == "phone":
        return f"outturn_phone({text})"
    if cell.identity == "email" and not cell.canonical:
        return f"outturn_address({text})"
    return f"outturn_key('{cell.identity}', {_canonical_sql(connection, cell)})"


def _canonical_sql(connection: duckdb.DuckDBPyConnection, cell: Cell) -> str:
    """SQL for the canonical form of a cell's text; NULL where it is no such identifier, or says nothing."""
    text = f"{cell.name}_text"
    connection.execute(f"CREATE OR REPLACE MACRO canonical_{cell.name}(text) AS {_canonical(cell)}")
    if cell.canonical:
        return f"CASE WHEN TRIM({text}) <> '' THEN canonical_{cell.name}({text}) END"
    return f"NULLIF(canonical_{cell.name}({text}), '')"


def _canonical(cell: Cell) -> str:
    """SQL for the canonical form of `text`; NULL where it is no such identifier."""
    if cell.canonical or cell.identity in {"email", "phone"}:
        return cell.canonical or _CANONICAL["email"]
    own = _CANONICAL.get(cell.identity, trimmed("text"))
    # Each of its forms has one of these signs, which are looked for in a tenth of the time.
    spoilt = (
        f"CASE WHEN contains(text, '+') OR contains(text, '#') THEN regexp_full_match(TRIM(text), '{SPOILT_KEY}') END"
    )
    return f"CASE WHEN NOT COALESCE({spoilt}, FALSE) THEN {own} END"
