"""The Embedder port on sentence-transformers: one model, one thread at a time."""

import logging
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Literal

import anyio
import numpy as np
import torch
import transformers
from huggingface_hub.utils.tqdm import disable_progress_bars
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import Normalize, Transformer
from sentence_transformers.sentence_transformer.modules import Pooling
from tokenizers import Tokenizer

from core.backends.token_rows import same_tokens, token_rows
from core.errors import EmbedderRejected, EmbedderUnavailable, ModelUnavailable
from core.identity import EmbedderIdentity
from core.types import TokenVectors, Vectors

_BATCH_SIZE = {"cpu": 8, "cuda": 64}
"""Texts to one forward pass. On two cores, passages of 200 tokens ran at 2.0 k tokens a second of
CPU time in batches of 8, at 1.6 k in 16 and 1.2 k in 32; and a question waits for one batch."""

_NO_LIMIT = 1_000_000
"""What `max_tokens` says of a model that cuts nothing, such as a static embedding."""


class SentenceTransformersEmbedder:
    """Embeds with a sentence-transformers model from a local folder, in float32.

    A call is worked off in batches, longest texts first, each in a worker thread; batches of
    concurrent calls take turns. So the event loop stays free, a question waits for one batch of a
    bulk call at most, and a cancelled call ends after its current batch.
    """

    def __init__(
        self,
        folder: Path,
        *,
        model: str,
        revision: str,
        query_prompt: str | None = None,
        passage_prompt: str | None = None,
        device: Literal["cpu", "cuda"] = "cpu",
        threads: int | None = None,
    ) -> None:
        """Load the model and embed once, so that the first request is not slow.

        Args:
            folder: The model as sentence-transformers saves it, or a bare transformers model.
            model: The name under which the identity knows it.
            revision: What pins its content.
            query_prompt: Put before questions; None: the model's own, else none.
            passage_prompt: Put before passages; None: the model's own, else none.
            device: Where it runs.
            threads: CPU threads of torch in this process; None: torch's choice, all cores.

        Raises:
            ModelUnavailable: the folder holds no usable model, or there is no such device.
        """
        if device == "cuda" and not torch.cuda.is_available():
            raise ModelUnavailable(
                "SANAD_DEVICE=cuda, but torch finds no CUDA device: install a CUDA build of torch "
                "and a driver, or set SANAD_DEVICE=cpu"
            )
        if threads is not None:
            torch.set_num_threads(threads)
        self._model = _load(folder, device=device)
        self._limiter = anyio.CapacityLimiter(1)
        self._batch_size = _BATCH_SIZE[device]
        self._query_prompt = _choose_prompt(query_prompt, self._model.prompts, ("query",))
        self._passage_prompt = _choose_prompt(
            passage_prompt, self._model.prompts, ("passage", "document", "corpus")
        )
        self._identity = EmbedderIdentity(
            model=model,
            revision=revision,
            dimension=_dimension(self._model, folder),
            pooling=_pooling(self._model),
            precision="fp32",
            query_prompt=self._query_prompt,
            passage_prompt=self._passage_prompt,
            max_tokens=_max_tokens(self._model),
        )

    @property
    def identity(self) -> EmbedderIdentity:
        """What changes the vectors."""
        return self._identity

    def tokenizer_json(self) -> str:
        """The model's tokenizer as the text of a `tokenizer.json`, for a counter of its own.

        Raises:
            ModelUnavailable: the model's tokenizer is not one of the library `tokenizers`.
        """
        tokenizer = self._model.tokenizer
        backend = getattr(tokenizer, "backend_tokenizer", tokenizer)
        if not isinstance(backend, Tokenizer):
            raise ModelUnavailable(
                f"{self._identity.model} has a tokenizer without `tokenizers` backend "
                f"({type(tokenizer).__name__}): set SANAD_MODEL to a model with a tokenizer.json"
            )
        return backend.to_str()

    async def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """(n, dim) for questions; raises EmbedderUnavailable or EmbedderRejected."""
        return await self._embed(texts, is_query=True)

    async def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """(n, dim) for passages; raises EmbedderUnavailable or EmbedderRejected."""
        return await self._embed(texts, is_query=False)

    async def embed_query_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        """For questions; raises EmbedderUnavailable or EmbedderRejected."""
        return await self._embed_tokens(texts, is_query=True)

    async def embed_passage_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        """For passages and sentences; raises EmbedderUnavailable or EmbedderRejected."""
        return await self._embed_tokens(texts, is_query=False)

    async def _embed(self, texts: Sequence[str], *, is_query: bool) -> Vectors:
        given = list(texts)
        _refuse_invalid_unicode(given)
        vectors = np.empty((len(given), self._identity.dimension), np.float32)
        for chosen in _batches_by_length(given, size=self._batch_size):
            batch = [given[index] for index in chosen]
            vectors[chosen] = await anyio.to_thread.run_sync(
                partial(self._encode, batch, is_query=is_query), limiter=self._limiter
            )
        return vectors

    async def _embed_tokens(self, texts: Sequence[str], *, is_query: bool) -> list[TokenVectors]:
        given = list(texts)
        _refuse_invalid_unicode(given)
        found: dict[int, TokenVectors] = {}
        for chosen in _batches_by_length(given, size=self._batch_size):
            batch = [given[index] for index in chosen]
            rows = await anyio.to_thread.run_sync(
                partial(self._encode_tokens, batch, is_query=is_query), limiter=self._limiter
            )
            found.update(zip(chosen, rows, strict=True))
        return [found[index] for index in range(len(given))]

    def _encode(self, batch: list[str], *, is_query: bool) -> Vectors:
        raw = self._forward(batch, is_query=is_query, output="sentence_embedding")
        return _unit_rows(np.asarray(raw), (len(batch), self._identity.dimension))

    def _encode_tokens(self, batch: list[str], *, is_query: bool) -> list[TokenVectors]:
        items = self._forward(batch, is_query=is_query, output=None)
        pooled = np.stack([item["sentence_embedding"].cpu().numpy() for item in items])
        prompt = self._query_prompt if is_query else self._passage_prompt
        tokenizer = getattr(self._model.tokenizer, "backend_tokenizer", self._model.tokenizer)
        encodings = tokenizer.encode_batch([prompt + text for text in batch])
        if not same_tokens(items, encodings):
            raise EmbedderRejected("the model and its tokenizer count tokens differently")
        return [
            TokenVectors(pooled=row, tokens=token_rows(item, encoding, prompt_chars=len(prompt)))
            for row, item, encoding in zip(
                _unit_rows(pooled, (len(batch), self._identity.dimension)),
                items,
                encodings,
                strict=True,
            )
        ]

    def _forward(
        self, batch: list[str], *, is_query: bool, output: Literal["sentence_embedding"] | None
    ) -> Any:  # noqa: ANN401  # theirs: a matrix, or a list of tensors by name
        # The methods for queries and documents also choose the half of a two-tower model. The
        # prompt is always given: None would bring in the model's own, and "" means none.
        encode = self._model.encode_query if is_query else self._model.encode_document
        try:
            return encode(
                batch,
                prompt=self._query_prompt if is_query else self._passage_prompt,
                batch_size=len(batch),
                show_progress_bar=False,
                output_value=output,
            )
        except (RuntimeError, MemoryError) as exc:
            if isinstance(exc, (torch.OutOfMemoryError, MemoryError)) or "allocate" in str(exc):
                raise EmbedderUnavailable(
                    f"not enough memory to embed {len(batch)} texts: free some memory"
                ) from exc
            raise EmbedderRejected(f"the model failed on {len(batch)} texts") from exc
        except (ValueError, TypeError, IndexError) as exc:
            raise EmbedderRejected(f"the model refused {len(batch)} texts") from exc


