"""Identifiers of persons in what leaves a study: looked for in every text of an export before it is released (REQ-EXP-07).

Each was looked through when it was written. What is found here was stored before its study had the scanner, or was kept by an
import without one.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from edc_core.domain.file_value import name_in
from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.scanner import OnHit, TextKind, is_looked_through, wanted
from edc_core.errors import ExportRefused
from edc_core.identifiers import hits, screen
from edc_core.ids import new_id
from edc_core.ledger.append import Effect
from edc_core.services.operation import Command, open_study
from edc_core.services.scanning import SYSTEM

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from edc_core.core import Core
    from edc_core.domain.dataset import ExportForm, ExportSubject
    from edc_core.domain.export_items import ExportItem
    from edc_core.domain.index import MetaDataIndex
    from edc_core.domain.metadata import ItemDef, SiteDef
    from edc_core.domain.permission import Actor
    from edc_core.domain.scanner import Scanner

    Text = tuple[str, TextKind, str]  #: place, kind, words

NAMED = 20  #: places that a refusal names


@dataclass(frozen=True, slots=True)
class Finds:
    """What scanners found. :param found: how often by place, then by scanner. :param alike: places by scanner."""

    found: dict[str, Counter[str]]
    alike: dict[str, set[str]]


class Identifiers:
    """Looks through every text that passes: values with their history, reasons, queries, names of files, subject numbers.

    What only looks like an identifier is counted: whoever stored it was asked, and said that it is none.

    :param scanners: as the newest version has them. :param sites: by number, for scanners of a country.
    """

    def __init__(
        self,
        scanners: tuple[Scanner, ...],
        sites: Mapping[str, SiteDef],
        versions: Mapping[str, MetaDataIndex],
    ) -> None:
        self.scanners, self._sites, self._versions = scanners, sites, versions
        self._may_hold = screen(scanners)
        self.found: dict[str, Counter[str]] = {}  #: how often by place, then by scanner
        self._alike: dict[str, set[str]] = {}

    @classmethod
    def of(
        cls, core: Core, versions: Mapping[str, MetaDataIndex], sites: Mapping[str, SiteDef]
    ) -> Identifiers:
        """Those of the newest version; none where it names no plugin with scanners."""
        newest = list(versions.values())[-1].version if versions else None
        if newest is None or not newest.plugins:
            return cls((), sites, versions)
        found = wanted(core.plugins.activate(newest.plugins).scanners, newest.policy)
        return cls(found, sites, versions)

    def watch(self, subjects: Iterator[ExportSubject]) -> Iterator[ExportSubject]:
        """The same subjects."""
        return self._looking(subjects) if self.scanners else subjects

    @property
    def finds(self) -> Finds:
        """What was found, to be handed to another process."""
        return Finds(self.found, self._alike)

    def add(self, finds: Finds) -> None:
        """Add what another has found."""
        for place, counts in finds.found.items():
            self.found.setdefault(place, Counter()).update(counts)
        for name, places in finds.alike.items():
            self._alike.setdefault(name, set()).update(places)

    def _looking(self, subjects: Iterator[ExportSubject]) -> Iterator[ExportSubject]:
        for subject in subjects:
            site = self._sites.get(subject.site_number)
            for place, kind, text in self._texts(subject):
                for scanner in self._look(site.country if site else "", kind, text):
                    self._note(place, kind, scanner)
            yield subject

    def _look(self, country: str, kind: TextKind, text: str) -> tuple[Scanner, ...]:
        if not self._may_hold(text):
            return ()
        here = (one for one in self.scanners if not one.countries or country in one.countries)
        return tuple(dict.fromkeys(hit.scanner for hit in hits(here, kind, text)))

    def _note(self, place: str, kind: TextKind, scanner: Scanner) -> None:
        if scanner.on_hit is OnHit.ASK:
            self._alike.setdefault(scanner.name, set()).add(place)
            return
        where = "a subject number" if kind is TextKind.SUBJECT_KEY else place
        self.found.setdefault(where, Counter())[scanner.name] += 1

    def _texts(self, subject: ExportSubject) -> Iterator[Text]:
        key = subject.subject_key
        yield key, TextKind.SUBJECT_KEY, key
        for form in subject.forms:
            for place, kind, text in self._of_form(form):
                if text:
                    yield f"{key} {place}", kind, text
        for path, reason in subject.not_done.items():
            yield f"{key} {path}", TextKind.REASON, reason
        for query in subject.queries:
            for text in dict.fromkeys((query.text, *(message.text for message in query.messages))):
                yield f"{key} {query.path}", TextKind.QUERY, text

    def _of_form(self, form: ExportForm) -> Iterator[Text]:
        items = self._versions[form.meta_data_version].items
        for item in form.items:
            for kind, text in _of_item(item, items.get(item.oid)):
                yield f"{form.path} {item.oid}", kind, text

    def require_none(self, core: Core, actor: Actor, study_id: str, op: str) -> None:
        """:raises ExportRefused: naming places and scanners, never a text; an entry of the study notes the scanners."""
        if not self.found:
            return
        scanners = sorted({name for counts in self.found.values() for name in counts})
        with core.write(actor) as uow:
            operation = open_study(uow, Command(study_id=study_id, op=f"{op}:refused:{new_id()}"))
            said = [{"note": "export refused", "check": f"scanner:{name}"} for name in scanners]
            operation.record([Effect(EntryKind.NOTE_ADD, "", one, actor=SYSTEM, role="") for one in said])
            operation.finish({})
        places = [f"{place} ({', '.join(sorted(counts))})" for place, counts in sorted(self.found.items())]
        more = f"\n... and {len(places) - NAMED} more" if len(places) > NAMED else ""
        raise ExportRefused(
            "Nothing was exported: it holds what scanners take for identifiers of a person. Have two persons remove the words "
            "(Redaction), or leave these subjects or forms out.\n" + "\n".join(places[:NAMED]) + more
        )

    @property
    def said(self) -> dict[str, Any]:
        """For the manifest: by which scanners it was looked through, and in how many places something only looks like an
        identifier.
        """
        if not self.scanners:
            return {}
        alike = {name: len(places) for name, places in sorted(self._alike.items())}
        names = sorted(one.name for one in self.scanners)
        return {"identifiers": {"scanners": names, "looks_like_one": alike}}


def _of_item(item: ExportItem, definition: ItemDef | None) -> Iterator[tuple[TextKind, str]]:
    """Every text that an item ever held, each once. :param definition: none of what an import kept that no version defines."""
    texts: dict[tuple[TextKind, str], None] = {}
    for record in item.history:
        if record.reason:
            texts[TextKind.REASON, record.reason] = None
        if definition is not None and definition.file is not None:
            if record.value:
                texts[TextKind.FILE_NAME, name_in(record.value)] = None
        elif record.raw and (definition is None or is_looked_through(definition, record.reading)):
            texts[TextKind.VALUE, record.raw] = None
    return iter(texts)
