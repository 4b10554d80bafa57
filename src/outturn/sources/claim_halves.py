"""Claims whose counts and values come in files of their own: either file is completed by what the other one said.

A later file replaces the claims of its account, day and level. So that counts do not hide the values beside them, a
file of either half carries the other half of its days along: one row of `claims` for each claim, with count and value.
"""

from __future__ import annotations

from outturn.sources.loans import CLAIMED

_SAME = "account_id, date_day, ad_id, conversion_action, click_or_view, attribution_window"
COUNT, VALUE = "claimed_conversions", "claimed_value_micros"


def other_half(half: str) -> dict[str, str]:
    """The step that gives what the workspace knows of the other half; `half` is COUNT or VALUE, as in the file."""
    other = VALUE if half == COUNT else COUNT
    return {
        "other_half": f"""
            SELECT {_SAME}, ANY_VALUE(currency) AS currency, CAST(SUM({other}) AS {_type(other)}) AS figure
            FROM {CLAIMED} WHERE level = 'ad' AND {other} IS NOT NULL GROUP BY {_SAME}
        """  # noqa: S608
    }


def completed(given: str, half: str) -> str:
    """The SELECT of `claims` out of the file's own rows and the other half.

    Args:
        given: A SELECT over `accepted` of rows of ads: every column of `claims`, with `half` alone filled.
        half: COUNT or VALUE.
    """
    other = VALUE if half == COUNT else COUNT
    return f"""
        WITH given AS ({given}), placed AS (
            SELECT *, ROW_NUMBER() OVER (PARTITION BY {_SAME} ORDER BY line) AS place FROM given
        ), first_lines AS (
            SELECT account_id, date_day, MIN(line) AS line FROM accepted GROUP BY account_id, date_day
        )
        SELECT
            placed.* EXCLUDE (place, currency, {other}), COALESCE(placed.currency, other_half.currency) AS currency,
            other_half.figure AS {other}
        FROM placed LEFT JOIN other_half
            ON (placed.account_id, placed.date_day, placed.ad_id) =
                (other_half.account_id, other_half.date_day, other_half.ad_id)
            AND (placed.conversion_action, placed.click_or_view, placed.attribution_window) =
                (other_half.conversion_action, other_half.click_or_view, other_half.attribution_window)
            AND placed.place = 1
        UNION ALL BY NAME
        SELECT
            first_lines.line, (SELECT ANY_VALUE(platform) FROM accepted) AS platform, 'ad' AS level,
            other_half.* EXCLUDE (figure), 'unknown' AS date_basis, other_half.figure AS {other}
        FROM other_half JOIN first_lines USING (account_id, date_day) ANTI JOIN given USING ({_SAME})
    """  # noqa: S608


def _type(figure: str) -> str:
    return "DOUBLE" if figure == COUNT else "BIGINT"
