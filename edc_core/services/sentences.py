"""What an entry of the ledger did, in words: each kind of effect as a sentence about its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from edc_core.domain.entry_state import WORDS, EntryStatus
from edc_core.domain.file_value import FILE_SCAN, FileValue
from edc_core.domain.item_path import ItemPath
from edc_core.domain.ledger_entry import EntryKind
from edc_core.domain.partial_date import PartialDate
from edc_core.domain.permission import ROLE_WORDS, Action, Role, role_words
from edc_core.domain.review import GROUP_WORDS
from edc_core.domain.review_plan import ReviewGroup
from edc_core.domain.value_words import value_words
from edc_core.services.reading import PlaceWords

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from edc_core.domain.index import MetaDataIndex


def sentence(
    kind: EntryKind, payload: Mapping[str, Any], place: PlaceWords, index: MetaDataIndex, path: ItemPath
) -> str:
    """What an entry says after the name of who did it. A kind without words of its own is named as it is."""
    if "content" in payload.get("redacted", ()):
        return f"kept the note {payload['name']} ({payload['topic']}), whose words two persons removed later"
    gone = {"value", "text", "file"}.intersection(payload.get("redacted", ()))
    if gone:
        wrote = "sent a file for" if "file" in gone else "wrote something about"
        return f"{wrote} {_named_place(place)} that two persons removed later"
    said = SENTENCES.get(kind)
    if said is not None:
        return said(payload, place, index, path)
    return f"recorded '{kind.value}'"


def _value(data: Mapping[str, Any], index: MetaDataIndex, path: ItemPath) -> str:
    return value_words(data, index, path.item or "") or "blank"


def _item_set(p: Mapping[str, Any], place: PlaceWords, index: MetaDataIndex, path: ItemPath) -> str:
    now, old, item = _value(p, index, path), p.get("old"), _named_place(place)
    before = _value(old, index, path) if old else "blank"  # earlier entries do not have its unit
    if now == "blank":
        return f"cleared {item}, which was {before}"
    unread = ", which cannot be read" if p.get("parsed") == "unreadable" else ""
    if before == "blank":
        return f"entered {now} for {item}{unread}"
    return f"changed {item} from {before} to {now}{unread}"


def _derived(p: Mapping[str, Any], place: PlaceWords, index: MetaDataIndex, path: ItemPath) -> str:
    now = _value(p, index, path)
    if now == "blank":
        return f"cleared {place.item}: it cannot be calculated any more"
    return f"calculated {place.item}: {now}"


def _role(p: Mapping[str, Any]) -> str:
    role = p["role"]
    return role_words(Role(role), unblinded=p.get("unblinded", False)) if role in set(Role) else role


def _form_status(p: Mapping[str, Any], place: PlaceWords, *_: object) -> str:
    status = EntryStatus(p["status"])
    words = {
        EntryStatus.IN_PROGRESS: f"opened {place.form} for entry again"
        if p.get("was_complete")
        else f"began {place.form}",
        EntryStatus.COMPLETE: f"completed {place.form}",
        EntryStatus.NOT_DONE: f"marked {place.form} as not done",
        EntryStatus.NOT_STARTED: f"took back that {place.form} was not done",
    }
    return words.get(status, f"set {place.form} to {WORDS[status]}")


def _named_place(place: PlaceWords) -> str:
    """A question stands in quotes, so that its mark does not end the sentence around it."""
    return f"'{place.smallest}'" if place.smallest.endswith("?") else place.smallest


def _of_source(p: Mapping[str, Any]) -> str:
    """Who wrote what an import brought: the entry itself is the importer's."""
    actor = p.get("imported", {}).get("actor", "")
    return f" (written by {actor} in the system it was imported from)" if actor else ""


def _query_open(p: Mapping[str, Any], place: PlaceWords, *_: object) -> str:
    return f"asked about {_named_place(place)}: {p['text']}{_of_source(p)}"


