"""``bersinar demo``: a case's chain through the registry's API, told line by line as it reaches the page.

All of it is synthetic and marked so: "Peserta Contoh" with numbers of a region (9999) that does not exist.
"""

import asyncio
import secrets
import statistics
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from itertools import zip_longest
from typing import Any

import httpx
import typer

from cli.connection import Connection, refusal
from cli.live import LivePush, Message, watching
from cli.wording import Language, number, text
from shared.runtime.tls import trusted

INSTRUMENT = "kotan-2022"
PUSH_TIMEOUT_SECONDS = 1.0
ALERT_GRACE_SECONDS = 0.2
SLOW_PAUSE_SECONDS = 0.9
ANSWERS = (("keluarga", 4), ("masyarakat", 4), ("dunia_usaha", 3))
BATCH_ANSWERS_MAX = 36
"""Answers recorded together at the end, within what the groups' quotas leave: enough to reach the next band."""

Record = dict[str, Any]


@dataclass(frozen=True)
class Play:
    """Where and when a demonstration plays. ``trainings`` are sectors with a number of participants: three people keep
    it under a minute."""

    region: str
    city: str
    year: int
    village: str
    place: str
    provider: str
    trainings: tuple[tuple[str, int], ...]

    def on(self, month_and_day: str) -> str:
        """A day of its year."""
        return f"{self.year}-{month_and_day}"


PLAYS = (
    Play("32.76", "Kota Depok", 2023, "32.76.07.1003", "Ratu Jaya", "DKUM Kota Depok", (("lele", 2), ("sayur", 1))),
    Play(
        "53.71",
        "Kota Kupang",
        2025,
        "53.71.04.1011",
        "Fatululi",
        "Disperindag Kota Kupang",
        (("jahit", 2), ("tenun", 1)),
    ),
)
"""One for each case: the survey's year, and the pilot or focus village."""


class DemoError(RuntimeError):
    """The demonstration can't go on; the message says why."""


@dataclass
class Stage:
    """What the demonstration plays on."""

    registry: httpx.AsyncClient
    scoring: httpx.AsyncClient
    notifications: httpx.AsyncClient
    push: LivePush
    play: Play
    language: Language
    pause_seconds: float
    milliseconds: list[float] = field(default_factory=list)
    writes: int = 0
    moved: int = 0

    async def record(self, label: str, path: str, body: Record) -> Record:
        """Send one entry, wait for what it brings about, print its line; the record as the registry answers it."""
        sent_at, sent = datetime.now(UTC), time.perf_counter()
        answer = await self.registry.post(path, json=body)
        if answer.is_error:
            raise DemoError(refusal(answer))
        self.writes += 1
        events = frozenset(answer.headers.get("Bersinar-Event-Id", "").split(",")) - {""}
        pushed = await self.push.caused_by(events, "score", PUSH_TIMEOUT_SECONDS)
        await asyncio.sleep(ALERT_GRACE_SECONDS if pushed else 0)
        parts = [label, *self._change(pushed), await self._told(sent_at)]
        self.moved += pushed is not None and pushed.kind == "score"
        typer.echo("  " + " · ".join(part for part in (*parts, self._latency(sent, pushed)) if part))
        await asyncio.sleep(self.pause_seconds)
        record: Record = answer.json()
        return record

    async def groups_with_room(self) -> list[str]:
        """A respondent group for every answer its quota still leaves room for, taken in turn, at most a handful."""
        found = (await self._index()).get("completeness", [])
        rooms = [[entry["group"]] * max(0, entry["quota"] - entry["answers"]) for entry in found]
        in_turn = [group for turn in zip_longest(*rooms) for group in turn if group]
        return in_turn[:BATCH_ANSWERS_MAX]

    async def _index(self) -> Record:
        answer = await self.scoring.get(f"/v1/indices/{self.play.region}", params={"year": self.play.year})
        index: Record = answer.json() if answer.is_success else {}
        return index

    def _change(self, pushed: Message | None) -> list[str]:
        """The index before and after, and the variable that changed most, as the page was told."""
        if pushed is None or pushed.kind != "score":
            return [text("no_change", self.language)]
        sentences = (self._sentence(reading, pushed.data) for reading in ("survey", "running"))
        return [sentence for sentence in sentences if sentence] or [text("no_change", self.language)]

    def _sentence(self, reading: str, data: Record) -> str:
        moved = _difference(data[reading])
        if not moved:
            return ""
        through = max(data["variables"], key=lambda variable: abs(_difference(variable[reading])))
        was, now = (number(data[reading][when]["value"], self.language) for when in ("before", "after"))
        change = number(moved, self.language, signed=True, places=5)
        step = number(_difference(through[reading]), self.language, signed=True, places=5)
        return f"{text(reading, self.language)} {was} → {now} ({change}) · {through['variable']} {step}"

    async def _told(self, since: datetime) -> str:
        answer = await self.notifications.get("/v1/inbox", params={"limit": 20})
        items = answer.json()["items"] if answer.is_success else []
        names = {item["recipient"] for item in items if datetime.fromisoformat(item["at"]) >= since}
        return text("told", self.language, names=", ".join(sorted(names))) if names else ""

    def _latency(self, sent: float, pushed: Message | None) -> str:
        if pushed is None:
            return text("not_pushed", self.language)
        self.milliseconds.append((pushed.arrived - sent) * 1000)
        return f"{self.milliseconds[-1]:.0f} ms"


