"""How do facts become figures?

A build runs one tuple of steps, journeys -> attribution -> metrics, over the current facts, and publishes
all their tables together: readers see the figures of one build or of the next, never of both.

Reads: every fact table. Writes: no table of its own; the rooms' steps do.
"""
