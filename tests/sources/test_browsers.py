"""A browser's family, as an import tells it, is the one that the collector tells of the same user agent."""

from __future__ import annotations

import pytest

from outturn.collector.agents import agent_of
from outturn.sources.browsers import browser_sql, device_sql
from outturn.store.duckdb_engine import DuckDBEngine

_MAC, _KIT = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)", "AppleWebKit/605.1.15 (KHTML, like Gecko)"
_BLINK = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/134.0.0.0"
_PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X)"


@pytest.mark.parametrize(
    "agent",
    [
        f"{_MAC} {_KIT} Version/18.3 Safari/605.1.15",
        f"{_PHONE} {_KIT} Version/18.3 Mobile/15E148 Safari/604.1",
        f"{_PHONE} {_KIT} CriOS/134.0.6998.33 Mobile/15E148 Safari/604.1",
        f"{_PHONE} {_KIT} FxiOS/136.0 Mobile/15E148 Safari/605.1.15",
        f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_BLINK} Safari/537.36",
        f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_BLINK} Safari/537.36 Edg/134.0.0.0",
        f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_BLINK} Safari/537.36 OPR/117.0.0.0",
        f"Mozilla/5.0 (Linux; Android 15; Pixel 9) {_BLINK} Mobile Safari/537.36",
        f"Mozilla/5.0 (Linux; Android 14; SAMSUNG SM-S918B) {_BLINK} SamsungBrowser/27.0 Mobile Safari/537.36",
        "Mozilla/5.0 (X11; Linux x86_64; rv:136.0) Gecko/20100101 Firefox/136.0",
    ],
    ids=[
        "safari",
        "iphone",
        "chrome-ios",
        "firefox-ios",
        "chrome",
        "edge",
        "opera",
        "android",
        "samsung",
        "firefox",
    ],
)
def test_imports_and_collector_call_a_browser_alike(agent: str) -> None:
    engine = DuckDBEngine(threads=1)
    ((browser, device),) = engine.rows(f"SELECT {browser_sql('$agent')}, {device_sql('$agent')}", {"agent": agent})
    engine.close()
    told = agent_of(agent)
    assert (browser, device) == (told.browser, told.device)
