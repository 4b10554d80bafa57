"""What a spend file would change of what is already known, before it is in: days restated, campaigns lost.

Its rows are set among the facts as those of an import that comes after all others, and the same statements answer that
say what past imports have changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outturn.domain.errors import FileRefused
from outturn.domain.money import decimal_text
from outturn.sources.restatement import SPEND, spend_change
from outturn.store.restatements import name_changes
from outturn.store.sql import load

if TYPE_CHECKING:
    import duckdb

    from outturn.store.duckdb_engine import DuckDBEngine

_SHOWN = 8
# After every import's id, which begins with i.
_ID = "j"

_SCOPE = "platform, date_day, period_start, period_end, level"
_ABOUT = f"{_SCOPE}, account_id, campaign_id, campaign_name, currency"
# What stands for a row of no campaign, so that a partial file replaces only the ads that it names.
_BELOW = (
    "CASE WHEN COALESCE(campaign_id, campaign_name) IS NULL THEN ad_group_id END AS ad_group_id, "
    "CASE WHEN COALESCE(campaign_id, campaign_name) IS NULL THEN ad_id END AS ad_id"
)
_FIGURES = ("spend_micros", "impressions", "clicks")
_SUMS = ", ".join(f"CAST(SUM({name}) AS BIGINT) AS {name}" for name in _FIGURES)
_BEFORE = f"""
SELECT ad_spend_rows.import_id, {_ABOUT}, {_BELOW}, {_SUMS}
FROM ad_spend_rows
SEMI JOIN (SELECT DISTINCT {_SCOPE} FROM incoming) AS scopes ON ad_spend_rows.platform = scopes.platform
    AND ad_spend_rows.date_day IS NOT DISTINCT FROM scopes.date_day
    AND ad_spend_rows.period_start IS NOT DISTINCT FROM scopes.period_start
    AND ad_spend_rows.period_end IS NOT DISTINCT FROM scopes.period_end
    AND ad_spend_rows.level = scopes.level
GROUP BY ALL
"""  # noqa: S608
# Until an account is named, the unnamed one is it: a first named file restates what came before.
_ADOPTERS = """
SELECT platform, MIN(account_id) AS account_id FROM incoming
WHERE account_id <> '(unnamed)' AND platform NOT IN (SELECT platform FROM account_adopters)
GROUP BY platform
UNION ALL SELECT platform, account_id FROM account_adopters
"""
# Names that lie on other days than the file's tell its campaigns too.
_BEARERS = """
SELECT before.platform,
    CASE WHEN before.account_id = '(unnamed)' THEN COALESCE(account_adopters.account_id, '(unnamed)')
        ELSE before.account_id END AS account_id,
    before.campaign_name, before.campaign_id
FROM spend_bearers_before AS before LEFT JOIN account_adopters ON before.platform = account_adopters.platform
UNION
SELECT platform, account_id, campaign_name, campaign_id FROM spend_bearers_now
"""
_DROPPED = f"""
SELECT MAX(COALESCE(old.campaign_name, old.campaign)) AS campaign_name, old.currency,
    CAST(SUM(old.spend_micros) AS BIGINT) AS spend_micros, MIN(old.first_day), MAX(old.last_day)
FROM spend_lives AS old
ANTI JOIN (SELECT * FROM spend_lives WHERE import_id = '{_ID}') AS new ON old.platform = new.platform
    AND old.account_id = new.account_id AND old.first_day = new.first_day AND old.last_day = new.last_day
    AND old.by_day = new.by_day AND old.level = new.level
    AND (old.campaign = new.campaign OR (
        old.campaign_name = new.campaign_name AND (old.campaign LIKE 'name:%' OR new.campaign LIKE 'name:%')
    ))
WHERE old.replaced_by = '{_ID}' AND old.spend_micros <> 0 AND old.named = 1
GROUP BY old.platform, old.account_id, old.campaign, old.currency ORDER BY spend_micros DESC, campaign_name
"""  # noqa: S608
# Of a campaign that stays beside a new one of its name, nobody can tell whether it is the same money.
_DOUBTFUL = f"""
SELECT DISTINCT old.campaign_name
FROM spend_lives AS old
INNER JOIN (SELECT * FROM spend_lives WHERE import_id = '{_ID}') AS new ON old.platform = new.platform
    AND old.account_id = new.account_id AND old.first_day = new.first_day AND old.last_day = new.last_day
    AND old.by_day = new.by_day AND old.level = new.level
    AND old.campaign_name = new.campaign_name AND old.campaign <> new.campaign
