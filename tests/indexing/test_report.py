"""Notices about keys and files, and the bounds of what is remembered."""

from core.ports import Verdict
from indexing.report import MAX_KEYS_NAMED, Tally
from indexing.sources import SkippedFile


def test_a_misspelled_key_is_named_with_a_guess() -> None:
    tally = Tally()
    tally.ignore(("Published_At", "category", "xyz\x1b\ud800"), source="a.jsonl:1")

    assert tally.report(seconds=1.5).notices == (
        "unknown key 'Published_At' ignored in 1 article, first at a.jsonl:1: "
        "did you mean 'published_at'?",
        "key 'category' ignored in 1 article, first at a.jsonl:1: 'section' is given as well",
        r"unknown key 'xyz\x1b\ud800' ignored in 1 article, first at a.jsonl:1",
    )


def test_endless_names_of_keys_are_pooled() -> None:
    tally = Tally()
    for number in range(10_000):
        tally.ignore((f"k{number}",), source=f"a:{number}")

    notices = tally.report(seconds=0).notices

    assert len(notices) == MAX_KEYS_NAMED + 1
    assert notices[-1] == "more unknown keys ignored, 9980 times, first at a:20"


def test_files_left_aside_are_counted_by_type() -> None:
    tally = Tally()
    for suffix in (".pdf", ".jpg", ".pdf"):
        tally.skip(SkippedFile(source="x", suffix=suffix))

    (notice,) = tally.report(seconds=0).notices
    assert notice.startswith("files of other types left aside: 3 (.jpg 1, .pdf 2); Sanad reads")


def test_counts_add_up() -> None:
    tally = Tally()
    tally.add(Verdict.INDEXED, passages=3)
    tally.add(Verdict.UPDATED, passages=2)
    tally.add(Verdict.UNCHANGED)

    progress = tally.progress(seconds=2.0, position=None, passages_embedded=7)

    assert progress.articles == 3
    assert progress.report.passages == 5
    assert progress.report.as_dict()["seconds"] == 2.0
    assert (progress.file, progress.bytes_read, progress.bytes_total) == ("", 0, None)
