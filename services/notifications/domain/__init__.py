"""Who hears what, once: pure decisions, without database, clock or wire.

A *matter* is something a rule found (:mod:`.rules`, :mod:`.due`); :func:`.alerts.plan` decides which
subscriptions are to be told of it and never tells the same one twice.
"""
