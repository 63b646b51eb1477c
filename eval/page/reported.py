"""What a page is about: a ranking, answers to the same topics, or both, of one system."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from core.errors import InputError
from eval.answers.runs import AnswerRun, holds_answers, read_answers
from eval.opening import open_run
from eval.qrels import Qrels
from eval.runs import MANIFEST_FILE, Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """A system by its name, with its ranking, its answers or both."""

    name: str
    run: Run | None = None
    answers: AnswerRun | None = None


def open_reported(paths: Sequence[Path], *, qrels: Qrels | None) -> list[Reported]:
    """What lies in each of `paths`; those of the same name are called by their paths.

    Raises:
        SourceUnreadable: there is neither a ranking nor answers, or one is damaged.
        InputError: judgments are missing for a bare ranking, or given where there is none.
    """
    found = [_open(path, qrels) for path in paths]
    names = [one.name for one in found]
    return [
        _renamed(one, str(path)) if names.count(one.name) > 1 else one
        for one, path in zip(found, paths, strict=True)
    ]


def _open(path: Path, qrels: Qrels | None) -> Reported:
    if not holds_answers(path):
        run = open_run(path, qrels=qrels)
        return Reported(name=run.name, run=run)
    answers = read_answers(path)
    if not (path / MANIFEST_FILE).is_file():
        if qrels is not None:
            raise InputError(
                f"{path} holds answers only, which --qrels does not judge: leave it out"
            )
        return Reported(name=answers.name, answers=answers)
    run = open_run(path, qrels=qrels)
    return Reported(name=run.name, run=run, answers=replace(answers, name=run.name))


def _renamed(one: Reported, name: str) -> Reported:
    return Reported(
        name=name,
        run=None if one.run is None else replace(one.run, name=name),
        answers=None if one.answers is None else replace(one.answers, name=name),
    )
