"""Selective answering: how wrong the answers are that a threshold on confidence lets through.

El-Yaniv and Wiener 2010, "On the Foundations of Noise-free Selective Classification"; Geifman and
El-Yaniv 2017, "Selective Classification for Deep Neural Networks". Coverage is the share of topics
answered, risk the share of wrong ones among these. Every topic counts, also those that nothing in
the archive answers: an answer to one of them is wrong.

All functions take counts by distinct confidence, highest first: (rows, confidences), a row a
sample of topics; see `eval.answers.tally`.
"""

from functools import partial

import numpy as np

from eval.answers.tally import Floats, Statistic, Tally

RISKS = (0.05, 0.1, 0.2)
"""Shares of wrong answers at which coverage is told."""


def risk_coverage(counted: Tally) -> tuple[Floats, Floats]:
    """Coverage and risk at each distinct confidence as the threshold, of a tally right/wrong."""
    answered = np.cumsum(counted.yes + counted.no)
    wrong = np.cumsum(counted.no)
    return answered / answered[-1:], wrong / np.maximum(answered, 1)


def coverage_at(risk: float) -> Statistic:
    """The largest coverage of any threshold whose risk is at most `risk`; 0 if there is none.

    This is what was seen on these topics: a bound for others (Geifman and El-Yaniv's SGR) is lower.
    """
    return partial(_coverage_at, risk=risk)


def _coverage_at(right: Floats, wrong: Floats, *, risk: float) -> Floats:
    answered, missed = np.cumsum(right + wrong, axis=1), np.cumsum(wrong, axis=1)
    # Of counts that are whole numbers, times a decimal: a hair above is not above.
    allowed = missed <= risk * answered + 1e-9
    best: Floats = np.where(allowed, answered, 0.0).max(axis=1) / answered[:, -1]
    return best


def area_under_risk(right: Floats, wrong: Floats) -> Floats:
    """AURC: the mean of the risk over the coverages 1/n, 2/n … 1.

    Geifman, Uziel and El-Yaniv 2019, "Bias-Reduced Uncertainty Estimation for Deep Neural
    Classifiers". Topics of the same confidence carry the same share of error: with N topics and E
    errors above them, and e errors among the m of them, they add
    sum over j = 1..m of (E + j e/m) / (N + j) = e + (E - N e/m) (H(N + m) - H(N)),
    where H are harmonic numbers.
    """
    topics = right + wrong
    after, errors_after = np.cumsum(topics, axis=1), np.cumsum(wrong, axis=1)
    before, errors_before = after - topics, errors_after - wrong
    most = int(after[:, -1].max(initial=0))
    harmonic = np.concatenate([[0.0], np.cumsum(1 / np.arange(1, most + 1))])
    share = wrong / np.maximum(topics, 1)
    spread = harmonic[after.astype(int)] - harmonic[before.astype(int)]
    added = wrong + (errors_before - before * share) * spread
    area: Floats = added.sum(axis=1) / after[:, -1]
    return area


def area_under_roc(present: Floats, absent: Floats) -> Floats:
    """AUROC: the chance that what the archive answers has more confidence than what it does not.

    A tie counts half (Mann and Whitney 1947; Hanley and McNeil 1982). NaN unless there are both.
    """
    lower = absent[:, ::-1].cumsum(axis=1)[:, ::-1] - absent
    above = (present * (lower + absent / 2)).sum(axis=1)
    pairs = present.sum(axis=1) * absent.sum(axis=1)
    area: Floats = np.divide(above, pairs, out=np.full(len(pairs), np.nan), where=pairs > 0)
    return area
