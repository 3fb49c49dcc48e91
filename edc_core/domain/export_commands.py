"""What can be asked about what leaves a study: tokens of recipes, and why data may leave their country."""

from __future__ import annotations

from dataclasses import dataclass

from edc_core.domain.commands import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveExportToken(Command):
    """Let who holds a token run one recipe of exports as the person who gives it.

    :param sha256: of the token, which whoever makes it shows once and keeps nowhere. :param days: that it is good for.
    """

    sha256: str
    recipe: str
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EndExportToken(Command):
    """Let a token open nothing any more."""

    token_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordLegalBasis(Command):
    """Say why data of sites in a country may leave it. :param basis: empty to end what is on record."""

    country: str
    basis: str
