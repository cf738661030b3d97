"""What a year is to reach, how far it is, and how fast it would have to rise."""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, NamedTuple
from zoneinfo import ZoneInfo

from fastapi import Header, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncConnection

from services.scoring.commands import steering
from services.scoring.commands.fold import Scorer
from services.scoring.domain.fold import ReadingName, ScoredYear
from services.scoring.domain.rescoring import under
from services.scoring.domain.score import Score
from services.scoring.domain.target import Reference, SetByHand, Target, gap, target_of
from services.scoring.http.parameters import Kabkota, PathYear
from services.scoring.http.reading import current_routes, known_or_refused
from services.scoring.http.refusals import Refusal, StaleTarget
from services.scoring.http.rollups import kabkota
from services.scoring.http.views import Plain
from services.scoring.instrument_file import Catalogue, InstrumentFile
from services.scoring.storage import knowledge, published, targets
from shared.access import current
from shared.journal import Journal
from shared.regions import tree
from shared.runtime import clock
from shared.runtime.web import Routes

DAYS_OF_WEEK, PACE_DAYS = 7, 28
ETAG = re.compile(r'"(\d{1,9})"')


class Pace(BaseModel):
    """One reading against the target. ``gap`` is negative while it isn't reached; ``needed_a_week`` closes it by the
    end of the year, ``risen_a_week`` is what the last four weeks brought."""

    reading: ReadingName
    value: Plain | None
    gap: Plain | None
    needed_a_week: Plain | None
    risen_a_week: Plain | None


class TargetView(BaseModel):
    """A year's target: a ``reference`` (a published index chosen on record) or one ``set`` by hand."""

    region: str
    year: int
    edition: str
    provisional: bool
    value: Plain | None
    source: str | None
    from_year: int | None
    published_id: str | None
    reason: str | None
    set_by: str | None
    set_at: datetime | None
    days_left: int
    paces: list[Pace]
    version: int


class NewTarget(BaseModel):
    """A value on the scale of the year's edition, or null to take back what was set; always with a reason."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"value": "3.602", "reason": "Perjanjian Kinerja 2023"}]}
    )

    value: Decimal | None
    reason: Annotated[str, Field(min_length=3, max_length=300)]


def target_router(journal: Journal, catalogue: Catalogue, scorer: Scorer) -> Routes:
    """Targets, read and set."""
    router = current_routes(journal.database, catalogue, prefix="/v1/indices", tags=["targets"])

    @router.get("/{region}/targets/{year}", summary="What a year is to reach, the gap, and the pace it takes")
    async def read_target(region: Kabkota, year: PathYear, response: Response) -> TargetView:
        async with journal.database.read() as connection:
            view = await _of_city(connection, catalogue, region, year)
        response.headers["ETag"] = f'"{view.version}"'
        return view

    @router.put("/{region}/targets/{year}", summary="Set a year's target by hand, with a reason, or take it back")
    async def set_target(
        region: Kabkota,
        year: PathYear,
        body: NewTarget,
        response: Response,
        if_match: Annotated[str | None, Header(description="ETag of the target as you read it.")] = None,
    ) -> TargetView:
        if not current().covers(region):
            raise Refusal("outside_scope", "region", region=region)
        file = catalogue.of_year(year)
        lowest, highest, places = file.scale.lowest, file.scale.highest, file.rounding.places
        if body.value is not None and not (lowest <= body.value <= highest and body.value == round(body.value, places)):
            about = {"edition": file.edition, "lowest": lowest, "highest": highest, "places": places}
            raise Refusal("target_finer_than_scale", "value", **about)
        value = lowest if body.value is None else body.value
        wanted = SetByHand(year, file.edition, Decimal(value), body.reason, current().id, clock.now())
        versions = None if if_match is None else frozenset(int(v) for v in ETAG.findall(if_match))
        try:
            async with journal.writing() as unit:
                await steering.set_target(
                    unit, scorer, region, wanted, stands=body.value is not None, versions=versions
                )
        except steering.StaleTarget as stale:
            raise StaleTarget(stale.version) from None
        async with journal.database.read() as connection:
            view = await _of_city(connection, catalogue, region, year)
        response.headers["ETag"] = f'"{view.version}"'
        return view

    return router


class Basis(NamedTuple):
    """What a year's target is held against. ``now`` is the city as it is, ``then`` as it was known four weeks ago."""

    region: str
    year: int
    file: InstrumentFile
    now: ScoredYear | None
    then: ScoredYear | None
    references: Sequence[Reference]
    kept: targets.Kept

    @property
    def target(self) -> Target | None:
        """The value the year is to reach."""
        by_hand = [self.kept.target] if self.kept.target else []
        return target_of(self.year, self.file.edition, self.references, by_hand)


