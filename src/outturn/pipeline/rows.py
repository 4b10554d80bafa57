"""A figure opened to its source rows. Apart from `read`, because credit shares need the compiled models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outturn.domain.time import Days
from outturn.metrics.mixed import mixed_rows
from outturn.metrics.rows import rows
from outturn.metrics.table import plain
from outturn.pipeline.read import reading

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outturn.domain.mixes import Mixes
    from outturn.store.workspace import Workspace


def kpi_rows(
    workspace: Workspace,
    kpi: str,
    where: Mapping[str, str | None],
    *,
    days: Days = Days(),  # noqa: B008 - frozen
    **options: Any,
) -> dict[str, list[dict[str, Any]]]:
    """The source rows behind one figure; see `metrics.rows.rows`.

    Args:
        workspace: With a published build.
        kpi: Whose figure it is.
        where: The values of the figure's columns.
        days: As asked of the table.
        options: `goal`, `model` and `basis` as asked of the table.
    """
    by = tuple("campaign" if name.startswith("campaign") else name for name in where)
    with reading(workspace) as open_build:
        open_build.name_facts(("ad_spend", "claims", "costs", "events", "outcomes", "fx_rates", "imports"))
        found = rows(
            open_build.engine,
            workspace.settings,
            kpi=kpi,
            by=tuple(dict.fromkeys(by)),
            where=where,
            days=days,
            **options,
        )
    return {measure: [plain(row) for row in measured] for measure, measured in found.items()}


def mixes_of_rows(workspace: Workspace, opened: Mapping[str, list[dict[str, Any]]]) -> Mixes:
    """What the rows of `kpi_rows` hold that is not alike."""
    return mixed_rows(opened, workspace.settings.time_zone)
