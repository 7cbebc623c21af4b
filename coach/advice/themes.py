"""What a program's pairings write about, read from its program notes; nothing here is told as it is.

A theme is made of words that enough pairings by enough authors use, or is a difficulty or a lesson that
is known to programs. No word of it is anybody's name, a number, a day, or the name of a department that
hardly anyone from elsewhere uses.
"""

import asyncio
import re
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from coach.advice.sentences import Said, said_in
from coach.domain.ids import new_id
from coach.domain.notes import Note, Passage, PlacedPassage, Scope, excerpt
from coach.domain.pairings import Pairing
from coach.domain.people import Participant, Program
from coach.domain.releases import About, Carried, ToldTheme
from coach.domain.visibility import counts_in_learnings
from coach.language.claims import wordings
from coach.language.cues import cues
from coach.language.detection import language_of, languages
from coach.language.words import content_stems, content_words, folded, stem
from coach.ports import Records, Search
from coach.rules.confidentiality import name_parts, parts_of

_APART = 0.55
_MOST_WORDS = 4
_MEANS = 0.38
_TERM = 4


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


@dataclass(frozen=True)
class Material:
    """All that a program's notes tell, with the words that may label what they share.

    `insiders`: for each stem of a department's name, the pairings that somebody from there is in.
    """

    program: Program
    told: Sequence[Told]
    vectors: NDArray[np.float32]
    insiders: Mapping[str, frozenset[str]]

    @property
    def least(self) -> int:
        return self.program.min_group_size


async def material(records: Records, search: Search, program: Program) -> Material:
    """Read from all program notes as they are now."""
    people = await records.people.participants_of(program.id)
    told = await _meant(search, program, await _told(records, program, people))
    vectors, _ = await search.vectors(Scope(program.id), [t.passage for t in told])
    pairings = await records.people.pairings_of(program.id)
    return Material(program, told, vectors, _insiders(people, pairings))


def carried_again(material: Material, last: Iterable[ToldTheme]) -> dict[str, Carried]:
    """Who carries the themes now that were told last, by the themes' ids."""
    return {theme.about.id: _carried(theme.about, _all_about(material, theme.about)) for theme in last}


def carried_anew(material: Material, last: Sequence[ToldTheme]) -> list[Carried]:
    """What enough pairings share beside the themes that were told last."""
    taken = {theme.about.id for theme in last}
    known = [theme for theme in _known(material) if theme.about.id not in taken]
    named = [n.about for n in known] + [n.about for n in last if n.about.difficulty or n.about.lesson]
    roots = frozenset[str]().union(*(theme.about.roots for theme in last))
    words = _word_themes(material, roots)
    return [*known, *(w for w in words if not _told_already(w.about, named))]


async def _told(records: Records, program: Program, people: Sequence[Participant]) -> list[Told]:
    notes = [n for n in await records.notes.program_notes(program.id) if counts_in_learnings(n)]
    nameless = _names(people)
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
        if not parts_of(w) & nameless
        and w.lower() not in cues(language).generic
        and not _is_dated(w, language)
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


def _is_dated(word: str, language: str) -> bool:
    """A day, a month, or anything with a digit in it."""
    return any(map(str.isdigit, word)) or folded(word) in wordings(language).days


@cache
def _generic_stems(language: str) -> frozenset[str]:
    return frozenset(stem(word, language) for word in cues(language).generic)


def _told_already(theme: About, known: Iterable[About]) -> bool:
    """Whether a known difficulty or lesson already stands for most of a theme's words."""
    return any(2 * len(set(theme.words) & set(other.words)) >= len(theme.words) for other in known)


def _pairings(told: Iterable[Told]) -> frozenset[str]:
    return frozenset(t.pairing_id for t in told)


def _all_about(material: Material, about: About) -> list[Told]:
    return [
        t
        for t in material.told
        if about.difficulty in t.difficulties
        or about.lesson in t.lessons
        or not about.roots.isdisjoint(t.words)
    ]


def _carried(about: About, told: Sequence[Told]) -> Carried:
    return Carried(
        about,
        frozenset((t.author_id, t.pairing_id) for t in told),
        _pairings(told),
        _pairings(t for t in told if "learned" in t.cues),
        _pairings(t for t in told if t.difficulties or "postponed" in t.cues),
    )


def _known(material: Material) -> Iterator[Carried]:
    """Difficulties of mentoring and lessons of programs, labelled with the words of their passages."""
    for difficulty in sorted(cues().difficulty):
        yield _labelled(material, About(f"difficulty {difficulty}", (), frozenset(), difficulty=difficulty))
    for lesson in sorted(cues().lesson):
        yield _labelled(material, About(f"lesson {lesson}", (), frozenset(), lesson=lesson))


def _labelled(material: Material, about: About) -> Carried:
    told = _all_about(material, about)
    words = [word for _, word in _common_words(told, material)[:_MOST_WORDS]]
    return _carried(replace(about, words=tuple(words)), told)


def _common_words(told: Iterable[Told], material: Material) -> list[tuple[str, str]]:
    """Stems that enough pairings and authors use, with their commonest form; the most shared first."""
    least, known = material.least, _known_names(material.program)
    users: dict[str, set[str]] = defaultdict(set)
    authors: dict[str, set[str]] = defaultdict(set)
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    for t in told:
        for root, word in t.words.items():
            users[root].add(t.pairing_id)
            authors[root].add(t.author_id)
            forms[root][word] += 1
    shared = sorted(
        (-len(who), root)
        for root, who in users.items()
        if len(who - material.insiders.get(root, frozenset())) >= least
        and len(authors[root]) >= least
        and (root in known or not all(map(_may_name_someone, forms[root])))
    )
    return [(root, min(forms[root], key=lambda w: (-forms[root][w], w))) for _, root in shared]


def _insiders(people: Iterable[Participant], pairings: Sequence[Pairing]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for person in people:
        own = {p.id for p in pairings for m in p.memberships if m.participant_id == person.id}
        for language in languages():
            for root in content_stems(person.department or "", language):
                found[root] |= own
    return {root: frozenset(who) for root, who in found.items()}


def _known_names(program: Program) -> frozenset[str]:
    """Stems of the tools that are no person, and of the program's own words."""
    return content_stems(" ".join([program.name, *program.objectives])) | cues().tools


def _may_name_someone(form: str) -> bool:
    """A capital makes a word anybody's possible name, in the program or not, unless it is a term like AI."""
    return form[0].isupper() and not (form.isupper() and len(form) <= _TERM)


def _word_themes(material: Material, taken: frozenset[str]) -> list[Carried]:
    """Common words that are written about together, as one theme each; none of the stems in `taken`."""
    common = [(root, word) for root, word in _common_words(material.told, material) if root not in taken]
    themes = []
    for group in _together([root for root, _ in common], material.told, material.vectors):
        label = [word for root, word in common if root in group][:_MOST_WORDS]
        about = About(new_id(), tuple(label), frozenset(group))
        themes.append(_carried(about, _all_about(material, about)))
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
