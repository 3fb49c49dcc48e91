"""From the parts of a study folder to one MetaDataVersion."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from edc_core.definitions.build import Builder, Read, aliases, as_given, formal_expressions, name_or_oid
from edc_core.definitions.places import Place, Places
from edc_core.domain.metadata import (
    ArmDef,
    ConditionDef,
    EpochDef,
    EventType,
    FormRef,
    ImputationMethod,
    Include,
    LabRangeKeys,
    MetaDataVersion,
    MethodDef,
    Milestone,
    PluginUse,
    Policy,
    Presentation,
    QueryTemplate,
    ReasonForChange,
    ReviewRule,
    SiteDef,
    StudyEventDef,
    StudyEventRef,
    StudyInfo,
    TranslatedText,
    VisitWindow,
)
from edc_core.domain.review_plan import ReviewGroup

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from edc_core.domain.kept import Kept

#: A file's role in the folder, what the schema read, and where it stands.
Part = tuple[str, Read, Place]


def build(parts: Sequence[Part], places: Places, kept: Kept) -> MetaDataVersion:
    """Put the parts together. The part with the role ``study.yaml`` is needed; the others may be absent."""
    study, root = next((read, place) for role, read, place in parts if role == "study.yaml")
    places.put("study", study["oid"], root)
    places.put("study", "", root)
    languages = tuple(study.get("languages", ("en",)))
    builder = Builder(study.get("text_language", languages[0] if languages else ""), places)
    events = _events(builder, parts)
    for form, place in _all(parts, "forms"):
        inputs = (builder.language, form, place)
        name = (place.source.file, place.steps)
        builder.add(kept.of("form", name, inputs, partial(_built_form, *inputs)))
    for shared, place in _shared(parts):
        for index, item in enumerate(shared.get("items", ())):
            builder.item(item, place.at("items", index), form_oid="")
        for index, group in enumerate(shared.get("groups", ())):
            builder.group(group, place.at("groups", index), within=("", ""))
    for code_list, place in _all(parts, "codelists"):
        builder.code_list(code_list, place)
    for unit, place in _all(parts, "units"):
        builder.unit(unit, place)
    version = study["version"]
    protocol = study.get("protocol", {})
    include = study.get("include")
    return MetaDataVersion(
        oid=version["oid"],
        name=name_or_oid(version),
        study=StudyInfo(study["oid"], name_or_oid(study), **as_given(study, "description", "protocol_name")),
        description=version.get("description", ""),
        events=events,
        event_refs=_schedule(builder, parts, events),
        forms=tuple(builder.forms),
        item_groups=tuple(builder.groups),
        items=tuple(builder.items),
        code_lists=tuple(builder.code_lists),
        measurement_units=tuple(builder.units),
        protocol_description=builder.text(protocol.get("description")),
        protocol_aliases=aliases(protocol),
        include=Include(include["study"], include["version"]) if include else None,
        sites=tuple(_site(site) for site in study.get("sites", ())),
        plugins=tuple(
            PluginUse(p["name"], p["range"], p.get("version", ""), p.get("sha256", ""), p.get("settings", ()))
            for p in study.get("plugins", ())
        ),
        policy=_policy(builder, study.get("policy", {})),
        languages=languages,
        epochs=tuple(EpochDef(*_titled(builder, read)) for read, _ in _all(parts, "epochs")),
        arms=tuple(ArmDef(*_titled(builder, read)) for read, _ in _all(parts, "arms")),
        arm=_arm(builder, parts),
        lab_ranges=LabRangeKeys(**study["lab_ranges"]) if "lab_ranges" in study else None,
        review_plan=tuple(
            ReviewRule(**{**rule, "group": ReviewGroup(rule["group"])}) for rule in study.get("review", ())
        ),
        query_templates=tuple(
            QueryTemplate(builder.text(one["text"]), one.get("forms", ()))
            for one in study.get("query_templates", ())
        ),
        milestones=tuple(
            Milestone(
                **{
                    **one,
                    "title": builder.text(one.get("title")),
                    "statement": builder.text(one["statement"]),
                }
            )
            for one in study.get("milestones", ())
        ),
        **_logic(builder, parts),
    )


def _built_form(language: str, form: Read, place: Place) -> Builder:
    """What the definition of one form makes."""
    builder = Builder(language, Places())
    builder.form(form, place)
    return builder


def _all(parts: Sequence[Part], key: str) -> Iterator[tuple[Read, Place]]:
    """The definitions of a kind, from the files that hold one each and from the lists that hold several."""
    for role, read, place in parts:
        if role == f"{key}/":
            yield read, place
        elif not role.endswith("/"):
            for index, entry in enumerate(read.get(key, ())):
                yield entry, place.at(key, index)


def _shared(parts: Sequence[Part]) -> Iterator[tuple[Read, Place]]:
    for role, read, place in parts:
        if role == "shared.yaml":
            yield read, place
        elif role == "study.yaml" and "shared" in read:
            yield read["shared"], place.at("shared")


def _titled(builder: Builder, read: Read) -> tuple[str, str, TranslatedText]:
    return read["oid"], name_or_oid(read), builder.text(read.get("title"))


def _policy(builder: Builder, read: Read) -> Policy:
    reasons = (ReasonForChange(one["code"], builder.text(one["text"])) for one in read.get("reasons", ()))
    return Policy(**{**read, "reasons": tuple(reasons)})


def _site(read: Read) -> SiteDef:
    return SiteDef(
        read["number"], read["name"], read.get("country", ""), read.get("zone", "UTC"),
        tuple(read.get("languages", ())),
    )  # fmt: skip


def _events(builder: Builder, parts: Sequence[Part]) -> tuple[StudyEventDef, ...]:
    events: list[StudyEventDef] = []
    for kind in ("epoch", "arm"):
        for read, place in _all(parts, f"{kind}s"):
            builder.places.put(kind, read["oid"], place)
    for read, place in _all(parts, "events"):
        builder.places.put("event", read["oid"], place)
        events.append(
            StudyEventDef(
                oid=read["oid"],
                name=name_or_oid(read),
                type=EventType(read.get("type", EventType.SCHEDULED)),
                form_refs=tuple(
                    FormRef(
                        f["form"],
                        f.get("mandatory", True),
                        f.get("order"),
                        builder.condition(f, place.at("forms", index), f"{read['oid']}.{f['form']}"),
                    )
                    for index, f in enumerate(read.get("forms", ()))
                ),
                title=builder.text(read.get("title")),
                description=builder.text(read.get("description")),
                aliases=aliases(read),
                window=VisitWindow(**read["window"]) if "window" in read else None,
                study_level=read.get("level", "subject") == "study",
                **as_given(read, "repeating", "category", "date", "epoch", "arms"),
            )
        )
    return tuple(events)


def _schedule(
    builder: Builder, parts: Sequence[Part], events: tuple[StudyEventDef, ...]
) -> tuple[StudyEventRef, ...]:
    if not any("schedule" in read for role, read, _ in parts if not role.endswith("/")):
        return tuple(StudyEventRef(event.oid, mandatory=True) for event in events)
    refs: list[StudyEventRef] = []
    for read, place in _all(parts, "schedule"):
        builder.places.put_part("study", "", "schedule", len(refs), place)
        refs.append(
            StudyEventRef(
                read["event"],
                read.get("mandatory", True),
                read.get("order"),
                builder.condition(read, place, read["event"]),
            )
        )
    return tuple(refs)


def _arm(builder: Builder, parts: Sequence[Part]) -> str:
    for role, read, place in parts:
        if not role.endswith("/") and "arm" in read:
            builder.places.put("arm", "", place.at("arm"))
            code: str = read["arm"]
            return code
    return ""


def _logic(builder: Builder, parts: Sequence[Part]) -> dict[str, Any]:
    def common(kind: str, read: Read, place: Place) -> dict[str, Any]:
        builder.places.put(kind, read["oid"], place)
        return {
            "oid": read["oid"],
            "name": name_or_oid(read),
            "description": builder.text(read.get("description")),
            "expressions": formal_expressions(read),
            "aliases": aliases(read),
        }

    def plain(kind: str, read: Read, place: Place) -> Read:
        builder.places.put(kind, read["oid"], place)
        return read

    return {
        "conditions": (
            *(ConditionDef(**common("condition", r, p)) for r, p in _all(parts, "conditions")),
            *builder.conditions,
        ),
        "methods": (
            *(MethodDef(**common("method", r, p), type=r.get("type", "")) for r, p in _all(parts, "methods")),
            *builder.methods,
        ),
        "imputation_methods": tuple(
            ImputationMethod(**plain("imputation", r, p)) for r, p in _all(parts, "imputation_methods")
        ),
        "presentations": tuple(
            Presentation(**plain("presentation", r, p)) for r, p in _all(parts, "presentations")
        ),
    }
