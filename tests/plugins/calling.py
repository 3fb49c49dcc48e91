"""A plugin with functions that behave, and with some that misbehave in every way we know."""

import os
import time
from decimal import Decimal

from edc_core.api import Function, Kind, hookimpl

BOOLEAN, NUMBER, TEXT, CODES = Kind.BOOLEAN, Kind.NUMBER, Kind.TEXT, Kind.CODES


def raises(number):
    raise ValueError(f"secret value {number}")


def sleeps(number):
    time.sleep(3600)


def exits(number):
    os._exit(3)


def sys_exits(number):
    raise SystemExit


FUNCTIONS = (
    Function("holds", (BOOLEAN,), BOOLEAN, lambda truth: truth, doc="What it is given."),
    Function("same", (NUMBER,), NUMBER, lambda number: number, doc="What it is given."),
    Function("twice", (NUMBER,), NUMBER, lambda number: number * 2),
    Function("joined", (TEXT, TEXT), TEXT, lambda one, other="": one + other, required=1),
    Function("or_zero", (NUMBER,), NUMBER, lambda number: number or Decimal(0), takes_missing=True),
    Function("is_known", (BOOLEAN,), BOOLEAN, lambda truth: truth is not None, takes_missing=True),
    Function("zone", (NUMBER,), TEXT, lambda number, zone: zone, takes_zone=True),
    Function("nothing", (NUMBER,), NUMBER, lambda number: None),
    *(Function(one.__name__, (NUMBER,), NUMBER, one) for one in (raises, sleeps, exits, sys_exits)),
    Function("floats", (NUMBER,), NUMBER, float),
    Function("nans", (NUMBER,), NUMBER, lambda number: Decimal("NaN")),
    Function("counts", (NUMBER,), NUMBER, int),
    Function("texts", (NUMBER,), NUMBER, str),
    Function("ones", (NUMBER,), BOOLEAN, lambda number: 1),
    Function("lists", (NUMBER,), CODES, lambda number: ["a"]),
)


@hookimpl
def edc_register_functions(study):
    gone = study.configuration.get("without", ())
    return [function for function in FUNCTIONS if function.name not in gone]
