"""The Ed25519 key that signs anchors (RFC 8032), kept in a file outside the database."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from edc_core.errors import UnsafeSettings


@dataclass(frozen=True, slots=True)
class AnchorKey:
    private: Ed25519PrivateKey

    @property
    def public(self) -> str:
        """The public key as 64 hex digits."""
        return self.private.public_key().public_bytes_raw().hex()

    def sign(self, message: bytes) -> str:
        """The signature as 128 hex digits."""
        return self.private.sign(message).hex()


def create(path: str) -> AnchorKey:
    """Make a key in a new file that only its owner can read (PKCS #8, PEM).

    :raises UnsafeSettings: there is such a file already, or none can be made.
    """
    key = AnchorKey(Ed25519PrivateKey.generate())
    pem = key.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as handle:
            handle.write(pem)
            handle.flush()
            os.fsync(handle.fileno())
    except OSError as error:
        raise UnsafeSettings(
            f"The key of anchors cannot be written to '{path}': {error.strerror}."
        ) from error
    return key


def read(path: str) -> AnchorKey:
    """:raises UnsafeSettings: there is no key, it cannot be read, or others than its owner can read the file."""
    try:
        if os.name == "posix" and Path(path).stat().st_mode & 0o077:
            raise UnsafeSettings(
                f"Others can read the key of anchors '{path}'. Give it mode 600 (chmod 600)."
            )
        private = load_pem_private_key(Path(path).read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise UnsafeSettings(
            f"EDC_ANCHOR_KEY_FILE names '{path}', which holds no key that can be read. "
            "'edc anchor-key create' makes one."
        ) from error
    if not isinstance(private, Ed25519PrivateKey):
        raise UnsafeSettings(f"The key of anchors '{path}' is no Ed25519 key.")
    return AnchorKey(private)


def is_signed(public: str, message: bytes, signature: str) -> bool:
    """Whether a signature over a message is that of a public key."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(bytes.fromhex(signature), message)
    except (ValueError, InvalidSignature):
        return False
    return True
