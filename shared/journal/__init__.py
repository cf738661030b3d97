"""The one pattern: journal -> stream -> follower.

A service writes an event into its *journal* in the transaction of the state it describes. The *publisher* numbers
committed events without a gap and copies them to the Redis stream of the same name. A *follower* applies them in
order and keeps its position in its own database, committed with the effects. The databases are the truth, Redis
is the carrier: it may be killed or emptied at any time.
"""

from shared.journal.follower import Follower
from shared.journal.history import HttpHistory
from shared.journal.journal import Journal, Telling, Unit
from shared.journal.publisher import Publisher
from shared.journal.streams import Streams

__all__ = ["Follower", "HttpHistory", "Journal", "Publisher", "Streams", "Telling", "Unit"]
