/**
 * <sanad-chat>: asks a news archive, and shows answers whose every sentence carries its source.
 *
 * One module without dependencies, build step or secret. Everything that a server, an article or a
 * reader wrote is set as text, never as markup; README.md beside this file tells how to use it.
 */

const LIMITS = {
  question: 2000, // characters, as the API has it
  turns: 20, // kept and shown
  history: 6, // turns sent along with a question
  historyText: 4000, // code points a turn, as the API has it
  stored: 400_000, // UTF-16 units in sessionStorage
  text: 20_000, // of any text shown
  list: 50, // items of any list shown
  event: 4_000_000, // UTF-16 units of one event
};
const SILENCE_MS = 35_000; // the server sends a heartbeat every 10 s
const RENEW_BEFORE_MS = 30_000;
const CHECK_EVERY_MS = 4_000;
const WIDE = "(min-width: 1024px)"; // where an open panel leaves room for an article
const SHEET = "(max-width: 520px)"; // where the panel covers the page
const RTL = new Set(["ar", "fa", "he", "ur", "ps", "sd", "ug", "yi", "dv", "ckb"]);

// ------------------------------ words

const KEYS =
  "title hint placeholder send stop close clear asked searching source sources read corrected " +
  "also independent original newest absent nearest conflict partial generated withheld copy " +
  "copied uncopied helpful wrong missing thanks unsent retry stopped broken_off offline down " +
  "back limit limit_later off refused busy empty long broken";

/** In the order of KEYS. Plurals are avoided: a number stands behind a colon. */
const WORDS = {
  en: [
    "Ask the archive",
    "Ask in any language. Every sentence of an answer carries its source.",
    "Write your question…",
    "Send the question",
    "Stop",
    "Close",
    "New conversation",
    "Your question",
    "Searching the archive…",
    "Source {n}",
    "Sources",
    "Read it in the article",
    "Corrected on {date}",
    "Also reported in",
    "Independent sources: {n}",
    "In the original language: {language}",
    "Newest source: {date}, {age}",
    "Not in the archive",
    "Nearest articles",
    "Sources give different figures",
    "Partial answer",
    "Worded by a language model; every sentence was checked against its sources.",
    "Sentences left out because no source proves them: {n}",
    "Copy with sources",
    "Copied with its sources.",
    "Your browser did not allow copying.",
    "Helpful",
    "Wrong",
    "A source is missing",
    "Thank you. Your note has arrived.",
    "Your note could not be sent.",
    "Try again",
    "Stopped.",
    "The answer broke off before its end.",
    "You are offline. Your question is kept here until you are back.",
    "The archive cannot be reached at the moment. We keep looking and tell you here.",
    "The archive can be reached again.",
    "You have reached the limit for now. You can ask again at {time}, {age}.",
    "You have reached the limit for now. Please come back a little later.",
    "Questions are paused at the moment. The articles stay open to read.",
    "Questions cannot be asked from this page.",
    "Many people are asking right now. Please try again in a moment.",
    "Please write a question with at least one letter or digit.",
    "The question is too long: the limit is {n} characters.",
    "Something went wrong on our side. Your question is kept.",
  ],
  ar: [
    "اسأل الأرشيف",
    "اسأل بأي لغة، ومع كل جملة في الإجابة مصدرها.",
    "اكتب سؤالك…",
    "إرسال السؤال",
    "إيقاف",
    "إغلاق",
    "محادثة جديدة",
    "سؤالك",
    "نبحث في الأرشيف…",
    "المصدر {n}",
    "المصادر",
    "اقرأ الجملة في المقال",
    "صُحِّح في {date}",
    "ورد أيضاً في",
    "مصادر مستقلة: {n}",
    "بلغته الأصلية: {language}",
    "أحدث مصدر: {date}، {age}",
    "ليس في الأرشيف",
    "أقرب المقالات",
    "المصادر تختلف في الرقم",
    "إجابة جزئية",
    "صاغها نموذج لغوي، وقوبلت كل جملة بمصادرها.",
    "جمل حُجبت لأن لا مصدر يثبتها: {n}",
    "نسخ مع المصادر",
    "نُسخت الإجابة مع مصادرها.",
    "لم يسمح المتصفح بالنسخ.",
    "مفيدة",
    "خاطئة",
    "ينقصها مصدر",
    "شكراً، وصلت ملاحظتك.",
    "تعذّر إرسال ملاحظتك.",
    "إعادة المحاولة",
    "أُوقفت الإجابة.",
    "انقطعت الإجابة قبل تمامها.",
    "لا اتصال بالإنترنت. سؤالك محفوظ هنا إلى أن يعود الاتصال.",
    "لا يمكن الوصول إلى الأرشيف الآن. نتابع المحاولة ونخبرك هنا.",
    "عاد الاتصال بالأرشيف.",
    "بلغت حدّ الأسئلة في الوقت الحالي. يمكنك السؤال من جديد عند {time}، {age}.",
    "بلغت حدّ الأسئلة في الوقت الحالي. عد بعد قليل من فضلك.",
    "الأسئلة متوقفة مؤقتاً، والمقالات متاحة للقراءة كالمعتاد.",
    "لا يمكن طرح الأسئلة من هذه الصفحة.",
    "الأسئلة كثيرة في هذه اللحظة. أعد المحاولة بعد قليل من فضلك.",
    "اكتب سؤالاً فيه حرف أو رقم على الأقل.",
    "السؤال أطول من الحد، وهو من الأحرف {n}.",
    "حدث خلل من جهتنا. سؤالك محفوظ.",
  ],
  fr: [
    "Interroger les archives",
    "Posez votre question dans votre langue. Chaque phrase de la réponse porte sa source.",
    "Écrivez votre question…",
    "Envoyer la question",
    "Arrêter",
    "Fermer",
    "Nouvelle conversation",
    "Votre question",
    "Recherche dans les archives…",
    "Source {n}",
    "Sources",
    "Lire dans l’article",
    "Corrigé le {date}",
    "Également rapporté dans",
    "Sources indépendantes : {n}",
    "Dans la langue d’origine : {language}",
    "Source la plus récente : {date}, {age}",
    "Absent des archives",
    "Articles les plus proches",
    "Les sources donnent des chiffres différents",
    "Réponse partielle",
    "Rédigé par un modèle de langue ; chaque phrase a été vérifiée auprès de ses sources.",
    "Phrases écartées, faute de source qui les prouve : {n}",
    "Copier avec les sources",
    "Copié avec ses sources.",
    "Votre navigateur n’a pas permis la copie.",
    "Utile",
    "Inexact",
    "Il manque une source",
    "Merci, votre remarque est arrivée.",
    "Votre remarque n’a pas pu être envoyée.",
    "Réessayer",
    "Arrêté.",
    "La réponse s’est interrompue avant la fin.",
    "Vous êtes hors ligne. Votre question est conservée ici.",
    "Les archives sont injoignables pour le moment. Nous réessayons et vous le dirons ici.",
    "Les archives sont de nouveau joignables.",
    "Vous avez atteint la limite pour l’instant. Vous pourrez poser une question à {time}, {age}.",
    "Vous avez atteint la limite pour l’instant. Revenez un peu plus tard.",
    "Les questions sont suspendues pour le moment. Les articles restent accessibles.",
    "Il n’est pas possible de poser de question depuis cette page.",
    "Beaucoup de questions arrivent en ce moment. Réessayez dans un instant.",
    "Écrivez une question avec au moins une lettre ou un chiffre.",
    "La question est trop longue : la limite est de {n} caractères.",
    "Une erreur s’est produite de notre côté. Votre question est conservée.",
  ],
  es: [
    "Pregunta al archivo",
    "Pregunta en tu idioma. Cada frase de la respuesta lleva su fuente.",
    "Escribe tu pregunta…",
    "Enviar la pregunta",
    "Detener",
    "Cerrar",
    "Nueva conversación",
    "Tu pregunta",
    "Buscando en el archivo…",
    "Fuente {n}",
    "Fuentes",
    "Leer en el artículo",
    "Corregido el {date}",
    "También publicado en",
    "Fuentes independientes: {n}",
    "En el idioma original: {language}",
    "Fuente más reciente: {date}, {age}",
    "No está en el archivo",
    "Artículos más cercanos",
    "Las fuentes dan cifras distintas",
    "Respuesta parcial",
    "Redactado por un modelo de lenguaje; cada frase se comprobó con sus fuentes.",
    "Frases omitidas porque ninguna fuente las prueba: {n}",
    "Copiar con las fuentes",
    "Copiado con sus fuentes.",
    "El navegador no permitió copiar.",
    "Útil",
    "Incorrecta",
    "Falta una fuente",
    "Gracias, tu nota ha llegado.",
    "No se pudo enviar tu nota.",
    "Reintentar",
    "Detenido.",
    "La respuesta se interrumpió antes del final.",
    "No tienes conexión. Tu pregunta se conserva aquí.",
    "No se puede acceder al archivo en este momento. Seguimos probando y te avisaremos aquí.",
    "Vuelve a haber conexión con el archivo.",
    "Has llegado al límite por ahora. Podrás preguntar de nuevo a las {time}, {age}.",
    "Has llegado al límite por ahora. Vuelve un poco más tarde.",
    "Las preguntas están en pausa. Los artículos siguen abiertos.",
    "No se puede preguntar desde esta página.",
    "Hay muchas preguntas en este momento. Inténtalo de nuevo en un instante.",
    "Escribe una pregunta con al menos una letra o cifra.",
    "La pregunta es demasiado larga: el límite es de {n} caracteres.",
    "Algo falló por nuestra parte. Tu pregunta se conserva.",
  ],
  tr: [
    "Arşive sorun",
    "İstediğiniz dilde sorun. Yanıttaki her cümle kaynağını taşır.",
    "Sorunuzu yazın…",
    "Soruyu gönder",
    "Durdur",
    "Kapat",
    "Yeni sohbet",
    "Sorunuz",
    "Arşivde aranıyor…",
    "Kaynak {n}",
    "Kaynaklar",
    "Haberdeki yerinde oku",
    "Düzeltme: {date}",
    "Şurada da yer aldı",
    "Bağımsız kaynak: {n}",
    "Özgün dilinde: {language}",
    "En yeni kaynak: {date}, {age}",
    "Arşivde yok",
    "En yakın haberler",
    "Kaynaklar farklı rakamlar veriyor",
    "Kısmi yanıt",
    "Bir dil modeli yazdı; her cümle kaynaklarıyla karşılaştırıldı.",
    "Kaynağı bulunmadığı için çıkarılan cümle: {n}",
    "Kaynaklarıyla kopyala",
    "Kaynaklarıyla kopyalandı.",
    "Tarayıcınız kopyalamaya izin vermedi.",
    "Yararlı",
    "Yanlış",
    "Kaynak eksik",
    "Teşekkürler, notunuz ulaştı.",
    "Notunuz gönderilemedi.",
    "Yeniden dene",
    "Durduruldu.",
    "Yanıt sonuna gelmeden kesildi.",
    "Çevrimdışısınız. Sorunuz burada saklanıyor.",
    "Arşive şu anda ulaşılamıyor. Denemeyi sürdürüyoruz, burada haber vereceğiz.",
    "Arşive yeniden ulaşılabiliyor.",
    "Şimdilik sınıra ulaştınız. Yeniden sorabileceğiniz saat: {time}, {age}.",
    "Şimdilik sınıra ulaştınız. Lütfen biraz sonra yeniden gelin.",
    "Sorular şu anda durduruldu. Haberler okunmaya açık.",
    "Bu sayfadan soru sorulamıyor.",
    "Şu anda çok soru geliyor. Lütfen birazdan yeniden deneyin.",
    "Lütfen en az bir harf ya da rakam içeren bir soru yazın.",
    "Soru çok uzun: sınır {n} karakter.",
    "Bizden kaynaklanan bir sorun oldu. Sorunuz saklandı.",
  ],
  fa: [
    "از آرشیو بپرسید",
    "به هر زبانی بپرسید؛ هر جملهٔ پاسخ منبع خود را دارد.",
    "پرسش خود را بنویسید…",
    "فرستادن پرسش",
    "توقف",
    "بستن",
    "گفت‌وگوی تازه",
    "پرسش شما",
    "جست‌وجو در آرشیو…",
    "منبع {n}",
    "منابع",
    "در متن خبر بخوانید",
    "تصحیح در {date}",
    "همچنین در",
    "منابع مستقل: {n}",
    "به زبان اصلی: {language}",
    "تازه‌ترین منبع: {date}، {age}",
    "در آرشیو نیست",
    "نزدیک‌ترین خبرها",
    "منابع رقم‌های متفاوتی داده‌اند",
    "پاسخ ناقص",
    "نوشتهٔ یک مدل زبانی است؛ هر جمله با منابعش سنجیده شده است.",
    "جمله‌هایی که چون منبعی نداشتند نیامدند: {n}",
    "رونوشت با منابع",
    "با منابعش رونوشت شد.",
    "مرورگر اجازهٔ رونوشت نداد.",
    "سودمند",
    "نادرست",
    "منبعی کم است",
    "سپاس، یادداشت شما رسید.",
    "یادداشت شما فرستاده نشد.",
    "تلاش دوباره",
    "متوقف شد.",
    "پاسخ پیش از پایان قطع شد.",
    "اینترنت قطع است. پرسش شما همین‌جا می‌ماند.",
    "اکنون دسترسی به آرشیو ممکن نیست. پیگیری می‌کنیم و همین‌جا خبر می‌دهیم.",
    "آرشیو دوباره در دسترس است.",
    "فعلاً به سقف پرسش‌ها رسیده‌اید. از ساعت {time} ({age}) می‌توانید دوباره بپرسید.",
    "فعلاً به سقف پرسش‌ها رسیده‌اید. لطفاً کمی بعد برگردید.",
    "پرسیدن فعلاً متوقف است. خبرها همچنان در دسترس‌اند.",
    "از این صفحه نمی‌توان پرسید.",
    "اکنون پرسش‌ها بسیار است. لطفاً کمی بعد دوباره تلاش کنید.",
    "لطفاً پرسشی با دست‌کم یک حرف یا رقم بنویسید.",
    "پرسش بیش از اندازه بلند است؛ سقف آن {n} نویسه است.",
    "خطایی از سوی ما رخ داد. پرسش شما نگه داشته شد.",
  ],
};

