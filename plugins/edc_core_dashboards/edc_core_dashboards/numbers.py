"""The numbers of the dashboards: pure counts of what the person may see."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.api import AGE_BANDS, EntryStatus, Protection, QueryState, SignatureState, age_band

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from edc_core.api import ListedForm, ListedSubject, QueryFact

STATES = ("Missing", "In progress", "Complete", "Not done")
ALL = "All"


@dataclass(frozen=True, slots=True)
class Numbers:
    """A table: its first column names the rows, all others are counts.

    :param name: in addresses. :param parts: index of the columns that a bar is made of; without them it is a line.
    :param about: what the numbers mean, in one sentence.
    """

    name: str
    title: str
    about: str
    header: tuple[str, ...]
    rows: tuple[tuple[str | int, ...], ...]
    parts: tuple[int, ...] = ()


def enrolment(subjects: Sequence[ListedSubject]) -> Numbers:
    """Subjects added by month, alone and together, with every month between the first and the last."""
    added = Counter(one.added_at[:7] for one in subjects)
    total, rows = 0, []
    for month in _months(min(added, default=""), max(added, default="")):
        total += added[month]
        rows.append((month, added[month], total))
    return Numbers(
        "enrolment", "Enrolment", "Subjects added to the study, by month (UTC).", ("Month", "Added", "In all"),
        tuple(rows),
    )  # fmt: skip


def subjects_by_site(subjects: Iterable[ListedSubject]) -> Numbers:
    """How many subjects each site has."""
    found = Counter(one.site for one in subjects)
    return Numbers(
        "sites", "Subjects by site", "Subjects added at each site.", ("Site", "Subjects"),
        tuple(sorted(found.items())), parts=(1,),
    )  # fmt: skip


def forms_by_state(forms: Iterable[ListedForm]) -> Numbers:
    """Forms that should be there by their entry state, by site."""
    return _by_site(
        forms, "forms", "Forms by state",
        "Forms begun, and forms that are missing: expected at a visit that took place or is overdue.",
        STATES, _state_of,
    )  # fmt: skip


def verification(forms: Iterable[ListedForm]) -> Numbers:
    """Values that the plan of source verification asks for, by site."""
    done: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    for form in forms:
        for site in (form.site, ALL):
            asked[site] += form.to_verify
            done[site] += form.verified
    rows = tuple((site, done[site], asked[site] - done[site]) for site in _in_order(asked) if asked[site])
    return Numbers(
        "verification", "Source verification", "Values that the plan asks to be verified against the source.",
        ("Site", "Verified", "Remaining"), rows, parts=(1, 2),
    )  # fmt: skip


def signatures(forms: Iterable[ListedForm]) -> Numbers:
    """Complete forms by their signature, by site."""
    return _by_site(
        (form for form in forms if form.status is EntryStatus.COMPLETE), "signatures", "Signatures",
        "Complete forms, by whether an investigator signed what they hold now.",
        ("Signed", "Broken or withdrawn", "Not signed"), _signature_of,
    )  # fmt: skip


def protection(forms: Iterable[ListedForm]) -> Numbers:
    """Complete forms by their protection, by site."""
    words = {Protection.LOCKED: "Locked", Protection.FROZEN: "Frozen", Protection.OPEN: "Open"}
    return _by_site(
        (form for form in forms if form.status is EntryStatus.COMPLETE), "protection", "Frozen and locked",
        "Complete forms, by whether they can still be changed.", ("Locked", "Frozen", "Open"),
        lambda form: words[form.protection],
    )  # fmt: skip


def queries_by_age(queries: Iterable[QueryFact]) -> Numbers:
    """Queries that wait, by the age of their opening."""
    waiting = (QueryState.OPEN, QueryState.ANSWERED)
    found = Counter((age_band(one.days), one.state) for one in queries if one.state in waiting)
    rows = tuple((label, *(found[label, state] for state in waiting)) for label in AGE_BANDS)
    return Numbers(
        "queries", "Open queries by age",
        "Open queries wait for the site, answered ones for whoever asked; by days since they were opened.",
        ("Age", "Open", "Answered"), rows, parts=(1, 2),
    )  # fmt: skip


def _by_site(
    forms: Iterable[ListedForm], name: str, title: str, about: str, words: tuple[str, ...],
    of: Callable[[ListedForm], str],
) -> Numbers:  # fmt: skip
    found: Counter[tuple[str, str]] = Counter()
    for form in forms:
        if word := of(form):
            found[form.site, word] += 1
            found[ALL, word] += 1
    rows = tuple(
        (site, *(found[site, word] for word in words)) for site in _in_order({site for site, _ in found})
    )
    return Numbers(name, title, about, ("Site", *words), rows, parts=tuple(range(1, len(words) + 1)))


def _in_order(sites: Iterable[str]) -> list[str]:
    """All of them together first."""
    return sorted(sites, key=lambda site: (site != ALL, site))


def _state_of(form: ListedForm) -> str:
    if form.is_missing:
        return "Missing"
    return {
        EntryStatus.IN_PROGRESS: "In progress",
        EntryStatus.COMPLETE: "Complete",
        EntryStatus.NOT_DONE: "Not done",
    }.get(form.status, "")


def _signature_of(form: ListedForm) -> str:
    if form.signature is SignatureState.SIGNED:
        return "Signed"
    return "Not signed" if form.signature is SignatureState.UNSIGNED else "Broken or withdrawn"


def _months(first: str, last: str) -> list[str]:
    if not first:
        return []
    year, month = int(first[:4]), int(first[5:])
    found = [first]
    while found[-1] < last:
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        found.append(f"{year}-{month:02}")
    return found
