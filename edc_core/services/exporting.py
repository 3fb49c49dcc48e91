"""Exports: permission, a cut, the registered exporter, hashes and a manifest; requested and produced in the ledger."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import portalocker

from edc_core import __version__
from edc_core.clock import iso
from edc_core.domain import metadata_json
from edc_core.domain.dataset import ExportGroup, Stays
from edc_core.domain.export_choice import BLINDED
from edc_core.domain.file_value import FileValue
from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.permission import Place
from edc_core.domain.plugin_study import PluginStudy
from edc_core.domain.protection import Protection
from edc_core.errors import ExportRefused
from edc_core.ids import new_id
from edc_core.ledger import cut, dataset_reader, study_at_cut
from edc_core.ledger.append import Effect, Reason
from edc_core.ledger.replay import above
from edc_core.services.anchoring import anchor_study
from edc_core.services.checking import SYSTEM_ACTOR
from edc_core.services.cuts import TakeCut, take_cut
from edc_core.services.export_dataset import dataset, destination_of
from edc_core.services.export_formats import find_exporter, kept_for, require_makes, require_takes, rights_to
from edc_core.services.operation import Command, open_study
from edc_core.services.reading import look_at, note_shown
from edc_core.services.site_scope import scope_of
from edc_core.store import file_entries, readers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from edc_core.core import Core
    from edc_core.domain.country import CountryStandard
    from edc_core.domain.dataset import ExportDataset, Exporter, ExportSubject, SignedFile
    from edc_core.domain.export_choice import ExportChoice
    from edc_core.domain.permission import Actor
    from edc_core.ledger.cut import Cut
    from edc_core.services.export_sink import FolderSink
    from edc_core.services.reading import StudyPicture
    from edc_core.services.site_scope import SiteScope
    from edc_core.store.unit_of_work import Source

PARTIAL = ".partial-"  #: beginning of the name of the folder that an export is written in
HELD = ".held"  #: file in it that stays locked while the export is under way


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestExport(Command):
    """Ask for a study's data in a format.

    :param choice: its ``as_of`` is UTC ISO 8601, at least a minute ago.
    :param recipe: the name under which it is asked for time and again. :param why: in the words of who asks.
    :param token: the id of the one by which a machine asks. :param analysis: what the sponsor has made, as the text of a file
        (``FileValue``) that the person staged for the ``plugin``.
    """

    choice: ExportChoice
    recipe: str = ""
    why: str = ""
    token: str = ""
    analysis: str = ""
    plugin: str = ""

    @property
    def brought(self) -> FileValue | None:
        """The file of ``analysis``."""
        return FileValue.parse(self.analysis) if self.analysis else None


@dataclass(frozen=True, slots=True, kw_only=True)
class CopySite(RequestExport):
    """Ask for the copy of a site. :param site: its number. :param scheduled: by the schedule of the study, not a person."""

    site: str
    scheduled: bool = False


@dataclass(frozen=True, slots=True)
class Export:
    """What an export produced: where, and what stands in its manifest."""

    folder: Path
    manifest: Mapping[str, Any]


def export(
    core: Core, actor: Actor, command: RequestExport, out: Path, *,
    progress: Callable[[int, int], None] = lambda done, total: None, analysis: Path | None = None,
) -> Export:  # fmt: skip
    """Write an export into a folder: nothing of it is there until all of it is.

    :param analysis: what the sponsor has made, see ``ExportDataset.analysis``.
    :raises NotAllowed: the actor may not export this population. :raises ExportRefused: an unknown format, or a
        study that the format needs locked.
    """
    exporter = find_exporter(core, command.choice.format)
    require_makes(exporter, command.choice)
    require_takes(exporter, analysis or command.choice.analysis_folder)
    site = _site_of(exporter, command)
    with core.write(actor) as uow:
        operation = open_study(uow, command)
        for action in rights_to(exporter, command.choice):
            operation.require(action, Place.every_site(command.study_id))  # an export may hold every site
        if operation.earlier is None:
            asked = command.choice.said() | {"recipe": command.recipe} | site
            if command.token:
                asked["token"] = command.token
            if command.brought:
                asked["analysis"] = command.brought.fact
            operation.record([Effect(EntryKind.EXPORT_REQUEST, "", asked, reason=Reason(text=command.why))])
            operation.finish({"requested": True})
    if core.settings.anchor_file:
        with core.write(SYSTEM_ACTOR) as uow:
            anchor_study(uow, command.study_id, core.settings)
    taken = _cut(core, actor, command)
    with core.read() as source:
        study = readers.study_by_id(source.connection, command.study_id)
        scope = scope_of(source, taken, command.site) if isinstance(command, CopySite) else None
        reader = scope.reader if scope else actor
        if exporter.whole:
            from edc_core.services.archiving import archivist

            reader = archivist(study.study_id)
        picture = look_at(source, reader, study)
        if picture.covered:
            raise ExportRefused("An export holds forms that are kept from you for a second entry.")
        kept = kept_for(core, source, exporter, command)
        withheld = picture.hidden_at([scope.site.site_id] if scope else picture.all_sites)
        if command.choice.blinding == BLINDED:
            withheld |= picture.blinded
        if not scope:  # whoever makes the copy of a site does not open it
            _note_shown(replace(picture, actor=actor), command.choice.format, withheld)
        folder, manifest = _write(
            core,
            source,
            picture.actor,
            exporter,
            taken,
            command,
            out,
            progress,
            withheld,
            scope,
            kept,
            analysis,
        )
    _produced(core, actor, command, manifest, site)
    return Export(folder, manifest)


def _note_shown(picture: StudyPicture, name: str, withheld: frozenset[str]) -> None:
    versions = picture.source.versions.all(picture.source.connection, picture.study.study_id).values()
    items = (item for index in versions for item in index.version.items if item.oid not in withheld)
    note_shown(picture, f"export {name}", items)


def _site_of(exporter: Exporter, command: RequestExport) -> dict[str, str]:
    """:raises ExportRefused: a copy of a site or an archive is asked for as another export, or the other way round."""
    if exporter.whole and not command.choice.unlocked:
        raise ExportRefused(f"'{exporter.name}' holds all of a study, locked or not. 'edc archive' makes it.")
    if exporter.of_site != isinstance(command, CopySite):
        raise ExportRefused(f"'{exporter.name}' is made for one site, on the page Copies of sites.")
    return {"site": command.site} if isinstance(command, CopySite) else {}


def _cut(core: Core, actor: Actor, command: RequestExport) -> Cut:
    if command.choice.snapshot:
        with core.read() as source:
            return cut.find(source.connection, command.study_id, command.choice.snapshot)
    with core.write(actor) as uow:
        return take_cut(
            uow, TakeCut(study_id=command.study_id, op=f"{command.op}:cut", as_of=command.choice.as_of)
        )


def _write(
    core: Core, source: Source, actor: Actor, exporter: Exporter, taken: Cut, command: RequestExport, out: Path,
    progress: Callable[[int, int], None], withheld: frozenset[str], scope: SiteScope | None,
    kept: frozenset[str], analysis: Path | None,
) -> tuple[Path, dict[str, Any]]:  # fmt: skip
    from edc_core.services import export_parts
    from edc_core.services.export_files import NamedFiles
    from edc_core.services.export_identifiers import Identifiers
    from edc_core.services.export_sink import FolderSink, Within
    from edc_core.services.signed_pictures import signed_files

    counts, on = dataset_reader.Counts(), iso(core.clock.now())[:10]
    data, total = dataset(
        source, taken, counts,
        unlocked=command.choice.unlocked, withheld=withheld, removed=exporter.removed, scope=scope, choice=command.choice,
        exporter=exporter, kept=kept, on=on,
    )  # fmt: skip

    def with_removed() -> Iterator[ExportSubject]:
        fresh = dataset_reader.Counts()
        found, _ = dataset(
            source, taken, fresh,
            unlocked=command.choice.unlocked, withheld=withheld, removed=True, scope=scope, choice=command.choice,
            exporter=exporter, kept=kept, on=on,
        )  # fmt: skip
        return found.subjects()

    parts = {folder: find_exporter(core, name) for folder, name in exporter.holds.items()}
    named, read = NamedFiles(data.versions.values()), data.subjects
    leaves = not (exporter.whole or exporter.of_site)  # those stay with the installation, and with the site
    looked = Identifiers.of(core, data.versions if leaves else {}, data.sites)

    def signed() -> Iterator[SignedFile]:
        if command.choice.forms:  # what was signed may hold other forms
            return iter(())
        return signed_files(core, source, actor, scope.trail_cut(source) if scope else taken)

    offered = core.plugins.exporters(core.settings.of_plugins)
    data = replace(
        data,
        subjects=lambda: looked.watch(named.watch(read())),
        signed_files=signed,
        formats={one.name: one.tables for one in offered if one.tables},
        tabulations={one.name: one.tabulation for one in offered if one.tabulation},
        annotated_crf=next((one.annotated_crf for one in offered if one.annotated_crf), None),
        standards=lambda: standards_of(core, data),
        engines=core.plugins.conformance_engines(core.settings.of_plugins),
        analysis=analysis,
        exports={
            one.name: one.write for one in offered if not (one.holds_all or one.group is ExportGroup.PACKAGE)
        },
        fonts=next((one.fonts for one in offered if one.fonts), None),
        left_out=lambda: {what: number for what, number in counts.left_out.items() if number},
        withheld=withheld,
    )
    if not scope and export_parts.is_shared(core):
        destination = None if exporter.whole else destination_of(exporter, command.choice)
        every = export_parts.Scope(
            core.settings.database_url, taken, command.choice.unlocked, withheld, exporter.removed, command.choice,
            destination, kept, on, looked.scanners,
        )  # fmt: skip
        watchers = export_parts.Watchers(counts, named, looked)
        data = replace(
            data, in_parts=export_parts.InParts.of(core.settings, every, source, watchers, data.subjects)
        )
    if exporter.trail or exporter.of_site:
        from edc_core.services.trail import with_trail

        data = with_trail(data, source, actor, taken, core.settings.anchor_file, scope)
    if exporter.whole:
        from edc_core.services.archiving import every_file, whole

        data = whole(data, source, taken)
    if exporter.needs_locked_study and not command.choice.unlocked and not _study_is_locked(source, taken):
        raise ExportRefused(f"'{exporter.name}' needs a locked study. Lock it first, or say --unlocked.")
    out.mkdir(parents=True, exist_ok=True)
    _clear_left_behind(out)
    partial = Path(tempfile.mkdtemp(prefix=PARTIAL, dir=out))
    handle = (partial / HELD).open("w")
    try:
        portalocker.lock(handle, portalocker.LockFlags.EXCLUSIVE)
        of_all = total * (len(parts) + 1) + exporter.steps
        sink = FolderSink(partial, lambda done: progress(done, of_all))
        flagged = replace(data, subjects=lambda: looked.watch(named.watch(with_removed())))
        for number, (folder, part) in enumerate(parts.items()):
            part.write(flagged if part.removed else data, Within(sink, folder, total * number))
        exporter.write(data, Within(sink, "", total * len(parts)))
        for folder, part in parts.items():
            if part.trail:
                _vouch_for_trail(scope.trail_cut(source) if scope else taken, sink, folder)
        if exporter.whole:
            named.add(every_file(source, taken, sink.files))
        if not counts.content_sha256:
            for _ in data.subjects():
                continue  # an exporter of metadata alone still states what the cut holds
        looked.require_none(core, actor, command.study_id, command.op)
        scans, then = (
            file_entries.scans(source.connection, taken.study_id, upto=n) for n in (None, taken.study_n)
        )
        of_files = named.copy(core.files, sink, scans, then)
        counts.left_out.update(sink.left_out)
        counts.left_out["files with a virus"] = len(of_files["infected_files"])
        published = {
            oid: source.versions.get(source.connection, taken.study_id, oid) for oid in data.versions
        }
        manifest = _manifest(core, replace(data, versions=published), exporter, counts, sink.files) | of_files
        manifest |= looked.said | command.choice.narrowed | ({"since": data.since} if data.since else {})
        if sink.sources:
            manifest["made_with"] = dict(sorted(sink.sources.items()))
        if command.brought:
            manifest["analysis"] = command.brought.fact
        if scope:
            manifest["site"] = scope.site.number
        if kept:
            manifest["data_stay_in"] = sorted(kept)
        if staying := sum(many for why, many in counts.left_out.items() if isinstance(why, Stays)):
            manifest["subjects_that_stay"] = staying
        if data.paused:
            manifest["checks_switched_off"] = list(data.paused)
        if withheld:
            manifest["withheld_items"] = sorted(withheld)
        (partial / "manifest.json").write_bytes(manifest_file(manifest))
        for name in (*sorted(sink.files), "manifest.json"):
            (out / name).parent.mkdir(parents=True, exist_ok=True)
            (partial / name).replace(out / name)
    finally:
        if data.in_parts is not None:
            data.in_parts.close()
        handle.close()
        shutil.rmtree(partial, ignore_errors=True)
    progress(of_all, of_all)
    return out, manifest


def standards_of(core: Core, data: ExportDataset) -> tuple[CountryStandard, ...]:
    """What authorities ask of the newest version in an export, by name."""
    active = core.plugins.activate(data.newest.version.plugins)
    offered = core.plugins.country_standards(PluginStudy.of(data.newest, data.environment), active)
    return tuple(one for one, _ in offered.standards)


def _vouch_for_trail(own: Cut, sink: FolderSink, folder: str) -> None:
    """A manifest of its own for the trail in another export, by which its verifier finds the state of these chains."""
    inside = {
        name.removeprefix(f"{folder}/"): facts
        for name, facts in sink.files.items()
        if name.startswith(f"{folder}/")
    }
    with sink.open(f"{folder}/manifest.json") as file:
        file.write(manifest_file({"cut": own.root, "files": inside}))


def manifest_file(manifest: Mapping[str, Any]) -> bytes:
    """What stands in ``manifest.json``."""
    return orjson.dumps(manifest, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2) + b"\n"


def _clear_left_behind(out: Path) -> None:
    """Remove what an export that was killed had written: its folder is held by nobody."""
    for marker in out.glob(f"{PARTIAL}*/{HELD}"):
        try:
            with marker.open("w") as handle:
                portalocker.lock(handle, portalocker.LockFlags.EXCLUSIVE | portalocker.LockFlags.NON_BLOCKING)
        except (OSError, portalocker.LockException):
            continue  # another export writes there now, or has just ended
        shutil.rmtree(marker.parent, ignore_errors=True)


def _study_is_locked(source: Source, taken: Cut) -> bool:
    at = study_at_cut.study_at(source.connection, taken)
    return Protection.LOCKED in above(at.study, "")


def _manifest(
    core: Core,
    data: ExportDataset,
    exporter: Exporter,
    counts: dataset_reader.Counts,
    files: Mapping[str, Any],
) -> dict[str, Any]:
    """No clock, no actor, no host: the same cut and the same versions give the same bytes."""
    return {
        "study": data.study_oid,
        "environment": data.environment,
        "meta_data_versions": {
            oid: metadata_json.sha256(index.version) for oid, index in data.versions.items()
        },
        "cut": data.cut,
        "data_until": data.created_at,
        "format": exporter.name,
        "unlocked": data.unlocked,
        "software": _software(core, exporter),
        "counts": dict(sorted(counts.included.items())),
        "counts_by_site": dict(sorted(counts.by_site.items())),
        "left_out": dict(sorted((str(name), number) for name, number in counts.left_out.items() if number)),
        "content_sha256": counts.content_sha256,
        "files": {name: dict(sorted(facts.items())) for name, facts in sorted(files.items())},
    }


def _software(core: Core, exporter: Exporter) -> dict[str, str]:
    found = {"edc-core": __version__}
    for name in (exporter.name, *exporter.holds.values()):
        found |= core.plugins.exporter_identity(name)
    return found


def _produced(
    core: Core, actor: Actor, command: RequestExport, manifest: Mapping[str, Any], site: Mapping[str, str]
) -> None:
    digest = hashlib.sha256(manifest_file(manifest)).hexdigest()
    done = Command(study_id=command.study_id, op=f"{command.op}:produced:{new_id()}")
    with core.write(actor) as uow:
        operation = open_study(uow, done)
        payload = {"format": command.choice.format, "cut": manifest["cut"], "manifest_sha256": digest, **site}
        operation.record([Effect(EntryKind.EXPORT_PRODUCE, "", payload)])
        operation.finish({})
