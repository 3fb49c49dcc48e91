"""What all tests of a process share, so that each costs less: compiled templates and addresses, quickly hashed passwords.

None of it changes what is tested: a template is still read and compiled from its file, once in each process; an address is
still made by its rule; a password is still hashed and verified by argon2id. How costly that is in an installation has a
test of its own.
"""

import functools

import jinja2
from argon2 import PasswordHasher
from werkzeug.routing import Rule

from edc_core.rendering import item_markup
from edc_core.services import users
from edc_core.web.security import Application


class Compiled(jinja2.BytecodeCache):
    """Templates that some application of this process has compiled."""

    def __init__(self):
        self.kept = {}

    def load_bytecode(self, bucket):
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket):
        self.kept[bucket.key] = bucket.bytecode_to_string()


compiled = Compiled()
Application.jinja_options = {**Application.jinja_options, "bytecode_cache": compiled}
item_markup.Environment = functools.partial(jinja2.Environment, bytecode_cache=Compiled())

compile_builder = Rule._compile_builder
builders = {}


def compile_builder_once(rule, append_unknown):
    """The function that fills in a rule's address: a pure matter of its parts, and half of what an application costs."""
    key = (*rule._trace, append_unknown, repr(rule.defaults))
    if key not in builders:
        builders[key] = compile_builder(rule, append_unknown)
    return builders[key]


Rule._compile_builder = compile_builder_once

IN_AN_INSTALLATION = users._HASHER
users._HASHER = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
users._NOBODY = users._HASHER.hash("nobody's")
