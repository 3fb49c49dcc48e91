"""What the readers of clinical data gather until a SubjectData has ended."""

from __future__ import annotations

from dataclasses import dataclass, field

from edc_core.api import (
    ImportedForm,
    ImportedItem,
    ImportedQuery,
    ImportedSubject,
    ItemPath,
    TransactionType,
)


@dataclass(slots=True)
class Form:
    """One form as it is gathered, perhaps from several FormData."""

    path: ItemPath
    line: int
    items: list[ImportedItem] = field(default_factory=list)
    rows: list[ItemPath] = field(default_factory=list)
    transaction: TransactionType = ""
    source: dict[str, object] = field(default_factory=dict)


@dataclass(slots=True)
class Subject:
    """One SubjectData as it is gathered."""

    study_oid: str
    version: str
    key: str
    line: int
    site: str = ""
    forms: dict[ItemPath, Form] = field(default_factory=dict)
    events: dict[ItemPath, None] = field(default_factory=dict)
    source: dict[str, object] = field(default_factory=dict)
    queries: list[ImportedQuery] = field(default_factory=list)
    not_done: dict[ItemPath, str] = field(default_factory=dict)

    def frozen(self) -> ImportedSubject:
        forms = tuple(
            ImportedForm(
                f.path, tuple(f.items), tuple(dict.fromkeys(f.rows)), f.transaction, f.source, f.line
            )
            for f in self.forms.values()
        )
        with_forms = {ItemPath(path.event) for path in self.forms}
        return ImportedSubject(
            self.study_oid,
            self.version,
            self.key,
            self.site,
            forms,
            tuple(event for event in self.events if event not in with_forms),
            self.source,
            self.line,
            tuple(self.queries),
            tuple(self.not_done.items()),
        )


def beside(source: dict[str, object], level: str, path: str, kept: dict[str, object]) -> None:
    """Keep what stands beside the data of a place that is no object of its own in an import."""
    places = source.setdefault(level, {})
    assert isinstance(places, dict)
    places.setdefault(path, {}).update(kept)
