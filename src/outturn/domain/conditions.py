"""A condition over columns of text is written once, and asked in Python of one row or in SQL of all rows.

Rules about channels are data made of these conditions. To mean the same in Python, DuckDB and Spark,
they see every value *folded*: no NULL (it is empty text), no blanks around it, ASCII letters small.
Other letters keep their case, since engines disagree on a few of them. Patterns use only what
Python, RE2 and Java read alike: literals, classes and `^`, never `$`, which differs before a line end.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from string import ascii_lowercase, ascii_uppercase
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)


def fold(text: str | None) -> str:
    """The form in which conditions see a value.

    >>> fold(" Paid Search "), fold(None)
    ('paid search', '')
    """
    return (text or "").strip(" ").translate(_LOWER)


def fold_sql(column: str) -> str:
    """`fold` in SQL of both engines: two microseconds a row, so ask it once in a step of its own."""
    return f"translate(trim(coalesce({column}, ''), ' '), '{ascii_uppercase}', '{ascii_lowercase}')"


def text_sql(text: str) -> str:
    """A text as a literal; the Spark engine's translator doubles its backslashes there."""
    return "'" + text.replace("'", "''") + "'"


class Condition(Protocol):
    """What a rule asks; both forms get folded values by column name."""

    def holds(self, values: Mapping[str, str]) -> bool:
        """Whether one row's folded values fulfil it."""

    def sql(self, folded: Mapping[str, str]) -> str:
        """The same as a Boolean expression that is never NULL, over folded expressions by column name."""


@dataclass(frozen=True, slots=True)
class In:
    """The column is one of some folded texts."""

    column: str
    texts: tuple[str, ...]

    def holds(self, values: Mapping[str, str]) -> bool:
        """Whether one row's folded values fulfil it."""
        return values[self.column] in self.texts

    def sql(self, folded: Mapping[str, str]) -> str:
        """The same in SQL."""
        return f"{folded[self.column]} IN ({', '.join(map(text_sql, self.texts))})"


@dataclass(frozen=True, slots=True)
class Like:
    """The column matches a pattern in which `*` stands for any text, also none; all else for itself."""

    column: str
    pattern: str

    def holds(self, values: Mapping[str, str]) -> bool:
        """Whether one row's folded values fulfil it."""
        pattern = ".*".join(re.escape(part) for part in re.split(r"\*+", self.pattern))
        return re.fullmatch(pattern, values[self.column], re.DOTALL) is not None

    def sql(self, folded: Mapping[str, str]) -> str:
        """The same in SQL."""
        plain = self.pattern.replace("!", "!!").replace("%", "!%").replace("_", "!_")
        # Spark takes a backslash for the escape where none is named.
        escape = " ESCAPE '!'" if plain != self.pattern or "\\" in plain else ""
        return f"{folded[self.column]} LIKE {text_sql(plain.replace('*', '%'))}{escape}"


@dataclass(frozen=True, slots=True)
class Matches:
    """The column, with one more character after it, holds a regular expression somewhere.

    Attributes:
        ending: Put behind the value before it is searched, so that a pattern can ask for its end.
    """

    column: str
    pattern: str
    ending: str = " "

    def holds(self, values: Mapping[str, str]) -> bool:
        """Whether one row's folded values fulfil it."""
        return re.search(self.pattern, values[self.column] + self.ending) is not None

    def sql(self, folded: Mapping[str, str]) -> str:
        """The same in SQL."""
        return f"regexp_matches({folded[self.column]} || {text_sql(self.ending)}, {text_sql(self.pattern)})"


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every one of some conditions holds."""

    conditions: tuple[Condition, ...]

    def holds(self, values: Mapping[str, str]) -> bool:
        """Whether one row's folded values fulfil it."""
        return all(condition.holds(values) for condition in self.conditions)

    def sql(self, folded: Mapping[str, str]) -> str:
        """The same in SQL."""
        return "(" + " AND ".join(condition.sql(folded) for condition in self.conditions) + ")"


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of some conditions holds."""

    conditions: tuple[Condition, ...]

    def holds(self, values: Mapping[str, str]) -> bool:
        """Whether one row's folded values fulfil it."""
        return any(condition.holds(values) for condition in self.conditions)

    def sql(self, folded: Mapping[str, str]) -> str:
        """The same in SQL."""
        return "(" + " OR ".join(condition.sql(folded) for condition in self.conditions) + ")"


@dataclass(frozen=True, slots=True)
class Not:
    """A condition does not hold."""

    condition: Condition

    def holds(self, values: Mapping[str, str]) -> bool:
        """Whether one row's folded values fulfil it."""
        return not self.condition.holds(values)

    def sql(self, folded: Mapping[str, str]) -> str:
        """The same in SQL."""
        return f"NOT {self.condition.sql(folded)}"


def site(column: str, *, names: Iterable[str] = (), domains: Iterable[str] = ()) -> Matches:
    """The column is just one of some names, or one of some domains or a host below one, also with a path behind it."""
    ways = []
    if listed := "|".join(map(_plain, domains)):
        ways.append(f"(^|[.])({listed})/")
    if listed := "|".join(map(_plain, names)):
        ways.append(f"^({listed})/;")
    return Matches(column, "|".join(ways), ending="/;")


def words(column: str, phrases: Iterable[str]) -> Matches:
    """The column holds one of some phrases as whole words; a blank in a phrase stands for blank, `-`, `_` or none."""
    listed = "|".join(_plain(phrase).replace(" ", "[ _-]?") for phrase in phrases)
    return Matches(column, f"(^|[^a-z0-9])({listed})[^a-z0-9]")


def _plain(text: str) -> str:
    return text.replace(".", "[.]").replace("+", "[+]")


@dataclass(frozen=True, slots=True)
class Rule:
    """Where a condition holds, the answer is known; of several rules the first that holds counts."""

    answer: str
    condition: Condition


def answer_of(rules: Iterable[Rule], values: Mapping[str, str], *, otherwise: str | None) -> str | None:
    """The first fitting rule's answer for one row's folded values."""
    return next((rule.answer for rule in rules if rule.condition.holds(values)), otherwise)


def answer_sql(rules: Iterable[Rule], folded: Mapping[str, str], *, otherwise: str | None) -> str:
    """The same as one CASE expression."""
    cases = "\n".join(f"WHEN {rule.condition.sql(folded)} THEN {text_sql(rule.answer)}" for rule in rules)
    last = "NULL" if otherwise is None else text_sql(otherwise)
    return f"CASE {cases}\nELSE {last} END" if cases else last
