"""Drawings by matplotlib as inline SVG that takes its colours and letters from the page.

matplotlib draws in stand-in colours; each becomes a variable of the style sheet, so that one
drawing serves light and dark. Texts stay texts, in the page's own letters.
"""

import re
from collections.abc import Callable
from io import BytesIO
from typing import TYPE_CHECKING, Any
from warnings import catch_warnings, filterwarnings
from xml.etree import ElementTree

from markupsafe import Markup
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from matplotlib.typing import RcKeyType

WIDTH = 330
"""Of every drawing, in pixels of the page: what a phone of 360 has room for."""

HUES = 8
_NAMES = ("ink", "muted", "grid", "base", "run", "gain", "loss", "card")
PAINTS = {
    name: f"#0000{number:02x}"
    for number, name in enumerate([*_NAMES, *(f"hue-{n}" for n in range(1, HUES + 1))], 1)
}
"""Stand-in colour by the name that it has in the style sheet."""

_VARIABLES = {colour: f"var(--{name})" for name, colour in PAINTS.items()}
_POINTS = 72
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_DECIMALS = re.compile(r"(\d+\.\d{2})\d+")
_FONT_FAMILY = re.compile(r"font-family:[^;]*;?\s*")
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
# XML 1.0 has no way to write these, not even escaped; text from files may hold them.
_UNWRITABLE = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_SETTINGS: "dict[RcKeyType, Any]" = {
    "svg.fonttype": "none",
    # Names of languages and runs come from files; a dollar in them is no formula.
    "text.parse_math": False,
    "font.size": 11,
    "font.family": "DejaVu Sans",
    "text.color": PAINTS["ink"],
    "axes.labelcolor": PAINTS["muted"],
    "axes.edgecolor": PAINTS["grid"],
    "xtick.color": PAINTS["muted"],
    "ytick.color": PAINTS["ink"],
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "xtick.minor.size": 0,
    "xtick.labelsize": 10,
    "xtick.major.pad": 6,
    "grid.color": PAINTS["grid"],
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
}


def draw(
    paint: Callable[[Axes], None],
    *,
    key: str,
    text: str,
    height: float,
    left: float,
    right: float,
    bottom: float = 22,
    top: float = 6,
) -> Markup:
    """An <svg> of WIDTH by `height` with one pair of axes, on which `paint` draws.

    Args:
        paint: Draws.
        key: Unique on the page: ids inside of the drawing begin with it.
        text: What a reader who does not see it is told.
        height: In pixels, as all that follow.
        left: Of the axes, room for names.
        right: Of the axes.
        bottom: Of the axes, room for ticks.
        top: Of the axes.
    """
    with rc_context(_SETTINGS | {"svg.hashsalt": key}), catch_warnings():
        # The page's letters are drawn, not those of the font that matplotlib measures with.
        filterwarnings("ignore", message="Glyph .* missing|Matplotlib currently does not support")
        figure = Figure(figsize=(WIDTH / _POINTS, height / _POINTS), dpi=_POINTS)
        inside = ((WIDTH - left - right) / WIDTH, (height - top - bottom) / height)
        axes = figure.add_axes((left / WIDTH, bottom / height, *inside))
        paint(axes)
        file = BytesIO()
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None})
    return _inline(file.getvalue(), key=key, text=text)


def label(text: str, *, longest: int = 15) -> str:
    """`text` as a label: shortened, and without what SVG cannot hold."""
    shown = _UNWRITABLE.sub("\ufffd", text)
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"


def _inline(svg: bytes, *, key: str, text: str) -> Markup:
    root = ElementTree.fromstring(svg)
    referred = set(_REFERENCE.findall(svg.decode())) | {
        value[1:]
        for element in root.iter()
        for name, value in element.attrib.items()
        if name.endswith("href")
    }
    for parent in root.iter():
        for child in list(parent):
            # Its style sheet would reach the whole page.
            if child.tag.endswith(("}metadata", "}style")):
                parent.remove(child)
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        element.attrib = {
            name: value
            for old, given in element.attrib.items()
            for name, value in [(old.rpartition("}")[2], _value(given, key=key))]
            if name != "id" or given in referred
        }
        if "id" in element.attrib:
            element.attrib["id"] = f"{key}-{element.attrib['id']}"
        element.tail = None
    root.attrib = {"viewBox": root.attrib["viewBox"], "role": "img", "aria-label": text}
    return Markup(ElementTree.tostring(root, encoding="unicode"))  # noqa: S704  # escaped by it


def _value(given: str, *, key: str) -> str:
    """An attribute in the page's colours and letters, short, its references with the key."""
    if given.startswith("#"):
        return f"#{key}-{given[1:]}"
    referring = _REFERENCE.sub(rf"url(#{key}-\1)", given)
    coloured = _COLOUR.sub(lambda found: _VARIABLES.get(found[0], found[0]), referring)
    short = _DECIMALS.sub(r"\1", _FONT_FAMILY.sub("", coloured))
    return " ".join(short.split())
