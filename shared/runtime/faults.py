"""Places where a test can kill a process with SIGKILL, as a power cut would.

``BERSINAR_CRASH_AT=publisher.numbered`` kills the process the first time it passes that point,
``publisher.numbered:3`` the third time. Unset, a point costs one comparison.
"""

import os
import signal

_point, _, _count = os.environ.get("BERSINAR_CRASH_AT", "").partition(":")
_left = int(_count or 1)


def crash_point(name: str) -> None:
    """Dies here when the environment asks for it."""
    global _left
    if name != _point:
        return
    _left -= 1
    if _left <= 0:
        os.kill(os.getpid(), signal.SIGKILL)
