"""Every sentence of ours exists in every language that we write in, and isolates what it names."""

import json
from importlib.resources import files
from string import Formatter

import pytest

from retrieval.wording import RIGHT_TO_LEFT, Wording

SENTENCES: dict[str, dict[str, str]] = json.loads(
    (files("retrieval") / "wording.json").read_text(encoding="utf-8")
)
LANGUAGES = ["ar", "en", "es", "fa", "fr", "ru", "tr", "zh"]


def blanks(sentence: str) -> list[str]:
    return sorted(name for _, name, _, _ in Formatter().parse(sentence) if name)


@pytest.mark.parametrize("key", SENTENCES)
def test_a_sentence_is_written_in_every_language_with_the_same_blanks(key: str) -> None:
    assert sorted(SENTENCES[key]) == LANGUAGES
    assert {tuple(blanks(sentence)) for sentence in SENTENCES[key].values()} == {
        tuple(blanks(SENTENCES[key]["en"]))
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_value_of_the_other_direction_is_isolated_in_every_language(language: str) -> None:
    value = "ACME 7" if language in RIGHT_TO_LEFT else "الميناء"
    said = Wording(language).say("old", date=value)
    assert f"\u2068{value}\u2069" in said


def test_a_value_cannot_fill_a_blank_of_its_own() -> None:
    said = Wording("en").say("corrected", title="{text}", date="{0}", text="{date.__class__}")
    assert said == "The article “{text}” was corrected on {0}: {date.__class__}"


def test_a_language_that_is_not_written_yet_gets_english() -> None:
    assert Wording("sw").say("nearest") == Wording("en-GB").say("nearest")