/** What the interface says, and how it writes numbers and times, in one language. */
class Speech {
  constructor(tag) {
    this.tag = tag;
    this.language = tag.split("-")[0].toLowerCase();
    this.direction = RTL.has(this.language) ? "rtl" : "ltr";
    const keys = KEYS.split(" ");
    this.words = Object.fromEntries(keys.map((key, place) => [key, WORDS[this.language][place]]));
  }

  /**
   * The first of `tags` that the interface is written in, else English. A tag without a region
   * gets that of the reader's browser: dates and digits are then as this reader writes them.
   */
  static of(tags, readers = navigator.languages) {
    const primary = (tag) => (tag || "").split(/[-_]/)[0].toLowerCase();
    const tag = tags.find((one) => Object.hasOwn(WORDS, primary(one))) ?? "en";
    const regional = /[-_]/.test(tag) ? tag : readers.find((one) => primary(one) === primary(tag));
    return new Speech(validTag(regional ?? tag, primary(tag)));
  }

  /** The text `key`; values are isolated, so that they move nothing around them. */
  say(key, values = {}) {
    return this.words[key].replace(/\{(\w+)\}/g, (_, name) => isolate(String(values[name])));
  }

  number(value) {
    return new Intl.NumberFormat(this.tag).format(value);
  }

  date(moment) {
    return new Intl.DateTimeFormat(this.tag, { dateStyle: "long" }).format(new Date(moment));
  }

  time(moment) {
    return new Intl.DateTimeFormat(this.tag, { timeStyle: "short" }).format(new Date(moment));
  }

  age(moment, now = Date.now()) {
    const minutes = (Date.parse(moment) - now) / 60_000;
    const steps = [
      ["year", 525_960, 730],
      ["month", 43_830, 45],
      ["day", 1_440, 2],
      ["hour", 60, 0.08],
      ["minute", 1, 0],
    ];
    const days = Math.abs(minutes) / 1_440;
    const [unit, length] = steps.find(([, , least]) => days >= least);
    const count = Math.trunc(minutes / length) || (minutes < 0 ? 0 : 1);
    return new Intl.RelativeTimeFormat(this.tag, { numeric: "always" }).format(count, unit);
  }

  languageName(code) {
    try {
      return new Intl.DisplayNames(this.tag, { type: "language" }).of(code);
    } catch {
      return code;
    }
  }
}

function validTag(tag, fallback) {
  try {
    return Intl.getCanonicalLocales(tag.replaceAll("_", "-"))[0];
  } catch {
    return fallback;
  }
}

// ------------------------------ text

const FIRST_STRONG_ISOLATE = "\u2068";
const POP_ISOLATE = "\u2069";
const RTL_LETTER =
  /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}]/gu;
const LETTER = /\p{L}/gu;

const isolate = (text) => `${FIRST_STRONG_ISOLATE}${text}${POP_ISOLATE}`;

/**
 * "rtl" or "ltr": of the language where it is known, else of most of the letters. `dir=auto` looks
 * at the first letter alone, and a sentence that begins with a foreign name would be turned round.
 */
function directionOf(text, language = "") {
  if (language && language !== "und") return RTL.has(language) ? "rtl" : "ltr";
  const letters = text.match(LETTER)?.length ?? 0;
  return 2 * (text.match(RTL_LETTER)?.length ?? 0) > letters ? "rtl" : "ltr";
}

/** By code points, as all offsets of the API are. */
const codePoints = (text, start, end) => Array.from(text).slice(start, end).join("");

/** At most `limit` code points; cheap where the text is short anyhow. */
const bounded = (text, limit) => (text.length <= limit ? text : codePoints(text, 0, limit));

// ------------------------------ wire

const asText = (value, limit = LIMITS.text) => (typeof value === "string" ? bounded(value, limit) : "");
const asList = (value) => (Array.isArray(value) ? value.slice(0, LIMITS.list) : []);
const asCount = (value) => (Number.isSafeInteger(value) && value >= 0 ? value : 0);
const asTime = (value) => (typeof value === "string" && Number.isFinite(Date.parse(value)) ? value : null);
const asObject = (value) => (value !== null && typeof value === "object" ? value : {});
const asLanguage = (value) => (/^[a-z]{2,3}$/.test(value) ? value : "");

/** An absolute http(s) address, or null: what a server sends is never followed elsewhere. */
function asAddress(value) {
  try {
    const url = new URL(value, document.baseURI);
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
  } catch {
    return null;
  }
}

function asHeader(raw) {
  const { id, title, language, url, published_at, source } = asObject(raw);
  return {
    id: asText(id, 200),
    title: asText(title, 1000),
    language: asLanguage(language),
    url: typeof url === "string" ? asAddress(url) : null,
    published_at: asTime(published_at),
    source: asText(source, 200),
  };
}

/** A citation as it is shown, or null where there is nothing to show. */
function asCitation(raw) {
  const { number, article_id, deep_link, quote, start, end, ...given } = asObject(raw);
  if (!asCount(number) || !asText(quote)) return null;
  return {
    ...asHeader({ ...given, id: article_id }),
    number,
    article_id: asText(article_id, 200),
    deep_link: typeof deep_link === "string" ? asAddress(deep_link) : null,
    quote: asText(quote),
    start: asCount(start),
    end: asCount(end),
    answer_spans: asList(given.answer_spans)
      .map(asObject)
      .map((span) => ({ start: asCount(span.start), end: asCount(span.end) }))
      .filter((span) => span.start >= start && span.end <= end && span.start < span.end),
    also: asList(given.also).map(asHeader),
    sources: asCount(given.sources),
    corrections: asList(given.corrections)
      .map(asObject)
      .map((one) => ({ at: asTime(one.at), text: asText(one.text) }))
      .filter((one) => one.text),
  };
}

