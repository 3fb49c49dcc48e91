"""One object with what is asked. The facts are examples of a test."""

from edc_core.api import (
    AskedItem,
    CheckExample,
    CodeList,
    CodeListItem,
    CollectionUnit,
    ConformanceRule,
    CountryCheck,
    CountryProfile,
    CountryStandard,
    DataType,
    ExportProfile,
    Facts,
    FormExtension,
    Gate,
    GateEvent,
    Identifier,
    ItemDef,
    LocalCodeList,
    Locale,
    PackageLayout,
    RoadmapStep,
    RuleFinding,
    SafetyClock,
    Scanner,
    TransportProfile,
)

EXAMPLE = "An example of a test, no law"
FACTS = Facts("2026-11-22", language="fr")
held, says = FACTS.held, FACTS.says

PROFILE = CountryProfile(
    "CA-EXAMPLE",
    "Example authority",
    ("CA",),
    ("en", "fr"),
    ("America/Toronto",),
    regions=("CA",),
    retention="P15Y",
)
HEALTH_CARD = Scanner(
    "ca-health-card",
    r"\d{4}-\d{3}-\d{3}-EX",
    says("This holds the number of a health card. Write it without.", "Carte."),
)
LANGUAGES = CodeList(
    "CA.LANG",
    "Language",
    DataType.TEXT,
    (
        CodeListItem("ENG", says("English", "Anglais")),
        CodeListItem("FRA", says("French", "Français")),
    ),
)
LANGUAGE = ItemDef(
    "",
    "CALANG",
    DataType.TEXT,
    says("Language of the consent", "Langue du consentement"),
    length=3,
    code_list_oid="CA.LANG",
)
NOL = Identifier(
    "ca-nol", says("Number of the letter", "Numéro de la lettre"), r"NOL-\d{4}", "country", "NOL-0001"
)
GATE = Gate(
    "CA-B1",
    GateEvent.SUBJECT,
    says("The letter of the authority is there.", "La lettre est arrivée."),
    (NOL,),
)
TALL = CountryCheck(
    "CA-B2.HEIGHT", "DM", "HEIGHT", "missing(HEIGHT) or HEIGHT <= 230", says("More than 230 cm?", "Plus de 230 cm?"),
    examples=(CheckExample(True, (("HEIGHT", "231"),)), CheckExample(False, (("HEIGHT", "180"),))),
)  # fmt: skip
STEPS = (
    RoadmapStep("ca-letter", says("Letter of the authority", "Lettre de l'autorité"), days=30),
    RoadmapStep("ca-first", says("First subject", "Premier sujet"), ("ca-letter",), days=20, working=True),
)
LAYOUT = PackageLayout(
    (
        ("tabulations", "m5/datasets/{study}/tabulations/"),
        ("guides", "m5/datasets/{study}/guides/"),
    ),
    ("sdrg",), stops_on=("reject",),
)  # fmt: skip


def no_subject(datasets):
    """Nothing to hand in."""
    if "DM" not in datasets or not any(True for _ in datasets["DM"].records()):
        yield RuleFinding("CA-B9", "reject", "DM", "There is no subject.")


def canadian_standard(study):
    has_form = any(form.name == "DM" for form in study.index.version.forms)
    return CountryStandard(
        held(PROFILE, EXAMPLE),
        forbidden_items=(held(HEALTH_CARD, EXAMPLE),),
        extend_forms=(
            held(FormExtension("CA-B3", "DM", items=(AskedItem(LANGUAGE, required=True),)), EXAMPLE),
        )
        * has_form,
        codelists=(held(LocalCodeList(LANGUAGES, (("ENG", "ENGLISH"), ("FRA", "FRENCH"))), EXAMPLE),),
        edit_checks=(held(TALL, EXAMPLE),) * has_form,
        units=(held(CollectionUnit("HEIGHT", "[in_i]", "cm", "2.54"), EXAMPLE),),
        locale=(held(Locale("fr", (("Sex", "Sexe"),)), EXAMPLE),),
        identifiers=(held(NOL, EXAMPLE),),
        safety_clock=(held(SafetyClock("fatal", 7, "an example begins", ("CA-EXAMPLE",)), EXAMPLE),),
        export_profiles=(held(ExportProfile("CA-B8", "Example", TransportProfile("m5/datasets/")), EXAMPLE),),
        conformance_rules=(held(ConformanceRule("CA-B9", "There are subjects", no_subject), EXAMPLE),),
        package_layout=(held(LAYOUT, EXAMPLE),),
        milestones=tuple(held(one, EXAMPLE) for one in STEPS),
        gates=(held(GATE, EXAMPLE),),
    )
