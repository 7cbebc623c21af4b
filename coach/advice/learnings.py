"""What a program as a whole writes about, from program notes alone and never from few pairings.

A word counts only when enough distinct pairings use it; a theme is made of such words, or is an
objective or a known difficulty that enough pairings write about.
"""

import asyncio
import re
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache

import numpy as np
from numpy.typing import NDArray

from coach import access
from coach.advice.briefs import LearningsBrief, Theme
from coach.advice.progress import in_period, require_period
from coach.advice.sentences import Said, said_in
from coach.domain.notes import Note, Passage, PlacedPassage, Scope, excerpt
from coach.domain.people import Participant, Program
from coach.domain.visibility import Actor, counts_in_learnings
from coach.language.cues import cues
from coach.language.detection import language_of
from coach.language.words import content_stems, content_words, stem
from coach.ports import Records, Search
from coach.rules.confidentiality import name_parts, parts_of

_APART = 0.55
_MOST_WORDS = 4
_MEANS = 0.38
_TERM = 4


@dataclass(frozen=True, slots=True)
class LearningsAsk:
    program_id: str
    since: datetime | None = None
    until: datetime | None = None
    limit: int = 10


@dataclass(frozen=True)
class Told:
    """A passage of a program note with what counts of it: whose, words by stem, cues of its sentences."""

    passage: PlacedPassage
    pairing_id: str
    author_id: str
    words: Mapping[str, str]
    cues: frozenset[str]
    difficulties: frozenset[str]
    lessons: frozenset[str]


async def learnings_brief(
    records: Records, search: Search, actor: Actor, ask: LearningsAsk, now: datetime
) -> LearningsBrief:
    require_period(ask.since, ask.until)
    program = await access.owned_program(records, actor, ask.program_id)
    owner = access.require_person(actor)
    told = await _meant(search, program, await _told(records, program, ask))
    vectors, _ = await search.vectors(Scope(program.id), [t.passage for t in told])
    themes = await asyncio.to_thread(_themes, told, vectors, program)
    return LearningsBrief(
        program=program,
        asked_by=owner.participant,
        now=now,
        since=ask.since,
        until=ask.until,
        themes=tuple(themes[: ask.limit]),
        note_ids=tuple(dict.fromkeys(t.passage.excerpt.note_id for t in told)),
        pairings=len({t.pairing_id for t in told}),
    )


def _themes(told: Sequence[Told], vectors: NDArray[np.float32], program: Program) -> list[Theme]:
    """What the most pairings carry first."""
    known = [*_difficulties(told, program), *_lessons(told, program)]
    themes = [*known, *(t for t in _word_themes(told, vectors, program) if not _told_already(t, known))]
    return sorted(themes, key=lambda theme: (-theme.pairings, theme.words))


async def _told(records: Records, program: Program, ask: LearningsAsk) -> list[Told]:
    notes = [
        note
        for note in await records.notes.program_notes(program.id)
        if counts_in_learnings(note) and in_period(note.held_at, ask.since, ask.until)
    ]
    nameless = _names(await records.people.participants_of(program.id))
    passages = await records.notes.passages_of(note.id for note in notes)
    return await asyncio.to_thread(
        lambda: [told for note in notes for told in _of_note(note, passages[note.id], nameless)]
    )


async def _meant(search: Search, program: Program, told: Sequence[Told]) -> list[Told]:
    """With the difficulties and lessons that passages mean without their wordings."""
    meanings = [(name, sentence) for name, sentences in cues().meaning.items() for sentence in sentences]
    sentences = [sentence for _, sentence in meanings]
    near = await search.near(sentences, Scope(program.id), [t.passage for t in told], _MEANS)
    names: dict[str, set[str]] = defaultdict(set)
    for (name, _), hits in zip(meanings, near, strict=True):
        for hit in hits:
            names[hit.passage.id].add(name)
    return [
        replace(
            t,
            difficulties=t.difficulties | (names[t.passage.id] & cues().difficulty.keys()),
            lessons=t.lessons | (names[t.passage.id] & cues().lesson.keys()),
        )
        for t in told
    ]


def _names(people: Sequence[Participant]) -> frozenset[str]:
    """Every part of every name, and of what stands before the @ of every address, lower-cased."""
    addressed = (re.sub(r"[._+]", " ", (p.email or "").partition("@")[0]) for p in people)
    return name_parts([*(p.name for p in people), *addressed])


def _of_note(note: Note, passages: Sequence[Passage], nameless: frozenset[str]) -> Iterator[Told]:
    """What each passage tells; passages and sentences both stand in the note's order."""
    language = language_of(note.text)
    sentences = deque(said_in(note, "", 0, language))
    for passage in passages:
        while sentences and sentences[0].excerpt.start < passage.start:
            sentences.popleft()
        inside = []
        while sentences and sentences[0].excerpt.end <= passage.end:
            inside.append(sentences.popleft())
        placed = PlacedPassage(passage.id, excerpt(note, passage.start, passage.end, passage.speaker))
        yield _of_passage(note, placed, inside, nameless, language)


