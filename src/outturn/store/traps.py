"""Silent traps: SQL that both engines accept and answer differently, found in the syntax tree.

Each trap is one function that yields the nodes it refuses, listed in `TRAPS` with what to write instead. Differences
that an engine reports by itself are no traps: the test that runs every statement on both engines finds them.

Loads sqlglot, so only tests import this module.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from outturn.store.tables import TABLES, Type
from outturn.store.translate import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FRACTIONAL_COLUMNS = frozenset(
    column.name for table in TABLES.values() for column in table.columns if column.type is Type.SHARE
)
_WHOLE = {exp.DataType.Type.TINYINT, exp.DataType.Type.SMALLINT, exp.DataType.Type.INT, exp.DataType.Type.BIGINT}
_SUMMABLE = _WHOLE | {exp.DataType.Type.DOUBLE}


@dataclass(frozen=True, slots=True)
class Trap:
    """One construction that means two things, and how to write what was meant."""

    name: str
    write: str
    because: str
    find: Callable[[exp.Expr], Iterator[exp.Expr]]


@dataclass(frozen=True, slots=True)
class Finding:
    """A trap at a place."""

    trap: Trap
    line: int
    sql: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.sql}: {self.trap.because}. Write {self.trap.write}."


def find_traps(statement: str) -> list[Finding]:
    """Every trap in a statement, by line."""
    tree = parse(statement)
    found = [Finding(trap, _line(node), node.sql("duckdb")) for trap in TRAPS for node in trap.find(tree)]
    return sorted(found, key=lambda finding: (finding.line, finding.trap.name))


def tables_read(statement: str) -> set[str]:
    """The tables that a statement names, without its own named steps."""
    tree = parse(statement)
    steps = {step.alias for step in tree.find_all(exp.CTE)}
    return {table.name for table in tree.find_all(exp.Table) if table.name and table.name not in steps}


def _line(node: exp.Expr) -> int:
    """The line on which a node stands, as near as the tree tells."""
    here: exp.Expr | None = node
    while here is not None:
        lines = [part.meta["line"] for part in here.walk() if "line" in part.meta]
        if lines:
            return int(min(lines))
        here = here.parent
    return 1


def _calls(tree: exp.Expr, *names: str) -> Iterator[exp.Expr]:
    for call in tree.find_all(exp.Anonymous):
        if str(call.this).lower() in names:
            yield call


def _decimal_literals(tree: exp.Expr) -> Iterator[exp.Expr]:
    for literal in tree.find_all(exp.Literal):
        if not literal.is_string and "." in literal.name and "e" not in literal.name.lower():
            yield literal


def _clock_arithmetic(tree: exp.Expr) -> Iterator[exp.Expr]:
    yield from tree.find_all(exp.TimeToUnix, exp.DateDiff, exp.TimestampDiff)
    yield from _calls(tree, "epoch", "epoch_ms", "epoch_ns", "date_diff", "datediff", "date_sub", "datesub", "age")


def _fractions_cut(tree: exp.Expr) -> Iterator[exp.Expr]:
    for cast in tree.find_all(exp.Cast):
        if cast.to.this in _WHOLE and _fractional(cast.this):
            yield cast


_MAKES_WHOLE = (exp.Round, exp.Floor, exp.Ceil, exp.Count, exp.Predicate, exp.Cast, exp.IntDiv, exp.Length)


_MAKES_FRACTIONS = (exp.Div, exp.Avg, exp.Sqrt, exp.Ln, exp.Exp, exp.Pow, exp.Median, exp.PercentileCont)


def _fractional(node: exp.Expr) -> bool:
    """Whether a value may have a fraction, as far as the tree tells."""
    match node:
        case exp.Cast():
            return node.to.this in {exp.DataType.Type.DOUBLE, exp.DataType.Type.FLOAT, exp.DataType.Type.DECIMAL}
        case exp.Column():
            return node.name in FRACTIONAL_COLUMNS
        case exp.Literal():
            return not node.is_string and not node.name.isdigit()
    if isinstance(node, (*_MAKES_WHOLE, exp.Query)):
        return False
    return isinstance(node, _MAKES_FRACTIONS) or any(_fractional(part) for part in _parts_of_value(node))


def _parts_of_value(node: exp.Expr) -> list[exp.Expr]:
    """The parts that a value is made of: of a CASE its answers, of a window or filter what is aggregated."""
    match node:
        case exp.Case():
            answers = [branch.args["true"] for branch in node.args["ifs"]]
            return [answer for answer in [*answers, node.args.get("default")] if answer is not None]
        case exp.Window() | exp.Filter():
            return [node.this]
    return list(node.iter_expressions())


def _substring_from_zero(tree: exp.Expr) -> Iterator[exp.Expr]:
    for call in tree.find_all(exp.Substring):
        start = call.args.get("start")
        if isinstance(start, exp.Literal) and start.name == "0":
            yield call


def _last_value(tree: exp.Expr) -> Iterator[exp.Expr]:
    yield from tree.find_all(exp.LastValue, exp.NthValue)
    yield from (last for last in tree.find_all(exp.Last) if isinstance(last.parent, exp.Window))


def _bare_division(tree: exp.Expr) -> Iterator[exp.Expr]:
    for division in tree.find_all(exp.Div, exp.IntDiv, exp.Mod):
        if not _never_zero(division.expression):
            yield division


def _never_zero(divisor: exp.Expr) -> bool:
    divisor = divisor.unnest()
    if isinstance(divisor, exp.Cast):
        return _never_zero(divisor.this)
    if isinstance(divisor, exp.Literal):
        return not divisor.is_string and float(divisor.name) != 0
    return isinstance(divisor, exp.Nullif) and divisor.expression.name in {"0", "0e0"}


_PASSES_A_SUM_ON = (
    exp.Coalesce,
    exp.Window,
    exp.Filter,
    exp.Paren,
    exp.Neg,
    exp.Add,
    exp.Sub,
    exp.Mul,
    exp.Abs,
    exp.Case,
    exp.If,
    exp.Nullif,
    exp.Greatest,
    exp.Least,
)


def _bare_sum(tree: exp.Expr) -> Iterator[exp.Expr]:
    for total in tree.find_all(exp.Sum):
        if _fractional(total.this):
            continue  # floats sum to a float on both engines
        above = total.parent
        while isinstance(above, _PASSES_A_SUM_ON):
            above = above.parent
        # A comparison or a sort key uses the sum up: its type never leaves.
        used_up = isinstance(above, exp.Predicate | exp.Ordered | exp.Having)
        if not used_up and not (isinstance(above, exp.Cast) and above.to.this in _SUMMABLE):
            yield total


def _engine_hash(tree: exp.Expr) -> Iterator[exp.Expr]:
    yield from _calls(tree, "hash", "xxhash64", "murmurhash3_32")


def _first_of_several(tree: exp.Expr) -> Iterator[exp.Expr]:
    yield from tree.find_all(exp.First, exp.AnyValue)
    yield from (last for last in tree.find_all(exp.Last) if not isinstance(last.parent, exp.Window))


def _ordered_list(tree: exp.Expr) -> Iterator[exp.Expr]:
    yield from (array for array in tree.find_all(exp.ArrayAgg) if array.find(exp.Order))


def _replace_one(tree: exp.Expr) -> Iterator[exp.Expr]:
    for call in tree.find_all(exp.RegexpReplace):
        modifiers = call.args.get("modifiers")
        if modifiers is None or "g" not in modifiers.name:
            yield call


def _escaped_like(tree: exp.Expr) -> Iterator[exp.Expr]:
    for like in tree.find_all(exp.Like, exp.ILike):
        if "\\" in like.expression.name and not isinstance(like.parent, exp.Escape):
            yield like


def _day_of_week(tree: exp.Expr) -> Iterator[exp.Expr]:
    yield from tree.find_all(exp.DayOfWeek)
    yield from _calls(tree, "dayofweek", "weekday")
    for part in tree.find_all(exp.Extract):
        if part.name.lower() in {"dow", "dayofweek", "weekday"}:
            yield part


def _reordered_star(tree: exp.Expr) -> Iterator[exp.Expr]:
    for select in tree.find_all(exp.Select):
        joins = select.args.get("joins") or []
        bare = any(isinstance(column, exp.Star) for column in select.expressions)
        if bare and any(join.args.get("using") or join.method == "NATURAL" for join in joins):
            yield select


def _clock(tree: exp.Expr) -> Iterator[exp.Expr]:
    yield from tree.find_all(exp.CurrentTimestamp, exp.CurrentDate, exp.CurrentTime, exp.Rand)
    yield from _calls(tree, "now", "today", "get_current_timestamp", "transaction_timestamp", "random", "uuid")


TRAPS: tuple[Trap, ...] = (
    Trap(
        "decimal literal", "1e0 for 1.0, 25e-1 for 2.5", "Spark makes 1.0 / 3 a decimal of 14 digits", _decimal_literals
    ),
    Trap(
        "clock arithmetic",
        "outturn_micros(b) - outturn_micros(a), or b > a + INTERVAL ...",
        "one engine keeps fractions or counts borders crossed, the other floors or counts whole units",
        _clock_arithmetic,
    ),
    Trap(
        "fraction cut",
        "CAST(ROUND(x) AS ...) or FLOOR",
        "CAST(2.7 AS INT) is 3 on DuckDB and 2 on Spark",
        _fractions_cut,
    ),
    Trap(
        "substring from 0",
        "SUBSTRING(s, 1, n)",
        "counted from 0, DuckDB gives one character less",
        _substring_from_zero,
    ),
    Trap(
        "last value",
        "a running CAST(SUM(flag) OVER (...) AS BIGINT) as a group key, then MAX per group",
        "one engine keeps NULL, the other passes over it",
        _last_value,
    ),
    Trap("division", "x / NULLIF(y, 0)", "by zero, DuckDB gives NULL and Spark an error", _bare_division),
    Trap(
        "bare sum",
        "CAST(SUM(x) AS BIGINT)",
        "DuckDB sums to 128 bits, which leave it as a float and lose digits",
        _bare_sum,
    ),
    Trap("engine hash", "outturn_bucket(person_key), or sha256", "each engine has its own hash", _engine_hash),
    Trap(
        "first of several",
        "MIN or MAX, or MIN_BY with a full order",
        "which row is first depends on the engine",
        _first_of_several,
    ),
    Trap(
        "ordered list",
        "ROW_NUMBER() OVER (... ORDER BY ...) and a filter",
        "Spark's list forgets the ORDER BY",
        _ordered_list,
    ),
    Trap(
        "one replacement",
        "REGEXP_REPLACE(x, pattern, to, 'g')",
        "without 'g' DuckDB replaces the first, Spark all",
        _replace_one,
    ),
    Trap(
        "escaped LIKE",
        "STARTS_WITH, CONTAINS, or LIKE ... ESCAPE '\\'",
        "the backslash escapes on Spark alone",
        _escaped_like,
    ),
    Trap(
        "day of the week",
        "EXTRACT(ISODOW FROM d)",
        "DuckDB's week begins with Sunday 0, Spark's with Sunday 1",
        _day_of_week,
    ),
    Trap(
        "star over USING",
        "the columns' names",
        "the engines order the columns of SELECT * with USING differently",
        _reordered_star,
    ),
    Trap("clock or dice", "a parameter", "a statement's rows depend on its tables and parameters alone", _clock),
)
