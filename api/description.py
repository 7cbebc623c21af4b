"""The OpenAPI description: FastAPI's own, with errors as problems rather than its default shape."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.errors import Problem
from api.scopes import needed

_REF = "#/components/schemas/{model}"
_OF_BODIES = ("400", "408", "413")


def describe(app: FastAPI) -> None:
    """Make `app.openapi()` name the problem schema that every error has."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _described(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _described(app: FastAPI) -> dict[str, Any]:
    described = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes
    )
    _tell_scopes(described["paths"])
    schemas = described["components"]["schemas"]
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    for path in described["paths"].values():
        for operation in path.values():
            _keep_what_happens(operation)
    problem = Problem.model_json_schema(ref_template=_REF)
    schemas |= {**problem.pop("$defs"), "Problem": problem}
    return described


def _tell_scopes(paths: dict[str, Any]) -> None:
    """Each call's scope in its words, and as the role of its security requirement."""
    for path, methods in paths.items():
        for method, call in methods.items():
            if "security" not in call:
                continue
            wanted = sorted(scope.value for scope in needed(method.upper(), path))
            if not wanted:
                call["responses"].pop("403", None)
            told = f"Scope: {', '.join(f'`{scope}`' for scope in wanted)}." if wanted else "Scope: any."
            call["description"] = "\n\n".join(filter(None, (call.get("description"), told)))
            call["security"] = [dict.fromkeys(each, wanted) for each in call["security"]]


def _keep_what_happens(operation: dict[str, Any]) -> None:
    """Take out the refusals that a call of this form can't meet: routers name them for all of theirs."""
    takes = {parameter["in"] for parameter in operation.get("parameters", ())}
    never = set[str]()
    if "requestBody" not in operation:
        never.update(_OF_BODIES)
        if not takes:
            never.add("422")
    for status in never:
        operation["responses"].pop(status, None)