function asSentence(raw) {
  const { start, end, citations, support } = asObject(raw);
  return {
    start: asCount(start),
    end: asCount(end),
    citations: asList(citations).filter(asCount),
    support: asText(support, 20),
  };
}

function asConflict(raw) {
  const claims = asList(asObject(raw).claims).map(asObject);
  return {
    claims: claims
      .map((claim) => ({
        article: asHeader(claim.article),
        figure: asText(claim.figure, 200),
        citation: asCount(claim.citation) || null,
      }))
      .filter((claim) => claim.figure),
  };
}

/** The answer event or a stored answer with only what is shown; idempotent. */
function asAnswer(raw) {
  const given = asObject(raw);
  return {
    id: asText(given.id, 100),
    status: ["answered", "partial", "abstained"].includes(given.status) ? given.status : "",
    language: asLanguage(given.language),
    mode: asText(given.mode, 20),
    text: asText(given.text),
    sentences: asList(given.sentences).map(asSentence),
    citations: asList(given.citations).map(asCitation).filter(Boolean),
    newest_evidence: asTime(given.newest_evidence),
    notices: asList(given.notices)
      .map((notice) => asText(notice, 2000))
      .filter(Boolean),
    nearest: asList(given.nearest)
      .map(asHeader)
      .filter((header) => header.title),
    withheld: asCount(given.withheld),
    conflicts: asList(given.conflicts)
      .map(asConflict)
      .filter((conflict) => conflict.claims.length > 1),
  };
}

/** Why an answer did not come: `kind` is a key of the words, `until` when asking may work again. */
class Fault extends Error {
  constructor(kind, { status = 0, until = null } = {}) {
    super(kind);
    this.kind = kind;
    this.status = status;
    this.until = until;
  }
}

const KINDS = {
  "too-many-requests": "limit",
  "asking-is-off": "off",
  "origin-not-allowed": "refused",
  forbidden: "refused",
  unauthorized: "refused",
  "empty-query": "empty",
  "body-too-large": "long",
  busy: "busy",
  "reranker-busy": "busy",
  "generator-busy": "busy",
};

/** The fault that a problem of RFC 9457 tells of. */
function faultOf(problem, status, retryAfter = null) {
  const slug = asText(asObject(problem).type, 200).split(":").pop();
  const byStatus = { 401: "refused", 403: "refused", 413: "long", 429: "limit" };
  const kind = KINDS[slug] ?? byStatus[status] ?? ([502, 503, 504].includes(status) ? "down" : "broken");
  return new Fault(kind, { status, until: kind === "limit" ? resetTime(retryAfter) : null });
}

/** Retry-After, in seconds or as a date (RFC 9110, section 10.2.3), as a time. */
function resetTime(retryAfter) {
  if (!retryAfter) return null;
  const at = /^\d{1,9}$/.test(retryAfter) ? Date.now() + Number(retryAfter) * 1000 : Date.parse(retryAfter);
  return Number.isFinite(at) ? new Date(at).toISOString() : null;
}

/** The events of a stream as the HTML standard reads them (section 9.2.6): [name, data]. */
async function* eventsOf(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  let name = "";
  let data = [];
  try {
    for (;;) {
      const { done, value } = await withinTime(reader.read());
      if (done) return;
      rest += value;
      if (rest.length > LIMITS.event) throw new Fault("broken");
      // A CR at the end may be the first half of a line end.
      const lines = rest.split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop();
      for (const line of lines) {
        if (line === "") {
          if (data.length) yield [name, data.join("\n")];
          name = "";
          data = [];
        } else if (line.startsWith("event:")) name = line.slice(6).replace(/^ /, "");
        else if (line.startsWith("data:")) data.push(line.slice(5).replace(/^ /, ""));
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

/** `promise`, unless the server is silent for too long. */
async function withinTime(promise) {
  let timer;
  const silence = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Fault("down")), SILENCE_MS);
  });
  try {
    return await Promise.race([promise, silence]);
  } finally {
    clearTimeout(timer);
  }
}

function parsed(json) {
  try {
    return JSON.parse(json);
  } catch {
    throw new Fault("broken");
  }
}

/** The API as a visitor of a site reaches it. */
class Door {
  #base;
  #site;
  #shelf;
  #renewal = null;

  constructor({ base, site, shelf }) {
    this.#base = base;
    this.#site = site;
    this.#shelf = shelf;
  }

  /** Fetches the visitor's token ahead of the first question; a failure shows when asking. */
  prepare() {
    if (this.#site) this.#token().catch(() => {});
  }

  /** Events of the answer to `request`; throws a Fault, or an AbortError if `signal` says so. */
  async *ask(request, { signal }) {
    const response = await this.#post("/v1/answers", { ...request, stream: true }, { signal });
    if (response.headers.get("Content-Type")?.startsWith("text/event-stream") && response.body) {
      yield* eventsOf(response.body);
    } else {
      yield ["answer", await response.text()];
    }
  }

  async tell(feedback) {
    await this.#post("/v1/feedback", feedback, {});
  }

  /** Whether the server answers again; an opaque answer is one, whatever its CORS rules are. */
  async isBack() {
    try {
      const quick = AbortSignal.timeout(CHECK_EVERY_MS);
      await fetch(`${this.#base}/health`, { mode: "no-cors", cache: "no-store", signal: quick });
      return true;
    } catch {
      return false;
    }
  }

  async #post(path, body, { signal }) {
    let response = await this.#send(path, body, { signal, token: await this.#token() });
    if (response.status === 401 && this.#site) {
      this.#shelf.remove("token");
      response = await this.#send(path, body, { signal, token: await this.#token() });
    }
    return accepted(response);
  }

  async #send(path, body, { signal, token }) {
    const headers = {
      "Content-Type": "application/json",
      Accept: "text/event-stream, application/json;q=0.9",
    };
    if (token) headers.Authorization = `Bearer ${token}`;
    try {
      return await withinTime(
        fetch(this.#base + path, {
          method: "POST",
          headers,
          body: JSON.stringify(body),
          signal,
          credentials: "omit",
          cache: "no-store",
        }),
      );
    } catch (error) {
      if (error.name === "AbortError" || error instanceof Fault) throw error;
      throw await this.#unreached();
    }
  }

  /** A page of an origin that may not ask is not told so: browsers say only that it failed. */
  async #unreached() {
    if (!navigator.onLine) return new Fault("offline");
    const isForeign = new URL(this.#base).origin !== location.origin;
    return new Fault(isForeign && (await this.isBack()) ? "refused" : "down");
  }

  async #token() {
    if (!this.#site) return null;
    const kept = this.#shelf.get("token");
    if (kept && kept.until - RENEW_BEFORE_MS > Date.now()) return kept.token;
    this.#renewal ??= this.#renew().finally(() => {
      this.#renewal = null;
    });
    return this.#renewal;
  }

  /** The token before, even if it has expired, tells the server that the reader is the same. */
  async #renew() {
    const before = this.#shelf.get("token")?.token;
    const response = await accepted(
      await this.#send("/v1/visitors", { site: this.#site }, { token: before }),
    );
    const { token, expires_in } = asObject(parsed(await response.text()));
    if (typeof token !== "string" || !token) throw new Fault("broken");
    this.#shelf.set("token", { token, until: Date.now() + asCount(expires_in) * 1000 });
    return token;
  }
}

async function accepted(response) {
  if (response.ok) return response;
  let problem = {};
  try {
    problem = await response.json();
  } catch {
    // A proxy's page: the status says enough.
  }
  throw faultOf(problem, response.status, response.headers.get("Retry-After"));
}

/** What the tab remembers of one site's conversation; without storage, of this page alone. */
class Shelf {
  #prefix;
  #page = new Map();

  constructor(name) {
    this.#prefix = `sanad-chat ${name} `;
  }

