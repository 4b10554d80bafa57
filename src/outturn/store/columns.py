"""What a table is: columns with types, units and the meaning of NULL, a grain, and one room that writes it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Literal


class Type(Enum):
    """A column's type.

    `MICROS` is money, int64 millionths of the row's currency. `AT` is an instant in UTC
    microseconds. `KEY` is a 32-byte HMAC-SHA-256 of an identifier, never the identifier.
    """

    TEXT = "text"
    COUNT = "count"
    SMALL = "small"
    MICROS = "micros"
    SHARE = "share"
    FLAG = "flag"
    DAY = "day"
    AT = "at"
    KEY = "key"

    @property
    def duckdb(self) -> str:
        """The type's name in DuckDB's SQL."""
        return _DUCKDB[self]


_DUCKDB = {
    Type.TEXT: "VARCHAR",
    Type.COUNT: "BIGINT",
    Type.SMALL: "INTEGER",
    Type.MICROS: "BIGINT",
    Type.SHARE: "DOUBLE",
    Type.FLAG: "BOOLEAN",
    Type.DAY: "DATE",
    Type.AT: "TIMESTAMPTZ",
    Type.KEY: "BLOB",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `says` tells its meaning where the name does not, and what NULL means."""

    name: str
    type: Type
    says: str = ""
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One table, as every room and both engines see it."""

    name: str
    kind: Literal["fact", "derived"]
    writer: str
    grain: str
    columns: tuple[Column, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names, in the order in which they lie."""
        return tuple(column.name for column in self.columns)


def text_columns(*names: str) -> tuple[Column, ...]:
    """Columns of text whose names say it all."""
    return tuple(Column(name, Type.TEXT) for name in names)
