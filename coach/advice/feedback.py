"""A draft of feedback taken apart, and what the notes hold to bear it out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from coach.advice.briefs import FeedbackBrief, Parts
from coach.advice.reading import Reading, read_pairing
from coach.advice.sentences import Said
from coach.domain.notes import NoteKind
from coach.domain.pairings import speaks_upward
from coach.domain.people import Participant
from coach.domain.visibility import Actor
from coach.errors import Invalid
from coach.language.cues import cues
from coach.language.sentences import sentence_spans
from coach.language.words import overlap, stop_words, words
from coach.ports import Records, Search
from coach.rules.feedback import flags, is_behaviour, is_situation

_PASSAGES = 8
_OBSERVED = 3
_LEAST_COSINE = 0.25
_SAME = 0.6
_TRIM = " \t\n,;.-–—"
_REACH = 12


@dataclass(frozen=True, slots=True)
class FeedbackAsk:
    pairing_id: str
    draft: str
    to: str
    situation: str | None = None


async def feedback_brief(
    records: Records, search: Search, actor: Actor, ask: FeedbackAsk, now: datetime
) -> FeedbackBrief:
    reading = await read_pairing(records, actor, ask.pairing_id, now)
    receiver = _receiver(reading, ask.to)
    found = await search.search(
        f"{ask.draft} {ask.situation or ''}", reading.scope, reading.passages, _PASSAGES
    )
    near = [s for hit in found if hit.cosine >= _LEAST_COSINE for s in reading.sentences_of(hit)]
    wanted = reading.stems(f"{ask.draft} {ask.situation or ''}") - reading.stems(receiver.name)
    parts = take_apart(ask.draft, ask.situation, reading.language)
    observed = _observed(near, receiver, wanted, parts, reading)
    return FeedbackBrief(
        reading=reading,
        draft=ask.draft,
        receiver=receiver,
        upward=speaks_upward(reading.pairing, reading.reader, receiver),
        situation=ask.situation,
        parts=parts,
        observed=tuple(observed),
        related=tuple(s for s in near if s not in observed),
    )


def _receiver(reading: Reading, participant_id: str) -> Participant:
    if participant_id == reading.reader.id:
        raise Invalid("is you; name the member of the pairing who should hear it", "to")
    if participant_id not in reading.pairing.member_ids:
        raise Invalid("is no member of this pairing", "to")
    return reading.people[participant_id]


def _observed(
    near: list[Said], receiver: Participant, wanted: frozenset[str], parts: Parts, reading: Reading
) -> list[Said]:
    """Notes' statements on what the receiver did that bear the draft out, best first.

    Where the draft tells a behaviour, only a sentence that tells the same one.
    """
    told = reading.stems(parts.behaviour or "") - reading.stems(receiver.name)
    scored = []
    for at, said in enumerate(near):
        shared = len(said.stems & wanted)
        same = overlap(told, said.stems) >= _SAME if told else shared >= 1
        if same and _is_observation(said, receiver, reading):
            scored.append((shared, -at, said))
    return [said for _, _, said in sorted(scored, key=lambda s: s[:2], reverse=True)[:_OBSERVED]]


def _is_observation(said: Said, receiver: Participant, reading: Reading) -> bool:
    """Whether a note says what the receiver did, and not what someone else did.

    The receiver is the first whom the sentence names, or "she" or "he" begins it where there are only two.
    """
    if said.kind is NoteKind.TRANSCRIPT or said.excerpt.author_id == receiver.id or said.is_question:
        return False
    if said.cues & {"promise", "feeling"} or not is_behaviour(said.text, said.language):
        return False
    spoken, wordings = words(said.text), cues(said.language).draft
    lowered = [word.lower() for word in spoken]
    name, alone = receiver.first_name.lower(), len(reading.pairing.member_ids) == 2
    for at, word in enumerate(lowered):
        if word == name or (alone and word in wordings.they):
            others = wordings.others if word in wordings.they else wordings.self
            return not others & set(lowered[max(0, at - _REACH) : at])
        if at > 0 and spoken[at][0].isupper() and word not in stop_words(said.language):
            return False
    return False


def take_apart(draft: str, situation: str | None = None, language: str = "en") -> Parts:
    """The draft's own words by situation, behaviour, impact and request; judging and vague ones left out."""
    return _TakingApart(language).parts(draft, situation)


