"""Public or own corpora of multi-session conversations: what the service finds and answers on them.

Each conversation is imported as one pairing of kind group and asked through a real service, as its members
would. A question has gold evidence, and no worded answer: an answer counts by what it cites.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from coach.advice.answers import QuestionAsk
from coach.advice.coach import Done
from coach.advice.finding import Wanted, find
from coach.capture.import_lines import line_of
from coach.domain.ids import imported_id
from coach.domain.visibility import Actor, Person
from coach.errors import Invalid
from coach.generations import EmbedderOf
from coach.service import Service
from coach.settings import Settings
from evals.datasets.conversations import Conversation, Question, Stretch, from_json_lines, qmsum
from evals.holding import holding
from evals.retrieval import BUDGETS, coverage

_PROGRAM = "corpus"


@dataclass(frozen=True, slots=True)
class Found:
    """Of one question: the share of gold found within each budget of characters, and what was answered.

    `hit`: whether the answer cites gold; `precise`: the share of what it cites that is gold. Both None when
    there is no answer.
    """

    shares: tuple[float, ...]
    answered: bool
    hit: bool | None
    precise: float | None


def read_corpus(path: Path, form: str) -> list[Conversation]:
    """QMSum's meetings, or JSON lines in the form of evals/datasets/conversations.py; Invalid otherwise."""
    try:
        return qmsum(path) if form == "qmsum" else from_json_lines(path)
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        told = f"{type(error).__name__}: {error}"
        raise Invalid(
            f"{path} can't be read as {form} ({told}); the form is told in evals/datasets/conversations.py"
        ) from error


async def measure(
    conversations: Sequence[Conversation], settings: Settings, embedder_of: EmbedderOf | None = None
) -> list[Found]:
    """Every question of every conversation, each conversation in a service of its own."""
    found = []
    with tqdm(total=sum(len(c.questions) for c in conversations), unit="question", disable=None) as bar:
        for home in conversations:
            async with holding(lines_of(home), settings, embedder_of, faults_allowed=True) as service:
                for question in home.questions:
                    found.append(await _asked(service, home, question))
                    bar.update()
    return found


async def _asked(service: Service, home: Conversation, question: Question) -> Found:
    async with service.database.reading() as records:
        reader = await records.people.participant(imported_id("participant", _key(home, "reader")))
    assert reader is not None
    actor, pairing = Person(reader), imported_id("pairing", _key(home))
    shares = [await _share(service, actor, pairing, home, question, budget) for budget in BUDGETS]
    cited = await _cited(service, actor, pairing, home, question)
    if not cited:
        return Found(tuple(shares), False, None, None)
    gold = _characters(question.gold)
    told = _characters(cited)
    return Found(tuple(shares), True, bool(gold & told), len(gold & told) / len(told))


async def _share(
    service: Service, actor: Actor, pairing: str, home: Conversation, question: Question, budget: int
) -> float:
    async with service.database.reading() as records:
        wanted = Wanted(question.query, max_chars=budget)
        given = await find(records, service.search, actor, pairing, wanted, service.clock())
    places = _sessions(home)
    stretches = [(places[g.excerpt.note_id], g.excerpt.start, g.excerpt.end) for g in given]
    return coverage(stretches, question.gold, budget)


async def _cited(
    service: Service, actor: Actor, pairing: str, home: Conversation, question: Question
) -> list[Stretch]:
    places = _sessions(home)
    async for event in service.coach.advise(actor, QuestionAsk(pairing, question.query)):
        if isinstance(event, Done):
            cited = [place for item in event.suggestion.items for place in item.citations]
            return [(places[place.note_id], place.start, place.end) for place in cited]
    return []


def _characters(stretches: Sequence[Stretch]) -> set[tuple[int, int]]:
    return {(session, at) for session, start, end in stretches for at in range(start, end)}


def _sessions(home: Conversation) -> dict[str, int]:
    """Sessions by the ids of their notes."""
    return {imported_id("note", _key(home, str(n))): n for n in range(len(home.texts))}


def lines_of(home: Conversation) -> Iterator[bytes]:
    """A conversation in the import format: a transcript a session, read by someone who only reads."""
    reader, other = _key(home, "reader"), _key(home, "other")
    yield line_of("program", key=_PROGRAM, name="Corpus", objectives=[])
    for key, role in ((reader, "mentor"), (other, "mentee")):
        yield line_of("participant", key=key, program=_PROGRAM, name=f"A {role} of {home.id}", role=role)
    yield line_of(
        "pairing", key=_key(home), program=_PROGRAM, kind="group", mentors=[reader], mentees=[other]
    )
    for n, (text, held_at) in enumerate(zip(home.texts, home.held_at, strict=True)):
        key = _key(home, str(n))
        yield line_of("session", key=key, pairing=_key(home), held_at=held_at.isoformat(), format="group")
        yield line_of("note", key=key, session=key, author=reader, kind="transcript", text=text)


def _key(home: Conversation, *parts: str) -> str:
    return "/".join((_PROGRAM, home.id, *parts))


def corpus_text(found: Sequence[Found]) -> str:
    """Markdown: retrieval by budget, and answers."""
    if not found:
        return "No question to measure.\n"
    answered = [one for one in found if one.answered]
    rows = [
        (f"gold found in {budget:,} characters", [one.shares[at] for one in found])
        for at, budget in enumerate(BUDGETS)
    ]
    rows.append(("questions answered", [float(one.answered) for one in found]))
    if answered:
        rows.append(("answers that cite gold", [float(bool(one.hit)) for one in answered]))
        rows.append(("share of what answers cite that is gold", [one.precise or 0.0 for one in answered]))
    lines = ["| measure | share | of |", "| --- | ---: | ---: |"]
    lines += [f"| {name} | {100 * sum(told) / len(told):.1f} % | {len(told)} |" for name, told in rows]
    return "\n".join(lines) + "\n"