def _query_state(p: Mapping[str, Any], place: PlaceWords, *_: object) -> str:
    if "text" not in p:
        return f"noted what the finished query on {_named_place(place)} was about"
    verbs = {
        "Open": "asked again about",
        "Answered": "answered the query on",
        "Closed": "closed the query on",
        "Cancelled": "cancelled the query on",
        "Resolved": "resolved the query on",
    }
    said = f"{verbs.get(p['state'], 'moved the query on')} {_named_place(place)}"
    if "recipient" in p:
        said = f"forwarded the query on {_named_place(place)}"
    if p.get("modified_after_close"):
        said = f"noted that {place.smallest} changed after its query was closed"
    return (f"{said}: {p['text']}" if p["text"] else said) + _of_source(p)


_REVIEWED = {"sdv": ("verified", "against the source", "verification")}
_LOST = {"value": "the value changed", "definition": "another version of the study asks it in other words"}


def _review_set(p: Mapping[str, Any], place: PlaceWords, *_: object) -> str:
    verb, how, _noun = _review_words(p)
    return f"{verb} {_named_place(place)} {how}"


def _review_drop(p: Mapping[str, Any], place: PlaceWords, *_: object) -> str:
    noun = _review_words(p)[2]
    if p["cause"] == "person":
        return f"took back the {noun} of {_named_place(place)}"
    return f"dropped the {noun} of {_named_place(place)}: {_LOST[p['cause']]}"


def _review_words(p: Mapping[str, Any]) -> tuple[str, str, str]:
    """The verb, how it is done, and the noun for what a group of reviewers does."""
    noun = GROUP_WORDS[ReviewGroup(p["review"])].lower()
    return _REVIEWED.get(p["review"], ("reviewed", f"({noun})", noun))


def _coding_set(p: Mapping[str, Any], place: PlaceWords, *_: object) -> str:
    best, dictionary = p["levels"][0], f"{p['dictionary']} {p['dictionary_version']}"
    coded = f"{_named_place(place)} as {best['term']} ({best['level']} {best['code']}, {dictionary})"
    if p["approved_by"]:
        return f"approved the coding of {coded}, chosen by {p['by']}"
    found = "" if p["method"] == "person" else f", found by {p['method']} match"
    return f"{'proposed to code' if p['state'] == 'proposed' else 'coded'} {coded}{found}"


def _coding_reset(p: Mapping[str, Any], place: PlaceWords, *_: object) -> str:
    if p["cause"] == "person":
        return f"took back the coding of {_named_place(place)}"
    return f"dropped the coding of {_named_place(place)}: the value changed"


def _protect(p: Mapping[str, Any], place: PlaceWords, *_: object) -> str:
    what = p.get("above") or place.smallest
    if p.get("requested"):
        return f"asked to {p['requested']} {what}; another person has to confirm it"
    done = {"open": "opened", "frozen": "froze", "locked": "locked"}[p["state"]]
    return f"{done} {what}" + (f", as {p['confirms']} had asked" if p.get("confirms") else "")


def _permissions(p: Mapping[str, Any]) -> str:
    who = f"{ROLE_WORDS[Role(p['role'])]}s"
    if "evidence" in p:
        return f"{'asks' if p['required'] else 'no longer asks'} for {p['evidence']} of {who}"
    return f"{'let' if p['allowed'] else 'no longer lets'} {who} {Action[p['action']]}"


def _tested(p: Mapping[str, Any]) -> str:
    """On which report of acceptance testing; nothing of releases that have none."""
    report = p.get("acceptance")
    return f", on report {report['report_sha256'][:12]} of acceptance testing" if report else ""


def _upgrade(p: Mapping[str, Any]) -> str:
    what = f"version {p['version']} of plugin {p['plugin']} instead of {p['from_version']}"
    return (
        f"approved {what}"
        if p["state"] == "approved"
        else f"asked for {what}; another person has to approve it"
    )


def _plugins(p: Mapping[str, Any]) -> str:
    said = []
    for one in p["changes"]:
        was, now = one["from_version"], one["version"]
        versions = f"{was} to {now}" if was and now and was != now else now or was
        same = ", another source" if was == now else ""
        said.append(f"{one['change']} {one['plugin']} {versions}{same}")
    return f"found plugins of the installation: {'; '.join(said) or 'none'}"


