"""Instruments: what there is, what a file would change, and publishing one."""

from collections.abc import AsyncIterable, Iterator
from typing import Annotated, Any

from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from services.scoring.commands.announcement import score_part
from services.scoring.commands.instruments import PublishRefusedError, differences, publish
from services.scoring.commands.village_difference import AreaDifference, compare, reason
from services.scoring.domain.difference import Effect, effects
from services.scoring.domain.rescoring import Surveyed
from services.scoring.domain.score import nine_decimal
from services.scoring.domain.state import CityYear
from services.scoring.http import views
from services.scoring.http.reading import current_routes, unknown_instrument
from services.scoring.http.refusals import Refusal, UnusableFile
from services.scoring.instrument import InstrumentError, load_text
from services.scoring.instrument_file import Catalogue, InstrumentFile, UnknownInstrumentError
from services.scoring.storage import states, villages
from shared.contracts import scoring
from shared.journal import Journal
from shared.runtime.database import Database
from shared.runtime.openapi import problems
from shared.runtime.web import Routes

TEXT_MAX_CHARACTERS = 200_000
EFFECTS_SHOWN_MAX = 1_000

_FILE: JsonDict = {"file": "kotan-2026.yaml", "text": "key: kotan-2026\nedition: kotan-2026\n..."}

_TWO: JsonDict = {"before": "kotan-2022", "after": _FILE}


class FileInput(BaseModel):
    """An instrument file: its name, for the problems, and its text."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_FILE]})

    file: Annotated[str, Field(pattern=r"^[a-z0-9._-]{1,60}$")]
    text: Annotated[str, Field(min_length=1, max_length=TEXT_MAX_CHARACTERS)]


class DiffInput(BaseModel):
    """Two editions: the key of one there is, or a file."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"before": "kotan-2022", "after": _FILE}]}
    )

    before: str | FileInput
    after: str | FileInput


class PublicationView(BaseModel):
    """An edition in force. ``switched`` counts the city years that went over to it."""

    key: str
    edition: str
    level: str
    from_year: int
    until_year: int | None
    sha256: str
    is_new: bool
    switched: int


class DifferenceView(BaseModel):
    """An element that differs; ``None`` where an edition hasn't got it."""

    path: str
    before: str | None
    after: str | None


class ShiftView(BaseModel):
    """A variable's part in the change: it weighs otherwise, or is worked out otherwise."""

    variable: str
    cause: str
    share: views.Plain


class EffectView(BaseModel):
    """A city and year whose band would be another. Without shifts the bands themselves moved, the scales differ, or
    there is an index in only one of the editions: ``why`` says which."""

    region: str
    year: int
    reading: scoring.Reading
    before: scoring.Score | None
    after: scoring.Score | None
    why: str
    shifts: list[ShiftView]


class MoveView(BaseModel):
    """So many villages would go from one band to another; ``None`` where an edition gives them no index."""

    before: str | None
    after: str | None
    villages: int


class VillageAreaView(BaseModel):
    """The surveyed villages of a kab/kota in a year; only counts, as a village's label is not for everybody."""

    region: str
    year: int
    compared: int
    changed: int
    moves: list[MoveView]


class WhyView(BaseModel):
    """What moves so many villages most: a variable that weighs otherwise (``weight``) or is worked out otherwise
    (``value``); without a variable other ``bands``, another ``scale``, or an index ``missing`` in one edition."""

    variable: str | None
    cause: str
    villages: int


class DiffView(BaseModel):
    """What differs between two editions, and which bands would change; ``compared`` counts the indices looked at.

    Of editions for kab/kota ``effects`` names the cities; of editions for villages ``areas`` counts the villages, and
    ``whys`` says what moves them, of at most 1000 of them.
    """

    before: str
    after: str
    differences: list[DifferenceView]
    compared: int
    changed: int
    effects: list[EffectView]
    areas: list[VillageAreaView] = []
    whys: list[WhyView] = []


