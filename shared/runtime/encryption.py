"""Encryption at rest for what may not be readable in a database: AES-256-GCM under the node's key."""

import os
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shared.runtime import keysource
from shared.runtime.keysource import KEY_BYTES, KeySource

NONCE_BYTES = 12
FORMAT = b"\x01"
INDEX_BYTES = 16
TERM_BYTES = 8
NODE_KEY = "node"


class Hasher:
    """Keyed hashes, to compare without decrypting."""

    def __init__(self, index_key: bytes, term_key: bytes) -> None:
        self._index_key, self._term_key = index_key, term_key

    def blind_index(self, value: str, purpose: str) -> str:
        """A keyed hash, hex: equal values give equal hashes, and nobody without the key can try values out."""
        return self.blind_index_of(value.encode(), purpose)

    def blind_index_of(self, value: bytes, purpose: str) -> str:
        """The same of bytes."""
        content = purpose.encode() + b"\0" + value
        return blake2b(content, key=self._index_key, digest_size=INDEX_BYTES).hexdigest()

    def term(self, value: str, purpose: str) -> int:
        """A short keyed hash, 63 bits: for indexes with many entries, where a rare false match does no harm."""
        digest = blake2b(f"{purpose}\0{value}".encode(), key=self._term_key, digest_size=TERM_BYTES).digest()
        return int.from_bytes(digest, "big") >> 1


class Keyring(Hasher):
    """The node's key, and the keys derived from it: one to encrypt, two to compare without decrypting."""

    def __init__(self, node_key: bytes) -> None:
        if len(node_key) != KEY_BYTES:
            raise ValueError(f"the node's key has {len(node_key)} bytes; it must have {KEY_BYTES}")
        super().__init__(_derive(node_key, b"blind-index"), _derive(node_key, b"search-term"))
        self._cipher = AESGCM(_derive(node_key, b"encrypt"))

    @classmethod
    def load_or_create(cls, data_dir: Path) -> "Keyring":
        """Reads ``keys/node.key`` (mode 600), made on first use. Keep a copy of it apart from the database."""
        return cls.of(keysource.FileKeys(data_dir / "keys"))

    @classmethod
    def of(cls, place: KeySource) -> "Keyring":
        """The node's key from wherever it is kept."""
        return cls(keysource.load_or_make(place, NODE_KEY))

    def encrypt(self, plaintext: str, context: str) -> bytes:
        """``context`` (for instance a row's id and column) must be given again to decrypt: a blob moved to another
        row can't be read."""
        return _seal(self._cipher, plaintext.encode(), context.encode())

    def decrypt(self, blob: bytes, context: str) -> str:
        """Raises cryptography's InvalidTag when the blob, the context or the key is not the right one."""
        return _unseal(self._cipher, blob, context.encode()).decode()

    def hasher(self) -> Hasher:
        """What compares, without what decrypts: for a process that needn't be able to."""
        return Hasher(self._index_key, self._term_key)


def new_key() -> bytes:
    """A key for :func:`seal`."""
    return os.urandom(KEY_BYTES)


def seal(key: bytes, content: bytes, context: bytes) -> bytes:
    """AES-256-GCM under any key; :func:`unseal` needs the same key and context."""
    return _seal(AESGCM(key), content, context)


def sealer(key: bytes) -> Callable[[bytes, bytes], bytes]:
    """:func:`seal` under one key for many contents and contexts."""
    cipher = AESGCM(key)
    return lambda content, context: _seal(cipher, content, context)


def unseal(key: bytes, blob: bytes, context: bytes) -> bytes:
    """Raises cryptography's InvalidTag when the blob, the context or the key is not the right one."""
    return _unseal(AESGCM(key), blob, context)


def _seal(cipher: AESGCM, content: bytes, context: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return FORMAT + nonce + cipher.encrypt(nonce, content, context)


def _unseal(cipher: AESGCM, blob: bytes, context: bytes) -> bytes:
    return cipher.decrypt(blob[1 : 1 + NONCE_BYTES], blob[1 + NONCE_BYTES :], context)


def _derive(node_key: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=b"bersinar/" + purpose).derive(node_key)
