"""Finds the folder of a model that the settings name: a folder, or a name with its commit."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.errors import ConfigError, ModelUnavailable

_MODEL_SUFFIXES = frozenset({".safetensors", ".bin", ".json", ".txt", ".model", ".pt"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelChoice:
    """A model as the settings name it.

    Attributes:
        variable: The setting; that of the commit is called the same with _REVISION.
        value: A folder or a name.
        revision: The commit of a name.
        keyword: What the setting takes besides, for messages.
        kind: What the model has to be, for messages.
    """

    variable: str
    value: str
    revision: str | None
    keyword: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LocatedModel:
    """A model on this machine; `revision` pins its content."""

    name: str
    revision: str
    folder: Path


def locate_model(choice: ModelChoice, *, report: Callable[[str], None]) -> LocatedModel:
    """The folder of the model, downloaded if it is a name and not in the cache yet.

    Raises:
        ConfigError: the revision is missing, is no commit, or would be ignored.
        ModelUnavailable: there is no such folder or model, or it cannot be fetched or read.
    """
    folder = Path(choice.value).expanduser()
    if folder.is_dir():
        refuse_revision(choice, "a folder")
        # Without the path: a model that was moved gives the same results.
        name = f"folder:{folder.resolve().name}"
        return LocatedModel(name=name, revision=_content_checksum(folder), folder=folder)
    if folder.exists() or choice.value.startswith(("/", ".", "~")):
        raise ModelUnavailable(
            f"{choice.variable}={choice.value} is not a folder: set it to '{choice.keyword}', to "
            f"the folder of a {choice.kind}, or to the name of one"
        )
    # Here and not above: neither the bundled model nor a folder needs the hub's client.
    from core.backends.hub_model import fetch_hub_model

    folder = fetch_hub_model(choice.value, choice.revision, variable=choice.variable, report=report)
    return LocatedModel(name=choice.value, revision=str(choice.revision), folder=folder)


def refuse_revision(choice: ModelChoice, given: str) -> None:
    """Refuse a revision of what has none.

    Raises:
        ConfigError: `choice` has a revision; `given` says what kind of model it names.
    """
    if choice.revision is not None:
        raise ConfigError(
            f"{choice.variable}_REVISION={choice.revision} means nothing for {given}: remove it, "
            f"or set {choice.variable} to the name of a model"
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
