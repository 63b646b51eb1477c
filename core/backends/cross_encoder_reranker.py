"""The Reranker port on sentence-transformers' CrossEncoder: one model, one thread at a time."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

import anyio
import anyio.from_thread
import anyio.to_thread
import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers import CrossEncoder

from core.backends.model_libraries import (
    PRECISION,
    TYPES,
    is_out_of_memory,
    max_tokens_of,
    quieten_libraries,
    use_device,
)
from core.backends.reranker_pairs import logistic, refuse_invalid_unicode
from core.errors import (
    ModelUnavailable,
    RerankerBusy,
    RerankerRejected,
    RerankerUnavailable,
)
from core.identity import RerankerIdentity

MAX_WAITING = 64
"""Calls that may stand in line: each takes a large part of a second or more on a CPU."""

_PASS_PAIRS = {"cpu": 8, "cuda": 64}
"""Pairs to one pass: longest first, so that those of a pass need little padding."""

_UNSET = "set SANAD_RERANKER to another one, or to 'none'"

_HEADS = ("ForSequenceClassification", "ForCausalLM")
"""Ends of the names of architectures that give a score. The library takes other models too, an
embedder for one, and puts a head of random weights on them."""


class CrossEncoderReranker:
    """Scores with a cross-encoder from a local folder, in fp32 on a CPU and bf16 on a GPU.

    A score is the logistic of the model's one output, whatever the model itself would apply: so
    all models score in [0, 1], in the order of their outputs.

    Calls are worked off one after the other in a worker thread, as they came, so the event loop
    stays free. A cancelled call ends after its current pass of some pairs.
    """

    def __init__(
        self,
        folder: Path,
        *,
        model: str,
        revision: str,
        device: Literal["cpu", "cuda"] = "cpu",
        threads: int | None = None,
        max_waiting: int = MAX_WAITING,
    ) -> None:
        """Load the model and score once, so that the first request is not slow.

        Args:
            folder: The model as sentence-transformers or transformers saves it.
            model: The name under which the identity knows it.
            revision: What pins its content.
            device: Where it runs.
            threads: CPU threads of torch in this process; None: torch's choice, all cores.
            max_waiting: Calls that may wait for the one at work.

        Raises:
            ModelUnavailable: the folder holds no usable cross-encoder, or there is no such device.
        """
        use_device(device, threads=threads)
        self._model = _load(folder, device=device)
        self._limiter = anyio.CapacityLimiter(1)
        self._max_waiting = max_waiting
        self._pass_pairs = _PASS_PAIRS[device]
        self._identity = RerankerIdentity(
            model=model,
            revision=revision,
            precision=PRECISION[device],
            max_tokens=max_tokens_of(self._model.max_seq_length),
        )
        try:
            self._read([("سند", "سند")])
        except (RerankerRejected, RerankerUnavailable) as exc:
            raise ModelUnavailable(
                f"the model in {folder} loads but cannot score ({exc}): {_UNSET}"
            ) from exc

    @property
    def identity(self) -> RerankerIdentity:
        """What changes the scores."""
        return self._identity

    async def score(self, question: str, texts: Sequence[str]) -> list[float]:
        """One score a text in [0, 1]; raises RerankerUnavailable, -Busy or -Rejected."""
        given = list(texts)
        refuse_invalid_unicode(question, given)
        if not given:
            return []
        waiting = self._limiter.statistics().tasks_waiting
        if waiting >= self._max_waiting:
            raise RerankerBusy(
                f"{waiting} calls wait for the reranker, at most {self._max_waiting} may"
            )
        return await anyio.to_thread.run_sync(
            self._score_all, question, given, limiter=self._limiter
        )

    def _score_all(self, question: str, texts: list[str]) -> list[float]:
        scores = np.zeros(len(texts))
        for chosen in _passes(texts, size=self._pass_pairs):
            anyio.from_thread.check_cancelled()
            scores[chosen] = self._read([(question, texts[position]) for position in chosen])
        found: list[float] = scores.tolist()
        return found

    def _read(self, pairs: list[tuple[str, str]]) -> NDArray[np.float64]:
        """(n,) in one pass of the model."""
        try:
            outputs = self._model.predict(
                pairs,
                batch_size=len(pairs),
                show_progress_bar=False,
                activation_fn=torch.nn.Identity(),
            )
        except (RuntimeError, MemoryError) as exc:
            if is_out_of_memory(exc):
                raise RerankerUnavailable(
                    f"not enough memory to read {len(pairs)} pairs: free some memory"
                ) from exc
            raise RerankerRejected(f"the model failed on {len(pairs)} pairs") from exc
        except (ValueError, TypeError, IndexError, KeyError) as exc:
            raise RerankerRejected(f"the model refused {len(pairs)} pairs") from exc
        return logistic(np.asarray(outputs), len(pairs))


def _passes(texts: Sequence[str], *, size: int) -> Iterator[list[int]]:
    """Positions, longest texts first: one pass at a time."""
    order = sorted(range(len(texts)), key=lambda position: -len(texts[position]))
    for start in range(0, len(order), size):
        yield order[start : start + size]


def _load(folder: Path, *, device: str) -> CrossEncoder:
    quieten_libraries()
    try:
        model: CrossEncoder = CrossEncoder(
            str(folder),
            device=device,
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"dtype": TYPES[PRECISION[device]]},
        )
        outputs = int(model.num_labels)
        architectures = list(getattr(model.config, "architectures", None) or ())
        has_head = len(model) > 1 or any(name.endswith(_HEADS) for name in architectures)
    # What a damaged model raises is anything: `tokenizers`, for one, raises bare Exception.
    except Exception as exc:
        raise ModelUnavailable(
            f"{folder} holds no model that CrossEncoder of sentence-transformers can load "
            f"({type(exc).__name__}): download it again, or {_UNSET}"
        ) from exc
    if not has_head:
        named = ", ".join(architectures) or "no architecture"
        raise ModelUnavailable(
            f"the model in {folder} ({named}) is no cross-encoder, it has no head that scores: "
            f"{_UNSET}"
        )
    if outputs != 1:
        raise ModelUnavailable(
            f"the model in {folder} gives {outputs} values for a pair, a reranker gives one: "
            f"{_UNSET}"
        )
    return model
