"""What the data of the study show of the scripts: which forms were completed, which checks fired and which let pass.

It is read anew whenever somebody looks, and is no result: what is right by the protocol a person says. A result keeps what
was there to see when it was recorded.
"""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.api import Action, EntryStatus, ItemPath, TrailWanted
from edc_core_uat.results import notes
from edc_core_uat.scripts import Kind, Sign

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from edc_core.api import Casebook, ListedForm, StudyAccess
    from edc_core_uat.scripts import Script, Target

MOST = 60  #: casebooks that are looked through; of more subjects the last ones by number, and no visits
WINDOW = "EDC.WINDOW"  #: the core's own check of visit windows
REFUSED = "value refused"  #: the core's note of a value that a hard check did not take
#: Kinds of entries that can change what casebooks show.
DATA = ("subject.", "event.", "form.", "group.", "item.", "derived.", "query.open", "redact")
KEPT = 8  #: looks that are kept until data change


@dataclass(frozen=True, slots=True)
class Evidence:
    """:param seen: script OID to how often each of its signs was found. :param subjects: how many casebooks were read, of
    ``of``. :param withheld: OIDs of scripts about items that the person does not see. :param why_not: why nothing is shown
    at all, for the person at the page.
    """

    seen: Mapping[str, Mapping[Sign, int]]
    subjects: int = 0
    of: int = 0
    withheld: frozenset[str] = frozenset()
    why_not: str = ""

    def of_script(self, script: Script) -> dict[Sign, int]:
        """Each sign of a script with how often it was found, 0 too; nothing of what the person does not see."""
        if self.why_not or script.oid in self.withheld:
            return {}
        seen = self.seen.get(script.oid, {})
        return {sign: seen.get(sign, 0) for sign in script.signs}

    def is_complete(self, script: Script) -> bool:
        """Whether every step that can show in the ledger does."""
        seen = self.of_script(script)
        return bool(seen) and all(seen.values())


_kept: OrderedDict[tuple[object, ...], dict[str, Counter[Sign]]] = OrderedDict()


def gather(study: StudyAccess, scripts: Sequence[Script]) -> Evidence:
    """Look through the casebooks of the version at hand, or take what the last look has found while no data changed."""
    if not study.may(Action.VIEW_DATA, "*"):
        return Evidence({}, why_not="What the data show is for people who view the data of every site.")
    session, at_hand = study.session()
    keys = at_hand.subject_keys[-MOST:]
    version, hidden = at_hand.index.version.oid, at_hand.hidden
    told = [script for script in scripts if not script.target.items & hidden]
    marker = _marker(study)
    key = (at_hand.study_id, version, hidden, keys, *marker)
    found = _kept.get(key) if marker else None
    if found is None:
        books = [session.casebook(at_hand, subject) for subject in keys]
        listed = study.forms() if len(at_hand.subject_keys) <= MOST else ()
        found = _kept[key] = look(told, books, listed, version)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    refused = _refused(study, version)
    seen = {oid: Counter(counts) for oid, counts in found.items()}
    for script in told:
        seen[script.oid][Sign.FIRED] += refused[script.target.form, script.target.check]
    withheld = frozenset(script.oid for script in scripts) - seen.keys()
    return Evidence(seen, len(keys), len(at_hand.subject_keys), withheld)


def _marker(study: StudyAccess) -> tuple[object, ...]:
    """What is another one as soon as data change; nothing before there are any."""
    newest = study.trail(TrailWanted(kinds=DATA, limit=1))
    return (newest.total, *(entry.columns["hash"] for entry in newest.entries)) if newest.total else ()


