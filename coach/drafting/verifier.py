"""What a language model says, held line by line against what it may stand on."""

import re
from collections.abc import Iterable, Iterator

from coach.advice.briefs import (
    AgendaBrief,
    AnswerBrief,
    Brief,
    FeedbackBrief,
    LearningsBrief,
    ProgressBrief,
    ReflectionBrief,
    Theme,
    language_of_brief,
)
from coach.domain.spoken import Spoken
from coach.domain.suggestions import Item
from coach.domain.work import ActionStatus, GoalStatus
from coach.drafting.bearing import LEAST_ODDS, Claim, is_close, objections, told_as_facts
from coach.drafting.copying import Copy, copied
from coach.drafting.grounds import Grounds
from coach.drafting.objections import Objection, Reason
from coach.drafting.phrases import phrases
from coach.language.claims import Wordings, wordings
from coach.language.cues import cues
from coach.language.detection import language_of
from coach.language.facts import Mode, facts
from coach.language.sentences import sentence_spans
from coach.language.unsettled import supposed_part
from coach.language.words import content_stems, folded, overlap, stem, word_count, words
from coach.ports import Entailment, StatementReader
from coach.rules.inert import inert

_READ_IN = "en"
_ENOUGH_WORDS = 6
_NAMES_IT = 0.5
_LEAST_CITED = 0.5
_LEAST_ENTAILED = 0.5
_BLANK = re.compile(r"\[[^\]]*\]")
_SAID_OF_THEMES = frozenset({"some", "often"})
_MARKS = re.compile(r"[“”]")
_CODE = re.compile(r"(?<![\w-])(?:[^\W\d_]+-?\d[\w-]*|[A-ZÀ-ÖØ-Þ]{4,}(?:-\w+)*)(?!\w)")


class StatementVerifier:
    """Whether what an item says is borne out; the same item on the same evidence is judged the same way."""

    def __init__(self, reader: StatementReader, entailment: Entailment | None = None) -> None:
        """`entailment`: a further check, of statements that all others let pass."""
        self._reader = reader
        self._entailment = entailment

    async def objection(self, item: Item, brief: Brief, theme: Theme | None = None) -> Objection | None:
        """What the evidence, the records or the rules hold against an item; None when it may be shown."""
        found = await self._objection(item, brief, theme)
        return _in_own_words(found, item, language_of_brief(brief)) if found else None

    async def _objection(self, item: Item, brief: Brief, theme: Theme | None) -> Objection | None:
        told, language = f"{item.text} {item.detail or ''}", language_of_brief(brief)
        if word_count(told) >= _ENOUGH_WORDS and language_of(told, language) != language:
            return Objection(Reason.LANGUAGE)
        if isinstance(brief, LearningsBrief):
            return _of_theme(item.text, theme, language) if theme else Objection(Reason.EVIDENCE)
        grounds = Grounds(brief, item.citations)
        if foreign := _of_its_own(item, grounds):
            return Objection(Reason.UNSAID, foreign)
        match brief:
            case FeedbackBrief():
                lines = filter(None, [*(item.parts or {}).values(), item.text])
                found = _first(_freely(line, grounds, "feedback") for line in lines)
                return found or (None if _says_anything(item.text, grounds) else Objection(Reason.EVIDENCE))
            case ReflectionBrief():
                return _freely(item.text, grounds, "question")
            case AgendaBrief():
                topic = _freely(item.text, grounds, "topic")
                return topic or await self._of_statements(item.detail or "", grounds)
            case ProgressBrief():
                return _of_section(item, language) or await self._of_statements(item.text, grounds)
            case AnswerBrief():
                return await self._of_statements(item.text, grounds)

    async def _of_statements(self, text: str, grounds: Grounds) -> Objection | None:
        for sentence in _sentences(text, grounds.language):
            claim = grounds.statement(sentence)
            found = _of_facts(sentence, claim, grounds)
            if isinstance(found, Objection):
                return found
            read = found is Copy.CLEAN or await self._reads_as_borne_out(claim)
            if not (read and await self._is_entailed(claim)):
                return Objection(Reason.UNSAID)
        return None

    async def _is_entailed(self, claim: Claim) -> bool:
        if self._entailment is None:
            return True
        passages = "\n".join(source.text for source in claim.sources)
        (likely,) = await self._entailment.entails([(passages, claim.sentence)])
        return likely >= _LEAST_ENTAILED

    async def _reads_as_borne_out(self, claim: Claim) -> bool:
        if claim.cast.language != _READ_IN:
            return is_close(claim)
        cited = [source.spoken for source in claim.sources]
        (odds,) = await self._reader.bears_out([(Spoken("", claim.sentence), cited)])
        return odds >= LEAST_ODDS


def _in_own_words(found: Objection, item: Item, language: str) -> Objection:
    """With the line's own words for stems and stand-ins."""
    meant = set(found.words.replace(",", " ").split())
    said = [
        word
        for word in words(f"{item.text} {item.detail or ''}")
        if folded(word) in meant or folded(stem(word, language)) in meant
    ]
    return Objection(found.reason, ", ".join(dict.fromkeys(said)))


def _of_its_own(item: Item, grounds: Grounds) -> str:
    """The first address, tag or code word of a line that is not letter by letter what it stands on."""
    lines = [item.text, item.detail or "", *filter(None, (item.parts or {}).values())]
    marked = [word.strip("“”.,;:!?") for line in lines for word in line.split() if inert(word) != word]
    codes = [code for line in lines for code in _CODE.findall(_BLANK.sub(" ", line))]
    return next((word for word in (*marked, *codes) if not grounds.holds_letter_by_letter(word)), "")


