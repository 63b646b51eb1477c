"""Result rows as Markdown tables."""

from collections.abc import Mapping, Sequence


def markdown_table(rows: Sequence[Mapping[str, object]]) -> str:
    """A table with a column for every key, in the order of first sight; empty for no rows.

    Numbers stand to the right; floats are shown with 4 significant digits, None as a dash.
    """
    if not rows:
        return ""
    columns = list(dict.fromkeys(key for row in rows for key in row))
    cells = [[_shown(row.get(column)) for column in columns] for row in rows]
    rules = ["---:" if _is_numeric(rows, column) else "---" for column in columns]
    return "\n".join(_line(line) for line in (columns, rules, *cells)) + "\n"


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _is_numeric(rows: Sequence[Mapping[str, object]], column: str) -> bool:
    values = [row[column] for row in rows if row.get(column) is not None]
    return bool(values) and all(
        isinstance(value, (int, float)) and not isinstance(value, bool) for value in values
    )


def _shown(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return _shown_float(value)
    return str(value).replace("|", "\\|").replace("\n", " ")


def _shown_float(value: float) -> str:
    # Not 'g': it turns to exponents from five digits on.
    digits = 4 - len(f"{abs(value):.0f}") if abs(value) >= 1 else 4
    return f"{value:,.{max(digits, 0)}f}"
