"""Whether an article has corrected the very figure that another one still tells."""

from retrieval.agreement.figures import Figure, read_figures
from retrieval.agreement.statements import Statement
from retrieval.agreement.values import holds_value


def has_corrected(one: Statement, mine: Figure, yours: Figure) -> bool:
    """Whether a correction of the article of `one` names its figure and that of another one."""
    return any(
        holds_value(told, mine) and holds_value(told, yours)
        for told in (
            read_figures(correction.text, language=one.header.language, published=correction.at)
            for correction in one.header.corrections
        )
    )
