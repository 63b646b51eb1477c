"""Articles of many scripts, and an answer, for the tests of the API."""

from datetime import UTC, datetime

from core.types import (
    Answer,
    AnswerStatus,
    Article,
    ArticleHeader,
    Correction,
)

NOW = datetime(2026, 3, 1, tzinfo=UTC)

ARABIC = Article(
    id="almadar-1",
    title="موسكو وبيونغ يانغ توقعان معاهدة شراكة",
    body="وقّع الرئيسان معاهدة شراكة استراتيجية شاملة في بيونغ يانغ. حضر الحفل 200 ضيف.\n"
    "وتنص المادة الرابعة من المعاهدة على المساعدة المتبادلة إذا تعرض أحد الطرفين لعدوان.",
    language="ar",
    url="https://almadar.example/world/1",
    published_at=datetime(2024, 6, 19, 11, 5, tzinfo=UTC),
    source="المدار",
    authors=("ليلى حداد",),
    section="world",
    tags=("diplomacy", "دبلوماسية"),
)
PERSIAN = Article(
    id="ایران/۲",
    title="کاهش بارش در البرز",
    body="بارش برف در البرز امسال چهل درصد کمتر شد.",
    language="fa",
    published_at=datetime(2025, 1, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    source="کوهستان",
    section="climate",
)
MIXED = Article(
    id="mixed 3",
    title="شركة ACME تطلق القمر Sat-7",
    body="أطلقت شركة ACME القمر الصناعي Sat-7 يوم الجمعة 🚀. (Orbit: 550 km) كما قالت.",
    language="ar",
    source="ACME Wire",
    section="science",
    tags=("space",),
    corrections=(Correction(at=datetime(2025, 5, 2, tzinfo=UTC), text="550 km, not 500 km"),),
)
CHINESE = Article(
    id="zh/新闻/4",
    title="长江大桥通车",
    body="新的长江大桥于周二正式通车。市长表示大桥耗资三十亿元。",
    language="zh",
    published_at=datetime(2024, 6, 20, tzinfo=UTC),
    source="江报",
    section="world",
)
ENGLISH = Article(
    id="en-5",
    title="Harbour strike ends",
    body="The harbour strike ended on Monday after 11 days. Dockers won a pay rise of 7 per cent.",
    language="en",
    url="https://herald.example/5",
    published_at=datetime(2023, 2, 3, tzinfo=UTC),
    source="Herald",
    section="economy",
)
EMOJI = Article(
    id="🌍/passages", title="Climate 🌡️ summit", body="The climate summit opened. 🌍", language="en"
)
ARTICLES = (ARABIC, PERSIAN, MIXED, CHINESE, ENGLISH, EMOJI)


ABSTENTION = Answer(
    id="answer-2",
    status=AnswerStatus.ABSTAINED,
    mode="extractive",
    text="لا يوجد في الأرشيف جواب.",
    language="ar",
    sentences=(),
    citations=(),
    confidence=0.02,
    newest_evidence=None,
    notices=(),
    timing_ms={"embed": 1.0},
    nearest=(ArticleHeader.of(ARABIC),),
)
