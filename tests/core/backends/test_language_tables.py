"""The unpacked statistics tell the same of every text as the packed ones."""

from pathlib import Path

import pytest

from core.backends.language_tables import open_identifier
from core.language import load_identifier
from tests.core.backends.multilingual import SENTENCES, articles


def test_every_text_is_ranked_as_by_the_packed_statistics(tmp_path: Path) -> None:
    texts = [*articles(), *(text for some in SENTENCES.values() for text in some), "", "2024"]
    packed = load_identifier()

    for _ in range(2):  # written, then found
        unpacked = open_identifier(tmp_path, report=lambda _: None)

        assert [unpacked.rank(text) for text in texts] == [packed.rank(text) for text in texts]


def test_damaged_tables_are_written_anew(tmp_path: Path) -> None:
    open_identifier(tmp_path, report=lambda _: None)
    [table] = tmp_path.glob("runtime/*-language-*/pc.npy")
    table.write_bytes(b"nothing")

    assert open_identifier(tmp_path, report=lambda _: None).rank("سند") == load_identifier().rank(
        "سند"
    )


def test_without_a_cache_the_packed_statistics_serve(tmp_path: Path) -> None:
    (tmp_path / "runtime").write_text("a file where a folder should be")

    assert open_identifier(tmp_path, report=lambda _: None).rank("Who?")[0][0] == "en"


@pytest.mark.parametrize("text", ["متى؟", "Wann kommt der Zug?"])
def test_scores_are_pythons_own_numbers(tmp_path: Path, text: str) -> None:
    identifier = open_identifier(tmp_path, report=lambda _: None)

    assert all(type(score) is float for _, score in identifier.rank(text))
