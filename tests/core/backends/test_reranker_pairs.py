import numpy as np
import pytest

from core.backends.reranker_pairs import logistic
from core.errors import RerankerRejected


def test_outputs_become_their_logistic_and_keep_their_order() -> None:
    outputs = np.array([-1_000, -2, 0, 2, 18, 20, 1_000], np.float32)
    scores = logistic(outputs, 7)

    # 1 / (1 + e^2) = 0.1192
    assert scores[[0, 1, 2, 3, 6]].tolist() == pytest.approx([0, 0.1192, 0.5, 0.8808, 1], abs=1e-4)
    # In single precision both would be 1.
    assert scores[4] < scores[5] < 1


def test_no_outputs_give_no_scores() -> None:
    assert logistic(np.zeros(0, np.float32), 0).shape == (0,)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_an_output_that_is_not_finite_is_refused(value: float) -> None:
    with pytest.raises(RerankerRejected, match="not finite"):
        logistic(np.array([0, value], np.float32), 2)


def test_outputs_of_another_shape_are_refused() -> None:
    with pytest.raises(RerankerRejected, match=r"shape \(2, 1\) instead of \(2,\)"):
        logistic(np.zeros((2, 1), np.float32), 2)
