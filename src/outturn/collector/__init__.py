"""What comes in by HTTP: first-party tracking that is on the disk before it is answered.

Reads the write keys and links of the book and the current `outcomes`; writes the journal, and with
`load` the facts `events`, `outcomes`, `costs` and `refused_rows`.

The way of a message:

    app         reads the request within its limits
    messages    checks it (`checks`), whoever sent it (`keys`, `addresses`, `limits`, `visitors`)
    commit      waits for the disk together with all others (`journal`)
    load        makes rows of the journal's records (`message_rows`, `reading`), once each

An endpoint is one file: a pure function `(Request, Desk) -> Reply` (`exchange`), the struct of what it
keeps, and `rows`, which turns that into rows of facts; `serve` gives it a path, `records` and `reading`
know its struct.

Papers and specifications: Segment, "HTTP Tracking API Source" and "Spec"; RFC 6265 (cookies), RFC 7239
(proxies), W3C "Global Privacy Control".
"""
