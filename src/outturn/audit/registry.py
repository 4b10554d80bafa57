"""Which checks there are: every module of this folder that has a `CHECK`."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

import outturn.audit as room
from outturn.audit.check import Check
from outturn.domain.errors import UnknownName


@cache
def checks() -> dict[str, Check]:
    """All checks by name, sorted."""
    found: dict[str, Check] = {}
    for module in iter_modules(room.__path__):
        check = getattr(import_module(f"{room.__name__}.{module.name}"), "CHECK", None)
        if isinstance(check, Check):
            found[check.name] = check
    return dict(sorted(found.items()))


def known(asked: tuple[str, ...]) -> dict[str, Check]:
    """The asked checks, sorted; all of them where none is named.

    Raises:
        UnknownName: With the nearest name, and the file that would add it.
    """
    every = checks()
    for name in asked:
        if name not in every:
            raise UnknownName("check", name, every, hint=f"To add one, create outturn/audit/{name}.py.")
    return {name: check for name, check in every.items() if not asked or name in asked}
