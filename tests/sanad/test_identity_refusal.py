"""An index that was built otherwise is refused, and `sanad reindex` mends it."""

import json
from pathlib import Path

from tests.sanad.command import read_index, run_sanad
from tests.sanad.conftest import CopyIndex, Indexed

OTHER_CHUNKER = "recursive-0/1/2/3"


def test_a_foreign_index_is_refused_until_it_is_rebuilt(
    small_index: Indexed, copy_index: CopyIndex
) -> None:
    data_dir = copy_index(small_index)
    before = read_index(data_dir)
    chunker = _chunker(data_dir)
    _set_chunker(data_dir, OTHER_CHUNKER)

    refused = run_sanad("ask", "كم بلغ عدد الحاويات؟", "--json", data_dir=data_dir)
    assert refused.returncode == 2
    assert refused.stdout == ""
    for named in (OTHER_CHUNKER, chunker, "sanad reindex"):
        assert named in refused.stderr

    rebuilt = run_sanad("reindex", data_dir=data_dir)
    assert rebuilt.returncode == 0, rebuilt.stderr
    assert _chunker(data_dir) == chunker
    assert read_index(data_dir) == before


def _identity_file(data_dir: Path) -> Path:
    [path] = (data_dir / "index").glob("generation-*/identity.json")
    return path


def _chunker(data_dir: Path) -> str:
    record = json.loads(_identity_file(data_dir).read_text(encoding="utf-8"))
    return str(record["identity"]["chunker"])


def _set_chunker(data_dir: Path, chunker: str) -> None:
    path = _identity_file(data_dir)
    record = json.loads(path.read_text(encoding="utf-8"))
    record["identity"]["chunker"] = chunker
    path.write_text(json.dumps(record), encoding="utf-8")
