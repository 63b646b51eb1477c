"""An article as schema.org's NewsArticle: JSON-LD that no text can break out of."""

import json

from core.types import Article

_ESCAPED = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}
"""`</script>` and `<!--` would end or change a script element, whatever its type."""


def news_article(article: Article) -> str:
    """JSON-LD to be put into a script element as it is; what is unknown is left out."""
    known = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": article.title,
        "inLanguage": article.language,
        "url": article.url,
        "datePublished": article.published_at and article.published_at.isoformat(),
        "dateModified": article.updated_at and article.updated_at.isoformat(),
        "articleSection": article.section,
        "keywords": list(article.tags),
        "author": [{"@type": "Person", "name": name} for name in article.authors],
        "publisher": article.source and {"@type": "Organization", "name": article.source},
        "correction": [
            {
                "@type": "CorrectionComment",
                "text": one.text,
                "datePublished": one.at.isoformat(),
            }
            for one in article.corrections
        ],
        "isAccessibleForFree": True,
    }
    told = {name: value for name, value in known.items() if value not in (None, [], "")}
    return json.dumps(told, ensure_ascii=False).translate(_ESCAPED)
