"""Answers that came together are one row; everything else keeps a row of its own."""

from collections.abc import Sequence
from decimal import Decimal

import pytest

from services.dashboard import sentences
from services.dashboard.feed import row_of, together
from services.dashboard.view import FeedRow
from services.dashboard.wording import wording
from tests.unit.dashboard import samples

INDONESIAN, ENGLISH = wording("id"), wording("en")
VARIABLES = ("keluarga", "hukum")


def answer(
    event: str,
    group: str = "polres",
    share: str | None = "0.000333333",
    minutes_ago: int = 0,
    variables: Sequence[str] = VARIABLES,
    **changes: object,
) -> FeedRow:
    """The row of one questionnaire, with the same share through each variable."""
    values = {"village": None, "detail": group, "reading": "survey", "indicator": "keharmonisan"} | changes
    movements = [
        samples.movement(event, "survey.answered", share, minutes_ago, **values, variable=variable)
        for variable in variables
    ]
    return row_of(movements, samples.VILLAGES.get)


def started(event: str) -> FeedRow:
    return row_of([samples.movement(event, "business.started", "0.005", detail="lele")], samples.VILLAGES.get)


def newest_first(count: int, *groups: str) -> list[FeedRow]:
    return [answer(f"e{n}", groups[n % len(groups)]) for n in reversed(range(count))]


def test_a_batch_is_one_row_with_the_exact_sum():
    rows = newest_first(36, *samples.GROUPS)
    (row,) = together(rows)
    assert (row.answers, len(row.details)) == (36, 9)
    assert row.share == Decimal("0.000333333") * 72
    assert INDONESIAN.change(row.share) == "+0,024"  # each alone would be written 0,001


def test_its_movements_are_summed_by_variable():
    (row,) = together(newest_first(4, "polres"))
    assert [(m.variable, m.index_share) for m in row.movements] == [(v, Decimal("0.001333332")) for v in VARIABLES]
    assert sum(m.index_share or 0 for m in row.movements) == row.share


def test_it_is_known_by_its_oldest_answer_and_stays_so_while_it_grows():
    rows = newest_first(5, "polres")
    keys = {together(rows[-n:])[0].key for n in range(1, 6)}
    assert keys == {"e0:survey"}


def test_a_new_minute_begins_a_new_row():
    rows = [answer("e3"), answer("e2"), answer("e1", minutes_ago=1), answer("e0", minutes_ago=1)]
    assert [(row.key, row.answers) for row in together(rows)] == [("e2:survey", 2), ("e0:survey", 2)]


def test_a_minute_is_one_of_the_clock_not_sixty_seconds():
    almost = answer("e0").model_copy(update={"at": samples.NOW.replace(second=0)})
    before = answer("e1").model_copy(update={"at": samples.NOW.replace(minute=31, second=59)})
    assert len(together([answer("e2"), almost])) == 1
    assert len(together([almost, before])) == 2


@pytest.mark.parametrize(
    "other",
    [
        answer("other", reading="running"),
        answer("other", share=None),
        answer("other", synthetic=False),
        started("other"),
    ],
    ids=["another reading", "without a share", "a real answer beside synthetic ones", "another kind of event"],
)
def test_unlike_rows_stay_apart_and_in_order(other: FeedRow):
    rows = together([answer("e3"), answer("e2"), other, answer("e1"), answer("e0")])
    assert [(row.event_id, row.answers) for row in rows] == [("e2", 2), (other.event_id, 1), ("e0", 2)]


def test_other_events_of_a_minute_are_never_one_row():
    rows = [started(f"e{n}") for n in range(3)]
    assert together(rows) == rows


def test_a_single_answer_is_as_it_was():
    row = answer("e0")
    assert together([row]) == [row]


def test_answers_without_a_share_are_counted_without_one():
    (row,) = together([answer("e1", share=None), answer("e0", share=None)])
    assert (row.answers, row.share) == (2, None)


def test_what_is_said_of_several_groups_and_of_one():
    (many,) = together(newest_first(36, *samples.GROUPS))
    (one,) = together(newest_first(12, "dunia_usaha"))
    assert sentences.what_happened(many, INDONESIAN) == "36 jawaban survei masuk: 9 kelompok"
    assert sentences.what_happened(one, INDONESIAN) == "12 jawaban survei masuk: dunia usaha"
    assert sentences.what_happened(many, ENGLISH) == "36 survey answers received: 9 groups"
    assert sentences.what_happened(one, ENGLISH) == "12 survey answers received: business"


def test_answers_of_unknown_groups_are_still_counted():
    (row,) = together([answer(e, detail=None) for e in ("e1", "e0")])
    assert sentences.what_happened(row, INDONESIAN) == "2 jawaban survei masuk"


def test_the_small_line_names_the_variable_when_it_is_one():
    outline = samples.document().outline()
    (one,) = together([answer(e, variables=["masyarakat"]) for e in ("e1", "e0")])
    (two,) = together(newest_first(2, "polres"))
    assert sentences.path_of(one, outline, INDONESIAN) == "Ketahanan masyarakat"
    assert sentences.path_of(two, outline, ENGLISH) == "2 variables"
