"""The API asked at random what its own description allows and forbids: it answers as described, and never fails."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from outturn.collector.openapi import openapi
from tests.clients.commands import outturn
from tests.collector.running import Collector, basic

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.clients

# As a client reads it: text, not Python's own values.
SCHEMA = schemathesis.openapi.from_dict(json.loads(json.dumps(openapi())))
OPERATIONS = [found.ok() for found in SCHEMA.get_all_operations()]
CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Collector, str]]:
    """A collector and the key that requests carry; in the end all that was taken goes into the lake."""
    rates = "\n[server]\nkey_rate = 0\naddress_rate = 0\n"
    running = Collector(tmp_path_factory.mktemp("random") / "acme", settings=rates)
    key = running.add_key("secret")
    outturn(running.root, "links", "add", "spring", "--to", "https://shop.example/", "--channel", "affiliates")
    with running:
        yield running, basic(key)
        assert running.ask("GET", "/healthz")[0] == 200
    loaded = outturn(running.root, "load", "--now")
    assert loaded["damaged"] == []


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.label)
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_it_answers_as_described(operation: Any, asked: tuple[Collector, str], data: st.DataObject) -> None:
    running, authorization = asked
    modes = list(GenerationMode) if operation.body or list(operation.iter_parameters()) else [GenerationMode.POSITIVE]
    case = data.draw(operation.as_strategy(generation_mode=data.draw(st.sampled_from(modes))))
    response = case.call(
        base_url=f"http://127.0.0.1:{running.port}", headers={"authorization": authorization}, allow_redirects=False
    )
    case.validate_response(response, checks=CHECKS)