def look(
    scripts: Iterable[Script], books: Sequence[Casebook], listed: Sequence[ListedForm], version: str
) -> dict[str, Counter[Sign]]:
    """What casebooks show of scripts. Pure.

    :param listed: forms begun and expected of the same subjects. :param version: forms of another one do not count.
    """
    seen: dict[str, Counter[Sign]] = defaultdict(Counter)
    pictures = [_Picture(book, version) for book in books]
    schedule = _Schedule(listed)
    for script in scripts:
        target, counted = script.target, seen[script.oid]
        if script.kind is Kind.WINDOW:
            counted.update(schedule.in_window(target.event))
        elif script.kind is Kind.CONDITION and not target.items:
            counted.update(schedule.expected(target))
        else:
            for picture in pictures:
                counted.update(picture.signs(script.kind, target))
    return seen


class _Picture:
    """What one casebook shows of forms of the version that are or were complete."""

    def __init__(self, book: Casebook, version: str) -> None:
        self._complete: dict[str, list[ItemPath]] = defaultdict(list)
        for path, form in book.forms.items():
            if (
                path.form is not None
                and form.status is EntryStatus.COMPLETE
                and form.meta_data_version == version
            ):
                self._complete[path.form.oid].append(path)
        complete = {path for paths in self._complete.values() for path in paths}
        self._given: dict[tuple[ItemPath, str], int] = Counter(
            (path.form_path, path.item)
            for path, item in book.items.items()
            if path.item and not item.is_blank and path.form_path in complete
        )
        self._asked = Counter(
            (query.path.form_path, query.check_oid)
            for query in book.queries.values()
            if query.check_oid and query.path.form and query.path.form_path in complete
        )

    def signs(self, kind: Kind, target: Target) -> Counter[Sign]:
        found: Counter[Sign] = Counter()
        for form in self._complete.get(target.form, ()):
            given = sum(self._given.get((form, item), 0) for item in target.items)
            if kind is Kind.FORM:
                found[Sign.SAVED] += 1
            elif kind is Kind.CHECK:
                fired = self._asked.get((form, target.check), 0)
                found[Sign.FIRED] += fired
                found[Sign.PASSED] += not fired and bool(given or not target.items)
            elif kind is Kind.CONDITION:
                found[Sign.ASKED if given else Sign.LEFT_OUT] += 1
            else:
                found[Sign.CALCULATED] += given
        return found


class _Schedule:
    """What lists of forms, begun and expected, show of visits."""

    def __init__(self, listed: Sequence[ListedForm]) -> None:
        self._subjects = {form.subject_key for form in listed}
        self._visits: dict[tuple[str, str, str], str] = {}
        self._of_event: dict[str, set[str]] = defaultdict(set)
        self._of_form: dict[tuple[str, str], set[str]] = defaultdict(set)
        for form in listed:
            event, own = form.path.event, form.path.form
            if event is not None and own is not None:
                self._visits[form.subject_key, event.oid, event.key] = (
                    form.standing if form.visit_date else ""
                )
                self._of_event[event.oid].add(form.subject_key)
                self._of_form[event.oid, own.oid].add(form.subject_key)

    def in_window(self, event: str) -> Counter[Sign]:
        standings = Counter(standing for (_, oid, _), standing in self._visits.items() if oid == event)
        outside = standings["before window"] + standings["after window"]
        return Counter({Sign.INSIDE: standings["in window"], Sign.OUTSIDE: outside})

    def expected(self, target: Target) -> Counter[Sign]:
        """How many subjects have the visit, or the form in it, and how many have not."""
        if target.form:
            having, all_ = self._of_form[target.event, target.form], self._of_event[target.event]
        else:
            having, all_ = self._of_event[target.event], self._subjects
        return Counter({Sign.ASKED: len(having), Sign.LEFT_OUT: len(all_ - having)})


def _refused(study: StudyAccess, version: str) -> Counter[tuple[str, str]]:
    """(Form, check) to how many values a hard check did not take, as far as the person reads the trail."""
    found: Counter[tuple[str, str]] = Counter()
    for entry, said in notes(study, REFUSED):
        path = ItemPath.parse(str(entry.columns["path"]))
        is_of_version = entry.columns["meta_data_version"] == version
        if said.get("note") == REFUSED and is_of_version and path.form is not None:
            found[path.form.oid, said["check"]] += 1
    return found
