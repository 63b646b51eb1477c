"""The token leg: how well the words of a question are met by a passage's stored token vectors.

Late interaction (MaxSim; Khattab and Zaharia 2020, "ColBERT", eq. 3) between the question's tokens
and those kept of each passage. Scores are told in deviations above the archive's own passages of
the same language, as unrelated questions in the asker's language meet them: a longer passage in a
richer language meets any question better.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import anyio.to_thread
import numpy as np

from core.token_codec import TokenCodec
from core.types import Vectors
from retrieval.cohort import Cohort
from retrieval.scales import MIN_DEVIATION
from retrieval.token_match import mean_match

PRIOR_SAMPLE = 16
"""Sampled passages of a language that weigh as much as those of all others."""


@dataclass(frozen=True, slots=True)
class TokenScale:
    """Mean and deviation of the mean match of unrelated passages."""

    mean: float
    deviation: float

    def normalise(self, match: float) -> float:
        """Deviations above an unrelated passage."""
        return (match - self.mean) / max(self.deviation, MIN_DEVIATION)


class TokenScales:
    """Scales by language of question and of passage, from samples of the archive.

    Measured when a question first needs them, in some hundredths of a second, and kept.
    """

    def __init__(self, cohort: Cohort, samples: Mapping[str, Sequence[bytes]]) -> None:
        """`samples` are codes of passages by language."""
        self._cohort = cohort
        self._samples = {key: codes for key, codes in samples.items() if codes}
        self._known: dict[tuple[str, str], TokenScale] = {}
        self._blended: dict[tuple[str, str], TokenScale] = {}

    def of(self, *, question: str, passage: str) -> TokenScale:
        """The scale for these languages; that of the whole archive for one without passages."""
        key = (question, passage)
        if key not in self._blended:
            self._blended[key] = self._blend(question, passage)
        return self._blended[key]

    def _blend(self, question: str, passage: str) -> TokenScale:
        """The own scale where no language has more passages, else shrunk to that of all."""
        sizes = {key: len(codes) for key, codes in self._samples.items()}
        total, count = sum(sizes.values()), sizes.get(passage, 0)
        own = self._measured(question, passage) if count else TokenScale(0.0, 1.0)
        if not total or count == max(sizes.values()):
            return own
        others = [(self._measured(question, key), size / total) for key, size in sizes.items()]
        weight = count / (count + PRIOR_SAMPLE)
        mean = sum(share * scale.mean for scale, share in others)
        deviation = sum(share * scale.deviation for scale, share in others)
        return TokenScale(
            weight * own.mean + (1 - weight) * mean,
            weight * own.deviation + (1 - weight) * deviation,
        )

    def _measured(self, question: str, passage: str) -> TokenScale:
        key = (question, passage)
        if key not in self._known:
            self._known[key] = self._measure(question, passage)
        return self._known[key]

    def _measure(self, question: str, passage: str) -> TokenScale:
        questions = [tokens for tokens in self._cohort.questions(question) if len(tokens)]
        if not questions:
            return TokenScale(0.0, 1.0)
        matches = self._cohort.codec.match(np.concatenate(questions), self._samples[passage])
        ends = np.cumsum([len(tokens) for tokens in questions])
        each = np.stack([
            mean_match(part) for part in np.split(matches, ends[:-1].tolist(), axis=1)
        ])
        deviation = float(each.std(axis=1).mean())
        # One passage has no deviation: that of the questions stands in.
        return TokenScale(float(each.mean()), deviation or float(each.std()))


@dataclass(frozen=True, slots=True)
class TokenScore:
    """The mean match of a passage, at most 1, and the same in deviations."""

    match: float
    normalised: float


async def score_tokens(
    question: Vectors,
    codes: Mapping[str, bytes],
    languages: Mapping[str, str],
    *,
    language: str,
    scales: TokenScales,
    codec: TokenCodec,
) -> dict[str, TokenScore]:
    """Scores by passage id, in a worker thread.

    Args:
        question: Centred token vectors (tokens, dim) of the question.
        codes: Of the passages, by id.
        languages: Of the passages, by id.
        language: Of the question.
        scales: Of the archive.
        codec: What the codes were made by.
    """
    if not len(question) or not codes:
        return {}
    return await anyio.to_thread.run_sync(
        partial(_scores, question, codes, languages, language=language, scales=scales, codec=codec)
    )


def _scores(
    question: Vectors,
    codes: Mapping[str, bytes],
    languages: Mapping[str, str],
    *,
    language: str,
    scales: TokenScales,
    codec: TokenCodec,
) -> dict[str, TokenScore]:
    matches = mean_match(codec.match(question, list(codes.values()))).tolist()
    return {
        key: TokenScore(
            match, scales.of(question=language, passage=languages[key]).normalise(match)
        )
        for key, match in zip(codes, matches, strict=True)
    }
