"""The lexical leg: text to sparse term vectors, the same for every store.

spelling, arabic, persian, hebrew, segments, stop_words -> terms -> encoder.
"""

from core.lexical.encoder import LexicalEncoder, term_id
from core.lexical.terms import query_terms, terms

__all__ = ["LexicalEncoder", "query_terms", "term_id", "terms"]
