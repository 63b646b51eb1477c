"""What was measured: the manifests of the runs, the main lines in words and all of it as JSON."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eval.page.wording import data_files
from eval.runs import Run

CHECKSUM_DIGITS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One line: the value in each run, "" where its manifest says nothing."""

    name: str
    values: tuple[str, ...]

    @property
    def differs(self) -> bool:
        """Whether the runs do not say the same, other than of when and how fast they were."""
        return len(set(self.values)) > 1 and self.name not in _OF_THE_DAY


_PLACES = {
    "measured at": ("time",),
    "command": ("command",),
    "commit": ("commit",),
    "collection": ("collection", "name"),
    "topics": ("collection", "topics"),
    "model": ("index", "identity", "embedder", "model"),
    "index identity": ("index", "identity"),
    "articles in the index": ("index", "articles"),
    "passages in the index": ("index", "passages"),
    "languages of the index": ("index", "languages"),
    "indexed in, s": ("index", "seconds"),
    "search mode": ("search", "mode"),
    "share of topics withdrawn": ("search", "withdrawn"),
    "depth": ("search", "depth"),
    "settings": ("search", "settings"),
    "chat model": ("answering", "llm_model"),
    "server": ("search", "url"),
    "searched in, s": ("timings", "seconds"),
    "a topic, median, ms": ("timings", "p50_ms"),
    "a topic, 95th percentile, ms": ("timings", "p95_ms"),
    "processor": ("machine", "cpu"),
    "cores": ("machine", "cores"),
    "Python": ("python",),
}


_OF_THE_DAY = {
    name
    for name, place in _PLACES.items()
    if place[0] in {"time", "timings"} or place[-1] == "seconds"
}


def facts(runs: Sequence[Run]) -> list[Fact]:
    """The main lines that any manifest has, then the checksum of each file of data."""
    found = [
        Fact(name=name, values=tuple(_shown(_at(run.manifest, place)) for run in runs))
        for name, place in _PLACES.items()
    ]
    files = [data_files(run.manifest) for run in runs]
    for name in sorted({name for each in files for name in each}):
        sums = tuple(each.get(name, "")[:CHECKSUM_DIGITS] for each in files)
        found.append(Fact(name=f"SHA-256 of {name}", values=sums))
    return [fact for fact in found if any(fact.values)]


def whole_manifest(run: Run) -> str:
    """As JSON that a person can read."""
    return json.dumps(run.manifest, ensure_ascii=False, indent=2)


def _at(manifest: Mapping[str, object], place: Sequence[str]) -> object:
    found: object = manifest
    for name in place:
        if not isinstance(found, Mapping):
            return None
        found = found.get(name)
    return found


def _shown(value: object) -> str:
    match value:
        case None:
            return ""
        case Mapping():
            known = {name: inner for name, inner in value.items() if inner is not None}
            parts = (f"{name} {_shown(inner)}" for name, inner in known.items())
            return ", ".join(parts)
        case int() | float() if not isinstance(value, bool):
            return f"{value:,}"
        case _:
            return str(value)
