"""Fills an embedded store and measures it before and after `sanad optimize`.

    python benchmarks/store.py --json results.json
    python benchmarks/store.py --vectors real --passages 10000 --corpus corpus.jsonl.gz --cache DIR
    python benchmarks/store.py --vectors real --passages 10000 --corpus ... --cache ... --sweep
    python benchmarks/store.py --growth --json growth.json

By default 10,000 and 100,000 synthetic passages: as filled, with a graph, with a graph over int8
vectors, and that without rescoring; less than 12 minutes on two cores. `--sweep` tries the
settings of the graph instead, `--growth` compares exact search with the graph from 5,000 to
1,000,000 synthetic passages (about an hour and a half, 10 GB of disk). Recall is against exact
search by numpy, and every state is searched by a process of its own.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from environment import environment
from store_data import Data, synthetic
from store_index import fill, measure, optimize
from store_real import real
from tables import markdown_table

from core.backends.edge_graph import CONSTRUCTION_EF, LINKS, SEARCH_EF, Graph, Quantization

SIZES = [10_000, 100_000]
GROWTH = [5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000]

SWEPT_EF = (64, 128, 256)
SWEPT_LINKS = (8, 16, 32)
SWEPT_CONSTRUCTION_EF = (64, 128, 256)

Row = dict[str, object]


def main() -> None:
    """Run it."""
    given = _arguments()
    sizes: list[Row] = []
    for count in given.passages or (GROWTH if given.growth else SIZES):
        with tempfile.TemporaryDirectory(dir=given.work) as name:
            folder = Path(name)
            _tell(f"{count:,} passages: filling")
            data = _data(given, count)
            states: list[Row] = []
            sizes.append({"data": data.label, **fill(data, folder), "states": states})
            del data
            for state in _states(folder, sweep=given.sweep, growth=given.growth):
                states.append(state)
                _write(sizes, given.json)
    if given.json is None:
        _write(sizes, Path("/dev/stdout"))
    _tell(markdown_table([_row(size, state) for size in sizes for state in size["states"]]))


def _write(sizes: list[Row], path: Path | None) -> None:
    """What is there so far: a long run that is stopped leaves what it measured."""
    if path is not None:
        result = {"environment": environment(), "sizes": sizes}
        path.write_text(json.dumps(result, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--vectors", choices=("synthetic", "real"), default="synthetic")
    parser.add_argument("--passages", type=int, nargs="+", metavar="N", help="sizes to measure")
    parser.add_argument("--corpus", type=Path, help="JSON lines with title and text, also .gz")
    parser.add_argument("--cache", type=Path, help="folder in which real vectors are kept")
    parser.add_argument("--sweep", action="store_true", help="try the settings of the graph")
    parser.add_argument("--growth", action="store_true", help="exact and graph, up to 1,000,000")
    parser.add_argument("--work", type=Path, help="folder for the store; default: a temporary one")
    parser.add_argument("--json", type=Path, help="where the result goes; default: stdout")
    given = parser.parse_args()
    if given.vectors == "real" and (given.corpus is None or given.cache is None):
        parser.error("--vectors real needs --corpus and --cache")
    if given.vectors == "real" and given.growth:
        parser.error("--growth is for synthetic vectors")
    return given


def _data(given: argparse.Namespace, count: int) -> Data:
    if given.vectors == "synthetic":
        return synthetic(count, corpus=given.corpus)
    return real(count, corpus=given.corpus, cache=given.cache)


def _states(folder: Path, *, sweep: bool, growth: bool) -> Iterator[Row]:
    """Everything that is measured of one size, state by state."""
    _tell("exact search")
    yield {"state": "exact", "measured": measure(folder)}
    if sweep:
        yield from _sweep(folder)
        return
    plain, int8 = Graph(quantization=Quantization.NONE), Graph(quantization=Quantization.INT8)
    yield _built(folder, "graph", plain)
    if growth:
        return
    yield _built(folder, "graph, int8", int8)
    yield {"state": "graph, int8, not rescored", "measured": measure(folder, rescore=False)}


def _built(folder: Path, name: str, graph: Graph) -> Row:
    _tell(f"building: {name}")
    built = optimize(folder, graph)
    return {"state": name, "optimize": built, "measured": measure(folder)}


def _sweep(folder: Path) -> Iterator[Row]:
    """One setting at a time around the product's own, as its searches are tried on each graph.

    `full_scan_kb` is 1, so that the graph is walked under every filter.
    """
    settings = [(links, CONSTRUCTION_EF) for links in SWEPT_LINKS]
    settings += [(LINKS, ef) for ef in SWEPT_CONSTRUCTION_EF if ef != CONSTRUCTION_EF]
    for quantization in Quantization:
        for links, construction_ef in settings:
            if quantization is Quantization.INT8 and (links, construction_ef) != (
                LINKS,
                CONSTRUCTION_EF,
            ):
                continue
            graph = Graph(
                quantization=quantization,
                links=links,
                construction_ef=construction_ef,
                full_scan_kb=1,
            )
            name = f"{quantization}, links {links}, construction ef {construction_ef}"
            _tell(f"building: {name}")
            yield from _searched(folder, name, optimize(folder, graph), quantization)


def _searched(
    folder: Path, name: str, built: dict[str, float], quantization: Quantization
) -> Iterator[Row]:
    """Every search setting on one graph."""
    for ef in SWEPT_EF:
        measured = measure(folder, ef=ef)
        yield {"state": f"{name}, ef {ef}", "optimize": built, "measured": measured}
    if quantization is Quantization.INT8:
        measured = measure(folder, rescore=False, ef=SEARCH_EF)
        state = f"{name}, ef {SEARCH_EF}, not rescored"
        yield {"state": state, "optimize": built, "measured": measured}


def _row(size: Row, state: dict) -> Row:  # type: ignore[type-arg]  # our own JSON
    """What a reader looks for first."""
    measured = state["measured"]
    times, recall = measured["searches_ms"], measured["recall_at_10"]
    hybrid = times["hybrid, source and dates"]
    return {
        "vectors": str(size["data"]).split(" ", maxsplit=1)[0],
        "passages": size["passages"],
        "state": state["state"],
        "recall@10": recall["none"]["mean"],
        **{f"by {name}": recall[name]["mean"] for name in ("language", "source", "dates")},
        "dense p50 ms": times["dense"]["p50"],
        "by dates p50 ms": times["dense, dates"]["p50"],
        "lexical p50 ms": times["lexical"]["p50"],
        "hybrid p50 ms": times["hybrid"]["p50"],
        "hybrid filtered p50 / p95 ms": f"{hybrid['p50']} / {hybrid['p95']}",
        "build s": state.get("optimize", {}).get("seconds"),
        "own + mapped MB": "{own:.0f} + {mapped:.0f}".format(**measured["memory_searched_mb"]),
        "disk MB": measured["disk_mb"],
    }


def _tell(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main()
