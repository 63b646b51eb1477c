"""The cohort's texts are parallel, its vectors are kept, and scores follow its scale."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.backends.memory_embedder import HashingEmbedder
from core.language import identify_language
from core.parallel import parallel_questions, parallel_texts
from core.types import TokenVectors
from retrieval.cohort import load_cohort
from retrieval.token_match import best_matches, mean_match, weakest_match
from tests.core.backends.real_model import bundled_parts


def test_the_texts_are_parallel_and_of_fourteen_languages() -> None:
    texts = parallel_texts()
    assert " ".join(texts) == "ar de en es fa fr hi ja ko pt ru tr ur zh"
    assert {len(lines) for lines in texts.values()} == {32}
    flat = [line for lines in texts.values() for line in lines]
    assert all(line.strip() for line in flat)
    assert len(set(flat)) == len(flat)


def test_so_are_the_questions_in_the_same_languages() -> None:
    questions = parallel_questions()
    assert list(questions) == list(parallel_texts())
    assert {len(lines) for lines in questions.values()} == {16}
    flat = [line for lines in questions.values() for line in lines]
    assert len(set(flat)) == len(flat)
    assert {identify_language(line) for line in questions["fa"]} == {"fa"}


class CountingEmbedder(HashingEmbedder):
    """Counts the texts it is asked for."""

    def __init__(self) -> None:
        super().__init__(dimension=16)
        self.count = 0

    async def embed_passage_tokens(self, texts: list[str]) -> list[TokenVectors]:  # type: ignore[override]  # narrower is enough here
        self.count += len(texts)
        return await super().embed_passage_tokens(texts)


@pytest.mark.anyio
async def test_vectors_are_computed_once_and_a_damaged_file_is_replaced(tmp_path: Path) -> None:
    embedder = CountingEmbedder()
    lines: list[str] = []
    await load_cohort(embedder, cache_dir=tmp_path, report=lines.append)
    assert embedder.count == 14 * 32
    assert len(lines) == 1
    await load_cohort(embedder, cache_dir=tmp_path, report=lines.append)
    assert embedder.count == 14 * 32
    (kept,) = (tmp_path / "cohorts").glob("*.npz")
    kept.write_bytes(kept.read_bytes()[:1000])
    await load_cohort(embedder, cache_dir=tmp_path, report=lines.append)
    assert embedder.count == 2 * 14 * 32


@pytest.mark.anyio
async def test_another_model_has_a_cohort_of_its_own(tmp_path: Path) -> None:
    embedder = CountingEmbedder()
    await load_cohort(embedder, cache_dir=tmp_path, report=lambda _: None)
    embedder._identity = replace(embedder._identity, revision="2")
    await load_cohort(embedder, cache_dir=tmp_path, report=lambda _: None)
    assert len(list((tmp_path / "cohorts").glob("*.npz"))) == 2


def test_each_question_token_is_met_by_its_best_token() -> None:
    question = np.array([[1, 0], [0, 1]], dtype=np.float32)
    texts = [np.array([[1, 0], [0.6, 0.8]], dtype=np.float32), np.zeros((0, 2), np.float32)]
    matches = best_matches(question, texts)
    assert matches.tolist() == [[1.0, pytest.approx(0.8)], [-1.0, -1.0]]
    assert mean_match(matches).tolist() == [pytest.approx(0.9), -1.0]
    assert weakest_match(matches, count=1).tolist() == [pytest.approx(0.8), -1.0]
    assert weakest_match(np.zeros((1, 0), np.float32), count=3).tolist() == [0.0]


@pytest.mark.anyio
async def test_the_shipped_vectors_are_those_of_the_bundled_model(tmp_path: Path) -> None:
    embedder = bundled_parts().embedder
    lines: list[str] = []
    cohort = await load_cohort(embedder, cache_dir=tmp_path, report=lines.append)
    assert lines == [], "the shipped vectors are of another model or of other texts"
    fresh = await embedder.embed_passages(parallel_texts()["ar"][:4])
    shipped = cohort.by_language["ar"].vectors[:4]
    assert np.sum(fresh * shipped, axis=1) == pytest.approx(np.ones(4), abs=1e-3)


class PooledOnlyEmbedder(HashingEmbedder):
    """A model that gives no token vectors, as static embeddings do."""

    def _embed_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        none = np.zeros((0, 0), dtype=np.float32)
        return [TokenVectors(pooled=row, tokens=none) for row in self._embed(texts)]


@pytest.mark.anyio
async def test_a_model_without_token_vectors_has_a_cohort_too(tmp_path: Path) -> None:
    embedder = PooledOnlyEmbedder(dimension=16)
    cohort = await load_cohort(embedder, cache_dir=tmp_path, report=lambda _: None)
    question = (await embedder.embed_query_tokens(["متى؟"]))[0]
    tokens = cohort.codec.centred_question(question.tokens, language="ar")
    assert tokens.shape == (0, 0)
    assert mean_match(best_matches(tokens, [tokens])).tolist() == [0.0]
    assert cohort.codec.encode(question.tokens, language="ar") == b""


@pytest.mark.anyio
async def test_questions_of_a_language_without_texts_are_one_of_each_other(tmp_path: Path) -> None:
    embedder = HashingEmbedder(dimension=16)
    cohort = await load_cohort(embedder, cache_dir=tmp_path, report=lambda _: None)
    assert len(cohort.questions("ar")) == 16
    assert len(cohort.questions("sw")) == 14
    own = (await embedder.embed_query_tokens(parallel_questions()["ar"][:1]))[0].tokens
    centred = cohort.codec.centred_question(own, language="ar")
    assert np.allclose(cohort.questions("ar")[0], centred, atol=1e-5)
