"""Values are fetched once while they are kept, and no more are kept than allowed."""

from collections.abc import Sequence

import pytest

from retrieval.kept import Kept

pytestmark = pytest.mark.anyio


class Source:
    """Gives each key in capitals, but for "none"; remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    async def fetch(self, keys: Sequence[str]) -> dict[str, str]:
        self.asked.append(list(keys))
        return {key: key.upper() for key in keys if key != "none"}


async def test_what_is_kept_is_not_fetched_again() -> None:
    source = Source()
    kept = Kept(source.fetch, capacity=9)
    assert await kept.get(["a", "b", "a"]) == {"a": "A", "b": "B"}
    assert await kept.get(["b", "c"]) == {"b": "B", "c": "C"}
    assert await kept.get(["c", "a"]) == {"c": "C", "a": "A"}
    assert source.asked == [["a", "b"], ["c"]]


async def test_a_key_without_a_value_is_left_out_and_asked_again() -> None:
    source = Source()
    kept = Kept(source.fetch, capacity=9)
    assert await kept.get(["none"]) == {}
    assert await kept.get(["none", "a"]) == {"a": "A"}
    assert source.asked == [["none"], ["none", "a"]]


async def test_the_least_recently_used_goes_first_and_all_asked_for_is_given() -> None:
    source = Source()
    kept = Kept(source.fetch, capacity=2)
    await kept.get(["a", "b"])
    await kept.get(["a"])
    assert await kept.get(["c"]) == {"c": "C"}
    await kept.get(["a", "c"])
    assert source.asked == [["a", "b"], ["c"]]
    assert await kept.get(["a", "b", "c", "d"]) == {key: key.upper() for key in "abcd"}
