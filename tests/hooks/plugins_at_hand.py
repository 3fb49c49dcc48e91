"""Plugins as import paths, for tests of the plugin manager and of each hook."""

import click

from edc_core.api import (
    Confidence,
    CountryProfile,
    CountryStandard,
    EditCheck,
    Exporter,
    Finding,
    Function,
    Importer,
    ItemWidget,
    Kind,
    Scanner,
    SettingFinding,
    Sourced,
    StudySettings,
    TranslatedText,
    hookimpl,
)


def look(form):
    return Finding("SYSBP", "Please confirm.")


def check(oid, **kwargs):
    return EditCheck(oid, oid, **{"form": "VS", "check": look, **kwargs})


class Exporting:
    @hookimpl
    def edc_register_exporters(self):
        return [Exporter(name, name, lambda dataset, sink: None) for name in ("zip", "csv")]


class ExportingToo:
    @hookimpl
    def edc_register_exporters(self):
        yield Exporter("csv", "another", lambda dataset, sink: None)


class ExportingThere:
    """Looks at a setting of its own."""

    @hookimpl
    def edc_register_exporters(self, settings):
        assert set(settings) <= {"PLACE", "BASE_URL"}
        yield Exporter("there", "There", lambda dataset, sink: None, about=settings.get("PLACE", ""))


class Choosing:
    """Knows two colours, says of a third that it knows nothing of it here, and fixes their number."""

    @hookimpl
    def edc_register_study_settings(self):
        yield StudySettings(self.look, lambda asked: {"of": str(len(asked.chosen))})

    @staticmethod
    def look(asked):
        for name, colour in asked.chosen.items():
            if name != "colour":
                yield SettingFinding(name, "Only a colour is chosen.", ("colour",), is_about_name=True)
            elif colour == "green":
                yield SettingFinding(name, "Green is not known here.", is_unknown=True)
            elif colour not in ("red", asked.installation.get("COLOUR", "blue")):
                yield SettingFinding(name, "That is no colour.", ("red", "blue"))


class ChoosingBadly:
    @hookimpl
    def edc_register_study_settings(self):
        yield StudySettings(lambda asked: asked.chosen["a size"])


class ChoosingTwice:
    @hookimpl
    def edc_register_study_settings(self):
        return [StudySettings(lambda asked: ()), StudySettings(lambda asked: ())]


class Importing:
    @hookimpl
    def edc_register_importers(self):
        return (Importer(name, name, lambda name, head: False, lambda paths: None) for name in ("b", "a"))


class Commanding:
    @hookimpl
    def edc_register_commands(self):
        return [click.Command("tracer"), click.Command("preview")]

    @hookimpl
    def edc_register_study_commands(self):
        return [click.Command("print", help="On paper."), click.Command("look"), click.Command("check")]


class Drawing:
    @hookimpl
    def edc_register_widgets(self):
        yield ItemWidget("sketch", "items/drawing/sketch.html", lambda item, code_list: True, priority=5)


class Checking:
    @hookimpl
    def edc_register_checks(self, study):
        if study.configuration.get("quiet"):
            return None
        return [check("B2"), check("A1")]


class Reserved:
    @hookimpl
    def edc_register_checks(self):
        return [check("B2"), check("EDC.REQUIRED")]


class CheckingToo:
    @hookimpl
    def edc_register_checks(self):
        return [check("A1"), check("C3")]


def word(name, call=lambda text: text, *, parameters=(Kind.TEXT,), result=Kind.TEXT, **more):
    return Function(name, parameters, result, call, **more)


class Speaking:
    @hookimpl
    def edc_register_functions(self, study):
        if study.configuration.get("quiet"):
            return None
        return [word("shout", str.upper), word("whisper", str.lower)]


class SpeakingToo:
    @hookimpl
    def edc_register_functions(self):
        yield word("shout")
        yield word("sing")


class SpeakingBadly:
    @hookimpl
    def edc_register_functions(self):
        return [
            word("coalesce"),
            word("sum"),
            word("today"),
            word("own"),
            word("Upper"),
            word("not"),
            word(""),
            word("typed", parameters=(str,)),
            word("listed", parameters=[Kind.TEXT]),
            word("answers", result="a text"),
            word("many", required=2),
            word("uncallable", "text"),
            word("fine"),
        ]


class SpeakingNonsense:
    @hookimpl
    def edc_register_functions(self):
        yield word("said")
        yield str.upper


class Hard:
    @hookimpl
    def edc_register_checks(self):
        return [
            check("H1", severity="hard"),
            check("H2", form="NO_SUCH_FORM"),
            check("", form="VS"),
            check("H3"),
        ]


class Raising:
    @hookimpl
    def edc_register_checks(self, study):
        yield check("R1")
        raise RuntimeError("cannot")

    @hookimpl
    def edc_register_exporters(self):
        raise RuntimeError("cannot either")


class Wrong:
    @hookimpl
    def edc_register_exporters(self):
        return [42]


class WrongArgument:
    @hookimpl
    def edc_register_checks(self, study, session):
        return []


TOLD = []


class Listening:
    @hookimpl
    def edc_after_commit(self, facts):
        TOLD.append(facts)


class ListeningBadly:
    @hookimpl
    def edc_after_commit(self, facts):
        raise RuntimeError("secret")


def scanner(name, pattern):
    return Scanner(name, pattern, TranslatedText.of(f"No {name}."))


class Scanning:
    @hookimpl
    def edc_register_scanners(self):
        yield scanner("kit", "KIT[0-9]{4}")
        yield scanner("box", "BOX[0-9]{4}")


class ScanningBadly:
    @hookimpl
    def edc_register_scanners(self):
        yield scanner("kit", "(?<!x)KIT")


def standard(name):
    profile = CountryProfile(name, "An authority", (name[:2],), ("en",), ("UTC",))
    return CountryStandard(Sourced(profile, "A source", "2026-11-22", Confidence.HIGH))


class OfTwoCountries:
    @hookimpl
    def edc_register_country_standards(self):
        yield standard("BB-TWO")
        yield standard("AA-ONE")


class OfOneCountry:
    @hookimpl
    def edc_register_country_standards(self, study):
        return [standard("AA-ONE")]


class OfNoCountry:
    @hookimpl
    def edc_register_country_standards(self, study):
        raise ValueError("there is no such mode")


of_two_countries, of_one_country, of_no_country = OfTwoCountries(), OfOneCountry(), OfNoCountry()
scanning, scanning_badly = Scanning(), ScanningBadly()
exporting, exporting_too, importing, commanding = Exporting(), ExportingToo(), Importing(), Commanding()
exporting_there, choosing, choosing_badly = ExportingThere(), Choosing(), ChoosingBadly()
choosing_twice = ChoosingTwice()
drawing, checking, checking_too, hard, raising = Drawing(), Checking(), CheckingToo(), Hard(), Raising()
reserved = Reserved()
speaking, speaking_too, speaking_badly = Speaking(), SpeakingToo(), SpeakingBadly()
speaking_nonsense = SpeakingNonsense()
wrong, wrong_argument = Wrong(), WrongArgument()
listening, listening_badly = Listening(), ListeningBadly()
