"""The pages around an index: what the weights decide, villages over the years, plans, reasons, values, areas."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import URL

from services.dashboard import areas, planning, reasons, villages, weights
from services.dashboard.campaigns import Official
from services.dashboard.chart import trend_panels
from services.dashboard.places import Places
from services.dashboard.printed import NationalTotal, StatusTotal
from services.dashboard.rendering import Pages
from services.dashboard.scored import (
    Actions,
    Explanation,
    Plans,
    Rollup,
    Sensitivity,
    Standing,
    Supposed,
    Values,
    Villages,
    YearTarget,
)
from services.dashboard.view import ComputedPoint
from services.dashboard.wording import LANGUAGES, Language, wording
from shared.contracts.scoring import Interval
from tests.unit.dashboard import samples

PAGES = Pages([samples.DEPOK])
OUTLINE = samples.document().outline()
RATU_JAYA, PONDOK_JAYA, BEJI = "32.76.07.1003", "32.76.07.1005", "32.76.06.1001"


@pytest.fixture(scope="module")
def places() -> Places:
    return Places(["32.76"])


def words(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html.partition("<body>")[2])))


def drawn(template: str, section: str, language: Language = "id", **context: Any) -> str:
    more = {"problem": None, "page": None, "found": None}
    here = URL(f"http://x/{section}?year=2023")
    return words(PAGES.insight(template, wording(language), samples.DEPOK, 2023, section, here, **(more | context)))


def score(value: str, band: str = "tanggap") -> dict[str, str]:
    return {"value": value, "exact": value, "band": band}


def sensitivity(lowest: str, highest: str, **changes: Any) -> Sensitivity:
    own = {"weights": dict.fromkeys(samples.VARIABLES, "0.2"), "score": score("3.487"), "rank": 2}
    other = {"weights": {**own["weights"], "keluarga": "0.1"}, "score": score("3.490"), "rank": 3}
    values = {
        "reading": "survey", "cities": 3, "named": {"own": own, "equal": own, "kotan-2019": other},
        "lowest": score(lowest), "highest": score(highest, "sangat_tanggap" if highest > "3.533" else "tanggap"),
        "rank_best": 1, "rank_worst": 3,
    }  # fmt: skip
    return Sensitivity.model_validate(values | changes)


def city(standing: Standing, language: Language = "id", **changes: Any) -> str:
    return words(PAGES.city(samples.full_view(**changes), wording(language), samples.NOW, standing))


def official(revision: int, value: str | None = "3.487", year: int = 2023, name: str | None = None) -> Official:
    return Official.model_validate(
        {"year": year, "instrument": "kotan-2022", "revision": revision, "revision_name": name, "value": value,
         "band": "tanggap" if value else None, "at": datetime(2024, 1, 10, 3, tzinfo=UTC)}
    )  # fmt: skip


def test_the_weights_are_drawn_on_a_stretch_around_what_they_can_do() -> None:
    drawing = weights.picture(sensitivity("3.377", "3.584"), OUTLINE)
    assert drawing.lowest <= Decimal("3.377") < Decimal("3.584") <= drawing.highest
    assert 0 < drawing.left < drawing.choices[0].x < drawing.right < 100
    assert [choice.names for choice in drawing.choices] == [("own", "equal"), ("kotan-2019",)]
    assert [place.band.key for place in drawing.bands] == ["tanggap", "sangat_tanggap"]
    assert sum(place.width for place in drawing.bands) == pytest.approx(100, abs=0.1)
    assert not drawing.is_one_band


@given(st.decimals("1", "4", places=3), st.decimals("1", "4", places=3))
def test_the_stretch_holds_the_band_and_stays_on_the_scale(one: Decimal, other: Decimal) -> None:
    low, high = sorted((one, other))
    drawing = weights.picture(sensitivity(f"{low}", f"{high}"), OUTLINE)
    assert OUTLINE.lowest <= drawing.lowest <= low <= high <= drawing.highest <= OUTLINE.highest
    assert 0 <= drawing.left <= drawing.right <= 100


def test_the_city_says_what_other_weights_would_say() -> None:
    text = city(Standing(sensitivity=sensitivity("3.377", "3.584")))
    assert "bobot edisi ini, sama rata 3,487 Tanggap" in text
    assert "bobot 2019 3,490" in text
    assert "3,377–3,584" in text
    assert "peringkat di antara 3 kab/kota 1–3" in text
    assert "dari Tanggap sampai Sangat Tanggap" in text
    assert "Kategorinya Tanggap, apa pun bobotnya." in city(Standing(sensitivity=sensitivity("3.377", "3.484")))


def test_the_locked_value_stands_apart_and_says_when_the_answers_have_moved_on() -> None:
    text = city(Standing(official=(official(2, name="Koreksi Polres"), official(1, "3.500"))))
    assert "Nilai resmi 2023 dikunci 3,487 Tanggap Revisi 2, Koreksi Polres · dikunci 10 Jan 2024" in text
    assert "Indeks survei dari jawaban sekarang" in text
    assert "Jawaban berubah sesudahnya" not in text
    assert "Jawaban berubah sesudahnya" in city(Standing(official=(official(1, "3.500"),)))
    assert "Nilai resmi" not in city(Standing(official=(official(1, year=2022),)))


def pace(reading: str, gap: str | None, needed: str | None, risen: str | None) -> dict[str, str | None]:
    return {"reading": reading, "value": "3.487", "gap": gap, "needed_a_week": needed, "risen_a_week": risen}


def target(days: int, *paces: dict[str, str | None], **changes: Any) -> YearTarget:
    values = {"value": "3.602", "source": "reference", "from_year": 2022, "reason": None, "days_left": days}
    return YearTarget.model_validate(values | {"paces": paces} | changes)


def test_the_target_says_how_far_how_long_and_how_fast() -> None:
    found = target(37, pace("survey", "-0.115", "0.021757", "0.004"), pace("running", "0.010", "0", None))
    text = city(Standing(target=found))
    assert "Target 2023: 3,602 tinggal 37 hari" in text
    assert "Indeks survei −0,115 +0,022 +0,004" in text
    assert "Indeks berjalan +0,010 tercapai –" in text
    assert "Apa yang perlu terjadi untuk mencapai 3,602?" in text
    over = city(Standing(target=target(0, pace("survey", "-0.115", None, None))))
    assert "tahun sudah berakhir" in over
    by_hand = city(Standing(target=target(5, source="set", reason="Perjanjian Kinerja")))
    assert "Ditetapkan kantor" not in by_hand
    assert "belum ada nilai acuan tahun sebelumnya" in by_hand
    assert "Layanan penilaian belum menjawab" in city(Standing(is_away=True))


def test_the_trend_shows_the_latest_revision_and_the_interval() -> None:
    interval = Interval(standard_error=Decimal("0.05"), lower=Decimal("3.387"), upper=Decimal("3.587"))
    computed = [ComputedPoint(year=2023, edition="kotan-2022", index=Decimal("3.487"), band="tanggap",
                              provisional=True, interval=interval)]  # fmt: skip
    locked = [official(1, "3.400"), official(2, "3.487"), official(1, None, year=2022)]
    (panel,) = trend_panels(samples.published(), computed, OUTLINE, locked)
    of_2023 = [dot for dot in panel.dots if dot.year == 2023]
    assert [(dot.kind, dot.value) for dot in of_2023] == [("official", Decimal("3.487"))]
    assert of_2023[0].reach is not None
    assert of_2023[0].reach[0] < of_2023[0].y < of_2023[0].reach[1]
    locked = [official(1, "3.500")]
    (panel,) = trend_panels(samples.published(), computed, OUTLINE, locked)
    assert sorted(dot.kind for dot in panel.dots if dot.year == 2023) == ["computed", "official"]


def status(year: int, key: str, edition: str = "8+5", steps: int | None = None, **changes: Any) -> dict[str, Any]:
    recovery = None
    if steps is not None:
        recovery = {"earlier_year": year - 1, "earlier_status": "siaga", "earlier_edition": "8+5", "steps": steps,
                    "recovered": steps > 0, "is_break": edition != "8+5"}  # fmt: skip
    values = {"year": year, "status": key, "source": "recorded", "edition": edition, "survey": None,
              "provisional": False, "synthetic": True, "recovery": recovery}  # fmt: skip
    return values | changes


def year_of(year: int, **counts: int) -> dict[str, Any]:
    none = dict.fromkeys(("bahaya", "waspada", "siaga", "aman"), 0)
    return {"year": year, "counts": none | counts, "compared": 0, "recovered": 0, "fell": 0, "breaks": 0}


def histories() -> Villages:
    surveyed = status(2024, "aman", "ikrn-2024", 1, source="survey", provisional=True, survey=score("3.46", "aman"))
    return Villages.model_validate(
        {
            "years": [year_of(2023, siaga=2), year_of(2024, aman=1, waspada=1, siaga=1)],
            "items": [
                {"village": RATU_JAYA, "statuses": [status(2023, "siaga"), surveyed]},
                {"village": PONDOK_JAYA, "statuses": [status(2023, "siaga"), status(2024, "waspada", "IKRN", -1)]},
                {"village": BEJI, "statuses": [status(2024, "siaga", "IKRN")]},
            ],
        }
    )


def test_villages_break_where_the_way_of_judging_changed(places: Places) -> None:
    page = villages.page_of(histories(), places, lambda _code: True, None)
    assert [(bar.year.year, bar.total, bar.editions, bar.is_break) for bar in page.bars] == [
        (2023, 2, ("8+5",), False),
        (2024, 3, ("IKRN", "ikrn-2024"), True),
    ]
    assert [(s.status, s.count, s.colour) for s in page.bars[1].segments] == [
        ("waspada", 1, 2), ("siaga", 1, 3), ("aman", 1, 4)
    ]  # fmt: skip
    assert [district.name for district in page.districts] == ["Beji", "Cipayung"]
    assert [row.name for row in page.districts[1].rows] == ["Pondok Jaya", "Ratu Jaya"]
    assert page.districts[0].rows[0].cells[0].status is None
    assert page.is_provisional
    text = drawn("villages.html", "villages", page=page, printed=())
    assert "Cara menilai berganti: IKRN, dicatat, survei IKRN 2024." in text
    assert "Ratu Jaya Siaga Aman 3,46 naik 1 cara menilai lain" in text
    assert "Pondok Jaya Siaga Waspada turun 1" in text
    assert "Data contoh" in text


def sealed(value: str | None, band: str | None, revision: int = 1, name: str | None = None) -> dict[str, Any]:
    values = {"value": value, "band": band, "revision": revision, "revision_name": name}
    return values | {"at": "2024-12-20T03:00:00Z"}


def test_a_locked_village_keeps_its_official_status_beside_the_calculated_one(places: Places) -> None:
    survey = {"edition": "ikrn-2024", "source": "survey"}
    same = status(2024, "aman", **survey, survey=score("3.46", "aman"), official=[sealed("3.46", "aman")])
    gone = status(2024, "aman", **survey, official=[sealed("3.00", "siaga", 2, "Koreksi lurah"), sealed(None, None)])
    never = status(2024, "waspada", **survey, survey=score("2.00", "waspada"), official=[sealed(None, None)])
    found = Villages.model_validate(
        {
            "years": [year_of(2024, aman=1, waspada=1)],
            "items": [
                {"village": RATU_JAYA, "statuses": [same]},
                {"village": PONDOK_JAYA, "statuses": [gone | {"status": None, "source": None}]},
                {"village": BEJI, "statuses": [never]},
            ],
        }
    )
    page = villages.page_of(found, places, lambda _code: True, None)
    moved_on = "Jawaban berubah sesudahnya; nilai resmi tetap"
    text = drawn("villages.html", "villages", page=page, printed=())
    assert "Ratu Jaya Aman 3,46 Resmi: Aman 3,46, revisi 1 · dikunci" in text
    assert "Pondok Jaya – Resmi: Siaga 3,00, revisi 2, Koreksi lurah · dikunci" in text
    assert "Resmi: tanpa status, revisi 1 · dikunci" in text
    assert text.count(moved_on) == 2
    narrowed = villages.page_of(found, places, lambda _code: True, "siaga")
    assert narrowed.count == 0


def test_villages_can_be_narrowed_and_are_only_those_somebody_may_see(places: Places) -> None:
    page = villages.page_of(histories(), places, lambda code: code == RATU_JAYA, None)
    assert (page.count, page.bars[1].editions) == (1, ("ikrn-2024",))
    page = villages.page_of(histories(), places, lambda _code: True, "waspada")
    assert [row.name for district in page.districts for row in district.rows] == ["Pondok Jaya"]
    none = villages.page_of(histories(), places, lambda _code: True, "bahaya")
    assert "Tidak ada desa berstatus Bahaya." in drawn("villages.html", "villages", page=none, printed=())
    empty = villages.page_of(Villages(years=(), items=()), places, lambda _code: True, None)
    assert "Belum ada status" in drawn("villages.html", "villages", page=empty, printed=())


def test_printed_totals_stand_beside_the_villages_own(places: Places) -> None:
    total = {"year": 2024, "source": "https://www.wartadepok.com/x", "method": "IKRN", "bahaya": 0, "waspada": 5,
             "siaga": 32, "aman": None}  # fmt: skip
    page = villages.page_of(histories(), places, lambda _code: True, None)
    text = drawn("villages.html", "villages", page=page, printed=[StatusTotal.model_validate(total)])
    assert "Terbit untuk 2024 (IKRN, dicatat): Bahaya 0 · Waspada 5 · Siaga 32 · Aman – wartadepok.com" in text


ACTIONS = Actions.model_validate(
    {
        "cost_unit": {"id": "juta rupiah", "en": "million rupiah"},
        "items": [
            {"action": key, "name": {"id": name, "en": name}, "adds": adds, "cost": cost, "cost_set_by_office": False,
             "most": 60, "mark": "P"}
            for key, name, adds, cost in (
                ("sesi", "Sesi", {"sessions.held": 1, "families.reached": 12}, "2"),
                ("usaha", "Usaha", {"businesses.started": 1}, "5"),
            )
        ],
    }
)  # fmt: skip


def test_a_plan_is_read_from_its_address_and_what_cannot_be_read_is_named() -> None:
    query = {"year": "2023", "u.sesi": "4", "u.usaha": "61", "u.tidak_ada": "1", "v.hukum": "3,25", "v.keluarga": "9",
             "c.sesi": "1.5", "c.usaha": "mahal", "target": "3.602", "cari": "1"}  # fmt: skip
    asked = planning.read(query, ACTIONS, OUTLINE)
    assert asked.units == {"sesi": 4}
    assert asked.means == {"hukum": Decimal("3.25")}
    assert asked.costs == {"sesi": Decimal("1.5")}
    assert (asked.target, asked.seeks) == (Decimal("3.602"), True)
    assert asked.wrong == ("u.usaha", "v.keluarga", "c.usaha")
    assert planning.read({"u.sesi": "0", "u.usaha": "", "target": "x"}, ACTIONS, None).wrong == ("target",)


@given(
    st.dictionaries(st.sampled_from(["u.sesi", "v.hukum", "c.usaha", "target", "u.", "v", "x"]), st.text(max_size=8))
)
def test_no_address_breaks_the_page(query: dict[str, str]) -> None:
    asked = planning.read(query, ACTIONS, OUTLINE)
    assert all(0 < units <= 60 for units in asked.units.values())
    assert all(OUTLINE.lowest <= mean <= OUTLINE.highest for mean in asked.means.values())


def numbers(running: str, hukum: str) -> dict[str, Any]:
    variables = [{"variable": v, "survey": score("3.4"), "running": score("2.0" if v != "hukum" else hukum)}
                 for v in samples.VARIABLES]  # fmt: skip
    return {"survey": score("3.487"), "running": score(running, "kurang_tanggap"), "variables": variables}


def plan_page(**changes: Any) -> planning.PlanPage:
    supposed = Supposed.model_validate(
        {"year": 2023, "instrument": "kotan-2022", "provisional": True, "before": numbers("2.146", "1.5"),
         "after": numbers("2.246", "2.0"), "survey_assumed_complete": False,
         "steps": [{"step": "businesses.started", "survey_share": "0", "running_share": "0.1"}]}
    )  # fmt: skip
    asked = planning.Asked(units={"usaha": 3}, costs={"sesi": Decimal("1.5")})
    values = {
        "levers": [planning.Lever(action, 3 if action.action == "usaha" else 0, action.cost, False)
                   for action in ACTIONS.items],
        "sliders": [planning.Slider("hukum", samples.score("3.561"), None, True)],
        "cost_unit": ACTIONS.cost_unit, "supposed": supposed, "plans": None, "target": target(37), "asked": asked,
        "lowest": Decimal(1), "highest": Decimal(4),
    }  # fmt: skip
    return planning.PlanPage(**(values | changes))  # type: ignore[arg-type]


def plan_text(page: planning.PlanPage, language: Language = "id") -> str:
    named = PAGES.of_instrument(OUTLINE, wording(language))
    return drawn("plan.html", "plan", language, page=page, **named)


def test_the_plan_shows_what_would_be_against_the_goal_and_what_it_costs() -> None:
    text = plan_text(plan_page())
    for part in ("2,246", "+0,100 dari 2,146", "Indeks berjalan terhadap 3,602 −1,356", "15,0 juta rupiah",
                 "usaha dimulai +0,100", "Isi angka dari 1 sampai 4."):  # fmt: skip
        assert part in text
    assert "Goal of the running index" in plan_text(plan_page(), "en")


def test_plans_are_ranked_and_lead_back_into_the_controls() -> None:
    actions = [{"action": "sesi", "name": {"id": "Sesi", "en": "Session"}, "units": 4, "cost": "6"}]
    found = Plans.model_validate(
        {"target": "2.6", "now": score("2.146"), "reached": False, "best": None, "cost_unit": ACTIONS.cost_unit,
         "plans": [{"actions": actions, "cost": "6", "running": score("2.6", "cukup_tanggap")}]}
    )  # fmt: skip
    page = plan_page(plans=found)
    assert page.link_of(found.plans[0]) == "u.sesi=4"
    assert "6,0 juta rupiah → 2,600 Cukup Tanggap 4 × Sesi 6,0 Coba susunan ini" in plan_text(page)
    out = found.model_copy(update={"plans": (), "best": samples.score("2.5", "kurang_tanggap")})
    assert "tidak terjangkau" in plan_text(plan_page(plans=out))
    done = found.model_copy(update={"plans": (), "reached": True})
    assert "sudah tercapai" in plan_text(plan_page(plans=done))


def explanation(change: str | None = "0.030000000") -> Explanation:
    way = {"variable": "masyarakat", "indicator": "usaha_berdiri", "evidence": "businesses.started",
           "index_share": "0.04"}  # fmt: skip
    law = {"variable": "hukum", "indicator": "rencana_aksi", "evidence": "action_plans.in_force",
           "index_share": "-0.01"}  # fmt: skip
    event = {"event_id": "e1", "event_type": "id.bersinar.registry.business.started.v1", "at": samples.NOW,
             "village": RATU_JAYA, "detail": "lele", "synthetic": True, "index_share": "0.04",
             "ways": [way]}  # fmt: skip
    two = {**event, "event_id": "e2", "event_type": "id.bersinar.registry.regulation.recorded.v1", "village": None,
           "detail": "rad", "index_share": "-0.01", "ways": [law, {**law, "index_share": "0"}]}  # fmt: skip
    parts = [
        {"variable": w["variable"], "index_share": w["index_share"],
         "indicators": [{"indicator": w["indicator"], "index_share": w["index_share"],
                         "evidence": [{"evidence": w["evidence"], "index_share": w["index_share"]}]}]}
        for w in (law, way)
    ]  # fmt: skip
    moved = {"reading": "running", "before": "2.116", "after": "2.146", "change": change, "came_to_be": None,
             "variables": parts, "events": [event, two], "events_left_out": 3, "share_left_out": "0",
             "sentence": {"id": "Indeks berjalan naik.", "en": "The running index rose."}}  # fmt: skip
    return Explanation.model_validate({"instrument": "kotan-2022", "provisional": True, "readings": [moved]})


def reasons_page(found: Explanation, language: Language = "id") -> reasons.ReasonsPage:
    return reasons.ReasonsPage(
        found, "running", reasons.Period(), samples.document(), wording(language), samples.VILLAGES.get
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_change_reads_from_the_event_to_the_index(language: Language) -> None:
    page = reasons_page(explanation(), language)
    text = drawn("reasons.html", "reasons", language, page=page, reading="running", period=page.period, periods=())
    if language == "id":
        assert (
            "Usaha dimulai: lele, Ratu Jaya · contoh usaha dimulai → Usaha yang didirikan peserta → Ketahanan" in text
        )
        assert "3 peristiwa lain 0,000" in text
        assert "2 jalan" in text
    else:
        assert "Business started: catfish, Ratu Jaya" in text
        assert "2 ways" in text
    assert [v.variable for v in page.variables] == ["masyarakat", "hukum"]


def test_bars_start_in_the_middle_and_the_largest_is_half_the_width() -> None:
    page = reasons_page(explanation())
    assert page.bar(Decimal("0.04")) == reasons.Bar(50.0, 50.0)
    assert page.bar(Decimal("-0.01")) == reasons.Bar(37.5, 12.5)
    assert page.evidence("keharmonisan_1") != "keharmonisan 1"
    assert page.evidence("families.reached") == "keluarga terjangkau"


def test_an_index_that_is_not_there_has_no_reasons() -> None:
    page = reasons_page(explanation(None))
    text = drawn("reasons.html", "reasons", page=page, reading="running", period=page.period, periods=())
    assert "Indeks ini belum ada" in text


@given(
    st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.sampled_from(["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"])
)
def test_a_period_holds_whole_days_of_the_city(day: date, zone: str) -> None:
    begin, end = reasons.Period(day, day).moments(zone)
    assert begin is not None
    assert end is not None
    assert end - begin == timedelta(days=1) - timedelta(microseconds=1)
    assert reasons.Period().moments(zone) == (None, None)


def values() -> Values:
    def printed(key: str, index: str | None, chosen: bool = False) -> dict[str, Any]:
        return {"published_id": key, "index": index, "category": "tanggap", "source": "https://www.x.id/a",
                "is_reference": chosen, "reason": "Laporan dinas" if chosen else None}  # fmt: skip

    computed = {"survey": "3.604", "band": "sangat_tanggap", "running": "2.1", "running_band": "kurang_tanggap",
                "interval": {"standard_error": "0.01", "lower": "3.580", "upper": "3.620"}, "answers": 143,
                "quota": 180, "cities": 1, "scored": 1, "provisional": True, "synthetic": True,
                "against_reference": "0.002"}  # fmt: skip
    year = {"year": 2022, "edition": "kotan-2022", "break": True, "conflict": True, "spread": "0.018",
            "published": [printed("a", "3.620"), printed("c", "3.602", True), printed("d", None)],
            "chosen": printed("c", "3.602", True), "computed": computed,
            "official": [official(1).model_dump()]}  # fmt: skip
    old = {"year": 2019, "edition": "kotan-2019", "break": False, "conflict": False, "spread": None, "chosen": None,
           "published": [printed("o", "78.42")], "computed": None, "official": []}  # fmt: skip
    return Values.model_validate({"area": "32.76", "name": "Kota Depok", "items": [year, old]})


def test_values_stand_side_by_side_and_a_hair_is_no_difference() -> None:
    named = PAGES.of_instrument(OUTLINE, wording("id"))
    about = {"found": values(), "area": "32.76", "name": "Kota Depok"}
    text = drawn("values.html", "values", is_city=True, **about, **named)
    for part in ("Sumber berbeda, selisih 0,018. Acuan: 3,602.", "3,602 Tanggap acuan x.id", "78,42",
                 "Dipilih karena: Laporan dinas", "3,604 Sangat Tanggap perhitungan sementara selang 95% 3,580–3,620",
                 "143 dari 180 jawaban · contoh", "Terhadap acuan: +0,002. Tidak berbeda nyata.",
                 "3,487 Tanggap dikunci Revisi 1", "Edisi berbeda tidak dapat dibandingkan",
                 "Tidak dihitung di sini."):  # fmt: skip
        assert part in text
    wide = drawn("values.html", "area", is_city=False, **about, **named)
    assert "Rata-rata yang dihitung di sini" in wide
    empty = about | {"found": Values(area="34", name="DIY", items=())}
    assert "Belum ada nilai apa pun." in drawn("values.html", "values", is_city=True, **empty, **named)


def rollup(provinces: int = 6) -> Rollup:
    bands = {"kurang_tanggap": 1, "cukup_tanggap": 2, "tanggap": 3, "sangat_tanggap": 4}
    codes = ("11", "12", "13", "32", "53", "96")[:provinces]
    lines = [{"province": code, "name": f"Provinsi {code}", "scored": 4 if code != "96" else 0, "mean": "3.2",
              "bands": {"kurang_tanggap": 1, "cukup_tanggap": 0, "tanggap": 2, "sangat_tanggap": 1}}
             for code in codes]  # fmt: skip
    cities = [{"region": "32.76", "name": "Kota Depok", "value": "3.487", "band": "tanggap", "complete": False,
               "synthetic": True},
              {"region": "32.71", "name": "Kota Bogor", "value": "3.6", "band": "sangat_tanggap", "complete": True,
               "synthetic": False},
              {"region": "32.75", "name": "Kota Bekasi", "value": None, "band": None, "complete": False,
               "synthetic": False}]  # fmt: skip
    edition = {"instrument": "kotan-2022", "edition": "kotan-2022", "provisional": True, "cities": 12, "scored": 10,
               "complete": 1, "synthetic": 1, "mean": "3.2", "median": "3.25", "lowest": "2.5", "highest": "3.9",
               "bands": bands, "at_least": {"kurang_tanggap": 10, "cukup_tanggap": 9, "tanggap": 7,
               "sangat_tanggap": 4}, "provinces": lines, "items": cities}  # fmt: skip
    empty = edition | {"instrument": "kotan-2019", "edition": "kotan-2019", "scored": 0}
    return Rollup.model_validate({"area": "ID", "name": "Indonesia", "year": 2023, "reading": "survey", "cities": 514,
                                  "missing": ["11.01"] * 504, "editions": [empty, edition]})  # fmt: skip


def area_text(page: areas.AreaPage, area: str = "ID", language: Language = "id") -> str:
    about = {"area": area, "name": page.found.name, "reading": "survey", "years": range(2024, 2018, -1)}
    return drawn("area.html", "area", language, page=page, own={"32.76": samples.DEPOK}, **about)


def test_the_nation_counts_who_reaches_the_goal_and_keeps_printed_counts_apart() -> None:
    total = {"year": 2023, "source": "https://bnn.go.id/x", "note_id": "Jumlah terukur tidak tercetak.",
             "edition": "kotan-2022", "measured": None, "sangat_tanggap": 21, "tanggap": 122}  # fmt: skip
    page = areas.page_of(rollup(), {"kotan-2022": samples.document()}, [NationalTotal.model_validate(total)])
    (edition,) = page.editions
    assert (edition.at_least, edition.share, page.measured) == (7, 70.0, 10)
    assert sum(part.width for part in edition.parts) == pytest.approx(100)
    assert [line.region for line in edition.lines] == ["32.71", "32.76", "32.75"]
    tiles = {tile.province: tile for tile in edition.tiles}
    assert (tiles["32"].share, tiles["32"].colour) == (Decimal("0.75"), 3)
    assert (tiles["96"].share, tiles["96"].colour, tiles["51"].colour) == (None, 0, 0)
    text = area_text(page)
    for part in ("143 kab/kota; jumlah yang diukur tidak tercetak", "7 dari 10 yang dihitung di sini",
                 "Angka terbit tidak ikut", "514 kab/kota, 504 belum ada angkanya", "Jabar 75%", "Kota Bogor 3,600",
                 "Kota Depok contoh 3,487 Tanggap kuota survei belum terpenuhi", "Kota Bekasi –"):  # fmt: skip
        assert part in text
    assert "At least Responsive" in area_text(page, language="en")


def test_the_nation_opens_by_province_and_each_holds_its_own_best_first() -> None:
    (edition,) = areas.page_of(rollup(), {"kotan-2022": samples.document()}, ()).editions
    held = {one.line.province: [line.region for line in one.cities] for one in edition.provinces}
    assert held == {"11": [], "12": [], "13": [], "32": ["32.71", "32.76", "32.75"], "53": [], "96": []}
    bar = next(one.parts for one in edition.provinces if one.line.province == "32")
    assert [(part.count, part.width) for part in bar] == [(1, 25.0), (0, 0.0), (2, 50.0), (1, 25.0)]
    text = area_text(areas.AreaPage(rollup(), "survey", (edition,), ()))
    assert "Provinsi 32 4 dihitung Rata-rata 3,200" in text
    assert text.index("Kota Bogor") < text.index("Halaman Provinsi 32") < text.index("Provinsi 53 4 dihitung")


def test_one_province_is_one_table() -> None:
    for found in (rollup(1), rollup().model_copy(update={"area": "32"})):
        (edition,) = areas.page_of(found, {}, ()).editions
        assert (edition.provinces, len(edition.lines)) == ((), 3)
        assert "Halaman" not in area_text(areas.AreaPage(found, "survey", (edition,), ()), found.area)


def test_every_province_has_a_tile_of_its_own() -> None:
    assert len(areas.TILES) == 38
    assert len({(column, row) for column, row, _ in areas.TILES.values()}) == 38
    few = areas.page_of(rollup(2), {}, ())
    assert few.editions[0].tiles == ()
    assert "Belum ada kab/kota" in area_text(areas.AreaPage(rollup(), "survey", (), ()), "32")
