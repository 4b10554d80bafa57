"""UTM spelling: one source, medium or campaign under several names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from outturn.audit.check import Check
from outturn.audit.slips import slips

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outturn.store.engine import Engine


def name_slips(engine: Engine, _parameters: Mapping[str, Any]) -> None:
    """Name the campaigns that are a slip of another; what an ad account calls a campaign was meant so."""
    used = dict(
        engine.rows(
            "SELECT utm_campaign, CAST(SUM(hits) AS BIGINT) FROM hit_days "
            "WHERE utm_campaign <> '' AND utm_campaign NOT LIKE '%{%' GROUP BY utm_campaign"
        )
    )
    rows = engine.rows("SELECT DISTINCT campaign_name FROM campaigns WHERE campaign_name IS NOT NULL")
    found = slips(used, [name for (name,) in rows])
    words = {"word": pa.array(found.keys(), pa.string()), "usual_word": pa.array(found.values(), pa.string())}
    engine.register("campaign_slips", pa.table(words))


CHECK = Check(
    name="utm_spelling",
    title="Tags that spell one thing in several ways",
    means=(
        "Facebook, facebook and face-book, or a word with a slip of one letter in it that is used ten times as often "
        "without: reports that tell letters' case apart show several sources for one, each with a part of its visits, "
        "and rules that name one spelling miss the others. A campaign that is misspelt joins no spend. Names that "
        "differ in a number, a date or a short word such as a country, and names of the ad accounts themselves, are "
        "taken to differ on purpose."
    ),
    fix=(
        "Keep the spelling that is used more, named after the comma, and change the links that bear the other one. "
        "Write tags in small letters, from a list."
    ),
    where=("subject",),
    opens="events",
    least=5,
    sure_share=0.05,
    implies=("unjoined_campaigns",),
    prepare=name_slips,
)
