"""A desk and a lake in memory, for endpoints and readers that are pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import count
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from outturn.collector.desk import Rules
from outturn.collector.exchange import Request
from outturn.collector.limits import Limits
from outturn.collector.nonces import Nonces
from outturn.collector.place import Agent
from outturn.collector.signatures import KEEP_NONCES_MICROS
from outturn.domain.identifiers import IdentityKind, identity_key
from outturn.domain.links import Link, made_link
from outturn.domain.time import instant_of, micros_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

NOW = micros_of(datetime(2026, 3, 1, 12, tzinfo=UTC))
VISITOR = "AAAAAAAAAAAAAAAAAAAAAA"
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36"

# What a stranger may send: text of any kind, signs that break headers and addresses, broken escapes.
HOSTILE = st.one_of(
    st.text(max_size=40),
    st.lists(
        st.sampled_from([
            "%", "%0d%0a", "\r\n", "\x00", "&", "=", "?", "#", "//evil.example", "@", "\\", "%ff", "%ed%a0%80",
            "\ud800", "sub1=", "gclid=", "oclid=", "click_id=", "link=", "{sub1}", "{click_id}", "javascript:", "a",
            "é", "+", " ",
        ]),
        max_size=8,
    ).map("".join),
)  # fmt: skip


def link(link_id: str = "spring", kind: str = "click", **fields: Any) -> Link:
    """An affiliate's link."""
    if kind == "click":
        fields.setdefault("destination", "https://shop.example/sale")
    return made_link(link_id, kind, fields.pop("channel", "Affiliates"), created_at=instant_of(NOW), **fields)


def dice() -> Callable[[int], bytes]:
    """Bytes that are never the same twice and always the same again."""
    numbers = count(1)
    return lambda size: next(numbers).to_bytes(size, "big")


@dataclass(frozen=True)
class FakeDesk:
    """What endpoints ask of a desk."""

    links: Mapping[str, Link] = field(default_factory=lambda: {"spring": link()})
    dice: Callable[[int], bytes] = field(default_factory=dice)
    rules: Rules = field(default_factory=Rules)
    limits: Limits = field(default_factory=Limits)
    secrets: Mapping[str, bytes] = field(default_factory=dict)
    nonces: Nonces = field(default_factory=lambda: Nonces(KEEP_NONCES_MICROS))


def desk(*links: Link, **fields: Any) -> FakeDesk:
    """A desk with these links."""
    return FakeDesk(links={one.id: one for one in links}, **fields)


def request(
    path: str, query: str = "", *, method: str = "GET", body: bytes = b"", at: int = NOW, **headers: str
) -> Request:
    """A browser's request; headers' names with `_` for `-`."""
    named = {"user-agent": BROWSER, **{name.replace("_", "-"): text for name, text in headers.items()}}
    return Request(method, path, query, named, body, lambda: "203.0.113.77", at)


def key(kind: IdentityKind, text: str) -> bytes:
    return identity_key(b"world", kind, text)


@dataclass
class FakePlace:
    """A lake that holds what it was told to remember."""

    outcomes: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def key(self, kind: IdentityKind, text: str) -> bytes | None:
        return key(kind, text)

    def agent(self, user_agent: str | None) -> Agent:
        return Agent("Chrome", "desktop", is_bot="bot" in (user_agent or ""))

    def day(self, micros: int) -> date:
        return instant_of(micros).date()

    def standing(self, outcome_id: str) -> Mapping[str, Any] | None:
        return self.outcomes.get(outcome_id)
