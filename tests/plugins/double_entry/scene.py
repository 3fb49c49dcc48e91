"""A small study in which the form of vital signs is entered twice, for tests on a server and in a browser."""

import dataclasses

from edc_core.domain.metadata import PluginUse, Policy
from tests.rendering.vital_signs import ITEMS, version
from tests.web.trial import limited, make_core

FIRST, SECOND, THIRD = "jiwoo@site.example", "minseo@site.example", "haneul@site.example"
MANAGER = "dana@sponsor.example"
FORM = "V2[1]/VS[1]"


def definition(items=ITEMS, **policy):
    uses = (PluginUse("edc-core-double-entry", ">=0.1"), PluginUse("edc-core-scanners", ">=0.1"))
    chosen = Policy(**{"double_entry": ("VS",)} | policy)
    return dataclasses.replace(limited(version(items)), plugins=uses, policy=chosen)


def make(folder, **more):
    return make_core(folder, definition(**more))
