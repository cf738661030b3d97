"""What the first start loads, and that a second start loads nothing."""

from collections import Counter
from pathlib import Path

import pytest
import yaml
from sqlalchemy import func, select

from services.registry.app import MIGRATIONS, open_office
from services.registry.commands.office import Office
from services.registry.seed import SeedProgress, seed, seed_published
from services.registry.seeding.case import CaseElsewhere, CaseUnknown, read_questionnaire, seed_case
from services.registry.settings import RegistrySettings
from services.registry.storage import tables
from shared.contracts.catalogue import decode
from shared.contracts.envelope import Event, Payload, wire
from shared.journal.tables import journal
from tests.support import schema

INSTRUMENTS = Path(__file__).parents[3] / "services" / "scoring" / "instruments"


async def _events(office: Office) -> list[Event[Payload]]:
    async with office.database.read() as connection:
        bodies = (await connection.execute(select(journal.c.body).order_by(journal.c.ordinal))).scalars().all()
    return [decode(wire(body, number, "0" * 64)) for number, body in enumerate(bodies, start=1)]


async def test_the_first_start_loads_everything_and_the_second_nothing(settings: RegistrySettings) -> None:
    reports: list[SeedProgress] = []
    await seed(settings, reports.append)
    office = open_office(settings)
    try:
        events = await _events(office)
        async with office.database.read() as connection:
            levels = select(tables.regions.c.level, func.count().label("rows")).group_by(tables.regions.c.level)
            counted = {row.level: row.rows for row in await connection.execute(levels)}
        assert counted == {"province": 38, "city": 514, "district": 7285, "village": 83762}
        finished = {report.label: report for report in reports if report.done == report.total}
        assert list(finished) == [
            "Wilayah",
            "Indeks yang dipublikasikan",
            "Jumlah nasional yang dipublikasikan",
            "Jumlah status wilayah yang dipublikasikan",
            "Contoh Depok",
        ]
        assert all(report.source for report in reports)
        kinds = Counter(event.type.split(".", 3)[3] for event in events)
        assert kinds["survey.answered.v1"] > 100
        assert kinds["programme.created.v1"] == 2
        depok = [event.data.model_dump() for event in events if event.subject.startswith("32.76-2022")]
        assert sorted(str(one["index"]) for one in depok if "source" in one) == ["3.602", "3.620", "3.620"]
        assert [str(one["index"]) for one in depok if "reason" in one] == ["3.602"]
        await seed(settings, reports.append)
        assert len(await _events(office)) == len(events)
    finally:
        await office.database.dispose()


class _CutError(Exception):
    pass


async def test_a_set_that_was_cut_short_is_loaded_anew(settings: RegistrySettings) -> None:
    await schema.migrate(settings.own_database_url, MIGRATIONS)
    office = open_office(settings)

    def cut(progress: SeedProgress) -> None:
        if progress.done == 5:
            raise _CutError

    try:
        with pytest.raises(_CutError):
            await seed_published(office, cut)
        assert await _events(office) == []
        assert await seed_published(office, lambda _progress: None)
        whole = len(await _events(office))
        assert whole > 20
        assert not await seed_published(office, lambda _progress: None)
        assert len(await _events(office)) == whole
    finally:
        await office.database.dispose()


async def test_a_case_nobody_knows_is_refused_by_name(settings: RegistrySettings) -> None:
    with pytest.raises(CaseUnknown, match="depok"):
        await seed_case(open_office(settings), "atlantis", lambda _progress: None)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_a_case_is_not_loaded_into_another_office(settings: RegistrySettings) -> None:
    kupang = settings.model_copy(update={"regions": "53.71"})
    await schema.migrate(kupang.own_database_url, MIGRATIONS)
    office = open_office(kupang)
    try:
        with pytest.raises(CaseElsewhere):
            await seed_case(office, "depok", lambda _progress: None)
        assert await _events(office) == []
    finally:
        await office.database.dispose()


def test_the_questionnaire_is_the_instrument_s() -> None:
    instrument = yaml.safe_load((INSTRUMENTS / "kotan-2022.yaml").read_text(encoding="utf-8"))
    items = {
        variable["key"]: [item["key"] for indicator in variable["survey"] for item in indicator["items"]]
        for variable in instrument["variables"]
    }
    assert read_questionnaire("kotan-2022") == items
