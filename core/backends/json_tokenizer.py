"""A model's tokenizer.json, read by `tokenizers`: any kind of tokenizer."""

from bisect import bisect_right
from collections.abc import Sequence
from pathlib import Path

from tokenizers import Tokenizer

from core.backends.text_tokenizer import TokenIds
from core.errors import EmbedderRejected, ModelUnavailable


class JsonTokenizer:
    """Tokenises with `tokenizers`; nobody may change the inner tokenizer any more.

    So any number of threads may count at once, beside one that embeds.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        """Read with `tokenizer`, which from now on neither cuts nor pads."""
        tokenizer.no_padding()
        tokenizer.no_truncation()
        self._tokenizer = tokenizer

    def read(self, text: str, *, prompt: str) -> TokenIds:
        """See TextTokenizer. A special token that `text` spells out is read as that token."""
        encoding = self._tokenizer.encode(prompt + text)
        specials, offsets = encoding.special_tokens_mask, encoding.offsets
        return TokenIds(
            encoding.ids,
            [
                position
                for position, special in enumerate(specials)
                if not special and offsets[position][1] > len(prompt)
            ],
        )

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, without special tokens and prompt.

        Raises:
            EmbedderRejected: a text holds a lone surrogate.
        """
        try:
            encodings = self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        except (TypeError, UnicodeEncodeError) as exc:
            raise EmbedderRejected(
                "a text to count holds a lone surrogate: replace it before counting"
            ) from exc
        return [len(encoding) for encoding in encodings]

    def tokens_before(self, text: str, places: Sequence[int]) -> list[int]:
        """See TokenLocator."""
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        ends = [end for _, end in encoding.offsets]
        return [bisect_right(ends, len(text[:place].rstrip())) for place in places]


def load_tokenizer(folder: Path) -> JsonTokenizer:
    """The tokenizer of the model in `folder`.

    Raises:
        ModelUnavailable: its tokenizer.json cannot be read.
    """
    path = folder / "tokenizer.json"
    try:
        return JsonTokenizer(Tokenizer.from_file(str(path)))
    # `tokenizers` raises bare Exception.
    except Exception as exc:
        raise ModelUnavailable(
            f"{path} cannot be read ({type(exc).__name__}): fetch the model again"
        ) from exc