def _pause(p: Mapping[str, Any]) -> str:
    """A check that is switched off for some days, and on again."""
    where = f"at site {', '.join(p['sites'])}" if p["sites"] else "in the whole study"
    what = f"check {p['check']} {where}"
    if p["state"] == "ended":
        return f"ended that {what} is switched off"
    if p["state"] == "refused":
        return f"refused to switch off {what}"
    days = f"{what} from {_day(p['since'])} to {_day(p['until'])}"
    if p["state"] == "asked":
        return f"asked to switch off {days}; another person has to approve it"
    asked = f", as {p['asked_by']} had asked" if p.get("approved_by") else ""
    return f"{'switched off' if p['state'] == 'off' else 'let be switched off'} {days}{asked}"


def _activate(p: Mapping[str, Any]) -> str:
    version, where = f"version {p['meta_data_version']}", p["above"]
    state = p.get("state", "in_force")
    if state == "planned":
        return f"planned {version} at {where} from {_day(p['effective_from'])}{_approved(p)}"
    if state == "in_force":
        return f"put {version} in force at {where}{_approved(p)}"
    return f"{'gave up' if state == 'cancelled' else 'refused'} the plan of {version} at {where}"


def _day(day: str) -> str:
    """A day as every page has it, ``04 MAR 2026``."""
    return PartialDate.parse(day).display()


def _approved(p: Mapping[str, Any]) -> str:
    return f", approval {p['approval']}" if p.get("approval") else ""


def _named(p: Mapping[str, Any]) -> str:
    return f" as {p['name']}" if p.get("name") else ""


def _note(p: Mapping[str, Any], place: PlaceWords, *_: object) -> str:
    if (kind := str(p.get("note", "")).removesuffix(" refused")) != p.get("note", ""):
        scanner = p["check"].removeprefix("scanner:")
        by = (
            f"by the check {p['check']}"
            if scanner == p["check"]
            else f"by the scanner {scanner} for identifiers"
        )
        if kind == "export":
            return f"stopped an export {by}; it was not made"
        what = f"a value for {place.item}" if kind == "value" else f"a {kind}"
        return f"refused {what} {by}; it was not stored"
    if p.get("topic") == FILE_SCAN:
        said = p["content"]
        return f"looked through the file {p['name']}: {said['state']} {said['found']} ({said['by']})"
    if p.get("note") == "identifier":
        said = p["content"]
        return f"recorded {said['identifier']} of an authority: {said['value']} ({said['document']})"
    if p.get("note") in ("study", "subject", "form"):
        return (
            f"kept the note {p['name']} ({p['topic']})" if p["content"] else f"gave up the note {p['name']}"
        )
    return f"noted something about {place.smallest}"


def sent(p: Mapping[str, Any]) -> FileValue:
    return FileValue(p["sha256"], int(p["bytes"]), p["name"])


def _redact(p: Mapping[str, Any], place: PlaceWords, *_: object) -> str:
    at = f"{'the reason of ' if p.get('of') or 'reason' in p else ''}entry {p['n']} about {_named_place(place)}"
    if p["state"] == "approved":
        return f"removed words from {at}, as {p['requested_by']} had asked"
    return (
        f"refused to remove words from {at}"
        if p["state"] == "refused"
        else f"asked to remove words from {at}"
    )


def _file(p: Mapping[str, Any], place: PlaceWords, *_: object) -> str:
    file = sent(p)
    if "signature" in p:
        return f"kept as {file.display()} what was signed in entry {p['signature']}, SHA-256 {file.sha256}"
    return f"sent the file {file.display()} for {_named_place(place)}, SHA-256 {file.sha256}"


def _signed(p: Mapping[str, Any], place: PlaceWords, index: MetaDataIndex, _path: ItemPath) -> str:
    """A milestone by its title, any other meaning as it is."""
    titles = {one.oid: one.title.in_language("en") for one in index.version.milestones}
    said = f"signed {_named_place(place)}: {titles.get(p['meaning']) or p['meaning']}"
    return f"{said} (two persons removed words from what was signed later)" if p.get("redacted") else said


def _broken(p: Mapping[str, Any], place: PlaceWords, *_: object) -> str:
    many = len(p["changes"])
    changed = "1 thing had changed" if many == 1 else f"{many} things had changed"
    return f"found the signature of {_named_place(place)} broken: {changed}"


