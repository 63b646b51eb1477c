"""The letter statistics of py3langid, unpacked once: it unpacks 68 MB at every start itself.

That is half a second of work. Here the tables are mapped, and of them only what a text needs
comes into memory.
"""

import json
from collections.abc import Callable
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import numpy as np
from py3langid.langid import LanguageIdentifier

from core.backends.prepared_folder import prepare_folder
from core.language import known_languages, load_identifier

_VERSION = 1
"""To be raised with every change of what is prepared."""


def open_identifier(cache_dir: Path, *, report: Callable[[str], None]) -> LanguageIdentifier:
    """What `load_identifier` gives, from `cache_dir`, which is filled first if need be.

    Raises:
        ModelUnavailable: another process has been filling it for ten minutes.
    """
    key = sha256(repr((version("py3langid"), known_languages())).encode("utf-8")).hexdigest()
    folder = cache_dir / "runtime" / f"{key[:12]}-language-{_VERSION}"
    try:
        prepare_folder(
            folder,
            write=_write,
            version=_VERSION,
            subject="the statistics of languages",
            report=report,
        )
        return _read(folder)
    except (OSError, ValueError):
        # No cache, no gain: the package has all that is needed.
        return load_identifier()


def _write(folder: Path) -> None:
    identifier = load_identifier()
    np.save(folder / "ptc.npy", identifier.nb_ptc)
    np.save(folder / "pc.npy", identifier.nb_pc)
    np.save(folder / "moves.npy", np.asarray(identifier.tk_nextmove))
    np.save(folder / "rows.npy", np.asarray(identifier.tk_row))
    np.save(folder / "features.npy", np.asarray(identifier.tk_output, dtype=np.int32))
    (folder / "classes.json").write_text(json.dumps(list(identifier.nb_classes)), encoding="utf-8")


def _read(folder: Path) -> LanguageIdentifier:
    return LanguageIdentifier(
        np.load(folder / "ptc.npy", mmap_mode="r"),
        np.load(folder / "pc.npy"),
        json.loads((folder / "classes.json").read_text(encoding="utf-8")),
        # A memoryview gives Python's own integers, as py3langid expects of its tables.
        memoryview(np.load(folder / "moves.npy", mmap_mode="r")),
        np.load(folder / "features.npy").tolist(),
        tk_row=np.load(folder / "rows.npy").tolist(),
    )
