"""What comes in by HTTP: first-party tracking that is on the disk before it is answered.

Reads the write keys and links of the book, the current `outcomes`, and for `collected` the `events`;
writes the journal, and with `load` the facts `events`, `outcomes`, `costs` and `refused_rows`.

The way of a message:

    app         reads the request within its limits
    messages    checks it (`checks`), whoever sent it (`keys`, `addresses`, `limits`, `visitors`)
    commit      waits for the disk together with all others (`journal`)
    load        makes rows of the journal's records (`message_rows`, `reading`), once each
    kept        packs what is loaded; `forgotten` is taken out of it, `again` makes rows of it anew

`live` counts what comes in from the journal's end.

An endpoint is one file: a pure function `(Request, Desk) -> Reply` (`exchange`), the struct of what it
keeps, `rows`, which turns that into rows of facts, and `without`, what of it stays when somebody is
forgotten; `serve` gives it a path, `records`, `reading` and `kept` know its struct.

Papers and specifications: Segment, "HTTP Tracking API Source" and "Spec"; RFC 6265 (cookies), RFC 7239
(proxies), W3C "Global Privacy Control".
"""
