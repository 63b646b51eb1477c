"""Whether what an answer says stands on its quotes, told sentence by sentence.

The verifier is in `verifier`: it needs more modules than an answer of quotes alone should load.
"""

from retrieval.verification.resolution import holds

__all__ = ["holds"]
