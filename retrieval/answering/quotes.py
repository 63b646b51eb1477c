"""Which runs of which articles are quoted: the best, none twice, and all sides of a dispute."""

from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.agreement.counted import asks_measure, kinds_asked
from retrieval.agreement.disputes import Claim, Dispute, Relations
from retrieval.agreement.families import copies_sentence
from retrieval.agreement.relations import Relation
from retrieval.agreement.statements import Statement, read_statements
from retrieval.evidence.candidates import Candidate
from retrieval.evidence.ranking import Evidence
from retrieval.sentences import Span
from retrieval.signals import expects_figure, term_overlap

SAME_SENTENCE_OVERLAP = 0.8
"""Share of common words from which a sentence repeats another one."""

MAX_JOINED = 2
"""Sentences in one quote: more would hide the answer."""

EXTRA_SENTENCES = 2
"""Sentences that may join the quotes beyond one a quote."""

LONGEST_LIST = 16
"""Pieces of evidence looked at when quotes are chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run of an article, verbatim: `body[start:end]`.

    `is_copied` tells that it repeats what it stands beside word by word.
    """

    article_id: str
    passage_id: str
    start: int
    end: int
    is_copied: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """One or two adjacent sentences of an article; `also` are sentences that say the same.

    `answers` are the short answers in it, in order and apart, in offsets of the body.
    """

    run: Run
    also: tuple[Run, ...] = ()
    answers: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedFigure:
    """A figure of an article that others contradict; `also` are sentences that agree with it."""

    run: Run
    also: tuple[Run, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Quotes in the order in which they are shown, and disputes, each with its newest first."""

    quotes: tuple[Quote, ...]
    disputes: tuple[tuple[ClaimedFigure, ...], ...] = ()


def choose_quotes(evidence: Sequence[Evidence], *, count: int, question: str = "") -> Chosen:
    """At most `count` quotes of ranked evidence, best first, none repeating another.

    Two sentences that follow one another become one quote: the answer often stands just
    after the sentence that names its subject. Quotes that contradict one another in a figure
    stand together, the newest first; at least two of them are shown if `count` allows. What is
    in dispute depends on the `question`.
    """
    statements = read_statements([piece.candidate for piece in evidence[:LONGEST_LIST]])
    wants_figure = expects_figure(question) or asks_measure(question)
    relations = Relations(statements, asked=kinds_asked(question) if wants_figure else None)
    told = _told_once(relations)
    kept = list(told)
    joined = _joined(kept[: count + EXTRA_SENTENCES], statements)
    quoted = joined[:count]
    # A figure that nobody asked for is told of the best sentence alone, and moves no quote.
    seeds = [one for group in quoted for one in group] if wants_figure else kept[:1]
    disputes = relations.disputes(seeds, kept)
    if wants_figure:
        quoted = _with_disputes(quoted, disputes, count=count)
    return Chosen(
        quotes=tuple(_quote(group, told, statements) for group in quoted),
        disputes=tuple(
            tuple(_claimed(claim, told, statements) for claim in dispute.claims)
            for dispute in disputes
        ),
    )


def _told_once(relations: Relations) -> dict[int, list[int]]:
    """Statements that none before them tells, best first, each with those that repeat it.

    What an article has since corrected gives way to it.
    """
    told: dict[int, list[int]] = {}
    for new in range(len(relations.statements)):
        repeated = next((old for old in told if _repeats(relations, old, new)), None)
        corrected = [old for old in told if relations.of(old, new).relation is Relation.CORRECTS]
        if repeated is not None:
            told[repeated].append(new)
        elif corrected:
            told = {
                (new if old == corrected[0] else old): ([] if old == corrected[0] else others)
                for old, others in told.items()
                if old not in corrected[1:]
            }
        elif not any(relations.of(old, new).relation is Relation.OUTDATED for old in told):
            told[new] = []
    return told


def _repeats(relations: Relations, old: int, new: int) -> bool:
    one, other = relations.statements[old], relations.statements[new]
    match relations.of(old, new).relation:
        case Relation.REPEATS:
            return True
        case Relation.NEITHER:
            overlap = term_overlap(one.candidate.text, other.candidate.text)
            return overlap >= SAME_SENTENCE_OVERLAP
        case _:
            return False


def _joined(kept: Sequence[int], statements: Sequence[Statement]) -> list[list[int]]:
    """Groups of adjacent sentences, in the order of the best of each."""
    groups: list[list[int]] = []
    for new in kept:
        candidate = statements[new].candidate
        for group in groups:
            if _adjacent([statements[one].candidate for one in group], candidate):
                group.append(new)
                break
        else:
            groups.append([new])
    return groups


def _adjacent(quote: Sequence[Candidate], candidate: Candidate) -> bool:
    orders = [one.order for one in quote]
    return (
        len(quote) < MAX_JOINED
        and quote[0].hit.passage.id == candidate.hit.passage.id
        and min(orders) - 1 <= candidate.order <= max(orders) + 1
    )


def _with_disputes(
    groups: Sequence[list[int]], disputes: Sequence[Dispute], *, count: int
) -> list[list[int]]:
    """`groups` with the sides of each dispute together, newest first, at most `count`."""
    ordered = [list(group) for group in groups]
    for dispute in disputes:
        sides = [_side(claim, ordered) for claim in dispute.claims][:count]
        first = next((i for i, group in enumerate(ordered) if group in sides), len(ordered))
        before = [group for group in ordered[:first] if group not in sides]
        after = [group for group in ordered[first:] if group not in sides]
        # Both sides are shown, if need be in the place of what nobody disputes.
        before = before[: max(0, count - min(len(sides), 2))]
        ordered = [*before, *sides, *after][:count]
    return ordered


def _side(claim: Claim, groups: Sequence[list[int]]) -> list[int]:
    """The quote that holds a claim, or one of its sentence alone."""
    return next((group for group in groups if claim.statement in group), [claim.statement])


def _quote(
    group: Sequence[int], told: dict[int, list[int]], statements: Sequence[Statement]
) -> Quote:
    candidates = [statements[one].candidate for one in group]
    return Quote(
        run=Run(
            article_id=candidates[0].hit.header.id,
            passage_id=candidates[0].hit.passage.id,
            start=min(candidate.start for candidate in candidates),
            end=max(candidate.end for candidate in candidates),
        ),
        also=_also(group, told, statements),
    )


def _claimed(
    claim: Claim, told: dict[int, list[int]], statements: Sequence[Statement]
) -> ClaimedFigure:
    candidate = statements[claim.statement].candidate
    run = _run(candidate)
    return ClaimedFigure(
        run=Run(
            article_id=run.article_id,
            passage_id=run.passage_id,
            start=candidate.start + claim.figure.start,
            end=candidate.start + claim.figure.end,
        ),
        also=_also([claim.statement, *claim.agreeing], told, statements),
    )


def _also(
    group: Sequence[int], told: dict[int, list[int]], statements: Sequence[Statement]
) -> tuple[Run, ...]:
    """One run for each other article that repeats a statement of the group."""
    found: dict[str, Run] = {}
    own = statements[group[0]]
    others = [*group[1:], *(other for one in group for other in told.get(one, ()))]
    for other in others:
        candidate = statements[other].candidate
        if candidate.hit.header.id != own.header.id:
            copied = copies_sentence(own.candidate.text, candidate.text)
            found.setdefault(candidate.hit.header.id, _run(candidate, is_copied=copied))
    return tuple(found.values())


def _run(candidate: Candidate, *, is_copied: bool = False) -> Run:
    return Run(
        article_id=candidate.hit.header.id,
        passage_id=candidate.hit.passage.id,
        start=candidate.start,
        end=candidate.end,
        is_copied=is_copied,
    )
