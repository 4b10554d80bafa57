"""Which attribution models there are: the files of this folder that are not the room's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from outturn.domain.errors import UnknownName

if TYPE_CHECKING:
    from collections.abc import Iterable

OWN_FILES = frozenset(
    {
        "by_channel", "cells", "chain", "circles", "credits", "effects", "explained", "intervals", "journey",
        "kernel", "models", "parts", "paths", "removal", "rules", "shares", "sweeps", "tables", "totals", "trie",
        "walk", "walked",
    }
)  # fmt: skip

ORDERS = {"markov_1": 1, "markov_2": 2, "markov_3": 3}
"""Models that need removal effects, and of how many last channels; the file `markov` gives all three."""

_FAMILIES = {"markov": tuple(ORDERS)}


def names() -> tuple[str, ...]:
    """Every model's name, sorted; loads none of them."""
    files = sorted(file.stem for file in Path(__file__).parent.glob("[a-z]*.py"))
    return tuple(name for file in files if file not in OWN_FILES for name in _FAMILIES.get(file, (file,)))


def file_of(name: str) -> str:
    """The file that gives a model."""
    return next((file for file, family in _FAMILIES.items() if name in family), name)


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
