"""The widget is one small module that never makes markup or code of what it is given."""

import gzip
import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "widget"
MODULE = (FOLDER / "sanad-chat.js").read_text(encoding="utf-8")
MOST_BYTES = 25_000

FORBIDDEN = [
    r"innerHTML",
    r"outerHTML",
    r"insertAdjacentHTML",
    r"setHTML",
    r"parseFromString",
    r"createContextualFragment",
    r"document\.write",
    r"\beval\b",
    r"\bFunction\b",
    r"setTimeout\(\s*[\"'`]",
    r"\bimport\s*[({\"'*]",
    r"setAttribute\(\s*[\"']style",
    r"localStorage|document\.cookie|indexedDB",
    r"https?://(?!www\.w3\.org/2000/svg)",
]


def test_it_is_at_most_25_kb_gzipped() -> None:
    assert len(gzip.compress(MODULE.encode("utf-8"), 9)) <= MOST_BYTES


@pytest.mark.parametrize("pattern", FORBIDDEN)
def test_it_does_not_use(pattern: str) -> None:
    assert re.findall(pattern, MODULE) == []


def test_every_language_has_all_the_words() -> None:
    (listed,) = re.findall(r"const KEYS =\s((?:.|\n)*?);", MODULE)
    keys = " ".join(re.findall(r'"([^"]*)"', listed)).split()
    block = MODULE[MODULE.index("const WORDS = {") : MODULE.index("class Speech")]
    languages = re.findall(r"^  (\w\w): \[\n((?:.|\n)*?)^  \],", block, flags=re.MULTILINE)
    assert [language for language, _ in languages] == ["en", "ar", "fr", "es", "tr", "fa"]
    english = re.findall(r'^    "(.*)",$', languages[0][1], flags=re.MULTILINE)
    for language, text in languages:
        words = re.findall(r'^    "(.*)",$', text, flags=re.MULTILINE)
        assert len(words) == len(keys) == len(set(keys)), language
        for word, meant in zip(words, english, strict=True):
            assert word.strip(), language
            assert set(re.findall(r"\{\w+\}", word)) == set(re.findall(r"\{\w+\}", meant)), word


def test_the_documentation_names_every_attribute_event_and_property() -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    (attributes,) = re.findall(r"observedAttributes = \[(.*?)\]", MODULE, flags=re.DOTALL)
    named = {
        *re.findall(r'"([\w-]+)"', attributes),
        *(f"sanad:{name}" for name in re.findall(r'#emit\(\s*"(\w+)"', MODULE)),
        *re.findall(r"--sanad-[\w-]+", MODULE),
        *(f"::part({name})" for name in re.findall(r'part: "(\w+)"', MODULE)),
    }
    assert {name for name in named if name not in readme} == set()
