"""Makes one matrix of an encoder int8, knowing what goes into it.

Activations of a few channels are hundreds of times larger than the rest, so each input channel is
divided by a scale that its weights are multiplied with (SmoothQuant, Xiao et al. 2023,
https://arxiv.org/abs/2211.10438). Weights are rounded one input channel after the other, each
error made up for by those still to come (GPTQ, Frantar et al. 2023,
https://arxiv.org/abs/2210.17323). Weights take 7 bits: AVX2 adds two products in 16 bits, which
8-bit weights overflow; so the integers, and with them the vectors up to rounding, are the same on
every CPU. The bias is corrected for what rounding the weights adds on average.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np

from core.types import Vectors

WEIGHT_LIMIT = 63
SMOOTHING = 0.7
"""Share of an outlier that goes to the weights; of .5, .6, .7, .85 it gave the best cosines."""

_DAMPING = 0.01
"""Of the mean variance, added to each channel's: GPTQ's own choice."""

_BLOCK = 64
_WEIGHT_SHRINKINGS = np.linspace(1, 0.7, 16)
_LOW_SHRINKINGS = np.linspace(0.5, 1, 21)
_HIGH_SHRINKINGS = np.linspace(0.5, 1, 11)
_BINS = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixInput:
    """What goes into a matrix of (channels, out).

    `low`, `high` and `mean` are (channels,), `covariance` is (channels, channels), and `sample`
    are some of the rows, (rows, channels).
    """

    low: Vectors
    high: Vectors
    mean: Vectors
    covariance: Vectors
    sample: Vectors

    def divided(self, scales: Vectors) -> "MatrixInput":
        """The same with each channel divided by its scale."""
        return MatrixInput(
            low=self.low / scales,
            high=self.high / scales,
            mean=self.mean / scales,
            covariance=self.covariance / np.outer(scales, scales),
            sample=self.sample / scales,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class QuantisedMatrix:
    """A matrix in integers.

    `weight` (in, out) is within +-63, to be multiplied by `weight_scale` (out,); `bias` is (out,).
    An input is rounded to uint8, whose real value is `step * (integer - zero)`.
    """

    weight: np.ndarray[tuple[int, ...], np.dtype[np.int8]]
    weight_scale: Vectors
    bias: Vectors
    step: float
    zero: int


def quantise(weight: Vectors, bias: Vectors, given: MatrixInput) -> QuantisedMatrix:
    """`weight` (in, out) and its bias in integers, for inputs like those `given`."""
    bottom, top = _range(weight, given)
    step = max(top - bottom, 1e-6) / 255
    scales = _weight_scales(weight, given)
    quantised = _round_in_turn(weight, scales, given.covariance)
    # What rounding the weights adds to every output on average; a mean over the tokens of a
    # text would keep it, while it levels out all else (Nagel et al. 2019, section 4.2).
    corrected = bias + given.mean @ (weight - quantised * scales)
    return QuantisedMatrix(
        weight=quantised,
        weight_scale=scales,
        bias=np.asarray(corrected, dtype=np.float32),
        step=step,
        zero=round(-bottom / step),
    )


def smoothing_scales(weight: Vectors, given: MatrixInput) -> Vectors:
    """(channels,): what each input channel is divided by; SmoothQuant, equation 4."""
    activations = np.maximum(np.maximum(np.abs(given.low), np.abs(given.high)), 1e-5)
    weights = np.maximum(np.abs(weight).max(axis=1), 1e-5)
    scales = activations**SMOOTHING / weights ** (1 - SMOOTHING)
    return np.asarray(scales / np.exp(np.log(scales).mean()), dtype=np.float32)


def _range(weight: Vectors, given: MatrixInput) -> tuple[float, float]:
    """The least and greatest value told apart: rare outliers are cut where all else gains."""
    bottom, top = min(0.0, float(given.low.min())), max(0.0, float(given.high.max()))
    # An error at a channel counts as much as its weights carry on.
    shares = np.broadcast_to((weight**2).sum(axis=1), given.sample.shape)
    counts, edges = np.histogram(given.sample, bins=_BINS, weights=shares)
    values = (edges[:-1] + edges[1:]) / 2

    def error(low: float, high: float) -> float:
        step = max(high - low, 1e-6) / 255
        zero = round(-low / step)
        rounded = (np.clip(np.round(values / step) + zero, 0, 255) - zero) * step
        return float((counts * (rounded - values) ** 2).sum())

    tried = product(bottom * _LOW_SHRINKINGS, top * _HIGH_SHRINKINGS)
    return min(((float(low), float(high)) for low, high in tried), key=lambda pair: error(*pair))


def _weight_scales(weight: Vectors, given: MatrixInput) -> Vectors:
    """(out,): for each output the scale at which rounding its weights costs least."""
    widest = np.abs(weight).max(axis=0) / WEIGHT_LIMIT
    widest = np.where(widest == 0, 1, widest)
    variances = np.diag(given.covariance)[:, None]
    best, least = widest, np.full(weight.shape[1], np.inf)
    for shrinking in _WEIGHT_SHRINKINGS:
        scales = widest * shrinking
        error = (variances * (weight - _rounded(weight, scales) * scales) ** 2).sum(axis=0)
        best = np.where(error < least, scales, best)
        least = np.minimum(least, error)
    return np.asarray(best, dtype=np.float32)


def _rounded(weight: Vectors, scales: Vectors) -> Vectors:
    return np.asarray(np.clip(np.round(weight / scales), -WEIGHT_LIMIT, WEIGHT_LIMIT))


def _round_in_turn(
    weight: Vectors, scales: Vectors, covariance: Vectors
) -> np.ndarray[tuple[int, ...], np.dtype[np.int8]]:
    """The integers (in, out): GPTQ, algorithm 1, channels of the largest variance first."""
    channels = len(weight)
    order = np.argsort(-np.diag(covariance), kind="stable")
    left = weight[order].astype(np.float64)
    damped = covariance[np.ix_(order, order)].astype(np.float64)
    damped[np.diag_indices(channels)] += _DAMPING * max(float(np.diag(damped).mean()), 1e-12)
    upper = np.linalg.cholesky(np.linalg.inv(damped)).T
    found = np.zeros_like(left)
    for first in range(0, channels, _BLOCK):
        end = min(channels, first + _BLOCK)
        errors = np.zeros((end - first, weight.shape[1]))
        for row in range(first, end):
            found[row] = _rounded(left[row], scales)
            error = (left[row] - found[row] * scales) / upper[row, row]
            left[row + 1 : end] -= np.outer(upper[row, row + 1 : end], error)
            errors[row - first] = error
        left[end:] -= upper[first:end, end:].T @ errors
    return found[np.argsort(order)].astype(np.int8)
