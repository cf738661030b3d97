"""Where tests put their files: in memory where the machine has enough of it, for they sync to disk all the time."""

import os
import shutil
from pathlib import Path

MEMORY = Path("/dev/shm")
NEEDED_BYTES = 4 * 2**30


def directory() -> str | None:
    """A folder in memory, or ``None`` for the machine's ordinary one."""
    if not MEMORY.is_dir() or not os.access(MEMORY, os.W_OK) or shutil.disk_usage(MEMORY).free < NEEDED_BYTES:
        return None
    return str(MEMORY)


def use_memory() -> None:
    """Lets pytest's temporary folders, of workers too, lie in memory unless somebody has said where."""
    folder = directory()
    if folder is not None:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", folder)
