"""DuckDB's dialect to Spark's: one statement, the same meaning.

Loads sqlglot, so only the Spark engine and the tests import this module.
"""

from __future__ import annotations

import logging
from functools import cache

import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError

from outturn.domain.errors import OutturnError
from outturn.store.macros import MACROS

# sqlglot logs what it cannot translate besides raising it.
logging.getLogger("sqlglot").setLevel(logging.CRITICAL)

_BY_NAME = {macro.name: macro for macro in MACROS}


def parse(statement: str) -> exp.Query:
    """A statement's syntax tree.

    Raises:
        OutturnError: Not one SELECT in DuckDB's dialect.
    """
    try:
        trees = sqlglot.parse(statement, read="duckdb")
    except SqlglotError as error:
        raise OutturnError(f"The statement does not parse: {error}") from error
    if len(trees) != 1 or not isinstance(trees[0], exp.Query):
        raise OutturnError(f"A statement is one SELECT; here stand {len(trees)}, first a {type(trees[0]).__name__}.")
    return trees[0]


def to_spark(statement: str) -> str:
    """The statement in Spark's dialect; what has no exact counterpart is an error, never a guess."""
    tree = parse(statement).transform(_in_spark)
    try:
        return tree.sql("spark", unsupported_level=ErrorLevel.RAISE, comments=False)
    except SqlglotError as error:
        raise OutturnError(f"The statement has no exact form in Spark's SQL: {error}") from error


def _in_spark(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.Anonymous) and str(node.this).lower() in _BY_NAME:
        macro = _BY_NAME[str(node.this).lower()]
        if len(node.expressions) != len(macro.parameters):
            raise OutturnError(
                f"{macro.name} takes {', '.join(macro.parameters)}; it was given {len(node.expressions)} arguments."
            )
        # A macro may stand in another's argument, where `transform` would not look again.
        arguments = [argument.transform(_in_spark) for argument in node.expressions]
        return _filled(_spark_form(macro.name), dict(zip(macro.parameters, arguments, strict=True)))
    return node


@cache
def _spark_form(name: str) -> exp.Expr:
    return sqlglot.parse_one(_BY_NAME[name].spark, read="spark")


def _filled(form: exp.Expr, arguments: dict[str, exp.Expr]) -> exp.Expr:
    def fill(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Column) and not node.table and node.name in arguments:
            return exp.paren(arguments[node.name].copy())
        return node

    # The parameters are replaced from the bottom, so that an argument's own columns are never taken for parameters.
    copy = form.copy()
    for column in [node for node in copy.find_all(exp.Column) if not node.table and node.name in arguments]:
        column.replace(fill(column))
    return exp.paren(copy)


def ordering(statement: str) -> tuple[str, ...]:
    """The columns of a statement's outermost ORDER BY; none: empty.

    Raises:
        OutturnError: It sorts by something else than its own columns, rising.
    """
    order = parse(statement).args.get("order")
    if order is None:
        return ()
    for ordered in order.expressions:
        if not isinstance(ordered.this, exp.Column) or ordered.args.get("desc"):
            raise OutturnError(f"ORDER BY {ordered.sql('duckdb')}: rows of a bucket sort by plain columns, rising.")
    return tuple(ordered.this.name for ordered in order.expressions)
