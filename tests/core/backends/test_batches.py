from hypothesis import given
from hypothesis import strategies as st

from core.backends.batches import padding_waste, token_batches

LENGTHS = st.lists(st.integers(1, 600), max_size=300)


@given(LENGTHS, st.integers(1, 20_000), st.floats(0, 1))
def test_every_text_is_in_exactly_one_batch(
    lengths: list[int], max_tokens: int, max_waste: float
) -> None:
    batches = token_batches(lengths, max_tokens=max_tokens, max_waste=max_waste)

    assert sorted(position for batch in batches for position in batch) == list(range(len(lengths)))
    assert all(batches)


@given(LENGTHS, st.integers(1, 20_000))
def test_a_batch_keeps_within_its_tokens_unless_one_text_is_longer(
    lengths: list[int], max_tokens: int
) -> None:
    for batch in token_batches(lengths, max_tokens=max_tokens, max_waste=1):
        assert (
            len(batch) == 1
            or max(lengths[position] for position in batch) * len(batch) <= max_tokens
        )


@given(LENGTHS, st.integers(1, 20_000), st.floats(0, 1))
def test_no_batch_wastes_more_than_allowed(
    lengths: list[int], max_tokens: int, max_waste: float
) -> None:
    batches = token_batches(lengths, max_tokens=max_tokens, max_waste=max_waste)

    assert all(padding_waste(lengths, [batch]) <= max_waste + 1e-9 for batch in batches)
    assert padding_waste(lengths, batches) <= max_waste + 1e-9


@given(LENGTHS, st.integers(1, 20_000))
def test_the_longest_texts_come_first(lengths: list[int], max_tokens: int) -> None:
    batches = token_batches(lengths, max_tokens=max_tokens)
    order = [lengths[position] for batch in batches for position in batch]

    assert order == sorted(lengths, reverse=True)


@given(LENGTHS, st.integers(1, 20_000), st.floats(0, 1))
def test_no_batch_could_have_taken_the_next_text(
    lengths: list[int], max_tokens: int, max_waste: float
) -> None:
    batches = token_batches(lengths, max_tokens=max_tokens, max_waste=max_waste)

    for batch, following in zip(batches, batches[1:], strict=False):
        more = [*batch, following[0]]
        too_wide = lengths[batch[0]] * len(more) > max_tokens
        assert too_wide or padding_waste(lengths, [more]) > max_waste - 1e-9


def test_the_waste_is_the_share_of_padding() -> None:
    # Two batches of two: 2 x 100 and 2 x 10 tokens given, of which 100 + 50 + 10 + 10 are text.
    assert padding_waste([100, 50, 10, 10], [[0, 1], [2, 3]]) == 1 - 170 / 220


def test_no_texts_are_no_batches_and_waste_nothing() -> None:
    assert token_batches([], max_tokens=100) == []
    assert padding_waste([], []) == 0
