"""Finds a model of the Hugging Face hub by name and pinned revision, from the cache if it can."""

import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import cast

from huggingface_hub import HfApi, snapshot_download
from huggingface_hub.errors import (
    HfHubHTTPError,
    HFValidationError,
    LocalEntryNotFoundError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.utils.tqdm import disable_progress_bars

from core.errors import ConfigError, ModelUnavailable

_COMMIT = re.compile(r"[0-9a-f]{40}")
_REACHABLE_TIMEOUT_S = 5.0
_OTHER_RUNTIMES = ["onnx/*", "openvino/*", "coreml/*", "*.h5", "*.msgpack", "*.ot", "*.tflite"]
_PICKLES = ["pytorch_model*"]
"""Not wanted where there are safetensors as well."""

# The root error of the hub client's HTTP library (httpx or its successor, by version). It escapes
# from the client untranslated when no connection comes about.
_TRANSPORT_ERROR = cast("type[Exception]", HfHubHTTPError.__bases__[0])


def fetch_hub_model(
    name: str,
    revision: str | None,
    *,
    variable: str = "SANAD_MODEL",
    report: Callable[[str], None],
) -> Path:
    """The local folder of model `name` at commit `revision`, downloaded if it is not cached.

    `variable` is the setting that names the model, for messages.

    Raises:
        ConfigError: the revision is missing or is not a commit.
        ModelUnavailable: there is no such model or commit, or the hub cannot be reached.
    """
    if revision is None or not _COMMIT.fullmatch(revision):
        raise ConfigError(_revision_wanted(variable, name, revision))
    try:
        return _cached(name, revision) or _download(
            name, revision, variable=variable, report=report
        )
    except HFValidationError as exc:
        raise ModelUnavailable(
            f"{variable}={name} is neither an existing folder nor the name of a model: correct it"
        ) from exc


def _revision_wanted(variable: str, name: str, revision: str | None) -> str:
    found = "is missing" if revision is None else f"is {revision!r}"
    return (
        f"{variable}={name} is no existing folder, so it is the name of a model, and "
        f"{variable}_REVISION {found}: set it to the 40 hex digits of a commit from "
        f"https://huggingface.co/{name}/commits/main, so that the model stays the same"
    )


def _cached(name: str, revision: str) -> Path | None:
    ignored = _OTHER_RUNTIMES + _PICKLES
    try:
        folder = Path(
            snapshot_download(
                name, revision=revision, ignore_patterns=ignored, local_files_only=True
            )
        )
    except LocalEntryNotFoundError:
        return None
    has_weights = any(folder.rglob("*.safetensors")) or any(folder.rglob(_PICKLES[0]))
    return folder if has_weights else None


def _download(name: str, revision: str, *, variable: str, report: Callable[[str], None]) -> Path:
    # Its notes about retries belong to no line of ours; what comes of them is reported below.
    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)
    disable_progress_bars()
    try:
        # Asked first because it fails at once, where the download would retry for half a minute.
        info = HfApi().model_info(name, revision=revision, timeout=_REACHABLE_TIMEOUT_S)
        report(f"downloading the model {name} at {revision[:12]} (once) …")
        has_safetensors = any(
            file.rfilename.endswith(".safetensors") for file in info.siblings or ()
        )
        ignored = _OTHER_RUNTIMES + (_PICKLES if has_safetensors else [])
        return Path(snapshot_download(name, revision=revision, ignore_patterns=ignored))
    except RevisionNotFoundError as exc:
        raise ModelUnavailable(
            f"the model {name} has no commit {revision}: correct {variable}_REVISION"
        ) from exc
    except RepositoryNotFoundError as exc:
        raise ModelUnavailable(
            f"the hub knows no model {name}, or keeps it private: correct {variable}, or sign in "
            "with `hf auth login`"
        ) from exc
    except (OSError, _TRANSPORT_ERROR) as exc:
        raise ModelUnavailable(
            f"the model {name} is not in the cache and cannot be downloaded: where there is "
            f"network, run `hf download {name} --revision {revision} --local-dir FOLDER`, bring "
            f"the folder here, set {variable} to it and remove {variable}_REVISION"
        ) from exc
