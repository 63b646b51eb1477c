"""Where a passage begins that repeats the end of what stands before it."""

from collections.abc import Callable, Sequence

from indexing.packing import Unit
from indexing.punctuation import Break
from indexing.shape import PassageShape


def lead_start(
    units: Sequence[Unit],
    *,
    after: int,
    shape: PassageShape,
    weigh: Callable[[int], int],
) -> int:
    """The unit that the passage whose own text begins with the last of `units` is to begin with.

    It goes back to the earliest beginning of a sentence within the overlap that `shape` allows, or,
    where no whole sentence fits, to the earliest unit that does; never past a heading or a section,
    and not as far as the offset `after`, where the own text of the passage before begins.
    `weigh(start)` is the weight of what lies between `units[start]` and the last.
    """
    own = len(units) - 1
    sentence, part, sentences = own, own, 0
    for index in range(own - 1, 0, -1):
        unit = units[index]
        if unit.start <= after or unit.is_heading or unit.break_after is Break.SECTION:
            break
        if weigh(index) > shape.overlap_tokens:
            break
        part = index
        if units[index - 1].break_after <= Break.SENTENCE:
            sentence = index
            sentences += 1
            if sentences == shape.overlap_sentences:
                break
    return part if sentence == own else sentence
