"""Statements that keep to the words of what they cite: whatever they change is looked at, word by word."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum
from itertools import accumulate

from coach.drafting.bearing import Claim
from coach.drafting.objections import Objection, Reason
from coach.language.claims import Wordings, wordings
from coach.language.facts import Mode, clauses, facts, in_figures, sentences, token_stems, tokens
from coach.language.words import stop_words

_LEAST_COPIED, _LEAST_WORDS = 0.6, 4
_MOST_OF_CLAIM = 0.5
_LONGEST_CUT = 8
_EDGE = 2
_MOST_OF_IT = 0.5
_ADDED = 2
_STRICT_SCOPE = ("all", "only", "none", "more", "less", "before", "after", "former")
_RELATIONS = ("cause", "contrast", "exception", "condition")
_REASONS = {Mode.DENIED: Reason.NEGATION, Mode.PLANNED: Reason.STATUS, Mode.SUPPOSED: Reason.STATUS}


class Copy(Enum):
    """What a comparison found without an objection."""

    NONE = "no copy"
    LOOSE = "a copy with small changes"
    CLEAN = "says the same"


@dataclass(frozen=True, slots=True)
class _Change:
    """Words of a source that a claim has not, and its own in their place; either may be empty.

    `is_inner`: copied words stand before and after it.
    """

    left_out: tuple[str, ...]
    put_in: tuple[str, ...]
    is_inner: bool = False


@dataclass(frozen=True, slots=True)
class _Comparison:
    """A claim beside one source: words copied, what changed among them, what is around them."""

    copied: int
    changes: tuple[_Change, ...]
    around: tuple[str, ...]

    @property
    def rank(self) -> tuple[int, int, int]:
        """The nearest is highest: words copied, less those left out between them with no other instead."""
        inner = (change for change in self.changes if change.is_inner)
        lost = sum(max(0, len(change.left_out) - len(change.put_in)) for change in inner)
        return self.copied - lost, -len(self.around), -len(self.changes)


def copied(claim: Claim, free: frozenset[str] = frozenset()) -> Copy | Objection:
    """Whether a claim is its sources' own words, and if it is, whether it changes what they say.

    `free`: stems that claim nothing.
    """
    every = list(_comparisons(claim, in_figures(tokens(claim.sentence), claim.cast.language)))
    if not every:
        return Copy.NONE
    nearest = max(every, key=lambda compared: compared.rank)
    objection = next(_objections(nearest, claim, free), None)
    if objection is not None:
        return objection
    return Copy.CLEAN if _changes_nothing(nearest, claim) else Copy.LOOSE


def _comparisons(claim: Claim, told: Sequence[str]) -> Iterator[_Comparison]:
    """With each source by sentences; where most of the claim is copied, by clauses and with each clause."""
    words_of = wordings(claim.cast.language)
    language = words_of.language
    for source in claim.sources:
        parts = [in_figures(clause, language) for clause in clauses(source.text, language)]
        for stretch in (parts, *([part] for part in parts if len(parts) > 1)):
            compared = _compared(stretch, told, words_of)
            if compared and compared.copied >= _MOST_OF_CLAIM * len(told):
                yield compared
        whole = [in_figures(sentence, language) for sentence in sentences(source.text)]
        if compared := _compared(whole, told, words_of):
            yield compared


def _compared(source: Sequence[Sequence[str]], told: Sequence[str], words_of: Wordings) -> _Comparison | None:
    """None where most of what stands between the first and last common word is not copied.

    What stands before and after that is compared, too, within the source's clauses, if it is a copy of
    most of them; but not what an "and" joins.
    """
    known = [word for clause in source for word in clause]
    matcher = SequenceMatcher(None, known, told, autojunk=False)
    blocks = [block for block in matcher.get_matching_blocks() if block.size]
    if not blocks:
        return None
    first, last = blocks[0], blocks[-1]
    after, told_after = last.a + last.size, last.b + last.size
    size = sum(block.size for block in blocks)
    if size < max(_LEAST_COPIED * (told_after - first.b), min(_LEAST_WORDS, _LEAST_COPIED * len(told))):
        return None
    ends = list(accumulate(map(len, source), initial=0))
    opens = max(end for end in ends if end <= first.a)
    opens += opens < first.a and known[opens] in words_of.ends | words_of.joins
    closes = min(end for end in ends if end >= after)
    start, end = max(0, first.b - _EDGE), min(len(told), told_after + _EDGE)
    before, behind = known[max(opens, first.a - _EDGE) : first.a], known[after : min(closes, after + _EDGE)]
    before = [] if before and before[-1] in words_of.joins else before
    behind = [] if behind and behind[0] in words_of.joins else behind
    changes = [
        _Change(tuple(before), tuple(told[start : first.b])),
        _Change(tuple(behind), tuple(told[told_after:end])),
    ]
    if size < _MOST_OF_IT * (closes - opens):
        changes.clear()
        start, end = first.b, told_after
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind != "equal" and first.a <= a and b <= after and first.b <= c:
            if b - a > _LONGEST_CUT:
                return None
            changes.append(_Change(tuple(known[a:b]), tuple(told[c:d]), is_inner=True))
    real = tuple(change for change in changes if change.put_in or change.left_out)
    return _Comparison(size, real, (*told[:start], *told[end:]))


def _objections(compared: _Comparison, claim: Claim, free: frozenset[str]) -> Iterator[Objection]:
    words_of = wordings(claim.cast.language)
    for change in compared.changes:
        told = " ".join(change.put_in or change.left_out)
        if wrong := _wrong_person(change, claim):
            yield Objection(Reason.WHO, wrong)
        if _is_other_number(change, claim):
            yield Objection(Reason.NUMBER, told)
        for mode, reason in _REASONS.items():
            if _has_mode(change.left_out, mode, words_of) != _has_mode(change.put_in, mode, words_of):
                yield Objection(reason, told)
        for scope in _STRICT_SCOPE:
            words = words_of.scope[scope]
            if words.isdisjoint(change.left_out) != words.isdisjoint(change.put_in):
                yield Objection(Reason.SCOPE, told)
        for relation in _RELATIONS:
            words = words_of.scope[relation]
            if words.isdisjoint(change.left_out) and not words.isdisjoint(change.put_in):
                yield Objection(Reason.UNSAID, told)
        if replaced := _replaced(change, claim, free):
            yield Objection(Reason.UNSAID, replaced)
        if _joins_parts(change, claim):
            yield Objection(Reason.UNSAID, told)
    if exchanged := _exchanged(compared.changes, claim):
        yield Objection(Reason.UNSAID, ", ".join(sorted(exchanged)))
    said = [word for change in compared.changes for word in change.put_in]
    new = _content((*said, *compared.around), claim) - claim.known.stems - free
    if len(new) >= _ADDED:
        yield Objection(Reason.UNSAID, ", ".join(sorted(new)))


def _is_other_number(change: _Change, claim: Claim) -> bool:
    """Whether a number stands where another or none was, or a word like "some" where a number was."""
    language = claim.cast.language
    told, known = (facts(" ".join(words), language).numbers for words in (change.put_in, change.left_out))
    of_dates = claim.numbers - claim.known.numbers
    in_its_place = change.put_in and not _content(change.put_in, claim)
    return bool(told - known - of_dates or (in_its_place and known - told))


def _replaced(change: _Change, claim: Claim, free: frozenset[str]) -> str:
    """Content in the place of other content or of a member, or a member in that of content.

    In the place of "they" or "he" may stand what the sources name.
    """
    told, known = (_content(words, claim) for words in (change.put_in, change.left_out))
    persons, replaced = (
        {word for word in map(_bare, words) if word in claim.cast.persons}
        for words in (change.put_in, change.left_out)
    )
    new = told - known - free
    if new and (known or replaced & claim.cast.members or (replaced and new - claim.known.stems)):
        return ", ".join(sorted(new))
    persons &= claim.cast.members
    return ", ".join(sorted(persons)) if persons and not told and known else ""


def _joins_parts(change: _Change, claim: Claim) -> bool:
    """Whether what stood on two sides of an "and" is told together: "forty on [budget and ten on] film"."""
    joins = wordings(claim.cast.language).joins
    at_an_end = {change.left_out[0], change.left_out[-1]} & joins if change.left_out else joins
    if at_an_end or _content(change.put_in, claim):
        return False
    return any(
        word in joins and _content(change.left_out[:at], claim) and _content(change.left_out[at + 1 :], claim)
        for at, word in enumerate(change.left_out)
    )


def _exchanged(changes: Sequence[_Change], claim: Claim) -> set[str]:
    """What stands in each other's place: "long ones" for "short ones", and "short" for "long"."""
    moved = [
        (_meant(change.put_in, claim), _meant(change.left_out, claim))
        for change in changes
        if change.put_in and change.left_out
    ]
    return {
        stem
        for told, known in moved
        for other_told, other_known in moved
        if (known - told) & (other_told - other_known)
        for stem in (told - known) & (other_known - other_told)
    }


