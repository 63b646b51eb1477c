"""What the serving embedder tells of itself."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ServingFigures:
    """Counts since the start, but for `cached`, `cached_bytes` and `waiting`: those of now.

    Attributes:
        hits: Questions answered from the cache or by a computation that was under way.
        misses: Questions that the model had to read.
        cached: Questions whose vectors are kept.
        cached_bytes: Memory that they take.
        waiting: Calls that stand in line for the model.
        batches: Passes of the model.
        batch_texts: Texts read in these passes.
        rejected_busy: Calls refused because the line was full.
    """

    hits: int
    misses: int
    cached: int
    cached_bytes: int
    waiting: int
    batches: int
    batch_texts: int
    rejected_busy: int
