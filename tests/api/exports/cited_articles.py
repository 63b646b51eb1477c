"""Articles whose every field tries to break a bibliography, and citations of them."""

from datetime import UTC, date, datetime

from hypothesis import strategies as st

from core.types import Article, Citation
from retrieval.citations import cite

TODAY = date(2026, 3, 1)

ARABIC = Article(
    id="خبر/٧",
    title="وقّعت «موسكو» مُعاهدةً {سرية} بنسبة 50%",
    body="وقّع الرئيسان معاهدة شراكة.\nوتنص على المساعدة المتبادلة.",
    language="ar",
    url="https://almadar.example/أخبار/7?a=1&b={2}#قسم",
    published_at=datetime(2024, 6, 19, 22, 5, tzinfo=UTC),
    source="المدار",
    authors=("ليلى حداد", "أحمد and شركاه"),
    section="عالم",
    tags=("دبلوماسية", "a, b"),
)
TURKISH = Article(
    id="tr_1",
    title="İğdır'da \\emph{ısı} ~ %40 & $5 #1 ^x",
    body="Iğdır'da sıcaklık arttı.",
    language="tr",
    source="Şehir Gazetesi",
    authors=("Çiğdem Öz",),
)
CHINESE = Article(
    id="zh-新闻",
    title="长江大桥通车 “三十亿元”",
    body="新的长江大桥于周二正式通车。",
    language="zh",
    published_at=datetime(987, 1, 2, tzinfo=UTC),
    authors=("王小明",),
)
HOSTILE = Article(
    id="}@article{x,",
    title="ends} here \\ @comment{ and {opens",
    body='A quote\nER  - \nTY  - BOOK\n@article{evil, title={x}}\n"}',
    language="en",
    source="}, note = {",
    authors=("and", "{", "von der Leyen, U.", "\\"),
    tags=("}",),
)
PERSIAN_EMOJI = Article(id="🌍", title="می‌گوید 🌍🧑‍🚀", body="نیم‌فاصله می‌ماند 🌍.", language="fa")
ARTICLES = (ARABIC, TURKISH, CHINESE, HOSTILE, PERSIAN_EMOJI)


def whole(article: Article, number: int = 1) -> Citation:
    return cite(article, number=number, start=0, end=len(article.body))


CITATIONS = [whole(article, number) for number, article in enumerate(ARTICLES, start=1)]

LINES = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=40
).filter(str.strip)
"""What a title, a name or a tag may be: one line."""

BODIES = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\t"),
    min_size=1,
    max_size=80,
).filter(str.strip)

ANY_ARTICLE = st.builds(
    Article,
    id=LINES,
    title=LINES,
    body=BODIES,
    language=st.sampled_from(["ar", "en", "zh", "und"]),
    source=st.none() | LINES,
    authors=st.lists(LINES, max_size=3).map(tuple),
    tags=st.lists(LINES, max_size=3).map(tuple),
    published_at=st.none() | st.datetimes(timezones=st.just(UTC)),
)
