"""Plugins as import paths, for tests of the plugin manager and of each hook."""

import click

from edc_core.api import EditCheck, Exporter, Finding, Importer, ItemWidget, hookimpl


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


class CheckingToo:
    @hookimpl
    def edc_register_checks(self):
        return [check("A1"), check("C3")]


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


exporting, exporting_too, importing, commanding = Exporting(), ExportingToo(), Importing(), Commanding()
drawing, checking, checking_too, hard, raising = Drawing(), Checking(), CheckingToo(), Hard(), Raising()
wrong, wrong_argument = Wrong(), WrongArgument()
listening, listening_badly = Listening(), ListeningBadly()
