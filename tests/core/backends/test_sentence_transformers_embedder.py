import json
import time
from pathlib import Path

import anyio
import numpy as np
import pytest
import torch

from core.backends.bundled_folder import write_model_folder
from core.backends.bundled_weights import BundledWeights
from core.backends.sentence_transformers_embedder import SentenceTransformersEmbedder
from core.errors import EmbedderRejected, EmbedderUnavailable, ModelUnavailable
from core.types import Vectors
from tests.core.backends.multilingual import SENTENCES, articles, decomposed
from tests.core.backends.real_model import reference_parts
from tests.core.backends.tiny_weights import TinyWeights

pytestmark = pytest.mark.anyio


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A sentence-transformers folder with a tiny model."""
    weights = BundledWeights(TinyWeights().write(tmp_path / "weights.bin"))
    folder = tmp_path / "tiny"
    folder.mkdir()
    write_model_folder(weights, folder)
    return folder


def open_tiny(
    folder: Path, *, query_prompt: str | None = None, passage_prompt: str | None = None
) -> SentenceTransformersEmbedder:
    return SentenceTransformersEmbedder(
        folder,
        model="folder:tiny",
        revision="1",
        query_prompt=query_prompt,
        passage_prompt=passage_prompt,
    )


def cosine(one: Vectors, other: Vectors) -> float:
    return float(np.sum(one * other))


async def test_prompts_are_applied_exactly_once(folder: Path) -> None:
    own = open_tiny(folder)
    bare = open_tiny(folder, query_prompt="", passage_prompt="")

    question = await own.embed_queries(["باب"])
    passage = await own.embed_passages(["باب"])

    assert cosine(question, await bare.embed_queries(["query: باب"])) == pytest.approx(1)
    assert cosine(passage, await bare.embed_passages(["passage: باب"])) == pytest.approx(1)
    assert cosine(question, await bare.embed_queries(["query: query: باب"])) < 0.999
    assert cosine(question, await bare.embed_queries(["باب"])) < 0.999


async def test_configured_prompts_take_the_place_of_the_models_own(folder: Path) -> None:
    embedder = open_tiny(folder, query_prompt="سؤال: ", passage_prompt="")

    assert embedder.identity.query_prompt == "سؤال: "
    assert embedder.identity.passage_prompt == ""
    assert cosine(
        await embedder.embed_queries(["باب"]),
        await open_tiny(folder).embed_queries(["باب"]),
    ) < 0.999  # fmt: skip


async def test_a_prompt_named_document_is_found(folder: Path) -> None:
    path = folder / "config_sentence_transformers.json"
    config = json.loads(path.read_text())
    config["prompts"] = {"query": "q: ", "document": "d: "}
    path.write_text(json.dumps(config))

    assert open_tiny(folder).identity.passage_prompt == "d: "


def test_the_identity_tells_all_that_changes_vectors() -> None:
    identity = reference_parts().embedder.identity

    assert identity.model == "bundled:multilingual-e5-small"
    assert len(identity.revision) == 12
    assert (identity.dimension, identity.max_tokens) == (384, 512)
    assert (identity.pooling, identity.precision) == ("mean", "fp32")
    assert (identity.query_prompt, identity.passage_prompt) == ("query: ", "passage: ")


async def test_canonically_equivalent_texts_get_equal_vectors() -> None:
    texts = [SENTENCES[language][0] for language in ("ar", "fr", "vi", "ko", "ja")]
    # A shadda typed before its vowel sign, and behind it.
    texts.append("إن\u0651\u064e السياسة فن\u0651\u064f الممكن")
    composed = await reference_parts().embedder.embed_passages(texts)
    apart = await reference_parts().embedder.embed_passages([decomposed(text) for text in texts])

    np.testing.assert_allclose(composed, apart, atol=1e-5)


async def test_a_translation_is_nearer_than_another_sentence() -> None:
    embedder = reference_parts().embedder
    (question,) = await embedder.embed_queries([
        "When will the treaty on comprehensive strategic partnership enter into force?"
    ])
    passages = await embedder.embed_passages(SENTENCES["ru"])

    assert int(np.argmax(passages @ question)) == 1


async def test_the_event_loop_keeps_ticking_while_texts_are_embedded() -> None:
    embedder = reference_parts().embedder
    longest_gap_s = 0.0
    done = anyio.Event()

    async def tick() -> None:
        nonlocal longest_gap_s
        last = time.perf_counter()
        while not done.is_set():
            await anyio.sleep(0.005)
            now = time.perf_counter()
            longest_gap_s, last = max(longest_gap_s, now - last), now

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(tick)
        started = time.perf_counter()
        await embedder.embed_passages(articles()[170:234])
        took_s = time.perf_counter() - started
        done.set()

    assert longest_gap_s < min(0.5, took_s / 2)


async def test_a_question_does_not_wait_for_a_whole_bulk_call() -> None:
    embedder = reference_parts().embedder
    finished: list[str] = []

    async def bulk() -> None:
        await embedder.embed_passages(articles()[:160])
        finished.append("bulk")

    async def ask() -> None:
        await anyio.sleep(0.05)
        await embedder.embed_queries(["متى يدخل الاتفاق حيز التنفيذ؟"])
        finished.append("question")

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(bulk)
        tasks.start_soon(ask)

    assert finished == ["question", "bulk"]


async def test_a_cancelled_call_ends_soon_and_leaves_the_model_sound() -> None:
    embedder = reference_parts().embedder
    texts = articles()
    before = await embedder.embed_passages(texts[:4])

    with anyio.move_on_after(0.1) as scope:
        await embedder.embed_passages(texts)
    after = await embedder.embed_passages(texts[:4])

    assert scope.cancelled_caught
    np.testing.assert_array_equal(before, after)


async def test_a_lone_surrogate_is_refused_by_its_place() -> None:
    with pytest.raises(EmbedderRejected, match="text 1 holds a lone surrogate at character 4"):
        await reference_parts().embedder.embed_passages(["خبر", "خبر \ud800"])


async def test_a_nul_and_an_overlong_text_are_embedded() -> None:
    vectors = await reference_parts().embedder.embed_passages(["a\0b", "خبر عاجل " * 3_000])

    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


async def test_vectors_that_are_not_finite_are_refused(tmp_path: Path) -> None:
    weights = BundledWeights(TinyWeights(scale=float("nan")).write(tmp_path / "weights.bin"))
    (tmp_path / "broken").mkdir()
    write_model_folder(weights, tmp_path / "broken")

    with pytest.raises(EmbedderRejected, match="zero or not finite"):
        await open_tiny(tmp_path / "broken").embed_queries(["باب"])


class Spoiler(torch.nn.Module):
    """A last module of a model that fails, or gives vectors of another width."""

    def __init__(self, fault: Exception | None) -> None:
        super().__init__()
        self.fault = fault

    def forward(self, features: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        if self.fault is not None:
            raise self.fault
        features["sentence_embedding"] = features["sentence_embedding"][:, :7]
        return features


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (None, EmbedderRejected),
        (RuntimeError("shapes do not match"), EmbedderRejected),
        (IndexError("index out of range"), EmbedderRejected),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory"), EmbedderUnavailable),
        (torch.OutOfMemoryError("CUDA out of memory"), EmbedderUnavailable),
        (MemoryError(), EmbedderUnavailable),
    ],
)
async def test_faults_of_the_model_become_errors_of_ours(
    folder: Path, fault: Exception | None, expected: type[Exception]
) -> None:
    embedder = open_tiny(folder)
    embedder._model.append(Spoiler(fault))

    with pytest.raises(expected):
        await embedder.embed_passages(["باب"])


async def test_a_bare_transformers_model_is_mean_pooled(folder: Path) -> None:
    (folder / "modules.json").unlink()

    embedder = open_tiny(folder, query_prompt="", passage_prompt="")

    assert embedder.identity.pooling == "mean"
    assert (await embedder.embed_queries(["باب"])).shape == (1, 32)


def test_a_model_without_transformer_is_named_by_its_parts(tmp_path: Path) -> None:
    embedder = open_tiny(static_model(tmp_path))

    assert embedder.identity.pooling == "staticembedding"
    assert embedder.identity.max_tokens == 1_000_000
    assert embedder.token_counter.count_tokens(["باب"]) == [4]


def static_model(tmp_path: Path) -> Path:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding

    from core.backends.bundled_tokenizer import build_tokenizer

    weights = BundledWeights(TinyWeights().write(tmp_path / "weights.bin"))
    module = StaticEmbedding(build_tokenizer(weights.unigram), embedding_dim=16)
    SentenceTransformer(modules=[module], device="cpu").save(str(tmp_path / "static"))
    return tmp_path / "static"


def test_the_number_of_threads_is_set(folder: Path) -> None:
    before = torch.get_num_threads()
    try:
        SentenceTransformersEmbedder(folder, model="tiny", revision="1", threads=1)
        assert torch.get_num_threads() == 1
    finally:
        torch.set_num_threads(before)


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a CUDA device")
def test_a_missing_gpu_is_named_with_the_remedy(folder: Path) -> None:
    with pytest.raises(ModelUnavailable, match="set SANAD_DEVICE=cpu"):
        SentenceTransformersEmbedder(folder, model="tiny", revision="1", device="cuda")


async def test_bf16_gives_float32_vectors_close_to_those_of_fp32() -> None:
    folder = reference_parts().folder
    reference = SentenceTransformersEmbedder(folder, model="bundled", revision="1")
    half = SentenceTransformersEmbedder(folder, model="bundled", revision="1", precision="bf16")
    texts = [sentence for sentences in SENTENCES.values() for sentence in sentences]

    vectors = await half.embed_passages(texts)
    cosines = np.sum(vectors * await reference.embed_passages(texts), axis=1)
    (tokens,) = await half.embed_query_tokens(texts[:1])

    assert (reference.identity.precision, half.identity.precision) == ("fp32", "bf16")
    assert (vectors.dtype, tokens.tokens.dtype) == (np.float32, np.float32)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert cosines.mean() >= 0.999
    assert not np.array_equal(cosines, np.ones_like(cosines))


async def test_long_and_short_texts_do_not_share_a_forward_pass(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedder = open_tiny(folder)
    seen: list[list[int]] = []
    encode = embedder._encode

    def spy(batch: list[str], *, is_query: bool) -> Vectors:
        seen.append([len(text) for text in batch])
        return encode(batch, is_query=is_query)

    monkeypatch.setattr(embedder, "_encode", spy)
    short, long = "باب", "باب " * 60
    vectors = await embedder.embed_passages([short, long, short, long])

    assert seen == [[240, 240], [3, 3]]
    np.testing.assert_allclose(vectors[0], vectors[2], atol=1e-6)
    np.testing.assert_allclose(vectors[1], vectors[3], atol=1e-6)
    assert cosine(vectors[0], vectors[1]) < 0.9999
