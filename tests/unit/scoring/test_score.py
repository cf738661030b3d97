"""Golden scores: rounding, bands, and the two readings worked out by hand."""

from decimal import Decimal
from fractions import Fraction

import pytest

from services.scoring.domain.evidence import Evidence
from services.scoring.domain.exact import half_even, half_up, mean, weighted
from services.scoring.domain.fold import City
from services.scoring.domain.instrument import Curve, Instrument
from services.scoring.domain.score import score_of
from services.scoring.instrument import load_catalogue


@pytest.mark.parametrize(
    ("exact", "value", "band"),
    [
        ("3.104", "3.104", "tanggap"),
        ("3.602", "3.602", "sangat_tanggap"),
        ("3.620", "3.620", "sangat_tanggap"),
        ("3.07", "3.070", "tanggap"),
        ("3.1", "3.100", "tanggap"),
        ("3.064", "3.064", "cukup_tanggap"),
        ("3.065", "3.065", "tanggap"),
        ("3.532", "3.532", "tanggap"),
        ("3.533", "3.533", "sangat_tanggap"),
        ("2.599", "2.599", "kurang_tanggap"),
        ("2.600", "2.600", "cukup_tanggap"),
        ("2.5995", "2.600", "cukup_tanggap"),
        ("3.0644", "3.064", "cukup_tanggap"),
        ("3.0645", "3.065", "tanggap"),
        ("3.53249999999999999999", "3.532", "tanggap"),
        ("3.5325", "3.533", "sangat_tanggap"),
        ("1", "1.000", "kurang_tanggap"),
        ("4", "4.000", "sangat_tanggap"),
    ],
)
def test_a_score_is_rounded_half_up_and_then_classified(exact: str, value: str, band: str, kotan: Instrument) -> None:
    score = score_of(Fraction(exact).as_integer_ratio(), kotan)
    assert score is not None
    assert (str(score.value), score.band) == (value, band)


@pytest.mark.parametrize(
    ("exact", "value", "band"),
    [
        ("78.42", "78.42", "tanggap"),
        ("70.93", "70.93", "tanggap"),
        ("63.38", "63.38", "tanggap"),
        ("0", "0.00", "tidak_tanggap"),
        ("20", "20.00", "tidak_tanggap"),
        ("20.004", "20.00", "tidak_tanggap"),
        ("20.005", "20.01", "kurang_tanggap"),
        ("40", "40.00", "kurang_tanggap"),
        ("40.01", "40.01", "cukup_tanggap"),
        ("60", "60.00", "cukup_tanggap"),
        ("60.01", "60.01", "tanggap"),
        ("80", "80.00", "tanggap"),
        ("80.01", "80.01", "sangat_tanggap"),
        ("100", "100.00", "sangat_tanggap"),
    ],
)
def test_the_edition_of_2019(exact: str, value: str, band: str) -> None:
    score = score_of(Fraction(exact).as_integer_ratio(), load_catalogue().get("kotan-2019").plain)
    assert score is not None
    assert (str(score.value), score.band) == (value, band)


def test_answers_are_stretched_over_a_wider_scale() -> None:
    kotan = load_catalogue().get("kotan-2019").plain
    city = City("32.76", [], lambda _: kotan)
    for group in kotan.groups:
        for answer in (3, 4):
            city.add(_questionnaire(kotan, group.key, answer)._replace(year=2019))
    survey = city.years[2019].scores().survey
    assert survey is not None
    # 3.5 of 1 to 4 is five sixths of the way.
    assert (str(survey.value), survey.band) == ("83.33", "sangat_tanggap")


def test_the_exact_value_has_nine_places_half_even(kotan: Instrument) -> None:
    score = score_of((10, 3), kotan)
    assert score is not None
    assert score.exact == Decimal("3.333333333")
    assert half_even((5, 2), 1) == 2
    assert half_even((7, 2), 1) == 4
    assert half_up((5, 2), 1) == 3


def test_no_value_is_no_score(kotan: Instrument) -> None:
    assert score_of(None, kotan) is None
    assert mean([None, None]) is None
    assert weighted([(1, 1), None], (1, 1), 2) is None


