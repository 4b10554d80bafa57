"""The collector's interface as OpenAPI 3.1: what clients, and the tests that try to break it, read.

Words and limits come from the code that applies them, so that this page cannot say anything else.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from outturn.collector import links, outcomes, pixels, postbacks, signatures
from outturn.collector.exchange import Reply
from outturn.collector.messages import ENDPOINTS
from outturn.collector.openapi_schemas import SCHEMAS
from outturn.collector.taken import MOST_MESSAGES
from outturn.domain.links import SUB_IDS, VAST_EVENTS
from outturn.domain.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable

    from outturn.collector.exchange import Request

PATH = "/openapi.json"
_Json = dict[str, Any]

_KEY: list[_Json] = [{"writeKey": []}, {}]
_LINK_ID = {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$"}


def openapi(*, tag_path: str = "/o.js") -> _Json:
    """The document.

    Args:
        tag_path: Where the tag is served.
    """
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Outturn collector",
            "version": VERSION,
            "description": "First-party tracking. An answer of 200 says that what was sent is on the disk.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": {
            **{path: {"post": _messages(path, kind)} for path, kind in ENDPOINTS.items()},
            tag_path: {"get": _tag()},
            f"{links.PREFIX}{{link}}": {"get": _click(), "head": _click()},
            f"{pixels.PREFIX}{{link}}.gif": {"get": _pixel("impression", "An ad was shown")},
            f"{pixels.PREFIX}{{link}}/{{event}}.gif": {"get": _pixel("vast", "How far a video was watched", _EVENT)},
            postbacks.PATH: {"get": _postback("get"), "post": _postback("post")},
            outcomes.PATH: {"post": _outcomes()},
            "/healthz": {"get": _state("health", "The process answers.")},
            "/readyz": {"get": _state("readiness", "What is sent now would be kept.", "503", "The body says why not.")},
            "/metrics": {"get": _state("metrics", "Counts, for Prometheus.", "403", "Not from that network.")},
            PATH: {"get": _document()},
        },
        "components": {
            "schemas": SCHEMAS,
            "securitySchemes": {
                "writeKey": {"type": "http", "scheme": "basic", "description": "The write key as the user's name."}
            },
        },
    }  # fmt: skip


def published(*, tag_path: str) -> Callable[[Request, object], Reply]:
    """The endpoint that hands the document out.

    Args:
        tag_path: Where the tag is served.
    """
    document = json.dumps(openapi(tag_path=tag_path)).encode()

    def answer(request: Request, desk: object) -> Reply:  # noqa: ARG001 - as every endpoint
        return Reply(200, document, (("content-type", "application/json"),))

    return answer


def _operation(name: str, summary: str, answers: _Json, **more: Any) -> _Json:
    return {"operationId": name, "summary": summary, "responses": answers, **more}


def _answer(what: str, content: str = "application/json", schema: str = "Refusal") -> _Json:
    named: _Json = {"$ref": f"#/components/schemas/{schema}"} if schema else {"type": "string"}
    return {"description": what, "content": {content: {"schema": named}}}


def _text(what: str) -> _Json:
    return _answer(what, "text/plain", "")


def _busy(what: str) -> _Json:
    header = {"retry-after": {"schema": {"type": "integer"}, "description": "Seconds."}}
    return {**_answer(what), "headers": header}


_COMMON: _Json = {
    "408": _answer("The body took too long."),
    "413": _answer("Larger than [server] batch_kb or message_kb allows."),
    "415": _answer("Compressed otherwise than by gzip."),
    "429": _busy("More than one sender may send."),
    "503": _busy("Nothing was kept: the disk or the queue is full."),
}


def _messages(path: str, kind: str | None) -> _Json:
    schema = "Batch" if kind is None else "Message"
    said = f"At most {MOST_MESSAGES:,} messages" if kind is None else f"One message of type {kind}"
    return _operation(
        path.rpartition("/")[2],
        f"{said} of the Segment spec",
        {
            "200": _answer("Kept; of a batch, what was refused is listed.", schema="Taken"),
            "400": _answer("Refused; the field is named."),
            "401": _answer("No write key that counts."),
            "403": _answer("The key or the page's origin may not send this."),
            **_COMMON,
        },
        requestBody={
            "required": True,
            "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}},
        },
        security=_KEY,
    )


def _tag() -> _Json:
    return _operation("tag", "The tag for pages", {"200": _answer("Script.", "text/javascript", "")})


def _parameter(name: str, schema: _Json, says: str = "", *, where: str = "query", needed: bool = False) -> _Json:
    given = {"name": name, "in": where, "required": needed or where == "path", "schema": schema}
    return given | ({"description": says} if says else {})


_LINK = _parameter("link", _LINK_ID, "As `outturn links` lists it.", where="path")
_EVENT = _parameter("event", {"enum": list(VAST_EVENTS)}, where="path")
_SUBS = [_parameter(name, {"type": "string"}, "For the partner's own use.") for name in SUB_IDS]


def _click() -> _Json:
    return {
        "summary": "Follow a link to its stored destination",
        "parameters": [_LINK, *_SUBS],
        "responses": {
            "302": {
                "description": "The click is on the disk.",
                "headers": {"location": {"schema": {"type": "string", "format": "uri"}}},
            },
            "404": _text("There is no such link."),
            "410": _text("It was put out of use."),
            "429": _text("Too many from one network."),
            "503": _text("A prefetch, which counts when it is clicked; or nothing could be kept."),
        },
    }


def _pixel(name: str, summary: str, *parameters: _Json) -> _Json:
    view = _parameter("id", {"type": "string", "pattern": "^[A-Za-z0-9._~-]{1,128}$"}, "Of the view: it counts once.")
    return _operation(
        name,
        summary,
        {
            "200": {"description": "One transparent dot.", "content": {"image/gif": {}}},
            "404": _text("There is no such pixel."),
            "429": _text("Too many from one network."),
            "503": _busy("Nothing was kept."),
        },
        parameters=[_LINK, *parameters, view, *_SUBS],
    )


def _postback(method: str) -> _Json:
    properties = SCHEMAS["Postback"]["properties"]
    needed = SCHEMAS["Postback"]["required"]
    about: _Json = {
        "parameters": [_parameter(name, schema, needed=name in needed) for name, schema in properties.items()]
    }
    if method == "post":
        form = {"application/x-www-form-urlencoded": {"schema": {"$ref": "#/components/schemas/Postback"}}}
        about = {"requestBody": {"content": form}}
    return _operation(
        f"{method}_postback",
        "What became of a click, told by a partner's server",
        {
            "200": _answer("Kept.", schema="Taken"),
            "400": _answer("Refused; the field is named."),
            "403": _answer("Not the secret of an active link."),
            **_COMMON,
        },
        **about,
    )


def _outcomes() -> _Json:
    says = {
        "outturn-key": "The id of a secret key.",
        "outturn-timestamp": f"Seconds since 1970, at most {signatures.TOLERANCE_SECONDS} off.",
        "outturn-nonce": "New for each try.",
        "outturn-signature": "Hex HMAC-SHA-256 of `<timestamp>.<nonce>.<body>` under the key's signing secret.",
    }
    return _operation(
        "outcomes",
        "Sales, refunds, leads and deals, told by a server",
        {
            "200": _answer("All were kept.", schema="Taken"),
            "207": _answer("Some were kept; the others are listed.", schema="Taken"),
            "400": _answer("None could be kept; each field is named."),
            "401": _answer("Not signed, or not rightly so."),
            **_COMMON,
        },
        parameters=[
            _parameter(name, {"type": "string"}, text, where="header", needed=True) for name, text in says.items()
        ],
        requestBody={
            "required": True,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Outcomes"}}},
        },
    )  # fmt: skip


def _state(name: str, yes: str, status: str = "", no: str = "") -> _Json:
    answers = {"200": _text(yes)}
    return _operation(name, yes, answers | ({status: _text(no)} if status else {}))


def _document() -> _Json:
    answer = {"description": "OpenAPI 3.1.", "content": {"application/json": {"schema": {"type": "object"}}}}
    return _operation("openapi", "This document", {"200": answer})
