"""Chunks of a file, read ahead of whoever writes them: in a thread, or in a process where that is worth its start.

Reading, checking and sealing a row takes as long as writing it. In one process the two would take turns.
"""

import gc
import pickle
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Protocol, cast

from cryptography.exceptions import InvalidTag

from services.registry.commands.imports.chunks import Chunk, RowReader
from services.registry.commands.imports.columns import Context, Places
from services.registry.commands.imports.kinds import KINDS
from services.registry.domain.refusal import Refusal
from services.registry.storage import sealed_files, sheets
from services.registry.storage.sheets import Format, Sheet
from shared.runtime.encryption import Hasher

GARBAGE_THRESHOLD = 50_000
PROCESS_FROM_BYTES = 1_000_000
"""Some ten thousand people. Starting a process takes as long as reading so many."""


class ReadingStopped(Exception):
    """The process that read the file has ended before the file did."""


@dataclass(frozen=True, repr=False)
class Source:
    """A file that waits: where it lies, its key, its bytes. Has no repr, so that no log shows the key."""

    path: Path
    key: bytes
    bytes: int
    format: Format
    encoding: str

    def open(self) -> Sheet:
        """The file from its first row on."""
        file = sealed_files.open_sealed(self.path, self.key, self.bytes)
        return sheets.open_xlsx(file) if self.format == "xlsx" else sheets.open_csv(file, self.encoding)


@dataclass(frozen=True, repr=False)
class Order:
    """What is to be read of a file, and how: rows after the headings and those already ``done``."""

    source: Source
    kind: str
    mapping: Mapping[str, int]
    places: Places
    hasher: Hasher
    heading_row: int
    done: int

    def reader(self, epoch_shift_days: int = 0) -> RowReader:
        """Makes commands of the rows."""
        return RowReader(KINDS[self.kind], self.mapping, Context(self.places, epoch_shift_days), self.hasher)

    def chunks(self) -> Iterator[Chunk]:
        """The chunks that are left."""
        sheet = self.source.open()
        before = self.heading_row + 1 + self.done
        yield from self.reader(sheet.epoch_shift_days).chunks(islice(sheet.rows, before, None), before + 1)


class Reading(Protocol):
    """Chunks one after the other."""

    def take(self) -> Chunk | None:
        """The next one; ``None`` after the last."""

    def close(self) -> None:
        """Nobody wants the next one any more."""


def begin(order: Order) -> Reading:
    """Reads in the way that suits the file."""
    worth_it = order.source.bytes >= PROCESS_FROM_BYTES and KINDS[order.kind].prepare is not None
    return _InProcess(order) if worth_it else _Here(order)


class _Here:
    def __init__(self, order: Order) -> None:
        self._chunks = order.chunks()

    def take(self) -> Chunk | None:
        return next(self._chunks, None)

    def close(self) -> None:
        """There is nothing to end."""


class _InProcess:
    """What is to be read goes in through a pipe, chunks come out through another, which holds the reader back."""

    def __init__(self, order: Order) -> None:
        self._order = order
        # What it writes about an error could hold a cell.
        self._process = subprocess.Popen(
            [sys.executable, "-m", "services.registry.commands.imports.reading"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._into, self._out = cast("IO[bytes]", self._process.stdin), cast("IO[bytes]", self._process.stdout)

    def take(self) -> Chunk | None:
        try:
            if not self._into.closed:
                with self._into as pipe:
                    pickle.dump(self._order, pipe)
            said: Chunk | Exception | None = pickle.load(self._out)  # noqa: S301 - from our own process
        except (EOFError, BrokenPipeError, pickle.UnpicklingError):
            raise ReadingStopped from None
        if isinstance(said, Exception):
            raise said
        return said

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._into, self._out):
            with suppress(OSError):
                pipe.close()


def main() -> None:
    """Reads in a process of its own, until the file or the other end of the pipe ends."""
    # Whoever stops the service stops its whole group: it ends with the service's end of the pipe.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    gc.freeze()
    gc.set_threshold(GARBAGE_THRESHOLD)
    order = pickle.load(sys.stdin.buffer)  # noqa: S301 - from our own parent
    out = sys.stdout.buffer
    with suppress(BrokenPipeError):
        try:
            for chunk in order.chunks():
                pickle.dump(chunk, out, pickle.HIGHEST_PROTOCOL)
                out.flush()
            pickle.dump(None, out)
        except (Refusal, InvalidTag, OSError) as error:
            pickle.dump(error, out)
        out.flush()


if __name__ == "__main__":
    main()
