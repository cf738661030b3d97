"""The push: at once, in order, nothing lost and nothing twice, whoever comes back and however late."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from services.dashboard.app import Dashboard, build
from services.dashboard.http import api as live_api
from services.dashboard.settings import DashboardSettings
from services.dashboard.storage import pushes, tables
from services.dashboard.view import Part
from tests.integration.dashboard import streams as s
from tests.integration.dashboard.conftest import Fed, closed

TIMEOUT_SECONDS = 5.0


class Browser:
    """Reads what ``/live`` would send, message by message."""

    def __init__(self, messages: AsyncIterator[Any]) -> None:
        self._messages = messages

    async def next(self) -> Any:
        return await asyncio.wait_for(anext(self._messages), TIMEOUT_SECONDS)

    async def change(self) -> tuple[int, dict[str, Any]]:
        """The next message that isn't a heartbeat."""
        while (message := await self.next()).event == "status":
            pass
        return int(message.id), json.loads(message.data)


@asynccontextmanager
async def open_page(
    dashboard: Dashboard, after: int | None = None, region: str = "32.76", left_out: tuple[Part, ...] = ()
) -> AsyncIterator[Browser]:
    start = await dashboard.live.newest() if after is None else after
    messages = live_api._messages(dashboard.live, dashboard.progress, region, start, 0.2, left_out)
    async with aclosing(messages):
        yield Browser(messages)


async def causes(browser: Browser, count: int) -> list[str]:
    return [(await browser.change())[1]["causes"][0] for _ in range(count)]


async def test_a_change_is_pushed_with_its_causes(fed: Fed):
    async with open_page(fed.dashboard) as browser:
        status = json.loads((await browser.next()).data)
        assert (status["reset"], status["underway"]) == (False, None)
        assert (await browser.next()).event == "status"  # the heartbeat: by now the browser is listening
        event_id = fed.scoring.add(s.score_changed("2.140", "2.146", "e1", "e2"))
        await fed.feed()
        number, data = await browser.change()
    assert data["causes"] == ["e1", "e2"]
    assert data["event_id"] == event_id
    assert data["running"]["after"]["value"] == "2.146"
    assert [v["variable"] for v in data["variables"]] == ["masyarakat"]
    assert "server_time" in data
    assert number == await fed.dashboard.live.newest()


async def test_whoever_sees_no_causes_hears_of_none(fed: Fed):
    async with open_page(fed.dashboard, left_out=("feed", "alerts")) as browser:
        await browser.next()
        fed.notifications.add(s.alert())
        event_id = fed.scoring.add(s.score_changed("2.140", "2.146", "e1"))
        await fed.feed()
        _, data = await browser.change()
    assert (data["event_id"], data["running"]["after"]["value"]) == (event_id, "2.146")
    assert not {"causes", "movements"} & data.keys()


async def test_an_alert_names_the_change_behind_it(fed: Fed):
    async with open_page(fed.dashboard) as browser:
        await browser.next()
        fed.notifications.add(s.alert(), cause="scoring-7")
        await fed.feed()
        _, data = await browser.change()
    assert data["causes"] == ["cause-1", "scoring-7"]
    assert "recipient_id" not in data


async def test_a_browser_that_comes_back_gets_exactly_what_it_missed(fed: Fed):
    for n in range(3):
        fed.scoring.add(s.score_changed("2.1", "2.2", f"e{n}"))
    await fed.feed()
    first = await fed.dashboard.live.newest() - 2
    async with open_page(fed.dashboard, after=first) as browser:
        assert await causes(browser, 2) == ["e1", "e2"]
        fed.scoring.add(s.score_changed("2.1", "2.2", "e3"))
        await fed.feed()
        assert await causes(browser, 1) == ["e3"]


async def test_nothing_is_lost_or_doubled_while_events_pour_in(fed: Fed):
    """Browsers go and come back again and again during 60 batches."""
    start = await fed.dashboard.live.newest()
    total = 60

    async def pour() -> None:
        for n in range(total):
            fed.scoring.add(s.score_changed("2.1", "2.2", f"e{n}"))
            await fed.feed()
            await asyncio.sleep(0)

    async def restless() -> list[str]:
        seen: list[str] = []
        last = start
        while len(seen) < total:
            async with open_page(fed.dashboard, after=last) as browser:
                for _ in range(min(7, total - len(seen))):
                    last, data = await browser.change()
                    seen.append(data["causes"][0])
        return seen

    *seen, _ = await asyncio.wait_for(asyncio.gather(restless(), restless(), pour()), 60)
    assert seen == [[f"e{n}" for n in range(total)]] * 2


