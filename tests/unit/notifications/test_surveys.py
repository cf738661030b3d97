"""Who is reminded of a survey."""

from datetime import date

from services.notifications.domain.alerts import plan
from services.notifications.domain.surveys import Shortfall, survey_invited, survey_short
from tests.unit.notifications.builders import subscription


def shortfall(*addressees: str) -> Shortfall:
    return Shortfall("e1", "32.76", 2023, "polres", None, addressees, 6, 20, date(2023, 12, 15), True)


def test_only_institutions_that_are_silent_are_reminded() -> None:
    offices = [subscription(name, organisation=f"Lembaga {name}") for name in ("a", "b", "c")]
    matter = survey_invited(shortfall("Lembaga a", "Lembaga c"))
    assert matter is not None
    told = plan([matter], offices, set())
    assert sorted(alert.recipient.organisation for alert in told) == ["Lembaga a", "Lembaga c"]


def test_nobody_is_invited_by_a_group_without_named_invitations() -> None:
    assert survey_invited(shortfall()) is None
    assert survey_short(shortfall()).organisations is None
