"""Encryption at rest for what may not be readable in a database: AES-256-GCM under the node's key."""

import base64
import hmac
import os
import secrets
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shared.runtime.identity import create_secret_file

NONCE_BYTES = 12
KEY_BYTES = 32
FORMAT = b"\x01"


class Keyring:
    """The node's key, and the two keys derived from it: one to encrypt, one to compare without decrypting."""

    def __init__(self, node_key: bytes) -> None:
        if len(node_key) != KEY_BYTES:
            raise ValueError(f"the node's key has {len(node_key)} bytes; it must have {KEY_BYTES}")
        self._cipher = AESGCM(_derive(node_key, b"encrypt"))
        self._index_key = _derive(node_key, b"blind-index")

    @classmethod
    def load_or_create(cls, data_dir: Path) -> "Keyring":
        """Reads ``keys/node.key`` (mode 600), made on first use. Keep a copy of it apart from the database."""
        path = data_dir / "keys" / "node.key"
        if not path.exists():
            create_secret_file(path, base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)))
        return cls(base64.urlsafe_b64decode(path.read_bytes().strip()))

    def encrypt(self, plaintext: str, context: str) -> bytes:
        """``context`` (for instance a row's id and column) must be given again to decrypt: a blob moved to another
        row can't be read."""
        nonce = os.urandom(NONCE_BYTES)
        return FORMAT + nonce + self._cipher.encrypt(nonce, plaintext.encode(), context.encode())

    def decrypt(self, blob: bytes, context: str) -> str:
        """Raises cryptography's InvalidTag when the blob, the context or the key is not the right one."""
        nonce, sealed = blob[1 : 1 + NONCE_BYTES], blob[1 + NONCE_BYTES :]
        return self._cipher.decrypt(nonce, sealed, context.encode()).decode()

    def blind_index(self, value: str, purpose: str) -> str:
        """A keyed hash, hex: equal values give equal hashes, and nobody without the key can try values out."""
        return hmac.new(self._index_key, f"{purpose}\0{value}".encode(), sha256).hexdigest()


def _derive(node_key: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=b"bersinar/" + purpose).derive(node_key)
