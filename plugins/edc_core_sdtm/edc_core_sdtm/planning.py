"""From a definition's annotations to the plan of its records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from edc_core.api import FormDef, MetaDataIndex, PlacedItem, text_language
from edc_core_sdtm.annotation import RECORD, RELATED, Target, constants, targets
from edc_core_sdtm.coded import coded_variables, is_coded
from edc_core_sdtm.native_texts import stands_beside
from edc_core_sdtm.plan import PlanFinding, RecordPlan, Rows, Source, StudyPlan
from edc_core_sdtm.plan_checks import checked, meant_for_a_language, unreadable
from edc_core_sdtm.standard import standard
from edc_core_sdtm.terminology import NO_TERMINOLOGY, Terminology

DM = "DM"
_AGAIN = "#"  #: between a test and the item that gives one of its results, where several do


@dataclass(frozen=True, slots=True)
class _Entry:
    """An annotated item of one domain."""

    target: Target
    source: Source
    constants: dict[str, str]
    key: str


@dataclass(slots=True)
class _Form:
    """The annotations of one form, domain by domain."""

    entries: dict[str, list[_Entry]] = field(default_factory=dict)
    constants: dict[Rows, dict[str, str]] = field(default_factory=dict)  #: by all groups of an item
    relations: dict[Rows, dict[str, str]] = field(default_factory=dict)
    parents: dict[str, tuple[str, Source]] = field(default_factory=dict)  #: by domain


def plan_of(index: MetaDataIndex, terms: Terminology = NO_TERMINOLOGY, first: int = 0) -> StudyPlan:
    """The plan of a MetaDataVersion, with everything that is wrong or missing in it. :param first: number of its first record."""
    records: dict[str, tuple[RecordPlan, ...]] = {}
    demographics: dict[str, list[tuple[str, Source]]] = {}
    qualifiers: dict[str, list[tuple[str, Source]]] = {}
    findings: list[PlanFinding] = []
    number = first
    for form in index.version.forms:
        read = _read(index, form, findings)
        for entry in read.entries.pop(DM, []):
            into = qualifiers if entry.target.is_supplemental else demographics
            into.setdefault(entry.target.variable, []).append((form.oid, entry.source))
        for domain, entries in read.entries.items():
            read.entries[domain] = _with_own_topics(domain, entries)
        made = [plan for domain in read.entries for plan in _records(form, domain, read, findings)]
        records[form.oid] = tuple(_numbered(made, number))
        number += len(made)
    plan = StudyPlan(
        index.version.oid,
        records,
        {name: tuple(found) for name, found in demographics.items()},
        {name: tuple(found) for name, found in qualifiers.items()},
        (),
        terms,
    )
    return checked(plan, index, findings)


def rows_of(index: MetaDataIndex, groups: Rows) -> Rows:
    """The groups down to the innermost repeating one."""
    last = max((n for n, oid in enumerate(groups, 1) if index.groups[oid].repeating), default=0)
    return groups[:last]


def _read(index: MetaDataIndex, form: FormDef, findings: list[PlanFinding]) -> _Form:
    read = _Form()
    for placed in index.placed_items(form.oid):
        if placed.group_oids not in read.constants:
            _read_groups(index, placed, read)
        own = constants(placed.item.aliases)
        for target in targets(placed.item.aliases):
            if isinstance(target, str):
                findings.append(unreadable(form, placed, target))
                continue
            if text_language(placed.item) and not stands_beside(target):
                findings.append(meant_for_a_language(form, placed, target.variable))
            source = _source(index, target.variable, placed)
            entry = _Entry(target, source, own, _key(target, own))
            read.entries.setdefault(target.domain, []).append(entry)
        related = constants(placed.item.aliases, RELATED)
        read.relations[placed.group_oids] |= related
    return read


def _read_groups(index: MetaDataIndex, placed: PlacedItem, read: _Form) -> None:
    read.constants[placed.group_oids] = {}
    read.relations[placed.group_oids] = {}
    for group in placed.groups:
        read.constants[placed.group_oids] |= constants(group.aliases)
        read.relations[placed.group_oids] |= constants(group.aliases, RELATED)
        for variable, name in constants(group.aliases, RECORD).items():
            named = next((r.item_oid for r in group.item_refs if index.items[r.item_oid].name == name), None)
            if named is not None:
                there = PlacedItem(placed.groups, placed.ref, index.items[named])
                read.parents[variable[:2]] = (variable, _source(index, variable, there))


def _source(index: MetaDataIndex, variable: str, placed: PlacedItem) -> Source:
    found = index.code_lists.get(placed.item.code_list_oid or "")
    return Source(variable, placed.item, placed.group_oids, rows_of(index, placed.group_oids), found)


def _key(target: Target, own: dict[str, str]) -> str:
    """What tells the record of an item from others of its form: its test, or the topic among its constants."""
    if target.test:
        return target.test
    topics = (f"{target.domain}{end}" for end in ("TESTCD", "TERM", "TRT", "DECOD"))
    return next((own[name] for name in topics if name in own), "")


def _with_own_topics(domain: str, entries: list[_Entry]) -> list[_Entry]:
    """Where several groups ask for a topic beside each other, or several items for results of one test (left and right), each
    makes records of its own.
    """
    topics = {f"{domain}{end}" for end in ("TESTCD", "TERM", "TRT")}
    asking: dict[Rows, set[Rows]] = {}
    for entry in entries:
        if not entry.key and entry.target.variable in topics:
            asking.setdefault(entry.source.rows, set()).add(entry.source.groups)
    own = {groups for found in asking.values() if len(found) > 1 for groups in found}
    entries = [
        replace(e, key=e.source.groups[-1]) if not e.key and e.source.groups in own else e for e in entries
    ]
    results = Counter(
        (e.source.rows, e.key) for e in entries if e.key and e.target.variable == f"{domain}ORRES"
    )
    return [
        replace(e, key=f"{e.key}{_AGAIN}{e.source.item.name}")
        if results[e.source.rows, e.key] > 1 and e.target.variable == f"{domain}ORRES"
        else e
        for e in entries
    ]


def _records(form: FormDef, domain: str, read: _Form, findings: list[PlanFinding]) -> Iterator[RecordPlan]:
    entries = read.entries[domain]
    kinds = _kinds([e for e in entries if not e.target.is_supplemental])
    plans = [_record(form, domain, rows, key, entries, read) for rows, key in kinds]
    supplements = [e for e in entries if e.target.is_supplemental]
    for plan, belonging in _qualified(plans, supplements, read, domain, form, findings):
        yield plan if not belonging else _with_qualifiers(plan, belonging)


def _kinds(entries: list[_Entry]) -> list[tuple[Rows, str]]:
    """Rows and key of each kind of record: each test or topic, and rows that hold nothing else deeper down."""
    keyed = dict.fromkeys((e.source.rows, e.key) for e in entries if e.key)
    opened = dict.fromkeys(e.source.rows for e in entries if not e.key)
    places = {rows for rows, _ in keyed} | set(opened)
    leaves = [
        rows
        for rows in opened
        if not any(rows == at for at, _ in keyed)
        and not any(len(at) > len(rows) and at[: len(rows)] == rows for at in places)
    ]
    return [*keyed, *((rows, "") for rows in leaves)]


def _record(
    form: FormDef, domain: str, rows: Rows, key: str, entries: list[_Entry], read: _Form
) -> RecordPlan:
    own = [e for e in entries if e.source.rows == rows and e.key == key and not e.target.is_supplemental]
    around = [
        e
        for e in entries
        if not e.key
        and e not in own
        and not e.target.is_supplemental
        and rows[: len(e.source.rows)] == e.source.rows
    ]
    home = {e.source.groups for e in own}
    around.sort(key=lambda e: (e.source.groups not in home, -len(e.source.rows)))
    sources: dict[str, tuple[Source, ...]] = {}
    nearest: dict[str, tuple[bool, Rows]] = {}
    for entry in [*own, *around]:
        name = entry.target.variable
        at = (entry in own or entry.source.groups in home, entry.source.rows)
        if nearest.setdefault(name, at) == at:
            sources[name] = (*sources.get(name, ()), entry.source)
    given: dict[str, str] = {}
    related: dict[str, str] = {}
    for groups in dict.fromkeys(e.source.groups for e in [*around[::-1], *own]):
        given |= {n: value for n, value in read.constants[groups].items() if n.startswith(domain)}
        if groups in home:
            related |= {n: other for n, other in read.relations[groups].items() if n.startswith(domain)}
    for entry in own:
        given |= {n: value for n, value in entry.constants.items() if n.startswith(domain)}
    if any(e.target.test for e in own):
        given.setdefault(f"{domain}TESTCD", key.partition(_AGAIN)[0])
    return RecordPlan(
        0,
        form.oid,
        domain,
        rows,
        key,
        given,
        sources,
        relations=tuple(related.items()),
        coded=_coded(domain, sources),
    )


def _coded(domain: str, sources: Mapping[str, tuple[Source, ...]]) -> frozenset[str]:
    facts = standard().domains.get(domain)
    topic = sources.get(facts.topic, ()) if facts else ()
    if facts is None or not any(is_coded(source.item) for source in topic):
        return frozenset()
    return frozenset(coded_variables(domain, facts.variables))


def _qualified(
    plans: list[RecordPlan],
    supplements: list[_Entry],
    read: _Form,
    domain: str,
    form: FormDef,
    findings: list[PlanFinding],
) -> Iterator[tuple[RecordPlan, list[tuple[_Entry, bool]]]]:
    """Each plan with the qualifiers that belong to it, and whether they belong to others as well."""
    belonging: list[list[tuple[_Entry, bool]]] = [[] for _ in plans]
    orphans: list[tuple[_Entry, bool]] = []
    for entry in supplements:
        homes = _homes(plans, entry)
        for n in homes:
            belonging[n].append((entry, len(homes) > 1 or plans[n].rows != entry.source.rows))
        if not homes:
            orphans.append((entry, False))
    yield from zip(plans, belonging, strict=True)
    if orphans:
        parent = read.parents.get(domain)
        if parent is None:
            findings.append(_orphan(form, domain, orphans[0][0]))
            return
        yield RecordPlan(0, form.oid, domain, orphans[0][0].source.rows, "", {}, {}, parent=parent), orphans


def _homes(plans: list[RecordPlan], entry: _Entry) -> list[int]:
    """The records that a qualifier belongs to: those of its own group, else of its rows, else of rows below."""
    source = entry.source
    if entry.key:
        return [n for n, plan in enumerate(plans) if (plan.rows, plan.key) == (source.rows, entry.key)]
    here = [n for n, plan in enumerate(plans) if plan.rows == source.rows]
    own = [
        n
        for n in here
        if any(s.groups == source.groups for found in plans[n].sources.values() for s in found)
    ]
    own_tests = [
        n
        for n in own
        if not plans[n].key
        or any(s.groups == source.groups for s in plans[n].sources.get(f"{plans[n].domain}ORRES", ()))
    ]
    below = [n for n, plan in enumerate(plans) if plan.rows[: len(source.rows)] == source.rows]
    return own_tests or own or here or below


def _with_qualifiers(plan: RecordPlan, belonging: list[tuple[_Entry, bool]]) -> RecordPlan:
    qualifiers = {e.target.variable: e.source for e, _ in belonging}
    shared = frozenset(e.target.variable for e, several in belonging if several)
    return replace(plan, qualifiers=qualifiers, shared=shared, is_grouped=bool(shared))


def _numbered(plans: list[RecordPlan], first: int) -> Iterator[RecordPlan]:
    for number, plan in enumerate(plans, first):
        yield replace(plan, number=number)


def _orphan(form: FormDef, domain: str, entry: _Entry) -> PlanFinding:
    label = standard().domains[domain].label if domain in standard().domains else domain
    return PlanFinding(
        "error",
        "S106",
        f"{form.oid}/{entry.source.place}",
        f"SUPP{domain} needs a record of {domain} ({label}) that it qualifies, and the form makes none. Give its group "
        f"the alias 'SDTM.RECORD: {standard().domains[domain].topic if domain in standard().domains else ''} = ITEM', "
        "ITEM being the item that repeats the topic, or annotate the topic in this form.",
    )
