"""Two web frameworks that read a JSON body, answer, and keep nothing. Run in `.venv-peers`."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from litestar import Litestar, post

fast = FastAPI()


@fast.post("/v1/track")
async def fast_track(body: dict[str, Any]) -> dict[str, bool]:
    """Answer."""
    return {"success": bool(body)}


@post("/v1/track", status_code=200)
async def star_track(data: dict[str, Any]) -> dict[str, bool]:
    """Answer."""
    return {"success": bool(data)}


star = Litestar([star_track])
