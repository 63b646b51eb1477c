"""Names of a sentence are found in its quotes across scripts, or are missed."""

import pytest

from retrieval.verification.name_words import is_name, name_runs, name_words
from retrieval.verification.names import QuotedNames
from retrieval.verification.place_forms import places_without_capitals


def missing(sentence: str, language: str, quote: str, quote_language: str) -> list[str]:
    names = QuotedNames()
    names.add(quote, language=quote_language)
    return [
        run.text
        for run in name_runs(sentence, language=language)
        if is_name(run, language=language)
        and len(run.text) > 2
        and not names.hold_run(run, language=language)
    ]


TREATY = "وقّع الرئيس الروسي فلاديمير بوتين والزعيم الكوري الشمالي كيم جونغ أون في بيونغ يانغ معاهدة"
COURT = "ووجّهت محكمة في القاهرة الاتهام إلى شركة سويسرية مقرها جنيف وأخرى ألمانية"


@pytest.mark.parametrize(
    ("sentence", "language", "quote"),
    [
        ("Vladimir Putin and Kim Jong Un signed a treaty in Pyongyang.", "en", TREATY),
        ("Poutine et Kim Jong-un ont signé un traité à Pyongyang.", "fr", TREATY),
        ("Vladímir Putin y Kim Jong-un firmaron en Pionyang.", "es", TREATY),
        ("Putin ile Kim Jong-un Pyongyang'da imzaladı.", "tr", TREATY),
        (
            "Путин и Ким Чен Ын подписали договор в Пхеньяне.",
            "ru",
            TREATY.replace("أون", "تشن إين"),
        ),
        ("In Cairo the court charged a Swiss and a German company.", "en", COURT),
        ("Le Caire accuse une société de Genève.", "fr", COURT),
    ],
)
def test_a_name_of_the_quote_is_found(sentence: str, language: str, quote: str) -> None:
    assert missing(sentence, language, quote, "ar") == []


@pytest.mark.parametrize(
    ("sentence", "language", "quote", "name"),
    [
        ("Vladimir Putin and Sergei Lavrov signed it.", "en", TREATY, "Lavrov"),
        ("Poutine a signé un traité à Hanoï.", "fr", TREATY, "Hanoï"),
        ("Putin anlaşmayı Tahran'da imzaladı.", "tr", TREATY, "Tahran"),
        ("In Algiers the court charged a company.", "en", COURT, "Algiers"),
        ("The court in Cairo charged a company of Vienna.", "en", COURT, "Vienna"),
    ],
)
def test_another_name_is_missed(sentence: str, language: str, quote: str, name: str) -> None:
    assert name in missing(sentence, language, quote, "ar")


def test_countries_are_known_by_names_that_do_not_sound_alike() -> None:
    quote = "زار الوزير مصر والنمسا واليونان"
    assert missing("The minister visited Egypt, Austria and Greece.", "en", quote, "ar") == []
    assert missing("The minister visited Hungary.", "en", quote, "ar") == ["Hungary"]


def test_titles_months_and_numbers_are_no_names() -> None:
    sentence = "The Prime Minister spoke on Monday 3 June, and Seventeen left."
    assert missing(sentence, "en", "لا شيء", "ar") == []


def test_turkish_endings_and_french_articles_are_no_part_of_a_name() -> None:
    assert [one.text for one in name_words("Bugün Ankara'nın l'Irak", language="tr")] == [
        "Bugün",
        "Ankara",
        "Irak",
    ]


def test_a_place_is_found_where_there_are_no_capitals() -> None:
    assert places_without_capitals("وصل الوفد إلى كوريا الشمالية", language="ar") == [
        "كوريا الشماليه"
    ]
    assert places_without_capitals("قطر الدائرة متران", language="ar") == []
    assert places_without_capitals("普京在平壤会见金正恩", language="zh") == ["平壤"]
