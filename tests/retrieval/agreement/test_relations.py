"""Pairs of sentences written by hand, half of them traps, read with the bundled model."""

from functools import cache
from pathlib import Path

import anyio
import pytest

from core.passage_encoder import TokenPassageEncoder
from core.settings import load_settings
from eval.figure_pairs import Expected, ReadPair, read_as_served, read_pairs
from retrieval.agreement.subjects import Around, Subject
from retrieval.cohort import load_cohort
from tests.core.backends.real_model import bundled_parts

PAIRS = Path(__file__).parents[1] / "figure_pairs.json"
KNOWN_FALSE_ALARMS = {"094"}
"""Two districts whose names open their sentences, where a capital tells nothing."""


@cache
def pairs_read() -> tuple[ReadPair, ...]:
    return tuple(anyio.run(_read))


async def _read() -> list[ReadPair]:
    parts = bundled_parts()
    cohort = await load_cohort(
        parts.embedder, cache_dir=load_settings({}).cache_dir, report=lambda _: None
    )
    return await read_as_served(
        read_pairs(PAIRS),
        encoder=TokenPassageEncoder(parts.embedder, cohort.codec),
        codec=cohort.codec,
        dimension=parts.embedder.identity.dimension,
    )


def test_the_pairs_are_many_half_of_them_traps_and_each_tells_its_figures() -> None:
    pairs = read_pairs(PAIRS)
    conflicts = [pair for pair in pairs if pair.expected is Expected.CONFLICT]
    assert len({pair.id for pair in pairs}) == len(pairs) >= 80
    assert len(conflicts) <= len(pairs) / 2
    for pair in conflicts:
        assert pair.figures is not None
        assert pair.figures[0] in pair.left.text
        assert pair.figures[1] in pair.right.text


def test_no_story_is_in_two_halves() -> None:
    halves = {(pair.half, pair.left.text) for pair in read_pairs(PAIRS)}
    assert len({text for _, text in halves}) == len(halves)


def test_traps_raise_no_alarm() -> None:
    alarms = {
        one.pair.id
        for one in pairs_read()
        if one.found() is Expected.CONFLICT and one.pair.expected is not Expected.CONFLICT
    }
    assert alarms <= KNOWN_FALSE_ALARMS


@pytest.mark.parametrize("half", ["fit", "check", "later", "last"])
def test_most_conflicts_are_seen(half: str) -> None:
    wanted = [
        one
        for one in pairs_read()
        if one.pair.half == half and one.pair.expected is Expected.CONFLICT
    ]
    found = [one for one in wanted if one.found() is Expected.CONFLICT]
    assert len(found) / len(wanted) >= 0.75


def test_nothing_is_taken_to_repeat_what_it_does_not() -> None:
    wrong = {
        one.pair.id
        for one in pairs_read()
        if one.found() is Expected.AGREE and one.pair.expected is not Expected.AGREE
    }
    assert wrong == set()


def test_names_are_met_across_scripts_and_their_absence_tells_two_subjects() -> None:
    english = subject("The Tarsana ferry sank.", "en")
    arabic = subject("غرقت عبّارة تارسانا.", "ar")
    other = subject("A ferry on Lake Obira sank.", "en")
    unnamed = subject("A ferry sank.", "en")
    assert english.may_be(arabic)
    assert arabic.may_be(english)
    assert not english.may_be(other)
    assert english.may_be(unnamed)


def subject(text: str, language: str) -> Subject:
    return Subject(text=text, around=Around(text=text, language=language), language=language)
