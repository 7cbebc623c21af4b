"""What a session leaves to reflect on."""

from dataclasses import dataclass
from datetime import datetime

from coach import access
from coach.advice.briefs import ReflectionBrief
from coach.advice.reading import Reading, read_pairing
from coach.advice.sentences import Said
from coach.domain.notes import Session
from coach.domain.visibility import Actor
from coach.errors import NotFound
from coach.language.words import similarity
from coach.ports import Records

_CUE_WEIGHTS = {
    "feeling": 1.0,
    "learned": 0.9,
    "postponed": 0.6,
    "promise": 0.6,
    "done": 0.7,
    "open_question": 0.6,
}
_DIFFICULTY = 0.9
_OWN_WORDS = 0.3
_ALIKE = 0.4


@dataclass(frozen=True, slots=True)
class ReflectionAsk:
    pairing_id: str
    session_id: str | None = None
    limit: int = 5


async def reflection_brief(
    records: Records, actor: Actor, ask: ReflectionAsk, now: datetime
) -> ReflectionBrief:
    reading = await read_pairing(records, actor, ask.pairing_id, now)
    session = await _session(records, actor, reading, ask.session_id)
    said = [s for s in reading.sentences if session and s.excerpt.session_id == session.id]
    return ReflectionBrief(reading, session, ask.limit, tuple(_weightiest(reading, said, ask.limit)))


async def _session(
    records: Records, actor: Actor, reading: Reading, session_id: str | None
) -> Session | None:
    if session_id is None:
        return reading.sessions[reading.latest] if reading.latest >= 0 else None
    session, pairing = await access.session(records, actor, session_id)
    if pairing.id != reading.pairing.id:
        raise NotFound("no such session in this pairing")
    return session


def _weightiest(reading: Reading, said: list[Said], limit: int) -> list[Said]:
    """Statements with content, the most worth a thought first and no two alike."""
    worth = [(_weight(reading, s), at, s) for at, s in enumerate(said) if s.is_weighty and not s.is_question]
    chosen: list[Said] = []
    for _, _, sentence in sorted(worth, key=lambda w: (-w[0], w[1])):
        if len(chosen) < limit and all(similarity(sentence.stems, c.stems) < _ALIKE for c in chosen):
            chosen.append(sentence)
    return chosen


def _weight(reading: Reading, said: Said) -> float:
    cue = max((_CUE_WEIGHTS.get(cue, 0.0) for cue in said.cues), default=0.0)
    own = _OWN_WORDS if said.excerpt.author_id == reading.reader.id else 0.0
    return max(cue, _DIFFICULTY if said.difficulties else 0.0) + own + 0.02 * min(10, len(said.stems))
