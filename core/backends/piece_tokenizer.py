"""A Unigram tokenizer in sentencepiece: quick to load, small in memory, quick to read."""

import json
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate, takewhile
from pathlib import Path

from sentencepiece import SentencePieceProcessor

from core.backends.text_tokenizer import TokenIds
from core.errors import EmbedderRejected, ModelUnavailable

PIECES_FILE = "pieces.model"
FRAME_FILE = "frame.json"
"""What stands around the pieces: the map of characters, and the ids that begin and end a text."""

_SPACES = re.compile(" {2,}")


class PieceTokenizer:
    """Reads as the tokenizer.json that `write_pieces` took, but for two things.

    Where two ways of parting a word are equally likely but for rounding, it may take the other
    (20 of 20,000 texts hold such a word); and a special token that a text spells out is text.
    """

    def __init__(self, folder: Path) -> None:
        """Load what `write_pieces` wrote into `folder`.

        Raises:
            ModelUnavailable: it cannot be read.
        """
        try:
            frame = json.loads((folder / FRAME_FILE).read_text(encoding="utf-8"))
            self._characters = {int(code): text for code, text in frame["characters"].items()}
            self._begin, self._end = int(frame["begin"]), int(frame["end"])
            self._pieces = SentencePieceProcessor(model_file=str(folder / PIECES_FILE))
        except (OSError, RuntimeError, ValueError, KeyError, AttributeError) as exc:
            raise ModelUnavailable(
                f"the prepared tokenizer in {folder} cannot be loaded ({type(exc).__name__}): "
                "remove that folder and start again"
            ) from exc

    def read(self, text: str, *, prompt: str) -> TokenIds:
        """See TextTokenizer."""
        normalised = self._normalise(prompt + text)
        ids = [self._begin, *self._pieces.encode(normalised), self._end]
        surfaces = self._pieces.encode(normalised, out_type=str)
        ends = accumulate(len(surface) for surface in surfaces)
        prompt_end = len(self._normalise(prompt))
        of_prompt = sum(1 for _ in takewhile(lambda end: end <= prompt_end, ends))
        return TokenIds(ids, range(1 + of_prompt, len(ids) - 1))

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, without special tokens and prompt.

        Raises:
            EmbedderRejected: a text holds a lone surrogate.
        """
        try:
            return [len(self._pieces.encode(self._normalise(text).encode())) for text in texts]
        except UnicodeEncodeError as exc:
            raise EmbedderRejected(
                "a text to count holds a lone surrogate: replace it before counting"
            ) from exc

    def tokens_before(self, text: str, places: Sequence[int]) -> list[int]:
        """See TokenLocator."""
        surfaces = self._pieces.encode(self._normalise(text), out_type=str)
        ends = list(accumulate(len(surface) for surface in surfaces))
        # Normalising a part gives a part of the whole but for the space that it may end in.
        parts = (self._normalise(text[:place].rstrip()) for place in places)
        return [bisect_right(ends, len(part)) for part in parts]

    def _normalise(self, text: str) -> str:
        """With `▁` for each space and before the first word."""
        mapped = unicodedata.normalize("NFKC", text.translate(self._characters))
        words = _SPACES.sub(" ", mapped).replace(" ", "▁")
        return words if not words or words.startswith("▁") else f"▁{words}"
