"""Builds the reranker from the settings, if they name one."""

from collections.abc import Callable

from core.backends.model_location import ModelChoice, locate_model, refuse_revision
from core.ports import Reranker
from core.settings import Settings


def open_reranker(settings: Settings, *, report: Callable[[str], None]) -> Reranker | None:
    """Locate, load and warm the configured reranker; None if there is none.

    Seconds of work, so once and before serving. `report` gets lines for people about work that
    takes long.

    Raises:
        ConfigError: the settings of the reranker contradict each other or lack the revision.
        ModelUnavailable: the model cannot be found, fetched or loaded.
    """
    choice = ModelChoice(
        variable="SANAD_RERANKER",
        value=settings.reranker,
        revision=settings.reranker_revision,
        keyword="none",
        kind="sentence-transformers CrossEncoder",
    )
    if choice.value == choice.keyword:
        refuse_revision(choice, "no reranker")
        return None
    located = locate_model(choice, report=report)
    # Here and not above: this brings in torch, which takes seconds and hundreds of megabytes.
    from core.backends.cross_encoder_reranker import CrossEncoderReranker

    return CrossEncoderReranker(
        located.folder,
        model=located.name,
        revision=located.revision,
        device=settings.device,
        threads=settings.threads,
    )
