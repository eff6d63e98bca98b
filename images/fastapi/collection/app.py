"""The HTTP API: `uvicorn collection.app:app`."""

import logging
import os
import secrets
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Header, HTTPException, Query, Request, status
from fastapi.responses import JSONResponse
from psycopg import Error
from psycopg_pool import PoolTimeout

from collection.cache import Cache, connect
from collection.items import Item, NewItem
from collection.settings import Settings
from collection.store import Store, pool

logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
logger = logging.getLogger(__name__)
settings = Settings.from_environment()


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
    """Open the pool and the cache before the first request, and close them after the last."""
    redis = connect(settings.redis_url, cluster=settings.redis_cluster)
    async with pool(settings.postgres) as connections:  # does not wait for the database: /health/ready tells of it
        app.state.store, app.state.cache = Store(connections), Cache(redis)
        yield
    await redis.aclose()


def _store(request: Request) -> Store:
    return request.app.state.store


def _cache(request: Request) -> Cache:
    return request.app.state.cache


def _may_change(x_api_key: Annotated[str, Header()] = "") -> None:
    """Only who has one of the keys may change anything, where there are keys."""
    if settings.api_keys and not any(secrets.compare_digest(x_api_key.encode(), key.encode()) for key in settings.api_keys):
        raise HTTPException(status.HTTP_401_UNAUTHORIZED, "X-Api-Key is missing or wrong")


Items = Annotated[Store, Depends(_store)]
Kept = Annotated[Cache, Depends(_cache)]
router = APIRouter(prefix="/collection")


@router.get("/items")
async def list_items(store: Items, after: int = 0, limit: Annotated[int, Query(ge=1, le=100)] = 50) -> list[Item]:
    """A page of items: go on with `after` = the last number of the one before."""
    return await store.listed(after, limit)


@router.post("/items", status_code=status.HTTP_201_CREATED, dependencies=[Depends(_may_change)])
async def add_item(new: NewItem, store: Items) -> Item:
    """Add an item."""
    return await store.add(new)


@router.get("/items/{number}")
async def get_item(number: int, store: Items, cache: Kept) -> Item:
    """One item, from the cache where it is there."""
    if (kept := await cache.get(number)) is not None:
        return kept
    item = _found(await store.get(number))
    await cache.put(item)
    return item


@router.put("/items/{number}", dependencies=[Depends(_may_change)])
async def change_item(number: int, new: NewItem, store: Items, cache: Kept) -> Item:
    """Replace an item."""
    item = _found(await store.change(number, new))
    await cache.forget(number)
    return item


@router.delete("/items/{number}", status_code=status.HTTP_204_NO_CONTENT, dependencies=[Depends(_may_change)])
async def remove_item(number: int, store: Items, cache: Kept) -> None:
    """Remove an item."""
    if not await store.remove(number):
        raise HTTPException(status.HTTP_404_NOT_FOUND)
    await cache.forget(number)


def _found(item: Item | None) -> Item:
    if item is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND)
    return item


app = FastAPI(title="Collection", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url="/collection/openapi.json")
app.include_router(router)


@app.get("/health")
async def health() -> dict[str, str]:
    """The process alone: while a database fails over, copies that are replaced would be missing after it."""
    return {"status": "ok"}


@app.get("/health/ready")
async def ready(store: Items, cache: Kept) -> JSONResponse:
    """200 where all that it depends on answers, 503 with what does not; for people who want to know what is missing."""
    missing = [] if await cache.alive() else ["cache"]
    try:
        await store.alive()
    except (Error, PoolTimeout) as error:
        logger.warning("the database does not answer: %s", type(error).__name__)
        missing.append("database")
    if missing:
        return JSONResponse({"status": "not ready", "missing": sorted(missing)}, status.HTTP_503_SERVICE_UNAVAILABLE)
    return JSONResponse({"status": "ok"})


if os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
    from collection import tracing

    tracing.start(app)
