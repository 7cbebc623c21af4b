"""What the model costs, from a request to the program's account: real records, an intercepted model."""

import asyncio
import json
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import respx

from coach.settings import Settings
from tests.conftest import ADMIN, Client
from tests.fakes import NOW
from tests.integration import model_replies as replies
from tests.integration.checks import NO_USAGE, refused
from tests.integration.coached_program import KINDS, Program, coached_program
from tests.integration.model_endpoint import MODEL, Endpoint, check_offline, open_with_model

_PRICED: dict[str, Any] = {
    "llm_price_prompt": Decimal("0.25"),
    "llm_price_completion": Decimal("2"),
    "llm_currency": "EUR",
}
_COST = "0.000421"
_TOKENS = replies.PROMPT_TOKENS + replies.COMPLETION_TOKENS
_NOTHING = {"requests": 0, "prompt_tokens": 0, "completion_tokens": 0, "kept_answers": 0, "cost": "0.000000"}
_TAKEN = {
    "requests": 1,
    "prompt_tokens": replies.PROMPT_TOKENS,
    "completion_tokens": replies.COMPLETION_TOKENS,
    "kept_answers": 0,
    "cost": _COST,
}


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


async def usage(program: Program, query: str = "", token: str | None = None) -> dict[str, Any]:
    """What the program took, as its owner is told."""
    path = f"/v1/programs/{program.world.program}/usage{query}"
    answer = await program.world.client("GET", path, token or program.world.tokens["olga"])
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_each_request_is_booked_and_told_with_its_cost(settings: Settings, endpoint: Endpoint) -> None:
    endpoint.says(replies.in_form)
    async with open_with_model(settings, **_PRICED) as program:
        for kind in KINDS:
            told = (await program.ask(kind))["usage"]
            assert (told["cost"], told["currency"]) == (_COST, "EUR")
        account = await usage(program)
        assert (account["since"], account["until"]) == ("2027-02-09", "2027-03-10")
        assert (account["program_id"], account["currency"]) == (program.world.program, "EUR")
        (day,) = account["days"]
        assert day["day"] == "2027-03-10"
        assert day["kinds"] == [{**_TAKEN, "kind": kind, "model": MODEL} for kind in sorted(KINDS)]
        assert account["total"] == day["total"]
        assert day["total"]["requests"] == 6 and day["total"]["cost"] == "0.002526"


async def test_a_kept_suggestion_still_tells_its_cost(settings: Settings, endpoint: Endpoint) -> None:
    endpoint.says(replies.in_form)
    async with open_with_model(settings, **_PRICED) as program:
        made = await program.ask("agenda")
        path, token = f"/v1/suggestions/{made['id']}", program.world.tokens["maya"]
        assert (await program.world.client("GET", path, token)).json() == made


async def test_without_prices_tokens_are_booked_and_cost_nothing(
    settings: Settings, endpoint: Endpoint
) -> None:
    endpoint.says(replies.in_form)
    async with open_with_model(settings) as program:
        assert (await program.ask("agenda"))["usage"]["cost"] is None
        account = await usage(program)
        assert account["total"] == {**_TAKEN, "cost": "0.000000"}
        assert account["currency"] == "USD"


async def test_an_answer_from_memory_is_counted_apart(settings: Settings, endpoint: Endpoint) -> None:
    endpoint.says(replies.in_form)
    async with open_with_model(settings, llm_kept=9, **_PRICED) as program:
        await program.ask("agenda")
        assert (await program.ask("agenda"))["usage"] == NO_USAGE
        assert (await usage(program))["total"] == {**_TAKEN, "kept_answers": 1}


async def test_what_failed_is_booked_as_far_as_it_was_read(settings: Settings, endpoint: Endpoint) -> None:
    async with open_with_model(settings, **_PRICED) as program:
        endpoint.says(lambda _: "Sure! Here is your agenda.")
        check_offline(await program.ask("agenda"))
        endpoint.gives(401, json={"error": {"message": "bad key"}})
        check_offline(await program.ask("reflection"))
        kinds = (await usage(program))["days"][0]["kinds"]
        assert kinds == [
            {**_TAKEN, "kind": "agenda", "model": MODEL},
            {**_NOTHING, "requests": 1, "kind": "reflection", "model": MODEL},
        ]


async def test_a_spent_day_is_drafted_offline_until_the_next(
    settings: Settings, endpoint: Endpoint, subtests: pytest.Subtests
) -> None:
    clock = Clock()
    limits: dict[str, Any] = {"llm_daily_tokens": 2 * _TOKENS}
    endpoint.says(replies.in_form)
    async with open_with_model(settings, clock, **limits) as program:
        for _ in range(2):
            assert (await program.ask("agenda"))["drafted_by"]["engine"] == "llm"
        for kind in KINDS:
            with subtests.test(kind=kind):
                assert "used up" in check_offline(await program.ask(kind))
        assert endpoint.route.call_count == 2
        clock.now += timedelta(hours=15)
        assert (await program.ask("agenda"))["drafted_by"]["engine"] == "llm"
        days = (await usage(program))["days"]
        assert [(d["day"], d["total"]["requests"]) for d in days] == [("2027-03-10", 2), ("2027-03-11", 1)]


async def test_a_spent_day_is_told_in_the_readers_language(settings: Settings, endpoint: Endpoint) -> None:
    endpoint.says(replies.in_form)
    async with open_with_model(settings, llm_daily_cost=Decimal(_COST), **_PRICED) as program:
        await program.ask("agenda")
        session = await program.world.session("2027-03-09T15:00:00Z")
        german = "Wir haben über die Termine gesprochen, und sie wollte beim nächsten Mal noch mehr üben. "
        await program.world.note(session, "maya", 9 * german)
        (told,) = [w for w in (await program.ask("agenda"))["warnings"] if "Sprachmodell" in w]
        assert "aufgebraucht" in told


