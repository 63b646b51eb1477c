"""The Embedder port on onnxruntime: a prepared encoder on the CPU, without torch."""

from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar

import anyio
import anyio.to_thread
import numpy as np
from onnxruntime.capi.onnxruntime_pybind11_state import RuntimeException

from core.backends.encoder_folder import EncoderFolder
from core.backends.encoder_session import EncoderSessions
from core.backends.prepared_encoder import Precision, open_input, precision_name
from core.backends.text_tokenizer import TextTokenizer, TokenIds
from core.backends.unit_rows import refuse_invalid_unicode, unit_rows
from core.errors import EmbedderRejected, EmbedderUnavailable, ModelUnavailable
from core.identity import EmbedderIdentity
from core.ports import TokenLocator
from core.tasks import bare_faults
from core.types import TokenVectors, Vectors

_TURN_CHARS = 800
"""Characters worked off before a waiting call gets its turn: some 200 tokens, 0.03 s a core."""


T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class _Encode(Protocol[T_co]):
    """Encodes one text; `beside_others` if more texts are read at the same time."""

    def __call__(self, text: str, /, *, beside_others: bool) -> T_co: ...


class OnnxEmbedder:
    """Embeds one text a pass: no padding, and no vector depends on the texts beside it.

    A text alone is read by all threads together; of many, each thread reads one. Concurrent calls
    take turns of some hundred tokens, so a question waits for one turn of a bulk call, and a
    cancelled call ends with its current turn.
    """

    def __init__(
        self,
        source: EncoderFolder,
        prepared: Path,
        *,
        model: str,
        revision: str,
        precision: Precision,
        prompts: tuple[str, str],
        open_tokenizer: Callable[[], TextTokenizer],
        threads: int | None = None,
    ) -> None:
        """Load the graph and embed once, so that the first request is not slow.

        Args:
            source: The model that was prepared.
            prepared: The folder that `prepare_encoder` gave for it.
            model: The name under which the identity knows it.
            revision: What pins its content.
            precision: What it was prepared in.
            prompts: Put before questions and before passages.
            open_tokenizer: Loads the model's tokenizer; called beside the loading of the graph.
            threads: CPU threads; None: all cores.

        Raises:
            ModelUnavailable: the prepared files cannot be loaded.
        """
        self._source = source
        self._query_prompt, self._passage_prompt = prompts
        try:
            with ThreadPoolExecutor(max_workers=1) as beside:
                sessions = beside.submit(EncoderSessions, prepared / "model.onnx", threads=threads)
                self._tokenizer = open_tokenizer()
                self._inputs = open_input(prepared)
                self._sessions = sessions.result()
        except ModelUnavailable:  # the tokenizer's, with a remedy of its own
            raise
        # onnxruntime raises bare Exception and many kinds of its own.
        except Exception as exc:
            raise ModelUnavailable(
                f"the prepared model in {prepared} cannot be loaded ({type(exc).__name__}): "
                "remove that folder and start again"
            ) from exc
        self._limiter = anyio.CapacityLimiter(self._sessions.lanes)
        self._dimension = source.dense[-1].weight.shape[0] if source.dense else source.shape.hidden
        self._identity = EmbedderIdentity(
            model=model,
            revision=revision,
            dimension=self._dimension,
            pooling="+".join([source.shape.pooling, *("dense" for _ in source.dense)]),
            precision=precision_name(precision),
            query_prompt=self._query_prompt,
            passage_prompt=self._passage_prompt,
            max_tokens=source.shape.max_tokens,
        )
        self._vector("سند", prompt=self._query_prompt)

    @property
    def identity(self) -> EmbedderIdentity:
        """What changes the vectors."""
        return self._identity

    @property
    def token_counter(self) -> TokenLocator:
        """Counts with the tokenizer itself."""
        return self._tokenizer

    def passage_vectors(self, texts: Sequence[str]) -> Vectors:
        """(n, dim) for passages, in the calling thread."""
        return np.stack([self._vector(text, prompt=self._passage_prompt) for text in texts])

    async def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """(n, dim) for questions; raises EmbedderUnavailable or EmbedderRejected."""
        return await self._embed(texts, prompt=self._query_prompt)

    async def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """(n, dim) for passages; raises EmbedderUnavailable or EmbedderRejected."""
        return await self._embed(texts, prompt=self._passage_prompt)

    async def embed_query_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        """For questions; raises EmbedderUnavailable or EmbedderRejected."""
        return await self._embed_tokens(texts, prompt=self._query_prompt)

    async def embed_passage_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        """For passages and sentences; raises EmbedderUnavailable or EmbedderRejected."""
        return await self._embed_tokens(texts, prompt=self._passage_prompt)

    async def _embed(self, texts: Sequence[str], *, prompt: str) -> Vectors:
        rows = await self._each(texts, partial(self._vector, prompt=prompt))
        return np.stack(rows) if rows else np.empty((0, self._dimension), np.float32)

    async def _embed_tokens(self, texts: Sequence[str], *, prompt: str) -> list[TokenVectors]:
        return await self._each(texts, partial(self._token_vectors, prompt=prompt))

    async def _each(self, texts: Sequence[str], encode: "_Encode[T]") -> list[T]:
        """What `encode` gives for each text, in order."""
        given = list(texts)
        refuse_invalid_unicode(given)
        lanes = self._sessions.lanes_for(len(given))
        # A text alone leaves the threads together, unless others are at work.
        beside_others = lanes > 1 or self._limiter.borrowed_tokens > 0
        # Longest first, so that all lanes end at about the same time.
        pending = iter(sorted(range(len(given)), key=lambda position: -len(given[position])))
        read = partial(_read_some, given, pending, partial(encode, beside_others=beside_others))
        found: dict[int, T] = {}

        async def work() -> None:
            while rows := await anyio.to_thread.run_sync(read, limiter=self._limiter):
                found.update(rows)

        await _side_by_side(work, lanes)
        return [found[position] for position in range(len(given))]

    def _vector(self, text: str, *, prompt: str, beside_others: bool = False) -> Vectors:
        """(dim,) of one text."""
        return self._pooled(self._read(text, prompt=prompt, beside_others=beside_others)[2])

    def _token_vectors(self, text: str, *, prompt: str, beside_others: bool) -> TokenVectors:
        read, kept, hidden = self._read(text, prompt=prompt, beside_others=beside_others)
        # What is kept is a beginning and the last, special token: positions are indices into it.
        chosen = [position for position in read.of_text if position < len(kept) - 1]
        return TokenVectors(
            pooled=self._pooled(hidden),
            tokens=_normalised(hidden[chosen]),
            is_cut=len(kept) < len(read.ids),
        )

    def _read(
        self, text: str, *, prompt: str, beside_others: bool
    ) -> tuple[TokenIds, list[int], Vectors]:
        """The tokens of one text, the positions that the model sees, and its hidden states."""
        read = self._tokenizer.read(text, prompt=prompt)
        kept = _within(len(read.ids), limit=self._source.shape.max_tokens)
        ids = [read.ids[position] for position in kept]
        return read, kept, self._hidden(ids, beside_others=beside_others)

    def _hidden(self, ids: list[int], *, beside_others: bool) -> Vectors:
        """(tokens, hidden) of one text."""
        try:
            return self._sessions.hidden(self._inputs.rows(ids), beside_others=beside_others)
        except MemoryError as exc:
            raise EmbedderUnavailable(
                f"not enough memory to embed {len(ids)} tokens: free some memory"
            ) from exc
        except (RuntimeException, IndexError, ValueError) as exc:
            raise EmbedderRejected(f"the model failed on a text of {len(ids)} tokens") from exc

    def _pooled(self, hidden: Vectors) -> Vectors:
        vector = hidden[0] if self._source.shape.pooling == "cls" else hidden.mean(axis=0)
        for layer in self._source.dense:
            vector = layer.weight @ vector + (0 if layer.bias is None else layer.bias)
            vector = np.tanh(vector) if layer.squashed else vector
        row: Vectors = unit_rows(vector[None], (1, self._dimension))[0]
        return row