def _of_passage(
    note: Note, passage: PlacedPassage, inside: Sequence[Said], nameless: frozenset[str], language: str
) -> Told:
    place = passage.excerpt
    kept = {
        stem(w, language): w
        for w in content_words(place.text, language)
        if not parts_of(w) & nameless and w.lower() not in cues(language).generic and not w.isdigit()
    }
    return Told(
        passage,
        note.pairing_id,
        note.author_id,
        {root: word for root, word in kept.items() if root not in _generic_stems(language)},
        frozenset().union(*(s.cues for s in inside)),
        frozenset().union(*(s.difficulties for s in inside)),
        frozenset().union(*(cues(language).lessons(s.text) for s in inside)),
    )


@cache
def _generic_stems(language: str) -> frozenset[str]:
    return frozenset(stem(word, language) for word in cues(language).generic)


def _told_already(theme: Theme, known: Iterable[Theme]) -> bool:
    """Whether a known difficulty already stands for most of a theme's words."""
    return any(2 * len(set(theme.words) & set(other.words)) >= len(theme.words) for other in known)


def _pairings(told: Iterable[Told]) -> set[str]:
    return {t.pairing_id for t in told}


def _theme(
    label: Sequence[str],
    told: Sequence[Told],
    program: Program,
    difficulty: str | None = None,
    lesson: str | None = None,
) -> Theme | None:
    """None when fewer pairings than the group size carry it.

    A count within the theme is withheld when it, or what is left of the theme without it, is too small.
    """
    least, carriers = program.min_group_size, len(_pairings(told))
    if carriers < least or len({t.author_id for t in told}) < least:
        return None

    def counted(chosen: Iterable[Told]) -> int | None:
        number = len(_pairings(chosen))
        return number if number >= least and not 0 < carriers - number < least else None

    return Theme(
        words=tuple(label),
        pairings=carriers,
        learned=counted(t for t in told if "learned" in t.cues),
        struggling=counted(t for t in told if t.difficulties or "postponed" in t.cues),
        difficulty=difficulty,
        lesson=lesson,
    )


def _lessons(told: Sequence[Told], program: Program) -> list[Theme]:
    """What programs learn again and again, where enough pairings write about it."""
    found = (
        _theme_of([t for t in told if lesson in t.lessons], program, lesson=lesson)
        for lesson in sorted(cues().lesson)
    )
    return [theme for theme in found if theme]


def _difficulties(told: Sequence[Told], program: Program) -> list[Theme]:
    """Known difficulties of mentoring that enough pairings write about, with the words they share."""
    found = (
        _theme_of([t for t in told if difficulty in t.difficulties], program, difficulty)
        for difficulty in sorted(cues().difficulty)
    )
    return [theme for theme in found if theme]


def _theme_of(
    about: Sequence[Told], program: Program, difficulty: str | None = None, lesson: str | None = None
) -> Theme | None:
    """Labelled with the words that these passages share."""
    label = [word for _, word in _common_words(about, program)[:_MOST_WORDS]]
    return _theme(label, about, program, difficulty, lesson)


def _common_words(told: Sequence[Told], program: Program) -> list[tuple[str, str]]:
    """Stems that enough pairings use, with their commonest form; the most shared first."""
    least, known = program.min_group_size, _known_names(program)
    users: dict[str, set[str]] = defaultdict(set)
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    for t in told:
        for root, word in t.words.items():
            users[root].add(t.pairing_id)
            forms[root][word] += 1
    shared = sorted(
        (-len(who), root)
        for root, who in users.items()
        if len(who) >= least and (root in known or not all(map(_may_name_someone, forms[root])))
    )
    return [(root, min(forms[root], key=lambda w: (-forms[root][w], w))) for _, root in shared]


def _known_names(program: Program) -> frozenset[str]:
    """Stems of the tools that are no person, and of the program's own words."""
    return content_stems(" ".join([program.name, *program.objectives])) | cues().tools


def _may_name_someone(form: str) -> bool:
    """A capital makes a word anybody's possible name, in the program or not, unless it is a term like AI."""
    return form[0].isupper() and not (form.isupper() and len(form) <= _TERM)


def _word_themes(told: Sequence[Told], vectors: NDArray[np.float32], program: Program) -> list[Theme]:
    """Common words that are written about together, as one theme each."""
    common = _common_words(told, program)
    themes = []
    for group in _together([root for root, _ in common], told, vectors):
        about = [t for t in told if any(root in t.words for root in group)]
        label = [word for root, word in common if root in group][:_MOST_WORDS]
        theme = _theme(label, about, program)
        themes += [theme] if theme else []
    return themes


def _together(roots: Sequence[str], told: Sequence[Told], vectors: NDArray[np.float32]) -> list[set[str]]:
    """Stems grouped by the meaning of the passages that hold them (average linkage, cosine)."""
    if len(roots) < 2:
        return [set(roots)] if roots else []
    from sklearn.cluster import AgglomerativeClustering

    centres = np.stack([vectors[[root in t.words for t in told]].mean(axis=0) for root in roots])
    centres = centres - vectors.mean(axis=0)
    grouping = AgglomerativeClustering(
        n_clusters=None, distance_threshold=_APART, metric="cosine", linkage="average"
    )
    groups: dict[int, set[str]] = defaultdict(set)
    for root, group in zip(roots, grouping.fit_predict(centres + 1e-9), strict=True):
        groups[int(group)].add(root)
    return [groups[key] for key in sorted(groups)]
