"""Proofs by an OpenID Connect provider."""
