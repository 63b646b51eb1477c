"""Builds the embedder and its token counter from the settings."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.backends.bundled_model import BUNDLED_NAME, prepare_bundled_model, prepared_revision
from core.errors import ConfigError, ModelUnavailable
from core.ports import FullEmbedder, TokenCounter
from core.settings import Settings

if TYPE_CHECKING:
    from core.backends.onnx_embedder import OnnxEmbedder
    from core.backends.sentence_transformers_embedder import SentenceTransformersEmbedder

_MODEL_SUFFIXES = frozenset({".safetensors", ".bin", ".json", ".txt", ".model", ".pt"})


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbedderParts:
    """An embedder, the counter that counts as it does, and the folder of their model."""

    embedder: FullEmbedder
    token_counter: TokenCounter
    folder: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class _Located:
    name: str
    revision: str
    folder: Path


def open_embedder(settings: Settings, *, report: Callable[[str], None]) -> EmbedderParts:
    """Locate, load and warm the configured model: seconds of work, so once and before serving.

    `report` gets lines for people about work that takes long.

    Raises:
        ConfigError: the model settings contradict each other or lack the revision.
        ModelUnavailable: the model cannot be found, fetched or loaded.
    """
    located = _locate(settings, report=report)
    embedder: OnnxEmbedder | SentenceTransformersEmbedder | None
    embedder = _open_prepared(located, settings, report=report)
    if embedder is None:
        embedder = _open_reference(located, settings)
    identity = embedder.identity
    if not identity.query_prompt and not identity.passage_prompt:
        report(
            f"the model {located.name} states no prompts: if its description asks for some "
            "(the E5 family does), set SANAD_QUERY_PROMPT and SANAD_PASSAGE_PROMPT"
        )
    from core.backends.token_counter import HuggingFaceTokenCounter

    counter = HuggingFaceTokenCounter(embedder.counting_tokenizer())
    return EmbedderParts(embedder=embedder, token_counter=counter, folder=located.folder)


def _open_prepared(
    located: _Located, settings: Settings, *, report: Callable[[str], None]
) -> "OnnxEmbedder | None":
    """The CPU runtime; None where the settings ask for torch, or allow it and the model must."""
    if settings.runtime == "torch" or settings.device == "cuda":
        if settings.runtime == "onnx":
            raise ConfigError(
                "SANAD_RUNTIME=onnx runs on the CPU: remove SANAD_DEVICE=cuda, or set "
                "SANAD_RUNTIME=torch"
            )
        return None
    from core.backends.encoder_folder import UnsupportedModel

    try:
        from core.backends.prepared_embedder import open_prepared_embedder

        return open_prepared_embedder(
            located.folder,
            model=located.name,
            revision=located.revision,
            settings=settings,
            report=report,
        )
    except (UnsupportedModel, ImportError) as exc:
        if settings.runtime == "onnx":
            raise ModelUnavailable(
                f"{located.name} cannot run in the onnx runtime: {exc}; set SANAD_RUNTIME=torch"
            ) from exc
        report(
            f"{located.name} runs in torch, several times slower: {exc} "
            "(SANAD_RUNTIME=torch leaves the attempt out)"
        )
        return None


def _open_reference(located: _Located, settings: Settings) -> "SentenceTransformersEmbedder":
    # Here and not above: this brings in torch, which takes seconds and hundreds of megabytes.
    from core.backends.sentence_transformers_embedder import SentenceTransformersEmbedder

    return SentenceTransformersEmbedder(
        located.folder,
        model=located.name,
        revision=located.revision,
        query_prompt=settings.query_prompt,
        passage_prompt=settings.passage_prompt,
        device=settings.device,
        threads=settings.threads,
    )


def _locate(settings: Settings, *, report: Callable[[str], None]) -> _Located:
    if settings.model == "bundled":
        _refuse_revision(settings, "the bundled model")
        folder = prepare_bundled_model(settings.cache_dir, report=report)
        return _Located(name=BUNDLED_NAME, revision=prepared_revision(folder), folder=folder)
    folder = Path(settings.model).expanduser()
    if folder.is_dir():
        _refuse_revision(settings, "a folder")
        # Without the path: a model that was moved gives the same vectors.
        name = f"folder:{folder.resolve().name}"
        return _Located(name=name, revision=_content_checksum(folder), folder=folder)
    if folder.exists() or settings.model.startswith(("/", ".", "~")):
        raise ModelUnavailable(
            f"SANAD_MODEL={settings.model} is not a folder: set it to 'bundled', to the folder of "
            "a sentence-transformers model, or to the name of one"
        )
    from core.backends.hub_model import fetch_hub_model

    folder = fetch_hub_model(settings.model, settings.model_revision, report=report)
    return _Located(name=settings.model, revision=str(settings.model_revision), folder=folder)


def _refuse_revision(settings: Settings, kind: str) -> None:
    if settings.model_revision is not None:
        raise ConfigError(
            f"SANAD_MODEL_REVISION={settings.model_revision} means nothing for {kind}: remove it, "
            "or set SANAD_MODEL to the name of a model"
        )


def _content_checksum(folder: Path) -> str:
    """12 hex digits over the names and contents of the files that make the model."""
    total = hashlib.sha256()
    try:
        for path in sorted(folder.rglob("*")):
            if path.suffix in _MODEL_SUFFIXES and path.is_file():
                with path.open("rb") as file:
                    checksum = hashlib.file_digest(file, "sha256").hexdigest()
                total.update(f"{path.relative_to(folder).as_posix()} {checksum}\n".encode())
    except OSError as exc:
        raise ModelUnavailable(
            f"the model in {folder} cannot be read ({exc.strerror or exc}): check its permissions"
        ) from exc
    return total.hexdigest()[:12]
