"""Domain errors as problems."""

import json
from typing import Any

import pytest

from api.errors import STATUSES, FieldError, problem, problem_of
from coach.errors import (
    Conflict,
    CounterpartError,
    DataInUse,
    IndexMismatch,
    Invalid,
    NotAuthenticated,
    NotFound,
    NotReady,
    NoVectors,
    TooLarge,
)


def below(kind: type[CounterpartError]) -> list[type[CounterpartError]]:
    return [kind for sub in kind.__subclasses__() for kind in (sub, *below(sub))]


def body(answer: Any) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(answer.body)
    return told


@pytest.mark.parametrize(
    ("kind", "status", "title"),
    [
        (NotFound, 404, "Not Found"),
        (NotAuthenticated, 401, "Unauthorized"),
        (Conflict, 409, "Conflict"),
        (NotReady, 503, "Service Unavailable"),
        (IndexMismatch, 503, "Service Unavailable"),
        (DataInUse, 503, "Service Unavailable"),
        (NoVectors, 503, "Service Unavailable"),
        (Invalid, 422, None),
        (TooLarge, 413, None),
    ],
)
def test_every_error_has_its_status(kind: type[CounterpartError], status: int, title: str | None) -> None:
    answer = problem_of(kind("say what to do"))
    assert answer.status_code == status
    assert answer.media_type == "application/problem+json"
    told = body(answer)
    assert (told["status"], told["detail"]) == (status, "say what to do")
    assert told["title"] == title or title is None
    assert told["title"]
    assert "errors" not in told


def test_no_error_of_the_domain_is_missing_from_the_table() -> None:
    assert len(below(CounterpartError)) >= 8
    for kind in below(CounterpartError):
        assert issubclass(kind, tuple(STATUSES))


def test_only_what_is_not_authenticated_is_asked_for_a_token() -> None:
    assert problem_of(NotAuthenticated("no token")).headers["www-authenticate"] == "Bearer"
    assert "www-authenticate" not in problem_of(NotFound("nothing")).headers


def test_bad_input_names_its_field() -> None:
    told = body(problem_of(Invalid("must not be blank", "text")))
    assert told["errors"] == [{"field": "text", "message": "must not be blank"}]
    assert told["detail"] == "text: must not be blank"


def test_a_problem_tells_every_fault() -> None:
    faults = [FieldError(field="a", message="one"), FieldError(field="b", message="two")]
    answer = problem(422, "look at the fields", faults, {"Retry-After": "1"})
    assert [fault["field"] for fault in body(answer)["errors"]] == ["a", "b"]
    assert answer.headers["retry-after"] == "1"


def test_an_error_says_what_to_do_and_which_field() -> None:
    error = Conflict("give each note its own key", "key")
    assert (str(error), error.detail, error.field) == ("give each note its own key",) * 2 + ("key",)
    assert NotFound("nothing").field is None
