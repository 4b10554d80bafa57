"""From exact sums to what is shown: money to the micro, a ratio of money rounded half-even to six digits."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias

from outturn.domain.money import decimal_text
from outturn.metrics.kpis import Kpi, Unit

if TYPE_CHECKING:
    from collections.abc import Mapping

# What a sum can be: whole micros or a whole count, a credited count, or unknown.
Sum: TypeAlias = "int | float | None"
Value: TypeAlias = "Decimal | int | float | None"

# Credited counts are sums of fractions: nine digits hold what is meant and drop the noise of adding them.
_COUNT_DIGITS = 9
_COUNT_SCALE = 10**_COUNT_DIGITS


def kpi_value(kpi: Kpi, sums: Mapping[str, Sum], currency: str) -> Value:
    """One cell.

    Args:
        kpi: What to work out.
        sums: By measure; money in whole micros. A measure that is absent is unknown.
        currency: Gives the least number of digits that money is shown with.

    Returns:
        None where a sum is unknown or the denominator is 0.
    """
    needed = [sums.get(measure.name) for measure in kpi.measures]
    if None in needed:
        return None
    top = sums[kpi.top.name] or 0
    if kpi.less is not None:
        top -= sums[kpi.less.name] or 0
    if kpi.over is None:
        return _shown(top, kpi.unit, currency)
    divisor = round((sums[kpi.over.name] or 0) * _COUNT_SCALE)
    if divisor == 0:
        return None
    if kpi.unit is Unit.MONEY:
        micros = _divide_half_even(int(top) * kpi.factor * _COUNT_SCALE, divisor)
        return Decimal(decimal_text(micros, currency))
    ratio: float = kpi.factor * round(top * _COUNT_SCALE) / divisor
    return ratio


def _shown(total: int | float, unit: Unit, currency: str) -> Value:
    if unit is Unit.MONEY:
        return Decimal(decimal_text(int(total), currency))
    return total if isinstance(total, int) else round(total, _COUNT_DIGITS)


def _divide_half_even(dividend: int, divisor: int) -> int:
    if divisor < 0:
        dividend, divisor = -dividend, -divisor
    quotient, rest = divmod(dividend, divisor)
    twice = 2 * rest
    return quotient + (twice > divisor or (twice == divisor and quotient % 2 == 1))
