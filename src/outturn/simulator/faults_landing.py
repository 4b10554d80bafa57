"""Faults of landing pages: what is lost between an ad's link and the page that a visitor sees."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from outturn.simulator.faults_visits import change_pages, query_of, set_query
from outturn.simulator.planted import Fault, Planted

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

    from outturn.simulator.fault_files import Files, Message

_PATH = "/collections/desk"
_PAGE = f"aurora-lamps.example{_PATH}"
_SHIMS = {"l.facebook.com", "l.instagram.com"}


def _redirect(files: Files, share: float, rng: np.random.Generator) -> Planted:
    """A landing page has moved, and the redirect drops the whole query, whoever comes."""
    change_pages(files, share, rng, lambda one: _lands(one) and bool(query_of(one)), lambda one: set_query(one, {}))
    bare = [one for one in files.messages() if one["type"] == "page" and _lands(one) and _is_bare(one)]
    return Planted(len(bare), where={"platform": "meta_ads", "subject": _PAGE})


def _lands(message: Message) -> bool:
    return bool(message["context"]["page"]["path"] == _PATH)


def _is_bare(message: Message) -> bool:
    """Meta sent it beyond doubt, and it does not carry what Meta's visitors carry."""
    query = query_of(message)
    if query.get("utm_source") in {"facebook", "instagram"}:
        return "fbclid" not in query
    return urlsplit(message["context"]["page"]["referrer"]).netloc in _SHIMS and not query


FAULTS: Mapping[str, Fault] = {"parameters_lost_on_redirect": _redirect}
