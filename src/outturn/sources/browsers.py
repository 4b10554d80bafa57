"""What a browser's name for itself tells: which kind of device, and whether a machine is reading."""

from __future__ import annotations

_BOT = (
    r"bot\b|bots\b|crawl|spider|slurp|headless|lighthouse|preview|monitor|python|curl/|wget|facebookexternalhit|"
    r"mediapartners|phantomjs"
)


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
