"""The settings that the passages benchmark measures, each against one of two others.

Settings without titles are compared with the present size without any context, those with titles
with the setting that the product has: all else is then equal.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from indexing.shape import Context, PassageShape

SIZES = (64, 96, 128, 170, 220, 320, 480)
TITLED_SIZES = (128, 320)
BODY = PassageShape(most_tokens=220, context=(), lexical_context=())
TITLED = replace(BODY, context=(Context.TITLE,), lexical_context=(Context.TITLE,))
BODY_BASE, TITLED_BASE = "220", "220, title"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A shape by name, and the name of the setting that it is compared with."""

    name: str
    shape: PassageShape
    against: str

    @property
    def is_base(self) -> bool:
        """Whether others are compared with it."""
        return self.name == self.against

    @property
    def is_titled(self) -> bool:
        """Whether it, or what it is compared with, reads titles: headlines find themselves then."""
        return self.against == TITLED_BASE


def settings() -> list[Setting]:
    """All of them; what others are compared with comes first in its family."""
    body = {str(size): replace(BODY, most_tokens=size) for size in _first(220, SIZES)}
    body |= {
        "220, overlap one sentence": replace(BODY, overlap_tokens=48, overlap_sentences=1),
        "220, overlap 25 %": replace(BODY, overlap_tokens=55),
        "220, overlap 50 %": replace(BODY, overlap_tokens=110),
        "128, overlap 25 %": replace(BODY, most_tokens=128, overlap_tokens=32),
        "220, sentence before": replace(BODY, context=(Context.BEFORE,)),
        "220, sentence after": replace(BODY, context=(Context.AFTER,)),
    }
    titled = {
        TITLED_BASE: TITLED,
        "220, title in vectors only": replace(TITLED, lexical_context=()),
        "220, title in words only": replace(TITLED, context=()),
        "220, no title": BODY,
        "220, title + date": replace(TITLED, context=(Context.TITLE, Context.DATE)),
        "220, title + heading": replace(TITLED, context=(Context.TITLE, Context.HEADING)),
        "220, title + sentence before": replace(TITLED, context=(Context.TITLE, Context.BEFORE)),
    }
    titled |= {f"{size}, title": replace(TITLED, most_tokens=size) for size in TITLED_SIZES}
    return [
        *(Setting(name=name, shape=shape, against=BODY_BASE) for name, shape in body.items()),
        *(Setting(name=name, shape=shape, against=TITLED_BASE) for name, shape in titled.items()),
    ]


def named(names: Sequence[str]) -> list[Setting]:
    """The settings of these names, each after the one that it is compared with.

    Raises:
        SystemExit: a name is none, or what a setting is compared with is not among them.
    """
    known = {one.name: one for one in settings()}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise SystemExit(f"no setting is named {unknown[0]!r}; there are: {'; '.join(known)}")
    found = [one for one in known.values() if one.name in names]
    for one in found:
        if one.against not in names:
            raise SystemExit(f"{one.name!r} is compared with {one.against!r}: name that too")
    return found


def _first(size: int, sizes: tuple[int, ...]) -> list[int]:
    return [size, *(other for other in sizes if other != size)]