  get(key) {
    try {
      const text = sessionStorage.getItem(this.#prefix + key);
      if (text !== null) return JSON.parse(text);
    } catch {
      // Off, or somebody else wrote there.
    }
    return this.#page.get(key) ?? null;
  }

  set(key, value) {
    this.#page.set(key, value);
    try {
      sessionStorage.setItem(this.#prefix + key, JSON.stringify(value));
    } catch {
      // Full or off: the page remembers.
    }
  }

  remove(key) {
    this.#page.delete(key);
    try {
      sessionStorage.removeItem(this.#prefix + key);
    } catch {
      // Off.
    }
  }
}

// ------------------------------ looks

const DARK = `
  --accent: var(--sanad-accent-dark, var(--sanad-accent, #6fd3c1));
  --on-accent: var(--sanad-on-accent-dark, var(--sanad-on-accent, #06231f));
  --surface: var(--sanad-surface-dark, #171a1c);
  --raised: var(--sanad-raised-dark, #1f2426);
  --text: var(--sanad-text-dark, #edeae4);
  --muted: var(--sanad-muted-dark, #a9aaa6);
  --line: var(--sanad-line-dark, #33393b);
  --mark: var(--sanad-mark-dark, #5b4a12);
  --on-mark: #fff3cf;
  --warn: #f0c675;
  --shade: rgb(0 0 0 / .7);
  color-scheme: dark;
`;

const STYLE = `
:host {
  --accent: var(--sanad-accent, #0d6157);
  --on-accent: var(--sanad-on-accent, #fff);
  --surface: var(--sanad-surface, #fff);
  --raised: var(--sanad-raised, #f6f4ef);
  --text: var(--sanad-text, #1d1c1a);
  --muted: var(--sanad-muted, #63605a);
  --line: var(--sanad-line, #e3dfd7);
  --mark: var(--sanad-mark, #ffe9a6);
  --on-mark: #2b2408;
  --warn: #8a5300;
  --shade: rgb(40 30 10 / .28);
  --shadow: 0 1px 2px rgb(0 0 0 / .1), 0 20px 56px -12px var(--shade);
  --radius: var(--sanad-radius, 16px);
  --tint: color-mix(in srgb, var(--accent) 9%, transparent);
  color-scheme: light;
  display: block;
  font: var(--sanad-font-size, 16px)/1.6 var(--sanad-font, system-ui, "Segoe UI", "Noto Sans",
    "Noto Sans Arabic", "Geeza Pro", Tahoma, sans-serif);
  color: var(--text);
  text-align: start;
}
:host([hidden]) { display: none; }
:host([theme="dark"]) { ${DARK} }
@media (prefers-color-scheme: dark) { :host(:not([theme="light"])) { ${DARK} } }
@media (prefers-contrast: more) {
  :host { --line: var(--text); --muted: var(--text); }
}
*, ::before, ::after { box-sizing: border-box; }
.root { block-size: 100%; }
.root:lang(ar), .root:lang(fa), [lang="ar"], [lang="fa"], [lang="ur"] { line-height: 1.8; }
.root.inline { block-size: var(--sanad-height, 36rem); }
button, textarea { font: inherit; color: inherit; margin: 0; }
button { cursor: pointer; background: none; border: 0; padding: 0; }
h2, h3, p, ul, ol, blockquote { margin: 0; padding: 0; font: inherit; }
ul, ol { list-style: none; }
a { color: inherit; }
svg { inline-size: 1.25em; block-size: 1.25em; flex: none; display: block; }
[dir="rtl"] .turns { transform: scaleX(-1); }
:focus { outline: none; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
[hidden] { display: none !important; }
.unseen { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

.launcher {
  position: fixed; z-index: 2147483000;
  inset-block-end: var(--sanad-offset, 20px); inset-inline-end: var(--sanad-offset, 20px);
  display: flex; align-items: center; gap: .6em; min-block-size: 52px; padding: 0 1.25em 0 1.1em;
  border-radius: 26px; background: var(--accent); color: var(--on-accent); font-weight: 600;
  box-shadow: var(--shadow); transition: transform .16s ease;
}
.launcher:hover { transform: translateY(-2px); }

.panel {
  display: flex; flex-direction: column; block-size: 100%; inline-size: 100%; margin: 0; padding: 0;
  background: var(--surface); color: var(--text); border: 1px solid var(--line);
  border-radius: var(--radius); overflow: hidden;
}
dialog.panel:not([open]) { display: none; }
dialog.panel {
  position: fixed; z-index: 2147483001; inset: auto; max-inline-size: none; max-block-size: none;
  inset-block-end: var(--sanad-offset, 20px); inset-inline-end: var(--sanad-offset, 20px);
  inline-size: min(26rem, calc(100vw - 2 * var(--sanad-offset, 20px)));
  block-size: min(44rem, calc(100dvh - 2 * var(--sanad-offset, 20px)));
  box-shadow: var(--shadow); animation: rise .18s ease;
}
dialog.panel::backdrop { background: none; }
@keyframes rise { from { opacity: 0; transform: translateY(12px); } }

.head { display: flex; align-items: center; gap: .25rem; padding-block: .4rem; padding-inline: 1.1rem .5rem; border-block-end: 1px solid var(--line); }
.head h2 { flex: 1; display: flex; align-items: center; gap: .55em; font-weight: 650; font-size: 1.0625em; line-height: 1.4; min-inline-size: 0; }
.head h2 svg { color: var(--accent); }
.tool {
  display: inline-grid; place-items: center; min-inline-size: 44px; min-block-size: 44px;
  border-radius: 12px; color: var(--muted);
}
.tool:hover, .tool[aria-pressed="true"] { background: var(--tint); color: var(--accent); }
.tool:disabled { cursor: default; opacity: .55; }

.log { flex: 1; overflow-y: auto; overscroll-behavior: contain; padding: 1.1rem; position: relative; scrollbar-width: thin; }
.welcome { min-block-size: 100%; display: flex; flex-direction: column; justify-content: center; gap: .75rem; text-align: center; color: var(--muted); }
.welcome > svg { inline-size: 2.6rem; block-size: 2.6rem; margin: 0 auto; color: var(--accent); }
.welcome p { max-inline-size: 19rem; margin: 0 auto; text-wrap: balance; }
.suggestions { display: grid; gap: .5rem; margin-block-start: .75rem; }
.suggestions button {
  inline-size: 100%; min-block-size: 44px; padding: .5rem .9rem; border: 1px solid var(--line);
  border-radius: 12px; text-align: start; color: var(--text); line-height: 1.5;
}
.suggestions button:hover { border-color: var(--accent); background: var(--tint); }

.turn + .turn { margin-block-start: 1.6rem; padding-block-start: 1.6rem; border-block-start: 1px solid var(--line); }
.question { display: flex; justify-content: flex-end; margin-block-end: 1rem; }
.question p {
  max-inline-size: 88%; padding: .55rem .95rem; background: var(--tint); border-radius: 16px;
  border-end-end-radius: 5px; white-space: pre-wrap; overflow-wrap: anywhere;
}
.label { display: inline-flex; align-items: center; gap: .45em; font-size: .875em; font-weight: 600; color: var(--warn); margin-block-end: .5rem; }
.sentences { display: grid; gap: .75rem; }
.sentence { overflow-wrap: anywhere; text-wrap: pretty; animation: appear .24s ease; }
.quoted .sentence { padding-inline-start: .85rem; border-inline-start: 3px solid color-mix(in srgb, var(--accent) 38%, transparent); }
@keyframes appear { from { opacity: 0; transform: translateY(4px); } }
.chips { white-space: nowrap; }
.chip {
  position: relative; display: inline-grid; place-items: center; vertical-align: .12em;
  min-inline-size: 1.75em; block-size: 1.75em; padding: 0 .45em; margin-inline-start: .3em;
  border-radius: 1em; background: var(--tint); color: var(--accent); line-height: 1;
  font-size: .75em; font-weight: 700; font-variant-numeric: tabular-nums;
}
.chip::after { content: ""; position: absolute; inset: -13px -6px; }
.chip:hover { background: var(--accent); color: var(--on-accent); }
.plain { white-space: pre-wrap; overflow-wrap: anywhere; }

.waiting { color: var(--muted); display: grid; gap: .7rem; }
.waiting span { display: block; block-size: .8em; border-radius: .4em; background: linear-gradient(90deg, var(--raised) 25%, var(--line) 50%, var(--raised) 75%) 0 0/300% 100%; animation: shimmer 1.6s linear infinite; }
.waiting span:last-of-type { inline-size: 62%; }
@keyframes shimmer { from { background-position: 150% 0; } to { background-position: -150% 0; } }

.notes { display: grid; gap: .4rem; margin-block-start: .9rem; font-size: .875em; color: var(--muted); }
.note { display: grid; grid-template-columns: auto 1fr; gap: .55em; overflow-wrap: anywhere; }
.note svg { margin-block-start: .2em; }
.note.warm { color: var(--warn); }
.block { margin-block-start: 1rem; }
.block > h3 { font-size: .8125em; font-weight: 650; color: var(--muted); margin-block-end: .25rem; }
.rows > li + li { border-block-start: 1px solid var(--line); }
.row {
  display: grid; grid-template-columns: auto 1fr; gap: .1rem .7rem; inline-size: 100%; min-block-size: 44px;
  padding: .5rem .4rem; border-radius: 10px; text-align: start; text-decoration: none; align-items: baseline;
}
a.row:not([href]) { color: var(--text); }
.row.bare { grid-template-columns: 1fr; }
button.row:hover, a.row[href]:hover { background: var(--tint); }
.row .title { text-align: -webkit-match-parent; text-align: match-parent; font-weight: 550; line-height: 1.5; overflow-wrap: anywhere; display: -webkit-box; -webkit-line-clamp: 2; -webkit-box-orient: vertical; overflow: hidden; }
.row .number { color: var(--accent); font-weight: 700; font-size: .875em; font-variant-numeric: tabular-nums; }
.meta { font-size: .8125em; color: var(--muted); overflow-wrap: anywhere; }
.row .meta { grid-column: -2 / -1; }
.conflict { margin-block-start: 1rem; padding: .8rem .9rem; border: 1px solid var(--line); border-inline-start: 3px solid var(--warn); border-radius: 10px; background: var(--raised); }
.claims { display: grid; gap: .55rem; }
.claim { display: grid; grid-template-columns: minmax(2.5rem, auto) 1fr auto; gap: .8rem; align-items: baseline; }
.claim b { font-size: 1.2em; font-weight: 700; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.actions { display: flex; flex-wrap: wrap; align-items: center; margin-block-start: .5rem; margin-inline: -.6rem; }
.actions .said { font-size: .8125em; color: var(--muted); padding-inline: .5rem; }
.fault { margin-block-start: .9rem; padding: .85rem 1rem; border-radius: 12px; background: var(--raised); display: grid; gap: .7rem; justify-items: start; }
.fault p { display: grid; grid-template-columns: auto 1fr; gap: .6em; }
.fault svg { color: var(--warn); margin-block-start: .2em; }
.button {
  display: inline-flex; align-items: center; justify-content: center; gap: .5em; min-block-size: 44px; padding: .3rem 1.15rem;
  border-radius: 22px; background: var(--accent); color: var(--on-accent); font-weight: 600; text-decoration: none;
}
.button:hover { filter: brightness(1.08); }
.button:disabled { cursor: default; filter: none; background: var(--line); color: var(--muted); }

.composer { padding: .75rem; border-block-start: 1px solid var(--line); }
.box { display: flex; align-items: flex-end; gap: .25rem; border: 1px solid var(--muted); border-radius: 24px; padding: 1px; background: var(--surface); }
.box:focus-within { border-color: var(--accent); box-shadow: 0 0 0 1px var(--accent); }
.box textarea {
  flex: 1; min-inline-size: 0; resize: none; border: 0; background: none; padding: .65rem 1rem; line-height: 1.5;
  block-size: calc(1.5em + 1.3rem); max-block-size: 9.5em; field-sizing: content; outline: none;
}
.box textarea::placeholder { color: var(--muted); opacity: 1; }
.send { min-inline-size: 44px; min-block-size: 44px; border-radius: 50%; display: grid; place-items: center; background: var(--accent); color: var(--on-accent); margin: 1px; }
.send:disabled { background: var(--raised); color: var(--muted); cursor: default; }
.hint { font-size: .8125em; color: var(--warn); padding: .4rem .9rem 0; }

.card {
  border: 1px solid var(--line); border-radius: var(--radius); padding: 0; background: var(--surface); color: var(--text);
  inline-size: min(34rem, calc(100vw - 2rem)); max-block-size: min(46rem, calc(100dvh - 2rem)); box-shadow: var(--shadow);
  overscroll-behavior: contain;
}
.card[open] { display: flex; flex-direction: column; animation: rise .16s ease; }
.card::backdrop { background: rgb(20 18 14 / .32); }
.card .inside { padding: 1.1rem 1.25rem 1.3rem; overflow-y: auto; display: grid; gap: 1rem; }
blockquote { font-size: 1.125em; line-height: 1.75; overflow-wrap: anywhere; padding-inline-start: 1rem; border-inline-start: 3px solid var(--accent); white-space: pre-line; }
blockquote[lang="ar"], blockquote[lang="fa"], blockquote[lang="ur"] { line-height: 1.95; }
mark { background: var(--mark); color: var(--on-mark); border-radius: .2em; padding: .06em .12em; -webkit-box-decoration-break: clone; box-decoration-break: clone; }
.card .foot { padding: .8rem 1.25rem; border-block-start: 1px solid var(--line); }
.card .headline { font-weight: 650; line-height: 1.5; overflow-wrap: anywhere; }
.card .notes { margin: 0; }

@media (max-width: 520px) {
  dialog.panel { inset: 0; inline-size: 100vw; block-size: 100dvh; border: 0; border-radius: 0; }
  .launcher { inline-size: 56px; block-size: 56px; padding: 0; justify-content: center; border-radius: 50%; }
  .launcher span { position: absolute; clip-path: inset(50%); }
  .card { inset-block: auto 0; margin: 0; inline-size: 100vw; max-inline-size: 100vw; border-end-start-radius: 0; border-end-end-radius: 0; border-inline: 0; border-block-end: 0; }
}
@media (prefers-reduced-motion: reduce) { *, ::before, ::after { animation: none !important; transition: none !important; } }
@media (forced-colors: active) {
  .launcher, .send, .button, .chip, .question p, .tool { border: 1px solid ButtonText; }
  .waiting span { background: GrayText; }
  :focus-visible { outline-color: Highlight; }
}
`;

/** Outlines on a grid of 24; `turns` are those that point along the line of writing. */
const ICONS = {
  seal: "M12 3a9 9 0 1 0 4.3 16.9l4.2 1.1-1.2-4A9 9 0 0 0 12 3zM8.5 10.5h7M8.5 14h4.5",
  close: "M6 6l12 12M18 6L6 18",
  fresh: "M4 12a8 8 0 1 1 2.6 5.9M4 19v-4.5h4.5",
  send: "M12 19V5M6 11l6-6 6 6",
  stop: "M8 8h8v8H8z",
  copy: "M9 9h10v11H9zM5 15V4h10",
  yes: "M7 11v9H4v-9zM7 11l4-7.5c1.6 0 2.4 1 2.1 2.6L12.5 10h6c1.2 0 1.9 1 1.6 2.1l-1.5 6.2c-.2 1-1 1.7-2 1.7H7",
  no: "M17 13V4h3v9zM17 13l-4 7.5c-1.6 0-2.4-1-2.1-2.6l.6-3.9h-6c-1.2 0-1.9-1-1.6-2.1l1.5-6.2c.2-1 1-1.7 2-1.7H17",
  missing: "M9.5 14.5l5-5M8 11l-2.5 2.5a3.5 3.5 0 0 0 5 5L13 16M11 8l2.5-2.5a3.5 3.5 0 0 1 5 5L16 13M4 4l3 3",
  info: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 11v5.5M12 7.6v.2",
  warn: "M12 4L2.8 20h18.4zM12 10v4.5M12 17.2v.2",
  clock: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7.5V12l3 2",
  scales: "M12 4v16M7 20h10M5 7h14M5 7l-3 7h6zM19 7l-3 7h6z",
  pen: "M4 20l1-4L16.5 4.5l3 3L8 19z",
  empty: "M4 8h16v11H4zM6 8l2-4h8l2 4M9.5 13h5",
  go: "M5 12h14M13 6l6 6-6 6",
};

/** An element with attributes, `on…` listeners and children; false and null are left out. */
function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else if (value !== false && value !== null) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== false));
  return node;
}

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const drawing = {
    viewBox: "0 0 24 24",
    fill: "none",
    stroke: "currentColor",
    "stroke-width": 1.8,
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
    "aria-hidden": "true",
  };
  for (const [key, value] of Object.entries(drawing)) svg.setAttribute(key, value);
  const path = svg.appendChild(document.createElementNS(svg.namespaceURI, "path"));
  path.setAttribute("d", ICONS[name]);
  return svg;
}

