"""Segment: an archive of its messages as JSON lines (warehouse archives, S3 destination, or any tracker of that spec).

Times are on the receiver's clock: `receivedAt - (sentAt - originalTimestamp)` where all three are known, else
`timestamp`, `originalTimestamp`, `receivedAt`, as `domain/segment.py` says. Tags come from `context.campaign`, else
from the page's address; click ids from the address.

`Order Completed` is also an outcome, as tracking saw it: `total` is what was charged, else `revenue` with its tax and
shipping, else `value`; of one order sent twice the first counts. `Order Refunded` takes its amount back on its own day.
`Trial Started` is a trial. Other names of the spec's B2B events (`Signed Up`, `Account Created`) stay events: shops use
them for accounts, so that taking them for leads would be a guess.
"""

from __future__ import annotations

from outturn.sources.messages import archive
from outturn.sources.source import Source

_SAMPLE = """\
{"type":"page","messageId":"m-1","anonymousId":"a-1","userId":null,"timestamp":"2026-09-01T10:00:00.000Z",\
"context":{"page":{"url":"https://shop.example/?utm_source=news&utm_medium=email#top","referrer":""}},"properties":{}}
{"type":"identify","messageId":"m-2","anonymousId":"a-1","userId":"u-1","timestamp":"2026-09-01T10:01:00Z",\
"traits":{"email":"ana@example.com"}}
{"type":"track","event":"Order Completed","messageId":"m-3","anonymousId":"a-1","timestamp":"2026-09-01T10:05:00Z",\
"properties":{"order_id":"1001","total":29.90,"tax":4.77,"currency":"EUR"}}
{"type":"track","event":"Order Refunded","messageId":"m-4","userId":"u-1","timestamp":"2026-09-03T08:00:00Z",\
"properties":{"order_id":"1001","total":9.90,"currency":"EUR"}}
"""

SOURCE = Source(
    name="segment",
    title="Segment",
    platform="",
    layouts=(archive("segment", _SAMPLE),),
    notes="JSON lines only. The spec's default currency is never assumed: orders without one need --currency.",
)
