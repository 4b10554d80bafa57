"""Which attribution models there are: the files of this folder that are not the room's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from outturn.domain.errors import UnknownName

if TYPE_CHECKING:
    from collections.abc import Iterable

OWN_FILES = frozenset(
    {
        "cells",
        "chain",
        "credited",
        "credits",
        "effects",
        "explained",
        "intervals",
        "journey",
        "kernel",
        "models",
        "paths",
        "removal",
        "rules",
        "shares",
        "sweeps",
        "totals",
        "walk",
        "walked",
    }
)


def names() -> tuple[str, ...]:
    """Every model's name, sorted; loads none of them."""
    files = (file.stem for file in Path(__file__).parent.glob("[a-z]*.py"))
    return tuple(sorted(name for name in files if name not in OWN_FILES))


def known(asked: Iterable[str]) -> tuple[str, ...]:
    """The asked models in their order, without repetition; `all` stands for every one.

    Raises:
        UnknownName: With the nearest name, and the file that would add it.
    """
    every = names()
    found: dict[str, None] = {}
    for name in asked:
        if name == "all":
            found.update(dict.fromkeys(every))
        elif name in every:
            found[name] = None
        else:
            hint = f"To add one, create outturn/attribution/{name}.py."
            raise UnknownName("attribution model", name, (*every, "all"), hint=hint)
    return tuple(found)
