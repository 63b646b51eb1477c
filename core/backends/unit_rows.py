"""What every embedder checks on the way in and out."""

from collections.abc import Sequence

import numpy as np

from core.errors import EmbedderRejected
from core.types import Vectors


def refuse_invalid_unicode(texts: Sequence[str]) -> None:
    """Refuse what no tokenizer takes.

    Raises:
        EmbedderRejected: a text holds a lone surrogate.
    """
    for index, text in enumerate(texts):
        try:
            text.encode("utf-8")
        except UnicodeEncodeError as exc:
            raise EmbedderRejected(
                f"text {index} holds a lone surrogate at character {exc.start}: "
                "replace it before embedding"
            ) from exc


def unit_rows(
    raw: np.ndarray[tuple[int, ...], np.dtype[np.generic]], shape: tuple[int, int]
) -> Vectors:
    """`raw` as float32 rows of norm 1.

    Raises:
        EmbedderRejected: it is of another shape, or a row has no direction.
    """
    if raw.shape != shape:
        raise EmbedderRejected(f"the model gave vectors of shape {raw.shape} instead of {shape}")
    vectors = np.array(raw, np.float32, order="C")
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    if not np.isfinite(norms).all() or not (norms > 0).all():
        raise EmbedderRejected("the model gave a vector that is zero or not finite")
    vectors /= norms
    return vectors