def _first(found: Iterable[Objection | None]) -> Objection | None:
    return next((objection for objection in found if objection is not None), None)


def _sentences(text: str, language: str) -> Iterator[str]:
    plain = _MARKS.sub("", text)
    for start, end in sentence_spans(plain, language):
        yield plain[start:end]


def _freely(text: str, grounds: Grounds, kind: str) -> Objection | None:
    """A topic, a question or a phrasing: beside words that claim nothing, those of its grounds."""
    free = wordings(grounds.language).free[kind]
    for sentence in _sentences(_BLANK.sub(" ", text), grounds.language):
        claim = grounds.claim(sentence)
        found = _of_facts(sentence, claim, grounds, free)
        if isinstance(found, Objection):
            return found
        stated = _stated(sentence, claim, grounds, kind)
        if stated and (open_ones := told_as_facts(stated)):
            return Objection(Reason.STATUS, ", ".join(sorted(open_ones)))
        if kind == "topic" and stated and (unsaid := claim.told.stems - free - grounds.stems):
            return Objection(Reason.UNSAID, ", ".join(sorted(unsaid)))
        claimed = claim.told.stems - free
        if claimed - claim.known.stems:
            return Objection(Reason.UNSAID, ", ".join(sorted(claimed - claim.known.stems)))
        if kind != "feedback" and claimed and overlap(claimed, grounds.stems) < _LEAST_CITED:
            return Objection(Reason.EVIDENCE)
    return None


def _stated(sentence: str, claim: Claim, grounds: Grounds, kind: str) -> Claim | None:
    """What of a line is told as a fact: all of a topic that is a statement, what a question supposes."""
    words_of = wordings(grounds.language)
    if kind == "question":
        supposed = supposed_part(sentence, words_of)
        return grounds.claim(supposed) if supposed else None
    if kind == "topic":
        led = content_stems(" ".join(words(sentence)[:1]), grounds.language) & words_of.free["topic"]
        persons = claim.told.words & (words_of.finite | grounds.cast.persons)
        is_statement = persons or sentence.rstrip().endswith(".")
        return claim if is_statement and not led else None
    return claim


def _says_anything(text: str, grounds: Grounds) -> bool:
    """Whether feedback holds a word that is not free to say."""
    return bool(grounds.claim(_BLANK.sub(" ", text)).told.stems - wordings(grounds.language).free["feedback"])


def _of_facts(
    sentence: str, claim: Claim, grounds: Grounds, free: frozenset[str] = frozenset()
) -> Copy | Objection:
    """What the records or the facts hold against a sentence; else whether it is a copy."""
    return _of_records(sentence, grounds, free) or next(objections(claim, free), None) or copied(claim, free)


def _of_records(sentence: str, grounds: Grounds, free: frozenset[str]) -> Objection | None:
    """An objection to what tells the state of a goal or an action, or of an open action as done."""
    language = grounds.language
    said, words_of = words(sentence), wordings(language)
    stems = content_stems(sentence, language)
    tells = any(words_of.states.fullmatch(word) for word in said)
    named = any(words_of.subjects.fullmatch(word) for word in said)
    is_done = cues(language).sentence["done"].search(sentence) is not None
    others = [word for word in said if not words_of.states.fullmatch(word)]
    plain = content_stems(" ".join(others), language) - free
    for title, is_open in _on_record(grounds):
        titled = content_stems(title, language)
        if overlap(titled, stems) >= _NAMES_IT or (tells and plain and plain <= titled):
            named = True
            tells |= is_done and is_open
    return Objection(Reason.RECORDS) if tells and named else None


def _on_record(grounds: Grounds) -> Iterator[tuple[str, bool]]:
    """Each action's and goal's title, and whether it is open."""
    for action in grounds.reading.actions:
        yield action.title, action.status is ActionStatus.OPEN
    for goal in grounds.reading.goals:
        yield goal.title, goal.status is GoalStatus.OPEN


def _of_section(item: Item, language: str) -> Objection | None:
    """What is still to come is not done."""
    is_planned = item.section == "done" and Mode.PLANNED in facts(item.text, language).modes
    return Objection(Reason.STATUS) if is_planned else None


def _of_theme(text: str, theme: Theme, language: str) -> Objection | None:
    """A theme's own words and words that claim nothing, and neither a number nor a denial."""
    told, label = facts(text, language), facts(_label(theme, language), language)
    if told.numbers:
        return Objection(Reason.NUMBER)
    if Mode.DENIED in told.modes:
        return Objection(Reason.NEGATION)
    if told.scope - label.scope - _SAID_OF_THEMES:
        return Objection(Reason.SCOPE)
    if {Mode.PLANNED, Mode.SUPPOSED} & told.modes:
        return Objection(Reason.STATUS)
    if not wordings(language).one_pair.isdisjoint(told.words):
        return Objection(Reason.SCOPE)
    new = told.stems - label.stems - _allowed(theme, wordings(language))
    return Objection(Reason.UNSAID, ", ".join(sorted(new))) if new else None


def _label(theme: Theme, language: str) -> str:
    named = phrases(language)
    labels = [named[f"learnings.difficulty.{theme.difficulty}"]] if theme.difficulty else []
    labels += [named[f"learnings.lesson.{theme.lesson}"]] if theme.lesson else []
    return " ".join([*labels, *theme.words])


def _allowed(theme: Theme, words_of: Wordings) -> frozenset[str]:
    learned = words_of.free["learned"] if theme.learned is not None else frozenset[str]()
    struggles = theme.struggling is not None or theme.difficulty is not None
    return words_of.free["theme"] | learned | (words_of.free["struggling"] if struggles else frozenset())
