"""Which figures of the evidence contradict one another: all claims of one thing together."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from retrieval.agreement.figures import Figure
from retrieval.agreement.relations import NEITHER, Related, Relation, relate
from retrieval.agreement.statements import Statement
from retrieval.agreement.values import Comparison, compare

MOST_DISPUTES = 2
"""More than these would hide the answer."""

_UNDATED = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A figure of the statement of that number; `agreeing` are those with the same value."""

    statement: int
    figure: Figure
    agreeing: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """Claims of one thing with different values, newest article first, undated ones last."""

    claims: tuple[Claim, ...]


class Relations:
    """What statements are to one another by their numbers; every pair is compared once."""

    def __init__(self, statements: Sequence[Statement], *, asked: Collection[str] | None) -> None:
        """`asked` are the kinds of the figures that are asked for, None if none is."""
        self.statements = statements
        self._asked = asked
        self._known: dict[tuple[int, int], Related] = {}

    def of(self, one: int, other: int) -> Related:
        """What `other` is to `one`; nothing within one article, which knows what it says."""
        if self.statements[one].header.id == self.statements[other].header.id:
            return NEITHER
        if (one, other) not in self._known:
            self._known[one, other] = relate(
                self.statements[one], self.statements[other], asked=self._asked or ()
            )
        return self._known[one, other]

    def disputes(self, seeds: Sequence[int], others: Sequence[int]) -> list[Dispute]:
        """Disputes that a statement of `seeds` takes part in, with `others`; best seed first.

        Of figures that are asked for, if there are any.
        """
        found, asked = [], self._asked
        for claims in self._joined(seeds, others):
            dispute = self._dispute(claims)
            kinds = {claim.figure.counted.kind for claim in claims}
            if len(dispute.claims) > 1 and (asked is None or kinds & {None, *asked}):
                found.append(dispute)
        return found[:MOST_DISPUTES]

    def _joined(self, seeds: Sequence[int], others: Sequence[int]) -> list[list[Claim]]:
        """Claims that contradict one another, directly or by way of others."""
        groups: list[_Group] = []
        for seed in seeds:
            for other in others:
                related = self.of(seed, other) if seed != other else NEITHER
                if related.relation is not Relation.CONTRADICTS or related.figures is None:
                    continue
                pair = [
                    Claim(statement=seed, figure=related.figures[0]),
                    Claim(statement=other, figure=related.figures[1]),
                ]
                group = next((one for one in groups if one.has_any(pair)), None)
                if group is None:
                    groups.append(group := _Group())
                group.add(pair)
        return [group.claims for group in groups]

    def _dispute(self, claims: Sequence[Claim]) -> Dispute:
        """The claims by value, each as the newest article gives it; one claim an article."""
        kept: list[Claim] = []
        articles: set[str] = set()
        for claim in sorted(claims, key=self._published, reverse=True):
            article = self.statements[claim.statement].header.id
            if article in articles:
                continue
            articles.add(article)
            same = next((i for i, one in enumerate(kept) if _are_same(one, claim)), None)
            if same is None:
                kept.append(claim)
            else:
                agreeing = (*kept[same].agreeing, claim.statement)
                kept[same] = replace(kept[same], agreeing=agreeing)
        return Dispute(claims=tuple(kept))

    def _published(self, claim: Claim) -> datetime:
        return self.statements[claim.statement].header.published_at or _UNDATED


@dataclass(slots=True)
class _Group:
    claims: list[Claim] = field(default_factory=list)

    def has_any(self, claims: Sequence[Claim]) -> bool:
        return any(claim in self.claims for claim in claims)

    def add(self, claims: Sequence[Claim]) -> None:
        self.claims += [claim for claim in claims if claim not in self.claims]


def _are_same(one: Claim, other: Claim) -> bool:
    return compare(one.figure, other.figure) is Comparison.SAME
