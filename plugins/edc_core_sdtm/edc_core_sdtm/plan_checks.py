"""What is wrong or missing in a plan, each with the place in the definition and the remedy."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from edc_core.api import FormDef, MetaDataIndex, PlacedItem
from edc_core_sdtm.plan import PlanFinding, RecordPlan, Source, StudyPlan
from edc_core_sdtm.releases import DISTRIBUTION, STATED, VARIABLE
from edc_core_sdtm.rules import RULES, derived_variables
from edc_core_sdtm.short_tests import short_tests
from edc_core_sdtm.standard import Domain, standard
from edc_core_sdtm.terminology import Terminology

_QNAM = re.compile(r"[A-Z][A-Z0-9_]{0,7}")
_TESTCD = re.compile(r"[A-Z_][A-Z0-9_]{0,7}")
_IN_OTHER_DOMAIN = re.compile(r"(?P<domain>[A-Z]{2})\.(?P<short>.*)")
LONGEST_LABEL = 40  #: of --TEST and QLABEL (SDTMIG 3.4, sections 4.1.1 and 8.4)


def unreadable(form: FormDef, placed: PlacedItem, text: str) -> PlanFinding:
    place = "/".join((form.oid, *placed.group_oids, placed.item.oid))
    message = f"'{text}' is no SDTM annotation. Write DOMAIN.VARIABLE, SUPPDOMAIN.QNAM, TEST_VARIABLE or [NOT SUBMITTED]."
    return PlanFinding("error", "S101", place, message)


def meant_for_a_language(form: FormDef, placed: PlacedItem, variable: str) -> PlanFinding:
    place = "/".join((form.oid, *placed.group_oids, placed.item.oid))
    message = (
        f"A record needs {variable}, so its item cannot be meant for a language that some packages leave out. Ask for these words "
        f"in an item beside it, a qualifier of SUPP{variable[:2]}, and give that one the alias 'edc:language'."
    )
    return PlanFinding("error", "S109", place, message)


def checked(plan: StudyPlan, index: MetaDataIndex, found: Iterable[PlanFinding]) -> StudyPlan:
    """The plan with its findings, in the order of the forms."""
    findings = [*found, *_unchecked(plan.terms)]
    for record in plan.all_records:
        domain = standard().domains.get(record.domain)
        if domain is None:
            findings.append(_unknown_domain(record))
            continue
        findings += _variables(record, domain)
        findings += _qualifiers(record, domain)
        if record.parent is None:
            findings += _topic(record, domain, plan.terms)
            findings += _two_sources(record)
            findings += _required(record, domain)
    findings += _demographics(plan)
    order = {form.oid: n for n, form in enumerate(index.version.forms)}
    findings.sort(key=lambda f: (order.get(f.place.split("/")[0], -1), f.place, f.code))
    return replace(plan, findings=tuple(dict.fromkeys(findings)))


def _unchecked(terms: Terminology) -> Iterator[PlanFinding]:
    if not terms.release:
        message = (
            f"Terms and names of tests were not checked: no terminology is installed. {VARIABLE} names it."
        )
        yield PlanFinding("warning", "S206", "terminology", message)
    elif not terms.is_stated:
        message = (
            f"The study does not say which terminology it uses, so {terms.release} was taken, the newest of this installation. "
            f"Say so in study.yaml, plugins, {DISTRIBUTION}, settings: '{STATED}: \"{terms.release}\"'."
        )
        yield PlanFinding("warning", "S208", "terminology", message)


def _place(record: RecordPlan, source: Source | None = None) -> str:
    inside = source.place if source else "/".join((*record.rows, record.key)).strip("/") or record.domain
    return f"{record.form_oid}/{inside}"


def _unknown_domain(record: RecordPlan) -> PlanFinding:
    source = next((s for found in record.sources.values() for s in found), None)
    message = f"SDTMIG 3.4 has no domain {record.domain}. Annotate a domain of the guide, or [NOT SUBMITTED]."
    return PlanFinding("error", "S102", _place(record, source), message)


def _variables(record: RecordPlan, domain: Domain) -> Iterator[PlanFinding]:
    for name in sorted(record.variables - set(domain.allowed)):
        source = record.sources.get(name, (None,))[0]
        message = (
            f"SDTMIG 3.4 has no variable {name} in {domain.code}, nor has its class. "
            f"Annotate SUPP{domain.code}.{name[:8]}, or the variable that is meant."
        )
        yield PlanFinding("error", "S103", _place(record, source), message)


def _qualifiers(record: RecordPlan, domain: Domain) -> Iterator[PlanFinding]:
    for name, source in record.qualifiers.items():
        if not _QNAM.fullmatch(name):
            message = f"QNAM '{name}' has to be 1 to 8 capital letters, digits or _, a letter first (SDTMIG 3.4, 8.4)."
            yield PlanFinding("error", "S107", _place(record, source), message)
        elif name in domain.variables:
            message = f"{name} is a variable of {domain.code}: annotate {domain.code}.{name} instead of SUPP{domain.code}."
            yield PlanFinding("error", "S107", _place(record, source), message)
        elif name in domain.allowed:
            message = (
                f"{name} is a variable that {domain.code} may have: annotate {domain.code}.{name} instead of "
                f"SUPP{domain.code}."
            )
            yield PlanFinding("warning", "S205", _place(record, source), message)
        yield from _label(source, record)


def _label(source: Source, record: RecordPlan) -> Iterator[PlanFinding]:
    question = source.item.question.in_language("en")
    if len(question) > LONGEST_LABEL:
        message = (
            f"QLABEL takes 40 characters, and the question has {len(question)}. "
            "It ends at the last word that fits; a shorter question avoids that."
        )
        yield PlanFinding("warning", "S201", _place(record, source), message)


def _topic(record: RecordPlan, domain: Domain, terms: Terminology) -> Iterator[PlanFinding]:
    if not domain.topic:
        return
    if domain.is_findings:
        yield from _test(record, domain, terms)
        return
    choices = (domain.topic, f"{domain.code}DECOD")
    if not any(name in record.variables for name in choices):
        message = (
            f"{domain.topic} says what a record of {domain.code} is about, and nothing gives it. "
            f"Annotate an item with it, or give the group or item 'SDTM.ASSIGNED: {domain.topic} = ...'."
        )
        yield PlanFinding("error", "S104", _place(record), message)


def _test(record: RecordPlan, domain: Domain, terms: Terminology) -> Iterator[PlanFinding]:
    code, name = f"{domain.code}TESTCD", f"{domain.code}TEST"
    if not {code, name} & record.variables:
        if f"{domain.code}REFID" in record.sources:  # a sample, whose results come from elsewhere
            return
        first = next((s for found in record.sources.values() for s in found), None)
        message = (
            f"{code} says which test a record of {domain.code} is about, and nothing gives it. Annotate results as "
            f"TEST_{domain.code}ORRES, an item with {domain.code}.{code}, or give the group "
            f"'SDTM.ASSIGNED: {code} = ...; {name} = ...'."
        )
        yield PlanFinding("error", "S105", _place(record, first), message)
        return
    short = record.topic_code
    if short:
        yield from _short_name(record, short)
        release = terms.release
        if release and name not in record.variables and short not in domain.tests(terms):
            source = record.sources.get(f"{domain.code}ORRES", (None,))[0]
            message = (
                f"{short} is no test of {domain.code} in CDISC Controlled Terminology {release}; {name} is the "
                f"question. Give the item 'SDTM.ASSIGNED: {code} = ...; {name} = ...' for another test or name."
            )
            yield PlanFinding("warning", "S202", _place(record, source), message)
    for source in record.sources.get(code, record.sources.get(name, ())):
        known = short_tests(source, domain.tests(terms), is_name=code not in record.sources)
        for term, given in known.items():
            other = _IN_OTHER_DOMAIN.fullmatch(given)
            has_domain = other is None or (
                other["domain"] in standard().domains and standard().domains[other["domain"]].is_findings
            )
            if not has_domain or not _TESTCD.fullmatch(other["short"] if other else given):
                message = (
                    f"The term '{term}' gives {code} '{given}', which has to be 1 to 8 capital letters, digits or _. "
                    "Give the term the alias 'SDTM: SHORTNAME'."
                )
                yield PlanFinding("error", "S108", _place(record, source), message)


def _short_name(record: RecordPlan, short: str) -> Iterator[PlanFinding]:
    if not _TESTCD.fullmatch(short):
        source = record.sources.get(f"{record.domain}ORRES", (None,))[0]
        message = (
            f"{record.domain}TESTCD '{short}' has to be 1 to 8 capital letters, digits or _, no digit first."
        )
        yield PlanFinding("error", "S108", _place(record, source), message)


def _two_sources(record: RecordPlan) -> Iterator[PlanFinding]:
    for name, sources in record.sources.items():
        if len(sources) > 1 and not name.endswith("DTC"):
            names = " and ".join(s.item.name for s in sources)
            message = f"{names} both give {name}: the later one in the form counts where both are answered."
            yield PlanFinding("warning", "S203", _place(record, sources[-1]), message)


def _required(record: RecordPlan, domain: Domain) -> Iterator[PlanFinding]:
    given = record.variables | derived_variables(domain, record.variables)
    if domain.topic and domain.topic not in given:
        return  # said already, and more of it would not help
    for variable in domain.variables.values():
        if variable.core == "Req" and variable.name not in given:
            message = (
                f"SDTMIG 3.4 requires {variable.name} ({variable.label}), and nothing gives it. Annotate an item, or give the "
                f"group 'SDTM.ASSIGNED: {variable.name} = ...'."
            )
            yield PlanFinding("warning", "S204", _place(record), message)


def _demographics(plan: StudyPlan) -> Iterator[PlanFinding]:
    domain = standard().domains["DM"]
    for name, found in plan.demographics.items():
        form, source = found[0]
        if name not in domain.variables:
            message = f"SDTMIG 3.4 has no variable {name} in DM. Annotate SUPPDM.{name[:8]}."
            yield PlanFinding("error", "S103", f"{form}/{source.place}", message)
    for variable in domain.variables.values():
        known = variable.name in plan.demographics or f"DM.{variable.name}" in RULES
        if variable.core == "Req" and not known and variable.name not in derived_variables(domain, set()):
            message = f"SDTMIG 3.4 requires {variable.name} ({variable.label}) in DM. Annotate an item with DM.{variable.name}."
            yield PlanFinding("error", "S204", "DM", message)
