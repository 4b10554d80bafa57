"""What do we call a KPI, and what is it at any grain?

A KPI is a ratio of sums, worked out at the grain asked for: engines sum, Python divides on a few exact numbers. What
platforms report is put in order once per build, in `channel_day`: levels that were exported side by side are resolved,
money is converted by the day's rate, and each of three grains adds up to the same. What a model credits comes from
`credits`; what happened, whoever gets the credit, from the ledger.

Reads: ad_spend, campaigns, claims, company_touches, conversions, costs, credits, deals, events, fx_rates, imports,
outcomes, places, touches.
Writes: channel_day, consent_hits, conversion_events, hit_days, hit_quarters, told_outcomes, visit_days.
A plug-in here is a KPI: one line of `KPIS` in `kpis.py`, over measures of `measures.py`.

The room's own files: `measures`, `kpis` (the words), `channel_day`, `hits` and `told_outcomes` (the build's steps),
`dimensions` (what figures can be broken down by), `question`, `sums`, `stages`, `ratios`, `table` and `query` (KPIs at
a grain), `rows` and `cells` (the source rows behind one figure), `checks` (what the figures cannot show: levels that
disagree, claims told apart).
"""
