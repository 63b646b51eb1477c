"""Answered topics as a person looks at them: the wrong, the held back, the right and the silent."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from eval.answers.runs import AnsweredTopic, CheckedCitation, CheckedSentence
from eval.page.evidence import known_language
from eval.page.selection import in_turn
from eval.report import number


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownAnswer:
    """One topic, folded up to its question and `figure`; `own_words` are no quotes.

    `quotes` are those given or, where `is_held_back`, those that the abstention kept back.
    """

    id: str
    text: str
    language: str
    pair: str
    kind: str
    figure: str
    note: str
    gold: tuple[str, ...]
    own_words: str
    own_language: str
    is_held_back: bool
    quotes: tuple[CheckedCitation, ...]
    sentences: tuple[CheckedSentence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerList:
    """A list of answered topics on the page; `left_out` are not on it."""

    key: str
    title: str
    reading: str
    topics: tuple[ShownAnswer, ...]
    total: int

    @property
    def left_out(self) -> int:
        """How many more there are."""
        return self.total - len(self.topics)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """Which topics a list holds, and whether the most confident come first."""

    key: str
    title: str
    reading: str
    holds: Callable[[AnsweredTopic], bool]
    surest_first: bool = True


_KINDS = (
    _Kind(
        key="wrong-answers",
        title="Wrong answers",
        reading="No quote holds the gold, or nothing in the archive answers. The most confident "
        "stand first.",
        holds=lambda topic: not topic.abstained and not topic.is_right,
    ),
    _Kind(
        key="held-back",
        title="Answers held back",
        reading="The archive answers these, but the answer was that it does not. The most "
        "confident stand first.",
        holds=lambda topic: topic.abstained and topic.answerable,
    ),
    _Kind(
        key="right-answers",
        title="Right answers",
        reading="A quote holds the gold. The least confident stand first.",
        holds=lambda topic: not topic.abstained and topic.is_right,
        surest_first=False,
    ),
    _Kind(
        key="rightly-silent",
        title="Rightly silent",
        reading="Nothing in the archive answers these, and the answer says so. The most confident "
        "stand first: these came closest to an invention.",
        holds=lambda topic: topic.abstained and not topic.answerable,
    ),
)


def answer_lists(topics: Iterable[AnsweredTopic], *, most: int) -> list[AnswerList]:
    """The four kinds of topics, at most `most` of each, in turn from each language pair."""
    every = list(topics)
    return [_list(kind, [topic for topic in every if kind.holds(topic)], most) for kind in _KINDS]


def _list(kind: _Kind, members: Sequence[AnsweredTopic], most: int) -> AnswerList:
    sign = -1 if kind.surest_first else 1
    ordered = sorted(members, key=lambda topic: (sign * topic.confidence, topic.id))
    chosen = in_turn(ordered, by=lambda topic: topic.pair, most=most)
    return AnswerList(
        key=kind.key,
        title=kind.title,
        reading=kind.reading,
        topics=tuple(_shown(topic) for topic in chosen),
        total=len(members),
    )


def _shown(topic: AnsweredTopic) -> ShownAnswer:
    return ShownAnswer(
        id=topic.id,
        text=topic.text,
        language=known_language(topic.language),
        pair=topic.pair,
        kind=topic.kind,
        figure=f"confidence {number(topic.confidence)}",
        note=_note(topic),
        gold=tuple(dict.fromkeys(gold.quote for gold in topic.gold)),
        own_words=topic.answer if topic.own_language else "",
        own_language=known_language(topic.own_language),
        is_held_back=topic.abstained,
        quotes=topic.citations or topic.withheld,
        sentences=tuple(one for one in topic.sentences if one.support != "quoted"),
    )


def _note(topic: AnsweredTopic) -> str:
    parts = [topic.mode, topic.status.value]
    if topic.is_withdrawn:
        parts.append("its articles were left out of the archive")
    elif not topic.answerable:
        parts.append("nothing in the archive answers it")
    if topic.abstained and topic.withheld:
        parts.append(f"the quotes held back were {'right' if topic.is_right else 'wrong'}")
    broken = sum(not (one.is_exact and one.resolves) for one in topic.citations)
    if broken:
        parts.append(f"{broken} of its quotes do not stand in their articles")
    return "; ".join(parts)
