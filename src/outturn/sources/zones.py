"""In which zone the hours of an account were booked on days, and whether they would be booked in another one by now.

Some tables hold hours, which lie on days only once the account's zone is known. Where a table of accounts told that
zone later, the same file is another import: it takes the place of the earlier one, whose days were drawn elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from outturn.sources.known import UNNAMED

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb

    from outturn.sources.desk import Desk
    from outturn.sources.jobs import Job
    from outturn.sources.recognition import Recognised
    from outturn.store.facts import ImportRecord

BOOKED_IN = "booked_in"
"""Where `imports.summary` keeps the zones that the file left open, by account."""


def zones_of(connection: duckdb.DuckDBPyConnection, recognised: Recognised) -> dict[str, str]:
    """By account the zone that made days of the `accepted` hours; empty where the file has days, or states zones."""
    if not recognised.layout.day:
        return {}
    rows = connection.execute(
        "SELECT DISTINCT account_id, time_zone FROM accepted "
        "WHERE EXISTS (SELECT 1 FROM placed WHERE stated_zone IS NULL) ORDER BY ALL"
    ).fetchall()
    return dict(rows)


def booked_elsewhere(record: ImportRecord, recognised: Recognised, desk: Desk) -> bool:
    """Whether an earlier import of the same file would have other days by now."""
    booked: Mapping[str, str] = record.summary.get(BOOKED_IN, {})
    accounts = desk.known.accounts(recognised.source.platform) if booked else {}
    assumed = desk.options.time_zone or recognised.layout.zone or desk.workspace.settings.time_zone
    for account_id, zone in booked.items():
        # Whoever was not named then is the first that was named since.
        named = next(iter(accounts)) if account_id == UNNAMED and len(accounts) == 1 else account_id
        known = accounts[named].time_zone if named in accounts else ""
        if (known or assumed) != zone:
            return True
    return False


def replaced_by(job: Job, recognised: Recognised, desk: Desk) -> list[ImportRecord]:
    """The loaded imports of the same hours: days that only they have must not stay beside this one's."""
    if not recognised.layout.day:
        return []

    def meant(told: Mapping[str, object]) -> dict[str, object]:
        return {name: value for name, value in told.items() if name != "time_zone"}

    return [
        record
        for record in desk.loaded
        if (record.sha256, record.source, record.layout) == (job.sha256, recognised.source.name, recognised.layout.name)
        and meant(record.options) == meant(job.told)
    ]