def _meant(words: Sequence[str], claim: Claim) -> set[str]:
    """Stems of content, and members."""
    return _content(words, claim) | (claim.cast.members & set(map(_bare, words)))


def _content(words: Sequence[str], claim: Claim) -> set[str]:
    """Stems of what is no small word, and neither a person nor a day, whose own checks know the dates."""
    words_of = wordings(claim.cast.language)
    told = (word for word in words if word not in words_of.days and word not in words_of.small)
    said = [word for word in told if _bare(word) not in claim.cast.persons]
    return {stem for stem in token_stems(said, claim.cast.language) if not _is_of_date(stem, claim)}


def _is_of_date(stem: str, claim: Claim) -> bool:
    return stem.isdigit() and float(stem) in claim.numbers - claim.known.numbers


def _changes_nothing(compared: _Comparison, claim: Claim) -> bool:
    """Whether nothing but small words and other forms of the same ones, or of the same person, changed."""
    return not compared.around and all(_is_nothing(change, claim) for change in compared.changes)


def _is_nothing(change: _Change, claim: Claim) -> bool:
    cast = claim.cast
    small = wordings(cast.language).small
    told, known = (set(words) - small for words in (change.put_in, change.left_out))
    if any(_bare(word) in cast.persons for word in told) and not known:
        return False
    if change.is_inner and any(_bare(word) in cast.persons for word in known) and not told:
        return False
    persons = {word for word in told | known if _bare(word) in cast.persons}
    loose = ((told | known) - persons) & stop_words(cast.language)
    same = token_stems(told - persons, cast.language) == token_stems(known - persons, cast.language)
    return same and not loose


