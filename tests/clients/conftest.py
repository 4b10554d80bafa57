"""What the tests with other people's clients share: a browser that cannot leave this machine, and a small web."""

from __future__ import annotations

import importlib.util
import json
import time
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, Any

import pytest

from tests.clients.site import Site, Web
from tests.clients.world import OTHER, SHOP, World
from tests.collector.running import Collector

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

# The clients live in an environment of their own, which `make clients` makes and these tests run in.
collect_ignore_glob = [] if importlib.util.find_spec("playwright") else ["test_*.py"]

PATIENCE = 10.0
"""Seconds until what should have happened has not."""

FLAGS = (
    "--host-resolver-rules=MAP * 127.0.0.1",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-proxy-server",
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, for which every name on earth is this machine."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only where it is installed

    chromium = which("chromium") or "/usr/bin/chromium"
    if not Path(chromium).is_file():
        pytest.fail("there is no chromium on the PATH. On Debian or Ubuntu: apt-get install chromium", pytrace=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser that was never anywhere, and that a person sits at: a headless one calls itself a machine."""
    agent = (
        f"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{browser.version} Safari/537.36"
    )
    context = browser.new_context(locale="de-DE", user_agent=agent, viewport={"width": 1200, "height": 800})
    context.set_default_timeout(PATIENCE * 1000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """Its first tab; what goes wrong in its scripts fails the test."""
    page = context.new_page()

    def fail(error: Any) -> None:
        raise AssertionError(f"the page's script failed: {error}")

    page.on("pageerror", fail)
    return page


@pytest.fixture
def site() -> Iterator[Site]:
    """A web of this test's own: an answer that comes late belongs to no other."""
    site = Site()
    server = Web(site)
    yield site
    server.shutdown()
    server.server_close()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Pages of two sites, with the tags of a collector that runs."""
    site = Site()
    web = Web(site)
    origins = json.dumps([site.url(host, "") for host in (SHOP, OTHER)])
    running = Collector(tmp_path / "acme", settings=f"\n[server]\norigins = {origins}\n")
    site.collector, site.key = f"t.HOST:{running.port}", running.add_key("public")
    secret_key = running.add_key("secret")
    with running:
        yield World(site, running, secret_key)
    web.shutdown()
    web.server_close()


@pytest.fixture
def until(page: Page) -> Callable[[Callable[[], object]], None]:
    """Wait until something holds; playwright's own events go on meanwhile."""

    def wait(holds: Callable[[], object]) -> None:
        end = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < end, "it did not happen"
            page.wait_for_timeout(20)

    return wait
