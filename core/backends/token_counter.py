"""The TokenCounter port on `tokenizers`."""

from collections.abc import Sequence

from tokenizers import Tokenizer

from core.errors import EmbedderRejected


class HuggingFaceTokenCounter:
    """Counts with a model's tokenizer, which nobody may change any more.

    So any number of threads may count at once, beside one that embeds.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        """Count with `tokenizer`, which neither cuts nor pads."""
        self._tokenizer = tokenizer

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