def _bare(word: str) -> str:
    """Without what a pronoun is joined to: "he'd" is "he", but "don't" stays."""
    return word if word.endswith("n't") else word.partition("'")[0] or word


def _has_mode(words: Sequence[str], mode: Mode, words_of: Wordings) -> bool:
    """Whether a word tells the mode; "may" after "in" or "of" is a month."""
    return any(
        words_of.modes[mode.value].fullmatch(word)
        for at, word in enumerate(words)
        if not (at and word in words_of.days and _leads_to_day(words[at - 1], words_of))
    )


def _leads_to_day(word: str, words_of: Wordings) -> bool:
    return word in words_of.behind or word[0].isdigit()


def _wrong_person(change: _Change, claim: Claim) -> str:
    """A member named in place of somebody else; "she" may be anybody but the one who wrote or reads it.

    Where the sources name nobody, as notes often do, it is for the cross-encoder to tell.
    """
    cast = claim.cast
    told, known = (cast.persons & set(map(_bare, words)) for words in (change.put_in, change.left_out))
    wrong = told - known
    others = cast.members - {claim.reader or claim.writer}
    if not known or known & cast.several or (known & (cast.single | others) and wrong <= cast.single):
        return ""
    if known & cast.single and claim.writer not in wrong:
        return ""
    return " ".join(sorted(wrong))
