"""The k best matches, whatever order an engine gives equal scores in."""

import random
from collections.abc import Sequence

import pytest

from core.backends.ranking import MAX_TIED, PointQuery, best_matches
from core.types import Match
from tests.contracts.store_archive import unit


class Engine:
    """Gives its matches by score, equal scores in a shuffled order; remembers what was asked."""

    def __init__(self, scores: list[float]) -> None:
        matches = [Match(f"{number:05d}", score) for number, score in enumerate(scores)]
        random.Random(3).shuffle(matches)
        self._matches = sorted(matches, key=lambda match: -match.score)
        self.limits: list[list[int]] = []

    def __call__(self, queries: Sequence[PointQuery]) -> list[list[Match]]:
        self.limits.append([query.limit for query in queries])
        return [self._matches[: query.limit] for query in queries]


def best(engine: Engine, *limits: int) -> list[list[str]]:
    queries = [PointQuery(vector=unit(1), where=(), limit=limit) for limit in limits]
    return [[match.passage_id for match in found] for found in best_matches(engine, queries)]


def test_without_a_tie_at_the_cut_one_fetch_is_enough() -> None:
    engine = Engine([9.0, 8.0, 8.0, 7.0, 6.0])
    assert best(engine, 3)[0] == ["00000", "00001", "00002"]
    assert engine.limits == [[4]]


@pytest.mark.parametrize("k", [1, 2, 50, 299, 300, 301])
def test_a_tie_at_the_cut_is_fetched_whole(k: int) -> None:
    engine = Engine([2.0, *[1.0] * 300, 0.5])
    assert best(engine, k)[0] == [f"{number:05d}" for number in range(k)]


def test_fewer_hits_than_k_are_all_given() -> None:
    engine = Engine([1.0, 1.0])
    assert best(engine, 10)[0] == ["00000", "00001"]
    assert engine.limits == [[11]]


def test_nothing_found_is_nothing() -> None:
    assert best(Engine([]), 5) == [[]]


def test_a_tie_without_end_is_not_followed_for_ever() -> None:
    engine = Engine([1.0] * (10 * MAX_TIED))
    assert len(best(engine, 10)[0]) == 10
    assert engine.limits[-1] == [10 + MAX_TIED]


def test_queries_are_asked_together_and_only_ties_again() -> None:
    engine = Engine([2.0, *[1.0] * 9, 0.5])
    assert best(engine, 1, 3, 20) == [
        ["00000"],
        ["00000", "00001", "00002"],
        [f"{number:05d}" for number in range(11)],
    ]
    assert engine.limits == [[2, 4, 21], [8], [16]]
