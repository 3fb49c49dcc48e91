"""What a check of ours has and a RangeCheck of ODM has no word for, as part of an alias of its item (``EDC.range_checks``)."""

from __future__ import annotations

from dataclasses import replace

from edc_core.api import CheckExample, FormalExpression, RangeCheck
from edc_core_odm.read_definitions import Own, json_list, strings
from edc_core_odm.vocabulary import ALIAS


def extras_of(check: RangeCheck) -> dict[str, object]:
    """As plain JSON values, without what is not said."""
    extra: dict[str, object] = {"oid": check.oid} if check.oid else {}
    if not check.check_values and not check.formal_expressions:
        extra["no_values"] = True
    if check.check_values and check.formal_expressions:
        extra["expressions"] = [[e.context, e.code] for e in check.formal_expressions]
    if check.warning:
        extra["warning"] = True
    if check.protocol:
        extra["protocol"] = check.protocol
    if check.examples:
        extra["examples"] = [[e.fires, [list(pair) for pair in e.values]] for e in check.examples]
    return extra


def restored(check: RangeCheck, extra: object, own: Own) -> RangeCheck:
    """The check with what the alias says of it; an alias that cannot be read is reported and changes nothing."""
    if not isinstance(extra, dict):
        return check
    try:
        expressions = tuple(
            FormalExpression(*strings(pair)) for pair in json_list(extra.get("expressions", []))
        )
        examples = tuple(map(_example, json_list(extra.get("examples", []))))
    except (TypeError, ValueError):
        own.log.add("ODM041", own.line, f"Alias {ALIAS}range_checks.")
        return check
    return replace(
        check,
        oid=str(extra.get("oid", "")),
        check_values=() if extra.get("no_values") else check.check_values,
        formal_expressions=expressions or check.formal_expressions,
        warning=extra.get("warning") is True,
        protocol=str(extra.get("protocol", "")),
        examples=examples,
    )


def _example(data: object) -> CheckExample:
    fires, values = json_list(data)
    pairs = (json_list(pair) for pair in json_list(values))
    return CheckExample(bool(fires), tuple((str(address), str(text)) for address, text in pairs))
