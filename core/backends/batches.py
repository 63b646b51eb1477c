"""Cuts texts into batches of like length for a model that pads each to its longest."""

from collections.abc import Iterable, Sequence

MAX_WASTE = 0.1
"""Share of a batch that may be padding: the work on padding is thrown away."""


def token_batches(
    lengths: Sequence[int], *, max_tokens: int, max_waste: float = MAX_WASTE
) -> list[list[int]]:
    """Positions in batches, longest texts first, ties by position; each position once.

    Longest first, because then a batch that does not fit into memory fails at once and the
    last batches, for which a waiting question may stand in line, are the quickest.

    Args:
        lengths: Tokens of each text as the model counts them, prompt and special tokens included.
        max_tokens: Most tokens of a batch with its padding; a longer text is a batch by itself.
        max_waste: Largest share of padding in any batch, in [0, 1].

    >>> token_batches([10, 50, 11, 49], max_tokens=1_000)
    [[1, 3], [2, 0]]
    """
    batches: list[list[int]] = []
    width = used = 0
    for position in sorted(range(len(lengths)), key=lambda position: -lengths[position]):
        length = lengths[position]
        if batches:
            padded = width * (len(batches[-1]) + 1)
            if padded <= max_tokens and padded - used - length <= max_waste * padded:
                batches[-1].append(position)
                used += length
                continue
        batches.append([position])
        width = used = length
    return batches


def padding_waste(lengths: Sequence[int], batches: Iterable[Sequence[int]]) -> float:
    """Share of padding among all tokens that a model is given with `batches`, in [0, 1).

    >>> round(padding_waste([10, 50, 11, 49], [[1, 3], [2, 0]]), 3)
    0.016
    """
    used = padded = 0
    for batch in batches:
        chosen = [lengths[position] for position in batch]
        used += sum(chosen)
        padded += max(chosen) * len(chosen)
    return 1 - used / padded if padded else 0.0
