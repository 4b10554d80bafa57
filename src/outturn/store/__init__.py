"""Where do rows live, and how do they become visible?

Facts are appended to Delta tables and seen only once their import's row stands in `imports`, written
last; everything else is rebuilt from them by a build, whose tables are published together. Engines
(DuckDB, Spark) read both as Parquet.

Writes: all fact tables (`facts.py`, for sources and collector), the book.
Reads: what it writes.
A plug-in here is an engine: one file that keeps the protocol of `engine.py`.
"""
