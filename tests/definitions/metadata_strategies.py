"""Small MetaDataVersions for property tests: odd OIDs and texts, every part of the model, consistent references."""

from __future__ import annotations

import dataclasses
import types
import typing
from enum import StrEnum

from hypothesis import strategies as st

from edc_core.domain import metadata as m
from edc_core.domain.data_origin import COLLECTED, ORIGINS
from edc_core.domain.file_value import FileRules

TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=12)
WORDS = st.one_of(
    st.sampled_from(
        [
            "no",
            "y",
            "~",
            "null",
            "1:30",
            "0123",
            "1.50",
            " a",
            "a: b",
            "#",
            "수축기",
            "a/b c",
            "",
            "-",
            "x\n\ny",
        ]
    ),
    TEXTS,
)
NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,10}", fullmatch=True)
OIDS = st.one_of(
    NAMES, st.sampled_from(["I F.1", "한글/1", "a.b", "no", "1", "~", "A.", ".B"]), TEXTS.filter(bool)
)
LANGUAGES = st.sampled_from(["en", "ko", "pt-BR", ""])
TRANSLATED = st.dictionaries(LANGUAGES, WORDS, max_size=2).map(lambda d: m.TranslatedText(tuple(d.items())))
NUMBERS = st.integers(-5, 500)
SPANS = st.sampled_from(["P0D", "P1D", "P21D", "-P28D", "P1M", "-P6M"])


def _field(hint: object) -> st.SearchStrategy:
    if hint is m.TranslatedText:
        return TRANSLATED
    if hint is m.VisitWindow:
        return some(hint, target=SPANS, before=SPANS, after=SPANS)
    if hint is str:
        return WORDS
    if hint is bool:
        return st.booleans()
    if hint is int:
        return NUMBERS
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return st.sampled_from(list(hint))
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return some(hint)
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin is tuple and Ellipsis not in args:
        return st.tuples(*(_field(arg) for arg in args))
    if origin is tuple:
        return st.lists(_field(args[0]), max_size=2).map(tuple)
    if origin in (types.UnionType, typing.Union):
        return st.none() | _field(next(a for a in args if a is not type(None)))
    raise AssertionError(hint)


def some(kind: type, **given: st.SearchStrategy) -> st.SearchStrategy:
    """Any instance of a dataclass of the model; ``given`` fixes the strategies of some fields."""
    hints = typing.get_type_hints(kind)
    rest = {f.name: _field(hints[f.name]) for f in dataclasses.fields(kind) if f.name not in given}
    return st.builds(kind, **rest, **given)


def _from(oids: list[str]) -> st.SearchStrategy:
    return st.none() | st.sampled_from(oids) if oids else st.none()


