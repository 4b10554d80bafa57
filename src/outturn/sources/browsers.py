"""What a browser's name for itself tells: its family, which kind of device, and whether a machine is reading."""

from __future__ import annotations

_BOT = (
    r"bot\b|bots\b|crawl|spider|slurp|headless|lighthouse|preview|monitor|python|curl/|wget|facebookexternalhit|"
    r"mediapartners|phantomjs"
)


# Each names itself beside those that it is made of, so the first that is found counts. Families are called as
# ua-parser calls them, which the collector asks.
_FAMILIES = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("FxiOS", "Firefox iOS"),
    ("CriOS", "Chrome Mobile iOS"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
_MOBILE = {"Firefox": "Firefox Mobile", "Chrome": "Chrome Mobile", "Safari": "Mobile Safari"}


def browser_sql(user_agent: str) -> str:
    """SQL for the browser's family, without its version; NULL where it is none of the usual ones."""
    families = " ".join(
        f"WHEN contains({user_agent}, '{mark}') THEN "
        + (
            f"CASE WHEN contains({user_agent}, 'Mobi') THEN '{_MOBILE[family]}' ELSE '{family}' END"
            if family in _MOBILE
            else f"'{family}'"
        )
        for mark, family in _FAMILIES
    )
    return f"CASE {families} END"


def device_sql(user_agent: str) -> str:
    """SQL for tablet, mobile or desktop; NULL where the browser does not say."""
    return f"""
        CASE
            WHEN regexp_matches({user_agent}, 'iPad|Tablet|PlayBook|Silk/') THEN 'tablet'
            WHEN contains({user_agent}, 'Mobi') THEN 'mobile'
            WHEN contains({user_agent}, 'Android') THEN 'tablet'
            WHEN {user_agent} <> '' THEN 'desktop'
        END
    """


def bot_sql(user_agent: str) -> str:
    """SQL: whether the browser says that it is no person's; NULL where it says nothing."""
    return f"regexp_matches({user_agent}, '{_BOT}', 'i') AND NOT contains({user_agent}, 'CUBOT')"
