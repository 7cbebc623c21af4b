"""The questions that answering is fitted on, asked of a service that holds their notes."""

import json
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources

import numpy as np
import yaml
from numpy.typing import NDArray

from api.demo import demo_key, demo_lines
from coach.advice.answers import listened
from coach.advice.answers_signals import Floats, Heard
from coach.advice.reading import Reading, read_pairing
from coach.advice.sentences import Said
from coach.capture.import_lines import line_of
from coach.domain.ids import imported_id
from coach.domain.visibility import Person
from coach.service import Service
from coach.settings import Settings
from evals.cases.lines import case_lines, later_lines, record_id
from evals.cases.loading import Case, load_cases
from evals.cases.schema import Question, Split, Unanswerable
from evals.datasets.conversations import Conversation, dialogues
from evals.holding import holding
from evals.scorers.answers import says
from evals.scorers.matching import meets, places

Place = tuple[str, int, int]


@dataclass(frozen=True)
class Wanted:
    """A question of a reader; `gold` are places in notes that answer it, `says` what an answer holds."""

    source: str
    pair: str
    pairing_id: str
    reader_id: str
    question: str
    gold: tuple[Place, ...] = ()
    says: tuple[str, ...] = ()


@dataclass(frozen=True)
class Asked:
    """A question with its sentences, their signals and which of them hold the gold evidence, shape (n,)."""

    wanted: Wanted
    reading: Reading
    heard: Heard
    signals: dict[str, Floats]
    gold: NDArray[np.bool_]

    @property
    def source(self) -> str:
        return self.wanted.source

    @property
    def pair(self) -> str:
        return f"{self.source}/{self.wanted.pair}"

    @property
    def answerable(self) -> bool:
        return bool(self.wanted.gold)

    def columns(self, names: Iterable[str]) -> NDArray[np.float32]:
        """Shape (n, names)."""
        return np.stack([self.signals[name] for name in names], axis=1)

    def is_right(self, answers: Iterable[Said]) -> bool:
        """Whether it shows gold evidence and says all that an answer must."""
        shown = list(answers)
        text = "\n".join(said.text for said in shown)
        held = any(_shows(said, place) for said in shown for place in self.wanted.gold)
        return held and all(says(text, told) for told in self.wanted.says)


async def every_question() -> list[Asked]:
    asked, settings = list[Asked](), Settings()
    for case in tuning_cases():
        async with holding([*case_lines(case), *later_lines(case)], settings) as service:
            asked += [a async for a in _asked(service, _of_case(case))]
    async with holding(demo_lines(datetime.now(UTC)), settings) as service:
        asked += [a async for a in _asked(service, _of_demo())]
    for conversation in dialogues():
        async with holding(_conversation_lines(conversation), settings) as service:
            asked += [a async for a in _asked(service, _of_conversation(conversation))]
    return asked


async def _asked(service: Service, wanted: Iterable[Wanted]) -> AsyncIterator[Asked]:
    for one in wanted:
        async with service.database.reading() as records:
            reader = await records.people.participant(one.reader_id)
            assert reader is not None
            reading = await read_pairing(records, Person(reader), one.pairing_id, service.clock())
        found = await listened(reading, service.search, one.question)
        if found is not None:
            heard, signals = found
            gold = [any(_shows(said, place) for place in one.gold) for said in heard.said]
            yield Asked(one, reading, heard, signals, np.array(gold, dtype=np.bool_))


def _shows(said: Said, place: Place) -> bool:
    note, start, end = place
    own = said.excerpt
    return own.note_id == note and meets((own.start, own.end), (start, end))


def tuning_cases() -> Iterator[Case]:
    """Programs with their English tuning pairs alone: nothing is fitted on a held-out one."""
    for case in load_cases():
        kept = [pair for pair in case.pairs if pair.split is Split.TUNING and pair.language == "en"]
        yield Case(case.program, tuple(kept))


def _of_case(case: Case) -> Iterator[Wanted]:
    for pair in case.pairs:
        every: list[Question | Unanswerable] = [*pair.answerable, *pair.unanswerable]
        for asked in every:
            yield Wanted(
                "fixture",
                pair.key,
                record_id(case, "pairing", pair.key),
                record_id(case, "participant", asked.reader),
                asked.ask,
                tuple(
                    (record_id(case, "note", pair.key, evidence.note), *place)
                    for evidence in getattr(asked, "evidence", ())
                    for place in places(pair.notes[evidence.note].text, evidence.quote)
                ),
                getattr(asked, "says", ()),
            )


def _of_demo() -> Iterator[Wanted]:
    """Answerable questions have their evidence in one note, whose text the demonstration's lines hold."""
    text = resources.files("evals").joinpath("fixtures/demo_questions.yaml").read_text("utf-8")
    told = [json.loads(line) for line in demo_lines(datetime.now(UTC))]
    notes = {line["key"]: line["text"] for line in told if line["type"] == "note"}
    for pair in yaml.safe_load(text):
        ids = (
            imported_id("pairing", demo_key(pair["pair"])),
            imported_id("participant", demo_key(pair["asker"])),
        )
        for asked in (*pair["answerable"], *pair["unanswerable"]):
            gold: list[Place] = []
            if "evidence" in asked:
                key, quote = demo_key(pair["pair"], asked["note"]), asked["evidence"]
                gold = [(imported_id("note", key), *place) for place in places(notes[key], quote)]
            yield Wanted("demo", pair["pair"], *ids, asked["question"], tuple(gold))


def _of_conversation(conversation: Conversation) -> Iterator[Wanted]:
    home = imported_id("pairing", conversation.id)
    for asked in conversation.questions:
        gold = tuple((imported_id("note", f"{conversation.id}/{n}"), a, b) for n, a, b in asked.gold)
        yield Wanted(
            "dialogue", conversation.id, home, imported_id("participant", "asker"), asked.query, gold
        )


def _conversation_lines(conversation: Conversation) -> Iterator[bytes]:
    """A program with one pairing, whose sessions have a transcript each."""
    yield line_of("program", key="program", name="Dialogues")
    speakers = list(
        dict.fromkeys(line.split(":")[0] for text in conversation.texts for line in text.split("\n"))
    )
    for key, name, role in zip(("asker", "other"), speakers, ("mentor", "mentee"), strict=False):
        yield line_of("participant", key=key, program="program", role=role, name=name)
    members = {"mentors": ["asker"], "mentees": ["other"]}
    yield line_of("pairing", key=conversation.id, program="program", kind="reverse", **members)
    for number, (text, held) in enumerate(zip(conversation.texts, conversation.held_at, strict=True)):
        key = f"{conversation.id}/{number}"
        yield line_of("session", key=key, pairing=conversation.id, held_at=held.isoformat())
        yield line_of("note", key=key, session=key, author="asker", kind="transcript", text=text)
