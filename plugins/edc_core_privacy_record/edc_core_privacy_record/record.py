"""The record of processing by the letters of GDPR Art. 30(1), made of facts and of what people have said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edc_core.api import ROLE_WORDS, Role
from edc_core_privacy_record.facts import years_of
from edc_core_privacy_record.told import FIELDS, RECIPIENTS, recipients

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from edc_core_privacy_record.facts import Facts
    from edc_core_privacy_record.told import Said

MANY = 6  #: countries that are named one by one
#: What the framework does in every installation.
MEASURES = (
    (
        "Pseudonyms",
        "A subject is known by a number alone; an item that asks for what identifies a person is marked as such.",
    ),
    (
        "Access",
        "Each person sees and does what the role allows, at the sites and in the time for which it was given.",
    ),
    (
        "Delicate items",
        "Who has no right to what is blinded or identifying does not see it; who was shown it is on record.",
    ),
    (
        "Audit trail",
        "Every entry and change is on record with who, when and why; none is changed later, and hashes show if one was.",
    ),
    ("Logs", "Every sign-in and every export is on record; an export names its content by digests."),
    ("Redaction", "Words that identify a person are taken out by two persons, and the record of it stays."),
)


@dataclass(frozen=True, slots=True)
class Line:
    """:param what: in a few words. :param words: what is so. :param is_open: something is missing here, or not as it may be."""

    what: str
    words: str
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """:param clause: of Art. 30(1)."""

    clause: str
    title: str
    lines: tuple[Line, ...]


def record_of(facts: Facts, said: Mapping[str, Said]) -> tuple[Section, ...]:
    """The record, letter by letter."""
    return (
        Section("30(1)(a)", "Who is responsible", tuple(_told("30(1)(a)", said))),
        Section("30(1)(b)", "Purposes", (*purposes(facts), *_told("30(1)(b)", said))),
        Section("30(1)(c)", "Whose data, and which", tuple(categories(facts))),
        Section("30(1)(d)", "Who gets them", tuple(receivers(facts, said))),
        Section("30(1)(e)", "Transfers to other countries", tuple(transfers(facts, said))),
        Section("30(1)(f)", "How long they are kept", tuple(retention(facts))),
        Section("30(1)(g)", "Measures", (*measures(facts), *_told("30(1)(g)", said))),
    )


def _told(clause: str, said: Mapping[str, Said]) -> Iterator[Line]:
    for field in FIELDS:
        if field.clause != clause or field.name == RECIPIENTS:
            continue
        if field.name in said:
            yield Line(field.title, said[field.name].text)
        elif field.needed:
            yield Line(field.title, "Nobody has said it yet.", is_open=True)


def purposes(facts: Facts) -> Iterator[Line]:
    yield Line("Clinical trial", f"{facts.oid}: {facts.description}")


def categories(facts: Facts) -> Iterator[Line]:
    """Of persons, then of data."""
    where = "; ".join(f"{country}: {', '.join(numbers)}" for country, numbers in facts.sites.items())
    many = "" if facts.subjects is None else f" {sum(facts.subjects.values())} so far."
    yield Line("Subjects of the trial", f"At sites in {where}.{many}")
    yield Line(
        "People who work on it",
        "Staff of sites, monitors and people of the sponsor: name, login, role, times and what they did.",
    )
    yield Line(
        "Data concerning health (Art. 9(1))",
        "Every form of the trial holds such data, under the number of the subject.",
    )
    for form in facts.forms:
        parts = [_counted(form.items, "item")]
        parts += [_counted(form.texts, "text") + " in which anything may be written"] if form.texts else []
        parts += [_counted(form.files, "file")] if form.files else []
        parts += [f"identifying: {', '.join(form.identifying)}"] if form.identifying else []
        yield Line(form.title if form.title == form.oid else f"{form.title} ({form.oid})", "; ".join(parts))
    for name, why in facts.necessities:
        yield Line(f"Special category: {name}", f"Asked because: {why}")
    for standard in facts.standards:
        births = {fact.value.birth for fact in standard.locale}
        if births and any(form.birth for form in facts.forms):
            yield Line(
                f"Date of birth, {standard.name}",
                f"Known to the {min(births, key=('year', 'month', 'day').index)}.",
            )


def receivers(facts: Facts, said: Mapping[str, Said]) -> Iterator[Line]:
    """People with roles, authorities, those whom somebody named, and what was exported."""
    if facts.people is None:
        yield Line("People with a role", "Told to those who read the trail of every site.")
    else:
        held = (f"{ROLE_WORDS.get(Role(role), role)} {many}" for role, many in sorted(facts.people.items()))
        yield Line("People with a role", ", ".join(held))
    for standard in facts.standards:
        to = {name for fact in standard.safety_clock for name in fact.value.recipients}
        reports = f"; safety reports to {', '.join(sorted(to))}" if to else ""
        yield Line(f"Authority, {standard.name}", f"{standard.country_profile.value.authority}{reports}")
    named = list(recipients(said[RECIPIENTS].text)) if RECIPIENTS in said else []
    for one in named:
        words = "; ".join(filter(None, (one.country, one.purpose, one.safeguard)))
        yield Line(one.who, words)
    if not named:
        yield Line("Recipients and processors", "Nobody has said it yet.", is_open=True)
    if facts.exports is None:
        yield Line("Exports", "Told to those who export.")
        return
    for (name, place), many in sorted(facts.exports.items()):
        yield Line(f"Export {name}", f"{many} made, {f'to {place}' if place else 'the country was not said'}")


def transfers(facts: Facts, said: Mapping[str, Said]) -> Iterator[Line]:
    """Where the installation stands, then by country of the sites what lets their data leave, then whether each recipient may have them."""
    stand = facts.residency
    if stand.stands:
        yield Line(
            "Database, copies, backups, files and exports",
            f"They stand in {', '.join(sorted(stand.stands))}.",
        )
    else:
        yield Line(
            "Database, copies, backups, files and exports",
            "Nobody has said where they stand: EDC_DATA_COUNTRIES of the installation.",
            is_open=True,
        )
    bases = {basis.country: basis.basis for basis in stand.bases}
    for country in facts.sites:
        words = [_places(stand.regions[country])] if country in stand.regions else []
        words += (
            [f"The installation keeps data of sites in {country} there."] if country in stand.kept else []
        )
        words += [stand.gated[country]] if country in stand.gated else []
        words += [f"Legal basis on record: {bases[country]}"] if country in bases else []
        wrong = country not in bases and bool(stand.abroad.get(country))
        places = ", ".join(sorted({one.place for one in stand.abroad.get(country, ())}))
        words += [f"They lie in {places}, where they may not without a legal basis."] if wrong else []
        yield Line(
            f"Data of sites in {country}",
            " ".join(words) or "No country standard of the study says where they may lie.",
            wrong,
        )
    for one in recipients(said[RECIPIENTS].text) if RECIPIENTS in said else ():
        if unsafe := facts.unsafe(one.country):
            yield Line(
                f"{one.who} ({one.country})",
                f"Data of sites in {', '.join(unsafe)} may not lie in {one.country}, and no legal basis is on record"
                + (f"; the safeguard that was named: {one.safeguard}." if one.safeguard else "."),
                is_open=True,
            )


def retention(facts: Facts) -> Iterator[Line]:
    """By country standard; the longest holds for the study."""
    periods = {one.name: one.country_profile.value.retention for one in facts.standards}
    for name, duration in periods.items():
        if duration:
            yield Line(name, f"{years_of(duration)} years from the end of the trial")
    if longest := max(map(years_of, periods.values()), default=0):
        yield Line("The study as a whole", f"{longest} years: the longest of them.")
    else:
        yield Line("The study as a whole", "No country standard of the study says how long.", is_open=True)


def measures(facts: Facts) -> Iterator[Line]:
    """Those of the framework, then what country standards have refused."""
    yield from (Line(what, words) for what, words in MEASURES)
    if facts.scanners:
        names = ", ".join(sorted(one.name for one in facts.scanners))
        yield Line("Identifiers that are refused", names)
    for standard in facts.standards:
        for fact in standard.consent_requirements:
            if fact.value.keeps_home:
                title = fact.value.title.in_language("en")
                yield Line(f"Consent, {standard.name}", f"{title}: without it the data stay. {fact.source}")


def _places(regions: tuple[tuple[str, str], ...]) -> str:
    """Where data may lie, in words."""
    named = [f"{country} (until {ends})" if ends else country for country, ends in regions]
    more = f" and {len(named) - MANY} more by the country standard" if len(named) > MANY else ""
    return f"Without more they may lie in {', '.join(named[:MANY])}{more}."


def _counted(many: int, word: str) -> str:
    return f"{many} {word}" + ("" if many == 1 else "s")
