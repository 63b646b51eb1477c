import json
import threading
import time
from pathlib import Path

import anyio
import numpy as np
import pytest
import torch
from sentence_transformers import CrossEncoder

from core.backends.bundled_folder import write_model_folder
from core.backends.bundled_weights import BundledWeights
from core.backends.cross_encoder_reranker import CrossEncoderReranker
from core.errors import (
    ModelUnavailable,
    RerankerBusy,
    RerankerRejected,
    RerankerUnavailable,
)
from tests.core.backends.tiny_cross_encoder import (
    MAX_TOKENS,
    change_config,
    write_cross_encoder,
)
from tests.core.backends.tiny_weights import TinyWeights

pytestmark = pytest.mark.anyio

QUESTION = "متى يعود العبّار؟"
TEXTS = [f"{number} العبّارة تعود يوم الاثنين ferry {'x' * number}" for number in range(20)]
PATIENCE_S = 10


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_cross_encoder(tmp_path / "tiny")


def open_tiny(folder: Path, *, max_waiting: int = 64) -> CrossEncoderReranker:
    return CrossEncoderReranker(folder, model="folder:tiny", revision="1", max_waiting=max_waiting)


class Gate:
    """Takes the place of a model's forward pass: holds each pass until the test lets it go."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.let_go = threading.Event()
        self.passes: list[int] = []

    def predict(
        self, pairs: list[tuple[str, str]], **_: object
    ) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
        self.passes.append(len(pairs))
        self.entered.set()
        if not self.let_go.wait(PATIENCE_S):
            raise TimeoutError("the test did not let go")
        return np.zeros(len(pairs), np.float32)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    """Put in after loading; patched, since a real pass of a tiny model is over at once."""
    return Gate()


async def test_scores_are_those_of_the_library_itself(folder: Path) -> None:
    found = await open_tiny(folder).score(QUESTION, TEXTS)

    # One output: the library's own default is the logistic, too.
    expected = CrossEncoder(str(folder), device="cpu").predict([(QUESTION, t) for t in TEXTS])
    assert found == pytest.approx(expected.tolist(), abs=1e-5)
    assert np.argsort(found).tolist() == np.argsort(expected).tolist()
    assert max(found) - min(found) > 1e-3


async def test_a_model_that_gives_bare_outputs_scores_from_0_to_1_in_the_same_order(
    folder: Path,
) -> None:
    change_config(
        folder,
        sentence_transformers={"activation_fn": "torch.nn.modules.linear.Identity"},
    )
    found = await open_tiny(folder).score(QUESTION, TEXTS)

    outputs = CrossEncoder(str(folder), device="cpu").predict([(QUESTION, t) for t in TEXTS])
    assert not all(0 <= output <= 1 for output in outputs)
    assert found == pytest.approx((1 / (1 + np.exp(-outputs))).tolist(), abs=1e-5)


async def test_a_folder_that_the_library_saved_gives_the_same_scores(folder: Path) -> None:
    saved = folder.with_name("saved")
    CrossEncoder(str(folder), device="cpu").save(str(saved))

    assert await open_tiny(saved).score(QUESTION, TEXTS) == pytest.approx(
        await open_tiny(folder).score(QUESTION, TEXTS), abs=1e-6
    )


def test_the_identity_tells_what_changes_scores(folder: Path) -> None:
    identity = open_tiny(folder).identity

    assert (identity.model, identity.revision) == ("folder:tiny", "1")
    assert (identity.precision, identity.max_tokens) == ("fp32", MAX_TOKENS)


async def test_the_event_loop_keeps_ticking_while_pairs_are_read(folder: Path) -> None:
    reranker = open_tiny(folder)
    longest_gap_s = 0.0
    done = anyio.Event()

    async def tick() -> None:
        nonlocal longest_gap_s
        last = time.perf_counter()
        while not done.is_set():
            await anyio.sleep(0.002)
            longest_gap_s = max(longest_gap_s, time.perf_counter() - last)
            last = time.perf_counter()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(tick)
        started = time.perf_counter()
        await reranker.score(QUESTION, TEXTS * 20)
        took_s = time.perf_counter() - started
        done.set()

    assert longest_gap_s < took_s / 2


async def test_a_full_line_refuses_at_once(
    folder: Path, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    reranker = open_tiny(folder, max_waiting=1)
    monkeypatch.setattr(reranker, "_model", gate)

    async with anyio.create_task_group() as tasks:
        for _ in range(2):
            tasks.start_soon(reranker.score, QUESTION, TEXTS[:1])
        await anyio.to_thread.run_sync(gate.entered.wait, PATIENCE_S)
        await anyio.wait_all_tasks_blocked()
        with pytest.raises(RerankerBusy, match="1 calls wait for the reranker, at most 1 may"):
            await reranker.score(QUESTION, TEXTS[:1])
        gate.let_go.set()

    assert gate.passes == [1, 1]


async def test_a_cancelled_call_ends_after_its_pass(
    folder: Path, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    reranker = open_tiny(folder)
    monkeypatch.setattr(reranker, "_model", gate)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(reranker.score, QUESTION, TEXTS)
        await anyio.to_thread.run_sync(gate.entered.wait, PATIENCE_S)
        tasks.cancel_scope.cancel()
        gate.let_go.set()

    assert len(gate.passes) == 1
    assert await reranker.score(QUESTION, TEXTS[:3]) == [0.5] * 3


class Fails:
    """Takes the place of a model that raises, or gives what it should not."""

    def __init__(
        self, outcome: Exception | np.ndarray[tuple[int, ...], np.dtype[np.float32]]
    ) -> None:
        self._outcome = outcome

    def predict(
        self, *_: object, **__: object
    ) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        if isinstance(self._outcome, Exception):
            raise self._outcome
        return self._outcome


@pytest.mark.parametrize(
    ("outcome", "kind", "message"),
    [
        (torch.OutOfMemoryError("CUDA"), RerankerUnavailable, "not enough memory to read 2 pairs"),
        (MemoryError(), RerankerUnavailable, "not enough memory to read 2 pairs"),
        (RuntimeError("size mismatch"), RerankerRejected, "the model failed on 2 pairs"),
        (ValueError("theirs"), RerankerRejected, "the model refused 2 pairs"),
        (np.zeros(3, np.float32), RerankerRejected, r"shape \(3,\) instead of \(2,\)"),
        (np.array([1, np.nan], np.float32), RerankerRejected, "not finite"),
    ],
)
async def test_faults_are_told_apart(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    outcome: Exception | np.ndarray[tuple[int, ...], np.dtype[np.float32]],
    kind: type[Exception],
    message: str,
) -> None:
    reranker = open_tiny(folder)
    # Patched: no input makes a sound model fail in these ways.
    monkeypatch.setattr(reranker, "_model", Fails(outcome))

    with pytest.raises(kind, match=message) as caught:
        await reranker.score(QUESTION, TEXTS[:2])
    assert "theirs" not in str(caught.value)


def test_a_model_with_several_outputs_is_refused(tmp_path: Path) -> None:
    folder = write_cross_encoder(tmp_path / "three", labels=3)

    with pytest.raises(ModelUnavailable, match=f"{folder} gives 3 values.*set SANAD_RERANKER to"):
        open_tiny(folder)


@pytest.mark.parametrize("whole", [True, False])
def test_an_embedder_is_refused_and_given_no_random_head(tmp_path: Path, *, whole: bool) -> None:
    folder = tmp_path / "embedder"
    folder.mkdir()
    write_model_folder(BundledWeights(TinyWeights().write(tmp_path / "weights.bin")), folder)
    change_config(folder, id2label={"0": "score"}, label2id={"score": 0})
    if not whole:
        (folder / "modules.json").unlink()
        (folder / "config_sentence_transformers.json").unlink()

    with pytest.raises(ModelUnavailable, match=f"{folder}.*set SANAD_RERANKER to another one"):
        open_tiny(folder)


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json", "config.json"])
def test_a_damaged_folder_is_a_clear_error(folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"\x00\xff" * 500)

    with pytest.raises(ModelUnavailable, match=f"{folder} holds no model.*or to 'none'"):
        open_tiny(folder)


def test_a_model_that_cannot_read_a_pair_is_a_clear_error(folder: Path) -> None:
    path = folder / "tokenizer.json"
    tokenizer = json.loads(path.read_text())
    tokenizer["model"]["vocab"]["س"] = 9_999  # beyond the table of words
    path.write_text(json.dumps(tokenizer))

    with pytest.raises(ModelUnavailable, match=f"{folder} loads but cannot score .*or to 'none'"):
        open_tiny(folder)


def test_a_device_that_is_not_there_is_named(folder: Path) -> None:
    if torch.cuda.is_available():
        pytest.skip("this machine has a CUDA device")
    with pytest.raises(ModelUnavailable, match="SANAD_DEVICE=cuda, but torch finds no CUDA"):
        CrossEncoderReranker(folder, model="folder:tiny", revision="1", device="cuda")
