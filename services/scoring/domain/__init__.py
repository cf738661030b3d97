"""Pure scoring: counts in, exact scores and their explanation out. No I/O, no clock, no random.

Read in this order: ``evidence`` (what an event contributes), ``state`` (what is kept), ``score`` (how a score comes
of it), ``fold`` (how one event changes it and by how much), ``explain`` (what is told of a batch).
"""
