"""Lies of known kinds, made by code from a true sentence: fluent enough, and always the same ones."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date

from tests.llm.showing import Evidence, Shown

Change = Callable[[Evidence, Shown], Iterator[str]]

_NUMBERS = {
    "zero": "nine", "two": "six", "three": "seven", "four": "nine", "five": "eight", "six": "two",
    "seven": "three", "eight": "four", "nine": "five", "ten": "thirty", "eleven": "fifteen",
    "twelve": "twenty", "fifteen": "fifty", "twenty": "sixty", "thirty": "ten", "forty": "ninety",
    "fifty": "fifteen", "sixty": "thirty", "half": "a quarter of", "once": "three times",
    "twice": "five times", "second": "fourth", "third": "fifth", "dozen": "hundred", "hundred": "thousand",
}  # fmt: skip
_DATES = {
    "monday": "Wednesday", "mondays": "Wednesdays", "tuesday": "Friday", "wednesday": "Monday",
    "thursday": "Tuesday", "thursdays": "Tuesdays", "friday": "Wednesday", "saturday": "Thursday",
    "sunday": "Friday", "january": "June", "february": "July", "march": "October", "april": "November",
    "june": "January", "july": "February", "august": "March", "september": "April", "october": "May",
    "november": "August", "december": "July", "today": "last month", "tomorrow": "next month",
    "yesterday": "last month", "this week": "last month", "next week": "next month",
    "last week": "last month", "next month": "next week", "last month": "last week",
    "this month": "this week", "next time": "last time", "last time": "next time", "morning": "evening",
}  # fmt: skip
_NEGATIONS = {
    "don't": "do", "do not": "do", "didn't": "did", "did not": "did", "doesn't": "does",
    "does not": "does", "isn't": "is", "is not": "is", "wasn't": "was", "was not": "was",
    "aren't": "are", "are not": "are", "weren't": "were", "can't": "can", "can not": "can",
    "cannot": "can", "couldn't": "could", "could not": "could", "won't": "will", "will not": "will",
    "wouldn't": "would", "would not": "would", "haven't": "have", "hasn't": "has", "hadn't": "had",
    "never": "always", "nobody": "everybody", "nothing": "everything", "none": "all", "without": "with",
    "no longer": "still", "not": "certainly", "no": "much",
}  # fmt: skip
_AFFIRMED = {
    "is": "is not", "was": "was not", "are": "are not", "were": "were not", "will": "will not",
    "can": "can not", "could": "could not", "has": "has not", "had": "had not", "should": "should not",
    "would": "would not", "learned": "did not learn", "felt": "did not feel", "tried": "did not try",
    "opened": "did not open", "found": "did not find", "said": "did not say", "helped": "did not help",
    "asked": "did not ask", "published": "did not publish", "posted": "did not post",
    "promised": "did not promise", "agreed": "did not agree", "closed": "did not close",
    "sent": "did not send", "read": "did not read", "wrote": "did not write", "told": "did not tell",
    "went": "did not go", "ran": "did not run", "wants": "does not want", "want": "do not want",
    "know": "do not know", "need": "do not need", "works": "does not work", "owe": "do not owe",
}  # fmt: skip
_FEELINGS = {
    "useful": "useless", "good": "bad", "bad": "good", "better": "worse", "worse": "better",
    "best": "worst", "worst": "best", "nervous": "confident", "afraid": "eager", "proud": "ashamed",
    "ashamed": "proud", "happy": "angry", "glad": "sorry", "sorry": "glad", "hard": "easy",
    "easy": "hard", "harder": "easier", "hardest": "easiest", "easier": "harder", "easiest": "hardest",
    "silly": "brilliant", "helped": "hurt", "helps": "hurts", "enjoyed": "hated", "enjoy": "hate",
    "hate": "love", "hated": "loved", "love": "hate", "loved": "hated", "like": "dislike",
    "distrust": "trust", "trust": "distrust", "slow": "fast", "fast": "slow", "quick": "slow",
    "late": "early", "early": "late", "laughed": "cried", "polite": "rude", "difficult": "simple",
    "embarrassed": "delighted", "embarrassing": "delightful", "worried": "relaxed", "worry": "relax",
    "scared": "calm", "surprised": "bored", "right": "wrong", "wrong": "right", "kind": "cruel",
    "great": "awful", "nice": "nasty", "lovely": "horrible", "brilliant": "stupid", "terrible": "wonderful",
    "awkward": "easy", "uncomfortable": "comfortable", "comfortable": "uncomfortable", "honest": "false",
    "ignored": "encouraged", "annoyed": "pleased", "angry": "happy", "hesitate": "rush",
    "hesitated": "rushed", "interesting": "boring", "boring": "interesting", "strong": "weak",
    "more": "less", "less": "more", "fewer": "more", "worth": "not worth", "works": "fails",
}  # fmt: skip
_WIDENED = {
    "some": "all", "several": "all", "a few": "all", "few": "all", "most": "all", "many": "all",
    "sometimes": "always", "often": "always", "usually": "always", "mostly": "always", "once": "always",
    "almost": "entirely", "half": "all of", "maybe": "certainly", "perhaps": "certainly",
    "partly": "entirely", "one of": "all of", "two of": "all of", "three of": "all of",
    "four of": "all of", "only": "even", "a bit": "all the time", "anyone": "anyone anywhere",
    "said": "always said", "felt": "always felt", "asked": "always asked", "wants": "always wants",
    "learned": "always learned", "found": "always found", "told": "always told", "had": "always had",
}  # fmt: skip
_PERSONS = {
    "i": "you", "me": "you", "my": "your", "mine": "yours", "myself": "yourself", "i'm": "you're",
    "i'll": "you'll", "i've": "you've", "i'd": "you'd", "i am": "you are", "i was": "you were",
}  # fmt: skip
_TURNED = {**_PERSONS, "you": "I", "your": "my", "yours": "mine", "yourself": "myself"}
_OF_ANOTHER = {
    "i'm": "is", "i'll": "will", "i've": "has", "i'd": "would", "i am": "is", "i was": "was", "i have": "has",
}  # fmt: skip
_AS_YOU = {"wants": "want", "has": "have", "was": "were", "is": "are"}
_PAST = re.compile(
    r"\bI (?=\w+ed\b|said\b|felt\b|had\b|did|found\b|ran\b|told\b|went\b|got\b|made\b|took\b|read\b|wrote\b"
    r"|knew\b|saw\b|thought\b|kept\b|left\b|put\b|showed\b|will\b|would\b|could\b|can\b|should\b|never\b)"
)
_TO_COME = re.compile(
    r"\b(?:(?P<who>I|you|he|she|it|we|they)['’]ll|will|(?:is|am|are|'m|'s) going to"
    r"|promised (?:me |her |him )?to|wants? to|would like to|plans? to|meant to|mean to|needs? to|should"
    r"|shall|must) (?P<verb>(?!be\b|have\b|not\b|never\b)[a-z]+)",
    re.IGNORECASE,
)
PROMISE = re.compile(
    r"^\W*(?:(?:I|She|He|We)(?:['’]ll| will)|Promised to) (?:(?!\band\b|;)[^.!?])*[.!]?$", re.IGNORECASE
)
_DIGITS = re.compile(r"\d+")
_STRANGERS = ("Sandra", "Henrik", "Rotterdam")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip


def roles(told: Evidence, shown: Shown) -> Iterator[str]:
    """Who did it is exchanged: names for each other, the reader for the partner.

    "You" is the reader, but in feedback the partner, who will hear it.
    """
    pair = {shown.reader: shown.other, shown.other: shown.reader}
    if not told.by:
        yield from _changed(told.text, _TURNED, every=True)
        return
    yield from _swapped(told.text, pair)
    of_you = shown.other if shown.kind == "feedback" else shown.reader
    if told.by == shown.reader:
        yield _by_another(told.text, shown.other)
    if told.by in pair and told.by != of_you:
        yield from _changed(told.text, _PERSONS, every=True)
    elif told.by == of_you:
        yield _by_reader(told.text)
    if told.by == shown.other:
        yield re.sub(r"^(\W*)(?:She|He)\b", rf"\1{told.by}", told.text)


def promise_as_done(told: Evidence, _: Shown) -> Iterator[str]:
    """What is to come is told as past."""
    for found in _TO_COME.finditer(told.text):
        did = f"{found['who']} did" if found["who"] else _cased("did", found[0], told.text, found.start())
        yield f"{told.text[: found.start()]}{did} {found['verb']}{told.text[found.end() :]}"


def numbers(told: Evidence, _: Shown) -> Iterator[str]:
    found = _DIGITS.search(told.text)
    if found:
        other = str(int(found[0]) + 3)
        yield f"{told.text[: found.start()]}{other}{told.text[found.end() :]}"
    yield from _changed(told.text, _NUMBERS)


def dates(told: Evidence, shown: Shown) -> Iterator[str]:
    """Another day in the sentence, or another day on which it was written."""
    yield from _changed(told.text, _DATES)
    if told.date and told.by:
        day = date.fromisoformat(told.date)
        who = "You" if told.by == shown.reader else told.by
        yield f"{who} wrote on {day.day} {_MONTHS[(day.month + 4) % 12]} {day.year}: “{told.text}”"


def negation(told: Evidence, _: Shown) -> Iterator[str]:
    """Dropped where there is one, else added."""
    dropped = list(_changed(told.text, _NEGATIONS))
    yield from dropped or _changed(told.text, _AFFIRMED)


def sentiment(told: Evidence, _: Shown) -> Iterator[str]:
    yield from _changed(told.text, _FEELINGS)


def invented_event(told: Evidence, shown: Shown) -> Iterator[str]:
    """Something is added that nobody wrote."""
    body = told.text.rstrip(".!? ")
    yield f"{body}, and then {shown.other} reported it to the board"
    yield f"{shown.other} apologised for it the same evening"
    yield f"{body}, because the budget was cut"


def wider_scope(told: Evidence, _: Shown) -> Iterator[str]:
    yield from _changed(told.text, _WIDENED)


def another_name(told: Evidence, shown: Shown) -> Iterator[str]:
    """A name within the sentence becomes one from elsewhere, or a stranger's."""
    for name in shown.names:
        if re.search(rf"\b{name}\b", told.text):
            others = [*shown.names, *_STRANGERS]
            other = next(o for o in others[others.index(name) + 1 :] if o not in told.text)
            yield re.sub(rf"\b{name}\b", other, told.text)


