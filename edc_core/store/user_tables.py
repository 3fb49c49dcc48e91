"""Accounts, grants, sessions. Accounts and grants are projections of the ledger; secrets and sessions are not in it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, Text, UniqueConstraint

from edc_core.store.base import key, metadata, text

user_account = Table(
    "user_account",
    metadata,
    key("user_id"),
    Column("login", String(255), nullable=False),
    text("full_name"),
    text("zone"),
    text("language"),
    Column("active", Boolean, nullable=False, default=True),
    Column("email", Text, nullable=False, default="", comment="where mail goes; empty for none"),
    Column(
        "wants_digest", Boolean, nullable=False, default=True, comment="a mail each morning while work waits"
    ),
    UniqueConstraint("login"),
    comment="never reused, never deleted",
)

grant = Table(
    "role_grant",
    metadata,
    key("grant_id"),
    Column("user_id", String(64), nullable=False),
    text("study_id"),
    Column("role", String(8), nullable=False),
    text("scope"),
    Column("countries", Text, nullable=False, default="[]"),
    Column("site_ids", Text, nullable=False, default="[]"),
    text("starts"),
    text("ends"),
    Column(
        "unblinded", Boolean, nullable=False, default=False, comment="it shows blinded and restricted items"
    ),
    Index("ix_role_grant_user", "user_id"),
)

credential = Table(
    "credential",
    metadata,
    key("user_id"),
    Column("password_hash", Text, nullable=False, comment="argon2id"),
    Column("failures", Integer, nullable=False, default=0),
    text("locked_until"),
    text("token_sha256"),
    Column("must_change", Boolean, nullable=False, default=False, comment="somebody else chose the password"),
    Column("totp", Text, nullable=False, default="", comment="secret of the second factor, encrypted"),
    Column("totp_step", BigInteger, nullable=False, default=0, comment="time step of the last code used"),
    Column("recovery", Text, nullable=False, default="[]", comment="JSON: SHA-256 of the codes left"),
    Column("lockouts", Integer, nullable=False, default=0, comment="in a row; each doubles the wait"),
)

session = Table(
    "user_session",
    metadata,
    key("token_sha256"),
    Column("user_id", String(64), nullable=False),
    text("created_at"),
    text("seen_at"),
    text("ended_at"),
    text("stage"),
    text("address"),
    text("agent"),
    Index("ix_user_session_user", "user_id", "ended_at"),
    comment="only the digest of the cookie is stored",
)

account_link = Table(
    "account_link",
    metadata,
    key("token_sha256"),
    Column("user_id", String(64), nullable=False),
    text("purpose"),
    text("expires_at"),
    text("used_at"),
    comment="a link in a mail with which a password is set once; only its digest is stored",
)

access_evidence = Table(
    "access_evidence",
    metadata,
    key("study_id"),
    key("user_id"),
    key("kind", 16),
    key("site_id"),
    key("task", 16),
    text("document"),
    text("tasks"),
    text("starts"),
    text("ends"),
    text("actor"),
    text("at"),
    comment="the last training record, and the last delegation of each task at each site, of a person in a study",
)

account_key = Table(
    "account_key",
    metadata,
    key("authenticator"),
    key("subject", 1024),
    Column("user_id", String(64), nullable=False),
    text("words"),
    Column("material", Text, nullable=False, default="{}", comment="JSON, no secret: a passkey's public key"),
    text("created_at"),
    text("used_at"),
    Index("ix_account_key_user", "user_id"),
    comment="what another authenticator than the password knows an account by",
)

proof_attempt = Table(
    "proof_attempt",
    metadata,
    key("token_sha256"),
    text("authenticator"),
    text("purpose"),
    Column("user_id", String(64), nullable=False, default=""),
    Column(
        "next",
        Text,
        nullable=False,
        default="",
        comment="page to go on to; a proof for a signature is good there alone",
    ),
    Column("link", Text, nullable=False, default="", comment="digest of the invitation it was begun from"),
    Column("kept", Text, nullable=False, default="{}", comment="JSON: what the answer is judged by"),
    text("begun_at"),
    text("expires_at"),
    Column("proved", Boolean, nullable=False, default=False),
    comment="a proof that was begun, taken out by its answer; or one for a signature, taken out by it",
)