def _difference(change: Record) -> Decimal:
    """How far a score moved; nothing while it is missing before or after."""
    if not change["before"] or not change["after"]:
        return Decimal(0)
    return Decimal(change["after"]["exact"]) - Decimal(change["before"]["exact"])


def play_of(regions: Iterable[str]) -> Play | None:
    """The demonstration of the first of these cities that has a case."""
    return next((one for region in regions for one in PLAYS if one.region == region), None)


def play(connection: Connection, language: Language, *, slow: bool) -> int:
    """Play it on the node's first city that has a case; the exit code."""
    served = connection.settings.region_codes
    found = play_of(served)
    if found is None:
        known = ", ".join(one.region for one in PLAYS)
        typer.echo(text("demo_nowhere", language, served=", ".join(served), known=known), err=True)
        return 1
    try:
        asyncio.run(_play(connection, found, language, SLOW_PAUSE_SECONDS if slow else 0))
    except (DemoError, httpx.HTTPError, TimeoutError) as error:
        typer.echo(text("demo_failed", language, reason=str(error) or type(error).__name__), err=True)
        return 1
    return 0


async def _play(connection: Connection, play: Play, language: Language, pause_seconds: float) -> None:
    url, headers = connection.settings.url_of, connection.headers
    options: Any = {"headers": headers, "timeout": 10.0, "trust_env": False, "verify": trusted()}
    typer.echo(text("demo_intro", language, city=play.city, year=play.year))
    typer.echo(text("demo_columns", language))
    async with (
        watching(url("dashboard"), headers, play.region) as push,
        httpx.AsyncClient(base_url=url("registry"), **options) as registry,
        httpx.AsyncClient(base_url=url("scoring"), **options) as scoring,
        httpx.AsyncClient(base_url=url("notifications"), **options) as notifications,
    ):
        stage = Stage(registry, scoring, notifications, push, play, language, pause_seconds)
        for sector, people in play.trainings:
            await _train(stage, sector, people)
        await _survey(stage)
    median = f"{statistics.median(stage.milliseconds):.0f}" if stage.milliseconds else "–"
    typer.echo(text("demo_done", language, writes=stage.writes, moved=stage.moved, p50=median))


async def _train(stage: Stage, sector: str, people: int) -> None:
    programme = await _programme(stage, sector, people)
    participants = [await _participant(stage) for _ in range(people)]
    enrolments = [await _enrolment(stage, person["id"], programme["id"]) for person in participants]
    held: Record = {
        "programme_id": programme["id"],
        "village": stage.play.village,
        "attended": people,
        "families": people,
    }
    await stage.record(
        text("session", stage.language), "/v1/sessions", {**held, "on": stage.play.on("03-20"), "synthetic": True}
    )
    for enrolment in enrolments:
        path = f"/v1/enrolments/{enrolment['id']}/completion"
        await stage.record(text("completion", stage.language), path, {"on": stage.play.on("03-24")})
    for enrolment in enrolments:
        await _business(stage, enrolment, sector)


