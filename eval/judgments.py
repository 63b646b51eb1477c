"""Judgments of one or more judges brought together: qrels, agreement, and where they differ."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from pathlib import Path

from core.errors import InputError
from eval.agreement import Agreement, measure_agreement
from eval.grades import ItemKey
from eval.judgment_files import JudgedFile, JudgedLine
from eval.qrels import Qrels


class Resolution(StrEnum):
    """Which grade counts where several judges have graded a passage.

    MAJORITY: the highest that more than half of them give or exceed, which is the lower median:
    the same as the grade of a majority where there is one, and of two judges the lower. MAX: the
    highest. FIRST: that of the judge who is named first.
    """

    MAJORITY = "majority"
    MAX = "max"
    FIRST = "first"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """Who judged, and what: every line of their files by item, ungraded ones as well."""

    name: str
    paths: tuple[Path, ...]
    lines: Mapping[ItemKey, JudgedLine]

    @property
    def grades(self) -> dict[ItemKey, int]:
        """What they have graded."""
        return {key: line.grade for key, line in self.lines.items() if line.grade is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """A passage that judges grade differently: their grades and notes by name."""

    key: ItemKey
    question: str
    title: str
    grades: Mapping[str, int]
    notes: Mapping[str, str]

    @property
    def distance(self) -> int:
        """Between the highest and the lowest grade."""
        return max(self.grades.values()) - min(self.grades.values()) if self.grades else 0


def gather_judges(files: Sequence[JudgedFile]) -> tuple[Judge, ...]:
    """The judge of each file, in the order of the files; files of one name are one judge's.

    A file that names nobody is a judge's of its own, called as the file is.

    Raises:
        InputError: a judge grades the same passage differently in two files.
    """
    found: dict[str, list[JudgedFile]] = {}
    for file, name in zip(files, _names(files), strict=True):
        found.setdefault(name, []).append(file)
    return tuple(
        Judge(name=name, paths=tuple(file.path for file in theirs), lines=_joined(name, theirs))
        for name, theirs in found.items()
    )


def resolve(judges: Sequence[Judge], how: Resolution) -> dict[ItemKey, int]:
    """One grade for each item that anyone has graded."""
    given: dict[ItemKey, list[int]] = {}
    for judge in judges:
        for key, grade in judge.grades.items():
            given.setdefault(key, []).append(grade)
    return {key: _one_of(grades, how) for key, grades in given.items()}


def article_qrels(grades: Mapping[ItemKey, int]) -> dict[str, dict[str, int]]:
    """Grade by article, by topic: that of an article's best passage."""
    found: dict[str, dict[str, int]] = {}
    for key, grade in grades.items():
        articles = found.setdefault(key.topic_id, {})
        articles[key.article_id] = max(grade, articles.get(key.article_id, grade))
    return found


def join_qrels(known: Qrels, judged: Qrels) -> dict[str, dict[str, int]]:
    """Both; where both grade an article, as `judged` does."""
    return {
        topic: {**known.get(topic, {}), **judged.get(topic, {})} for topic in {**known, **judged}
    }


def pairwise_agreement(judges: Sequence[Judge]) -> tuple[Agreement, ...]:
    """Of every two judges."""
    return tuple(
        measure_agreement(first.grades, second.grades, names=(first.name, second.name))
        for first, second in combinations(judges, 2)
    )


def find_disagreements(judges: Sequence[Judge]) -> tuple[Disagreement, ...]:
    """Every item with different grades, largest distance first, then in the order of the files."""
    items = dict.fromkeys(key for judge in judges for key in judge.lines)
    every = [_disagreement(key, judges) for key in items]
    return tuple(sorted((one for one in every if one.distance), key=lambda one: -one.distance))


def _names(files: Sequence[JudgedFile]) -> list[str]:
    unnamed = [file.path.stem for file in files if not file.judge]
    taken = {file.judge for file in files}
    return [
        file.judge
        or (
            file.path.stem
            if unnamed.count(file.path.stem) == 1 and file.path.stem not in taken
            else str(file.path)
        )
        for file in files
    ]


def _joined(name: str, files: Iterable[JudgedFile]) -> dict[ItemKey, JudgedLine]:
    lines: dict[ItemKey, JudgedLine] = {}
    for line in (line for file in files for line in file.lines):
        before = lines.setdefault(line.key, line)
        if before.grade is None:
            lines[line.key] = line
        elif line.grade not in {None, before.grade}:
            raise InputError(
                f"{line.place}: {name} gives grade {line.grade} for what {before.place} grades "
                f"{before.grade}: one grade a passage is allowed, or name two judges"
            )
    return lines


def _one_of(grades: Sequence[int], how: Resolution) -> int:
    match how:
        case Resolution.MAJORITY:
            return sorted(grades)[(len(grades) - 1) // 2]
        case Resolution.MAX:
            return max(grades)
        case Resolution.FIRST:
            return grades[0]


def _disagreement(key: ItemKey, judges: Iterable[Judge]) -> Disagreement:
    lines = {judge.name: judge.lines[key] for judge in judges if key in judge.lines}
    shown = next(iter(lines.values()))
    graded = {name: line.grade for name, line in lines.items() if line.grade is not None}
    return Disagreement(
        key=key,
        question=shown.question,
        title=shown.title,
        grades=graded,
        notes={name: line.note for name, line in lines.items() if line.note},
    )
