"""Recovery agents and penggiat."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.registry.commands import agents
from services.registry.commands.agents import AgentView, RecordAgent, ReplaceAgent
from services.registry.http.documents import creates, lists, replaces, shows
from services.registry.http.exchange import Posting, Replacing
from services.registry.http.reading import Listing, Pages, Reading
from services.registry.storage import tables

router = APIRouter(prefix=AgentView.PATH, tags=["agents"])


@router.post("", summary="Record an agent", **creates(AgentView))
async def record_agent(body: RecordAgent, exchange: Posting) -> Response:
    return await exchange.write(agents.record, body)


@router.get("", summary="Agents", **lists())
async def list_agents(pages: Pages, village: Annotated[str | None, Query(max_length=13)] = None) -> Listing[AgentView]:
    return await pages.list(AgentView, tables.agents, {"village": village})


@router.get("/{agent_id}", summary="One agent", **shows(AgentView))
async def show_agent(agent_id: str, reading: Reading) -> Response:
    return await reading.one(tables.agents, AgentView, agent_id)


@router.put("/{agent_id}", summary="Replace the state of an agent", **replaces(AgentView))
async def replace_agent(agent_id: str, body: ReplaceAgent, exchange: Replacing) -> Response:
    return await exchange.write(agents.replace, agent_id, body, exchange.match)
