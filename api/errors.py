"""Errors as RFC 9457 problems, with the one table from domain errors to HTTP statuses."""

import logging
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from coach import errors

_log = logging.getLogger(__name__)
_MOST_FAULTS = 100
_LONGEST_FIELD = 200
_NO_OBJECT = frozenset({"missing", "model_type", "model_attributes_type", "dict_type"})

STATUSES: dict[type[errors.CounterpartError], HTTPStatus] = {
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.NotAuthenticated: HTTPStatus.UNAUTHORIZED,
    errors.ScopeMissing: HTTPStatus.FORBIDDEN,
    errors.TooMany: HTTPStatus.TOO_MANY_REQUESTS,
    errors.Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.Conflict: HTTPStatus.CONFLICT,
    errors.TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.NotReady: HTTPStatus.SERVICE_UNAVAILABLE,
}


class FieldError(BaseModel):
    field: str
    message: str


class Problem(BaseModel):
    """`application/problem+json`; `errors` only for bad input."""

    title: str
    detail: str
    status: int
    errors: list[FieldError] | None = None


class ProblemResponse(JSONResponse):
    media_type = "application/problem+json"


def problem(
    status: int, detail: str, faults: Sequence[FieldError] = (), headers: dict[str, str] | None = None
) -> ProblemResponse:
    body = Problem(title=HTTPStatus(status).phrase, detail=detail, status=status, errors=list(faults) or None)
    return ProblemResponse(body.model_dump(exclude_none=True), status, headers)


def problem_of(error: errors.CounterpartError) -> ProblemResponse:
    status = next(status for kind, status in STATUSES.items() if isinstance(error, kind))
    faults = [FieldError(field=error.field, message=error.detail)] if error.field else []
    detail = f"{error.field}: {error.detail}" if error.field else error.detail
    return problem(status, detail, faults, _headers(error))


def _headers(error: errors.CounterpartError) -> dict[str, str] | None:
    match error:
        case errors.NotAuthenticated():
            return {"WWW-Authenticate": "Bearer"}
        case errors.ScopeMissing():
            return {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{error.scope}"'}
        case errors.TooMany():
            return {"Retry-After": str(error.wait)}
    return None


def install(app: FastAPI) -> None:
    @app.exception_handler(errors.CounterpartError)
    async def domain_error(_: Request, error: errors.CounterpartError) -> ProblemResponse:
        return problem_of(error)

    @app.exception_handler(RequestValidationError)
    async def bad_input(_: Request, error: RequestValidationError) -> ProblemResponse:
        faults = [_fault(fault) for fault in error.errors()[:_MOST_FAULTS]]
        return problem(
            HTTPStatus.UNPROCESSABLE_ENTITY, "the request does not have the form it must have", faults
        )

    @app.exception_handler(HTTPException)
    async def http_error(_: Request, error: HTTPException) -> ProblemResponse:
        return problem(error.status_code, str(error.detail), headers=dict(error.headers or {}) or None)

    @app.exception_handler(Exception)
    async def unforeseen(request: Request, error: Exception) -> ProblemResponse:
        _log.error("unforeseen error on %s %s", request.method, request.scope["path"], exc_info=error)
        return problem(
            HTTPStatus.INTERNAL_SERVER_ERROR, "something went wrong here; it is in the service's log"
        )


def _fault(fault: dict[str, Any]) -> FieldError:
    place = fault["loc"]
    if fault["type"] == "json_invalid":
        why = str(fault.get("ctx", {}).get("error", "")).lower()
        return FieldError(field="body", message=f"is no JSON at character {place[-1]}: {why}")
    if place == ("body",) and fault["type"] in _NO_OBJECT:
        return FieldError(
            field="body", message="must be a JSON object, sent with the header Content-Type: application/json"
        )
    return FieldError(field=_field(fault), message=str(fault["msg"]).removeprefix("Value error, "))


def _field(fault: dict[str, Any]) -> str:
    """`body.text` is told as `text`, a list's item as `objectives.0`."""
    place = [str(part) for part in fault["loc"]]
    told = place[1:] if place[0] in ("body", "query", "path", "header") else place
    return (".".join(told) or place[0])[:_LONGEST_FIELD]


RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {
        "description": HTTPStatus(status).phrase,
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for status in (400, 401, 403, 404, 408, 409, 413, 422, 429, 503)
}
RESPONSES[403]["description"] = "The token lacks the scope that this call needs."
RESPONSES[429]["headers"] = {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}}
