"""Where bands, targets and points are drawn."""

from decimal import Decimal
from itertools import pairwise

from services.dashboard import chart
from services.dashboard.view import ComputedPoint, PublishedPoint
from tests.unit.dashboard import samples

INSTRUMENT = samples.document().outline()


def point(year: int, index: str | None, *, edition: str = "kotan-2022", chosen: bool = False) -> PublishedPoint:
    value = None if index is None else Decimal(index)
    return PublishedPoint.model_validate(
        {"published_id": f"{year}-{index}", "year": year, "edition": edition, "index": value, "category": None,
         "source": "uji", "chosen": chosen}
    )  # fmt: skip


def test_bands_are_to_scale_and_leave_no_gap():
    places = chart.band_places(INSTRUMENT)
    assert [p.start for p in places] == [0.0, 53.33, 68.83, 84.43]
    assert [p.colour for p in places] == [1, 2, 3, 4]
    for left, right in pairwise(places):
        assert round(left.start + left.width, 2) == right.start
    assert round(places[-1].start + places[-1].width, 2) == 100.0


def test_a_value_off_the_scale_stays_on_the_drawing():
    assert chart.percent(Decimal("4.2"), Decimal(1), Decimal(4)) == 100.0
    assert chart.percent(Decimal("0.2"), Decimal(1), Decimal(4)) == 0.0


def test_editions_never_share_a_panel():
    panels = chart.trend_panels([point(2019, "78.42", edition="kotan-2019"), point(2021, "3.104")], [], INSTRUMENT)
    assert [(p.edition, p.lowest, p.highest) for p in panels] == [
        ("kotan-2019", Decimal(50), Decimal(100)),
        ("kotan-2022", Decimal(2), Decimal(4)),
    ]


def test_no_value_no_panel():
    assert chart.trend_panels([point(2021, None)], [], INSTRUMENT) == ()


def test_a_value_in_the_lower_half_brings_the_whole_scale():
    (panel,) = chart.trend_panels([point(2021, "1.9"), point(2022, "3.1")], [], INSTRUMENT)
    assert panel.lowest == 1
    assert [v for v, _ in panel.ticks] == [1, Decimal("2.600"), Decimal("3.065"), Decimal("3.533"), 4]


def test_conflicting_values_of_depok_stand_apart_and_the_line_takes_the_reference():
    (panel,) = chart.trend_panels(samples.published(), [], INSTRUMENT)
    of_2022 = [dot for dot in panel.dots if dot.year == 2022]
    assert [(str(d.value), d.kind) for d in of_2022] == [("3.620", "published"), ("3.602", "chosen")]
    assert len({d.aside for d in of_2022}) == 2
    assert len({d.label_y for d in of_2022}) == 2
    assert [(str(a.value), str(b.value)) for a, b in panel.line] == [("3.104", "3.602")]


def test_a_year_without_a_reference_breaks_the_line():
    points = [point(2021, "3.1", chosen=True), point(2022, "3.2"), point(2023, "3.3", chosen=True)]
    (panel,) = chart.trend_panels(points, [], INSTRUMENT)
    assert panel.line == ()


def test_a_computed_value_is_never_joined_to_published_ones():
    computed = ComputedPoint(year=2022, edition="kotan-2022", index=Decimal("3.5"), band="tanggap", provisional=True)
    (panel,) = chart.trend_panels([point(2021, "3.1", chosen=True)], [computed], INSTRUMENT)
    assert [d.kind for d in panel.dots] == ["chosen", "computed"]
    assert panel.line == ()


def test_a_higher_value_is_drawn_higher():
    (panel,) = chart.trend_panels([point(2021, "3.1"), point(2022, "3.9")], [], INSTRUMENT)
    low, high = panel.dots
    assert high.y < low.y
    assert chart.PLOT_TOP_PIXELS <= high.y <= chart.PLOT_BOTTOM_PIXELS


def test_an_edition_published_later_has_a_panel_of_its_own_behind_a_break() -> None:
    later = ComputedPoint(
        year=2026, edition="kotan-2026", index=Decimal("61.5"), band="tanggap", provisional=False,
        lowest=Decimal(0), highest=Decimal(100),
    )  # fmt: skip
    panels = chart.trend_panels(samples.published(), (later,), None)
    assert [(panel.edition, panel.highest) for panel in panels] == [("kotan-2022", 4), ("kotan-2026", 100)]