def _batches_by_length(texts: Sequence[str], *, size: int) -> list[list[int]]:
    """Positions in batches: texts of like length share one, which wastes least on padding."""
    order = sorted(range(len(texts)), key=lambda index: -len(texts[index]))
    return [order[start : start + size] for start in range(0, len(order), size)]


def _load(folder: Path, *, device: str) -> SentenceTransformer:
    _quieten_libraries()
    try:
        return SentenceTransformer(
            str(folder),
            device=device,
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"dtype": torch.float32},
        )
    # What a damaged model raises is anything: `tokenizers`, for one, raises bare Exception.
    except Exception as exc:
        raise ModelUnavailable(
            f"{folder} holds no model that sentence-transformers can load "
            f"({type(exc).__name__}): download it again, or set SANAD_MODEL to another one"
        ) from exc


def _quieten_libraries() -> None:
    """No progress bars and notes on stderr from the libraries; it belongs to our own lines."""
    transformers.utils.logging.set_verbosity_error()  # type: ignore[no-untyped-call]  # theirs
    transformers.utils.logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # theirs
    disable_progress_bars()
    logging.getLogger("sentence_transformers").setLevel(logging.ERROR)


def _choose_prompt(
    configured: str | None, own: Mapping[str, str | None], names: tuple[str, ...]
) -> str:
    if configured is not None:
        return configured
    return next((prompt for name in names if (prompt := own.get(name))), "")


def _dimension(model: SentenceTransformer, folder: Path) -> int:
    """The width of a first embedding: some models do not declare theirs, or wrongly."""
    try:
        return int(model.encode_query(["سند"], prompt="", show_progress_bar=False).shape[1])
    except (RuntimeError, ValueError, TypeError, IndexError, KeyError) as exc:
        raise ModelUnavailable(
            f"the model in {folder} loads but cannot embed ({type(exc).__name__}): "
            "download it again, or set SANAD_MODEL to another one"
        ) from exc


def _pooling(model: SentenceTransformer) -> str:
    parts = []
    for module in model:
        if isinstance(module, Pooling):
            modes = module.pooling_mode
            parts.append(modes if isinstance(modes, str) else "+".join(modes))
        elif not isinstance(module, (Transformer, Normalize)):
            parts.append(type(module).__name__.lower())
    return "+".join(parts) or "none"


def _max_tokens(model: SentenceTransformer) -> int:
    limit = model.max_seq_length
    return _NO_LIMIT if limit is None or limit > _NO_LIMIT else int(limit)


def _refuse_invalid_unicode(texts: list[str]) -> None:
    for index, text in enumerate(texts):
        try:
            text.encode("utf-8")
        except UnicodeEncodeError as exc:
            raise EmbedderRejected(
                f"text {index} holds a lone surrogate at character {exc.start}: "
                "replace it before embedding"
            ) from exc


def _unit_rows(
    raw: np.ndarray[tuple[int, ...], np.dtype[np.generic]], shape: tuple[int, int]
) -> Vectors:
    """`raw` as float32 rows of norm 1.

    Raises:
        EmbedderRejected: it is of another shape, or a row has no direction.
    """
    if raw.shape != shape:
        raise EmbedderRejected(f"the model gave vectors of shape {raw.shape} instead of {shape}")
    vectors = np.array(raw, np.float32, order="C")
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    if not np.isfinite(norms).all() or not (norms > 0).all():
        raise EmbedderRejected("the model gave a vector that is zero or not finite")
    vectors /= norms
    return vectors