async def _programme(stage: Stage, sector: str, people: int) -> Record:
    """The case's own programme of this sector in the village while it has places, else a new one."""
    answer = await stage.registry.get("/v1/programmes", params={"limit": 100})
    for programme in answer.json()["items"] if answer.is_success else []:
        has_room = programme["quota"] == 0 or programme["quota"] - programme["places_taken"] >= people
        same = programme["kind"] == "kewirausahaan" and programme["sector"] == sector
        if same and has_room and stage.play.village in programme["villages"]:
            found: Record = programme
            return found
    body: Record = {"kind": "kewirausahaan", "sector": sector, "villages": [stage.play.village]}
    body |= {"provider": stage.play.provider, "quota": 20, "on": stage.play.on("03-06"), "synthetic": True}
    return await stage.record(text("programme", stage.language, sector=sector), "/v1/programmes", body)


async def _participant(stage: Stage) -> Record:
    serial = secrets.randbelow(1_000_000)
    body: Record = {
        "name": f"Peserta Contoh {serial:06d}",
        "nik": f"9999{serial // 10_000:02d}010190{serial % 10_000:04d}",
        "village": stage.play.village,
        "group": secrets.choice(("vulnerable_resident", "family", "after_rehabilitation")),
        "sex": secrets.choice(("female", "male")),
        "age_band": "25_34",
        "on": stage.play.on("03-08"),
        "synthetic": True,
    }
    return await stage.record(text("participant", stage.language, place=stage.play.place), "/v1/participants", body)


async def _enrolment(stage: Stage, participant_id: str, programme_id: str) -> Record:
    body: Record = {"participant_id": participant_id, "programme_id": programme_id, "on": stage.play.on("03-13")}
    return await stage.record(text("enrolment", stage.language), "/v1/enrolments", body)


async def _business(stage: Stage, enrolment: Record, sector: str) -> None:
    label = text("business", stage.language, sector=sector, place=stage.play.place)
    body: Record = {"participant_id": enrolment["participant_id"], "enrolment_id": enrolment["id"], "sector": sector}
    business = await stage.record(label, "/v1/businesses", {**body, "on": stage.play.on("04-03")})
    answer = await stage.registry.get("/v1/follow-ups", params={"business_id": business["id"]})
    due = {visit["months"]: visit for visit in answer.json()["items"]}
    for months in (1, 3):
        label = text("visit", stage.language, months=months, sector=sector)
        found = {"status": "active", "workers": 1 if months == 1 else 2, "on": due[months]["due_on"]}
        await stage.record(label, f"/v1/follow-ups/{due[months]['id']}/visit", found)


async def _survey(stage: Stage) -> None:
    answer = await stage.scoring.get(f"/v1/instruments/{INSTRUMENT}")
    if answer.is_error:
        raise DemoError(refusal(answer))
    items = [i["key"] for v in answer.json()["variables"] for n in v["survey"] for i in n["items"]]
    for group, level in ANSWERS:
        body = _questionnaire(stage.play, items, group, level)
        await stage.record(text("answer", stage.language, group=group), "/v1/survey-answers", body)
    groups = await stage.groups_with_room()
    if groups:
        sheets = [_questionnaire(stage.play, items, group, 4) for group in groups]
        label = text("answers", stage.language, count=len(sheets))
        await stage.record(label, "/v1/survey-answers/batch", {"items": sheets})


def _questionnaire(play: Play, items: list[str], group: str, level: int) -> Record:
    body: Record = {"region": play.region, "instrument": INSTRUMENT, "year": play.year, "group": group}
    return body | {"on": play.on("11-20"), "answers": dict.fromkeys(items, level), "synthetic": True}
