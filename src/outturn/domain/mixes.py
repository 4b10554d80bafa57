"""What a total adds up that is not alike: days of several time zones, amounts of several currencies. It must say so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Mixes:
    """What is mixed; empty where it is all alike.

    Attributes:
        time_zones: IANA names, sorted: a day of one is no day of another.
        currencies: ISO codes, sorted, as billed or booked, whatever they were converted to.
    """

    time_zones: tuple[str, ...] = ()
    currencies: tuple[str, ...] = ()

    @classmethod
    def of(cls, time_zones: Iterable[str | None], currencies: Iterable[str | None]) -> Mixes:
        """Of all that a total adds up; None and empty ones say nothing.

        >>> Mixes.of(["Europe/Berlin", None, "UTC"], ["EUR", "EUR", ""])
        Mixes(time_zones=('Europe/Berlin', 'UTC'), currencies=())
        """
        return cls(_several(time_zones), _several(currencies))

    def __bool__(self) -> bool:
        return bool(self.time_zones or self.currencies)

    def as_dict(self) -> dict[str, list[str]]:
        """As `--json` prints it."""
        return {"time_zones": list(self.time_zones), "currencies": list(self.currencies)}

    @property
    def sentence(self) -> str:
        """For people; empty where nothing is mixed.

        >>> Mixes((), ("EUR", "USD")).sentence
        "Amounts of several currencies are added up here, each converted by its day's rate: EUR, USD."
        """
        told = []
        if self.time_zones:
            told.append(f"Days of several time zones are added up here: {', '.join(self.time_zones)}.")
        if self.currencies:
            told.append(
                "Amounts of several currencies are added up here, each converted by its day's rate: "
                f"{', '.join(self.currencies)}."
            )
        return " ".join(told)


NOT_MIXED = Mixes()


def _several(found: Iterable[str | None]) -> tuple[str, ...]:
    names = sorted({name for name in found if name})
    return tuple(names) if len(names) > 1 else ()
