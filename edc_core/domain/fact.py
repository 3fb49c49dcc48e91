"""What happened, told to plugins after the commit: past tense, and never a collected value.

A plugin that needs a value asks for it with the rights of its own actor.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.domain.item_path import ItemPath
from edc_core.domain.metadata_json import dump, load
from edc_core.errors import BadRequest

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One committed change.

    :param op: the operation it belongs to; facts of one operation arrive together.
    :param at: time of the ledger entry, UTC ISO 8601.
    :param path: the place it is about; empty for the subject or the study.
    """

    study_oid: str
    environment: str
    at: str
    actor: str
    op: str = ""
    subject_key: str = ""
    site_number: str = ""
    path: str = ""

    @property
    def place(self) -> ItemPath:
        return ItemPath.parse(self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectAdded(Fact):
    """A subject exists now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemValueChanged(Fact):
    """An item was set, changed or cleared; ``derived`` when the study computed it."""

    derived: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RowChanged(Fact):
    """A row of a repeating group was added, struck or restored."""

    change: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FormStatusChanged(Fact):
    """A form has another entry status (``EntryStatus`` value) now."""

    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryStateChanged(Fact):
    """A query was opened or went to another state (``QueryState`` value).

    :param check_oid: empty for a manual query.
    """

    query_id: str
    state: str
    check_oid: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewChanged(Fact):
    """A review mark (source data verification, data review) was set or dropped."""

    kind: str
    dropped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtectionChanged(Fact):
    """A place was frozen, locked or opened again (``Protection`` value)."""

    protection: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureChanged(Fact):
    """A signature was given (``set``), broken by a change (``break``) or withdrawn."""

    change: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DefinitionPublished(Fact):
    """A MetaDataVersion was published."""

    meta_data_version: str


FACTS: dict[str, type[Fact]] = {
    kind.__name__: kind
    for kind in (
        SubjectAdded,
        ItemValueChanged,
        RowChanged,
        FormStatusChanged,
        QueryStateChanged,
        ReviewChanged,
        ProtectionChanged,
        SignatureChanged,
        DefinitionPublished,
    )
}


def dump_fact(fact: Fact) -> dict[str, object]:
    """A fact as plain JSON values."""
    return {"fact": type(fact).__name__, **dump(fact)}


def load_fact(data: Mapping[str, object]) -> Fact:
    """The reverse of ``dump_fact``.

    :raises BadRequest: when there is no such kind of fact.
    """
    kind = FACTS.get(str(data.get("fact")))
    if kind is None:
        raise BadRequest("There is no such kind of fact.")
    return load(kind, {key: value for key, value in data.items() if key != "fact"})
