"""Three small studies with sites in several countries, and what their people do."""

from dataclasses import dataclass
from pathlib import Path

from edc_core.domain.change import ItemInput
from edc_core.domain.commands import AddRow, MoveSubject
from edc_core.domain.dataset import Exporter
from edc_core.domain.permission import Role
from edc_core.domain.protection import ProtectAction
from edc_core.domain.study_commands import ProtectStudy, RecordIdentifier
from edc_core.ids import new_id
from edc_core.ledger import dataset_reader
from edc_core.plugin_source import PluginSource
from edc_core.services import dispatch, export_dataset
from edc_core.services.cuts import TakeCut, take_cut
from edc_core.services.following import look
from edc_core.store import readers
from edc_core.testing import SOME_REASON
from tests.builders import Trial

FOLDER = Path(__file__).parent
SOURCES = [
    *(
        PluginSource(f"country-{one}", f"edc_core_country_{one}.plugin", f"edc-core-country-{one}", "0.1.0")
        for one in ("kr", "us", "eu", "gb", "cn", "jp")
    ),
    PluginSource("countries", "edc_core_countries.plugin", "edc-core-countries", "0.1.0"),
    PluginSource("german", "tests.plugins.countries.german", "", "1"),
]


@dataclass(frozen=True)
class Scene:
    """A study. :param gates: by site, what has to be on record before its first subject."""

    file: Path
    gates: dict


_EU = {"eu-ct": "2026-500001-00-00", "eu-authorised": "2026-02-02"}
THREE = Scene(FOLDER / "study.yaml", {
    "KR-01": {"kr-mfds-approval": "제 100234 호", "kr-irb": "2026-02-02", "kr-cris": "KCT0000001"},
    "US-01": {
        "us-ind": "123456", "us-nct": "NCT00000000", "us-1572": "2026-02-02", "us-disclosure": "2026-02-02",
    },
})  # fmt: skip
EUROPE = Scene(FOLDER / "europe.yaml", {
    "GB-01": {"gb-iras": "1000001", "gb-registry": "ISRCTN00000000", "gb-review": "CTA 00001/0001/001-0001"},
    **dict.fromkeys(("DE-01", "FR-01", "ES-01"), _EU),
})  # fmt: skip
ASIA = Scene(FOLDER / "asia.yaml", {
    "CN-01": {"cn-ctr": "CTR20260001", "cn-ind": "2026-02-02", "cn-ec": "2026-02-02"},
    "JP-01": {
        "jp-ctn": "2026-02-02", "jp-jrct": "jRCT2031260001", "jp-irb": "2026-02-02", "jp-investigator": "PI-01 / JP-01",
    },
})  # fmt: skip


class Countries(Trial):
    """The study and what its people do."""

    def __init__(self, core, version, gates):
        super().__init__(core, version)
        self.gates = gates
        self.site_people = {
            site: self.person(Role.CRC, f"crc.{site[:2].lower()}", site=site) for site in self.sites
        }

    def record(self, name, value, site="", *, by=None):
        command = RecordIdentifier(
            study_id=self.study_id, op=new_id(), name=name, value=value, document="Letter 1", site=site
        )
        return dispatch.submit(self.core, by or self.dm, [command])

    def record_all(self, site):
        for name, value in self.gates[site].items():
            self.record(name, value, site)

    def lock(self, site, action=ProtectAction.LOCK):
        command = ProtectStudy(
            study_id=self.study_id, op=new_id(), site_id=self.sites[site], action=action,
            reason=SOME_REASON,
        )  # fmt: skip
        return dispatch.submit(self.core, self.dm, [command])

    def by(self, subject):
        """The coordinator of the subject's site."""
        return self.site_people[f"{subject[:2]}-01"]

    def enter(self, subject, values):
        return self.save(subject, values, by=self.by(subject))

    def enter_in(self, subject, item, value, unit):
        path = self.path(item)
        given = (ItemInput(path, value, unit=unit, base_version=0),)
        return self.save(subject, {}, by=self.by(subject), items=given)

    def row(self, subject, form, group, values):
        """Add the first row of a log and fill it."""
        where = self.form(form)
        command = AddRow(
            study_id=self.study_id,
            op=new_id(),
            subject_key=subject,
            form=where,
            parent=where,
            group_oid=group,
        )
        dispatch.submit(self.core, self.by(subject), [command])
        return self.enter(subject, {self.path(item, rows={group: "1"}): raw for item, raw in values.items()})

    def finish(self, subject, form, **place):
        return self.complete(subject, form, by=self.by(subject), **place)

    def move(self, subject, site):
        command = MoveSubject(
            study_id=self.study_id, op=new_id(), subject_key=subject, site=site, day="2026-03-04",
            reason=SOME_REASON,
        )  # fmt: skip
        return dispatch.submit(self.core, self.cli, [command])

    def item(self, subject, oid):
        """The newest data of an item that stands once."""
        return next(data for path, data in self.casebook(subject).items.items() if path.item == oid)

    def value(self, subject, oid):
        return self.item(subject, oid).value

    def look(self, subject, form):
        """A form as a page shows it."""
        with self.core.read() as source:
            row = readers.subject_by_key(source.connection, self.study_id, subject)
            site = readers.sites(source.connection, self.study_id)[row.site_id]
            return look(readers.casebook(source, row), self.index, self.form(form), site, source)

    def said(self, subject, form):
        """Checks that say something beside a form."""
        return {one.check_oid for one in self.look(subject, form).findings}

    def hidden(self, subject, form):
        """OIDs of items that a form does not show, those of hidden groups too."""
        hidden = self.look(subject, form).hidden
        items = (placed for placed in self.index.placed_items(form))
        return {
            placed.item.oid
            for placed in items
            if any(path.item == placed.item.oid for path in hidden)
            or any(not path.item and path.groups[-1].oid == placed.groups[-1].oid for path in hidden)
        }

    def exported(self, destination=""):
        """Subjects of an export, and how many stay in a country."""
        with self.core.write(self.cli) as uow:
            taken = take_cut(uow, TakeCut(study_id=self.study_id, op=new_id()))
        counts = dataset_reader.Counts()
        exporter = Exporter("x", "x", lambda data, sink: None, destination=destination)
        with self.core.read() as source:
            data, _ = export_dataset.dataset(source, taken, counts, unlocked=True, exporter=exporter)
            keys = [one.subject_key for one in data.subjects()]
        return keys, {name: n for name, n in counts.left_out.items() if n and "stay" in name}
