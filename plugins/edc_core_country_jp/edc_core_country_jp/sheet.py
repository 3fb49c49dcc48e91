"""JP-B11: facts that the inspection sheet of PMDA on an EDC system asks for, as far as the system knows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edc_core.api import Attachment, NotAllowed, TrailWanted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edc_core.api import PageRequest, StudyAccess

HEADER = ("Part", "Fact", "Value")


def inspection_sheet(asked: PageRequest) -> Attachment:
    """A table to copy into the sheet; what only people know is left blank in it."""
    return Attachment.table("pmda-inspection-sheet.csv", HEADER, _rows(asked.study))


def _rows(study: StudyAccess) -> Iterator[tuple[str, str, str]]:
    _, at_hand = study.session()
    version = at_hand.index.version
    yield "System", "Study", study.name
    yield "System", "Version of the definition", f"{version.oid} ({version.name})"
    for use in version.plugins:
        yield "System", f"Plugin {use.name}", f"{use.version} {use.sha256[:16]}"
    yield "System", "Supplier's assessment", ""
    yield from _users(study)
    yield "Audit trail", "Entries of the study and of every subject", str(study.trail(TrailWanted()).total)
    yield "Audit trail", "Cannot be switched off, changed or deleted", "yes: the database refuses it"
    for entry in study.trail(TrailWanted(kinds=("study.publish",), above=True)).entries:
        yield "Validation", "Published", f"{entry.columns.get('at', '')} {entry.what}"
    yield "Validation", "Report of the user acceptance test", ""


def _users(study: StudyAccess) -> Iterator[tuple[str, str, str]]:
    try:
        held = study.roles(study.now[:10])
    except NotAllowed:
        yield "Users", "Told to those who read the trail of every site", ""
        return
    for one in held:
        yield (
            "Users",
            f"{one['name']} ({one['login']})",
            f"{one['role']}{', unblinded' if one['unblinded'] else ''}, {one['where']}, from {one['from']}",
        )
