"""Runs as people have them: folders of ours, or bare run files in TREC's format with judgments."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from core.errors import InputError, SourceUnreadable
from eval.measures import measure_topics
from eval.qrels import Qrels
from eval.runs import Judged, Run, RunTopic, read_run
from eval.trec import read_ranking


def open_run(path: Path, *, qrels: Qrels | None) -> Run:
    """The run in the folder or file `path`, measured by `qrels` if they are given.

    Raises:
        SourceUnreadable: there is no run, or it is damaged.
        InputError: it is a bare run file and no judgments are given.
    """
    if path.is_dir():
        run = read_run(path)
        return run if qrels is None else judge_again(run, qrels)
    if not path.exists():
        raise SourceUnreadable(f"{path} does not exist: give a run's folder or its TREC file")
    if qrels is None:
        raise InputError(f"{path} is a file without judgments: give them by --qrels")
    return _bare_run(path, qrels)


def open_runs(paths: Sequence[Path], *, qrels: Qrels | None) -> list[Run]:
    """The runs in `paths`, as `open_run` gives them.

    Those of the same name are called by their paths.

    Raises:
        SourceUnreadable, InputError: as `open_run`.
    """
    return told_apart([open_run(path, qrels=qrels) for path in paths], paths)


def told_apart(runs: Sequence[Run], paths: Sequence[Path]) -> list[Run]:
    """`runs`, of which those of the same name are called by their paths."""
    names = [run.name for run in runs]
    return [
        replace(run, name=str(path)) if names.count(run.name) > 1 else run
        for run, path in zip(runs, paths, strict=True)
    ]


def judge_again(run: Run, qrels: Qrels) -> Run:
    """`run` measured by other judgments than its own; its topics keep pair and kind."""
    measures = measure_topics(_answerable(qrels), run.ranking)
    topics = [
        replace(
            topic,
            measures=measures.get(topic.id, {}),
            judged=_judged(topic.judged, qrels.get(topic.id, {})),
        )
        for topic in run.topics
    ]
    return replace(run, topics=tuple(topics))


def _bare_run(path: Path, qrels: Qrels) -> Run:
    """Of the topics for which the file holds results; no more is known of them than their ids."""
    ranking = read_ranking(path)
    measures = measure_topics(_answerable(qrels), ranking)
    topics = [
        RunTopic(
            id=key,
            text="",
            language="und",
            pair="",
            kind="",
            answerable=key in measures,
            measures=measures.get(key, {}),
            results=(),
            judged=_judged((), qrels.get(key, {})),
        )
        for key in ranking
    ]
    return Run(name=path.stem, topics=tuple(topics), ranking=ranking, manifest={})


def _answerable(qrels: Qrels) -> dict[str, Mapping[str, int]]:
    return {key: grades for key, grades in qrels.items() if max(grades.values(), default=0) > 0}


def _judged(known: Iterable[Judged], grades: Mapping[str, int]) -> tuple[Judged, ...]:
    """The relevant articles of `grades`, highest first, with what is known of them."""
    shown = {judged.article_id: judged for judged in known}
    unknown = Judged(article_id="", grade=0, language="und", title="", text="")
    return tuple(
        replace(shown.get(key, unknown), article_id=key, grade=grade)
        for key, grade in sorted(grades.items(), key=lambda item: -item[1])
        if grade > 0
    )
