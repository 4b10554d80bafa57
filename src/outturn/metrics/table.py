"""The answer to a question for KPIs: rows of exact values, and what must be said beside them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from outturn.domain.mixes import NOT_MIXED, Mixes
from outturn.metrics.dimensions import TIMES
from outturn.metrics.kpis import Unit

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from outturn.metrics.kpis import Kpi


@dataclass(frozen=True, slots=True)
class KpiTable:
    """KPIs at one grain.

    Attributes:
        currency: Of all money in `rows`.
        goal: Whose conversions are counted.
        model: Whose credit sales have where they are broken down by source.
        revenue_basis: `net` or `gross`.
        basis: `conversion_day` or `cash_day`.
        columns: The columns that tell the rows apart.
        kpis: The KPIs, in the rows' order.
        rows: By column and KPI id: text or days; Decimal for money, numbers for counts and ratios, None for unknown.
        period_only: Figures of whole periods, which are in no row.
        mixes: The zones whose days, and the currencies whose amounts are added up here, where there are several.
    """

    currency: str
    goal: str
    model: str
    revenue_basis: str
    basis: str
    columns: tuple[str, ...]
    kpis: tuple[Kpi, ...]
    rows: tuple[Mapping[str, Any], ...]
    period_only: tuple[Mapping[str, Any], ...] = ()
    mixes: Mixes = NOT_MIXED

    @property
    def mixed_time_zones(self) -> tuple[str, ...]:
        """The zones whose days are added up here, where there is more than one."""
        return self.mixes.time_zones

    def to_dicts(self) -> list[dict[str, Any]]:
        """The rows as Python values: money as Decimal, days as dates, None for unknown."""
        return [dict(row) for row in self.rows]

    def to_arrow(self) -> pa.Table:
        """The rows as an Arrow table, which pandas, Polars and DuckDB read.

        Money is an exact decimal of six digits, counts and ratios are floats, days are dates, NULL is unknown. What
        else must be said of them stands in the schema's metadata: currency, goal, model and bases.
        """
        import pyarrow as pa  # noqa: PLC0415 - takes longer to load than a figure by channel takes to print

        types = {name: pa.date32() if name in TIMES else pa.string() for name in self.columns}
        types |= {kpi.id: pa.decimal128(38, 6) if kpi.unit is Unit.MONEY else pa.float64() for kpi in self.kpis}
        said = ("currency", "goal", "model", "revenue_basis", "basis")
        schema = pa.schema(list(types.items()), metadata={name: str(getattr(self, name)) for name in said})
        return pa.Table.from_pylist(self.to_dicts(), schema)

    def to_pandas(self) -> Any:
        """The rows as a pandas DataFrame; pandas is not among what Outturn installs."""
        return self.to_arrow().to_pandas()

    def as_dict(self) -> dict[str, Any]:
        """What `--json` prints: money as decimal text, days as ISO text."""
        return {
            "currency": self.currency,
            "goal": self.goal,
            "model": self.model,
            "revenue_basis": self.revenue_basis,
            "basis": self.basis,
            "rows": [plain(row) for row in self.rows],
            "period_only": [plain(row) for row in self.period_only],
            "mixed_time_zones": list(self.mixed_time_zones),
            "mixes": self.mixes.as_dict(),
        }


def plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row in JSON's types; money keeps every digit because it becomes text."""
    return {name: _plain(value) for name, value in row.items()}


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else value
