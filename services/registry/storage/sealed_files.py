"""Files that hold people's data for a while: encrypted in frames under a key of their own, read from any place.

Whoever destroys the key has destroyed the file. Frames are numbered in their nonce and bound to it, so none can be
exchanged for another; the number of bytes is kept beside the key, so none can be cut off unseen.
"""

import io
import os
from collections import OrderedDict
from pathlib import Path
from typing import BinaryIO

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FRAME_BYTES, TAG_BYTES, NONCE_BYTES, KEY_BITS = 65_536, 16, 12, 256
FRAMES_KEPT = 8


def new_key() -> bytes:
    """A key for one file."""
    return AESGCM.generate_key(KEY_BITS)


def new_nonce() -> bytes:
    """A nonce for a text that is no frame."""
    return os.urandom(NONCE_BYTES)


class SealedWriter:
    """Writes one file from its beginning, once; ``close`` makes it durable."""

    def __init__(self, path: Path, key: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._file, self._cipher = os.fdopen(descriptor, "wb"), AESGCM(key)
        self._pending, self._frame, self.size = bytearray(), 0, 0

    def write(self, data: bytes) -> None:
        """Appends bytes."""
        self.size += len(data)
        self._pending += data
        while len(self._pending) >= FRAME_BYTES:
            self._seal(bytes(self._pending[:FRAME_BYTES]))
            del self._pending[:FRAME_BYTES]

    def close(self) -> None:
        """Writes what is left, and waits for the disk."""
        if self._file.closed:
            return
        if self._pending:
            self._seal(bytes(self._pending))
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def _seal(self, frame: bytes) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._frame), frame, None))
        self._frame += 1


class _SealedRaw(io.RawIOBase):
    def __init__(self, path: Path, key: bytes, size: int) -> None:
        self._file: BinaryIO = path.open("rb")
        self._cipher, self._size, self._at = AESGCM(key), size, 0
        self._frames: OrderedDict[int, bytes] = OrderedDict()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: memoryview | bytearray) -> int:  # type: ignore[override]
        if self._at >= self._size or not len(buffer):
            return 0
        number, inside = divmod(self._at, FRAME_BYTES)
        part = self._open(number)[inside : inside + len(buffer)]
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)

    def _open(self, number: int) -> bytes:
        if number not in self._frames:
            self._file.seek(number * (FRAME_BYTES + TAG_BYTES))
            self._frames[number] = self._cipher.decrypt(_nonce(number), self._file.read(FRAME_BYTES + TAG_BYTES), None)
            while len(self._frames) > FRAMES_KEPT:
                self._frames.popitem(last=False)
        return self._frames[number]

    def close(self) -> None:
        self._file.close()
        super().close()


def open_sealed(path: Path, key: bytes, size: int) -> io.BufferedReader:
    """A file of ``size`` readable bytes; raises cryptography's InvalidTag where it isn't what was written."""
    return io.BufferedReader(_SealedRaw(path, key, size), FRAME_BYTES)


def _nonce(frame: int) -> bytes:
    return frame.to_bytes(NONCE_BYTES, "big")
