"""The k best hits, whatever order an engine gives equal scores in."""

import random

import pytest

from core.backends.ranking import MAX_TIED, Hit, best_hits


class Engine:
    """Gives its hits by score, equal scores in a shuffled order; remembers what was asked."""

    def __init__(self, scores: list[float]) -> None:
        hits = [
            Hit(id=f"{number:05d}", score=score, payload={}) for number, score in enumerate(scores)
        ]
        random.Random(3).shuffle(hits)
        self._hits = sorted(hits, key=lambda hit: -hit.score)
        self.limits: list[int] = []

    def __call__(self, limit: int) -> list[Hit]:
        self.limits.append(limit)
        return self._hits[:limit]


def ids(hits: list[Hit]) -> list[str]:
    return [hit.id for hit in hits]


def test_without_a_tie_at_the_cut_one_fetch_is_enough() -> None:
    engine = Engine([9.0, 8.0, 8.0, 7.0, 6.0])
    assert ids(best_hits(engine, 3)) == ["00000", "00001", "00002"]
    assert engine.limits == [4]


@pytest.mark.parametrize("k", [1, 2, 50, 299, 300, 301])
def test_a_tie_at_the_cut_is_fetched_whole(k: int) -> None:
    engine = Engine([2.0, *[1.0] * 300, 0.5])
    assert ids(best_hits(engine, k)) == [f"{number:05d}" for number in range(k)]


def test_fewer_hits_than_k_are_all_given() -> None:
    engine = Engine([1.0, 1.0])
    assert ids(best_hits(engine, 10)) == ["00000", "00001"]
    assert engine.limits == [11]


def test_nothing_found_is_nothing() -> None:
    assert best_hits(Engine([]), 5) == []


def test_a_tie_without_end_is_not_followed_for_ever() -> None:
    engine = Engine([1.0] * (10 * MAX_TIED))
    assert len(best_hits(engine, 10)) == 10
    assert engine.limits[-1] == 10 + MAX_TIED