def instrument_router(database: Database, journal: Journal, catalogue: Catalogue) -> Routes:
    """Instruments as data."""
    router = current_routes(database, catalogue, prefix="/v1/instruments", tags=["instruments"])

    @router.get("", summary="The instruments there are, the oldest first")
    async def list_instruments() -> views.InstrumentList:
        found = sorted(catalogue.instruments.values(), key=lambda i: (i.from_year, i.key))
        return views.InstrumentList(items=[views.instrument_summary(i) for i in found])

    @router.get("/{key}", summary="One instrument, with the mark and source of every element")
    async def read_instrument(key: str) -> dict[str, Any]:
        return views.instrument_view(_known(catalogue, key, "key"))

    @router.post(
        "",
        status_code=201,
        summary="Publish an edition: in force from then on, and never edited",
        responses=problems(409),
    )
    async def publish_instrument(given: FileInput, response: Response) -> PublicationView:
        try:
            async with journal.writing() as unit:
                done = await publish(unit, catalogue, given.file, given.text)
        except InstrumentError as error:
            raise _unusable(error, "text") from None
        except PublishRefusedError as error:
            raise Refusal(error.code, error.field, **error.values) from None
        if not done.is_new:
            response.status_code = 200
        summary = views.instrument_summary(done.instrument).model_dump()
        return PublicationView.model_validate(
            summary | {"sha256": done.sha256, "is_new": done.is_new, "switched": done.switched}
        )

    @router.post(
        "/diff", summary="What differs between two editions, and which bands would change", responses=problems(404)
    )
    async def diff_instruments(given: DiffInput) -> DiffView:
        before, after = _given(catalogue, given.before, "before"), _given(catalogue, given.after, "after")
        if before.level != after.level:
            levels = {"before": before.level, "after": after.level}
            raise Refusal("levels_differ", "after", **levels)
        async with database.read() as connection:
            if before.level == "village":
                return await village_diff_view(before, after, villages.surveyed(connection))
            every = await states.every(connection, with_moments=False)
        return diff_view(before, after, every)

    return router


def diff_view(before: InstrumentFile, after: InstrumentFile, every: list[CityYear]) -> DiffView:
    """The comparison of two editions over the states of the years either is made for."""
    old, new = before.plain, after.plain
    seen = [e for s in every if _concerns(s.year, before, after) for e in effects(s, old, new)]
    moved = [e for e in seen if e.moves_band]
    return DiffView(
        before=before.key,
        after=after.key,
        differences=_differences(before, after),
        compared=len(seen),
        changed=len(moved),
        effects=[_effect_view(e) for e in moved[:EFFECTS_SHOWN_MAX]],
    )


async def village_diff_view(
    before: InstrumentFile, after: InstrumentFile, surveyed: AsyncIterable[list[Surveyed]]
) -> DiffView:
    """The comparison of two editions for villages."""
    found = await compare(surveyed, before.plain, after.plain, lambda v: _concerns(v.year, before, after))
    return DiffView(
        before=before.key,
        after=after.key,
        differences=_differences(before, after),
        compared=sum(area.compared for area in found.areas),
        changed=sum(area.changed for area in found.areas),
        effects=[],
        areas=[_area_view(area) for area in found.areas],
        whys=[
            WhyView(variable=why.variable, cause=why.cause, villages=number) for why, number in found.whys.most_common()
        ],
    )


def _area_view(area: AreaDifference) -> VillageAreaView:
    moves = [MoveView(before=old, after=new, villages=number) for (old, new), number in area.moves.most_common()]
    return VillageAreaView(
        region=area.region, year=area.year, compared=area.compared, changed=area.changed, moves=moves
    )


def _differences(before: InstrumentFile, after: InstrumentFile) -> list[DifferenceView]:
    return [DifferenceView(path=p, before=b, after=a) for p, b, a in differences(before, after)]


def _concerns(year: int, before: InstrumentFile, after: InstrumentFile) -> bool:
    return any(i.from_year <= year <= (i.until_year or year) for i in (before, after))


def _effect_view(effect: Effect) -> EffectView:
    return EffectView.model_validate(
        {
            "region": effect.region,
            "year": effect.year,
            "reading": effect.reading,
            "before": score_part(effect.before),
            "after": score_part(effect.after),
            "why": reason(effect),
            "shifts": [
                {"variable": s.variable, "cause": s.cause, "share": nine_decimal(s.share)} for s in effect.shifts
            ],
        }
    )


def _given(catalogue: Catalogue, given: str | FileInput, field: str) -> InstrumentFile:
    if isinstance(given, str):
        return _known(catalogue, given, field)
    try:
        return load_text(given.file, given.text)
    except InstrumentError as error:
        raise _unusable(error, field) from None


def _known(catalogue: Catalogue, key: str, field: str) -> InstrumentFile:
    try:
        return catalogue.get(key)
    except UnknownInstrumentError:
        raise unknown_instrument(catalogue, field) from None


def _unusable(error: InstrumentError, field: str) -> Refusal:
    return UnusableFile(list(_errors(error, field)))


def _errors(error: InstrumentError, field: str) -> Iterator[dict[str, str]]:
    for found in error.problems:
        detail = f"{found.file}:{found.line}: {found.rule}: {found.message}"
        yield {"field": field, "detail": detail, "remedy": found.remedy}
