"""A model that lies about evidence that exists: nothing of it reaches a reader of the demonstration."""

from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pytest
from pydantic import SecretStr

from coach.settings import Settings
from tests.conftest import ADMIN
from tests.drafting import NO_REST
from tests.e2e.model_server import ModelServer
from tests.fakes import NOW
from tests.integration.checks import check_citations
from tests.integration.coached_program import forget_wording
from tests.integration.model_endpoint import KEY, MODEL
from tests.llm.demonstration import LEARNINGS, Call, Demonstration, served_demonstration
from tests.llm.ledger import Answer, Ledger, says_who_drafted, wrong_dues, wrong_states
from tests.llm.liar import LIE_KINDS, TRUE, Liar
from tests.llm.naming import named, strange, unnamed

pytestmark = [pytest.mark.llm, pytest.mark.timeout(1500)]
_LEAST_OF_A_KIND = 20


@dataclass(frozen=True)
class Trial:
    demonstration: Demonstration
    answers: list[Answer]

    @cached_property
    def ledger(self) -> Ledger:
        return Ledger(self.answers)


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def trial(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Trial]:
    """Everything that the demonstration's people would ask, until the liar has told all its lies."""
    with ModelServer() as model:
        liar = Liar()
        model.says(lambda asked: unnamed(liar.answer(named(asked))))
        settings = Settings(
            data_dir=tmp_path_factory.mktemp("liar") / "data",
            admin_token=SecretStr(ADMIN),
            llm_base_url=model.base_url,
            llm_api_key=SecretStr(KEY),
            llm_model=MODEL,
            llm_rest=NO_REST,
            llm_kept=0,
            rate_per_minute=0,
            rate_suggestions_per_minute=0,
        )
        async with served_demonstration(settings) as demonstration:
            answers = [
                answer
                for call in demonstration.calls()
                for answer in await _questioned(demonstration, call, model, liar, settings)
            ]
            yield Trial(demonstration, answers)


async def _questioned(
    demonstration: Demonstration, call: Call, model: ModelServer, liar: Liar, settings: Settings
) -> list[Answer]:
    answers: list[Answer] = []
    while not answers or liar.has_more(named(model.asked[-1])):
        before, asked = len(liar.told), len(model.asked)
        if call.kind == LEARNINGS:
            await forget_wording(settings)
        status, suggestion = await demonstration.ask(call)
        assert strange(model.asked[-1]) == set(), "the ledger would be blind for lies about these"
        assert len(model.asked) > asked, f"the model was not asked: {call}"
        answers.append(Answer(call, status, suggestion, tuple(liar.told[before:])))
    return answers


async def test_every_question_is_answered(trial: Trial) -> None:
    assert Counter(answer.status for answer in trial.answers) == {200: len(trial.answers)}
    unsaid = [answer.call for answer in trial.answers if not says_who_drafted(answer.suggestion or {})]
    assert unsaid == []


async def test_no_lie_is_shown(trial: Trial) -> None:
    print(trial.ledger)
    assert not trial.ledger.lies


async def test_lies_of_every_kind_were_told(trial: Trial) -> None:
    told = trial.ledger.told
    assert [kind for kind in LIE_KINDS if told[kind] < _LEAST_OF_A_KIND] == []


async def test_what_a_model_tells_word_for_word_is_shown_as_its_own(trial: Trial) -> None:
    by_model = [a for a in trial.answers if (a.suggestion or {})["drafted_by"]["engine"] == "llm"]
    assert Ledger(by_model).shown[TRUE] > 0


async def test_no_action_and_no_goal_is_told_in_a_wrong_state(trial: Trial) -> None:
    wrong = []
    for pair in dict.fromkeys(answer.call.pair for answer in trial.answers if answer.call.pair):
        actions = await trial.demonstration.records(pair, "actions")
        goals = await trial.demonstration.records(pair, "goals")
        items = [item for answer in trial.answers if answer.call.pair == pair for item in answer.items]
        wrong += [*wrong_states(items, actions, goals), *wrong_dues(items, actions, NOW.date())]
    assert wrong == []


async def test_every_citation_is_exact_and_the_readers_to_see(trial: Trial) -> None:
    client, items = trial.demonstration.client, defaultdict[str, list[dict[str, Any]]](list)
    for answer in trial.answers:
        items[answer.call.token] += answer.items
    cited = [await check_citations(client, token, {"items": shown}) for token, shown in items.items()]
    assert sum(cited) > 0
