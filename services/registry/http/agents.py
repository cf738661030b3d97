"""Recovery agents and penggiat."""

from typing import Annotated

from fastapi import Depends, Response

from services.registry.commands import agents
from services.registry.commands.agents import AgentView, CorrectAgent, RecordAgent, ReplaceAgent, TrainAgent
from services.registry.http.documents import changes, creates, lists, replaces, shows
from services.registry.http.exchange import Posting, Replacing
from services.registry.http.listing import Listed, PageOf
from services.registry.http.reading import Listing, Reading
from services.registry.storage import tables
from shared.runtime.web import Routes

router = Routes(prefix=AgentView.PATH, tags=["agents"])
AGENTS = Listed(AgentView, tables.agents, sorts=("kind", "village", "on"))


@router.post("", summary="Record an agent", **creates(AgentView))
async def record_agent(body: RecordAgent, exchange: Posting) -> Response:
    return await exchange.write(agents.record, body)


@router.get("", summary="Agents", **lists())
async def list_agents(page: Annotated[PageOf[AgentView], Depends(AGENTS)]) -> Listing[AgentView]:
    return await page.read()


@router.get("/{agent_id}", summary="One agent", **shows(AgentView))
async def show_agent(agent_id: str, reading: Reading) -> Response:
    return await reading.one(tables.agents, AgentView, agent_id)


@router.put("/{agent_id}", summary="Replace the state of an agent", **replaces(AgentView))
async def replace_agent(agent_id: str, body: ReplaceAgent, exchange: Replacing) -> Response:
    return await exchange.write(agents.replace, agent_id, body, exchange.match)


@router.patch("/{agent_id}", summary="Mend since when or until when an agent was active", **replaces(AgentView))
async def correct_agent(agent_id: str, body: CorrectAgent, exchange: Replacing) -> Response:
    return await exchange.write(agents.correct, agent_id, body, exchange.match)


@router.post("/{agent_id}/trainings", summary="Record a training an agent finished", **changes(AgentView))
async def train_agent(agent_id: str, body: TrainAgent, exchange: Posting) -> Response:
    return await exchange.write(agents.train, agent_id, body, exchange.match)
