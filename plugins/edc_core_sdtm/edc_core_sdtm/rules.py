"""What is not asked but follows from a rule: the rules in words (MethodDefs of Define-XML), by variable.

Keys are ``--XX`` for every domain, or ``DM.XX`` for one. docs/reference/sdtm.md is written from here.
"""

from __future__ import annotations

from collections.abc import Mapping

from edc_core_sdtm.standard import EVENTS, FINDINGS, INTERVENTIONS, Domain

RULES: Mapping[str, str] = {
    "STUDYID": "The StudyOID.",
    "DOMAIN": "The abbreviation of the domain.",
    "USUBJID": "STUDYID, site number and subject key with - between them; without the site number where the subject key begins "
    "with it.",
    "--SEQ": "Counts the records of a subject in a domain from 1, sorted by date, visit, form, topic and row.",
    "--DY": "Whole days from RFSTDTC to the date, plus 1 from that day on: there is no day 0. Empty when either date is not known "
    "to the day.",
    "--STDTC": "Date and time as collected, joined. A time without a date is left out.",
    "--ENDTC": "Date and time as collected, joined. A time without a date is on the day of --STDTC, or the day after when it is "
    "earlier than the time in --STDTC.",
    "--DTC": "Date and time as collected, joined.",
    "VISITNUM": "The place of the visit in the schedule, from 1. A visit that is not in the schedule has the number of the last "
    "scheduled visit on or before its day, and hundredths in the order of the days.",
    "VISIT": "The title of the visit in capitals; UNSCHEDULED and VISITNUM for a visit that is not in the schedule.",
    "VISITDY": "Planned day of the visit: its target from its anchor, followed back to the visit that day 1 is counted from.",
    "EPOCH": "The epoch of the last element in SE that began on or before the date of the record, or that of its visit where it has "
    "none.",
    "--STRESC": "The result in the standard unit of the item where there is one; else the result as collected.",
    "--ENRF": "Empty where RFSTDTC is: there is no period to be relative to. --STRF likewise.",
    "--STRESN": "--STRESC where it is a number.",
    "--STRESU": "The standard unit of the item where --STRESC is in it; else the unit of the result.",
    "--ORRESU": "The unit that the result was given in.",
    "--DOSU": "The unit that the dose was given in.",
    "--STAT": "NOT DONE when the form says that nothing was done, or a reason stands in place of the result.",
    "--REASND": "The reason that stands in place of the result, in words.",
    "--LOBXFL": "Y for the last result of a test on or before the day of RFXSTDTC, and before its time where both times are known; "
    "tests are told apart by category, location, laterality, method, specimen, evaluator, object and link.",
    "--TEST": "The name that CDISC Controlled Terminology has for --TESTCD; else the question, or the text of the answer.",
    "--TESTCD": "The test of the annotation, or the submission value of the answer.",
    "--CAT": "By the code list that DSDECOD stands in: DISPOSITION EVENT, PROTOCOL MILESTONE or OTHER EVENT.",
    "--TERM": "The text of the answer that gives --DECOD.",
    "--PRESP": "Y where --OCCUR says whether it took place.",
    "--DECOD": "The term that the verbatim is coded by, once the coding counts: the preferred term of MedDRA, the preferred name of "
    "WHODrug. Variables of other levels (--LLT, --HLT, --HLGT, --BODSYS, --SOC) and of codes likewise; --CLAS and --CLASCD are the "
    "most exact class (ATC). An annotated item comes before.",
    "--GRPID": "Visit and form, of records that qualifiers in SUPP-- belong to together.",
    "IE.IEORRES": "Y of an exclusion criterion that is met, N of an inclusion criterion that isn't, where the form lists only those.",
    "IE.IECAT": "INCLUSION or EXCLUSION, by the first letter of IETESTCD.",
    "DM.SUBJID": "The subject key.",
    "DM.SITEID": "The site number.",
    "DM.COUNTRY": "The country of the site (ISO 3166-1 alpha-3).",
    "DM.RFSTDTC": "RFXSTDTC.",
    "DM.RFENDTC": "RFXENDTC.",
    "DM.RFXSTDTC": "The earliest EXSTDTC.",
    "DM.RFXENDTC": "The latest EXENDTC, or EXSTDTC where that is empty.",
    "DM.RFICDTC": "The earliest answer.",
    "DM.RFPENDTC": "The latest day that any record of the subject has.",
    "DM.DTHFL": "Y when there is a date of death, an adverse event with AESDTH = Y or AEOUT = FATAL.",
    "DM.AGE": "Whole years from BRTHDTC to RFICDTC, where both are known to the day and no item gives it.",
    "DM.AGEU": "YEARS.",
    "DM.ARM": "The text of the arm that ARMCD names.",
    "DM.ACTARMCD": "ARMCD, once the subject was treated.",
    "DM.ACTARM": "ARM, once the subject was treated.",
    "DM.ARMNRS": "Without ARMCD: SCREEN FAILURE when an inclusion criterion is not met or an exclusion criterion is, else NOT "
    "ASSIGNED. With ARMCD but no dose: ASSIGNED, NOT TREATED.",
    "TU": "One record for each lesion (TULNKID) and evaluator: the earliest.",
    "EX": "Every record of EC that says that a dose was given (ECOCCUR is not N, ECDOSE is above 0), without the variables that "
    "EX lacks.",
}