@st.composite
def versions(draw: st.DrawFn) -> m.MetaDataVersion:
    def oids(most: int) -> list[str]:
        return draw(st.lists(OIDS, max_size=most, unique=True))

    def each(kind: type, names: list[str], **given: st.SearchStrategy) -> tuple:
        return tuple(draw(some(kind, oid=st.just(oid), **given)) for oid in names)

    epochs, arms = oids(2), oids(2)
    lists, units, conditions, methods, imputations = (oids(2) for _ in range(5))
    items, groups, forms, events = oids(5), oids(4), oids(3), oids(3)
    code_lists = each(
        m.CodeList,
        lists,
        data_type=st.just(m.DataType.TEXT),
        items=st.lists(some(m.CodeListItem), max_size=3, unique_by=lambda t: t.coded_value).map(tuple),
    )
    item_names = draw(st.lists(NAMES, min_size=len(items), max_size=len(items), unique=True))
    one = st.lists(NAMES, min_size=1, max_size=1).map(tuple)
    many = st.lists(NAMES, min_size=1, max_size=3).map(tuple)
    check = {"measurement_unit_oid": _from(units), "examples": st.just(())}
    rows = st.lists(st.dictionaries(WORDS, WORDS, max_size=2).map(lambda d: tuple(d.items())), max_size=2)
    expression_check = st.builds(
        m.RangeCheck,
        message=TRANSLATED.filter(bool),
        oid=OIDS,
        formal_expressions=WORDS.map(lambda code: (m.FormalExpression(m.EDC_LANGUAGE, code),)),
        warning=st.booleans(),
        protocol=WORDS,
        examples=st.tuples(rows, rows).map(
            lambda both: tuple(
                m.CheckExample(fires, row)
                for fires, part in zip((True, False), both, strict=True)
                for row in part
            )
        ),
    )
    limits = st.one_of(
        some(m.RangeCheck, comparator=st.just(m.Comparator.NE), check_values=one, **check),
        some(m.RangeCheck, comparator=st.just(m.Comparator.IN), check_values=many, **check),
        some(
            m.RangeCheck,
            comparator=st.none(),
            formal_expressions=st.tuples(some(m.FormalExpression)),
            **check,
        ),
    )
    item_defs = tuple(
        draw(
            some(
                m.ItemDef,
                oid=st.just(oid),
                name=st.just(name),
                code_list_oid=_from(lists),
                measurement_unit_oids=st.lists(st.sampled_from(units), max_size=2).map(tuple)
                if units
                else st.just(()),
                range_checks=st.tuples(
                    st.lists(limits, max_size=2), st.lists(expression_check, max_size=2)
                ).map(lambda both: (*both[0], *both[1])),
                sas_name=st.just(""),
                anchors=st.one_of(st.just(()), st.tuples(TRANSLATED.filter(bool), TRANSLATED.filter(bool))),
                origin=st.sampled_from(ORIGINS),
                file=st.one_of(
                    st.none(), st.builds(FileRules, st.lists(WORDS, max_size=2).map(tuple), NUMBERS)
                ),
                sensitivity=st.sampled_from(["", "blinded", "identifying", "restricted"]),
            )
        )
        for oid, name in zip(items, item_names, strict=True)
    )
    item_defs = tuple(
        dataclasses.replace(i, data_type=m.DataType.TEXT, code_list_oid=None) if i.range_checks else i
        for i in item_defs
    )
    codes = {one.oid: tuple(term.coded_value for term in one.items) for one in code_lists}
    several = [i.multiple and bool(i.code_list_oid) for i in item_defs]
    item_defs = tuple(
        dataclasses.replace(i, multiple=many, exclusive=codes[i.code_list_oid][:1] if many else ())
        for i, many in zip(item_defs, several, strict=True)
    )

    def use(kind: type, target: str, names: list[str], **given: st.SearchStrategy) -> st.SearchStrategy:
        if not names:
            return st.just(())
        ref = some(kind, **{target: st.sampled_from(names)}, condition_oid=_from(conditions), **given)
        return st.lists(ref, max_size=3, unique_by=lambda r: getattr(r, target)).map(tuple)

    item_refs = use(
        m.ItemRef,
        "item_oid",
        items,
        method_oid=_from(methods),
        imputation_method_oid=_from(imputations),
        role_code_list_oid=_from(lists),
    )
    group_defs = tuple(
        draw(
            some(
                m.ItemGroupDef,
                oid=st.just(oid),
                item_refs=item_refs,
                group_refs=use(m.ItemGroupRef, "item_group_oid", groups[i + 1 :]),
                columns=st.just(()),
                layout=st.sampled_from(["", "grid"]),
                sas_name=st.just(""),
            )
        )
        for i, oid in enumerate(groups)
    )
    form_names = draw(st.lists(NAMES, min_size=len(forms), max_size=len(forms), unique=True))
    form_defs = tuple(
        draw(
            some(
                m.FormDef,
                oid=st.just(o),
                name=st.just(n),
                group_refs=use(m.ItemGroupRef, "item_group_oid", groups),
            )
        )
        for o, n in zip(forms, form_names, strict=True)
    )
    return draw(
        some(
            m.MetaDataVersion,
            events=st.just(each(m.StudyEventDef, events, form_refs=use(m.FormRef, "form_oid", forms))),
            event_refs=use(m.StudyEventRef, "study_event_oid", events),
            epochs=st.just(each(m.EpochDef, epochs)),
            arms=st.just(each(m.ArmDef, arms)),
            forms=st.just(form_defs),
            item_groups=st.just(group_defs),
            items=st.just(item_defs),
            code_lists=st.just(code_lists),
            measurement_units=st.just(each(m.MeasurementUnit, units)),
            conditions=st.just(each(m.ConditionDef, conditions)),
            methods=st.just(each(m.MethodDef, methods)),
            imputation_methods=st.just(each(m.ImputationMethod, imputations)),
            presentations=st.just(each(m.Presentation, oids(1))),
            sites=st.lists(
                some(
                    m.SiteDef,
                    country=st.sampled_from(["", "KR"]),
                    zone=st.sampled_from(["UTC", "Asia/Seoul"]),
                ),
                max_size=2,
                unique_by=lambda s: s.number,
            ).map(tuple),
            plugins=st.lists(
                some(
                    m.PluginUse,
                    name=NAMES.filter(lambda n: n[-1] != "_"),
                    specifier=st.just(">=0.1,<1"),
                    settings=st.sampled_from([(), (("mode", "B"), ("race", "OMB2024"))]),
                ),
                max_size=2,
                unique_by=lambda p: p.name,
            ).map(tuple),
            policy=some(
                m.Policy,
                reason_from=st.sampled_from(["complete", "first_save"]),
                origin_of_collected=st.sampled_from(["", *COLLECTED]),
                sign_queries=st.sampled_from(["closed", "answered"]),
                subject_key_pattern=st.sampled_from(["", r"[A-Z]{2}\d{2}-\d{4}"]),
                scanners_off=st.sampled_from([(), ("person",), ("e-mail", "person")]),
                scanners_block=st.sampled_from([(), ("card-number",)]),
                reasons=st.sampled_from(
                    [
                        (),
                        (m.ReasonForChange("other", m.TranslatedText((("en", "Other"), ("ko", "기타")))),),
                        (m.ReasonForChange("lab_error", m.TranslatedText.of("Wrong sample", "en")),),
                    ]
                ),
                double_entry_share=st.sampled_from([100, 20]),
            ),
            query_templates=st.lists(
                some(
                    m.QueryTemplate,
                    text=st.sampled_from(
                        [
                            m.TranslatedText.of("Is it {value}?", "en"),
                            m.TranslatedText((("en", "Why?"), ("ko", "왜?"))),
                        ]
                    ),
                    forms=st.just(()),
                ),
                max_size=2,
            ).map(tuple),
            milestones=st.lists(
                some(
                    m.Milestone,
                    title=st.sampled_from([m.TranslatedText(), m.TranslatedText.of("Interim", "en")]),
                    statement=st.just(m.TranslatedText.of("I take responsibility.", "en")),
                    forms=st.just(()),
                    events=st.just(()),
                    before=st.sampled_from(["", "lock"]),
                ),
                max_size=2,
                unique_by=lambda one: one.oid,
            ).map(tuple),
            languages=st.lists(st.sampled_from(["en", "ko", ""]), max_size=2, unique=True).map(tuple),
            functions=st.just(
                ()
            ),  # no file holds them: they are found among the plugins when it is published
            gates=st.just(()),  # likewise
            eras=st.just(()),
        )
    )
