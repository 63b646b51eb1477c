"""The measures of an answer run, by topic and by group.

In all of them "right" is what `AnsweredTopic.is_right` says: a quote holds the gold. An answer to
a topic that nothing in the archive answers is never right.

    first_quote, any_quote   of the answerable topics, those whose first or any quote holds the
                             gold; an abstention is a miss
    decision                 topics answered that are answerable, or abstained on that are not
    abstention_precision     of the abstentions, those on topics that are not answerable
    abstention_recall        of the topics that are not answerable, those abstained on
    coverage, wrong          share of topics answered, and of these the share that is not right:
                             the operating point in use
    coverage_at_5, 10, 20    the coverage that another threshold gives at 5, 10, 20 % wrong answers
    aurc, auroc, brier, ece  of the confidence: eval/answers/selective.py and calibration.py; auroc
                             tells answerable topics from others, the rest right answers from wrong
    quotes_exact             of the citations, those whose quote stands in the article where it says
    citations_resolve        of the citations that sentences name, those that are given and lie
                             within an article that is stored
    citation_recall,         eval/answers/citation_support.py: the mean over answers of the share of
    citation_precision       their sentences, and of their citations
    own_language             of the answers in words of their own, those in the question's language

coverage_at, aurc, brier and ece look at all topics at all thresholds, so they need the quotes that
abstentions held back; without these (a server tells none) a withheld answer counts as wrong.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal

from eval.answers.calibration import brier_scores, calibration_error, reliability
from eval.answers.runs import AnsweredTopic
from eval.answers.selective import RISKS, area_under_risk, area_under_roc, coverage_at
from eval.answers.tally import Tally, estimate_of, tally
from eval.groups import ALL, Group
from eval.intervals import Estimate, estimate

PAIRED = ("first_quote", "any_quote", "decision")
"""Those whose topics do not depend on what was answered, so that two runs can be compared."""

Grouped = dict[Group, list[AnsweredTopic]]


def topic_measures(topic: AnsweredTopic) -> dict[str, float]:
    """The PAIRED measures of one topic; those of quotes only if it is answerable."""
    decision = {"decision": float(topic.abstained is not topic.answerable)}
    if not topic.answerable:
        return decision
    held = [citation.holds_gold for citation in topic.citations]
    return {"first_quote": float(any(held[:1])), "any_quote": float(any(held))} | decision


def group_answers(topics: Iterable[AnsweredTopic]) -> Grouped:
    """All first, then pairs, then kinds, then languages of the questions, each as they come.

    The last only where some question has no article in any language ("en->none"): then no pair
    holds both topics that are answerable and topics that are not.
    """
    every = list(topics)
    axes: list[tuple[Literal["pair", "kind", "language"], Callable[[AnsweredTopic], str]]]
    axes = [("pair", lambda topic: topic.pair), ("kind", lambda topic: topic.kind)]
    if any(topic.pair.endswith("->none") for topic in every):
        axes.append(("language", lambda topic: f"{topic.language}->any"))
    grouped: Grouped = {ALL: every}
    for axis, name in axes:
        for topic in every:
            if name(topic):
                grouped.setdefault(Group(axis=axis, name=name(topic)), []).append(topic)
    return grouped


def estimate_group(topics: Sequence[AnsweredTopic]) -> dict[str, Estimate]:
    """Every measure by name, in the order of tables; n is 0 where no topic has it."""
    return {
        **_quote_estimates(topics),
        **_abstention_estimates(topics),
        **_confidence_estimates(topics),
        **_citation_estimates(topics),
    }


def right_or_wrong(topics: Sequence[AnsweredTopic]) -> Tally:
    """Topics by confidence, whether their quotes, given or withheld, are right."""
    return tally([topic.confidence for topic in topics], [topic.is_right for topic in topics])


def _quote_estimates(topics: Sequence[AnsweredTopic]) -> dict[str, Estimate]:
    measured = [topic_measures(topic) for topic in topics]
    return {name: estimate([one[name] for one in measured if name in one]) for name in PAIRED}


def _abstention_estimates(topics: Sequence[AnsweredTopic]) -> dict[str, Estimate]:
    abstentions = [topic for topic in topics if topic.abstained]
    answers = [topic for topic in topics if not topic.abstained]
    unanswerable = [topic for topic in topics if not topic.answerable]
    return {
        "abstention_precision": estimate([float(not topic.answerable) for topic in abstentions]),
        "abstention_recall": estimate([float(topic.abstained) for topic in unanswerable]),
        "coverage": estimate([float(not topic.abstained) for topic in topics]),
        "wrong": estimate([float(not topic.is_right) for topic in answers]),
    }


def _confidence_estimates(topics: Sequence[AnsweredTopic]) -> dict[str, Estimate]:
    confidences = [topic.confidence for topic in topics]
    right = right_or_wrong(topics)
    known = tally(confidences, [topic.answerable for topic in topics])
    error = calibration_error(reliability(right))
    return {
        "auroc": estimate_of(known, area_under_roc),
        **{f"coverage_at_{risk:.0%}"[:-1]: estimate_of(right, coverage_at(risk)) for risk in RISKS},
        "aurc": estimate_of(right, area_under_risk),
        "brier": estimate(brier_scores(confidences, [topic.is_right for topic in topics])),
        "ece": Estimate(mean=error, low=float("nan"), high=float("nan"), n=len(topics)),
    }


def _citation_estimates(topics: Sequence[AnsweredTopic]) -> dict[str, Estimate]:
    citations = [citation for topic in topics for citation in topic.citations]
    named = [resolves for topic in topics for resolves in _named(topic)]
    stated = [topic for topic in topics if topic.sentences]
    cited = [topic for topic in stated if any(one.citations for one in topic.sentences)]
    own = [topic for topic in topics if topic.own_language]
    return {
        "citation_recall": estimate([_recall(topic) for topic in stated]),
        "citation_precision": estimate([_precision(topic) for topic in cited]),
        "quotes_exact": estimate([float(citation.is_exact) for citation in citations]),
        "citations_resolve": estimate([float(resolves) for resolves in named]),
        "own_language": estimate([float(topic.own_language == topic.language) for topic in own]),
    }


def _named(topic: AnsweredTopic) -> list[bool]:
    """Whether each citation that a sentence names is one that resolves."""
    resolves: Mapping[int, bool] = {one.number: one.resolves for one in topic.citations}
    return [resolves.get(number, False) for one in topic.sentences for number in one.citations]


def _recall(topic: AnsweredTopic) -> float:
    return sum(one.is_supported for one in topic.sentences) / len(topic.sentences)


def _precision(topic: AnsweredTopic) -> float:
    named = sum(len(one.citations) for one in topic.sentences)
    return sum(len(one.relevant) for one in topic.sentences) / named
