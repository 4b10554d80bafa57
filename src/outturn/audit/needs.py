"""What a check's statement reads: tables of the store, and steps of this room that several checks share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from outturn.store.sql import parameters_of, read
from outturn.store.tables import DERIVED, FACTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from outturn.store.engine import Engine
    from outturn.store.sql import Statement

_FOLDER = Path(__file__).parent


def statement_of(name: str) -> Statement:
    """The statement `<name>.sql` of this room."""
    return read(_FOLDER / f"{name}.sql")


def steps_for(names: Iterable[str]) -> list[str]:
    """The room's own steps that these statements read, each after those that it reads itself."""
    found: dict[str, None] = {}

    def visit(name: str) -> None:
        for one in statement_of(name).reads:
            if one not in found and (_FOLDER / f"{one}.sql").exists():
                visit(one)
                found[one] = None

    for name in names:
        visit(name)
    return list(found)


def tables_for(names: Iterable[str]) -> tuple[frozenset[str], frozenset[str]]:
    """The fact tables and the derived tables that these statements, and the steps that they read, need."""
    every = {table for name in (*names, *steps_for(names)) for table in statement_of(name).reads}
    return frozenset(every & set(FACTS)), frozenset(every & set(DERIVED))


def name_step(engine: Engine, name: str, parameters: Mapping[str, Any], *, as_name: str | None = None) -> None:
    """Work out one of the room's statements once, and name its rows.

    Args:
        engine: Knows what it reads.
        name: The statement's.
        parameters: Of any statement of the room; it is given those that it takes.
        as_name: Another name for the rows.
    """
    text = statement_of(name).text
    engine.table(as_name or name, text, {one: parameters[one] for one in parameters_of(text)})
