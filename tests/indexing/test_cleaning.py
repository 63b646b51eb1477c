"""Lines that are on every page, and sentences that only look like them."""

import pytest

from indexing.cleaning import find_boilerplate

BOILERPLATE = [
    "شاركها.",
    "شارك",
    "شارك المقال",
    "مشاركة",
    "شارك على فيسبوك وتويتر",
    "اقرأ أيضاً: خبر آخر",
    "اقرأ أيضا",
    "إقرأ أيضاً | تفاصيل الاتفاق",
    "اِقرأ المزيد...",
    "مواضيع ذات صلة",
    "قد يهمك أيضاً: صور",
    "▪️ شاهد أيضا: فيديو",
    "Share",
    "SHARE THIS ARTICLE",
    "Share on Facebook and X",
    "Read also: What the treaty says",
    "Read more…",
    "See also – The treaty",
    "Related articles",
    "Lire aussi : Moscou et Pyongyang",
    "À LIRE AUSSI | Le traité",
    "Partager",
    "Lee también: El tratado",
    "Te puede interesar:",
    "Compartir en WhatsApp",
    "İlgili haber: Anlaşma",
    "ILGILI HABERLER",
    "Paylaş",
    "Читайте также: Договор",
    "Поделиться",
    "ПОДЕЛИТЬСЯ В ВКонтакте",
    "По теме:",
    "相关阅读：条约全文",
    "相关阅读",
    "分享",
    "分享到：微信 微博",
    "بیشتر بخوانید: توافق‌نامه",
    "به اشتراک بگذارید",
]

SENTENCES = [
    "شارك في المؤتمر وزراء من عشرين دولة",
    "شاركها الرأي وزير الخارجية.",
    "مشاركة واسعة في الانتخابات",
    "اقرأ أيضاً ما كتبه الوزير في مذكراته عن الأزمة",
    "Share prices fell on Monday",
    "Share of renewables: 40 percent",
    "Read more books, doctors say",
    "Related industries suffered too.",
    "See also how the vote went",
    "Partager le pouvoir reste difficile",
    "Comparte la casa con su madre",
    "分享经济正在改变城市",
    "Поделиться опытом приехали врачи из Казани",
    "على فيسبوك",
    "X",
    ".",
    "على",
    "相关阅读材料已经下发",
]


@pytest.mark.parametrize("line", BOILERPLATE)
def test_a_boilerplate_line_is_found_exactly(line: str) -> None:
    body = f"وقّع الطرفان الاتفاقية.\n\n \u00a0{line} \nنص آخر."

    (span,) = find_boilerplate(body)

    assert body[span[0] : span[1]] == line


@pytest.mark.parametrize("line", SENTENCES)
def test_a_sentence_is_never_boilerplate(line: str) -> None:
    assert find_boilerplate(f"{line}\n\n{line}") == []


def test_a_long_line_is_text_whatever_it_begins_with() -> None:
    assert find_boilerplate("Read also: " + "how it went " * 20) == []


def test_spans_come_in_order_and_touch_nothing_else() -> None:
    body = "Share\nنص\nشارك\n\nشاركها."

    assert [body[start:end] for start, end in find_boilerplate(body)] == [
        "Share",
        "شارك",
        "شاركها.",
    ]


def test_an_empty_body_has_none() -> None:
    assert find_boilerplate("") == []
