"""What an office decides: what a year is to reach, and what its actions cost."""

from collections.abc import Mapping
from decimal import Decimal

from services.scoring.commands.fold import Scorer
from services.scoring.domain.target import SetByHand
from services.scoring.storage import costs, targets
from shared.contracts.scoring import ActionCostsSet, TargetSet
from shared.journal.journal import Unit
from shared.runtime import clock


class StaleTarget(Exception):
    """The target was set again since the caller read it."""

    def __init__(self, version: int) -> None:
        super().__init__("stale")
        self.version = version


async def set_target(
    unit: Unit,
    scorer: Scorer,
    region: str,
    target: SetByHand,
    *,
    stands: bool = True,
    versions: frozenset[int] | None = None,
) -> int:
    """Set what a year is to reach, or with ``stands=False`` take it back; answers the new version.

    ``versions`` are those the caller accepts to replace. Raises :class:`StaleTarget`.
    """
    kept = await targets.of_year(unit.connection, region, target.year)
    if versions is not None and kept.version not in versions:
        raise StaleTarget(kept.version)
    await targets.keep(unit.connection, region, target, kept.version + 1, stands=stands)
    event = unit.emit(
        TargetSet(
            area=region,
            year=target.year,
            edition=target.edition,
            value=target.value if stands else None,
            set_by=target.set_by,
        ),
        subject=f"{region}/{target.year}",
        region=region,
    )
    await scorer.retarget(unit, region, event)
    return kept.version + 1


async def set_costs(unit: Unit, region: str, wanted: Mapping[str, Decimal | None], set_by: str) -> None:
    """Price actions; ``None`` leaves one to the placeholder again. ``region`` stands for the node."""
    await costs.keep(unit.connection, wanted, set_by, clock.now())
    payload = ActionCostsSet(costs=dict(wanted), set_by=set_by)
    unit.emit(payload, subject="action-costs", region=region)