class _TakingApart:
    """The wordings of one language, put to a draft."""

    def __init__(self, language: str) -> None:
        self._language = language
        wordings = cues(language)
        self._parts, self._words = wordings.parts, wordings.draft
        you = self._words.you.pattern
        self._told_moment = re.compile(rf"(?:{self._words.moment}) ({you}.+)$", re.IGNORECASE | re.DOTALL)
        self._what_was_done = re.compile(rf"(?<=\s)(?:{self._words.moment}) {you}", re.IGNORECASE)
        self._ends_joint = re.compile(rf"[\s,]+(?:{self._words.joint})$")
        self._before_cut = re.compile(rf"[,;:–—-]\s*$|\b(?:{self._words.joint})\s*$|^\W*$")

    def parts(self, draft: str, situation: str | None) -> Parts:
        found: dict[str, str | None] = dict.fromkeys(("situation", "behaviour", "impact", "request"))
        if situation and not flags(situation, self._language):
            found["situation"] = situation.strip(_TRIM) or None
        for start, end in sentence_spans(draft, self._language):
            for clause in self._clauses(draft[start:end]):
                for part, told in self._parts_of(clause):
                    found[part] = found[part] or told
        return Parts(**found)

    def _clauses(self, sentence: str) -> list[str]:
        """The sentence cut before each impact or request that does not begin it."""
        cuts = {0, len(sentence)}
        for part in ("impact", "request"):
            match = self._parts[part].search(sentence)
            if match and match.start() > 0 and self._before_cut.search(sentence[: match.start()]):
                cuts.add(match.start())
        told = self._what_was_done.search(sentence)
        if told and self._parts["impact"].match(sentence):
            cuts.add(told.start())
        pieces = [
            self._words.connective.sub("", sentence[a:b].strip(_TRIM)) for a, b in pairwise(sorted(cuts))
        ]
        return [self._ends_joint.sub("", piece).strip(_TRIM) for piece in pieces if piece.strip(_TRIM)]

    def _parts_of(self, clause: str) -> Iterator[tuple[str, str | None]]:
        """A clause as one part, or as a moment and what was done in it."""
        part = self._part_of(clause)
        if part == "behaviour":
            moment, act = self._split_situation(clause)
            yield "situation", moment if moment and not flags(moment, self._language) else None
            yield "behaviour", self._usable(act)
        elif part == "situation":
            told = self._told_moment.match(clause)
            moment, act = self._split_situation(told[1]) if told else (clause, "")
            yield "situation", moment if moment and self._is_moment(moment) else None
            yield "behaviour", self._usable(act)
        else:
            yield part, self._usable(clause)

    def _is_moment(self, moment: str) -> bool:
        return is_situation(moment, self._language) and not flags(moment, self._language)

    def _part_of(self, clause: str) -> str:
        if self._parts["request"].match(clause) or clause.rstrip().endswith("?"):
            return "request"
        if self._parts["impact"].match(clause):
            return "impact"
        match = self._parts["situation"].match(clause)
        if match and match.end() >= len(clause.rstrip(_TRIM)):
            return "situation"
        if self._parts["request"].search(clause):
            return "request"
        acts = self._words.you.search(clause) or not self._parts["impact"].search(clause)
        return "behaviour" if acts else "impact"

    def _split_situation(self, clause: str) -> tuple[str | None, str]:
        """A moment named at the beginning or end of a clause, and the rest."""
        for match in self._parts["situation"].finditer(clause):
            moment = match.group().strip(_TRIM)
            before, after = clause[: match.start()].strip(_TRIM), clause[match.end() :].strip(_TRIM)
            alone = not before or not after or self._words.goes_on.match(after)
            if is_situation(moment, self._language) and (before or after) and alone:
                return moment, before or after
        return None, clause

    def _usable(self, clause: str) -> str | None:
        """The clause when it says something and neither judges nor generalises."""
        return clause if clause and not flags(clause, self._language) and len(words(clause)) >= 2 else None
