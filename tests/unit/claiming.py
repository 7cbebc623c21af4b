"""Sentences held against what Maya wrote to Ingrid, for tests of bearing and of copying."""

from datetime import date

from coach.drafting.bearing import Claim, Source
from coach.drafting.cast import Cast

MAYA, INGRID = "Maya Okafor", "Ingrid Halvorsen"
WRITTEN = date(2027, 3, 4)


def source(text: str, cast: Cast, by: str = MAYA) -> Source:
    """What a member wrote on Thursday, 4 March 2027."""
    return Source(cast.told(text, by=by), cast.called(by), WRITTEN, "4 March 2027")


def claim(sentence: str, *written: str, by: str = MAYA, to: str | None = None, language: str = "en") -> Claim:
    """A sentence told to `to`, about what `by` wrote."""
    cast = Cast([by, *({MAYA, INGRID} - {by})], language)
    return Claim.of(cast.told(sentence, to=to), (source(text, cast, by) for text in written), cast)
