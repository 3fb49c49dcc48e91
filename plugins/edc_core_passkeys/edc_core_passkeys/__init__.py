"""Proofs by passkeys (WebAuthn)."""
