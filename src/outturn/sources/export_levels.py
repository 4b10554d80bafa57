"""The levels of an export out of an ads manager: one row a campaign, an ad group, or an ad."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from outturn.sources.source import Cell, Kind

if TYPE_CHECKING:
    from outturn.sources.source import Layout


class Report(Protocol):
    """Makes the layout of one level: its further cells, and the headers that tell that it is a finer one."""

    def __call__(self, level: str, /, *cells: Cell, without: tuple[str, ...] = ()) -> Layout:
        """The layout of that level."""
        ...


def levels_of(
    report: Report, *, ad_group: tuple[str, ...], ad: tuple[str, ...], ad_id: tuple[str, ...]
) -> tuple[Layout, Layout, Layout]:
    """A platform's export at each level; which of them a file is, the names in it tell.

    Args:
        report: Of the platform.
        ad_group: The headers of an ad group's name.
        ad: Those of an ad's name.
        ad_id: Those of an ad's id.
    """
    return (
        report("campaign", without=(*ad_group, *ad, *ad_id)),
        report("ad_group", Cell("ad_group_name", Kind.TEXT, ad_group, required=True), without=(*ad, *ad_id)),
        report(
            "ad",
            Cell("ad_group_name", Kind.TEXT, ad_group),
            Cell("ad_name", Kind.TEXT, ad, required=True),
            Cell("ad_id", Kind.ID, ad_id),
        ),
    )