WHERE old.replaced_by IS NULL AND (old.campaign LIKE 'name:%' OR new.campaign LIKE 'name:%')
ORDER BY old.campaign_name
"""  # noqa: S608


def changes_of(
    connection: duckdb.DuckDBPyConnection, engine: DuckDBEngine, *, replace: bool, partial: bool
) -> list[dict[str, Any]]:
    """Set a file's rows (`accepted`) among the facts.

    Args:
        connection: Where `accepted` is.
        engine: Knows `ad_spend` by `Facts.expose`; it serves nothing else afterwards.
        replace: Campaigns may be lost.
        partial: Only campaigns that the file names are replaced, so that none is lost.

    Returns:
        The days that change, in the form of `restatement.spend_change`.

    Raises:
        FileRefused: DROPS_CAMPAIGNS, listing campaigns and money; AMBIGUOUS_CAMPAIGN.
    """
    incoming = connection.sql(_incoming(connection)).to_arrow_table()
    if incoming.num_rows == 0:
        return []
    engine.register("incoming", incoming)
    _set_among(engine, partial=partial)
    name_changes(engine, "ad_spend")
    if partial:
        _refuse_doubts(engine)
    elif not replace:
        _refuse_drops(engine)
    return [spend_change(row) for import_id, *row in engine.rows(SPEND) if import_id == _ID]


def _incoming(connection: duckdb.DuckDBPyConnection) -> str:
    """SELECT the file's rows as those of an import; not every report has clicks."""
    had = {name for name, *_ in connection.execute("DESCRIBE accepted").fetchall()}
    sums = ", ".join(f"CAST({f'SUM({name})' if name in had else 'NULL'} AS BIGINT) AS {name}" for name in _FIGURES)
    return f"SELECT '{_ID}' AS import_id, {_ABOUT}, {_BELOW}, {sums} FROM accepted GROUP BY ALL"  # noqa: S608


def _set_among(engine: DuckDBEngine, *, partial: bool) -> None:
    engine.table("account_adopters_then", _ADOPTERS)
    engine.table("loaded_imports_before", "SELECT * FROM loaded_imports")
    engine.table(
        "loaded_imports",
        f"SELECT * FROM loaded_imports_before UNION ALL SELECT '{_ID}', '', $partial",  # noqa: S608
        {"partial": partial},
    )
    engine.table("ad_spend_before", _BEFORE)
    engine.table("spend_bearers_before", "SELECT * FROM spend_bearers")
    engine.table("ad_spend_rows", "SELECT * FROM ad_spend_before UNION ALL BY NAME SELECT * FROM incoming")
    engine.table("account_adopters", "SELECT * FROM account_adopters_then")
    engine.table("spend_bearers_now", load("outturn.store", "spend_bearers"))
    engine.table("spend_bearers", _BEARERS)
    engine.view("ad_spend_placed", load("outturn.store", "ad_spend_placed"))


def _refuse_doubts(engine: DuckDBEngine) -> None:
    names = [name for (name,) in engine.rows(_DOUBTFUL)]
    if names:
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        raise FileRefused(
            "AMBIGUOUS_CAMPAIGN",
            f"several campaigns are called {', '.join(names[:_SHOWN])}{more}, and this file or an earlier one names "
            "them without their ids, so that --partial cannot tell which of them it replaces: export with the "
            "campaign's id, or import all campaigns of these days without --partial",
        )


def _refuse_drops(engine: DuckDBEngine) -> None:
    dropped = engine.rows(_DROPPED)
    if not dropped:
        return
    shown = [
        f"{campaign} ({decimal_text(micros, currency)} {currency}, {first} to {last})"
        for campaign, currency, micros, first, last in dropped[:_SHOWN]
    ]
    more = f" and {len(dropped) - _SHOWN} more" if len(dropped) > _SHOWN else ""
    raise FileRefused(
        "DROPS_CAMPAIGNS",
        f"it would drop {len(dropped)} campaigns with spend from days that it covers: {'; '.join(shown)}{more}. "
        "Pass --replace if they are gone, or --partial if the file holds only some campaigns",
        needs=("replace", "partial"),
    )
