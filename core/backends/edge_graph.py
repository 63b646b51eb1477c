"""The graph that makes a shard of the embedded engine fast, and the record that it has one."""

import json
import os
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

import qdrant_edge as edge

RECORD_NAME = "sanad-graph.json"
"""In the shard's folder while its graph covers everything that was written."""

LINKS = 16
CONSTRUCTION_EF = 128
"""Links a passage and candidates looked at while linking (Malkov and Yashunin 2018, M and
efConstruction). On 10,000 real passages, 8 to 32 links and 64 to 256
candidates while linking all find at least 0.996 of the ten nearest with SEARCH_EF."""

SEARCH_EF = 256
"""Candidates looked at in a search (ef, section 4.3 there), or twice the hits if that is more.
On 10,000 real passages 64 find as few as 0.93 of the ten nearest under a filter, 128 0.98."""

FULL_SCAN_KB = 10_000
"""A filter that leaves fewer kilobytes of vectors (6,700 of 384 floats) is answered by comparing
with all of them: exact, and faster than a graph most of whose passages are barred."""

QUANTILE = 0.99
"""Components beyond this quantile are clipped to the ends of the int8 range."""

OVERSAMPLING = 2.0
"""How many times the hits asked for are found by int8 before float32 decides among them."""


class Quantization(StrEnum):
    """Whether the graph is walked over float32 vectors or over int8 copies of them."""

    NONE = "none"
    INT8 = "int8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """How a graph is built; two equal ones over the same passages answer alike."""

    quantization: Quantization
    links: int = LINKS
    construction_ef: int = CONSTRUCTION_EF
    full_scan_kb: int = FULL_SCAN_KB


def search_params(limit: int, *, rescore: bool = True) -> edge.SearchParams:
    """For a dense search for `limit` hits: exact where there is no graph.

    Scores are exact with `rescore`; without it, as int8 vectors have them.
    """
    return edge.SearchParams(
        hnsw_ef=max(SEARCH_EF, 2 * limit),
        quantization=edge.QuantizationSearchParams(
            rescore=rescore, oversampling=OVERSAMPLING if rescore else None
        ),
    )


def hnsw_config(graph: Graph) -> edge.HnswIndexConfig:
    """The engine's words for `graph`."""
    return edge.HnswIndexConfig(
        m=graph.links,
        ef_construct=graph.construction_ef,
        full_scan_threshold=graph.full_scan_kb,
    )


def quantization_config(graph: Graph) -> edge.ScalarQuantizationConfig | None:
    """The engine's words for the quantisation of `graph`."""
    if graph.quantization is Quantization.NONE:
        return None
    return edge.ScalarQuantizationConfig(
        edge.ScalarType.Int8, quantile=QUANTILE, memory=edge.Memory.Pinned
    )


def optimizers_config() -> edge.EdgeOptimizersConfig:
    """Everything into one indexed segment, however little it is."""
    return edge.EdgeOptimizersConfig(default_segment_number=1, indexing_threshold=1)


def read_graph(shard: Path) -> Graph | None:
    """The graph that covers everything in `shard`, or None if there is none such."""
    try:
        values = json.loads((shard / RECORD_NAME).read_text(encoding="utf-8"))
        return Graph(**{**values, "quantization": Quantization(values["quantization"])})
    except (OSError, ValueError, KeyError, TypeError):
        return None


def record_graph(shard: Path, graph: Graph) -> None:
    """Note that `graph` covers everything in `shard`; durable on return."""
    with (shard / RECORD_NAME).open("w", encoding="utf-8") as file:
        json.dump(asdict(graph), file)
        file.flush()
        os.fsync(file.fileno())


def forget_graph(shard: Path) -> None:
    """Note that `shard` is about to hold more than its graph covers, if it has one."""
    (shard / RECORD_NAME).unlink(missing_ok=True)
