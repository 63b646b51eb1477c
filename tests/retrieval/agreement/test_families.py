"""Copies of an article are one family, however they were cut; other reports are not."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.types import ArticleHeader
from retrieval.agreement.families import Families, copies_sentence, shingles
from tests.retrieval.agreement.hits import hit_of

AGENCY = {
    "ar": (
        "لقي 17 شخصاً مصرعهم وفُقد 26 آخرون في سيول جارفة اجتاحت بلدة تمروت ليل السبت إلى الأحد. "
        "وقالت مصلحة الأرصاد إن محطتها قرب البلدة سجلت 112 مليمتراً من الأمطار في ثلاث ساعات. "
        "وانهار الجسر الوحيد الواصل بين ضفتي البلدة قرابة الثانية فجراً، ما عزل حي الرحمة تماماً."
    ),
    "en": (
        "Seventeen people died and 26 are missing after a flood swept through Tamrout on Friday. "
        "The weather service said its station near the town measured 112 mm of rain in 3 hours. "
        "The only bridge between the two halves of the town collapsed at about two in the morning."
    ),
    "zh": (
        "上周六夜间，塔姆鲁特镇遭遇山洪，造成十七人死亡、二十六人失踪。气象部门表示，"
        "镇附近的观测站在三小时内录得一百一十二毫米降雨。连接该镇两岸的唯一一座桥梁在凌晨两点左右垮塌。"
    ),
}
OTHER = {
    "ar": (
        "ارتفع عدد ضحايا فيضان تمروت إلى 34 قتيلاً بعد انتشال جثث جديدة من تحت الوحل مساء الثلاثاء. "
        "ونصبت وحدة من الهندسة العسكرية جسراً عائماً فوق الوادي لتعبره شاحنات الماء والخبز. "
        "وتقرر تعليق الدراسة في البلدة أسبوعين، فيما فُتحت أبواب الثانوية لإيواء المشردين."
    ),
    "en": (
        "The death toll of the Tamrout flood has risen to 34, a crisis unit said on Tuesday. "
        "Army engineers have put a floating bridge across the river so that lorries bring water. "
        "Schools will stay closed for two weeks while families without a roof sleep in classrooms."
    ),
    "zh": (
        "危机小组周二晚间宣布，塔姆鲁特洪灾死亡人数升至三十四人。军方工程兵在河上架设浮桥，"
        "运送饮水和面包的卡车已经开始通行。当地学校停课两周，失去住房的家庭暂时住进教室。"
    ),
}


@pytest.mark.parametrize("language", sorted(AGENCY))
def test_a_reprint_with_another_opening_and_a_changed_word_is_a_copy(language: str) -> None:
    text = AGENCY[language]
    reprint = "Tamrout (sanad) " + text.replace("112", "113").replace("一百一十二", "一百一十三")
    families = Families([
        hit_of("agency", text, language),
        hit_of("reprint", reprint, language),
        hit_of("other", OTHER[language], language),
    ])
    assert families.are_copies("agency", "reprint")
    assert not families.are_copies("agency", "other")


@pytest.mark.parametrize("language", ["ar", "en"])
def test_copies_are_known_by_passages_that_overlap_in_part(language: str) -> None:
    first, second, third = AGENCY[language].split(". ")
    families = Families([
        hit_of("a", f"{first}. {second}.", language),
        hit_of("b", f"{second}. {third}", language),
    ])
    assert families.are_copies("a", "b")


def test_two_reports_that_quote_one_short_statement_are_no_copies() -> None:
    quoted = " «طلبنا إصلاحه مرتين، وقيل لنا إن قطعة الغيار في الطريق»."
    hits = [hit_of("a", AGENCY["ar"] + quoted, "ar"), hit_of("b", OTHER["ar"] + quoted, "ar")]
    assert not Families(hits).are_copies("a", "b")


def test_copies_and_articles_of_one_outlet_are_one_source() -> None:
    families = Families([
        hit_of("agency", AGENCY["en"], "en"),
        hit_of("reprint", AGENCY["en"], "en"),
        hit_of("other", OTHER["en"], "en"),
        hit_of("same desk", "A third text that shares nothing with them at all, not a word.", "en"),
    ])
    headers = {
        key: ArticleHeader(id=key, title=key, language="en", source=source)
        for key, source in {
            "agency": "Sanad", "reprint": "Meridian", "other": "Faro", "same desk": "FARO",
        }.items()
    }  # fmt: skip
    assert families.count_sources([headers["agency"], headers["reprint"]]) == 1
    assert families.count_sources([headers["agency"], headers["other"]]) == 2
    assert families.count_sources([headers["other"], headers["same desk"]]) == 1
    assert families.count_sources(list(headers.values())) == 2


def test_articles_without_a_source_count_each_for_itself() -> None:
    headers = [ArticleHeader(id=key, title=key, language="en") for key in ("a", "b")]
    assert Families([]).count_sources(headers) == 2


def test_short_sentences_are_alike_by_chance() -> None:
    assert not copies_sentence("The toll rose to 34 people.", "The toll rose to 34 people.")
    one, _, _ = AGENCY["en"].split(". ")
    assert copies_sentence(one, one.replace("Seventeen", "Eighteen"))


def test_the_reports_of_one_story_in_the_sample_archive_are_no_copies() -> None:
    folder = Path(__file__).parents[3] / "sample"
    bodies = {
        (row := json.loads(line))["_id"]: row
        for line in (folder / "corpus.jsonl").read_text(encoding="utf-8").splitlines()
    }
    for keys in json.loads((folder / "stories.json").read_text(encoding="utf-8")).values():
        families = Families([
            hit_of(key, bodies[key]["text"], bodies[key]["language"]) for key in keys
        ])
        assert not any(
            families.are_copies(one, other) for one in keys for other in keys if one < other
        )


@given(st.text(max_size=200))
def test_every_text_of_enough_words_is_a_copy_of_itself(text: str) -> None:
    is_long = len(shingles(text)) >= 4
    families = Families([hit_of("a", text, "en"), hit_of("b", text, "en")])
    assert families.are_copies("a", "b") == is_long
