"""Runs of every row on every question of a setting, each kept in a folder of its own."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from benchmarks.environment import environment
from benchmarks.retrieval_archive import Archive, say
from benchmarks.retrieval_rows import BETWEEN_LANGUAGES, ROWS, VARIANTS, Build, Parts
from benchmarks.retrieval_settings import Setting
from core.settings import Settings
from eval.collection import Collection, named_files
from eval.fairness import measure_fairness
from eval.manifest import describe_run, ranking_settings
from eval.retrieval import RUN_DEPTH, search_topics
from eval.runs import Run, write_run
from retrieval.query import SearchMode

BLOCK = 150
"""Questions that all rows are run on before the next ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The runs of a setting by group of questions and row, and how a manifest tells its index."""

    runs: dict[str, dict[str, Run]]
    index: dict[str, object]


async def run_setting(
    setting: Setting, archive: Archive, *, settings: Settings, folder: Path, now: datetime
) -> Done:
    """The run of each row on each group of questions; all are kept below `folder`."""
    runs: dict[str, dict[str, Run]] = {}
    async with archive.hosting(setting.guests, now=now) as parts:
        index = await archive.describe()
        languages = (await parts.store.status()).languages
        for group, collection in setting.asked.items():
            by_row = await _run_rows(
                f"{setting.name} {group}",
                collection,
                parts,
                rows=_rows(collection, languages),
            )
            manifest = _manifest(setting, collection, settings=settings, index=index, now=now)
            for row, run in by_row.items():
                search = {"row": row, "depth": RUN_DEPTH, **ranking_settings(settings)}
                finished = replace(run, manifest={**manifest, "search": search})
                if setting.fairness:
                    finished = replace(finished, fairness=measure_fairness(finished).as_dict())
                by_row[row] = finished
                write_run(_kept(row, finished), folder / slug(setting.name, group, row))
            runs[group] = by_row
    return Done(runs=runs, index=index)


def slug(*names: str) -> Path:
    """A relative path without blanks or arrows.

    >>> slug("large/ar", "en->ar", "without tokens").as_posix()
    'large-ar/en-ar/without-tokens'
    """
    return Path(*(name.replace("->", "-").replace("/", "-").replace(" ", "-") for name in names))


async def _run_rows(
    name: str, collection: Collection, parts: Parts, *, rows: Sequence[str]
) -> dict[str, Run]:
    """A block of questions after the other: what the store remembers stays small."""
    found: dict[str, list[Run]] = {row: [] for row in rows}
    for language in dict.fromkeys(topic.language for topic in collection.topics):
        topics = tuple(topic for topic in collection.topics if topic.language == language)
        say(f"{name}: {len(topics)} questions in {language}, {len(rows)} rows")
        for start in range(0, len(topics), BLOCK):
            asked = replace(collection, topics=topics[start : start + BLOCK])
            for row in rows:
                found[row].append(await _run(row, ROWS[row], asked, parts))
    return {row: _joined(runs) for row, runs in found.items()}


def _rows(collection: Collection, languages: Iterable[str]) -> list[str]:
    """Those that can differ, in order: in one language, nothing lies between languages."""
    several = len({*languages, *(topic.language for topic in collection.topics)}) > 1
    return [row for row in ROWS if several or row not in BETWEEN_LANGUAGES]


async def _run(row: str, build: Build, collection: Collection, parts: Parts) -> Run:
    return await search_topics(
        build(parts), collection, name=row, mode=SearchMode.HYBRID, on_topic=lambda _: None
    )


def _joined(runs: Sequence[Run]) -> Run:
    """One run of all topics; without timings, since rows share what the store remembers."""
    return Run(
        name=runs[0].name,
        topics=tuple(topic for run in runs for topic in run.topics),
        ranking={key: scores for run in runs for key, scores in run.ranking.items()},
        manifest={},
    )


def _kept(row: str, run: Run) -> Run:
    """What goes to disk: the first results with their texts for the product and its rivals only."""
    if row not in VARIANTS:
        return run
    return replace(run, topics=tuple(replace(topic, results=()) for topic in run.topics))


def _manifest(
    setting: Setting,
    collection: Collection,
    *,
    settings: Settings,
    index: dict[str, object],
    now: datetime,
) -> dict[str, object]:
    indexed = _named([*setting.base, *setting.guests])
    described = describe_run(
        arguments=sys.argv[1:],
        started_at=now,
        collection=collection,
        distractors={name: path for name, path in indexed.items() if path not in collection.corpus},
        index=index,
        search={},
    )
    return {**described, **environment(), "setting": setting.name}


def _named(paths: Iterable[Path]) -> dict[str, Path]:
    return {name: path for each in paths for name, path in named_files(each.parent, [each]).items()}
