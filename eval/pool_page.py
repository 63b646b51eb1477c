"""A pool as one page for the browser: judged by keyboard, kept there, read back as a table.

The page works from a file and reaches nothing: its policy (Content Security Policy, level 3) lets
only its own style and script run, told by their digests, and allows no connection. Articles are
untrusted: they stand in it as data, which the script sets as text.
"""

import base64
import hashlib
import json
from importlib.resources import files
from pathlib import Path

from eval.cells import check_letters, id_cell
from eval.grades import GRADES
from eval.judgment_files import COLUMNS, unwritable
from eval.pools import Pool, PoolItem

_FOLDER = "judging_page"
_SCRIPTS = ("table.js", "marks.js", "show.js", "files.js", "keys.js")


def write_page(pool: Pool, path: Path) -> None:
    """Write the page for judging `pool`.

    Raises:
        SourceUnreadable: `path` cannot be written, or exists: it may be open in a browser.
    """
    rendered = render_page(pool)
    try:
        with path.open("x", encoding="utf-8", newline="\n") as page:
            page.write(rendered)
    except OSError as error:
        raise unwritable(path, error) from error


def render_page(pool: Pool) -> str:
    """The page as one HTML document."""
    style, script = _part("page.css"), "\n".join(map(_part, _SCRIPTS))
    policy = (
        f"default-src 'none'; style-src {_digest(style)}; script-src {_digest(script)}; "
        "base-uri 'none'; form-action 'none'"
    )
    page = _part("page.html")
    # The pool last: nothing is looked for in the articles' texts.
    for place, content in (
        ("policy", policy),
        ("style", style),
        ("script", script),
        ("pool", _script_data(_pool_as_dict(pool))),
    ):
        page = page.replace(f"{{{{{place}}}}}", content, 1)
    return page


def _part(name: str) -> str:
    return files("eval").joinpath(_FOLDER, name).read_text("utf-8")


def _digest(text: str) -> str:
    """As a policy names an inline style or script that may run."""
    digest = base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
    return f"'sha256-{digest}'"


def _pool_as_dict(pool: Pool) -> dict[str, object]:
    places = {topic: place for place, topic in enumerate(pool.topic_ids)}
    first = {item.topic_id: item for item in reversed(pool.items)}
    return {
        "id": pool.digest,
        "columns": list(COLUMNS),
        "grades": [
            {"value": grade.value, "label": grade.label, "meaning": grade.meaning}
            for grade in GRADES
        ],
        "questions": [
            {
                "cell": id_cell(topic),
                "text": first[topic].question,
                "language": first[topic].question_language,
            }
            for topic in pool.topic_ids
        ],
        "items": [_item_as_dict(item, places[item.topic_id]) for item in pool.items],
    }


def _item_as_dict(item: PoolItem, question: int) -> dict[str, object]:
    """Its ids as cells of a table, its texts as they are; `question` is the place of its own."""
    return {
        "question": question,
        "article": id_cell(item.article_id),
        "passage": id_cell(item.passage_id),
        "check": check_letters(item.topic_id, item.article_id, item.passage_id),
        "language": item.language,
        "title": item.title,
        "text": item.text,
    }


def _script_data(values: dict[str, object]) -> str:
    """JSON that nothing in it can end: no `<`, so neither `</script>` nor a comment."""
    return json.dumps(values, ensure_ascii=False).replace("<", "\\u003c")