/** Attributes that give a foreign text its own language and direction. */
const own = (text, language = "") => ({
  dir: directionOf(text, language),
  lang: language && language !== "und" ? language : null,
});

// ------------------------------ parts

/** Draws answers in one language of the interface; `acts` are what its buttons do. */
class Drawing {
  constructor(speech, acts) {
    this.speech = speech;
    this.acts = acts;
  }

  button(className, name, label, onclick, more = {}) {
    return make(
      "button",
      { type: "button", class: className, "aria-label": label, title: label, onclick, ...more },
      icon(name),
    );
  }

  meta(header) {
    const parts = [header.source, header.published_at && this.speech.date(header.published_at)];
    const line = make("span", { class: "meta" });
    parts.filter(Boolean).forEach((part, place) => {
      if (place) line.append(" · ");
      line.append(make("bdi", {}, part));
    });
    return line;
  }

  note(name, text, className = "note") {
    return make("li", { class: className }, icon(name), make("span", { dir: directionOf(text) }, text));
  }

  block(title, ...rows) {
    return make("section", { class: "block" }, make("h3", {}, title), make("ul", { class: "rows" }, ...rows));
  }

  question(text) {
    return make(
      "div",
      { class: "question", part: "question" },
      make("span", { class: "unseen" }, `${this.speech.say("asked")}: `),
      make("p", { dir: directionOf(text) }, text),
    );
  }

  waiting(text) {
    return make(
      "div",
      { class: "waiting", part: "waiting" },
      make("p", {}, text),
      make("span"),
      make("span"),
      make("span"),
    );
  }

  sentence(answer, sentence) {
    const text = codePoints(answer.text, sentence.start, sentence.end);
    const cited = sentence.citations
      .map((number) => answer.citations.find((one) => one.number === number))
      .filter(Boolean);
    const isQuote = sentence.support === "quoted" && cited.length === 1;
    const language = isQuote ? cited[0].language : answer.language;
    const chips = make("span", { class: "chips" }, ...cited.map((citation) => this.chip(citation)));
    const attributes = own(text, language);
    return make(
      "p",
      { class: "sentence", part: "sentence", ...attributes },
      make("bdi", { dir: attributes.dir }, text),
      "\u00a0", // numbers stay with the last word
      chips,
    );
  }

  chip(citation) {
    const number = this.speech.number(citation.number);
    const label = `${this.speech.say("source", { n: number })}: ${citation.source || citation.title}`;
    return make(
      "button",
      {
        type: "button",
        class: "chip",
        part: "chip",
        "aria-haspopup": "dialog",
        "aria-label": label,
        title: label,
        onclick: (event) => this.acts.cite(citation, event.currentTarget),
      },
      number,
    );
  }

  /** All below the sentences of a finished answer. */
  remarks(answer) {
    return [
      ...answer.conflicts.map((conflict) => this.conflict(conflict, answer)),
      this.notes(answer),
      answer.citations.length > 0 &&
        this.block(this.speech.say("sources"), ...answer.citations.map((one) => this.sourceRow(one))),
    ];
  }

  conflict(conflict, answer) {
    const claims = conflict.claims.map((claim) => {
      const citation = answer.citations.find((one) => one.number === claim.citation);
      return make(
        "li",
        { class: "claim" },
        make("b", { dir: "auto" }, claim.figure),
        this.meta({ ...claim.article, source: claim.article.source || claim.article.title }),
        citation ? this.chip(citation) : make("span"),
      );
    });
    return make(
      "section",
      { class: "conflict", part: "conflict" },
      make("h3", { class: "label" }, icon("scales"), this.speech.say("conflict")),
      make("ol", { class: "claims" }, ...claims),
    );
  }

  notes(answer) {
    const newest = answer.newest_evidence;
    const isShown = (notice) =>
      answer.conflicts.some((one) => tells(notice, one)) || (newest && tellsAge(notice, newest));
    const told = answer.notices.filter((notice) => !isShown(notice));
    const rows = told.map((notice) => this.note("info", notice));
    if (newest) {
      const values = { date: this.speech.date(newest), age: this.speech.age(newest) };
      rows.push(this.note("clock", this.speech.say("newest", values)));
    }
    if (answer.withheld) {
      rows.push(this.note("info", this.speech.say("withheld", { n: this.speech.number(answer.withheld) })));
    }
    if (answer.mode === "generated") rows.push(this.note("pen", this.speech.say("generated")));
    return rows.length > 0 && make("ul", { class: "notes", part: "notes" }, ...rows);
  }

