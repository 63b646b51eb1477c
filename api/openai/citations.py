"""Citations of an answer as annotations of its text."""

import re
from collections.abc import Iterable, Mapping
from itertools import chain, pairwise

from api.openai.replies import AnnotationOut, UrlCitationOut
from core.types import Answer, AnswerSentence, Citation

_MARKERS = re.compile(r"\[([0-9]+)\]")


def annotations_of(answer: Answer) -> list[AnnotationOut]:
    """One for each marker of the text whose article has a URL, in order of the text."""
    citations = {citation.number: citation for citation in answer.citations}
    starts = chain((sentence.start for sentence in answer.sentences), [len(answer.text)])
    ends = [end for _, end in pairwise(starts)]
    return [
        annotation
        for sentence, end in zip(answer.sentences, ends, strict=True)
        for annotation in sentence_annotations(answer.text[:end], sentence, citations)
    ]


def sentence_annotations(
    text: str, sentence: AnswerSentence, citations: Mapping[int, Citation]
) -> list[AnnotationOut]:
    """Those of the markers that close `sentence`, which ends `text`.

    A marker is what OpenAI's own citations span, so that a page may put a link in its place.
    """
    found: Iterable[re.Match[str]] = _MARKERS.finditer(text, sentence.end)
    return [
        AnnotationOut(
            url_citation=UrlCitationOut(
                url=link,
                title=citation.header.title,
                start_index=marker.start(),
                end_index=marker.end(),
            )
        )
        for marker in found
        if (citation := citations.get(int(marker.group(1)))) is not None
        if (link := citation.deep_link or citation.header.url) is not None
    ]
