"""The TokenCounter port on `tokenizers`, with an instance of its own."""

from collections.abc import Sequence

from tokenizers import Tokenizer

from core.errors import EmbedderRejected


class HuggingFaceTokenCounter:
    """Counts with a copy of a model's tokenizer.

    The copy is never changed after construction, so any number of threads may count at once;
    the model's own tokenizer is switched between paddings while it embeds.
    """

    def __init__(self, serialised: str) -> None:
        """Build the copy from the text of a `tokenizer.json`."""
        self._tokenizer = Tokenizer.from_str(serialised)
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()

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
