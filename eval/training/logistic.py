"""Logistic regression with a quadratic penalty, over columns brought to one scale."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

_LEAST_DEVIATION = 1e-9


def fit_logistic(
    rows: NDArray[np.float64],
    labels: NDArray[np.float64],
    *,
    ridge: float,
    loads: NDArray[np.float64] | None = None,
) -> tuple[NDArray[np.float64], float]:
    """Weights (columns,) and bias under which the labels are likeliest.

    Args:
        rows: (n, columns), in their own units; so are the weights.
        labels: (n,), 1 or 0.
        ridge: Of the squared weights of standardised columns, summed over all examples.
        loads: (n,), what each example counts; 1 if None.
    """
    counts = np.ones(len(rows)) if loads is None else loads
    mean, scale = rows.mean(axis=0), rows.std(axis=0) + _LEAST_DEVIATION
    table = np.hstack([(rows - mean) / scale, np.ones((len(rows), 1))])

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margins = table @ weights
        value = float(counts @ (np.logaddexp(0, margins) - margins * labels))
        value += ridge * float(weights[:-1] @ weights[:-1])
        gradient = table.T @ (counts * (1 / (1 + np.exp(-margins)) - labels))
        gradient[:-1] += 2 * ridge * weights[:-1]
        return value / len(labels), gradient / len(labels)

    found = minimize(loss, np.zeros(table.shape[1]), jac=True, method="L-BFGS-B").x
    weights = found[:-1] / scale
    return weights, float(found[-1] - weights @ mean)