  sourceRow(citation) {
    return make(
      "li",
      {},
      make(
        "button",
        {
          type: "button",
          class: "row",
          "aria-haspopup": "dialog",
          onclick: (event) => this.acts.cite(citation, event.currentTarget),
        },
        make("span", { class: "number" }, this.speech.number(citation.number)),
        make("span", { class: "title", ...own(citation.title, citation.language) }, citation.title),
        this.meta(citation),
      ),
    );
  }

  /** What is said where nothing is found: what was searched, and what comes nearest. */
  abstention(answer) {
    const lines = answer.text.split("\n");
    // The server names the nearest articles in its text; here they are links.
    const names = answer.nearest.length + 1;
    const told = answer.nearest.length && lines.length > names ? lines.slice(0, -names) : lines;
    const rows = answer.nearest.map((header) =>
      make(
        "li",
        {},
        make(
          "a",
          { class: "row bare", href: this.acts.addressOf(header), onclick: () => this.acts.keep() },
          make("span", { class: "title", ...own(header.title, header.language) }, header.title),
          this.meta(header),
        ),
      ),
    );
    return [
      make("p", { class: "label" }, icon("empty"), this.speech.say("absent")),
      make("p", { class: "plain", dir: directionOf(told.join(""), answer.language) }, told.join("\n")),
      rows.length > 0 && this.block(this.speech.say("nearest"), ...rows),
    ];
  }

  fault(text, { name = "warn", retry = null } = {}) {
    return make(
      "div",
      { class: "fault", part: "fault" },
      make("p", {}, icon(name), make("span", { class: "text" }, text)),
      retry &&
        make(
          "button",
          { type: "button", class: "button retry", onclick: retry },
          icon("fresh"),
          this.speech.say("retry"),
        ),
    );
  }

  actions(turn, said) {
    const give = (verdict) => () => this.acts.judge(turn, verdict, said);
    const verdicts = [
      ["helpful", "yes", "helpful"],
      ["wrong", "no", "wrong"],
      ["missing_source", "missing", "missing"],
    ];
    return make(
      "div",
      { class: "actions", part: "actions" },
      this.button("tool copy", "copy", this.speech.say("copy"), () => this.acts.copy(turn, said)),
      ...verdicts.map(([verdict, name, key]) =>
        this.button(`tool ${verdict}`, name, this.speech.say(key), give(verdict), {
          "aria-pressed": String(turn.verdict === verdict),
        }),
      ),
      said,
    );
  }

  card(citation, close) {
    const number = this.speech.number(citation.number);
    const title = this.speech.say("source", { n: number });
    return [
      make(
        "div",
        { class: "head" },
        make("h2", { id: "card-title" }, icon("seal"), make("span", {}, title)),
        this.button("tool", "close", this.speech.say("close"), close),
      ),
      make(
        "div",
        { class: "inside" },
        make("blockquote", own(citation.quote, citation.language), ...marked(citation)),
        make(
          "div",
          { dir: directionOf(citation.title, citation.language) },
          make("p", { class: "headline", ...own(citation.title, citation.language) }, citation.title),
          this.provenance(citation),
        ),
        this.cautions(citation),
        citation.also.length > 0 &&
          this.block(this.speech.say("also"), ...citation.also.map((header) => this.alsoRow(header))),
      ),
      this.way(citation),
    ];
  }

  provenance(citation) {
    const line = make("p", {}, this.meta(citation));
    if (citation.published_at) {
      line.append(
        make("span", { class: "meta" }, " · ", make("bdi", {}, this.speech.age(citation.published_at))),
      );
    }
    return line;
  }

  cautions(citation) {
    const rows = citation.corrections.map((one) => {
      const when = one.at ? this.speech.say("corrected", { date: this.speech.date(one.at) }) : "";
      return make(
        "li",
        { class: "note warm" },
        icon("pen"),
        make("span", {}, when, ": ", make("bdi", {}, one.text)),
      );
    });
    if (citation.language && citation.language !== this.speech.language) {
      const language = this.speech.languageName(citation.language);
      rows.push(this.note("info", this.speech.say("original", { language })));
    }
    if (citation.sources > 1) {
      rows.push(
        this.note("info", this.speech.say("independent", { n: this.speech.number(citation.sources) })),
      );
    }
    return rows.length > 0 && make("ul", { class: "notes" }, ...rows);
  }

  alsoRow(header) {
    return make(
      "li",
      {},
      make(
        "a",
        { class: "row bare", href: this.acts.addressOf(header), onclick: () => this.acts.keep() },
        make("span", { class: "title", ...own(header.title, header.language) }, header.title),
        this.meta(header),
      ),
    );
  }

  way(citation) {
    const href = this.acts.addressOf(citation);
    if (!href) return null;
    return make(
      "p",
      { class: "foot" },
      make(
        "a",
        { class: "button", part: "link", href, onclick: () => this.acts.keep() },
        this.speech.say("read"),
        make("span", { class: "turns" }, icon("go")),
      ),
    );
  }
}

function marked(citation) {
  const letters = Array.from(citation.quote);
  const parts = [];
  let place = 0;
  for (const span of citation.answer_spans) {
    const [start, end] = [span.start - citation.start, span.end - citation.start];
    if (start < place) continue;
    parts.push(letters.slice(place, start).join(""), make("mark", {}, letters.slice(start, end).join("")));
    place = end;
  }
  return [...parts, letters.slice(place).join("")].filter((part) => part !== "");
}

