"""Once per cause, rule and recipient; and never a flood."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from services.notifications.domain.alerts import DIGEST_ITEMS_MAX, SINGLE_ALERTS_MAX, Told, digest_cause, plan
from services.notifications.domain.subscriptions import covers, listeners
from tests.unit.notifications.builders import RULES, matter, subscription

causes = st.integers(0, 12).map(lambda n: f"e{n}")
matters = st.builds(matter, causes, st.sampled_from(RULES), st.sampled_from(["32.76", "32.71", "53.71"]))
subscriptions = st.lists(
    st.builds(
        subscription,
        st.integers(0, 5).map(lambda n: f"s{n}"),
        st.sampled_from(["BNNK", "BNNP", "DKUM"]),
        st.sampled_from(["ID", "32", "32.76", "53.71"]),
        st.sets(st.sampled_from(RULES), min_size=1).map(tuple),
    ),
    max_size=6,
    unique_by=lambda s: s.id,
)


def consistent(found):
    """A cause names one event: it has one region."""
    first = {}
    return [m for m in found if first.setdefault((m.cause, m.rule), m.region) == m.region]


@given(st.lists(st.lists(matters, max_size=20), max_size=6), subscriptions, st.randoms())
def test_every_recipient_is_told_of_every_cause_exactly_once(batches, recipients, random):
    everything = consistent([m for batch in batches for m in batch])
    # Redelivery and reordering: everything again, shuffled, cut anywhere.
    again = everything * 2
    random.shuffle(again)
    told: set[Told] = set()
    count: Counter[Told] = Counter()
    while again:
        size = random.randint(1, len(again))
        batch, again = again[:size], again[size:]
        for alert in plan(batch, recipients, told):
            count.update(alert.told)
            told.update(alert.told)
    wanted = {Told(m.cause, m.rule, s.id) for m in everything for s in listeners(recipients, m.rule, m.region)}
    assert dict(count) == dict.fromkeys(wanted, 1)


@given(st.lists(matters, max_size=40), subscriptions)
def test_one_look_gives_a_recipient_few_alerts_of_a_rule(found, recipients):
    count = Counter((alert.rule, alert.recipient.id) for alert in plan(consistent(found), recipients, set()))
    assert all(number <= SINGLE_ALERTS_MAX for number in count.values())


def test_few_matters_are_told_one_by_one():
    alerts = plan([matter("a"), matter("b"), matter("c")], [subscription()], set())
    assert [(a.cause, a.count) for a in alerts] == [("a", 1), ("b", 1), ("c", 1)]


def test_many_matters_become_a_digest_that_counts_them():
    names = [f"e{n}" for n in range(25)]
    (alert,) = plan([matter(n) for n in names], [subscription()], set())
    assert alert.count == 25
    assert len(alert.matters) == DIGEST_ITEMS_MAX
    assert alert.cause == digest_cause(reversed(names))
    assert (alert.region, alert.year, alert.synthetic) == ("32.76", 2023, True)


def test_a_digest_over_several_cities_is_about_the_region_subscribed_to():
    found = [matter(f"e{n}", region=f"32.7{n}") for n in range(1, 6)]
    (alert,) = plan(found, [subscription(region="32")], set())
    assert alert.region == "32"


def test_what_was_told_is_left_out():
    told = {Told("a", "follow_up_due", "s1")}
    assert [a.cause for a in plan([matter("a"), matter("b")], [subscription()], told)] == ["b"]


def test_an_organisation_hears_of_its_city_once_as_the_citys_subscriber():
    both = [subscription("wide", "BNN", "ID"), subscription("near", "BNN"), subscription("province", "BNN", "32")]
    assert [s.id for s in listeners(both, "band_changed", "32.76")] == ["near"]
    assert [s.id for s in listeners(both, "band_changed", "32.71")] == ["province"]
    assert [s.id for s in listeners(both, "band_changed", "53.71")] == ["wide"]


def test_a_province_covers_its_cities_and_nothing_that_only_begins_alike():
    assert covers("32", "32.76")
    assert covers("32", "32")
    assert covers("ID", "32.76")
    assert not covers("3", "32.76")
    assert not covers("32.76", "32")
    assert not covers("32.7", "32.76")
