"""The shipped yardstick of a model: unrelated texts and questions in many languages.

Cosines of one model crowd into a narrow band that differs by language pair, so a raw cosine says
little. Each is told in deviations above what unrelated texts of the same language score (test
normalisation, Auckenthaler et al. 2000, "Score normalization for text-independent speaker
verification systems"). These texts stand in where an archive has few of a language; see scales.
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

from core.parallel import parallel_questions, parallel_texts
from core.ports import FullEmbedder
from core.token_codec import IntegerProduct, TokenCodec
from core.types import TokenVectors, Vectors


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageCohort:
    """Unrelated texts and questions of one language, as the model reads them.

    `vectors` (n, dim) are of the texts; `question_mean` (dim,) is the mean vector of the
    questions; the token means (dim,) are of questions and of texts. `question_tokens`
    (tokens, dim) are those of all questions, of which the first has `question_lengths[0]`.
    """

    vectors: Vectors
    question_mean: Vectors
    question_token_mean: Vectors
    passage_token_mean: Vectors
    question_tokens: Vectors
    question_lengths: Vectors


class Cohort:
    """The cohort of every language that has one."""

    def __init__(
        self, by_language: Mapping[str, LanguageCohort], *, multiply: IntegerProduct | None = None
    ) -> None:
        """`multiply` is what the codec of tokens is given."""
        self.by_language = dict(by_language)
        members = self.by_language.values()
        self._question_mean = np.mean([one.question_mean for one in members], axis=0)
        self.codec = TokenCodec(
            passage_means={key: one.passage_token_mean for key, one in self.by_language.items()},
            question_means={key: one.question_token_mean for key, one in self.by_language.items()},
            multiply=multiply,
        )

    def question_mean(self, language: str) -> Vectors:
        """(dim,): what all questions in `language` share; the average for one without texts."""
        own = self.by_language.get(language)
        return self._question_mean if own is None else own.question_mean

    def questions(self, language: str) -> list[Vectors]:
        """Centred token vectors (tokens, dim) of unrelated questions in `language`.

        For a language without texts, one of each language.
        """
        own = self.by_language.get(language)
        if own is not None:
            return self._split(own, language)
        return [self._split(one, key)[0] for key, one in self.by_language.items()]

    def _split(self, own: LanguageCohort, language: str) -> list[Vectors]:
        tokens = self.codec.centred_question(own.question_tokens, language=language)
        ends = np.cumsum(own.question_lengths).astype(int)
        return np.split(tokens, ends[:-1])


async def load_cohort(
    embedder: FullEmbedder,
    *,
    cache_dir: Path,
    report: Callable[[str], None],
    multiply: IntegerProduct | None = None,
) -> Cohort:
    """The cohort under `embedder`; its vectors are computed once and kept in `cache_dir`.

    Those of the bundled model are shipped, so that a first start need not wait for them.
    """
    texts, questions = parallel_texts(), parallel_questions()
    key = sha256(repr((embedder.identity, texts, questions)).encode("utf-8")).hexdigest()[:16]
    path = cache_dir / "cohorts" / f"{key}.npz"
    for place in (_shipped(key), path):
        kept = await anyio.to_thread.run_sync(_read, place, list(texts))
        if kept is not None:
            return Cohort(kept, multiply=multiply)
    report("preparing the score cohort (once a model, about half a minute) …")
    by_language = {}
    for language, lines in texts.items():
        by_language[language] = _measured(
            await embedder.embed_passage_tokens(lines),
            await embedder.embed_query_tokens(questions[language]),
        )
    await anyio.to_thread.run_sync(_write, path, by_language)
    return Cohort(by_language, multiply=multiply)


def _measured(texts: Sequence[TokenVectors], questions: Sequence[TokenVectors]) -> LanguageCohort:
    lengths = np.array([len(question.tokens) for question in questions], dtype=np.float32)
    return LanguageCohort(
        vectors=np.stack([text.pooled for text in texts]),
        question_mean=np.mean([question.pooled for question in questions], axis=0),
        question_token_mean=_token_mean(questions),
        passage_token_mean=_token_mean(texts),
        question_tokens=np.concatenate([question.tokens for question in questions]),
        question_lengths=lengths,
    )


def _shipped(key: str) -> Traversable:
    return files("retrieval") / "cohort_vectors" / f"{key}.npz"


def _token_mean(texts: Sequence[TokenVectors]) -> Vectors:
    tokens = np.concatenate([text.tokens for text in texts])
    if not len(tokens):  # a model without token vectors
        return np.zeros(tokens.shape[1], dtype=np.float32)
    return np.asarray(tokens.mean(axis=0), dtype=np.float32)


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
