"""Units joined to passages of good size at natural breaks."""

from hypothesis import given
from hypothesis import strategies as st

from indexing.packing import CHARS_PER_WEIGHT, Sizes, Unit, halve, pack
from indexing.punctuation import Break

SIZES = Sizes(tiny=40, good=120, target=170, most=220)


def units(*weights: int, breaks: dict[int, Break] | None = None, heading: int = -1) -> list[Unit]:
    found: list[Unit] = []
    start = 0
    for index, weight in enumerate(weights):
        end = start + weight * 4
        found.append(
            Unit(
                start=start,
                end=end,
                weight=weight,
                break_after=(breaks or {}).get(index, Break.PARAGRAPH),
                is_heading=index == heading,
            )
        )
        start = end + 1
    return found


@given(st.lists(st.integers(min_value=0, max_value=219), max_size=60))
def test_runs_cover_all_units_in_order_and_keep_the_bound(weights: list[int]) -> None:
    given_units = units(*weights)

    runs = pack(given_units, sizes=SIZES)

    assert [index for first, last in runs for index in range(first, last)] == [*range(len(weights))]
    assert all(sum(weights[first:last]) <= SIZES.most for first, last in runs)


def test_nothing_gives_nothing() -> None:
    assert pack([], sizes=SIZES) == []


def test_a_short_tail_is_balanced_rather_than_left() -> None:
    # 220 + 20 would be fuller; 120 + 120 leaves no tiny passage.
    assert pack(units(40, 40, 40, 40, 40, 40), sizes=SIZES) == [(0, 3), (3, 6)]


def test_paragraphs_stay_whole_where_their_size_allows_it() -> None:
    breaks = {0: Break.SENTENCE, 2: Break.SENTENCE}

    assert pack(units(60, 60, 80, 80, breaks=breaks), sizes=SIZES) == [(0, 2), (2, 4)]


def test_a_cut_never_follows_a_heading() -> None:
    assert pack(units(190, 20, 150, heading=1), sizes=SIZES) == [(0, 1), (1, 3)]


def test_a_unit_beyond_the_bound_stands_alone() -> None:
    assert pack(units(100, 300, 100), sizes=SIZES) == [(0, 1), (1, 2), (2, 3)]


def test_characters_are_bounded_where_tokens_are_not() -> None:
    far = CHARS_PER_WEIGHT * SIZES.most
    apart = [
        Unit(start=0, end=4, weight=1, break_after=Break.WORD),
        Unit(start=far, end=far + 4, weight=1, break_after=Break.WORD),
    ]

    assert pack(apart, sizes=SIZES) == [(0, 1), (1, 2)]


def test_half_is_sought_near_the_middle_at_a_good_break() -> None:
    breaks = {0: Break.WORD, 1: Break.SENTENCE, 2: Break.WORD, 3: Break.WORD}

    assert halve(units(50, 50, 50, 50, 50, breaks=breaks)) == 2
    assert halve(units(50, 50, heading=0)) == 1
