"""Accounts as a user administrator sees them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role that counts today or later, in words."""

    grant_id: str
    role: str
    role_words: str
    study: str
    where: str
    starts: str
    ends: str


@dataclass(frozen=True, slots=True)
class Person:
    """An account as a user administrator sees it.

    :param locked_until: ISO 8601; empty when it may sign in. :param has_password: the invitation was used.
    """

    login: str
    full_name: str
    email: str
    active: bool
    has_password: bool
    has_factor: bool
    locked_until: str
    last_seen: str
    roles: tuple[HeldRole, ...]
