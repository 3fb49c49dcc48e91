"""The files of a written definition that hold no forms."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from edc_core.api import EventType, Policy, StudyEventRef

if TYPE_CHECKING:
    from edc_core.api import (
        ArmDef,
        CodeList,
        CodeListItem,
        ConditionDef,
        EpochDef,
        MeasurementUnit,
        MethodDef,
        Milestone,
        PluginUse,
        ReviewRule,
        SiteDef,
        VisitWindow,
    )
    from edc_core_study_import.write_parts import Data, Writing


_SPAN = re.compile(r"(-?)P(T?)(\d+)([DMH])", re.ASCII)
_NOUNS = {"D": "day", "M": "month", "TH": "hour", "TM": "minute"}


def _name(oid: str, name: str) -> Data:
    return {} if name == oid else {"name": name}


def study_data(writing: Writing) -> Data:
    version, study = writing.version, writing.version.study
    data: Data = {"oid": study.oid, **_name(study.oid, study.name)}
    data |= writing.lean(description=study.description, protocol_name=study.protocol_name)
    data["version"] = {
        "oid": version.oid,
        **_name(version.oid, version.name),
        **writing.lean(description=version.description),
    }
    data["languages"] = list(version.languages)
    if writing.language != (version.languages[0] if version.languages else ""):
        data["text_language"] = writing.language
    if version.policy != Policy():
        policy = version.policy
        data["policy"] = {
            "reason_from": policy.reason_from,
            **writing.lean(
                subject_key_pattern=policy.subject_key_pattern,
                subject_key_hint=policy.subject_key_hint,
                origin_of_collected=policy.origin_of_collected,
                sign_queries=policy.sign_queries if policy.sign_queries != "closed" else "",
                review_first=list(policy.review_first),
                scanners_off=list(policy.scanners_off),
                scanners_ask=list(policy.scanners_ask),
                scanners_block=list(policy.scanners_block),
                reasons=[{"code": one.code, "text": writing.text(one.text) or ""} for one in policy.reasons],
                double_entry=list(policy.double_entry),
                double_entry_share=policy.double_entry_share if policy.double_entry_share != 100 else None,
            ),
        }
    protocol = writing.lean(
        description=writing.text(version.protocol_description),
        alias=writing.aliases(version.protocol_aliases),
    )
    include = version.include
    return data | writing.lean(
        plugins={plugin.name: _plugin(writing, plugin) for plugin in version.plugins},
        protocol=protocol,
        include=include and {"study": include.study_oid, "version": include.meta_data_version_oid},
        sites=[_site(writing, site) for site in version.sites],
        lab_ranges=version.lab_ranges and asdict(version.lab_ranges),
        review=[_review_rule(writing, rule) for rule in version.review_plan],
        query_templates=[
            {"text": writing.text(one.text) or "", **writing.lean(forms=list(one.forms))}
            for one in version.query_templates
        ],
        milestones=[_milestone(writing, one) for one in version.milestones],
    )


def _milestone(writing: Writing, one: Milestone) -> Data:
    lists = {"forms": list(one.forms), "events": list(one.events)}
    texts = {"title": writing.text(one.title), "statement": writing.text(one.statement) or ""}
    return {"oid": one.oid, **writing.lean(title=texts["title"]), "statement": texts["statement"],
            **writing.lean(**lists, before=one.before)}  # fmt: skip


def _plugin(writing: Writing, plugin: PluginUse) -> str | Data:
    resolved = writing.lean(settings=dict(plugin.settings), version=plugin.version, sha256=plugin.sha256)
    return {"range": plugin.specifier, **resolved} if resolved else plugin.specifier


def _review_rule(writing: Writing, rule: ReviewRule) -> Data:
    lists = {name: list(getattr(rule, name)) for name in ("forms", "items", "sites", "risks")}
    share = {} if rule.share == 100 else {"share": rule.share}
    return {"group": rule.group.value, **writing.lean(**lists), **share, **writing.lean(seed=rule.seed)}


def _site(writing: Writing, site: SiteDef) -> Data:
    zone = "" if site.zone == "UTC" else site.zone
    return {
        "number": site.number,
        "name": site.name,
        **writing.lean(country=site.country, zone=zone, languages=list(site.languages)),
    }


def event_data(writing: Writing) -> Data:
    version = writing.version
    events = [
        {
            "oid": event.oid,
            **_name(event.oid, event.name),
            **writing.lean(
                title=writing.text(event.title),
                description=writing.text(event.description),
                type="" if event.type is EventType.SCHEDULED else event.type.value,
                repeating=event.repeating,
                level="study" if event.study_level else "",
                category=event.category,
                epoch=event.epoch,
                arms=list(event.arms),
                date=event.date,
                window=_window(event.window),
                alias=writing.aliases(event.aliases),
                forms=[
                    _use(
                        "form",
                        r.form_oid,
                        r.mandatory,
                        r.order_number,
                        writing.condition(r.condition_oid, f"{event.oid}.{r.form_oid}"),
                    )
                    for r in event.form_refs
                ],
            ),
        }
        for event in version.events
    ]
    data: Data = writing.lean(
        epochs=[_titled(writing, epoch) for epoch in version.epochs],
        arms=[_titled(writing, arm) for arm in version.arms],
        arm=version.arm,
    )
    data["events"] = events
    if version.event_refs != tuple(StudyEventRef(event.oid, mandatory=True) for event in version.events):
        data["schedule"] = [
            _use(
                "event",
                r.study_event_oid,
                r.mandatory,
                r.order_number,
                writing.condition(r.condition_oid, r.study_event_oid),
            )
            for r in version.event_refs
        ]
    return data


def _window(window: VisitWindow | None) -> Data:
    if window is None:
        return {}
    spans = {"target": window.target, "before": window.before, "after": window.after}
    return {
        "anchor": window.anchor,
        **{key: _in_words(span) for key, span in spans.items() if span != "P0D"},
    }


def _in_words(duration: str) -> str:
    """``21 days``, ``1 month``, ``4 hours``."""
    match = _SPAN.fullmatch(duration)
    if match is None:
        raise ValueError(duration)
    sign, time, number, unit = match.groups()
    return f"{sign}{int(number)} {_NOUNS[time + unit]}{'' if int(number) == 1 else 's'}"


def _titled(writing: Writing, part: EpochDef | ArmDef) -> Data:
    return {
        "oid": part.oid,
        **_name(part.oid, part.name),
        **writing.lean(title=writing.text(part.title)),
    }


def _use(key: str, oid: str, mandatory: bool, order: int | None, condition: Data) -> str | Data:  # noqa: FBT001
    data: Data = {}
    if not mandatory:
        data["mandatory"] = False
    if order is not None:
        data["order"] = order
    data |= condition
    return {key: oid, **data} if data else oid


def unit_data(writing: Writing, unit: MeasurementUnit) -> Data:
    return {
        "oid": unit.oid,
        **_name(unit.oid, unit.name),
        **writing.lean(symbol=writing.text(unit.symbol), alias=writing.aliases(unit.aliases)),
    }


def codelist_data(writing: Writing, code_list: CodeList) -> Data:
    terms: Any = [_term(writing, term) for term in code_list.items]
    simple = all(set(term) <= {"code", "decode"} and term.get("decode") != {} for term in terms)
    if (
        simple
        and len({term["code"] for term in terms}) == len(terms)
        and any("decode" in term for term in terms)
    ):
        terms = {term["code"]: term.get("decode") for term in terms}
    elif all(set(term) == {"code"} for term in terms):
        terms = [term["code"] for term in terms]
    external = code_list.external
    kind = code_list.data_type.value
    return {
        "oid": code_list.oid,
        **_name(code_list.oid, code_list.name),
        **writing.lean(
            description=writing.text(code_list.description),
            type="" if kind == "text" else kind,
            alias=writing.aliases(code_list.aliases),
        ),
        **writing.given(sas_format_name=code_list.sas_format_name),
        **writing.lean(
            external=external
            and {
                "dictionary": external.dictionary,
                **writing.lean(version=external.version, href=external.href, ref=external.ref),
            },
            terms=terms,
        ),
    }


def _term(writing: Writing, term: CodeListItem) -> Data:
    data: Data = {"code": term.coded_value}
    if term.decode is not None:
        data["decode"] = writing.text(term.decode) or {}
    data |= writing.given(rank=term.rank, order=term.order_number)
    return data | writing.lean(
        extended=term.extended,
        retired=term.retired,
        alias=writing.aliases(term.aliases),
    )


def logic_data(writing: Writing) -> Data:
    version = writing.version
    return writing.lean(
        conditions=[_logic(writing, c) for c in version.conditions if c.oid not in writing.inline],
        methods=[
            {**_logic(writing, method), **writing.lean(type=method.type)}
            for method in version.methods
            if method.oid not in writing.inline
        ],
        imputation_methods=[{"oid": i.oid, **writing.lean(text=i.text)} for i in version.imputation_methods],
        presentations=[
            {"oid": p.oid, **writing.lean(language=p.language, text=p.text)} for p in version.presentations
        ],
    )


def _logic(writing: Writing, definition: ConditionDef | MethodDef) -> Data:
    return {
        "oid": definition.oid,
        **_name(definition.oid, definition.name),
        **writing.lean(
            description=writing.text(definition.description),
            expressions=writing.expressions(definition.expressions),
            alias=writing.aliases(definition.aliases),
        ),
    }
