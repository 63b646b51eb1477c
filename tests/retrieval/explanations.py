"""Explanations made by hand, of results that a test ranks itself."""

from retrieval.query import Contribution, Explanation


def explanation(
    *parts: Contribution, question_language: str = "ar", fused_rank: int = 1
) -> Explanation:
    """One of no leg's doing, whose score is what `parts` add up to."""
    return Explanation(
        dense_score=None,
        dense_rank=None,
        lexical_score=None,
        lexical_rank=None,
        dense_normalised=0.0,
        lexical_normalised=0.0,
        lexical_weight=0.0,
        question_language=question_language,
        fused_rank=fused_rank,
        contributions=parts,
    )
