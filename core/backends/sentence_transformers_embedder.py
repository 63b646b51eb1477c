"""The Embedder port on sentence-transformers: one model, one thread at a time."""

from collections.abc import Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Literal

import anyio
import numpy as np
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import Normalize, Transformer
from sentence_transformers.sentence_transformer.modules import Pooling
from tokenizers import Encoding, Tokenizer

from core.backends.batches import token_batches
from core.backends.json_tokenizer import JsonTokenizer
from core.backends.model_libraries import (
    PRECISION,
    TYPES,
    Precision,
    is_out_of_memory,
    max_tokens_of,
    quieten_libraries,
    use_device,
)
from core.backends.token_rows import same_tokens, token_rows
from core.backends.unit_rows import refuse_invalid_unicode, unit_rows
from core.errors import EmbedderRejected, EmbedderUnavailable, ModelUnavailable
from core.identity import EmbedderIdentity
from core.types import TokenVectors, Vectors

_BATCH_TOKENS = {"cpu": 1_600, "cuda": 65_536}
"""Tokens to one forward pass, padding included. On two cores, passages of 200 tokens ran at 2.0 k
tokens a second of CPU time in batches of 8, at 1.6 k in 16 and 1.2 k in 32; and a question waits
for one batch. The figure for GPUs is an estimate: large enough to fill one, not measured on any."""


class SentenceTransformersEmbedder:
    """Embeds with a sentence-transformers model from a local folder.

    It computes in fp32 on a CPU, which makes it the reference, and in bf16 on a GPU; the vectors
    are float32 either way.

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
        precision: Precision | None = None,
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
            precision: What it computes in; None: fp32 on a CPU, bf16 on a GPU.

        Raises:
            ModelUnavailable: the folder holds no usable model, or there is no such device.
        """
        use_device(device, threads=threads)
        computed = precision or PRECISION[device]
        self._model = _load(folder, device=device, precision=computed)
        self._limiter = anyio.CapacityLimiter(1)
        self._batch_tokens = _BATCH_TOKENS[device]
        self._query_prompt = _choose_prompt(query_prompt, self._model.prompts, ("query",))
        self._passage_prompt = _choose_prompt(
            passage_prompt, self._model.prompts, ("passage", "document", "corpus")
        )
        self._identity = EmbedderIdentity(
            model=model,
            revision=revision,
            dimension=_dimension(self._model, folder),
            pooling=_pooling(self._model),
            precision=computed,
            query_prompt=self._query_prompt,
            passage_prompt=self._passage_prompt,
            max_tokens=max_tokens_of(self._model.max_seq_length),
        )

    @property
    def identity(self) -> EmbedderIdentity:
        """What changes the vectors."""
        return self._identity

    @cached_property
    def token_counter(self) -> JsonTokenizer:
        """Counts with a copy of the model's tokenizer: its own is switched between paddings.

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
        return JsonTokenizer(Tokenizer.from_str(backend.to_str()))

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
        refuse_invalid_unicode(given)
        vectors = np.empty((len(given), self._identity.dimension), np.float32)
        for chosen in await self._batches(given, is_query=is_query):
            batch = [given[index] for index in chosen]
            vectors[chosen] = await anyio.to_thread.run_sync(
                partial(self._encode, batch, is_query=is_query), limiter=self._limiter
            )
        return vectors

    async def _embed_tokens(self, texts: Sequence[str], *, is_query: bool) -> list[TokenVectors]:
        given = list(texts)
        refuse_invalid_unicode(given)
        found: dict[int, TokenVectors] = {}
        for chosen in await self._batches(given, is_query=is_query):
            batch = [given[index] for index in chosen]
            rows = await anyio.to_thread.run_sync(
                partial(self._encode_tokens, batch, is_query=is_query), limiter=self._limiter
            )
            found.update(zip(chosen, rows, strict=True))
        return [found[index] for index in range(len(given))]

    async def _batches(self, texts: list[str], *, is_query: bool) -> list[list[int]]:
        """Positions in `texts` by batch, by the tokens that the model will see."""
        prompt = self._query_prompt if is_query else self._passage_prompt
        encodings = await anyio.to_thread.run_sync(
            self._tokenize, [prompt + text for text in texts], limiter=self._limiter
        )
        # By the mask: a former pass may have left the tokenizer padding to its longest text.
        lengths = [sum(encoding.attention_mask) for encoding in encodings]
        cut = [min(length, self._identity.max_tokens) for length in lengths]
        return token_batches(cut, max_tokens=self._batch_tokens)

    def _tokenize(self, texts: list[str]) -> list[Encoding]:
        tokenizer = getattr(self._model.tokenizer, "backend_tokenizer", self._model.tokenizer)
        encodings: list[Encoding] = tokenizer.encode_batch(texts)
        return encodings

    def _encode(self, batch: list[str], *, is_query: bool) -> Vectors:
        raw = self._forward(batch, is_query=is_query, output="sentence_embedding")
        return unit_rows(np.asarray(raw), (len(batch), self._identity.dimension))

    def _encode_tokens(self, batch: list[str], *, is_query: bool) -> list[TokenVectors]:
        items = self._forward(batch, is_query=is_query, output=None)
        pooled = np.stack([item["sentence_embedding"].float().cpu().numpy() for item in items])
        prompt = self._query_prompt if is_query else self._passage_prompt
        encodings = self._tokenize([prompt + text for text in batch])
        if not same_tokens(items, encodings):
            raise EmbedderRejected("the model and its tokenizer count tokens differently")
        return [
            TokenVectors(
                pooled=row,
                tokens=token_rows(item, encoding, prompt_chars=len(prompt)),
                is_cut=bool(encoding.overflowing),
            )
            for row, item, encoding in zip(
                unit_rows(pooled, (len(batch), self._identity.dimension)),
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
            if is_out_of_memory(exc):
                raise EmbedderUnavailable(
                    f"not enough memory to embed {len(batch)} texts: free some memory"
                ) from exc
            raise EmbedderRejected(f"the model failed on {len(batch)} texts") from exc
        except (ValueError, TypeError, IndexError) as exc:
            raise EmbedderRejected(f"the model refused {len(batch)} texts") from exc


def reference_vectors(folder: Path, texts: Sequence[str], *, prompt: str) -> Vectors:
    """(n, dim) unit norm: what sentence-transformers itself gives for passages, in float32.

    Raises:
        ModelUnavailable: the folder holds no usable model.
    """
    model = _load(folder, device="cpu", precision="fp32")
    raw = model.encode_document(list(texts), prompt=prompt, batch_size=8, show_progress_bar=False)
    return unit_rows(np.asarray(raw), (len(texts), raw.shape[1]))


def _load(folder: Path, *, device: str, precision: Precision) -> SentenceTransformer:
    quieten_libraries()
    try:
        return SentenceTransformer(
            str(folder),
            device=device,
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"dtype": TYPES[precision]},
        )
    # What a damaged model raises is anything: `tokenizers`, for one, raises bare Exception.
    except Exception as exc:
        raise ModelUnavailable(
            f"{folder} holds no model that sentence-transformers can load "
            f"({type(exc).__name__}): download it again, or set SANAD_MODEL to another one"
        ) from exc


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
