"""Characters as readers see them."""

import re

import pytest

from indexing.graphemes import grapheme_pattern

PATTERN = re.compile(grapheme_pattern())


@pytest.mark.parametrize(
    "cluster",
    [
        "م",
        "مَّ",
        "e\u0301",
        "👨‍👩‍👧‍👦",
        "🇸🇦",
        "👍🏽",
        "❤️",
        "1️⃣",
        "กำ",
        "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
        "می\u200c"[1:],
        "ｶﾞ",
        "नि",
        "\n",
    ],
)
def test_a_cluster_is_kept_together(cluster: str) -> None:
    assert PATTERN.findall(cluster * 3) == [cluster] * 3


def test_any_text_is_cut_without_loss() -> None:
    text = "قال: “نعم” 🇪🇬🇸🇦🇮 \u0301\u200d👩\u200d"

    assert "".join(PATTERN.findall(text)) == text


def test_endless_marks_are_cut_somewhere() -> None:
    assert max(map(len, PATTERN.findall("a" + "\u0301" * 1_000))) < 40
