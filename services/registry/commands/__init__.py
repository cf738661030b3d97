"""What can be done in the registry, one module a subject: load, decide (domain/), save and say so, in one transaction.

Every function takes the unit of work it runs in, the office, and a command; the caller opens the unit with
``journal.writing()`` and so decides what else is in the transaction (the stored answer to an Idempotency-Key).
"""
