"""Who hears what, once.

What happens to an event: :mod:`.handlers` (what it means here) -> :mod:`.domain` (rules find matters, ``plan`` decides
who is told) -> :mod:`.commands.alerts` (alerts, deliveries and events in the same transaction) -> :mod:`.sender`
(e-mail, later and apart). :mod:`.sweep` finds by the clock what no event says: work past its date.

To add a rule: its name in ``Rule`` (here and in shared.contracts.notifications), a function in :mod:`.domain.rules`,
a call in :mod:`.handlers`, and a template in each language. To add a channel: its name in ``Channel``, and a sender
that claims its deliveries.
"""
