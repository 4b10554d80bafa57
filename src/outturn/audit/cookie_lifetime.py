"""Cookie lifetime: a browser that forgets its id within a week makes a new visitor of whoever comes back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from outturn.audit.check import Check
from outturn.audit.needs import name_step

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outturn.store.engine import Engine

MOST_PAGES = 1_000_000
"""Where more pages were opened, so large a share of the people is looked at as opened so many."""
LATEST_DAYS = 90
"""Of longer times the latest days are looked at: what browsers forgot before says nothing of those of today."""
_KEY_BYTES, _DRAWN_BYTES = 32, 4
_NO_DAY = date(2000, 1, 1)  # where no page was opened; any day will do


def name_days(engine: Engine, parameters: Mapping[str, Any]) -> None:
    """Name the days on which people were signed in, of as many days and people as say enough."""
    ((latest,),) = engine.rows("SELECT MAX(date_day) FROM hit_days WHERE type = 'page'")
    first = (latest or _NO_DAY) - timedelta(days=LATEST_DAYS)
    ((views,),) = engine.rows(
        "SELECT CAST(COALESCE(SUM(hits), 0) AS BIGINT) FROM hit_days WHERE type = 'page' AND date_day >= $first",
        {"first": first},
    )
    share = min(1.0, MOST_PAGES / max(views, 1))
    drawn = round(share * (256**_DRAWN_BYTES - 1)).to_bytes(_DRAWN_BYTES, "big")
    bounds = {
        "highest_key": drawn + b"\xff" * (_KEY_BYTES - _DRAWN_BYTES),
        "since": datetime(first.year, first.month, first.day, tzinfo=UTC),
    }
    name_step(engine, "signed_pages", {**parameters, **bounds}, as_name="signed_days")


CHECK = Check(
    name="cookie_lifetime",
    title="A browser that forgets who it was within seven days",
    means=(
        "People came back to this browser, signed in, after more than seven days, and most of them under another id; "
        "after fewer days they kept it. Safari cuts cookies that script writes to seven days, or one after a click "
        "from an ad. There, all who do not sign in are new visitors: what brought them first gets no credit, "
        "lookbacks are a week long in truth, and returning buyers look like new ones."
    ),
    fix=(
        "Let your server set the id (HttpOnly, on the site's own domain and not behind a CNAME to somebody else): the "
        "collector's tag does. Until then read journeys of this browser as a week long, and ask people to sign in."
    ),
    where=("source", "subject"),
    opens="events",
    normal_share=0.35,
    least=12,
    critical_share=0.8,
    sure_share=1.0,
    implies=("revenue_without_touch",),
    prepare=name_days,
)
