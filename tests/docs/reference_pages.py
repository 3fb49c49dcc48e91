"""The parts of reference pages that are made from the code, between two comments.

`python -m tests.docs.reference_pages` writes them anew; the tests beside this file compare.
"""

import re
import sys
from pathlib import Path

import click

from edc_core.cli.main import edc
from edc_core.cli.session import Session
from edc_core.domain import entry_state, protection, query, review, signature
from edc_core.domain.permission import INSTALLATION, MATRIX, OWN_QUERIES_ONLY, ROLE_WORDS, Action, Role

REFERENCE = Path(__file__).resolve().parents[2] / "docs/reference"
_PART = r"(<!-- made from the code: {name} -->\n).*?(<!-- end -->)"


def table(columns, rows):
    lines = [columns, ["---"] * len(columns), *rows]
    return "".join(f"| {' | '.join(str(cell).replace('|', '&#124;') for cell in line)} |\n" for line in lines)


# Command line


def commands(context=None):
    """(full name, command, context) of every command, groups first, in the order `--help` shows."""
    context = context or click.Context(edc, info_name="edc", obj=Session())
    yield context.command_path, context.command, context
    if isinstance(context.command, click.Group):
        for name in context.command.list_commands(context):
            command = context.command.get_command(context, name)
            yield from commands(click.Context(command, info_name=name, parent=context, obj=context.obj))


def command_section(path, command, context):
    usage = " ".join([path, *command.collect_usage_pieces(context)])
    parts = [f"## {path}\n", " ".join(command.help.split()) + "\n"]
    if isinstance(command, click.Group):
        names = [
            f"[{path} {name}](#{f'{path} {name}'.replace(' ', '-')})"
            for name in command.list_commands(context)
        ]
        parts.append(f"Commands: {', '.join(names)}\n")
    else:
        parts.append(f"```\n{usage}\n```\n")
        rows = [option_row(one) for one in command.params if isinstance(one, click.Option)]
        if rows:
            parts.append(table(["option", "meaning"], rows))
    return "\n".join(parts)


def option_row(option):
    names = ", ".join(f"`{name}`" for name in option.opts)
    if isinstance(option.type, click.Choice):
        value = " " + ", ".join(f"`{choice}`" for choice in option.type.choices)
    elif option.is_flag:
        value = ""
    else:
        value = f" {option.metavar or option.type.name.upper()}"
    notes = [option.help or ""]
    if option.required:
        notes.append("Required.")
    if option.show_default and not option.is_flag:
        notes.append(f"Default: `{option.default}`.")
    return names + value, " ".join(notes)


def cli():
    return "\n".join(command_section(*one) for one in commands())


# Permissions


def roles():
    return table(["code", "role"], [[f"`{role}`", words] for role, words in ROLE_WORDS.items()])


def matrix():
    def row(action):
        marks = [
            ("own" if is_own(action, role) else "yes") if role in MATRIX[action] else "" for role in Role
        ]
        where = " (installation)" if action in INSTALLATION else ""
        return [f"{action}{where}", *marks]

    return table(["action", *Role], [row(action) for action in Action])


def is_own(action, role):
    return action is Action.CLOSE_QUERY and role in OWN_QUERIES_ONLY


# States


def transitions(table_of, states, actions):
    rows = []
    for state in states:
        row = [f"**{state}**"]
        row += [table_of.get((state, action), "") for action in actions]
        rows.append(row)
    return table(["from", *actions], rows)


def entry_states():
    return transitions(entry_state.TRANSITIONS, entry_state.EntryStatus, entry_state.EntryAction)


def query_states():
    return transitions(query.TRANSITIONS, query.QueryState, query.QueryAction)


def review_states():
    return transitions(review.TRANSITIONS, review.ReviewState, review.ReviewAction)


def signature_states():
    steps = {pair: f"{after} ({who})" for pair, (after, who) in signature.TRANSITIONS.items()}
    return transitions(steps, signature.SignatureState, signature.SignatureAction)


def protection_states():
    return transitions(protection.TRANSITIONS, protection.Protection, protection.ProtectAction)


def protection_allows():
    rows = [
        [f"**{state}**", *("yes" if touch in protection.ALLOWED[state] else "" for touch in protection.Touch)]
        for state in protection.Protection
    ]
    return table(["protection", *protection.Touch], rows)


PARTS = {
    "cli.md": {"commands": cli},
    "permissions.md": {"roles": roles, "matrix": matrix},
    "states.md": {
        "entry": entry_states,
        "query": query_states,
        "review": review_states,
        "signature": signature_states,
        "protection": protection_states,
        "allowed": protection_allows,
    },
}


def written_anew(page):
    """The page's text with its made parts as the code has them now."""
    text = (REFERENCE / page).read_text(encoding="utf-8")
    for name, make in PARTS[page].items():
        pattern = _PART.format(name=re.escape(name))
        made = make()
        text, found = re.subn(
            pattern, lambda match, made=made: f"{match[1]}\n{made}\n{match[2]}", text, flags=re.DOTALL
        )
        assert found == 1, f"{page} has no place for '{name}'"
    return text


if __name__ == "__main__":
    for page in PARTS:
        (REFERENCE / page).write_text(written_anew(page), encoding="utf-8")
        sys.stdout.write(f"{page}\n")
