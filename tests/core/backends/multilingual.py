"""Texts in seventeen languages, and the disturbances that real feeds bring with them."""

import random
import unicodedata
from collections.abc import Callable, Iterator

SENTENCES: dict[str, tuple[str, ...]] = {
    "ar": (
        "أعلنت وزارة الصحة يوم الأحد عن افتتاح ثلاثة مستشفيات جديدة في شمال البلاد.",
        "ارتفعت أسعار القمح بنسبة ١٢٪ بعد موجة الجفاف التي ضربت حوض المتوسط.",
        "هل سيؤدي الاتفاق إلى وقف إطلاق النار قبل نهاية الشهر؟",
        "قال المتحدث باسم الحكومة: «لن نتراجع عن خطة الإصلاح»، مضيفاً أن التفاصيل ستُنشر لاحقاً.",
        "فاز المنتخب المغربي على نظيره الكاميروني بهدفين مقابل هدف واحد في ملعب الرباط.",
    ),
    "fa": (
        "وزیر نیرو گفت که سطح آب سدهای تهران به پایین‌ترین میزان خود رسیده است.",
        "کتاب‌های تازه‌ای دربارهٔ تاریخ معاصر ایران منتشر می‌شوند.",
        "قیمت هر بشکه نفت خام امروز به ۸۳ دلار رسید.",
        "آیا مذاکرات هفتهٔ آینده در وین از سر گرفته خواهد شد؟",
        "تیم ملی فوتبال بانوان برای نخستین بار به جام ملت‌های آسیا راه یافت.",
    ),
    "ur": (
        "وزیر اعظم نے کہا کہ حکومت تعلیم کے بجٹ میں اضافہ کرے گی۔",
        "کراچی میں شدید بارش کے بعد کئی سڑکیں زیر آب آ گئیں۔",
        "کیا اگلے سال انتخابات وقت پر ہوں گے؟",
        "ماہرین کے مطابق گندم کی پیداوار میں دس فیصد کمی ہوئی ہے۔",
        "قومی کرکٹ ٹیم نے لاہور میں کھیلا گیا میچ پانچ وکٹوں سے جیت لیا۔",
    ),
    "he": (
        "ראש העירייה הודיע כי קו הרכבת החדש ייפתח בתחילת השנה.",
        "מחירי הדירות עלו בארבעה אחוזים ברבעון האחרון.",
        "האם הוועדה תאשר את התקציב לפני סוף החודש?",
        "החוקרים מצאו כתובת עתיקה בחפירות שליד קיסריה.",
        "הגשם צפוי להימשך עד יום שלישי בצפון ובמרכז הארץ.",
    ),
    "en": (
        "The central bank left interest rates unchanged at 4.5% for the third meeting in a row.",
        "Who signed the comprehensive strategic partnership treaty in June 2024?",
        "Firefighters contained the blaze near the harbour after nearly nine hours of work.",
        "Scientists reported a faint signal from a galaxy 13 billion light-years away.",
        "The ferry service, suspended since last winter's storms, will resume on Monday.",
    ),
    "fr": (
        "Le gouvernement a présenté un plan de rénovation énergétique de deux milliards d'euros.",
        "Où se tiendra le prochain sommet de la francophonie ?",
        "Les pêcheurs bretons s'inquiètent de la baisse des stocks de lieu jaune.",
        "L'œuvre, volée en 1998, a été retrouvée dans un grenier de Besançon.",
        "La grève des contrôleurs aériens a entraîné l'annulation de 300 vols mardi.",
    ),
    "es": (
        "La sequía obliga a restringir el riego en más de cuarenta municipios andaluces.",
        "¿Cuántos años duró la construcción del nuevo puente sobre el río Magdalena?",
        "El equipo de Montevideo ganó la final en la tanda de penaltis.",
        "Según el informe, el desempleo juvenil bajó dos puntos en el último año.",
        "La exposición reúne por primera vez las cartas de la poeta chilena.",
    ),
    "pt": (
        "A prefeitura anunciou a ampliação da linha de metrô até o aeroporto.",
        "Quais estados registraram a maior queda do desmatamento em 2024?",
        "Os preços do café atingiram o maior nível em quase cinquenta anos.",
        "A orquestra sinfônica fará uma apresentação gratuita no parque no domingo.",
        "O incêndio destruiu parte do acervo do museu, mas ninguém ficou ferido.",
    ),
    "de": (
        "Der Bundestag hat am Donnerstag das umstrittene Rentenpaket beschlossen.",
        "Wie viele Züge fielen wegen des Sturms in Norddeutschland aus?",
        "Die Brauerei füllt künftig nur noch in Mehrwegflaschen ab.",
        "Forscherinnen der Universität Jena entdeckten eine bislang unbekannte Käferart.",
        "Das Straßenfest in der Altstadt fällt in diesem Jahr wegen Bauarbeiten aus.",
    ),
    "tr": (
        "İstanbul'da bugün beklenen kar yağışı nedeniyle okullar tatil edildi.",
        "Merkez bankası faiz kararını perşembe günü saat 14.00'te açıklayacak.",
        "Deprem bölgesinde kaç yeni konut teslim edildi?",
        "Arkeologlar Çanakkale yakınlarında iki bin yıllık bir gemi batığı buldu.",
        "Millî takım, grubundaki son maçta İzlanda'yı 3-1 yendi.",
    ),
    "ru": (
        "Губернатор сообщил, что паводок разрушил мосты в трёх районах области.",
        "Когда вступит в силу договор о всеобъемлющем стратегическом партнёрстве?",
        "Цены на электроэнергию для населения вырастут с первого июля.",
        "Учёные из Новосибирска создали датчик для раннего обнаружения пожаров.",
        "Хоккеисты «Авангарда» одержали пятую победу подряд.",
    ),
    "zh": (
        "国家统计局周三公布的数据显示，上月居民消费价格同比上涨百分之零点三。",
        "这座跨海大桥预计什么时候通车？",
        "受台风影响，沿海多个城市的学校停课一天。",
        "考古人员在陕西发现了一处距今约四千年的聚落遗址。",
        "女排姑娘们以三比一战胜对手，时隔八年再次夺冠。",
    ),
    "ja": (
        "気象庁は、九州北部で大雨による土砂災害に警戒するよう呼びかけています。",
        "新しい特急列車はいつから運行されますか。",
        "研究チームは深海で新種のエビを発見したと発表した。",
        "円相場は一時、1ドル=150円台まで値下がりしました。",
        "市立図書館は改修工事のため、来月から半年間休館する。",
    ),
    "ko": (
        "서울시는 내년부터 심야 버스 노선을 두 배로 늘리기로 했다.",
        "이번 협정은 언제 국회의 비준을 받게 됩니까?",
        "지난달 반도체 수출이 1년 전보다 십오 퍼센트 늘었다.",
        "기상청은 주말에 전국적으로 눈이 내릴 것으로 내다봤다.",
        "그 영화는 베를린 영화제에서 심사위원상을 받았다.",
    ),
    "th": (
        "นายกรัฐมนตรีแถลงว่ารัฐบาลจะลดค่าไฟฟ้าให้ครัวเรือนที่มีรายได้น้อย",
        "ฝนตกหนักทำให้น้ำท่วมถนนหลายสายในจังหวัดเชียงใหม่",
        "รถไฟความเร็วสูงสายใหม่จะเปิดให้บริการเมื่อไร",
        "นักวิจัยพบปลาน้ำจืดชนิดใหม่ในแม่น้ำโขง",
        "ทีมวอลเลย์บอลหญิงไทยคว้าเหรียญทองในการแข่งขันซีเกมส์",
    ),
    "hi": (
        "रेल मंत्री ने कहा कि नई लाइन का काम मार्च तक पूरा हो जाएगा।",
        "मानसून के कारण पहाड़ी ज़िलों में स्कूल दो दिन बंद रहेंगे।",
        "क्या इस साल गेहूँ का समर्थन मूल्य बढ़ेगा?",
        "वैज्ञानिकों ने हिमालय की एक झील में नए जीवाणु खोजे हैं।",
        "भारतीय टीम ने पाँच मैचों की शृंखला तीन-दो से जीत ली।",
    ),
    "vi": (
        "Chính phủ vừa công bố kế hoạch xây dựng tuyến đường sắt Bắc Nam.",
        "Giá gạo xuất khẩu của Việt Nam tăng lên mức cao nhất trong mười năm.",
        "Khi nào cây cầu mới qua sông Hồng được đưa vào sử dụng?",
        "Bão số ba gây mưa lớn và lũ quét ở nhiều tỉnh miền Trung.",
        "Đội tuyển nữ giành huy chương vàng tại giải vô địch Đông Nam Á.",
    ),
}


