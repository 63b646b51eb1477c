"""What every reranker checks on the way in and out."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.errors import RerankerRejected


def refuse_invalid_unicode(question: str, texts: Sequence[str]) -> None:
    """Refuse what no tokenizer takes.

    Raises:
        RerankerRejected: the question or a text holds a lone surrogate.
    """
    named = [("the question", question), *((f"text {n}", text) for n, text in enumerate(texts))]
    for name, text in named:
        try:
            text.encode("utf-8")
        except UnicodeEncodeError as exc:
            raise RerankerRejected(
                f"{name} holds a lone surrogate at character {exc.start}: replace it before "
                "reranking"
            ) from exc


def logistic(
    outputs: np.ndarray[tuple[int, ...], np.dtype[np.generic]], count: int
) -> NDArray[np.float64]:
    """(count,) in [0, 1]: the logistic of a model's outputs, which keeps their order.

    In double precision: in single, all outputs above 17 would become 1 and so lose their order.

    Raises:
        RerankerRejected: there is not one finite output for each text.
    """
    if outputs.shape != (count,):
        raise RerankerRejected(
            f"the model gave scores of shape {outputs.shape} instead of ({count},)"
        )
    values = outputs.astype(np.float64)
    if not np.isfinite(values).all():
        raise RerankerRejected("the model gave a score that is not finite")
    # The same as 1 / (1 + exp(-x)), which overflows.
    scores: NDArray[np.float64] = 0.5 * (1 + np.tanh(values / 2))
    return scores
