"""RudderStack: an archive of its messages as JSON lines (object storage destinations and event backups).

Messages are those of Segment's spec, read as there, and told apart by fields that only RudderStack writes: `rudderId`,
`request_ip`, `context.sessionId`, `context.page.tab_url`. `context.page.url` is the page's canonical address, which
often lacks the query: the tab's own address counts before it, else the query in `context.page.search` is added, so that
tags and click ids are not lost. `initial_referrer` looks back to a browser's first visit and is never a touch. An empty
`userId` is none. Consent is what `context.consentManagement` allows and denies, by id. A `merge` names no message's
person and is refused.
"""

from __future__ import annotations

from outturn.sources.messages import archive
from outturn.sources.source import Cell, Kind, Source

_PAGE_URL = "CASE WHEN type = 'page' THEN COALESCE(own_url, page_url) ELSE page_url END"
_QUERY = "COALESCE(CASE WHEN type = 'page' THEN own_search END, page_search)"
_URL = f"""
    COALESCE(CASE WHEN type = 'page' THEN own_tab END, page_tab, CASE
        WHEN contains({_PAGE_URL}, '?') OR NOT starts_with({_QUERY}, '?') THEN {_PAGE_URL}
        ELSE COALESCE(split_part({_PAGE_URL}, '#', 1) || {_QUERY}, {_PAGE_URL})
    END)
"""


def _purposes(ids: str, allowed: str) -> str:
    listed = f"COALESCE(TRY(from_json({ids}, '[\"VARCHAR\"]')), CAST([] AS VARCHAR[]))"
    return f"list_transform({listed}, lambda one: struct_pack(k := one, v := {allowed}))"


# Denied before allowed: an id in both is no consent.
_CONSENT = f"""
    CASE WHEN COALESCE(allowed_given, denied_given) IS NOT NULL THEN NULLIF(CAST(TRY(to_json(map_from_entries(
        list_concat({_purposes("denied_given", "FALSE")}, list_filter(
            {_purposes("allowed_given", "TRUE")},
            lambda one: NOT contains(COALESCE(denied_given, ''), '"' || one.k || '"')
        ))
    ))) AS VARCHAR), '{{}}') END
"""
_OWN = (
    Cell(
        "rudder", Kind.TEXT,
        ("rudderId", "request_ip", "context.page.tab_url", "context.page.initial_referrer", "context.sessionId"),
        required=True,
    ),
    Cell("session_id", Kind.TEXT, ("context.sessionId",)),
    Cell("page_tab", Kind.TEXT, ("context.page.tab_url",)),
    Cell("page_search", Kind.TEXT, ("context.page.search",)),
    Cell("own_tab", Kind.TEXT, ("properties.tab_url",)),
    Cell("own_search", Kind.TEXT, ("properties.search",)),
    Cell("allowed_given", Kind.TEXT, ("context.consentManagement.allowedConsentIds",)),
    Cell("denied_given", Kind.TEXT, ("context.consentManagement.deniedConsentIds",)),
)  # fmt: skip
_SAMPLE = """\
{"type":"page","channel":"web","messageId":"m-1","anonymousId":"a-1","userId":"","rudderId":"r-1",\
"originalTimestamp":"2026-09-01T10:00:00.000Z","sentAt":"2026-09-01T10:00:00.000Z",\
"receivedAt":"2026-09-01T10:00:01.000Z","timestamp":"2026-09-01T10:00:01.000Z",\
"context":{"page":{"url":"https://shop.example/","tab_url":"https://shop.example/?gclid=Cj0","referrer":""}},\
"properties":{}}
{"type":"identify","messageId":"m-2","anonymousId":"a-1","userId":"u-1","rudderId":"r-1",\
"timestamp":"2026-09-01T10:01:00Z","context":{"traits":{"email":"ana@example.com"}}}
{"type":"track","event":"Order Completed","messageId":"m-3","anonymousId":"a-1","userId":"u-1","rudderId":"r-1",\
"timestamp":"2026-09-01T10:05:00Z","properties":{"order_id":"1001","total":29.90,"tax":4.77,"currency":"EUR"}}
"""

SOURCE = Source(
    name="rudderstack",
    title="RudderStack",
    platform="",
    layouts=(archive("rudderstack", _SAMPLE, own=_OWN, url=_URL, consent=_CONSENT),),
    notes="JSON lines only; warehouse tables are not read. Orders without a currency need --currency.",
)
