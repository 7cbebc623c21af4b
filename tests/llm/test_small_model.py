"""A real language model on loopback, small and mostly wrong: what is promised holds whatever it says.

Some questions wait for it patiently, the rest hardly at all, as when a model is too slow for its readers.
"""

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from pydantic import SecretStr

from api.demo import demo_pairs
from coach.settings import Settings
from tests.conftest import ADMIN
from tests.drafting import NO_REST
from tests.fakes import NOW
from tests.integration.checks import check_citations
from tests.integration.model_endpoint import KEY, MODEL
from tests.llm.demonstration import KINDS, LEARNINGS, Call, Demonstration, served_demonstration
from tests.llm.ledger import Answer, says_who_drafted, wrong_dues, wrong_states
from tests.llm.own_words import strange_words
from tests.llm.small_model import small_model

pytestmark = [pytest.mark.llm, pytest.mark.timeout(1500)]
_PATIENT, _HASTY = 90.0, 1.0
_UNHEARD = re.compile("did not answer|could not be reached|status|longer than|said nothing|left alone")

Records = dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]]]]


@dataclass(frozen=True)
class Asked:
    """Every question's answer with the model, and without any; actions and goals by their pair."""

    patient: list[Answer]
    hasty: list[Answer]
    offline: dict[Call, Answer]
    records: Records
    demonstration: Demonstration

    @property
    def answers(self) -> list[Answer]:
        return [*self.patient, *self.hasty]


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with small_model() as address:
        yield address


@pytest.fixture(scope="module")
async def asked(base_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Asked]:
    offline = Settings(data_dir=tmp_path_factory.mktemp("small"), admin_token=SecretStr(ADMIN))
    async with served_demonstration(_with_model(offline, base_url, _PATIENT)) as demonstration:
        waited_for = _waited_for(demonstration.calls())
        patient = [await _answer(demonstration, call, n % 2 == 1) for n, call in enumerate(waited_for)]
    async with served_demonstration(_with_model(offline, base_url, _HASTY)) as demonstration:
        rest = [call for call in demonstration.calls() if call not in waited_for]
        hasty = [await _answer(demonstration, call) for call in rest]
    async with served_demonstration(offline) as demonstration:
        alone = {call: await _answer(demonstration, call) for call in demonstration.calls()}
        yield Asked(patient, hasty, alone, await _records(demonstration), demonstration)


def _with_model(settings: Settings, base_url: str, patience: float) -> Settings:
    about = {"llm_base_url": base_url, "llm_api_key": SecretStr(KEY), "llm_model": MODEL}
    return settings.model_copy(update={**about, "llm_timeout": patience, "llm_rest": NO_REST, "llm_kept": 0})


def _waited_for(calls: list[Call]) -> list[Call]:
    """Each kind of advice for the mentor of one pair and the mentee of the next, and learnings."""
    waited_for = [call for call in calls if call.kind == LEARNINGS]
    for n, kind in enumerate(KINDS):
        seats = [call for call in calls if call.kind == kind]
        waited_for += [seats[(4 * n + seat) % len(seats)] for seat in (0, 3)]
    return waited_for


async def _answer(demonstration: Demonstration, call: Call, streamed: bool = False) -> Answer:
    return Answer(call, *await (demonstration.stream if streamed else demonstration.ask)(call))


async def _records(demonstration: Demonstration) -> Records:
    pairs = [pair["key"] for pair in demo_pairs()]
    return {
        pair: (await demonstration.records(pair, "actions"), await demonstration.records(pair, "goals"))
        for pair in pairs
    }


async def test_every_question_is_answered_and_says_by_whom(asked: Asked) -> None:
    assert len(asked.answers) == len(asked.offline) > len(KINDS) * len(demo_pairs())
    assert [answer.call for answer in asked.answers if answer.status != 200] == []
    assert [a.call for a in asked.answers if not says_who_drafted(a.suggestion or {})] == []


async def test_nobody_who_waited_for_the_model_waited_in_vain(asked: Asked) -> None:
    """It answered each time; its lines were shown, or they were left out for what they said."""
    told = [warning for answer in asked.patient for warning in (answer.suggestion or {})["warnings"]]
    unheard = [warning for warning in told if _UNHEARD.search(warning)]
    assert unheard == []


async def test_every_citation_is_exact_and_the_readers_to_see(asked: Asked) -> None:
    cited = 0
    for answer in asked.answers:
        token = asked.demonstration.tokens[answer.call.reader]
        cited += await check_citations(asked.demonstration.client, token, {"items": answer.items})
    assert cited > 0


async def test_actions_and_goals_are_told_in_the_state_of_the_records(asked: Asked) -> None:
    wrong = []
    for answer in asked.answers:
        actions, goals = asked.records.get(answer.call.pair, ([], []))
        wrong += [*wrong_states(answer.items, actions, goals), *wrong_dues(answer.items, actions, NOW.date())]
    assert wrong == []


async def test_every_word_comes_from_the_notes_the_records_or_the_offline_coach(asked: Asked) -> None:
    strange = []
    for answer in asked.answers:
        actions, goals = asked.records.get(answer.call.pair, ([], []))
        strange += strange_words(answer, asked.offline[answer.call], [*actions, *goals])
    print(*strange, sep="\n")
    assert strange == []
