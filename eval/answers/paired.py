"""Answer runs as runs of paired measures, for comparisons and the gate."""

from collections.abc import Sequence
from pathlib import Path

from eval.answers.measures import topic_measures
from eval.answers.runs import AnsweredTopic, AnswerRun, read_answers
from eval.opening import told_apart
from eval.runs import Run, RunTopic


def as_run(answers: AnswerRun) -> Run:
    """The same topics with the measures that two answer runs share, and no ranking."""
    return Run(
        name=answers.name,
        topics=tuple(_topic(topic) for topic in answers.topics),
        ranking={},
        manifest=answers.manifest,
    )


def open_answers(folders: Sequence[Path]) -> list[Run]:
    """The answers in `folders` likewise; those of the same name are called by their paths.

    Raises:
        SourceUnreadable: a folder holds no answers, or damaged ones.
    """
    return told_apart([as_run(read_answers(folder)) for folder in folders], folders)


def _topic(topic: AnsweredTopic) -> RunTopic:
    return RunTopic(
        id=topic.id,
        text=topic.text,
        language=topic.language,
        pair=topic.pair,
        kind=topic.kind,
        answerable=topic.answerable,
        measures=topic_measures(topic),
        results=(),
        judged=(),
    )
