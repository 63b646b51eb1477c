"""What the CPU runtime asks of a model's tokenizer, and which one it gets."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from core.backends.encoder_folder import UnsupportedModel
from core.backends.prepared_folder import cannot_write, prepare_folder
from core.ports import TokenLocator

if TYPE_CHECKING:
    from core.backends.piece_tokenizer import PieceTokenizer

_VERSION = 1
"""To be raised with every change of what is prepared."""


@dataclass(frozen=True, slots=True)
class TokenIds:
    """A text as the model reads it: `ids` with prompt and special tokens, none cut.

    `of_text` are the positions in `ids` of the tokens that end after the prompt, ascending.
    """

    ids: list[int]
    of_text: Sequence[int]


class TextTokenizer(TokenLocator, Protocol):
    """Texts to token ids; any number of threads may ask at once."""

    def read(self, text: str, *, prompt: str) -> TokenIds:
        """`prompt` and `text` together; lone surrogates are the caller's to refuse."""
        ...


def open_tokenizer(
    folder: Path, *, revision: str, cache_dir: Path, report: Callable[[str], None]
) -> TextTokenizer:
    """The tokenizer of the model in `folder`: as pieces where it can be, else by `tokenizers`.

    Pieces load in six tenths of the time into a fifth of the memory, and read four times as fast.

    Raises:
        ModelUnavailable: its tokenizer.json cannot be read, or the cache cannot be written.
    """
    pieces = _open_pieces(folder, revision=revision, cache_dir=cache_dir, report=report)
    if pieces is not None:
        return pieces
    # Here and not above: a model with pieces does without.
    from core.backends.json_tokenizer import load_tokenizer

    return load_tokenizer(folder)


def _open_pieces(
    folder: Path, *, revision: str, cache_dir: Path, report: Callable[[str], None]
) -> "PieceTokenizer | None":
    """None where the tokenizer is of another kind, which is found out once."""
    from core.backends.piece_tokenizer import PieceTokenizer

    name = f"{sha256(revision.encode('utf-8')).hexdigest()[:12]}-pieces-{_VERSION}"
    prepared = cache_dir / "runtime" / name

    def write(into: Path) -> None:
        # Here and not above: needed this once only.
        from core.backends.piece_model import write_pieces

        try:
            write_pieces(folder, into)
        except UnsupportedModel as exc:
            (into / _OTHER_KIND).write_text(f"{exc}\n", encoding="utf-8")

    try:
        prepare_folder(
            prepared, write=write, version=_VERSION, subject="the tokenizer", report=report
        )
    except OSError as exc:
        raise cannot_write("the prepared tokenizer", prepared, exc) from exc
    return None if (prepared / _OTHER_KIND).exists() else PieceTokenizer(prepared)


_OTHER_KIND = "other_kind.txt"
"""Says why a tokenizer.json has no form in pieces."""
