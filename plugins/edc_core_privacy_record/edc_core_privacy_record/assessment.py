"""What an impact assessment is written from (GDPR Art. 35(7)): what the system knows, and cells for what people judge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edc_core_privacy_record.record import MANY, categories, measures, purposes, receivers, transfers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from edc_core_privacy_record.facts import Facts
    from edc_core_privacy_record.told import Said

HEADER = (
    "Clause",
    "What",
    "What the system knows",
    "Judged by people",
    "Likelihood",
    "Severity",
    "What is done about it",
)
FEW = 5  #: subjects at a site, below which one is more easily known again

Row = tuple[str, ...]


def rows(facts: Facts, said: Mapping[str, Said]) -> Iterator[Row]:
    """The sheet, letter by letter; cells that people fill are blank."""
    for line in (*purposes(facts), *categories(facts), *receivers(facts, said)):
        yield _row("35(7)(a)", line.what, line.words)
    yield from _necessity(facts)
    for what, words in _risks(facts, said):
        yield _row("35(7)(c)", what, words)
    for line in measures(facts):
        yield _row("35(7)(d)", line.what, line.words)
    yield _row(
        "35(2)", "Advice of the data protection officer", said["officer"].text if "officer" in said else ""
    )
    yield _row("35(9)", "Views of subjects or of who speaks for them, or why they were not sought", "")


def _necessity(facts: Facts) -> Iterator[Row]:
    for name, why in facts.necessities:
        yield _row("35(7)(b)", f"Item of a special category: {name}", why)
    hidden = sorted(
        {name for standard in facts.standards for fact in standard.extend_forms for name in fact.value.hides}
    )
    if hidden:
        yield _row("35(7)(b)", "Items that a country standard hides, at its sites", ", ".join(hidden))
    for standard in facts.standards:
        for fact in standard.consent_requirements:
            yield _row(
                "35(7)(b)",
                f"Consent, {standard.name}",
                f"{fact.value.title.in_language('en')}. {fact.source}",
            )
    yield _row(
        "35(7)(b)",
        "Whether each form is needed for the purposes",
        ", ".join(form.oid for form in facts.forms),
    )


def _risks(facts: Facts, said: Mapping[str, Said]) -> Iterator[tuple[str, str]]:
    """Ways in which a subject may be harmed, each with what of the study bears on it."""
    texts = {form.oid: form.texts for form in facts.forms if form.texts}
    yield (
        "A subject is known again by what is written in a text",
        f"{sum(texts.values())} items in which anything may be written: {_named(texts)}",
    )
    if files := {form.oid: form.files for form in facts.forms if form.files}:
        yield (
            "A subject is known again by a file",
            f"{sum(files.values())} items that take files: {_named(files)}",
        )
    if births := [f"{form.oid}.{name}" for form in facts.forms for name in form.birth]:
        yield "A subject is known again by the date of birth", ", ".join(births)
    if facts.subjects is not None:
        few = sorted(number for number, many in facts.subjects.items() if many < FEW)
        yield f"A subject is known again at a site with fewer than {FEW}", ", ".join(few) or "no such site"
    for line in transfers(facts, said):
        if line.is_open:
            yield "Data lie where they are protected less", f"{line.what}: {line.words}"
    people = sum(facts.people.values()) if facts.people is not None else None
    yield (
        "Somebody sees more than the work needs",
        f"{people} people have a role" if people is not None else "",
    )
    yield "Data are lost or changed", "Backups and anchors are the matter of who runs the installation."
    yield "Consent is withdrawn and data are used on", _withdrawals(facts)


def _withdrawals(facts: Facts) -> str:
    checks = sum("WITHDRAWDAT" in fact.value.that for one in facts.standards for fact in one.edit_checks)
    return (
        f"{checks} checks of country standards ask about what is dated after a withdrawal."
        if checks
        else "No check of a country standard asks about it."
    )


def _named(counts: Mapping[str, int]) -> str:
    found = [f"{name} {many}" for name, many in sorted(counts.items(), key=lambda one: (-one[1], one[0]))]
    return ", ".join(found[:MANY]) + (f" and {len(found) - MANY} more" if len(found) > MANY else "")


def _row(clause: str, what: str, words: str) -> Row:
    return clause, what, words, "", "", "", ""
