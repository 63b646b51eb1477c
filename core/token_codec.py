"""Token vectors small enough to keep with every passage: centred, two bits a value.

The mean token of a language hides what its words differ in, most of all from other languages, so
it is taken off first. Of what is left, each value is told by the nearest of four levels, which
are those that lose least of a normal distribution (Max 1960, "Quantizing for minimum distortion",
table I). Of a question, a value has a byte. DECISIONS.md 17 has the sizes and the
qualities that were measured: the values of a token are about equally important.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from core.types import Vectors

VERSION = "centred-2bit-1"
"""Changes when the same tokens would give other codes; part of the index identity."""

_THRESHOLD = 0.9816
_INNER, _OUTER = 3, 10
_SHIFT = _OUTER
_LEVELS = np.array([-_OUTER, -_INNER, _INNER, _OUTER]) + _SHIFT
"""Levels as whole numbers, which processors multiply faster: 10 / 3 for 1.510 / 0.4528."""

_VALUES_PER_BYTE = 4
_SHIFTS = np.array([0, 2, 4, 6], dtype=np.uint8)
_EVERY_OTHER_BIT = 0x5555_5555_5555_5555

_VALUES = _LEVELS[(np.arange(256)[:, None] >> _SHIFTS[None, :]) & 3].astype(np.uint8)
_QUADRUPLES = np.ascontiguousarray(_VALUES).view(np.uint32).ravel()
"""(256,): the four levels that a byte stands for, as one value of their size."""

_MOST_STEPS = 127
"""Of a value of a question, in whole numbers of one byte."""

_TOKENS_AT_A_TIME = 2048
"""Decoded and compared while they are in the processor's cache."""


IntegerProduct = Callable[[NDArray[np.uint8], NDArray[np.int8]], NDArray[np.int32]]
"""(n, dim) times (dim, m), exact: for dim up to 66,000, no sum is too large."""


class TokenCodec:
    """Token vectors of passages to bytes, and of questions to what is compared with them.

    Means are (dim,) by language; a language without means is centred by their average.
    """

    def __init__(
        self,
        *,
        passage_means: Mapping[str, Vectors],
        question_means: Mapping[str, Vectors],
        multiply: IntegerProduct | None = None,
    ) -> None:
        """`multiply` in the place of `multiply_as_floats`, if there is a faster one."""
        self._multiply = multiply or multiply_as_floats
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

    def decode(self, codes: bytes, *, dimension: int) -> Vectors:
        """(tokens, dimension), centred, unit norm: what `encode` gave `codes` of, nearly.

        Raises:
            ValueError: the codes are not of whole tokens of this dimension.
        """
        width = -(-dimension // _VALUES_PER_BYTE)
        packed = np.frombuffer(codes, dtype=np.uint8).reshape(-1, width)
        levels = _QUADRUPLES[packed].view(np.uint8)[:, :dimension].astype(np.float32) - _SHIFT
        return np.asarray(levels / _norms(packed, dimension)[:, None], dtype=np.float32)

    def match(self, question: Vectors, codes: Sequence[bytes]) -> NDArray[np.float32]:
        """(n texts, question tokens): the best cosine of each question token in each text.

        `question` is (tokens, dim), unit norm, centred; `codes` are what `encode` gave of each
        text; one without tokens matches nothing: -1. A value of the question is rounded to one of
        255 steps, which moves a cosine by some .001.

        Raises:
            ValueError: the codes are not of whole tokens of the question's dimension.
        """
        dimension = question.shape[1]
        width = -(-dimension // _VALUES_PER_BYTE)
        packed = np.frombuffer(b"".join(codes), dtype=np.uint8).reshape(-1, width)
        wanted, steps = _rounded(question)
        products = [self._multiply(some, wanted) for some in _shifted(packed, dimension)]
        none = np.zeros((0, len(question)), dtype=np.int32)
        cosines = np.concatenate([none, *products]).astype(np.float32)
        cosines -= _SHIFT * wanted.sum(axis=0, dtype=np.float32)
        cosines *= steps / _norms(packed, dimension)[:, None]
        best = np.full((len(codes), len(question)), -1.0, dtype=np.float32)
        lengths = np.array([len(one) // width for one in codes], dtype=np.int64)
        filled = np.flatnonzero(lengths)
        if len(filled) and len(question):
            starts = (np.cumsum(lengths) - lengths)[filled]
            best[filled] = np.maximum.reduceat(cosines, starts, axis=0)
        return best


def multiply_as_floats(rows: NDArray[np.uint8], columns: NDArray[np.int8]) -> NDArray[np.int32]:
    """An IntegerProduct of numpy alone, which has no quick one of whole numbers.

    Exact as long as no sum reaches 2^24, up to which float32 holds every whole number: with levels
    of 20 at most, up to 6,600 dimensions.
    """
    return np.asarray(rows.astype(np.float32) @ columns.astype(np.float32)).astype(np.int32)


def _rounded(question: Vectors) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """(dim, tokens) whole numbers, and (tokens,) what one step of each token stands for."""
    steps = np.abs(question).max(axis=1, initial=1e-9) / np.float32(_MOST_STEPS)
    wanted = np.rint(question / steps[:, None]).astype(np.int8)
    return np.ascontiguousarray(wanted.T), steps.astype(np.float32)


def _shifted(packed: NDArray[np.uint8], dimension: int) -> Iterator[NDArray[np.uint8]]:
    """(tokens, dim), some at a time: each value's level plus _SHIFT, so that none is below 0.

    What was given is overwritten by the next.
    """
    room = np.empty((_TOKENS_AT_A_TIME, packed.shape[1]), dtype=_QUADRUPLES.dtype)
    for start in range(0, len(packed), _TOKENS_AT_A_TIME):
        some = packed[start : start + _TOKENS_AT_A_TIME]
        # One look-up for four values: several times as fast as four of them.
        np.take(_QUADRUPLES, some, mode="clip", out=room[: len(some)])
        values = room[: len(some)].view(np.uint8)
        yield np.ascontiguousarray(values[:, :dimension])


def _norms(packed: NDArray[np.uint8], dimension: int) -> NDArray[np.float32]:
    """(tokens,): the norm of each token's levels."""
    # The bits of a value differ where it is one of the inner levels, as that of a value 0 is,
    # with which the last byte of a token is filled up.
    wide = packed.view(np.uint64) if packed.shape[1] % 8 == 0 else packed
    differing = (wide ^ (wide >> 1)) & wide.dtype.type(_EVERY_OTHER_BIT & (256**wide.itemsize - 1))
    filled = packed.shape[1] * _VALUES_PER_BYTE - dimension
    inner = np.bitwise_count(differing).sum(axis=1, dtype=np.int32) - filled
    squares = inner * _INNER**2 + (dimension - inner) * _OUTER**2
    return np.asarray(np.sqrt(squares), dtype=np.float32)


def _average(means: Mapping[str, Vectors]) -> Vectors:
    return np.asarray(np.mean(list(means.values()), axis=0), dtype=np.float32)


def _centred(tokens: Vectors, mean: Vectors) -> Vectors:
    if not len(tokens):
        return tokens
    vectors = tokens - mean
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(norms, 1e-9), dtype=np.float32)
