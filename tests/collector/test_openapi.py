"""The published interface: it names what is served, refers to what it holds, and its own examples are taken."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from outturn.collector.links import follow
from outturn.collector.openapi import PATH, openapi, published
from outturn.collector.outcome_entries import FIELDS
from outturn.collector.pixels import NAMES, show
from outturn.collector.postbacks import take
from outturn.collector.serve import endpoints
from outturn.domain.links import secret_digest
from tests.collector.worlds import desk, link, request

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DOCUMENT = openapi(tag_path="/t.js")
METHODS = {"get", "head", "post"}


def found(value: Any, name: str) -> Iterator[Any]:
    """Everything that stands under a name, anywhere."""
    if isinstance(value, dict):
        if name in value:
            yield value[name]
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from found(one, name)


def test_it_names_every_path_that_is_served_and_no_other(tmp_path: Path) -> None:
    served = set(endpoints(tmp_path, lambda: "", tag_path="/t.js"))
    named = {path[: path.index("{")] if "{" in path else path for path in DOCUMENT["paths"]}
    assert named == served


def test_it_is_handed_out() -> None:
    reply = published(tag_path="/t.js")(request(PATH), None)
    assert (reply.status, json.loads(reply.body)) == (200, DOCUMENT)


def test_it_holds_together() -> None:
    assert json.loads(json.dumps(DOCUMENT)) == DOCUMENT
    assert DOCUMENT["openapi"].startswith("3.1")
    for reference in found(DOCUMENT, "$ref"):
        assert reference.removeprefix("#/components/schemas/") in DOCUMENT["components"]["schemas"]
    names = list(found(DOCUMENT["paths"], "operationId"))
    assert len(names) == len(set(names))
    for path, operations in DOCUMENT["paths"].items():
        assert set(operations) <= METHODS
        for operation in operations.values():
            assert operation["responses"]
            stated = {one["name"] for one in operation.get("parameters", ()) if one["in"] == "path"}
            assert stated == {part.partition("}")[0] for part in path.split("{")[1:]}


def test_its_words_are_those_of_the_code() -> None:
    assert set(DOCUMENT["components"]["schemas"]["Outcome"]["properties"]) == set(FIELDS)
    assert {"impression", *next(found(DOCUMENT["paths"]["/i/{link}/{event}.gif"], "enum"))} == set(NAMES)


def test_the_answers_are_among_those_that_it_states() -> None:
    known = desk(link(secret_digest=secret_digest("word")), link("spot", "vast", channel="CTV"))

    def stated(path: str) -> set[int]:
        return {int(status) for status in DOCUMENT["paths"][path]["get"]["responses"]}

    for path, prefetch in (("/c/spring", ""), ("/c/other", ""), ("/c/spring", "prefetch")):
        assert follow(request(path, sec_purpose=prefetch), known).status in stated("/c/{link}")
    for path in ("/i/spot/start.gif", "/i/other/start.gif"):
        assert show(request(path), known).status in stated("/i/{link}/{event}.gif")
    for secret, txid in (("word", "T"), ("word", ""), ("x", "T")):
        query = urlencode({"link": "spring", "secret": secret, "txid": txid})
        assert take(request("/postback", query), known).status in stated("/postback")