def _import(p: Mapping[str, Any]) -> str:
    """An import by its files and what came of it, or a transfer by its name."""
    if p.get("transfer"):
        return f"the transfer {p['transfer']}"
    files = f" of {', '.join(p['files'])}, SHA-256 {p['sha256']}" if p.get("files") else ""
    return f"an import{files}" + (
        f": {p['item_values']} values of {p['subjects']} subjects" if "subjects" in p else ""
    )


def _site(p: Mapping[str, Any]) -> str:
    """Of which site, where it is of one."""
    return f" of site {p['site']}" if p.get("site") else ""


def _every(p: Mapping[str, Any]) -> str:
    return f", with copies of sites every {p['every_days']} days" if p["every_days"] else ""


_K = EntryKind
#: What an entry of each kind says; a test asks for words for every kind that is written.
SENTENCES: dict[EntryKind, Callable[[Mapping[str, Any], PlaceWords, MetaDataIndex, ItemPath], str]] = {
    _K.SUBJECT_ADD: lambda p, *_: f"added subject {p['subject_key']}",
    _K.SUBJECT_KEY: lambda p, *_: f"corrected the subject number from {p['old']} to {p['new']}",
    _K.SUBJECT_SITE: lambda p, *_: (
        f"transferred the subject from site {p['from']} to site {p['to']} on {p['day']}"
    ),
    _K.SUBJECT_STATUS: lambda p, *_: f"set the subject's status to {p['new']}",
    _K.SUBJECT_UNBLIND: lambda p, *_: (
        f"put on record an unblinding ({p['unblinding']}): {p['told']} learned the treatment"
    ),
    _K.EVENT_ADD: lambda p, place, *_: f"added {place.event}",
    _K.EVENT_REMOVE: lambda p, place, *_: f"removed {place.event}",
    _K.EVENT_RESTORE: lambda p, place, *_: f"restored {place.event}",
    _K.EVENT_STATUS: lambda p, place, *_: (
        f"marked {place.event} as not done" if p["status"] else f"took back that {place.event} was not done"
    ),
    _K.FORM_STATUS: _form_status,
    _K.FORM_MIGRATE: lambda p, place, *_: (
        f"moved {place.form} from version {p['from']} to version {p['to']}{_approved(p)}"
    ),
    _K.FORM_REMOVE: lambda p, place, *_: f"removed {place.form}",
    _K.FORM_RESTORE: lambda p, place, *_: f"restored {place.form}",
    _K.GROUP_ADD: lambda p, place, *_: f"added {place.row or 'a row'} to {place.form}",
    _K.GROUP_REMOVE: lambda p, place, *_: f"struck out {place.row or 'a row'} of {place.form}",
    _K.GROUP_RESTORE: lambda p, place, *_: f"restored {place.row or 'a row'} of {place.form}",
    _K.ITEM_SET: _item_set,
    _K.DERIVED_SET: _derived,
    _K.QUERY_OPEN: _query_open,
    _K.QUERY_STATE: _query_state,
    _K.QUERY_MESSAGE: lambda p, place, *_: f"wrote in the query on {place.smallest}: {p['text']}",
    _K.REVIEW_SET: _review_set,
    _K.REVIEW_DROP: _review_drop,
    _K.CODING_SET: _coding_set,
    _K.CODING_RESET: _coding_reset,
    _K.PROTECT_SET: _protect,
    _K.SIGN_SET: _signed,
    _K.SIGN_BREAK: _broken,
    _K.SIGN_WITHDRAW: lambda p, place, *_: f"withdrew the signature of {_named_place(place)}",
    _K.WAIVER_SET: lambda p, place, *_: (
        f"{'no longer lets' if p.get('state') == 'withdrawn' else 'let'} {_named_place(place)} stay as it is"
        f" at the study lock: {p['why']}"
    ),
    _K.NOTE_ADD: _note,
    _K.REDACT: _redact,
    _K.FILE_ADD: _file,
    _K.STUDY_ADD: lambda p, *_: f"began the study in {p['environment']}",
    _K.STUDY_RESIDENCY: lambda p, *_: (
        f"recorded why data may leave {p['country']}: {p['basis']}"
        if p["basis"]
        else f"ended the legal basis by which data might leave {p['country']}"
    ),
    _K.STUDY_PUBLISH: lambda p, *_: f"published version {p['oid']}",
    _K.STUDY_APPROVE: lambda p, *_: f"gave the {p['meaning']} to version {p['meta_data_version']}",
    _K.STUDY_RELEASE: lambda p, *_: f"released version {p['meta_data_version']} for live{_tested(p)}",
    _K.STUDY_RANGES: lambda p, *_: f"loaded {len(p['ranges'])} reference ranges of laboratories",
    _K.STUDY_PERMISSIONS: lambda p, *_: _permissions(p),
    _K.GRANT_EVIDENCE: lambda p, *_: f"recorded {p['kind']} of {p['login']}: {p['document']}",
    _K.PLUGIN_UPGRADE: lambda p, *_: _upgrade(p),
    _K.PLUGIN_CHANGE: lambda p, *_: _plugins(p),
    _K.STUDY_ACTIVATE: lambda p, *_: _activate(p),
    _K.SITE_ADD: lambda p, *_: f"added site {p['number']}, {p['name']}",
    _K.SITE_CHANGE: lambda p, *_: (
        f"changed site {p['number']}, {p['name']}, version {p['meta_data_version']}"
    ),
    _K.SITE_CLOSE: lambda p, *_: f"{'closed' if p['closed'] else 'opened'} site {p['number']}",
    _K.SITE_RISK: lambda p, *_: (
        f"said that the risk of site {p['number']} is {p['new']}; it was {p['old'] or 'not judged'}"
    ),
    _K.STUDY_CHECK: lambda p, *_: _pause(p),
    _K.STUDY_HOSTING: lambda p, *_: f"noted that the study is hosted by the {p['hosting']}{_every(p)}",
    _K.EXPORT_REQUEST: lambda p, *_: f"asked for an export as {p['format']}{_site(p)}",
    _K.EXPORT_PRODUCE: lambda p, *_: (
        f"made the copy{_site(p)}" if p.get("site") else f"received the export as {p['format']}"
    ),
    _K.EXPORT_EXPIRE: lambda p, *_: (
        f"removed the file of the export as {p['format']} after {p['kept_days']} days"
    ),
    _K.EXPORT_TOKEN: lambda p, *_: (
        f"gave the token {p['token']} for the recipe {p['recipe']}, good until {p['expires'][:10]}"
        if p["state"] == "given"
        else f"ended the token {p['token']} for the recipe {p['recipe']}"
    ),
    _K.EXPORT_HAND_OVER: lambda p, *_: f"handed the copy{_site(p)} over to {p['login']}",
    _K.EXPORT_OPEN: lambda p, *_: f"opened the copy{_site(p)}",
    _K.EXPORT_RECEIPT: lambda p, *_: f"signed the receipt of the copy{_site(p)}: {p['statement']}",
    _K.CUT_CREATE: lambda p, *_: f"kept the state of the data{_named(p)}",
    _K.CUT_SIGN: lambda p, *_: f"signed the state of the data{_named(p)}: {p['statement']}",
    _K.ANCHOR: lambda *_: "wrote the state of the ledger outside the database",
    _K.ANCHOR_KEY: lambda p, *_: f"let the key {p['key'][:16]} sign the anchors",
    _K.CHECK_FAILED: lambda p, *_: f"could not run check {p['check_oid']}",
    _K.CLOCK_TICK: lambda p, *_: f"noted that {_day(p['day'])} began in {p['zone']}",
    _K.IMPORT_START: lambda p, *_: f"began {_import(p)}",
    _K.IMPORT_END: lambda p, *_: f"ended {_import(p)}",
    _K.GRANT_USER_ADD: lambda p, *_: f"made the account {p['login']} of {p['full_name']}",
    _K.GRANT_USER_CHANGE: lambda p, *_: f"changed the account {p['login']}",
    _K.GRANT_END: lambda p, *_: f"ended the role {_role(p)}",
    _K.GRANT_ADD: lambda p, *_: f"gave the role {_role(p)}",
}
