"""Vectors of passages on disk, for measurements that encode the same texts again and again."""

import json
import logging
import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from zlib import crc32

import numpy as np

from core.errors import StoreUnavailable
from core.identity import EmbedderIdentity
from core.vectors import PassageVectors

Spoken = tuple[str, str]
"""A text and its language."""

BUSY_TIMEOUT_S = 60.0
"""How long a call waits for another process; a write takes milliseconds."""

KEYS_AT_A_TIME = 500
"""Of one SELECT: SQLite takes at least 999 values, and this many rows are held at once."""

_SUFFIX = ".sqlite"
_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)
"""Malformed pages, no database at all, or a database with other tables than ours."""

_TABLE = """
CREATE TABLE IF NOT EXISTS vectors (
    key BLOB PRIMARY KEY, vector BLOB NOT NULL, codes BLOB NOT NULL, crc INTEGER NOT NULL
)
"""

_logger = logging.getLogger(__name__)


class VectorFile:
    """Vectors by exact text and language; rows are added, and replaced only if damaged.

    A SQLite database in a folder named after what makes the vectors: a process that is killed
    leaves all that was written before, and several processes may use it at once. Each row carries
    a checksum, and one that does not fit counts as missing. A database that is damaged as a whole
    is left for an empty one beside it. Used from one thread at a time.
    """

    def __init__(self, root: Path, *, identity: EmbedderIdentity, tokens: str) -> None:
        """The file for an embedder and a codec of tokens below `root`, made if there is none.

        Raises:
            StoreUnavailable: it cannot be read or written.
        """
        described = json.dumps(
            {**asdict(identity), "tokens": tokens}, sort_keys=True, ensure_ascii=False
        )
        self._folder = root / sha256(described.encode("utf-8")).hexdigest()[:16]
        self._dimension = identity.dimension
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            (self._folder / "identity.json").write_text(described + "\n", encoding="utf-8")
            self._path = self._folder / f"{self._newest()}{_SUFFIX}"
        except OSError as exc:
            raise _unavailable(self._folder, exc) from exc
        self._connection = self._connected()

    @property
    def path(self) -> Path:
        """The database in use."""
        return self._path

    def read(self, texts: Sequence[Spoken]) -> dict[Spoken, PassageVectors]:
        """The vectors of each text that are kept whole; the others are left out.

        Raises:
            StoreUnavailable: the file cannot be read.
        """
        try:
            return dict(self._rows(texts))
        except sqlite3.Error as exc:
            self._move_on(exc)
            return {}

    def write(self, texts: Sequence[Spoken], vectors: Sequence[PassageVectors]) -> None:
        """Keep the vectors of each text, in order; durable on return.

        Raises:
            StoreUnavailable: the file cannot be written.
        """
        rows = []
        for text, each in zip(texts, vectors, strict=True):
            key, pooled = _key(text), np.asarray(each.pooled, dtype="<f4").tobytes()
            rows.append((key, pooled, each.codes, _checksum(key, pooled, each.codes)))
        try:
            self._insert(rows)
        except sqlite3.Error as exc:
            self._move_on(exc)
            try:
                self._insert(rows)
            except sqlite3.Error as again:
                raise _unavailable(self._path, again) from again

    def close(self) -> None:
        """Release the file; calling it again does nothing."""
        self._connection.close()

    def _rows(self, texts: Sequence[Spoken]) -> Iterator[tuple[Spoken, PassageVectors]]:
        by_key = {_key(text): text for text in texts}
        keys = list(by_key)
        for start in range(0, len(keys), KEYS_AT_A_TIME):
            some = keys[start : start + KEYS_AT_A_TIME]
            marks = ",".join("?" * len(some))
            query = f"SELECT key, vector, codes, crc FROM vectors WHERE key IN ({marks})"
            with closing(self._connection.execute(query, some)) as found:
                for key, pooled, codes, crc in found:
                    if crc == _checksum(key, pooled, codes) and len(pooled) == 4 * self._dimension:
                        vector = np.frombuffer(pooled, dtype="<f4").astype(np.float32)
                        yield by_key[key], PassageVectors(vector, codes)

    def _insert(self, rows: Sequence[tuple[bytes, bytes, bytes, int]]) -> None:
        with self._connection as transaction:
            transaction.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?, ?)", rows)

    def _connected(self) -> sqlite3.Connection:
        try:
            return _connect(self._path)
        except sqlite3.Error as exc:
            return self._moved_on(exc)

    def _move_on(self, exc: sqlite3.Error) -> None:
        self._connection.close()
        self._connection = self._moved_on(exc)

    def _moved_on(self, exc: sqlite3.Error) -> sqlite3.Connection:
        """What to go on with after a fault: damage means another database.

        It gets a name of its own, because SQLite finds the journal of a database by its name:
        that of a process which still has the old one open must never meet the new one.
        """
        # The low byte is the kind of fault, the rest says which of them.
        if getattr(exc, "sqlite_errorcode", 0) & 0xFF not in _DAMAGE:
            raise _unavailable(self._path, exc) from exc
        _logger.warning(
            "%s is damaged (%s): its vectors are computed and kept anew", self._path, exc
        )
        damaged = self._path
        self._path = self._folder / f"{max(self._newest(), int(damaged.stem) + 1)}{_SUFFIX}"
        try:
            connection = _connect(self._path)
            damaged.unlink(missing_ok=True)
        except (sqlite3.Error, OSError) as error:
            raise _unavailable(self._path, error) from error
        return connection

    def _newest(self) -> int:
        """The number of the newest database; 1 if there is none."""
        names = (path.stem for path in self._folder.glob(f"*{_SUFFIX}"))
        return max((int(name) for name in names if re.fullmatch(r"[0-9]+", name)), default=1)


def _key(text: Spoken) -> bytes:
    # Lone surrogates are for the embedder to refuse; no language holds a zero character.
    written, language = text
    return sha256(f"{language}\0{written}".encode("utf-8", "surrogatepass")).digest()


def _checksum(key: bytes, pooled: bytes, codes: bytes) -> int:
    return crc32(codes, crc32(key + pooled))


def _connect(path: Path) -> sqlite3.Connection:
    # Each call may come from another thread, but never two at once.
    connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, check_same_thread=False)
    try:
        with connection:
            connection.execute(_TABLE)
            connection.execute("SELECT key, vector, codes, crc FROM vectors LIMIT 1").fetchall()
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _unavailable(path: Path, exc: Exception) -> StoreUnavailable:
    return StoreUnavailable(
        f"the vectors in {path} cannot be used ({exc}): free some space or mend its permissions, "
        "or set SANAD_CACHE_DIR to a folder of yours"
    )
