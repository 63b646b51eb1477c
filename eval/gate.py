"""The gate of a release: whether a run falls below the baseline that was accepted.

A measure falls on a group of topics if the paired randomisation test says so (Holm's correction
over all groups and measures looked at, alpha ALPHA), or if its mean falls by more than TOLERANCE
on a group of at least LARGE topics: on fewer, one topic moves the mean by as much. Answers are
right or wrong, so that one moves theirs by more: ANSWER_TOLERANCE.

A baseline is one JSON file: what made it, and the measures of every topic, so that the paired test
is possible; a topic a line, so that a change of it can be read.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from core.errors import InputError, SourceUnreadable
from eval.comparison import DIGITS, Row, compare
from eval.runs import Run, RunTopic

ALPHA = 0.05
TOLERANCE = 0.02
LARGE = 30

GATED = ("nDCG@10", "R@100")
"""What the user sees, and what a reranker could make of it. A success or a miss at one cutoff is
left to the caller: of 44 topics, one that moves from rank 1 to 2 costs Success@1 .023."""

ANSWER_TOLERANCE = 0.05
"""Of the measures of answers, which are right or wrong: two of 30 topics make .067, one .033."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """An accepted run without its evidence; `files` are checksums of the collection's files."""

    run: Run
    files: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fall:
    """A row that fails the gate, and why."""

    row: Row
    is_significant: bool
    is_large: bool
    tolerance: float = TOLERANCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the gate saw.

    `missing` are topics of the baseline that the run does not measure: leaving topics out is no
    way through. `new` topics are not looked at. `changed_files` differ in their checksums.
    """

    rows: tuple[Row, ...]
    falls: tuple[Fall, ...]
    missing: tuple[str, ...]
    new: tuple[str, ...]
    changed_files: tuple[str, ...]

    @property
    def is_passed(self) -> bool:
        """Whether the run may be released."""
        return not self.falls and not self.missing


def check_run(
    run: Run,
    baseline: Baseline,
    *,
    measures: Sequence[str] = GATED,
    tolerance: float = TOLERANCE,
) -> Verdict:
    """Hold `run` against `baseline`.

    Raises:
        InputError: they share no topic, or one does not hold a measure.
    """
    before, after = replace(baseline.run, name="the baseline"), replace(run, name="the run")
    comparison = compare(before, [after], measures=measures)
    (unmatched,) = comparison.unmatched
    files = _files(run.manifest)
    return Verdict(
        rows=comparison.rows,
        falls=tuple(falls(comparison.rows, tolerance=tolerance)),
        missing=unmatched.only_base,
        new=unmatched.only_other,
        changed_files=tuple(
            sorted(name for name in files if files[name] != baseline.files.get(name, files[name]))
        ),
    )


def falls(rows: Iterable[Row], *, tolerance: float = TOLERANCE) -> list[Fall]:
    """Those of `rows` that fail the gate, in their order."""
    return [fall for row in rows if (fall := _fall(row, tolerance)) is not None]


def write_baseline(run: Run, path: Path) -> None:
    """Keep `run` as a baseline, in place of what lies there.

    Raises:
        InputError: the run measures no topic.
        SourceUnreadable: the file cannot be written.
    """
    measured = [topic for topic in run.topics if topic.measures]
    if not measured:
        raise InputError(f"{run.name} measures no topic: it cannot be a baseline")
    # Topics that nothing answers have fewer measures.
    names = list(dict.fromkeys(name for topic in measured for name in topic.measures))
    head: dict[str, object] = {
        "name": run.name,
        **{key: run.manifest[key] for key in ("time", "commit") if key in run.manifest},
        "files": _files(run.manifest),
        "measures": names,
    }
    lines = [
        f"{_json(topic.id)}: "
        + _json([topic.pair, topic.kind, [_rounded(topic.measures.get(name)) for name in names]])
        for topic in measured
    ]
    text = f'{_json(head)[:-1]}, "topics": {{\n' + ",\n".join(lines) + "\n}}\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise SourceUnreadable(f"{path} cannot be written: {error.strerror}") from error


def read_baseline(path: Path) -> Baseline:
    """The baseline in `path`.

    Raises:
        SourceUnreadable: there is none, or it is damaged.
    """
    try:
        record = json.loads(path.read_text("utf-8"))
        names = record["measures"]
        topics = tuple(
            _topic(
                key,
                pair=pair,
                kind=kind,
                measures={
                    name: value
                    for name, value in zip(names, values, strict=True)
                    if value is not None
                },
            )
            for key, (pair, kind, values) in record["topics"].items()
        )
        run = Run(name=str(record["name"]), topics=topics, ranking={}, manifest={})
        return Baseline(run=run, files=dict(record["files"]))
    except OSError as error:
        raise SourceUnreadable(
            f"{path} cannot be read: {error.strerror}; `sanad eval gate RUN --baseline FILE "
            "--accept` writes a baseline"
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SourceUnreadable(f"{path} is no baseline: {error}") from error


def _fall(row: Row, tolerance: float) -> Fall | None:
    if row.difference.mean >= 0:
        return None
    is_significant = row.p_holm is not None and row.p_holm <= ALPHA
    is_large = row.difference.n >= LARGE and row.difference.mean < -tolerance
    if not (is_significant or is_large):
        return None
    return Fall(row=row, is_significant=is_significant, is_large=is_large, tolerance=tolerance)


def _topic(key: str, *, pair: str, kind: str, measures: dict[str, float]) -> RunTopic:
    return RunTopic(
        id=key,
        text="",
        language="und",
        pair=pair,
        kind=kind,
        answerable=True,
        measures=measures,
        results=(),
        judged=(),
    )


def _files(manifest: Mapping[str, object]) -> dict[str, str]:
    collection = manifest.get("collection")
    files = collection.get("files") if isinstance(collection, dict) else None
    return dict(files) if isinstance(files, dict) else {}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
