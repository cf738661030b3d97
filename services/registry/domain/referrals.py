"""The life of a referral: sent, answered, placed, closed."""

from collections.abc import Mapping

from services.registry.domain.refusal import Refusal

NEXT: Mapping[str, frozenset[str]] = {
    "sent": frozenset({"accepted", "declined", "placed", "closed"}),
    "accepted": frozenset({"declined", "placed", "closed"}),
    "placed": frozenset({"closed"}),
    "declined": frozenset({"closed"}),
    "closed": frozenset(),
}


def answer(state: str, outcome: str) -> str:
    """The state after an answer; one that doesn't follow on the present state is refused."""
    if outcome not in NEXT[state]:
        raise Refusal("referral_over", "outcome", state=state, open=", ".join(sorted(NEXT[state])) or "-")
    return outcome