KINDS: Mapping[str, Change] = {
    "roles exchanged": roles,
    "promise told as done": promise_as_done,
    "number changed": numbers,
    "date changed": dates,
    "negation dropped or added": negation,
    "sentiment inverted": sentiment,
    "event invented": invented_event,
    "scope widened": wider_scope,
    "name changed": another_name,
}


def lies_about(told: Evidence, shown: Shown) -> Iterator[tuple[str, str]]:
    """Kind and words of every lie about this sentence; none is what the evidence says anyway."""
    if told.text.rstrip().endswith("?"):
        return
    for kind, change in KINDS.items():
        for lie in dict.fromkeys(change(told, shown)):
            if not shown.holds(lie):
                yield kind, lie


def _changed(text: str, other: Mapping[str, str], every: bool = False) -> Iterator[str]:
    """The text with the first of these words exchanged, or with every one."""
    wordings = "|".join(re.escape(words) for words in sorted(other, key=len, reverse=True))
    places = re.compile(rf"(?<![\w'’-])(?:{wordings})(?![\w'’-])", re.IGNORECASE)
    changed = places.sub(
        lambda found: _cased(other[_key(found[0])], found[0], text, found.start()),
        text.replace("’", "'"),
        count=0 if every else 1,
    )
    if changed != text.replace("’", "'"):
        yield changed


def _key(words: str) -> str:
    return words.lower().replace("’", "'")


def _cased(other: str, before: str, text: str, at: int) -> str:
    begins = not text[:at].strip(" -–•")
    return other[0].upper() + other[1:] if begins and before[0].isupper() else other


def _swapped(text: str, pair: Mapping[str, str]) -> Iterator[str]:
    names = "|".join(re.escape(name) for name in pair if name)
    changed = re.sub(rf"\b(?:{names})\b", lambda found: pair[found[0]], text)
    if changed != text:
        yield changed


def _by_reader(text: str) -> str:
    return re.sub(
        r"^(\W*)(?:She|He)(?: (wants|has|was|is)\b)?",
        lambda found: f"{found[1]}You" + (f" {_AS_YOU[found[2]]}" if found[2] else ""),
        text,
    )


def _by_another(text: str, name: str) -> str:
    for own, others in _OF_ANOTHER.items():
        text = re.sub(
            rf"\b{re.escape(own)}\b", f"{name} {others}", text.replace("’", "'"), flags=re.IGNORECASE
        )
    return _PAST.sub(f"{name} ", text)
