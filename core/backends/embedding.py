"""Builds the embedder and its token counter from the settings."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.backends.bundled_model import BUNDLED_NAME, prepare_bundled_model, prepared_revision
from core.backends.model_location import (
    LocatedModel,
    ModelChoice,
    locate_model,
    refuse_revision,
)
from core.errors import ConfigError, ModelUnavailable
from core.ports import FullEmbedder, TokenLocator
from core.settings import Settings

if TYPE_CHECKING:
    from core.backends.onnx_embedder import OnnxEmbedder
    from core.backends.sentence_transformers_embedder import SentenceTransformersEmbedder


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbedderParts:
    """An embedder, the counter that reads as it does, and the folder of their model."""

    embedder: FullEmbedder
    token_counter: TokenLocator
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
    return EmbedderParts(
        embedder=embedder, token_counter=embedder.token_counter, folder=located.folder
    )


def _open_prepared(
    located: LocatedModel, settings: Settings, *, report: Callable[[str], None]
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


def _open_reference(located: LocatedModel, settings: Settings) -> "SentenceTransformersEmbedder":
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


def _locate(settings: Settings, *, report: Callable[[str], None]) -> LocatedModel:
    choice = ModelChoice(
        variable="SANAD_MODEL",
        value=settings.model,
        revision=settings.model_revision,
        keyword="bundled",
        kind="sentence-transformers model",
    )
    if settings.model != choice.keyword:
        return locate_model(choice, report=report)
    refuse_revision(choice, "the bundled model")
    folder = prepare_bundled_model(settings.cache_dir, report=report)
    return LocatedModel(name=BUNDLED_NAME, revision=prepared_revision(folder), folder=folder)