async def targets_within(connection: AsyncConnection, catalogue: Catalogue, within: str, year: int) -> list[TargetView]:
    """The targets of the kab/kota whose code begins with ``within``: of those something is known of, or that have
    one."""
    now = {s.region: s for s in await knowledge.every(connection, catalogue, year, within=within)}
    earlier = clock.now() - timedelta(days=PACE_DAYS)
    then = {s.region: s for s in await knowledge.every(connection, catalogue, year, within=within, as_of=earlier)}
    regions = sorted({*now, *(code for code in kabkota() if code.startswith(within))})
    references = await published.references(connection, regions)
    kept = await targets.every(connection, regions, year)
    found = []
    for region in regions:
        file = catalogue.get(now[region].instrument) if region in now else catalogue.of_year(year)
        scored, before = (under(states[region], file.plain) if region in states else None for states in (now, then))
        chosen, by_hand = references.get(region, []), kept.get(region, targets.NEVER_SET)
        found.append(Basis(region, year, file, scored, before, chosen, by_hand))
    return [_view(basis) for basis in found if basis.now is not None or basis.target is not None]


async def _of_city(connection: AsyncConnection, catalogue: Catalogue, region: str, year: int) -> TargetView:
    known = await knowledge.known(connection, catalogue, region, year)
    earlier = None
    if known is not None:
        at = clock.now() - timedelta(days=PACE_DAYS)
        earlier = await knowledge.known(connection, catalogue, region, year, as_of=at)
    basis = Basis(
        region=region,
        year=year,
        file=known.instrument if known else catalogue.of_year(year),
        now=known.scored if known else None,
        then=earlier.scored if earlier else None,
        references=(await published.references(connection, [region])).get(region, []),
        kept=await targets.of_year(connection, region, year),
    )
    if known is None and basis.target is None:
        await known_or_refused(connection, catalogue, region, year)
    return _view(basis)


def _view(basis: Basis) -> TargetView:
    target, days = basis.target, _days_left(basis.region, basis.year)
    by_hand = target if isinstance(target, SetByHand) else None
    return TargetView(
        region=basis.region,
        year=basis.year,
        edition=basis.file.edition,
        provisional=basis.file.provisional,
        value=target.value if target else None,
        source=None if target is None else "set" if by_hand else "reference",
        from_year=target.year if target else None,
        published_id=target.published_id if isinstance(target, Reference) else None,
        reason=by_hand.reason if by_hand else None,
        set_by=by_hand.set_by if by_hand else None,
        set_at=by_hand.set_at if by_hand else None,
        days_left=days,
        paces=_paces(basis, target, days),
        version=basis.kept.version,
    )


def _paces(basis: Basis, target: Target | None, days: int) -> list[Pace]:
    if basis.now is None:
        return []
    now, then = basis.now.scores(), basis.then.scores() if basis.then else None
    places = basis.now.instrument.places
    return [
        _pace("survey", now.survey, then.survey if then else None, target, days, places),
        _pace("running", now.running, then.running if then else None, target, days, places),
    ]


def _pace(
    name: ReadingName, now: Score | None, then: Score | None, target: Target | None, days: int, places: int
) -> Pace:
    distance = gap(now, target.value, places) if target else None
    needed = None
    if distance is not None and days > 0:
        needed = max(-distance, Decimal(0)) * DAYS_OF_WEEK / days
    risen = (now.exact - then.exact) * DAYS_OF_WEEK / PACE_DAYS if now and then else None
    return Pace(
        reading=name,
        value=now.value if now else None,
        gap=distance,
        needed_a_week=_rate(needed),
        risen_a_week=_rate(risen),
    )


def _rate(value: Decimal | None) -> Decimal | None:
    return None if value is None else round(value, 6)


def _days_left(region: str, year: int) -> int:
    """Whole days until the year ends where the city is, today included; none of a year that is over."""
    today = clock.now().astimezone(ZoneInfo(tree.time_zone(region))).date()
    return max((date(year + 1, 1, 1) - max(today, date(year, 1, 1))).days, 0)
