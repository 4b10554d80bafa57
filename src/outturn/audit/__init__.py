"""Is the tracking right, and what does it cost where it is not?

A check asks one question of the facts: orders that no tracker saw, campaigns whose clicks never arrive. Engines sum
its lines by place; Python says which places stand out against what is normal, which findings explain which, how much
money is behind them all, each sale and each campaign's day once, and what share of spend and revenue can be followed
at all. It is worked out when it is asked for, over one build and the facts that this build has read.

Reads: ad_spend, campaigns, channel_day, claims, company_touches, consent_hits, consents, conversion_events,
conversions, costs, credits, events, fx_rates, hit_days, hit_quarters, imports, outcomes_replaced, people, places,
told_outcomes, touches, visit_days. Writes: nothing.
A plug-in here is a check: one file named like the check, with a `CHECK`, and its statement beside it in a `.sql` file
of the same name. `check.py` says what its lines are; the laws of `tests/audit/test_laws.py` hold for it, and the fault
of its name in `outturn.simulator.faults` proves it.

The room's own files: `check` (what a check is), `registry` (finding them), `graph` (what explains what), `needs` (what
statements read), `findings` (lines, places, money), `outages` (stretches in which nothing came), `consent` (rates,
and places where a banner fails), `score`, `claims` (what platforms say of themselves, against the ledger), `audit`
(all of it together).

Papers: Wilson (1927), Probable inference, the law of succession, and statistical inference, for bounds of shares;
Kulldorff (1997), A spatial scan statistic, for outages and for consent.
"""
