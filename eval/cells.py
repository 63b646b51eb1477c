"""Texts and ids as cells of a table that spreadsheets open, and back.

A spreadsheet takes a cell for a formula if it begins with = + - or @, which lets an article run
commands on the judge's machine (https://owasp.org/www-community/attacks/CSV_Injection), and turns
ids into numbers and dates ("007", "MAR1": Ziemann et al. 2016, "Gene name errors are widespread in
the scientific literature"). So such cells are guarded by an apostrophe, and every line carries
check letters of its ids.

The page for judging writes the same cells: eval/judging_page/table.js follows these rules.
"""

import hashlib
import json
import re
from urllib.parse import quote, unquote

_CONTROL = r"[\x00-\x1f\x7f-\x9f\u2028\u2029]"
_BROKEN = re.compile(f"{_CONTROL}+")
_DIRECTION_OVERRIDES = re.compile(r"[\u202a-\u202e]")
_LOST_IN_A_CELL = re.compile(rf"{_CONTROL}|%|^\s+|\s+\Z")
_FORMULA = re.compile(r"'*[=+\-@＝＋－＠]")  # Japanese spreadsheets read the wide ones as well
_GUARDED = re.compile(r"'+[=+\-@＝＋－＠]")

_LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")
_CHECK_LENGTH = 8


def text_cell(text: str) -> str:
    r"""`text` on one line, without control characters, and never a formula.

    >>> text_cell("=1+1\n2")
    "'=1+1 2"
    """
    return _guard(_BROKEN.sub(" ", text).strip())


def read_text(cell: str) -> str:
    """What `text_cell` was given, on one line; nothing in it can steer a terminal."""
    return _DIRECTION_OVERRIDES.sub("", _BROKEN.sub(" ", _unguard(cell.strip())))


def id_cell(key: str) -> str:
    r"""`key` as a cell; what a cell would lose is percent-encoded.

    >>> id_cell("-a\tb")
    "'-a%09b"
    """
    return _guard(_LOST_IN_A_CELL.sub(lambda found: quote(found[0], safe=""), key))


def read_id(cell: str) -> str:
    """The id of which `id_cell` made `cell`."""
    return unquote(_unguard(cell.strip()))


def check_letters(topic_id: str, article_id: str, passage_id: str) -> str:
    """Letters that change with any of the three ids; never a number, a date or a formula."""
    ids = json.dumps([topic_id, article_id, passage_id])
    digest = hashlib.sha256(ids.encode("ascii")).hexdigest()
    return digest[:_CHECK_LENGTH].translate(_LETTERS)


def _guard(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _unguard(cell: str) -> str:
    return cell[1:] if _GUARDED.match(cell) else cell
