"""HTML from the templates; every text that comes from a run is escaped."""

import base64
import hashlib
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from eval.comparison import LEAST_TOPICS
from eval.gate import ALPHA, LARGE, TOLERANCE
from eval.page.views import in_arrow

_TEMPLATES = Path(__file__).parent / "templates"


def render(page: object) -> str:
    """The document of a page.

    Its content security policy allows the script and styles that it holds and nothing else: a
    text that got through as markup could run nothing and fetch nothing.
    """
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["in_arrow"] = in_arrow
    script = _part("page.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    text = environment.get_template("page.html").render(
        page=page,
        alpha=ALPHA,
        tolerance=TOLERANCE,
        large=LARGE,
        least_topics=LEAST_TOPICS,
        style=_part("page.css"),
        script=script,
        script_hash=f"sha256-{digest}",
    )
    # JSON may hold halves of characters, which no file can.
    return text.encode("utf-8", "replace").decode("utf-8")


def _part(name: str) -> Markup:
    return Markup((_TEMPLATES / name).read_text("utf-8"))  # noqa: S704  # ours
