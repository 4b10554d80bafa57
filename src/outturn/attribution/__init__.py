"""Who gets the credit for a conversion?

A model is a weighting of one journey's touches: numbers in [0, 1] that add up to 1. Everything else
follows from the weights alike for every model: whole micros by largest remainder, conversions,
margin and new customers, by day, place and bucket of people; what no touch led to is credited to
`(none)`. So every model closes to the ledger, after refunds too.

Reads: touches, conversions, places.
Writes: credits.
A plug-in here is a model: one file named like the model, with one function `weights`, marked
`@model`, over the arrays of one `Journey` (`journey.py`). Any file that is not one of the room's own
(`models.OWN_FILES`) is a model, and the laws of `tests/attribution/test_laws.py` hold for it.

The room's own files: `journey` (what a model is given), `models` (finding them), `walk` (which
touches led to which conversion), `shares` (weights to whole micros), `kernel` (both for one bucket of
people), `credits` (the table and questions to it), `explained` (one conversion, opened), `paths` (the
journeys themselves).

Papers: Shao and Li (2011), Data-driven multi-touch attribution models, for what rules lack;
Hamilton's method of largest remainders (Balinski and Young 1982) for exact shares.
"""
