"""A statement of a `.sql` file: one SELECT of named steps under a header that says what it makes of what.

```sql
-- table: conversions
-- grain: outcome_id, goal
-- reads: outcomes, people
-- takes: kind text, goal text
-- says: the outcomes that count, once each, valued as their goal says
SELECT ...
```

`takes` lists the parameters (`$kind`) with their types as in `store/tables.py`; it may be left out where there
are none. A line that begins with `--` and at least two blanks continues the one above it.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from outturn.domain.errors import OutturnError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

HEADER = ("table", "grain", "reads", "takes", "says")
_HEADER_LINE = re.compile(r"--\s?(?P<key>[a-z]+):\s*(?P<value>.*)$")
_CONTINUATION = re.compile(r"--\s{2,}(?P<value>\S.*)$")
# Text, quoted names and comments are passed over: a $ in them is no parameter.
_PARAMETER = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|/\*.*?\*/|\$(?P<name>[A-Za-z_]\w*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Statement:
    """One `.sql` file, read.

    Attributes:
        table: What the rows are; a declared table, or a step that other statements read.
        grain: The columns of which each row has its own values.
        reads: The tables that it reads, without its own named steps.
        takes: The parameters' names with their types' names.
        says: What the rows mean, in a sentence.
        text: The SELECT, header included, so that line numbers of errors are the file's.
    """

    file: Path
    table: str
    grain: str
    reads: tuple[str, ...]
    takes: Mapping[str, str]
    says: str
    text: str


def load(package: str, name: str) -> str:
    """The SELECT of `<name>.sql` beside a package's modules: `load(__package__, "touches")`."""
    folder = Path(sys.modules[package].__file__ or "").parent
    return read(folder / f"{name}.sql").text


def read(file: Path) -> Statement:
    """Read a statement and its header; a header that is not complete is an error that names the line to add."""
    text = file.read_text(encoding="utf-8")
    header = _header(text)
    missing = [key for key in HEADER if key not in header and key != "takes"]
    if missing:
        raise OutturnError(
            f"{file}: the header lacks {', '.join(missing)}. Begin the file with '-- {missing[0]}: ...'."
        )
    takes = dict(_pair(file, entry) for entry in _listed(header.get("takes", "")))
    return Statement(file, header["table"], header["grain"], _listed(header["reads"]), takes, header["says"], text)


def _header(text: str) -> dict[str, str]:
    header: dict[str, str] = {}
    key = ""
    for line in text.splitlines():
        if match := _HEADER_LINE.match(line):
            key = match["key"]
            header[key] = match["value"].strip()
        elif key and (match := _CONTINUATION.match(line)):
            header[key] = f"{header[key]} {match['value'].strip()}"
        else:
            break
    return header


def _listed(text: str) -> tuple[str, ...]:
    return tuple(entry.strip() for entry in text.split(",") if entry.strip())


def _pair(file: Path, entry: str) -> tuple[str, str]:
    name, _, type_name = entry.removeprefix("$").partition(" ")
    if not type_name.strip():
        raise OutturnError(f"{file}: '-- takes: {entry}' names no type. Write '{name} text' (or count, day, at, ...).")
    return name, type_name.strip()


def parameters_of(statement: str) -> list[str]:
    """The names of a statement's parameters in the order of their first use."""
    return list(dict.fromkeys(match["name"] for match in _PARAMETER.finditer(statement) if match["name"]))


def inline(statement: str, parameters: Mapping[str, object]) -> str:
    """Write the parameters' values into a statement, for where an engine cannot bind them (a view).

    Every value is quoted by its type; a name that the statement does not use, or that has no value, is an error.
    """
    used = parameters_of(statement)
    check_parameters(used, parameters)
    return _PARAMETER.sub(lambda match: literal(parameters[match["name"]]) if match["name"] else match[0], statement)


def check_parameters(used: list[str], parameters: Mapping[str, object]) -> None:
    """Refuse parameters that are missing or that nothing uses: either is a misspelt name."""
    missing = [name for name in used if name not in parameters]
    unused = [name for name in parameters if name not in used]
    if missing or unused:
        raise UsageError(f"The statement takes the parameters {used}; missing: {missing}, not used by it: {unused}.")


def literal(value: object) -> str:
    """A value as SQL that both engines read alike.

    Raises:
        UsageError: A type that has no exact form in SQL.
    """
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return f"CAST({value} AS BIGINT)"
    if isinstance(value, float):
        return f"CAST('{value!r}' AS DOUBLE)"
    return _quoted(value)


def _quoted(value: object) -> str:
    if isinstance(value, str):
        # A backslash is plain in DuckDB's strings; the translator escapes it for Spark.
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, bytes):
        return f"UNHEX('{value.hex()}')"
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise UsageError(f"The instant {value} has no time zone. Give it one: {value}+00:00 for UTC.")
        return f"CAST('{value.astimezone(UTC).strftime('%Y-%m-%d %H:%M:%S.%f')}+00:00' AS TIMESTAMPTZ)"
    if isinstance(value, date):
        return f"CAST('{value.isoformat()}' AS DATE)"
    if isinstance(value, Decimal):
        return f"CAST('{value:f}' AS DECIMAL(38, {max(0, -int(value.as_tuple().exponent))}))"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(literal(member) for member in value) + "]"
    raise UsageError(f"A parameter of type {type(value).__name__} has no form in SQL: {value!r}.")
