"""Markdown files: front matter, titles and bodies."""

from datetime import UTC, datetime
from pathlib import Path

from core.types import Article
from indexing.sources import SourceArticle, read_sources
from tests.indexing.reading import SETTINGS, articles, written


def test_markdown_with_front_matter_becomes_display_text(tmp_path: Path) -> None:
    text = """---
title: زيارة إلى القاهرة
date: 2024-05-01T10:00:00+03:00
language: no
tags: [سياسة, مصر]
author: ليلى
layout: post
---
# زيارة إلى القاهرة

وصل **الوزير** إلى [القاهرة](https://a.example) أمس.

## خلفية

نص آخر.
"""
    (item,) = read_sources(
        [str(written(tmp_path / "visit.md", text))], settings=SETTINGS, stdin=None
    )

    assert isinstance(item, SourceArticle)
    assert item.article == Article(
        id="visit",
        title="زيارة إلى القاهرة",
        body="وصل الوزير إلى القاهرة أمس.\n\nخلفية\n\nنص آخر.",
        language="no",
        published_at=datetime(2024, 5, 1, 7, tzinfo=UTC),
        authors=("ليلى",),
        tags=("سياسة", "مصر"),
    )
    assert item.ignored_keys == ("layout",)


def test_the_first_heading_is_the_title_of_markdown_without_one(tmp_path: Path) -> None:
    (led,) = articles(written(tmp_path / "a.md", "# عنوان\n\nنص أول."))
    (later,) = articles(written(tmp_path / "b.md", "مقدمة هنا.\n\n## عنوان\n\nنص أول."))
    (none,) = articles(written(tmp_path / "c.md", "قال الوزير نعم. ثم مضى."))
    (other,) = articles(written(tmp_path / "d.md", "---\ntitle: أ\n---\n# ب\n\nنص."))

    assert (led.title, led.body) == ("عنوان", "نص أول.")
    assert (later.title, later.body) == ("عنوان", "مقدمة هنا.\n\nعنوان\n\nنص أول.")
    assert none.title == "قال الوزير نعم."
    assert (other.title, other.body) == ("أ", "ب\n\nنص.")


def test_empty_front_matter_says_nothing(tmp_path: Path) -> None:
    (article,) = articles(written(tmp_path / "a.md", "---\n\n---\nنص الخبر هنا."))

    assert (article.id, article.body) == ("a", "نص الخبر هنا.")


def test_a_thematic_break_at_the_start_is_no_front_matter(tmp_path: Path) -> None:
    (article,) = articles(written(tmp_path / "a.md", "---\n\nنص الخبر هنا."))

    assert article.body == "نص الخبر هنا."