def test_a_curve_is_straight_between_points_and_level_outside() -> None:
    curve = Curve([(Fraction(2), Fraction(1)), (Fraction(4), Fraction(2)), (Fraction(8), Fraction(4))])
    assert [Fraction(*curve.at(x, 1)) for x in (-5, 2, 3, 4, 5, 8, 90)] == [
        1,
        1,
        Fraction(3, 2),
        2,
        Fraction(5, 2),
        4,
        4,
    ]
    assert Fraction(*curve.at(7, 2)) == Fraction(7, 4)


def test_the_first_business_moves_the_running_index_visibly(kotan: Instrument) -> None:
    city = City("32.76", [], lambda _: kotan)
    city.add(Evidence(2023, (("participants.registered", 1),)))
    before = city.years[2023].scores().running
    (moved,) = city.add(Evidence(2023, (("businesses.started", 1),)))
    after = city.years[2023].scores().running
    # One of ten businesses to the next step, one of three masyarakat indicators with a value, a fifth of the index.
    assert moved.index_share == round(Fraction(1, 10) / 3 / 5 * 10**9)
    assert (moved.variable, moved.indicator) == ("masyarakat", "usaha_berdiri")
    assert before is not None
    assert after is not None
    assert after.value > before.value


def test_forums_commitments_designations_and_the_tim_terpadu_count_by_hand(kotan: Instrument) -> None:
    city = City("53.71", [], lambda _: kotan)
    city.add(Evidence(2023, (("areas.bersinar", 2),)))
    city.add(Evidence(2023, (("forums.held", 1),)))
    city.add(Evidence(2023, (("commitments.kept", 3), ("commitments.settled", 4))))
    city.add(Evidence(2022, (("tim_terpadu", 1),), carries=True))
    scores = city.years[2023].scores()
    running = {v.variable: v.running and v.running.exact for v in scores.variables}
    # Territory: no status recorded is 1, two designations are 2. Institutions: three counts without evidence are 1, the
    # first forum is 2, three of four commitments are 1 + 3 x 3/4. Law: no regulation, no plan, a team: 1, 1, 4.
    assert running == {
        "keluarga": Decimal(1),
        "masyarakat": Decimal(1),
        "kewilayahan": Decimal("1.5"),
        "kelembagaan": Decimal("1.65"),
        "hukum": Decimal(2),
    }
    assert scores.running is not None
    assert str(scores.running.value) == "1.430"


def test_the_survey_index_waits_for_every_group(kotan: Instrument) -> None:
    city = City("32.76", [], lambda _: kotan)
    for place, group in enumerate(kotan.groups):
        assert place == 0 or city.years[2023].scores().survey is None
        city.add(_questionnaire(kotan, group.key, 3))
    survey = city.years[2023].scores().survey
    assert survey is not None
    assert (str(survey.value), survey.band) == ("3.000", "cukup_tanggap")


def test_a_variable_without_answers_gives_no_index_never_zero(kotan: Instrument) -> None:
    city = City("32.76", [], lambda _: kotan)
    for group in kotan.groups:
        city.add(_questionnaire(kotan, group.key, 4, leave_out="hukum"))
    scores = city.years[2023].scores()
    assert scores.survey is None
    assert [v.survey is None for v in scores.variables] == [False, False, False, False, True]


def test_a_ratio_over_nothing_is_left_out_of_its_variable(kotan: Instrument) -> None:
    city = City("32.76", [], lambda _: kotan)
    city.add(Evidence(2023, (("areas.recorded", 1), ("areas.level", 4), ("areas.safe_or_better", 1))))
    city.add(Evidence(2023, (("areas.recorded", -1), ("areas.level", -4), ("areas.safe_or_better", -1))))
    territory = city.years[2023].scores().variables[2].running
    assert territory is not None
    assert territory.value == 1


def _questionnaire(kotan: Instrument, group: str, answer: int, leave_out: str = "") -> Evidence:
    items = [i for v in kotan.variables if v.key != leave_out for s in v.survey for i in s.items]
    return Evidence(2023, instrument=kotan.key, group=group, answers=dict.fromkeys(items, answer))
