"""Whether what an answer says stands on its quotes, told sentence by sentence."""

from retrieval.verification.resolution import holds

__all__ = ["holds"]