async def test_browsers_that_open_at_the_same_moment_both_hear_everything(fed: Fed):
    async def reading() -> list[str]:
        async with open_page(fed.dashboard) as browser:
            await browser.next()
            return await causes(browser, 2)

    async def writing() -> None:
        while len(fed.dashboard.live._subscribers) < 2:
            await asyncio.sleep(0)
        await asyncio.sleep(0.05)
        for event in ("e1", "e2"):
            fed.scoring.add(s.score_changed("2.1", "2.2", event))
            await fed.feed()

    *heard, _ = await asyncio.wait_for(asyncio.gather(reading(), reading(), writing()), 10)
    assert heard == [["e1", "e2"]] * 2


async def test_a_browser_hears_only_of_its_region(fed: Fed):
    async with open_page(fed.dashboard) as browser:
        await browser.next()
        fed.scoring.add(s.score_changed("2.1", "2.2", "other", area="53.71"), region="53.71")
        fed.scoring.add(s.score_changed("2.1", "2.2", "own"))
        await fed.feed()
        assert await causes(browser, 1) == ["own"]


async def test_a_slow_browser_is_let_go_and_resumes(fed: Fed):
    follow = fed.dashboard.live.follow("32.76", await fed.dashboard.live.newest(), 0.05)
    async with aclosing(follow):
        assert await anext(follow) is None
        for n in range(20):
            fed.scoring.add(s.score_changed("2.1", "2.2", f"e{n}"))
        await fed.feed()
        with pytest.raises(StopAsyncIteration):
            await anext(follow)
    assert not fed.dashboard.live.watched
    async with open_page(fed.dashboard, after=await fed.dashboard.live.newest() - 20) as browser:
        assert await causes(browser, 20) == [f"e{n}" for n in range(20)]


async def test_what_is_no_longer_kept_is_said_with_a_reset(fed: Fed):
    first = await fed.dashboard.live.newest()
    for n in range(5):
        fed.scoring.add(s.score_changed("2.1", "2.2", f"e{n}"))
    await fed.feed()
    async with fed.dashboard.database.transaction() as connection:
        await pushes.trim(connection, keep=2)
        left = (await connection.execute(sa.select(sa.func.count()).select_from(tables.push))).scalar_one()
    assert left == 2
    for after, reset in ((first, True), (first + 2, True), (first + 3, False), (first + 99, True)):
        async with open_page(fed.dashboard, after=after) as browser:
            assert json.loads((await browser.next()).data)["reset"] is reset


async def test_what_another_replica_applied_is_pushed_too(fed: Fed, settings: DashboardSettings):
    replica = build(settings)
    pushing = asyncio.create_task(replica.live.run())
    async with open_page(replica) as browser:
        await browser.next()
        fed.scoring.add(s.score_changed("2.1", "2.2", "e1"))
        await fed.feed()
        assert await causes(browser, 1) == ["e1"]
        fed.scoring.add(s.score_changed("2.1", "2.2", "e2"))
        await fed.feed()
        assert await causes(browser, 1) == ["e2"]
    pushing.cancel()
    await asyncio.gather(pushing, return_exceptions=True)
    await closed(replica)


async def test_connections_are_limited(fed: Fed, settings: DashboardSettings, api):
    fed.dashboard.live._clients_max = 0
    answer = await api.get("/live?region=32.76")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"


async def test_no_push_holds_what_only_the_registry_may_know(fed: Fed):
    fed.registry.add(s.referral(1, s.ON))
    fed.registry.add(s.area_status(s.RATU_JAYA, "bahaya"))
    await fed.feed()
    async with fed.dashboard.database.read() as connection:
        bodies = (await connection.execute(sa.select(tables.push.c.body))).scalars().all()
    assert len(bodies) == 2
    assert not any("p1" in body or "bahaya" in body or s.RATU_JAYA in body for body in bodies)
