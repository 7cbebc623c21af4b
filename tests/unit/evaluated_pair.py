"""A made-up pair with its labels, and what a perfect coach would answer to it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from coach.language.words import content_stems
from evals.answers import Answer, Cited, Line, Task
from evals.cases.loading import Case, pair_faults, program_faults
from evals.cases.schema import Pair, Program, Split
from evals.metrics import Score
from evals.scorers.nearness import Cosines
from evals.scorers.scoring import scores_of

_HERE = Path(__file__).parent / "evaluated_program"


def _other(key: str, text: str) -> Pair:
    told = {
        "key": key, "about": key, "kind": "reverse",
        "mentors": [{"key": f"{key}-m", "name": f"Ann{key} Lee"}],
        "mentees": [{"key": f"{key}-s", "name": f"Bob{key} Ray"}],
        "sessions": [{"key": "s1", "held_at": "2027-01-12T10:00:00Z", "notes": [
            {"key": "n1", "author": f"{key}-m", "visibility": "program", "text": text}]}],
        "agenda": [{"reader": f"{key}-m"}],
    }  # fmt: skip
    return Pair.model_validate(told)


PAIR = Pair.model_validate(yaml.safe_load((_HERE / "pair.yaml").read_text("utf-8")))
PROGRAM = Program.model_validate(yaml.safe_load((_HERE / "program.yaml").read_text("utf-8")))
CASE = Case(
    PROGRAM, (PAIR, _other("p2", "The furnace has a dashboard now."), _other("p3", "A dashboard helps us."))
)
assert not list(pair_faults(PAIR))
assert not list(program_faults(PROGRAM, CASE.pairs))


def cited(quote: str, note: str = "n3") -> Cited:
    start = PAIR.notes[note].text.index(quote)
    return Cited(note=note, quote=quote, start=start, end=start + len(quote))


def task(
    kind: str, variant: str = "", reader: str = "maya", pair: str | None = PAIR.key, **ask: str | int
) -> Task:
    parts = ("upward", pair, kind, variant, reader, "0", "0")
    return Task(
        id="/".join(part for part in parts if part),
        program="upward", pair=pair, reader=reader, kind=kind, variant=variant, split=Split.TUNING, ask=ask,
    )  # fmt: skip


THRESHOLD = "We ran out of time for the alarm threshold."
TRIANGLE = "Ingrid learned that the grey triangle means old data."
ASKED = "Who set the threshold at 7.1?"
PROMISED = "I will send the list of reports by Friday."
ARRIVED = "The list of reports arrived."
CALL = "Ingrid wants to run the Monday call from the dashboard."

_AGENDA = (
    Line(
        text="Check in: how are you, and what has happened since 1 February 2027?",
        section="check_in",
        minutes=10,
    ),
    Line(
        text="Last actions, overdue: “Book the demo room”",
        detail="“Book the demo room”: Ingrid, due 5 February 2027, 5 days overdue.",
        section="actions",
        minutes=10,
    ),
    Line(
        text="Come back to what was put off: “We ran out of time for the alarm threshold”",
        detail="You wrote it on 1 February 2027, and I find no later note that says it was done.",
        section="focus",
        minutes=20,
        citations=(cited(THRESHOLD),),
    ),
    Line(
        text="Answer the open question: “Who set the threshold at 7.1”",
        section="discussion",
        minutes=10,
        citations=(cited(ASKED),),
    ),
    Line(
        text="Take stock of the goal “Run the Monday call from the dashboard”",
        section="discussion",
        minutes=5,
        citations=(cited(CALL, "n1"),),
    ),
    Line(
        text="Agree who does what by when, and set the date of the next session",
        section="next_steps",
        minutes=5,
    ),
)
_PARTS = {
    "situation": "in the demo on Monday",
    "behaviour": "you looked at your phone twice",
    "impact": None,
    "request": None,
}
ANSWERS: tuple[Answer, ...] = (
    Answer(
        task=task("agenda", "before", minutes=60, limit=6),
        lines=(Line(text="Protect the time for your sessions", section="focus", minutes=60),),
    ),
    Answer(task=task("agenda", minutes=60, limit=6), lines=_AGENDA),
    Answer(
        task=task("reflection", limit=5),
        lines=(
            Line(
                text="What did you see and hear around “the grey triangle means old data”?",
                section="what",
                citations=(cited(TRIANGLE),),
            ),
            Line(
                text="What makes “We ran out of time for the alarm threshold” matter to you?",
                section="so_what",
                citations=(cited(THRESHOLD),),
            ),
            Line(
                text="What will you do first about “the alarm threshold”, and by when?",
                section="now_what",
                citations=(cited(THRESHOLD),),
            ),
        ),
    ),
    Answer(
        task=task("progress"),
        lines=(
            Line(
                text="“Run the Monday call from the dashboard”: open, due 1 March 2027, not rated yet",
                detail="It still lacks a measure.",
                section="goals",
            ),
            Line(text="Done: “Send the list of reports”", section="done", citations=(cited(ARRIVED),)),
            Line(
                text="“Ingrid learned that the grey triangle means old data”",
                section="learned",
                citations=(cited(TRIANGLE),),
            ),
            Line(text="“The list of reports arrived”", section="done", citations=(cited(ARRIVED),)),
        ),
    ),
    Answer(
        task=task("ask", "answerable", question="What does the grey sign stand for?"),
        lines=(
            Line(
                text="“Ingrid learned that the grey triangle means old data”",
                detail="You wrote on 1 February 2027.",
                citations=(cited(TRIANGLE),),
            ),
        ),
    ),
    Answer(task=task("ask", "unanswerable", question="What is the merger called?")),
    Answer(
        task=task(
            "feedback",
            draft="You are rude, in the demo on Monday you looked at your phone twice.",
            to="ingrid",
        ),
        lines=(
            Line(
                text="In the demo on Monday, you looked at your phone twice. [what it did to the work] "
                "[one thing you would like next time] How do you see it?",
                section="direct",
                parts=_PARTS,
            ),
        ),
    ),
    Answer(
        task=task("learnings", reader="olga", pair=None, limit=10),
        lines=(Line(text="Dashboard: 3 of 3 pairings write about it", pairings=3),),
    ),
)


def changed(answer: Answer, **fields: Any) -> Answer:
    return answer.model_copy(update=fields)


class WordNearness:
    """Cosines of sets of stems."""

    async def cosines(self, ones: Sequence[str], others: Sequence[str]) -> Cosines:
        first, second = [content_stems(text) for text in ones], [content_stems(text) for text in others]
        found = [[len(a & b) / max(1, len(a) * len(b)) ** 0.5 for b in second] for a in first]
        return np.array(found, dtype=np.float32)


async def scored(answers: Sequence[Answer]) -> dict[str, float]:
    """The mean of each metric over the answers; what nothing was scored of is absent."""
    by_id = {answer.task.id: answer for answer in answers}
    every: list[Score] = []
    for answer in answers:
        every += await scores_of(CASE, answer, by_id, WordNearness())
    values: dict[str, list[float]] = {}
    for score in every:
        if score.value is not None:
            values.setdefault(score.metric, []).append(score.value)
    return {metric: sum(found) / len(found) for metric, found in values.items()}
