"""Indexes made once by the command itself; tests that change one work on a copy."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.sanad.command import SAMPLE, run_sanad

CopyIndex = Callable[["Indexed"], Path]
"""An index -> the data folder of a copy that the test may change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexed:
    """What a run of `sanad index` printed, and where its index is."""

    process: CompletedProcess[str]
    data_dir: Path


@pytest.fixture(scope="session")
def sample_index(tmp_path_factory: pytest.TempPathFactory) -> Indexed:
    """The sample archive."""
    data_dir = tmp_path_factory.mktemp("sample") / "data"
    process = run_sanad("index", str(SAMPLE), "--json", data_dir=data_dir)
    return Indexed(process=process, data_dir=data_dir)


@pytest.fixture(scope="session")
def small_index(tmp_path_factory: pytest.TempPathFactory) -> Indexed:
    """Two articles of a file whose second line is broken."""
    folder = tmp_path_factory.mktemp("small")
    lines = [
        json.dumps(
            {"id": "ميناء-1", "title": "الميناء", "text": "بلغ عدد الحاويات 🚢 ألفاً، port of دبي."},
            ensure_ascii=False,
        ),
        '{"id": "broken", "title": ',
        json.dumps({"id": "港-2", "title": "港口", "text": "港口今年处理了一千个集装箱。"}),
    ]
    source = folder / "small.jsonl"
    source.write_text("\n".join(lines) + "\n", encoding="utf-8")
    process = run_sanad("index", str(source), "--json", data_dir=folder / "data")
    return Indexed(process=process, data_dir=folder / "data")


@pytest.fixture(scope="module")
def copy_index(tmp_path_factory: pytest.TempPathFactory) -> CopyIndex:
    def copy(indexed: Indexed) -> Path:
        data_dir = tmp_path_factory.mktemp("copy") / "data"
        shutil.copytree(indexed.data_dir, data_dir)
        return data_dir

    return copy
