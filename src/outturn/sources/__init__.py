"""What comes in as files and exports: which facts does this file hold, and which of its rows can be trusted?

Reads `accounts`, `ad_entities`, `ad_spend` (current rows: what a file would restate, which account a campaign
belongs to) and `outcomes` (what is known of a CRM's deals). Writes `ad_spend`, `ad_entities`, `accounts`, `claims`,
`costs`, `events`, `outcomes`, `fx_rates`, `refused_rows` and `imports`, all through `store.facts`.

A plug-in is a source: one module here with a `SOURCE` (`source.py` says what that is). `frame.py` and its
helpers of one noun each read any file; `importer.py` is the way in.
"""
