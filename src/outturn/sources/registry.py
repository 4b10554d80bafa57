"""Which sources there are: every module of this folder that has a `SOURCE`."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

import outturn.sources as room
from outturn.domain.errors import UnknownName
from outturn.sources.source import Source


@cache
def sources() -> dict[str, Source]:
    """All sources by name, sorted."""
    found: dict[str, Source] = {}
    for module in iter_modules(room.__path__):
        source = getattr(import_module(f"{room.__name__}.{module.name}"), "SOURCE", None)
        if isinstance(source, Source):
            found[source.name] = source
    return dict(sorted(found.items()))


def source_named(name: str) -> Source:
    """The source of that name.

    Raises:
        UnknownName: There is none; the message lists those that there are.
    """
    known = sources()
    if name not in known:
        raise UnknownName(
            "source", name, known, hint=f"To add one, create outturn/sources/{name.replace('-', '_')}.py."
        )
    return known[name]
