"""Ways to prove who one is besides the password: what a plugin registers, what it is asked and what it answers.

An authenticator never says whose account it is. It proves a subject (an issuer with its name for the person, a passkey);
the core knows the accounts that were linked to subjects by whoever held both.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path


class ProofPurpose(StrEnum):
    """What a proof is for: to begin a session, to link an account, to sign."""

    SIGN_IN = "sign-in"
    LINK = "link"
    SIGN = "sign"


@dataclass(frozen=True, slots=True)
class AccountKey:
    """What an authenticator knows a linked account by.

    :param subject: unique for the authenticator. :param material: what it keeps with it, as JSON values: no secret.
    """

    subject: str
    material: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofWanted:
    """A proof that somebody asks for.

    :param back: address to which the answer comes. :param at: now, in UTC.
    :param user_id: whose account it is, with login and name; empty where nobody is known yet.
    :param keys: of that account with this authenticator.
    """

    purpose: ProofPurpose
    back: str
    at: datetime
    user_id: str = ""
    login: str = ""
    full_name: str = ""
    keys: tuple[AccountKey, ...] = ()


@dataclass(frozen=True, slots=True)
class SendTo:
    """Go there; the answer comes in the query of ``back``. :param keep: JSON values for the answer to be judged by."""

    address: str
    keep: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AskBrowser:
    """Have ``script`` of the authenticator ask the browser; the answer comes as a form. :param ask: what it gets, as JSON."""

    ask: Mapping[str, Any]
    keep: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofAnswer:
    """What came back, once. :param given: the fields of the answer. :param find: a linked key by its subject."""

    wanted: ProofWanted
    given: Mapping[str, str]
    keep: Mapping[str, Any]
    find: Callable[[str], AccountKey | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Who proved to be whom.

    :param has_second_factor: it took two factors, so no code is asked for besides.
    :param words: how the owner tells this key from others. :param material: to be kept with the subject.
    """

    subject: str
    has_second_factor: bool = False
    words: str = ""
    material: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Authenticator:
    """A way to prove who one is.

    :param name: of ``a-z 0-9 -``, unique; it stands in addresses, in the access log and in signatures.
    :param label: what people call it, for a button: "Sign in with LABEL".
    :param begin: may go over the network. :param finish: likewise; an ``EdcError`` is shown to the person.
    :param script: a module that answers an ``AskBrowser``.
    """

    name: str
    label: str
    begin: Callable[[ProofWanted], SendTo | AskBrowser]
    finish: Callable[[ProofAnswer], Proof]
    script: Path | None = None
