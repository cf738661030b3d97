"""What the three streams become on a city's page."""

from datetime import date, timedelta
from decimal import Decimal

import httpx
import sqlalchemy as sa

from services.dashboard.app import Dashboard
from services.dashboard.storage import tables
from shared.contracts.notifications import AlertDelivered
from shared.journal import tables as journal_tables
from shared.runtime import clock
from tests.integration.dashboard import streams as s
from tests.integration.dashboard.conftest import Fed, city


async def test_a_city_nothing_is_known_of_is_shown_empty(fed: Fed, api: httpx.AsyncClient):
    view = await city(api)
    assert view["place"]["name"] == "Kota Depok"
    assert view["survey"]["score"] is None
    assert view["feed"] == []


async def test_a_score_with_its_last_change_target_and_answers(fed: Fed, api: httpx.AsyncClient):
    fed.scoring.add(s.score_changed("2.140", "2.146", "e1"))
    await fed.feed()
    view = await city(api)
    assert view["year"] == 2023
    assert view["running"]["score"]["value"] == "2.146"
    assert view["running"]["last_change"] == "0.006"
    assert view["survey"]["last_change"] is None
    assert view["target"]["survey_gap"] == "-0.184"
    assert sum(g["answers"] for g in view["completeness"]) == 39
    assert view["synthetic"] is True


async def test_a_reading_that_did_not_change_keeps_its_last_change(fed: Fed, api: httpx.AsyncClient):
    fed.scoring.add(s.score_changed("2.140", "2.146", "e1"))
    fed.scoring.add(s.score_changed("2.146", "2.146", "e2", survey=s.change("3.418", "3.420")))
    await fed.feed()
    view = await city(api)
    assert (view["running"]["last_change"], view["survey"]["last_change"]) == ("0.006", "0.002")


async def test_the_feed_has_the_newest_first_and_knows_the_village(fed: Fed, api: httpx.AsyncClient):
    for n in range(20):
        fed.scoring.add(s.score_changed("2.1", "2.2", f"e{n}"))
    await fed.feed()
    feed = (await city(api))["feed"]
    assert [row["event_id"] for row in feed] == [f"e{n}" for n in range(19, 7, -1)]
    assert feed[0]["place"] == "Ratu Jaya"
    assert feed[0]["share"] == "0.1"


async def test_answers_that_came_together_are_one_row_and_leave_room_for_the_others(fed: Fed, api: httpx.AsyncClient):
    for n in range(14):
        fed.scoring.add(s.score_changed("2.1", "2.2", f"e{n}"))
    for n in range(0, 120, 2):
        movements = [s.survey_movement(f"a{n + more}", s.GROUPS[n % 3], "0.000333333") for more in (0, 1)]
        fed.scoring.add(s.score_changed("2.1", "2.1", movements=movements))
    await fed.feed()
    first, *others = (await city(api))["feed"]
    assert (first["key"], first["answers"], first["details"]) == ("a0:survey", 120, sorted(s.GROUPS))
    assert Decimal(first["share"]) == Decimal("0.000333333") * 120
    assert len(first["movements"]) == 1
    assert [row["event_id"] for row in others] == [f"e{n}" for n in range(13, 2, -1)]


async def test_years_stay_apart(fed: Fed, api: httpx.AsyncClient):
    fed.scoring.add(s.score_changed("2.1", "2.2", "e1"))
    fed.scoring.add(s.score_changed("1.1", "1.2", "e2", year=2022))
    await fed.feed()
    assert (await city(api))["year"] == 2023
    before = await city(api, year=2022)
    assert before["running"]["score"]["value"] == "1.2"
    assert [row["event_id"] for row in before["feed"]] == ["e2"]
    assert before["years"] == [2023, 2022]
    assert [point["year"] for point in before["computed"]] == [2022, 2023]


