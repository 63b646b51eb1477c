import numpy as np
import pytest

from core.backends.matrix_quantiser import (
    WEIGHT_LIMIT,
    MatrixInput,
    QuantisedMatrix,
    quantise,
    smoothing_scales,
)
from core.types import Vectors

CHANNELS, OUTPUTS = 96, 24


def inputs(*, outlier: float = 1.0) -> Vectors:
    """Rows whose channels go together, as those of a text do."""
    numbers = np.random.default_rng(11)
    shared = numbers.normal(size=(2_000, 12)) @ numbers.normal(size=(12, CHANNELS))
    rows = shared + 0.3 * numbers.normal(size=(2_000, CHANNELS)) + 0.5
    rows[:, 7] *= outlier
    return np.asarray(rows, dtype=np.float32)


def told(rows: Vectors) -> MatrixInput:
    return MatrixInput(
        low=rows.min(axis=0),
        high=rows.max(axis=0),
        mean=rows.mean(axis=0),
        covariance=np.cov(rows.T, bias=True),
        sample=rows[::4],
    )


def weights() -> tuple[Vectors, Vectors]:
    numbers = np.random.default_rng(12)
    return (
        numbers.normal(size=(CHANNELS, OUTPUTS)).astype(np.float32),
        numbers.normal(size=OUTPUTS).astype(np.float32),
    )


def multiplied(rows: Vectors, made: QuantisedMatrix) -> Vectors:
    """What the graph computes from `rows`, in integers as it does."""
    given = np.clip(np.round(rows / made.step) + made.zero, 0, 255).astype(np.int64) - made.zero
    return np.asarray(
        given @ made.weight.astype(np.int64) * made.step * made.weight_scale + made.bias
    )


def test_weights_never_overflow_16_bits_on_avx2() -> None:
    weight, bias = weights()

    made = quantise(weight * 1e3, bias, told(inputs()))

    assert np.abs(made.weight.astype(int)).max() == WEIGHT_LIMIT
    assert np.iinfo(np.int16).max >= 2 * 255 * WEIGHT_LIMIT


def test_channels_that_go_together_make_up_for_each_others_rounding() -> None:
    weight, bias = weights()
    rows = inputs()
    made = quantise(weight, bias, told(rows))
    scales = np.abs(weight).max(axis=0) / WEIGHT_LIMIT
    nearest = np.round(weight / scales) * scales

    def error(rounded: Vectors) -> float:
        lost = (rows - rows.mean(axis=0)) @ (weight - rounded)
        return float((lost**2).mean())

    assert error(made.weight * made.weight_scale) < 0.5 * error(nearest)


def test_outputs_keep_their_mean() -> None:
    weight, bias = weights()
    rows = inputs()

    made = quantise(weight, bias, told(rows))

    off = (multiplied(rows, made) - (rows @ weight + bias)).mean(axis=0)
    assert np.abs(off).max() < 0.02 * (rows @ weight).std()


def test_smoothing_evens_out_a_channel_of_outliers() -> None:
    weight, bias = weights()
    rows = inputs(outlier=200)
    smooth = smoothing_scales(weight, told(rows))

    def error(made: QuantisedMatrix, given: Vectors) -> float:
        return float(((multiplied(given, made) - (rows @ weight + bias)) ** 2).mean())

    plain = quantise(weight, bias, told(rows))
    smoothed = quantise(weight * smooth[:, None], bias, told(rows).divided(smooth))
    assert error(smoothed, rows / smooth) < 0.2 * error(plain, rows)


def test_a_value_met_once_does_not_coarsen_all_others() -> None:
    weight, bias = weights()
    rows = inputs()
    rows[1, 3] = 60.0  # not in the sample

    made = quantise(weight, bias, told(rows))

    assert made.step * (255 - made.zero) < 45
    assert 0 <= made.zero <= 255


@pytest.mark.parametrize("constant", [0.0, 3.0, -3.0])
def test_inputs_that_never_change_are_quantised_too(constant: float) -> None:
    weight, bias = weights()
    rows = np.full((50, CHANNELS), constant, dtype=np.float32)

    made = quantise(weight, bias, told(rows))

    np.testing.assert_allclose(multiplied(rows, made), rows @ weight + bias, atol=0.15)


def test_a_matrix_of_zeros_stays_one() -> None:
    made = quantise(
        np.zeros((CHANNELS, OUTPUTS), dtype=np.float32),
        np.ones(OUTPUTS, dtype=np.float32),
        told(inputs()),
    )

    np.testing.assert_array_equal(multiplied(inputs(), made), np.ones((2_000, OUTPUTS)))
