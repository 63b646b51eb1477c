"""Score normalisation by a cohort: what a cosine means for this question and that language.

Cosines of one model crowd into a narrow band that differs by language pair, so a raw cosine
says little. Each question is also scored against a fixed set of unrelated texts in many
languages; a passage's cosine is then told in deviations above the mean of the cohort texts
of its own language (test normalisation, Auckenthaler et al. 2000, "Score normalization for
text-independent speaker verification systems").
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from tempfile import NamedTemporaryFile
from zipfile import BadZipFile

import anyio.to_thread
import numpy as np

from core.parallel import parallel_texts
from core.ports import FullEmbedder
from core.types import TokenVectors, Vectors

MIN_DEVIATION = 1e-3
"""Floor of the deviation of cosines, so that no score becomes infinite."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageCohort:
    """Unrelated texts of one language: vectors (n, dim), and mean token vectors (dim,).

    The means are taken once with the texts read as questions and once as passages.
    """

    vectors: Vectors
    question_token_mean: Vectors
    passage_token_mean: Vectors


class Cohort:
    """The cohort of every language that has one."""

    def __init__(self, by_language: Mapping[str, LanguageCohort]) -> None:
        self._by_language = dict(by_language)
        members = list(self._by_language.values())
        self._vectors = np.concatenate([one.vectors for one in members])
        self._sizes = np.array([len(one.vectors) for one in members])
        self._starts = np.cumsum(self._sizes) - self._sizes
        self._question_mean = np.mean([one.question_token_mean for one in members], axis=0)
        self._passage_mean = np.mean([one.passage_token_mean for one in members], axis=0)

    def scales(self, query: Vectors) -> "CohortScales":
        """Mean and deviation of the cosine of `query` (dim,) by language of the text."""
        scores = (self._vectors @ query).astype(np.float64)
        means = np.add.reduceat(scores, self._starts) / self._sizes
        squares = np.add.reduceat(scores**2, self._starts) / self._sizes
        deviations = np.sqrt(np.maximum(squares - means**2, MIN_DEVIATION**2))
        values = zip(means.tolist(), deviations.tolist(), strict=True)
        return CohortScales(dict(zip(self._by_language, values, strict=True)))

    def centred_question(self, tokens: Vectors, *, language: str) -> Vectors:
        """Token vectors of a question less what all tokens of its language share; unit norm."""
        cohort = self._by_language.get(language)
        mean = self._question_mean if cohort is None else cohort.question_token_mean
        return _centred(tokens, mean)

    def centred_passage(self, tokens: Vectors, *, language: str) -> Vectors:
        """Token vectors of a passage less what all tokens of its language share; unit norm."""
        cohort = self._by_language.get(language)
        mean = self._passage_mean if cohort is None else cohort.passage_token_mean
        return _centred(tokens, mean)


class CohortScales:
    """The scale of one question's cosines for each language."""

    def __init__(self, by_language: Mapping[str, tuple[float, float]]) -> None:
        self._by_language = by_language
        means, deviations = zip(*by_language.values(), strict=True)
        # A language without cohort texts is judged by the average of the others.
        self._default = (sum(means) / len(means), sum(deviations) / len(deviations))

    def normalise(self, cosine: float, *, language: str) -> float:
        """Deviations above what an unrelated text in `language` would score."""
        mean, deviation = self._by_language.get(language, self._default)
        return float((cosine - mean) / deviation)


async def load_cohort(
    embedder: FullEmbedder, *, cache_dir: Path, report: Callable[[str], None]
) -> Cohort:
    """The cohort under `embedder`; its vectors are computed once and kept in `cache_dir`.

    Those of the bundled model are shipped, so that a first start need not wait for them.
    """
    texts = parallel_texts()
    key = sha256(repr((embedder.identity, texts)).encode("utf-8")).hexdigest()[:16]
    path = cache_dir / "cohorts" / f"{key}.npz"
    for place in (_shipped(key), path):
        kept = await anyio.to_thread.run_sync(_read, place, list(texts))
        if kept is not None:
            return Cohort(kept)
    report("preparing the score cohort (once a model, about half a minute) …")
    by_language = {}
    for language, lines in texts.items():
        as_passages = await embedder.embed_passage_tokens(lines)
        as_questions = await embedder.embed_query_tokens(lines)
        by_language[language] = LanguageCohort(
            vectors=np.stack([text.pooled for text in as_passages]),
            question_token_mean=_token_mean(as_questions),
            passage_token_mean=_token_mean(as_passages),
        )
    await anyio.to_thread.run_sync(_write, path, by_language)
    return Cohort(by_language)


def _shipped(key: str) -> Traversable:
    return files("retrieval") / "cohort_vectors" / f"{key}.npz"


def _token_mean(texts: Sequence[TokenVectors]) -> Vectors:
    tokens = np.concatenate([text.tokens for text in texts])
    if not len(tokens):  # a model without token vectors
        return np.zeros(tokens.shape[1], dtype=np.float32)
    return np.asarray(tokens.mean(axis=0), dtype=np.float32)


def _centred(tokens: Vectors, mean: Vectors) -> Vectors:
    if not len(tokens):
        return tokens
    vectors = tokens - mean
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(norms, 1e-9), dtype=np.float32)


def _read(path: Traversable, languages: list[str]) -> dict[str, LanguageCohort] | None:
    """The kept vectors; None if there are none or the file is damaged."""
    if not path.is_file():
        return None
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
            return {
                language: LanguageCohort(**{
                    field.name: kept[f"{language}.{field.name}"].astype(np.float32)
                    for field in fields(LanguageCohort)
                })
                for language in languages
            }
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return None


def _write(path: Path, by_language: Mapping[str, LanguageCohort]) -> None:
    arrays = {
        f"{language}.{field.name}": getattr(cohort, field.name)
        for language, cohort in by_language.items()
        for field in fields(LanguageCohort)
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as part:
        np.savez(part, **arrays)
    Path(part.name).replace(path)
