"""From a project to a MetaDataVersion, every translated rule compiled against it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from edc_core.api import (
    Alias,
    CodeList,
    EventType,
    FormDef,
    FormRef,
    ItemDef,
    ItemGroupDef,
    ItemGroupRef,
    ItemRef,
    MetaDataIndex,
    MetaDataVersion,
    SiteDef,
    StudyEventDef,
    StudyEventRef,
    StudyInfo,
    TranslatedText,
    compile_rules,
)
from edc_core_redcap.items import LANGUAGE, build_item, list_what_stays_a_note
from edc_core_redcap.plain_text import has_markup, plain_text
from edc_core_redcap.problems import ProblemLog
from edc_core_redcap.project import Field, Project, title_of, word
from edc_core_redcap.rules import RuleMaker, Rules, when_of


@dataclass(slots=True)
class _Group:
    """A section of a form while its fields are gathered."""

    oid: str
    title: str
    condition: str | None = None
    fields: list[Field] = field(default_factory=list)
    aliases: list[Alias] = field(default_factory=list)


def build_version(project: Project, log: ProblemLog) -> MetaDataVersion:
    """The definition; what a project says and a definition cannot is listed."""
    maker = RuleMaker(project, log)
    items: list[ItemDef] = []
    code_lists: list[CodeList] = []
    for one in project.fields:
        maker.field(one)
        list_what_stays_a_note(one, log)
        if one.type == "descriptive":
            continue
        built = build_item(one, project, log)
        item = built.item
        for comparator, text in built.limits.items():
            item = maker.limit(one, item, comparator, text)
        items.append(item)
        if built.code_list:
            code_lists.append(built.code_list)
    sections = {form: _sections(project, form) for form in project.forms}
    _list_arms_and_repeats(project, log)
    version = MetaDataVersion(
        oid=project.version,
        name=project.name,
        study=StudyInfo(project.oid, project.name, project.description, project.name),
        events=tuple(
            StudyEventDef(
                oid=event.name,
                name=event.name,
                repeating=event.repeating,
                type=EventType.SCHEDULED,
                form_refs=tuple(FormRef(form, order_number=n) for n, form in enumerate(event.forms, start=1)),
                title=TranslatedText.of(event.title, LANGUAGE),
            )
            for event in project.events
        ),
        event_refs=tuple(
            StudyEventRef(event.name, order_number=n) for n, event in enumerate(project.events, start=1)
        ),
        forms=tuple(
            FormDef(
                oid=form,
                name=word(form),
                repeating=form in project.repeating_forms,
                group_refs=tuple(ItemGroupRef(group.oid, condition_oid=group.condition) for group in groups),
                title=TranslatedText.of(project.titles.get(form) or title_of(form), LANGUAGE),
            )
            for form, groups in sections.items()
        ),
        items=tuple(items),
        code_lists=tuple(code_lists),
        sites=tuple(SiteDef(number, name) for number, name in project.groups.items()),
        languages=(LANGUAGE,),
    )
    return _compiled(
        version,
        [g for groups in sections.values() for g in groups],
        maker.rules,
        log,
        {one.name: one.line for one in project.fields},
    )


def _sections(project: Project, form: str) -> list[_Group]:
    """The parts of a form: one begins at each section header, at each shown text, and around each matrix."""
    title = project.titles.get(form) or title_of(form)
    groups: list[_Group] = []
    section, matrix, is_open = "", "", False
    for one in project.forms[form]:
        if one.section:
            section = plain_text(one.section)
        begins = bool(one.section) or one.matrix != matrix or not is_open
        matrix = one.matrix
        if one.type == "descriptive":
            if one.section:
                groups.append(_group(form, f"{one.name}.header", one, section))
            groups.append(_shown_text(form, one))
            is_open = not one.branching
            continue
        if begins:
            group = _group(form, one.name, one, section or (title if groups else ""))
            if one.matrix:
                group.aliases.append(Alias("REDCap.matrix_group", one.matrix))
            groups.append(group)
            is_open = True
        groups[-1].fields.append(one)
    return groups


def _group(form: str, name: str, one: Field, title: str) -> _Group:
    group = _Group(f"{form}.{name}", title)
    if one.section:
        group.aliases.append(Alias("REDCap.section_header", one.section))
    return group


def _shown_text(form: str, one: Field) -> _Group:
    """A descriptive field: its text heads the part of the form that it begins; with logic it stands alone."""
    group = _Group(f"{form}.{one.name}", plain_text(one.label), when_of(one) if one.branching else None)
    kept = {
        "descriptive": one.name,
        "label": (one.rich_label or one.label) if one.rich_label or has_markup(one.label) else "",
        "note": one.note,
        "annotation": one.annotation,
        "branching_logic": one.branching,
        "details": one.details,
        "custom_alignment": one.alignment,
        "question_number": one.question_number,
    }
    group.aliases += [Alias(f"REDCap.{name}", text) for name, text in kept.items() if text]
    return group


def _list_arms_and_repeats(project: Project, log: ProblemLog) -> None:
    if len(arms := {event.arm for event in project.events}) > 1:
        log.add("RED047", 0, f"Arms: {', '.join(sorted(arms))}.")
    for form in project.repeating_forms:
        held = project.events_of.get(form, ())
        if any((event, form) not in project.repeating for event in held):
            log.add("RED048", 0, f"Instrument '{form}'.")


def _compiled(
    version: MetaDataVersion, groups: list[_Group], rules: Rules, log: ProblemLog, lines: dict[str, int]
) -> MetaDataVersion:
    """Compile all rules; a translation that does not compile, or goes round in a circle, is taken back and listed."""
    while True:
        whole = _assembled(version, groups, rules)
        book = compile_rules(MetaDataIndex(whole))
        faulty = {fault.subject[1]: str(fault.error) for fault in book.faults if fault.subject[0] != "item"}
        for ring in book.cycles:
            parts = [
                oid for _, name in ring for oid in (f"{name}.DERIVE", f"{name}.WHEN") if rules.is_own(oid)
            ]
            faulty.setdefault(parts[0], "it depends on itself")
        limits = {
            (fault.subject[1], fault.text): str(fault.error)
            for fault in book.faults
            if fault.subject[0] == "item"
        }
        if not faulty and not limits:
            return whole
        for oid, text in faulty.items():
            one, what, _ = rules.source[oid]
            log.add("RED040", one.line, f"Field '{one.name}', {what}: {text.rstrip('.')}.")
            rules.keep_original(oid)
        version = _without_limits(version, limits, log, lines)


def _without_limits(
    version: MetaDataVersion, limits: dict[tuple[str, str], str], log: ProblemLog, lines: dict[str, int]
) -> MetaDataVersion:
    for (oid, _), text in limits.items():
        log.add("RED045", lines[oid], f"Field '{oid}': {text}")
    return replace(
        version,
        items=tuple(
            replace(
                item,
                range_checks=tuple(c for c in item.range_checks if (item.oid, c.expression) not in limits),
            )
            for item in version.items
        ),
    )


def _assembled(version: MetaDataVersion, groups: list[_Group], rules: Rules) -> MetaDataVersion:
    return replace(
        version,
        item_groups=tuple(
            ItemGroupDef(
                oid=group.oid,
                name=word(group.oid.partition(".")[2].replace(".", "_")),
                title=TranslatedText.of(group.title, LANGUAGE),
                item_refs=tuple(
                    ItemRef(
                        one.name,
                        mandatory=one.required,
                        order_number=n,
                        method_oid=rules.method_of.get(one.name),
                        condition_oid=rules.condition_of.get(one.name),
                    )
                    for n, one in enumerate(group.fields, start=1)
                ),
                aliases=tuple(group.aliases),
            )
            for group in groups
        ),
        items=tuple(
            replace(item, origin="derived") if rules.is_calculated(item.oid) else item
            for item in version.items
        ),
        conditions=tuple(rules.conditions.values()),
        methods=tuple(rules.methods.values()),
    )
