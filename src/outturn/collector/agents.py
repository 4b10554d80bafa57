"""What a user agent tells: which browser, which kind of device, and whether a machine is at it."""

from __future__ import annotations

import re
from functools import lru_cache

from crawlerdetect import CrawlerDetect
from ua_parser import parse_user_agent

from outturn.collector.place import Agent

_REMEMBERED = 20_000
_TABLET = re.compile(r"iPad|Tablet|PlayBook|Silk/")
_CRAWLERS = CrawlerDetect()


@lru_cache(_REMEMBERED)
def agent_of(user_agent: str | None) -> Agent:
    """What is told by a user agent; a browser's family without its version."""
    if not user_agent:
        return Agent()
    browser = parse_user_agent(user_agent)
    return Agent(browser.family if browser else None, _device(user_agent), bool(_CRAWLERS.isCrawler(user_agent)))


def _device(user_agent: str) -> str:
    if _TABLET.search(user_agent):
        return "tablet"
    if "Mobi" in user_agent:
        return "mobile"
    return "tablet" if "Android" in user_agent else "desktop"