/** Whether a notice only says how old the evidence is; other dates stand beside a quotation. */
const tellsAge = (notice, moment) => notice.includes(moment.slice(0, 10)) && !/["“”„«»「」]/.test(notice);

/** Whether a notice says in words what `conflict` shows as a list. */
const tells = (notice, conflict) => conflict.claims.every((claim) => notice.includes(claim.figure));

function plainText(turn, speech, addressOf) {
  const { answer } = turn;
  const sources = answer.citations.flatMap((one) => [
    `[${one.number}] ${one.title}`,
    [one.source, one.published_at && speech.date(one.published_at)].filter(Boolean).join(" · "),
    addressOf(one) ?? "",
  ]);
  return [turn.question, "", answer.text, "", ...sources]
    .filter((line, place, all) => line || all[place - 1])
    .join("\n")
    .trim();
}

// ------------------------------ the element

const sheet = new CSSStyleSheet();
sheet.replaceSync(STYLE);

/** Where the API is, from where this module came: what stands before /widget/. */
const HOME = import.meta.url.replace(/\/widget\/(?!.*\/widget\/).*$/, "");

export class SanadChat extends HTMLElement {
  static observedAttributes = ["api", "article-url", "lang", "mode", "placeholder", "site", "suggestions"];

  #turns = [];
  #door = null;
  #shelf = null;
  #speech = null;
  #draw = null;
  #work = null; // AbortController of the answer that is being made
  #watch = 0; // timer that asks whether the server is back
  #parts = {};
  #follows = true;
  #draft = "";

  constructor() {
    super();
    this.attachShadow({ mode: "open" }).adoptedStyleSheets = [sheet];
  }

  connectedCallback() {
    this.#build();
    addEventListener("online", this.#returned);
    addEventListener("pagehide", this.#keep);
  }

  disconnectedCallback() {
    this.stop();
    clearTimeout(this.#watch);
    removeEventListener("online", this.#returned);
    removeEventListener("pagehide", this.#keep);
  }

  attributeChangedCallback(name, before, after) {
    if (this.shadowRoot.childElementCount && before !== after) this.#build();
  }

  // ------------------------------ for the page's scripts

  async ask(text) {
    const question = bounded(String(text).trim(), LIMITS.question);
    if (!/[\p{L}\p{N}]/u.test(question)) {
      this.#hint(this.#speech.say("empty"));
      return null;
    }
    if (this.#work || !this.#emit("question", { question }, true)) return null;
    this.#hint("");
    const turn = { question, state: "asking", answer: null, fault: null, verdict: null };
    this.#turns = [...this.#turns.slice(1 - LIMITS.turns), turn];
    const { log, welcome } = this.#parts;
    welcome?.remove();
    log.append(this.#turnView(turn));
    if (log.childElementCount > LIMITS.turns) log.firstElementChild.remove();
    return this.#answer(turn);
  }

  stop() {
    this.#work?.abort();
    this.#work = null;
  }

  clear() {
    this.stop();
    this.#turns = [];
    this.#keep();
    this.#hint("");
    this.#parts.welcome = this.#welcome();
    this.#parts.log.replaceChildren(this.#parts.welcome);
    this.#showState();
    if (this.isOpen) this.#parts.input.focus();
  }

  open() {
    this.#show(true);
    this.#door.prepare();
    this.#parts.input.focus();
  }

  close() {
    if (this.#parts.launcher === undefined) return;
    this.#show(false);
    this.#parts.launcher.focus();
  }

  get isOpen() {
    return this.#parts.launcher === undefined || this.#parts.panel.open;
  }

  get messages() {
    return this.#turns.map(({ question, state, answer, fault }) =>
      structuredClone({ question, state, answer, error: fault && fault.kind }),
    );
  }

  // ------------------------------ the frame

  #build() {
    this.stop();
    const text = (name) => this.getAttribute(name)?.trim() ?? "";
    const page = this.parentElement?.closest("[lang]")?.lang ?? document.documentElement.lang;
    const base = (text("api") || HOME).replace(/\/+$/, "");
    this.#speech = Speech.of([text("lang"), page, ...navigator.languages]);
    this.#shelf = new Shelf(`${base} ${text("site")}`);
    this.#door = new Door({ base, site: text("site"), shelf: this.#shelf });
    this.#draw = new Drawing(this.#speech, {
      cite: this.#cite,
      copy: this.#copy,
      judge: this.#judge,
      keep: this.#keep,
      addressOf: this.#addressOf,
    });
    this.#restore();
    this.#frame();
  }

  #frame() {
    const { direction, tag } = this.#speech;
    const isInline = this.getAttribute("mode") === "inline";
    const wasOpen = this.#parts.panel
      ? this.#parts.panel.open
      : this.#shelf.get("open") && matchMedia(WIDE).matches;
    this.#parts = { live: make("p", { class: "unseen", "aria-live": "polite" }) };
    const panel = isInline ? make("section", { class: "panel" }) : make("dialog", { class: "panel" });
    panel.setAttribute("part", "panel");
    panel.setAttribute("aria-labelledby", "panel-title");
    panel.append(this.#header(isInline), this.#log(), this.#composer(), this.#parts.live);
    panel.addEventListener("keydown", this.#escape);
    panel.addEventListener("cancel", (event) => {
      event.preventDefault();
      this.close();
    });
    Object.assign(this.#parts, { panel, card: this.#dialog() });
    const root = make(
      "div",
      { class: isInline ? "root inline" : "root", dir: direction, lang: tag },
      panel,
      this.#parts.card,
    );
    if (!isInline) root.prepend(this.#launcher());
    this.shadowRoot.replaceChildren(root);
    // The attribute alone, as show() would move the focus.
    if (!isInline && wasOpen) panel.setAttribute("open", "");
    this.#showState();
    this.#scroll();
  }

  #launcher() {
    const open = () => this.open();
    this.#parts.launcher = make(
      "button",
      { type: "button", class: "launcher", part: "launcher", "aria-haspopup": "dialog", onclick: open },
      icon("seal"),
      make("span", {}, this.#speech.say("title")),
    );
    return this.#parts.launcher;
  }

  #header(isInline) {
    const title = make(
      "h2",
      { id: "panel-title" },
      icon("seal"),
      make("span", {}, this.#speech.say("title")),
    );
    this.#parts.fresh = this.#draw.button("tool fresh", "fresh", this.#speech.say("clear"), () =>
      this.clear(),
    );
    const close = this.#draw.button("tool", "close", this.#speech.say("close"), () => this.close());
    return make("div", { class: "head", part: "header" }, title, this.#parts.fresh, !isInline && close);
  }

  #log() {
    // Announcements have a place of their own: a log that speaks would read out every button.
    const log = make("div", {
      class: "log",
      part: "log",
      role: "log",
      "aria-live": "off",
      tabindex: "0",
      "aria-label": this.#speech.say("title"),
    });
    const isAtEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight < 40;
    const leave = () => setTimeout(() => (this.#follows = isAtEnd()), 150); // once it has scrolled
    for (const name of ["wheel", "touchmove", "keydown"])
      log.addEventListener(name, leave, { passive: true });
    this.#parts.log = log;
    if (this.#turns.length === 0) log.append((this.#parts.welcome = this.#welcome()));
    for (const turn of this.#turns) log.append(this.#turnView(turn));
    return log;
  }

  #welcome() {
    const given = (this.getAttribute("suggestions") ?? "")
      .split("|")
      .map((text) => text.trim())
      .filter(Boolean);
    const rows = given.slice(0, 4).map((text) => {
      const ask = () => {
        this.#parts.input.focus();
        this.ask(text);
      };
      return make(
        "li",
        {},
        make(
          "button",
          { type: "button", part: "suggestion", dir: directionOf(text), onclick: ask },
          bounded(text, 200),
        ),
      );
    });
    return make(
      "div",
      { class: "welcome", part: "welcome" },
      icon("seal"),
      make("p", {}, this.#speech.say("hint")),
      rows.length > 0 &&
        make("ul", { class: "suggestions", "aria-label": this.#speech.say("hint") }, ...rows),
    );
  }

  #composer() {
    const placeholder = this.getAttribute("placeholder") || this.#speech.say("placeholder");
    const input = make("textarea", {
      part: "input",
      rows: "1",
      maxlength: LIMITS.question,
      placeholder,
      "aria-label": placeholder,
      enterkeyhint: "send",
      "aria-describedby": "hint",
      oninput: () => this.#typed(),
      onfocus: () => this.#door.prepare(),
      onkeydown: (event) => {
        // While a word is being composed, Enter chooses it.
        if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
        event.preventDefault();
        this.#submit();
      },
    });
    input.value = this.#draft;
    const send = make("button", { type: "submit", class: "send", part: "send" });
    const hint = make("p", { class: "hint", id: "hint", hidden: true });
    Object.assign(this.#parts, { input, send, hint });
    const onsubmit = (event) => {
      event.preventDefault();
      if (this.#work) this.stop();
      else this.#submit();
    };
    return make(
      "form",
      { class: "composer", part: "composer", onsubmit },
      make("div", { class: "box" }, input, send),
      hint,
    );
  }

  #dialog() {
    const card = make("dialog", { class: "card", part: "card", "aria-labelledby": "card-title" });
    card.addEventListener("click", (event) => event.target === card && card.close());
    // Its keys are its own: Escape closes the card and not the panel below.
    card.addEventListener("keydown", (event) => event.stopPropagation());
    return card;
  }

  #escape = (event) => {
    if (event.key === "Escape" && !event.defaultPrevented && this.#parts.launcher) {
      event.preventDefault();
      this.close();
    }
  };

  #show(isOpen) {
    const { panel, launcher } = this.#parts;
    if (launcher === undefined || panel.open === isOpen) return;
    if (!isOpen) panel.close();
    else if (matchMedia(SHEET).matches) panel.showModal();
    else panel.show();
    this.#shelf.set("open", isOpen);
    launcher.hidden = isOpen;
    this.#emit(isOpen ? "open" : "close", {});
    if (isOpen) this.#scroll();
  }

  #showState() {
    const { send, fresh, input, log, launcher, panel } = this.#parts;
    const isBusy = this.#work !== null;
    const label = this.#speech.say(isBusy ? "stop" : "send");
    send.replaceChildren(icon(isBusy ? "stop" : "send"));
    send.setAttribute("aria-label", label);
    send.title = label;
    send.disabled = !isBusy && input.value.trim() === "";
    fresh.hidden = this.#turns.length === 0;
    log.setAttribute("aria-busy", String(isBusy));
    if (launcher) launcher.hidden = panel.open;
  }

  #typed() {
    const { input } = this.#parts;
    this.#draft = input.value;
    input.dir = input.value ? directionOf(input.value) : this.#speech.direction;
    if (!CSS_SIZES_FIELDS) {
      input.style.blockSize = "auto";
      input.style.blockSize = `${input.scrollHeight}px`;
    }
    const isFull = input.value.length >= LIMITS.question;
    this.#hint(isFull ? this.#speech.say("long", { n: this.#speech.number(LIMITS.question) }) : "");
    this.#showState();
  }

  #hint(text) {
    this.#parts.hint.textContent = text;
    this.#parts.hint.hidden = !text;
    if (text) this.#announce(text);
  }

  #submit() {
    const { input } = this.#parts;
    if (this.#work) return;
    const question = input.value;
    if (/[\p{L}\p{N}]/u.test(question)) {
      input.value = "";
      this.#typed();
    }
    this.ask(question);
  }

  // ------------------------------ a question's way

  #turnView(turn) {
    const said = make("span", { class: "said" });
    turn.view = {
      root: make("article", { class: "turn", "data-state": turn.state }, this.#draw.question(turn.question)),
      body: make("div", { class: "answer", part: "answer" }),
      sentences: make("div", { class: "sentences" }),
      said,
      shown: [],
    };
    turn.view.root.append(turn.view.body);
    this.#showTurn(turn);
    return turn.view.root;
  }

  async #answer(turn) {
    const work = new AbortController();
    this.#work = work;
    clearTimeout(this.#watch);
    Object.assign(turn, { state: "asking", answer: null, fault: null });
    this.#follows = true;
    this.#showTurn(turn);
    this.#showState();
    this.#announce(this.#speech.say("searching"));
    try {
      await this.#listen(turn, work.signal);
      turn.state = "done";
    } catch (error) {
      this.#fail(turn, error);
    }
    work.abort(); // whatever is still under way
    if (this.#work === work) this.#work = null;
    this.#end(turn);
    return turn.state === "done" ? turn.answer : null;
  }

  async #listen(turn, signal) {
    const draft = { ...asAnswer({}), isDraft: true };
    const request = { question: turn.question, history: this.#history(turn) };
    for await (const [name, data] of this.#door.ask(request, { signal })) {
      if (signal.aborted) throw new DOMException("stopped", "AbortError");
      if (name === "citation") draft.citations.push(...[asCitation(parsed(data))].filter(Boolean));
      else if (name === "delta") this.#grow(turn, draft, parsed(data));
      else if (name === "error") throw faultOf(parsed(data), asCount(asObject(parsed(data)).status));
      else if (name === "answer") {
        turn.answer = asAnswer(parsed(data));
        if (!turn.answer.status) throw new Fault("broken");
        return;
      }
    }
    throw new Fault("broken_off");
  }

  #grow(turn, draft, delta) {
    const { text, sentence } = asObject(delta);
    draft.text = bounded(draft.text + asText(text), LIMITS.text);
    draft.sentences.push(asSentence(sentence));
    turn.answer = draft;
    this.#showTurn(turn);
    this.#announce(this.#spoken(draft, draft.sentences.at(-1)));
    this.#scroll();
  }

  /** A sentence as it is read out: whole, with the numbers of its sources. */
  #spoken(answer, sentence) {
    const text = codePoints(answer.text, sentence.start, sentence.end);
    const sources = sentence.citations.map((n) => this.#speech.say("source", { n: this.#speech.number(n) }));
    return [text, ...sources].join(" — ");
  }

  #fail(turn, error) {
    if (turn.answer?.isDraft) delete turn.answer.isDraft;
    if (error.name === "AbortError") {
      turn.state = "stopped";
      return;
    }
    const fault =
      error instanceof Fault
        ? error
        : new Fault(turn.answer ? "broken_off" : navigator.onLine ? "broken" : "offline");
    if (!(error instanceof Fault) && error.name !== "TypeError" && error.name !== "NetworkError")
      console.error(error);
    turn.state = "failed";
    turn.fault = {
      kind: turn.answer && fault.kind === "down" ? "broken_off" : fault.kind,
      until: fault.until,
    };
    this.#emit("error", { kind: fault.kind, status: fault.status, until: fault.until });
  }

  #end(turn) {
    if (!this.#turns.includes(turn)) return;
    this.#showTurn(turn);
    this.#showState();
    this.#keep();
    if (turn.state === "done") {
      const { answer } = turn;
      if (answer.status === "abstained") this.#announce(answer.text.split("\n")[0]);
      else if (answer.status === "partial") this.#announce(this.#speech.say("partial"));
      this.#emit("answer", { question: turn.question, answer: structuredClone(answer) });
    } else {
      this.#announce(this.#reason(turn));
      if (["down", "broken_off", "offline"].includes(turn.fault?.kind)) this.#lookOut();
    }
    this.#scroll();
  }

  #history(turn) {
    const before = this.#turns.slice(0, this.#turns.indexOf(turn)).filter((one) => one.state === "done");
    return before.slice(-LIMITS.history).flatMap((one) => [
      { role: "user", text: bounded(one.question, LIMITS.historyText) },
      { role: "assistant", text: bounded(one.answer.text, LIMITS.historyText) },
    ]);
  }

  /** Draws a turn as it is; sentences that stand already are left alone. */
  #showTurn(turn) {
    const { view, answer, state } = turn;
    const draw = this.#draw;
    view.root.dataset.state = state;
    if (state === "asking" && !answer) {
      view.shown = [];
      view.sentences.replaceChildren();
      view.body.replaceChildren(draw.waiting(this.#speech.say("searching")));
      return;
    }
    const isDone = state === "done";
    if (isDone && answer.status === "abstained") {
      view.body.replaceChildren(...draw.abstention(answer).filter(Boolean), draw.actions(turn, view.said));
      return;
    }
    this.#showSentences(view, answer);
    const below = isDone ? [...draw.remarks(answer), draw.actions(turn, view.said)] : [];
    if (state === "failed" || state === "stopped") below.push(this.#faultView(turn));
    const partial =
      isDone &&
      answer.status === "partial" &&
      make("p", { class: "label" }, icon("info"), this.#speech.say("partial"));
    view.body.replaceChildren(...[partial, view.sentences, ...below].filter(Boolean));
  }

  #showSentences(view, answer) {
    const sentences = answer?.sentences ?? [];
    const key = (one) => `${one.citations} ${codePoints(answer.text, one.start, one.end)}`;
    const keys = sentences.map(key);
    const same = keys.findIndex((value, place) => value !== view.shown[place]);
    const kept = same < 0 ? keys.length : same;
    while (view.sentences.childElementCount > kept) view.sentences.lastElementChild.remove();
    for (const sentence of sentences.slice(kept))
      view.sentences.append(this.#draw.sentence(answer, sentence));
    view.shown = keys;
    view.sentences.classList.toggle(
      "quoted",
      sentences.some((one) => one.support === "quoted"),
    );
  }

  #reason(turn) {
    if (turn.state === "stopped") return this.#speech.say("stopped");
    const { kind, until } = turn.fault;
    if (kind === "limit" && !until) return this.#speech.say("limit_later");
    if (kind === "limit")
      return this.#speech.say("limit", { time: this.#speech.time(until), age: this.#speech.age(until) });
    return this.#speech.say(kind, { n: this.#speech.number(LIMITS.question) });
  }

  #faultView(turn) {
    const { fault, state } = turn;
    const retry = () => {
      this.#parts.input.focus();
      if (!this.#work) this.#answer(turn);
    };
    const isFinal = fault?.kind === "refused" || fault?.kind === "empty" || fault?.kind === "long";
    const name = state === "stopped" ? "stop" : fault.kind === "limit" ? "clock" : "warn";
    const view = this.#draw.fault(this.#reason(turn), { name, retry: isFinal ? null : retry });
    if (fault?.kind === "limit" && fault.until) this.#holdRetry(view, Date.parse(fault.until) - Date.now());
    return view;
  }

  /** Keeps "try again" disabled until the limit is reset. */
  #holdRetry(view, left) {
    const button = view.querySelector(".retry");
    if (left <= 0) return;
    button.disabled = true;
    // Timers hold 31 bits; a limit of days is looked at again on the next page.
    if (left < 2 ** 31) setTimeout(() => (button.disabled = false), left);
  }

  // ------------------------------ coming back

  #lookOut() {
    clearTimeout(this.#watch);
    this.#watch = setTimeout(async () => {
      if (!this.isConnected || this.#work) return;
      if (document.visibilityState === "visible" && navigator.onLine && (await this.#door.isBack()))
        this.#tellBack();
      else this.#lookOut();
    }, CHECK_EVERY_MS);
  }

  #returned = () => this.#tellBack();

  #tellBack() {
    const turn = this.#turns.at(-1);
    if (
      this.#work ||
      turn?.state !== "failed" ||
      !["down", "offline", "broken_off"].includes(turn.fault.kind)
    )
      return;
    const text = turn.view.body.querySelector(".fault .text");
    if (text) text.textContent = this.#speech.say("back");
    this.#announce(this.#speech.say("back"));
  }

  // ------------------------------ what buttons do

  #cite = (citation, from) => {
    if (!this.#emit("citation", { citation: structuredClone(citation) }, true)) return;
    const { card } = this.#parts;
    card.replaceChildren(...this.#draw.card(citation, () => card.close()).filter(Boolean));
    card.addEventListener("close", () => from.isConnected && from.focus(), { once: true });
    card.showModal();
  };

  #copy = async (turn, said) => {
    const text = plainText(turn, this.#speech, this.#addressOf);
    try {
      await navigator.clipboard.writeText(text);
      this.#tellOf(said, "copied");
    } catch {
      this.#tellOf(said, "uncopied");
    }
  };

  #judge = async (turn, verdict, said) => {
    const buttons = [...turn.view.body.querySelectorAll(".actions [aria-pressed]")];
    const press = (chosen) => {
      turn.verdict = chosen;
      for (const one of buttons) one.setAttribute("aria-pressed", String(one.classList.contains(chosen)));
    };
    press(verdict);
    try {
      await this.#door.tell({ answer_id: turn.answer.id, verdict });
      this.#emit("feedback", { answerId: turn.answer.id, verdict });
      this.#tellOf(said, "thanks");
      this.#keep();
    } catch {
      press(null);
      this.#tellOf(said, "unsent");
    }
  };

  #tellOf(said, key) {
    said.textContent = this.#speech.say(key);
    this.#announce(said.textContent);
  }

  /**
   * Where readers find an article, or the very quote: by the page's own pattern if it gives one.
   * A pattern without {start} gets the text fragment of the server's deep link.
   */
  #addressOf = (item) => {
    const pattern = this.getAttribute("article-url");
    const { start, end } = item;
    const isQuote = item.quote !== undefined;
    if (!pattern) return (isQuote && item.deep_link) || item.url;
    const [page, place] = pattern.split("#", 2);
    const values = { id: item.article_id ?? item.id, start, end };
    const filled = (part) =>
      part.replace(/\{(id|start|end)\}/g, (_, name) => encodeURIComponent(values[name]));
    if (!isQuote) return asAddress(filled(page));
    if (place) return asAddress(`${filled(page)}#${filled(place)}`);
    const fragment = item.deep_link?.split("#").pop() ?? "";
    return asAddress(filled(page) + (fragment.includes(":~:") ? `#${fragment}` : ""));
  };

  // ------------------------------ memory

  #keep = () => {
    let turns = this.#turns.map(({ question, state, answer, fault, verdict }) => ({
      question,
      state,
      answer,
      fault,
      verdict,
    }));
    while (JSON.stringify(turns).length > LIMITS.stored) turns = turns.slice(1);
    if (turns.length) this.#shelf.set("turns", turns);
    else this.#shelf.remove("turns");
  };

  #restore() {
    const turns = asList(this.#shelf.get("turns")).slice(-LIMITS.turns).map(asTurn).filter(Boolean);
    if (this.#turns.length === 0) this.#turns = turns;
  }

  // ------------------------------ small things

  #emit(name, detail, cancelable = false) {
    return this.dispatchEvent(
      new CustomEvent(`sanad:${name}`, { detail, cancelable, bubbles: true, composed: true }),
    );
  }

  /** Says `text` to a screen reader, after what it is saying. */
  #announce(text) {
    const { live } = this.#parts;
    while (live.childElementCount > 5) live.firstElementChild.remove();
    live.append(make("span", { dir: directionOf(text) }, `${text} `));
  }

  /** Keeps the end in view, but never scrolls the question of a long answer out of it. */
  #scroll() {
    const { log } = this.#parts;
    const last = log.lastElementChild;
    if (!this.#follows || !last) return;
    const top = last.getBoundingClientRect().top - log.getBoundingClientRect().top + log.scrollTop;
    log.scrollTop = Math.min(top - 16, log.scrollHeight - log.clientHeight);
  }
}

const CSS_SIZES_FIELDS = globalThis.CSS?.supports("field-sizing", "content") ?? false;

/** A kept turn as it can be shown; one that was under way when the page was left has broken off. */
function asTurn(raw) {
  const { question, state, answer, fault, verdict } = asObject(raw);
  if (!asText(question, LIMITS.question)) return null;
  const turn = {
    question: asText(question, LIMITS.question),
    state: ["done", "stopped", "failed"].includes(state) ? state : "failed",
    answer: answer ? asAnswer(answer) : null,
    fault: null,
    verdict: ["helpful", "wrong", "missing_source"].includes(verdict) ? verdict : null,
  };
  if (turn.state === "done" && !turn.answer?.status) return null;
  if (turn.state === "failed") {
    const kind = asText(asObject(fault).kind, 20);
    turn.fault = {
      kind: KEYS.split(" ").includes(kind) ? kind : "broken_off",
      until: asTime(asObject(fault).until),
    };
  }
  return turn;
}

if (!customElements.get("sanad-chat")) customElements.define("sanad-chat", SanadChat);
