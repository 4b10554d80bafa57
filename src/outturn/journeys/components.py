"""Connected components of identifiers: the same answer from scipy in one process and from SQL on a cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from outturn.store.sql import load

if TYPE_CHECKING:
    from outturn.store.engine import Engine


def name_components(engine: Engine, name: str, ties: str) -> None:
    """Name a table (identifier, root) on the engine: who hangs together by ties.

    Args:
        engine: Where the ties are and the name is made.
        name: Of the new table.
        ties: A SELECT of two key columns `a` and `b`. Their order and repetitions do not matter.

    The root is the smallest identifier of the component. Identifiers without ties have no row.
    """
    if engine.name == "duckdb":
        engine.register(name, scipy_components(engine.query(ties)))
    else:
        name_propagated_components(engine, name, ties)


def scipy_components(ties: pa.Table) -> pa.Table:
    """Components of ties in memory: columns identifier and root, in no particular order."""
    if not ties.num_rows:
        return pa.table({"identifier": pa.array([], pa.binary()), "root": pa.array([], pa.binary())})
    a, b = (pa.concat_arrays(ties[column].chunks) for column in ("a", "b"))
    keys = pc.unique(pa.concat_arrays([a, b]))
    # Sorted, so that a component's smallest position is its smallest key.
    keys = keys.take(pc.array_sort_indices(keys))
    rows, columns = (pc.index_in(side, keys).to_numpy(zero_copy_only=False) for side in (a, b))
    graph = coo_array((np.ones(len(rows), np.int8), (rows, columns)), shape=(len(keys), len(keys)))
    count, labels = connected_components(graph, directed=False)
    smallest = np.full(count, len(keys), np.int64)
    np.minimum.at(smallest, labels, np.arange(len(keys)))
    return pa.table({"identifier": keys, "root": keys.take(pa.array(smallest[labels]))})


def name_propagated_components(engine: Engine, name: str, ties: str) -> None:
    """The same by label propagation in SQL: few rounds even for long chains, since each follows roots to theirs."""
    engine.table("component_ties", ties)
    engine.table("labels", load(__package__, "labels"))
    while True:
        engine.table("labels_next", load(__package__, "labels_round"))
        ((changed,),) = engine.rows(
            "SELECT COUNT(*) FROM labels_next INNER JOIN labels ON labels_next.identifier = labels.identifier "
            "WHERE labels_next.root <> labels.root"
        )
        engine.table("labels", "SELECT identifier, root FROM labels_next")
        if not changed:
            break
    engine.table(name, "SELECT identifier, root FROM labels")