async def test_conflicting_published_values_are_all_kept_and_the_last_choice_counts(fed: Fed, api: httpx.AsyncClient):
    for payload in (
        s.published("a", 2022, "3.620"), s.published("b", 2022, "3.602"), s.chosen("a", 2022, "3.620"),
        s.chosen("b", 2022, "3.602"), s.published("x", 2022, "1.0", area="53.71"),
    ):  # fmt: skip
        fed.registry.add(payload)
    await fed.feed()
    points = (await city(api))["published"]
    assert [(p["published_id"], p["index"], p["chosen"]) for p in points] == [
        ("b", "3.602", True),
        ("a", "3.620", False),
    ]


async def test_a_printed_variable_of_the_targets_year_is_the_reference(fed: Fed, api: httpx.AsyncClient):
    fed.registry.add(s.published("a", 2022, "3.602", variables={"masyarakat": "3.7"}))
    fed.registry.add(s.chosen("a", 2022, "3.602"))
    fed.scoring.add(s.score_changed("2.1", "2.2", "e1"))
    await fed.feed()
    assert [v["reference"] for v in (await city(api))["variables"]] == ["3.7"]


async def test_an_alert_and_how_its_deliveries_went(fed: Fed, api: httpx.AsyncClient):
    fed.scoring.add(s.score_changed("2.1", "2.2", "e1"))
    fed.notifications.add(s.alert())
    fed.notifications.add(AlertDelivered(alert_id="a1", channel="inbox", outcome="delivered", attempts=1))
    await fed.feed()
    (alert,) = (await city(api))["alerts"]
    assert alert["recipient"] == "BNNK Depok"
    assert alert["outcomes"] == {"email": "waiting", "inbox": "delivered"}


async def test_open_work_is_counted_on_the_citys_date(fed: Fed, api: httpx.AsyncClient):
    today = clock.today("Asia/Jakarta")
    for n, due_on in enumerate((today - timedelta(days=1), today - timedelta(days=9), today, date(2027, 12, 1))):
        fed.registry.add(s.referral(n, due_on))
        fed.registry.add(s.scheduled(n, due_on))
    fed.registry.add(s.answered(1))
    fed.registry.add(s.visited(1))
    await fed.feed()
    work = (await city(api))["work"]
    assert work == {
        "referrals_open": 2,
        "referrals_overdue": [{"organisation": "DKUM", "count": 1}],
        "follow_ups_overdue": 1,
        "follow_ups_due_this_week": 1,
    }


async def test_a_status_that_was_corrected_counts_once(fed: Fed, api: httpx.AsyncClient):
    for village, status in (("32.76.07.1003", "bahaya"), ("32.76.07.1005", "aman"), ("32.76.07.1003", "siaga")):
        fed.registry.add(s.area_status(village, status))
    fed.scoring.add(s.score_changed("2.1", "2.2", "e1"))
    await fed.feed()
    assert (await city(api))["areas"] == {"year": 2023, "counts": {"siaga": 1, "aman": 1}}


async def test_applied_again_from_the_start_the_read_model_is_the_same(fed: Fed, api: httpx.AsyncClient):
    fed.registry.add(s.published("a", 2022, "3.602"))
    fed.registry.add(s.referral(1, date(2023, 1, 1)))
    fed.scoring.add(s.score_changed("2.1", "2.2", "e1"))
    fed.notifications.add(s.alert())
    await fed.feed()
    before = await city(api)
    await emptied(fed.dashboard)
    await fed.feed()
    after = await city(api)
    assert after.pop("push_id") > before.pop("push_id")
    assert after == before


async def emptied(dashboard: Dashboard) -> None:
    """A read model thrown away, its followers back at the start. Push numbers only ever grow."""
    async with dashboard.database.transaction() as connection:
        for table in tables.metadata.sorted_tables:
            if table is not tables.push_counter:
                await connection.execute(sa.delete(table))
        await connection.execute(sa.update(journal_tables.position).values(seq=0, hash=""))
    for follower in dashboard.followers:
        follower._at = None