async def test_another_program_has_its_own_day(settings: Settings, endpoint: Endpoint) -> None:
    endpoint.says(replies.in_form)
    async with open_with_model(settings, llm_daily_tokens=1) as program:
        other = await coached_program(program.world.client)
        await program.ask("agenda")
        check_offline(await program.ask("agenda"))
        assert (await other.ask("agenda"))["drafted_by"]["engine"] == "llm"


async def test_many_at_once_stay_within_a_limit_that_their_estimates_keep(
    settings: Settings, endpoint: Endpoint
) -> None:
    """Answers are far below what is held for each, so the limit is not passed by a single request."""

    async def slowly(request: Any) -> respx.MockResponse:
        await asyncio.sleep(0.3)
        return endpoint.answer(request, replies.in_form)

    endpoint.route.mock(side_effect=slowly)
    limit = 20_000
    async with open_with_model(settings, llm_daily_tokens=limit) as program:
        told = await asyncio.gather(*(program.ask("agenda") for _ in range(40)))
        taken = (await usage(program))["total"]
        assert 2 < taken["requests"] < 40
        assert taken["prompt_tokens"] + taken["completion_tokens"] <= limit
        by_model = [s for s in told if s["drafted_by"]["engine"] == "llm"]
        assert len(by_model) == taken["requests"] == endpoint.route.call_count


async def test_only_owners_and_the_operator_see_what_a_program_took(
    settings: Settings, endpoint: Endpoint
) -> None:
    endpoint.says(replies.in_form)
    async with open_with_model(settings) as program:
        await program.ask("agenda")
        world = program.world
        other = await coached_program(world.client)
        path = f"/v1/programs/{world.program}/usage"
        for token in (world.tokens["maya"], world.tokens["ingrid"], other.world.tokens["olga"]):
            told = refused(await world.client("GET", path, token), 404)
            assert told == refused(await world.client("GET", "/v1/programs/nobodys/usage", token), 404)
        refused(await world.client("GET", path, None), 401)
        assert await usage(program, token=ADMIN) == await usage(program)
        shown = json.dumps(await usage(program))
        for word in ("Maya", "Ingrid", "demo", world.ids["maya"], world.pairing):
            assert word not in shown


async def test_a_period_includes_both_its_days(settings: Settings, endpoint: Endpoint) -> None:
    clock = Clock()
    endpoint.says(replies.in_form)
    async with open_with_model(settings, clock) as program:
        for _ in range(3):
            await program.ask("agenda")
            clock.now += timedelta(days=1)
        account = await usage(program, "?since=2027-03-11&until=2027-03-12")
        assert [day["day"] for day in account["days"]] == ["2027-03-11", "2027-03-12"]
        assert account["total"]["requests"] == 2
        empty = await usage(program, "?until=2027-03-09")
        assert (empty["since"], empty["days"], empty["total"]) == ("2027-02-08", [], _NOTHING)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("since=2027-03-11", "since"),
        ("since=2027-03-02&until=2027-03-01", "since"),
        ("since=2025-03-01&until=2027-03-01", "since"),
        ("until=2200-01-01", "until"),
        ("until=0001-01-01", "until"),
        ("since=yesterday", "since"),
        ("until=", "until"),
    ],
)
async def test_a_period_that_cannot_be_is_refused(client: Client, query: str, field: str) -> None:
    program = await coached_program(client)
    path = f"/v1/programs/{program.world.program}/usage?{query}"
    told = refused(await client("GET", path, ADMIN), 422)
    assert [fault["field"] for fault in told["errors"]] == [field]


async def test_a_whole_leap_year_fits_into_one_period(client: Client) -> None:
    program = await coached_program(client)
    account = await usage(program, "?since=2028-01-01&until=2028-12-31")
    assert account["days"] == []


async def test_erasing_a_person_leaves_the_programs_account_and_says_so(
    settings: Settings, endpoint: Endpoint
) -> None:
    endpoint.says(replies.in_form)
    async with open_with_model(settings) as program:
        await program.ask("agenda")
        before = await usage(program)
        path = f"/v1/participants/{program.world.ids['maya']}"
        receipt = (await program.world.client("DELETE", path, ADMIN)).json()
        assert any("stays counted" in line for line in receipt["not_erased"])
        assert await usage(program) == before


async def test_metrics_count_requests_and_tokens_by_kind_alone(
    settings: Settings, endpoint: Endpoint
) -> None:
    endpoint.says(replies.in_form)
    async with open_with_model(settings) as program:
        await program.ask("agenda")
        await program.ask("agenda")
        lines = (await program.world.client("GET", "/metrics", None)).text.splitlines()
        told = {line for line in lines if line.startswith("counterpart_model") and "_total" in line}
        assert told == {
            'counterpart_model_requests_total{kind="agenda"} 2.0',
            f'counterpart_model_tokens_total{{kind="agenda",part="prompt"}} {2.0 * replies.PROMPT_TOKENS}',
            'counterpart_model_tokens_total{kind="agenda",part="completion"} 112.0',
        }


async def test_the_route_is_described(client: Client) -> None:
    described = (await client("GET", "/openapi.json", None)).json()
    route = described["paths"]["/v1/programs/{program_id}/usage"]["get"]
    assert {parameter["name"] for parameter in route["parameters"]} >= {"program_id", "since", "until"}
    assert "ProgramUsageOut" in described["components"]["schemas"]