def articles() -> list[str]:
    """255 texts: every sentence alone, then followed by one more, then by two more."""
    texts = []
    for length in (1, 2, 3):
        for sentences in SENTENCES.values():
            for start in range(len(sentences)):
                chosen = [sentences[(start + at) % len(sentences)] for at in range(length)]
                texts.append(" ".join(chosen))
    return texts


DISTURBANCES: dict[str, Callable[[str, random.Random], str]] = {
    "as it is": lambda text, _: text,
    "byte order mark": lambda text, _: "\ufeff" + text,
    "right-to-left mark": lambda text, _: "\u200f" + text.replace(" ", " \u200f", 2),
    "left-to-right mark": lambda text, _: text.replace(" ", "\u200e ", 3) + "\u200e",
    "direction isolates": lambda text, _: f"\u2067{text}\u2069",
    "zero-width non-joiner": lambda text, chance: _insert(text, "\u200c", chance),
    "zero-width space": lambda text, chance: _insert(text, "\u200b", chance),
    "tab and line ends": lambda text, _: text.replace(" ", "\t", 2).replace(" ", "\r\n", 2) + "\n",
    "many spaces": lambda text, _: "  " + text.replace(" ", "   ", 4) + "   ",
    "no-break spaces": lambda text, _: text.replace(" ", "\u00a0", 3).replace(" ", "\u3000", 1),
    "control characters": lambda text, chance: _insert(text, "\x01\x1f\x7f", chance),
    "tashkeel": lambda text, _: text.replace("ر", "رَ").replace("م", "مُ").replace("ل", "لّ"),
    "tatweel": lambda text, _: text.replace("ا", "ـا").replace("ت", "تـــ"),
    "emoji": lambda text, chance: _insert(text, " 👩🏽‍🚀🇩🇿😂 ", chance) + "❤️",
    "digits": lambda text, _: f"٢٠٢٦ {text} ۱۲۳ １２３ ① ½ 10⁻⁶",
    "presentation forms": lambda text, _: text.replace("لا", "ﻻ").replace("ا", "ﺍ") + " ﷺ",
    "full width": lambda text, _: text.translate({c: c + 0xFEE0 for c in range(0x21, 0x7E)}),
    "special tokens": lambda text, _: f"{text} </s> <s>{text} <mask>",
    "soft hyphen": lambda text, chance: _insert(text, "\u00ad", chance),
    "one long word": lambda text, _: text.replace(" ", "") * 3,
    "mixed with English": lambda text, _: f"{text} (Reuters, 12 May 2026) {text[::-1]}",
    "long": lambda text, _: (text + "\n\n") * 40,
}


def disturbed() -> Iterator[tuple[str, str]]:
    """1,691 texts, no two alike, each with the name of its disturbance; the same every time."""
    chance = random.Random(5)
    seen = set()
    for sentences in SENTENCES.values():
        for sentence in sentences:
            for name, disturb in DISTURBANCES.items():
                text = disturb(sentence, chance)
                if text not in seen:
                    seen.add(text)
                    yield name, text


def decomposed(text: str) -> str:
    """Canonically equivalent to `text`, with every accent a character of its own."""
    return unicodedata.normalize("NFD", text)


def _insert(text: str, what: str, chance: random.Random) -> str:
    places = sorted(chance.sample(range(len(text) + 1), 3), reverse=True)
    for place in places:
        text = text[:place] + what + text[place:]
    return text
