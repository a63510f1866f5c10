"""The constant again, through Starlette. Started by uvicorn, see servers.py."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .constants import CREATED


async def _answer(request: Request) -> Response:
    await request.body()
    return Response(CREATED, media_type="application/json")


framework = Starlette(routes=[Route("/v2/video/generations", _answer, methods=["GET", "POST"])])
