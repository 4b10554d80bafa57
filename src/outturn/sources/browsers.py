"""What a browser's name for itself tells: which kind of device, and whether a machine is reading."""

from __future__ import annotations

_BOT = r"bot\b|bots\b|crawl|spider|slurp|headless|lighthouse|preview|monitor|python|curl/|wget|facebookexternalhit|mediapartners|phantomjs"


def device_sql(user_agent: str) -> str:
    """SQL for tablet, mobile or desktop; NULL where the browser does not say."""
    tablet = f"regexp_matches({user_agent}, 'iPad|Tablet|PlayBook|Silk/') OR (contains({user_agent}, 'Android') AND NOT contains({user_agent}, 'Mobi'))"
    return f"CASE WHEN {tablet} THEN 'tablet' WHEN contains({user_agent}, 'Mobi') THEN 'mobile' WHEN {user_agent} <> '' THEN 'desktop' END"


def bot_sql(user_agent: str) -> str:
    """SQL: whether the browser says that it is no person's; NULL where it says nothing."""
    return f"regexp_matches({user_agent}, '{_BOT}', 'i') AND NOT contains({user_agent}, 'CUBOT')"
