"""What every process of a crew begins with: imported by the server they are forked from, and shared by them all.

Memory is shared for as long as nobody writes to it. So what is needed is built before the fork, and the collector is
told to leave it alone: looking at an object to see whether it's garbage is writing to it.
"""

from services.scoring import crew
from shared.contracts.catalogue import prepare
from shared.runtime.web import settle_memory

__all__ = ["crew"]

prepare()
settle_memory()
