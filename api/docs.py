"""The interface's page: everything that it loads comes from here, and its policy allows nothing else."""

import re
from base64 import b64encode
from hashlib import sha256

from fastapi import APIRouter, Request
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse

router = APIRouter(include_in_schema=False)
STATIC = "/static-offline-docs"
_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_POLICY = (
    "default-src 'none'; script-src 'self' {scripts}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)


@router.get("/docs")
async def interface(request: Request) -> HTMLResponse:
    home = f"{request.scope.get('root_path', '')}{STATIC}"
    page = get_swagger_ui_html(
        openapi_url=f"{request.scope.get('root_path', '')}{request.app.openapi_url}",
        title=f"{request.app.title}: the interface",
        swagger_js_url=f"{home}/swagger-ui-bundle.js",
        swagger_css_url=f"{home}/swagger-ui.css",
        swagger_favicon_url=f"{home}/favicon.png",
        swagger_ui_parameters={"validatorUrl": None},
    )
    hashes = (_hash(script) for script in _INLINE.findall(bytes(page.body).decode()))
    page.headers["Content-Security-Policy"] = _POLICY.format(scripts=" ".join(hashes))
    return page


def _hash(script: str) -> str:
    return f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'"