async def _side_by_side(work: Callable[[], Coroutine[None, None, None]], lanes: int) -> None:
    """Run `work` so many times at once; the first fault stops the others."""
    with bare_faults():
        async with anyio.create_task_group() as tasks:
            for _ in range(lanes):
                tasks.start_soon(work)


def _read_some(
    texts: Sequence[str], pending: Iterator[int], encode: Callable[[str], T]
) -> dict[int, T]:
    """The next of `pending`, which lanes share, by position, until it is another call's turn."""
    rows: dict[int, T] = {}
    chars = 0
    for position in pending:
        rows[position] = encode(texts[position])
        chars += len(texts[position])
        if chars >= _TURN_CHARS:
            break
    return rows


def _within(length: int, *, limit: int) -> list[int]:
    """Positions of the tokens that the model sees: the last one is special and stays."""
    return [*range(min(length, limit) - 1), length - 1]


def _normalised(vectors: Vectors) -> Vectors:
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(norms, 1e-9), dtype=np.float32)


def chosen_prompts(
    own: Mapping[str, str], *, query: str | None, passage: str | None
) -> tuple[str, str]:
    """Prompts for questions and passages: as configured, else the model's own, else none."""
    named = [own.get(name) for name in ("passage", "document", "corpus")]
    found = next((prompt for prompt in named if prompt), "")
    return (
        (own.get("query") or "") if query is None else query,
        found if passage is None else passage,
    )
