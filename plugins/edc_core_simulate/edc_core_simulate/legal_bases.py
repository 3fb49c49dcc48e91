"""Why data of made-up subjects may leave the countries of their sites: else an export of a simulated study would hold few of them.

What a country standard asks of each subject, its own consent, is answered in the casebook as any other question.
"""

from __future__ import annotations

from edc_core.api import GateEvent, PluginSession, RecordLegalBasis, StudyAtHand

BASIS = "Made up with the subjects: contracts with every site allow it."


def record(session: PluginSession, study: StudyAtHand) -> None:
    """Put one on record for each country that a standard keeps in, once, before the first subject."""
    if study.subject_keys:
        return
    kept = {
        country
        for gate in study.index.version.gates
        if gate.event is GateEvent.EXPORT and not (gate.item or gate.needs)
        for country in gate.countries
    }
    for country in sorted(kept & {site.country for site in study.sites}):
        op = f"simulate:legal basis:{country}"
        session.submit(study, RecordLegalBasis(study_id=study.study_id, op=op, country=country, basis=BASIS))
