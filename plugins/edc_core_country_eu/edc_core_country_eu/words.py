"""EU-B5: words that forms of most studies have, in German, French and Spanish. What is stored stays as it is."""

from __future__ import annotations

from edc_core.api import Locale

_ENGLISH = (
    "Demographics", "Date of birth", "Sex", "Adverse events", "Medical history", "Medications", "Vital signs",
    "Informed consent", "Yes", "No", "Male", "Female",
)  # fmt: skip
_GERMAN = (
    "Demographische Daten", "Geburtsdatum", "Geschlecht", "Unerwünschte Ereignisse", "Krankengeschichte", "Medikamente",
    "Vitalzeichen", "Einwilligung", "Ja", "Nein", "Männlich", "Weiblich",
)  # fmt: skip
_FRENCH = (
    "Données démographiques", "Date de naissance", "Sexe", "Événements indésirables", "Antécédents médicaux", "Médicaments",
    "Signes vitaux", "Consentement éclairé", "Oui", "Non", "Masculin", "Féminin",
)  # fmt: skip
_SPANISH = (
    "Datos demográficos", "Fecha de nacimiento", "Sexo", "Acontecimientos adversos", "Historia clínica", "Medicamentos",
    "Constantes vitales", "Consentimiento informado", "Sí", "No", "Masculino", "Femenino",
)  # fmt: skip

GERMAN = Locale(
    "de", tuple(zip(_ENGLISH, _GERMAN, strict=True)), "DD-MMM-YYYY", decimal_mark=",", birth="year"
)
FRENCH = Locale(
    "fr", tuple(zip(_ENGLISH, _FRENCH, strict=True)), "DD-MMM-YYYY", decimal_mark=",", birth="month"
)
SPANISH = Locale("es", tuple(zip(_ENGLISH, _SPANISH, strict=True)), "DD-MMM-YYYY", decimal_mark=",")
