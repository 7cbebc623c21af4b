"""No call that the description allows, or forbids, ends in a server error or an answer it does not name."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.described import Described, described

_FEW, _MANY = 5, 200


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Described]:
    with described(tmp_path / "data") as opened:
        yield opened


@pytest.mark.timeout(300)
def test_a_few_calls_of_each_operation_answer_as_described(api: Described, subtests: pytest.Subtests) -> None:
    for operation in api.operations():
        with subtests.test(operation=operation.label):
            api.called(operation, _FEW)


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_many_calls_of_each_operation_answer_as_described(api: Described, subtests: pytest.Subtests) -> None:
    answered: dict[int, int] = {}
    for operation in api.operations():
        api.renew()
        with subtests.test(operation=operation.label):
            for status, count in api.called(operation, _MANY).items():
                answered[status] = answered.get(status, 0) + count
    print(dict(sorted(answered.items())))
    assert {200, 201, 401, 404, 422} <= set(answered)


def test_a_status_that_is_not_described_is_found(tmp_path: Path) -> None:
    def leave_out(told: dict[str, Any]) -> None:
        del told["paths"]["/v1/notes/{note_id}"]["get"]["responses"]["401"]

    with described(tmp_path / "data", leave_out) as api:
        operation = next(each for each in api.operations() if each.label == "GET /v1/notes/{note_id}")
        with pytest.raises(BaseExceptionGroup, match=r"(?i)undocumented"):
            api.called(operation, 20)


def test_refusals_that_a_call_can_not_meet_are_not_described(api: Described) -> None:
    paths = api.schema.raw_schema["paths"]
    assert set(paths["/v1/me"]["get"]["responses"]) == {"200", "401", "404", "409", "422", "429", "503"}
    assert "413" in paths["/v1/programs"]["post"]["responses"]
    assert "413" not in paths["/v1/programs/{program_id}"]["get"]["responses"]
