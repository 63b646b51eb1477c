"""Finds lines that publishers put on every page ("Share", "Read also: …"); the body stays whole.

A line counts only as a whole: a sentence that merely begins with "Share" is the article's text.
"""

import re

from core.text import fold, words

MAX_LINE_CHARS = 200


def _folded(*phrases: str) -> frozenset[str]:
    """Phrases, parted by "|", in the form in which lines are compared with them."""
    return frozenset(
        " ".join(words(fold(phrase))) for group in phrases for phrase in group.split("|")
    )


_SHARE = _folded(
    "شارك|شاركها|شاركه|شاركوا|شارك المقال|شارك الخبر|شارك هذا المقال|شارك هذا الخبر",
    "شارك القصة|مشاركة|مشاركة المقال|مشاركة الخبر|انشر الخبر",
    "share|share this|share this article|share this story|share this post|share article",
    "partager|partagez|partager cet article|partagez cet article|partager l'article",
    "compartir|comparte|compartir este artículo|comparte este artículo|compartir noticia",
    "paylaş|haberi paylaş|bu haberi paylaş|bu yazıyı paylaş",
    "поделиться|поделитесь|поделиться статьёй|поделиться новостью|поделиться в соцсетях",
    "分享|分享到|分享本文|分享文章|分享至",
    "اشتراک‌گذاری|اشتراک گذاری|به اشتراک بگذارید|هم‌رسانی|شیئر کریں",
    "teilen|artikel teilen|beitrag teilen|compartilhar|compartilhe|condividi|bagikan",
)
_READ_ALSO = _folded(
    "اقرأ أيضاً|اقرأوا أيضاً|اقرؤوا أيضا|واقرأ أيضاً|اقرأ المزيد|اقرأ كذلك|اقرأ عن|طالع أيضاً",
    "شاهد أيضاً|قد يهمك|قد يهمك أيضاً|أخبار ذات صلة|مواضيع ذات صلة|مقالات ذات صلة",
    "موضوعات ذات صلة|مواد ذات صلة|للمزيد",
    "read also|also read|read more|see also|related|related article|related articles",
    "related story|related stories|related news|more on this story|you may also like",
    "lire aussi|à lire aussi|lire également|à lire également|voir aussi|sur le même sujet",
    "lee también|lea también|leer también|lea más|leer más|te puede interesar|ver también",
    "noticias relacionadas",
    "ilgili haber|ilgili haberler|ayrıca okuyun|bunu da okuyun|bunları da okuyun",
    "читайте также|читать также|читайте ещё|смотрите также|см. также|по теме|материалы по теме",
    "相关阅读|相关新闻|相关报道|延伸阅读|推荐阅读|更多阅读",
    "بیشتر بخوانید|مطالب مرتبط|همچنین بخوانید|در همین باره|یہ بھی پڑھیں",
    "lesen sie auch|mehr zum thema|leia também|veja também|leggi anche|baca juga",
)
_PLACES = _folded(
    "facebook|twitter|x|whatsapp|telegram|linkedin|email|فيسبوك|تويتر|إكس|واتساب|تلغرام|تليغرام",
    "微信|微博|вконтакте|on|via|by|and|sur|par|et|en|y|no|в|и|على|عبر|و|في|در",
)
"""Networks, and the small words before them."""

_LEAD_END = re.compile(r"[:：|>»–—]|\s-\s")
_LINE = re.compile(r"[^\n]+")


def find_boilerplate(body: str) -> list[tuple[int, int]]:
    r"""Spans (start, end) of boilerplate lines, without surrounding white space, in order.

    >>> find_boilerplate("وقعت موسكو الاتفاقية.\n\nشاركها.")
    [(23, 30)]
    """
    spans: list[tuple[int, int]] = []
    for match in _LINE.finditer(body):
        line = match.group().strip()
        if line and len(line) <= MAX_LINE_CHARS and _is_boilerplate(line):
            start = body.index(line, match.start())
            spans.append((start, start + len(line)))
    return spans


def _is_boilerplate(line: str) -> bool:
    found = words(fold(line))
    whole = " ".join(found)
    if whole in _SHARE or whole in _READ_ALSO:
        return True
    if " ".join(word for word in found if word.removeprefix("و") not in _PLACES) in _SHARE:
        return True
    lead_end = _LEAD_END.search(line)
    return lead_end is not None and " ".join(words(fold(line[: lead_end.start()]))) in _READ_ALSO
