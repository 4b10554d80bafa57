"""What a spend file would change of what is already known: days restated, and campaigns that would be lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outturn.domain.errors import FileRefused
from outturn.domain.money import decimal_text

if TYPE_CHECKING:
    import duckdb

    from outturn.store.duckdb_engine import DuckDBEngine

_SHOWN = 8
_KEPT = 400

_NEW = """
SELECT platform, account_id, date_day, period_start, period_end, level, campaign_id, campaign_name, currency,
    CAST(SUM(spend_micros) AS BIGINT) AS spend_micros
FROM accepted GROUP BY ALL
"""
# A day of an account is restated as a whole, level by level: the file's own (account, day, level) is its scope.
_OLD = """
SELECT ad_spend.platform, ad_spend.account_id, ad_spend.date_day, ad_spend.period_start, ad_spend.period_end,
    ad_spend.level,
    ad_spend.campaign_id, ad_spend.campaign_name, ad_spend.currency, MAX(ad_spend.import_id) AS import_id,
    CAST(SUM(ad_spend.spend_micros) AS BIGINT) AS spend_micros
FROM ad_spend SEMI JOIN incoming ON ad_spend.platform = incoming.platform
    AND ($adopts OR ad_spend.account_id = incoming.account_id)
    AND ad_spend.date_day IS NOT DISTINCT FROM incoming.date_day
    AND ad_spend.period_start IS NOT DISTINCT FROM incoming.period_start
    AND ad_spend.period_end IS NOT DISTINCT FROM incoming.period_end
    AND ad_spend.level = incoming.level
GROUP BY ALL
"""
_DROPPED = """
SELECT COALESCE(old.campaign_name, old.campaign_id) AS campaign, old.currency,
    CAST(SUM(old.spend_micros) AS BIGINT) AS spend_micros,
    MIN(COALESCE(old.date_day, old.period_start)) AS first_day, MAX(COALESCE(old.date_day, old.period_end)) AS last_day
FROM old ANTI JOIN incoming ON old.date_day IS NOT DISTINCT FROM incoming.date_day
    AND old.period_start IS NOT DISTINCT FROM incoming.period_start AND old.level = incoming.level
    AND (old.campaign_id = incoming.campaign_id OR old.campaign_name = incoming.campaign_name
        OR COALESCE(old.campaign_id, old.campaign_name) IS NULL)
WHERE old.spend_micros <> 0
GROUP BY 1, 2 ORDER BY spend_micros DESC, campaign
"""
_CHANGED = """
WITH was AS (
    SELECT date_day, period_start, period_end, level, currency, MAX(import_id) AS import_id,
        CAST(SUM(spend_micros) AS BIGINT) AS micros
    FROM old WHERE NOT $partial OR EXISTS (
        SELECT 1 FROM incoming WHERE incoming.date_day IS NOT DISTINCT FROM old.date_day AND incoming.level = old.level
            AND (incoming.campaign_id = old.campaign_id OR incoming.campaign_name = old.campaign_name)
    ) GROUP BY ALL
), will AS (
    SELECT date_day, period_start, period_end, level, currency, CAST(SUM(spend_micros) AS BIGINT) AS micros
    FROM incoming GROUP BY ALL
)
SELECT CAST(COALESCE(was.date_day, was.period_start) AS VARCHAR) AS day, was.level, was.currency, was.micros,
    will.micros, was.import_id
FROM was LEFT JOIN will ON was.date_day IS NOT DISTINCT FROM will.date_day
    AND was.period_start IS NOT DISTINCT FROM will.period_start
    AND was.period_end IS NOT DISTINCT FROM will.period_end AND was.level = will.level AND was.currency = will.currency
WHERE was.micros IS DISTINCT FROM will.micros
ORDER BY day, was.level, was.currency
"""


def restated(
    connection: duckdb.DuckDBPyConnection, engine: DuckDBEngine, *, replace: bool, partial: bool
) -> list[dict[str, Any]]:
    """Hold a file's rows (`accepted`) against the current ones.

    Args:
        connection: Where `accepted` is.
        engine: Where the current `ad_spend` is.
        replace: Campaigns may be lost.
        partial: Only campaigns that the file names are replaced, so that none is lost.

    Returns:
        The days whose spend changes: `day, level, currency, was, now, import_id` (of what is restated).

    Raises:
        FileRefused: DROPS_CAMPAIGNS, listing campaigns and money.
    """
    incoming = connection.sql(_NEW).to_arrow_table()
    if incoming.num_rows == 0:
        return []
    engine.register("incoming", incoming)
    # Until an account is named, the unnamed one is it: a first named file restates what came before.
    accounts = {
        row[0] for row in engine.rows("SELECT DISTINCT account_id FROM ad_spend SEMI JOIN incoming USING (platform)")
    }
    engine.table("old", _OLD, {"adopts": accounts == {"(unnamed)"}})
    if not (replace or partial):
        _refuse_drops(engine)
    rows = engine.rows(_CHANGED, {"partial": partial})
    return [
        {
            "day": day, "level": level, "currency": currency, "was": _money(was, currency),
            "now": _money(now, currency), "import_id": import_id,
        }
        for day, level, currency, was, now, import_id in rows[:_KEPT]
    ]  # fmt: skip


def _refuse_drops(engine: DuckDBEngine) -> None:
    dropped = engine.rows(_DROPPED)
    if not dropped:
        return
    shown = [
        f"{campaign} ({_money(micros, currency)} {currency}, {first} to {last})"
        for campaign, currency, micros, first, last in dropped[:_SHOWN]
    ]
    more = f" and {len(dropped) - _SHOWN} more" if len(dropped) > _SHOWN else ""
    raise FileRefused(
        "DROPS_CAMPAIGNS",
        f"it would drop {len(dropped)} campaigns with spend from days that it covers: {'; '.join(shown)}{more}. "
        "Pass --replace if they are gone, or --partial if the file holds only some campaigns",
        needs=("replace", "partial"),
    )


def _money(micros: int | None, currency: str) -> str | None:
    return None if micros is None else decimal_text(micros, currency)
