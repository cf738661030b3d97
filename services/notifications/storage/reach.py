"""Which alerts an actor may see: those of the regions its grants reach, and an organisation's account its own inbox."""

import sqlalchemy as sa

from services.notifications.storage.tables import alert, subscription
from shared.access import EVERYWHERE, Actor, Grant


def alerts_of(actor: Actor) -> sa.ColumnElement[bool]:
    """The condition on alerts."""
    return sa.or_(sa.false(), *(_alerts_of(grant) for grant in actor.grants))


def _alerts_of(grant: Grant) -> sa.ColumnElement[bool]:
    conditions: list[sa.ColumnElement[bool]] = []
    if grant.scope != EVERYWHERE:
        below = alert.c.region.startswith(f"{grant.scope}.", autoescape=True)
        conditions.append(sa.or_(alert.c.region.in_((*grant.ancestors(), grant.scope)), below))
    if grant.organisation_id is not None:
        own = sa.select(subscription.c.id).where(subscription.c.organisation_id == grant.organisation_id)
        conditions.append(alert.c.recipient_id.in_(own))
    return sa.and_(sa.true(), *conditions)
