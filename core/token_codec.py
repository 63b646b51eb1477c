"""Token vectors small enough to keep with every passage: centred, two bits a value.

The mean token of a language hides what its words differ in, most of all from other languages, so
it is taken off first. Of what is left, each value is told by the nearest of four levels, which
are those that lose least of a normal distribution (Max 1960, "Quantizing for minimum distortion",
table I). A question is compared in full precision. DECISIONS.md 17 has the sizes and the
qualities that were measured: the values of a token are about equally important.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from core.types import Vectors

VERSION = "centred-2bit-1"
"""Changes when the same tokens would give other codes; part of the index identity."""

_THRESHOLD = 0.9816
_LEVELS = np.array([-1.510, -0.4528, 0.4528, 1.510], dtype=np.float32)
_VALUES_PER_BYTE = 4
_SHIFTS = np.array([0, 2, 4, 6], dtype=np.uint8)

_VALUES = _LEVELS[(np.arange(256)[:, None] >> _SHIFTS[None, :]) & 3]
_QUADRUPLES = np.ascontiguousarray(_VALUES).view(np.complex128).ravel()
"""(256,): the four float32 values that a byte stands for, as one value of their size."""

_TOKENS_AT_A_TIME = 1024
"""Decoded and compared while they are in the processor's cache."""


class TokenCodec:
    """Token vectors of passages to bytes, and of questions to what is compared with them.

    Means are (dim,) by language; a language without means is centred by their average.
    """

    def __init__(
        self, *, passage_means: Mapping[str, Vectors], question_means: Mapping[str, Vectors]
    ) -> None:
        self._passage_means = dict(passage_means)
        self._question_means = dict(question_means)
        self._passage_mean = _average(self._passage_means)
        self._question_mean = _average(self._question_means)

    def centred_question(self, tokens: Vectors, *, language: str) -> Vectors:
        """Token vectors of a question less what all tokens of its language share; unit norm."""
        return _centred(tokens, self._question_means.get(language, self._question_mean))

    def centred_passage(self, tokens: Vectors, *, language: str) -> Vectors:
        """Token vectors of a passage less what all tokens of its language share; unit norm."""
        return _centred(tokens, self._passage_means.get(language, self._passage_mean))

    def encode(self, tokens: Vectors, *, language: str) -> bytes:
        """Codes of the token vectors (tokens, dim) of a passage in `language`."""
        if not tokens.size:
            return b""
        values = self.centred_passage(tokens, language=language)
        room = -values.shape[1] % _VALUES_PER_BYTE
        values = np.pad(values, ((0, 0), (0, room)))
        limit = _THRESHOLD / np.sqrt(tokens.shape[1])
        levels = (values >= -limit).astype(np.uint8) + (values >= 0) + (values >= limit)
        quarters = levels.astype(np.uint8).reshape(len(values), -1, _VALUES_PER_BYTE)
        packed = np.bitwise_or.reduce(quarters << _SHIFTS, axis=2).astype(np.uint8)
        return bytes(packed.tobytes())


def match_codes(question: Vectors, codes: Sequence[bytes]) -> NDArray[np.float32]:
    """(n texts, question tokens): the best cosine of each question token in each text.

    `question` is (tokens, dim), unit norm, centred; `codes` are what `TokenCodec.encode` gave of
    each text; one without tokens matches nothing: -1.

    Raises:
        ValueError: the codes are not of whole tokens of the question's dimension.
    """
    dimension = question.shape[1]
    width = -(-dimension // _VALUES_PER_BYTE)
    packed = np.frombuffer(b"".join(codes), dtype=np.uint8).reshape(-1, width)
    cosines = np.empty((len(packed), len(question)), dtype=np.float32)
    wanted = np.ascontiguousarray(question.T)
    for start in range(0, len(packed), _TOKENS_AT_A_TIME):
        some = _decoded(packed[start : start + _TOKENS_AT_A_TIME], dimension)
        np.matmul(some, wanted, out=cosines[start : start + len(some)])
    best = np.full((len(codes), len(question)), -1.0, dtype=np.float32)
    lengths = np.array([len(one) // width for one in codes], dtype=np.int64)
    filled = np.flatnonzero(lengths)
    if len(filled) and len(question):
        starts = (np.cumsum(lengths) - lengths)[filled]
        best[filled] = np.maximum.reduceat(cosines, starts, axis=0)
    return best


def _decoded(packed: NDArray[np.uint8], dimension: int) -> Vectors:
    """(tokens, dim) float32, unit norm."""
    # One look-up of 16 bytes for four values: several times as fast as four of them.
    values = np.take(_QUADRUPLES, packed.ravel(), mode="clip").view(np.float32)
    rows = values.reshape(len(packed), -1)[:, :dimension]
    unit: Vectors = rows / np.sqrt(np.einsum("ij,ij->i", rows, rows))[:, None]
    return unit


def _average(means: Mapping[str, Vectors]) -> Vectors:
    return np.asarray(np.mean(list(means.values()), axis=0), dtype=np.float32)


def _centred(tokens: Vectors, mean: Vectors) -> Vectors:
    if not len(tokens):
        return tokens
    vectors = tokens - mean
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(norms, 1e-9), dtype=np.float32)