_OF_FINDINGS = ("--STRESC", "--STRESN", "--STRESU", "--TEST", "--TESTCD", "--LOBXFL", "--DTC", "--ORRESU")
_EVERYWHERE = ("STUDYID", "DOMAIN", "USUBJID", "--SEQ", "EPOCH")


def rule_for(domain: str, variable: str) -> str:
    """The rule in words that a variable follows when no item gives it; empty where there is none."""
    generic = f"--{variable[2:]}" if variable.startswith(domain) and len(variable) > len(domain) else variable
    if variable.endswith("DY") and variable.startswith(domain):
        generic = "--DY"
    return RULES.get(f"{domain}.{variable}") or RULES.get(generic, "")


def derived_variables(domain: Domain, given: set[str]) -> set[str]:
    """The variables that the rules add to a record, by what annotations give it."""
    code = domain.code
    names = {_named(code, name) for name in _EVERYWHERE}
    if domain.is_findings:
        names |= {_named(code, name) for name in _OF_FINDINGS}
        names |= {f"{code}STAT", f"{code}REASND"} if f"{code}STAT" in domain.variables else set()
    if domain.observation_class in {*FINDINGS}:
        names |= {"VISITNUM", "VISIT", "VISITDY"}
    if domain.observation_class in {EVENTS, INTERVENTIONS} and "VISITNUM" in domain.variables:
        names |= {"VISITNUM", "VISIT"}
    if f"{code}OCCUR" in given:
        names.add(f"{code}PRESP")
    if f"{code}DOSE" in given:
        names.add(f"{code}DOSU")
    if f"{code}DECOD" in given and domain.topic:
        names.add(domain.topic)
    names |= {name for end in ("DY", "STDY", "ENDY") if (name := _day(code, end, given))}
    if code == "DS":
        names.add("DSCAT")
    if code == "IE":
        names |= {"IECAT", "IEORRES"}
    if code == "DM":
        names |= {name.removeprefix("DM.") for name in RULES if name.startswith("DM.")}
    return names & set(domain.allowed)


def _named(code: str, name: str) -> str:
    return code + name[2:] if name.startswith("--") else name


def _day(code: str, end: str, given: set[str]) -> str:
    of = {"DY": "DTC", "STDY": "STDTC", "ENDY": "ENDTC"}[end]
    return f"{code}{end}" if f"{code}{of}" in given else ""
