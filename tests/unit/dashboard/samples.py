"""Views and payloads as a city's page meets them. All people and answers in them are synthetic."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

import yaml

from services.dashboard.feed import grouped, row_of
from services.dashboard.instrument import InstrumentDocument
from services.dashboard.view import (
    AlertRow,
    CityView,
    ComputedPoint,
    OpenWork,
    OverdueReferrals,
    Place,
    PublishedPoint,
    ReadingView,
    VariableView,
)
from shared.contracts.scoring import GroupCompleteness, Movement, Score, Target

NOW = datetime(2026, 11, 22, 7, 32, 7, tzinfo=UTC)
DEPOK = Place(
    code="32.76",
    name="Kota Depok",
    province_code="32",
    province_name="Jawa Barat",
    time_zone="Asia/Jakarta",
    zone_label="WIB",
)
VILLAGES = {"32.76.07.1003": "Ratu Jaya", "32.76.07.1005": "Pondok Jaya"}
VARIABLES = ("keluarga", "masyarakat", "kewilayahan", "kelembagaan", "hukum")
GROUPS = {
    "kejaksaan": 20, "pengadilan": 19, "polres": 20, "koramil": 18, "pemda": 20,
    "pendidikan": 17, "dunia_usaha": 7, "keluarga": 9, "masyarakat": 13,
}  # fmt: skip
INSTRUMENT_FILE = Path(__file__).parents[3] / "services/scoring/instruments/kotan-2022.yaml"


@cache
def document() -> InstrumentDocument:
    """The instrument as scoring answers it, numbers as strings."""
    return InstrumentDocument.model_validate(yaml.safe_load(INSTRUMENT_FILE.read_text(encoding="utf-8")))


def score(value: str, band: str = "tanggap") -> Score:
    """A score whose exact value is its rounded one."""
    return Score(value=Decimal(value), exact=Decimal(value), band=band)


def movement(event: str, kind: str, share: str | None, minutes_ago: int = 0, **changes: object) -> Movement:
    """One movement of the running index through entrepreneurship."""
    part = None if share is None else Decimal(share)
    values = {
        "event_id": event, "event_type": f"id.bersinar.registry.{kind}.v1", "at": NOW - timedelta(minutes=minutes_ago),
        "village": "32.76.07.1003", "detail": None, "reading": "running", "variable": "masyarakat",
        "indicator": "usaha_berdiri", "index_share": part, "variable_share": part, "synthetic": True,
    }  # fmt: skip
    return Movement.model_validate(values | changes)


def movements() -> list[Movement]:
    """A feed's worth, newest first, one event with movements of several variables."""
    return [
        movement("e5", "business.started", "0.005012000", detail="lele"),
        movement("e4", "enrolment.completed", "0.001250000", 27, village="32.76.07.1005", indicator="pelatihan"),
        movement("e3", "regulation.recorded", "-0.033333333", 72, village=None, detail="rad", variable="hukum",
                 indicator="rencana_aksi"),
        *(movement("e2", "survey.answered", "-0.001100000", 165, village=None, detail="dunia_usaha", reading="survey",
                   variable=v, indicator="keharmonisan") for v in VARIABLES),
        movement("e1", "participant.registered", "0.000120000", 3000, variable="keluarga", detail="family",
                 indicator="keluarga_terjangkau"),
        movement("e0", "survey.answered", None, 4400, village=None, detail="keluarga", reading="survey"),
    ]  # fmt: skip


def published() -> tuple[PublishedPoint, ...]:
    """Depok as printed: 2021, and 2022 with its two values."""

    def point(key: str, year: int, index: str, category: str, source: str, chosen: bool = False) -> PublishedPoint:
        return PublishedPoint(published_id=f"32.76-{key}", year=year, edition="kotan-2022", index=Decimal(index),
                              category=category, source=source, chosen=chosen)  # fmt: skip

    return (
        point("2021-a", 2021, "3.104", "tanggap", "https://depok.suaraindonews.com/berita/kotan/", chosen=True),
        point("2022-a", 2022, "3.620", "sangat_tanggap", "https://depok.suaraindonews.com/berita/kotan/"),
        point("2022-b", 2022, "3.620", "sangat_tanggap", "https://www.radardepok.com/metropolis/kotan"),
        point("2022-c", 2022, "3.602", "sangat_tanggap", "depoktime.com, 22 Juni 2023", chosen=True),
    )


def variables() -> tuple[VariableView, ...]:
    """Five variables with both readings."""
    survey = ("3.512", "3.584", "3.401", "3.377", "3.561")
    running = ("1.240", "1.916", "2.318", "2.004", "3.250")
    bands = ("tanggap", "sangat_tanggap", "tanggap", "tanggap", "sangat_tanggap")
    low = ("kurang_tanggap",) * 4 + ("tanggap",)
    return tuple(
        VariableView(variable=v, survey=score(s, b), running=score(r, lb))
        for v, s, r, b, lb in zip(VARIABLES, survey, running, bands, low, strict=True)
    )


def full_view(**changes: object) -> CityView:
    """Depok 2023 with everything there is."""
    values = {
        "place": DEPOK, "year": 2023, "years": (2023, 2022, 2021), "instrument": document().outline(),
        "provisional": True, "synthetic": True,
        "survey": ReadingView(score=score("3.487"), last_change=Decimal("-0.006"), changed_at=NOW),
        "running": ReadingView(score=score("2.146", "kurang_tanggap"), last_change=Decimal("0.005"), changed_at=NOW),
        "target": Target(value=Decimal("3.602"), from_year=2022, survey_gap=Decimal("-0.115"),
                         running_gap=Decimal("-1.456")),
        "variables": variables(),
        "completeness": tuple(GroupCompleteness(group=g, answers=n, quota=20) for g, n in GROUPS.items()),
        "feed": tuple(row_of(group, VILLAGES.get) for group in reversed(grouped(movements()))),
        "alerts": (
            AlertRow(alert_id="a1", rule="below_target", recipient="BNNK Depok",
                     summary_id="Indeks survei 2023 turun di bawah target 3,602: sekarang 3,487",
                     summary_en="The survey index 2023 fell below the target 3.602: now 3.487", at=NOW,
                     outcomes={"inbox": "delivered", "email": "waiting"}, synthetic=True),
        ),
        "work": OpenWork(referrals_open=3, referrals_overdue=(OverdueReferrals(organisation="DKUM", count=2),),
                         follow_ups_overdue=4, follow_ups_due_this_week=6),
        "published": published(),
        "computed": (ComputedPoint(year=2023, edition="kotan-2022", index=Decimal("3.487"), band="tanggap",
                                   provisional=True),),
        "push_id": 41,
        "as_of": NOW,
    }  # fmt: skip
    return CityView.model_validate(values | changes)


def empty_view() -> CityView:
    """A city of which only the published indices are known."""
    target = Target(value=Decimal("3.602"), from_year=2022, survey_gap=None, running_gap=None)
    groups = tuple(GroupCompleteness(group=g, answers=0, quota=20) for g in GROUPS)
    return CityView(
        place=DEPOK,
        year=2023,
        years=(2023,),
        instrument=document().outline(),
        published=published(),
        target=target,
        completeness=groups,
    )
