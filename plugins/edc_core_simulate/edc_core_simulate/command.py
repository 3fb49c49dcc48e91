"""``edc simulate``: reads the options, runs, prints."""

from __future__ import annotations

import time
from datetime import date, datetime
from typing import Any

import click

from edc_core.api import BadRequest, CommandLine, NotAllowed, StudyAtHand
from edc_core_simulate import report
from edc_core_simulate.case import BASE_DATE
from edc_core_simulate.run import Simulation, Wanted, stories_of

HINT = "A study's sites stand in its study.yaml."


@click.command()
@click.argument("study")
@click.option("--subjects", default=24, show_default=True, type=click.IntRange(1), help="How many to enter.")
@click.option("--seed", default=7, show_default=True, help="The same seed gives the same data.")
@click.option(
    "--scenario", "scenarios", default="", metavar="S1,...", help="Stories the first subjects tell, or all."
)
@click.option(
    "--base-date",
    default=BASE_DATE.isoformat(),
    show_default=True,
    type=click.DateTime(["%Y-%m-%d"]),
    help="First possible visit.",
)
@click.option("--brief", is_flag=True, help="Print one line.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
@click.pass_obj
def simulate(
    line: CommandLine,
    study: str,
    subjects: int,
    seed: int,
    scenarios: str,
    base_date: datetime,
    *,
    brief: bool,
    as_json: bool,
) -> int:
    """Fill a study with made-up subjects. They go through the real services; what its checks do is reported.

    The same seed gives the same data, and a repeated run adds nothing. Live studies are refused.
    """
    session = line.plugin_session("simulate")
    at_hand = session.study(study)
    wanted = Wanted(subjects, seed, _scenarios(at_hand, scenarios), _day(base_date))
    if at_hand.environment == "live":
        raise NotAllowed(f"{at_hand.name} is live: made-up subjects belong into dev or uat.")
    if not at_hand.sites:
        raise BadRequest(f"{at_hand.name} has no site to enrol subjects at. {HINT}")
    simulation = Simulation(session, at_hand, wanted)
    began = time.monotonic()
    with line.progress("Subjects", quiet=as_json) as tell:
        simulation.run(tell)
    result = _result(at_hand, wanted, simulation, time.monotonic() - began)
    if as_json:
        line.print_json(result)
    else:
        _print(line, result, brief=brief)
    return 1 if simulation.tally.problems else 0


def _day(moment: datetime) -> date:
    return moment.date()


def _scenarios(study: StudyAtHand, text: str) -> tuple[str, ...]:
    named = tuple(dict.fromkeys(filter(None, (part.strip() for part in text.split(",")))))
    known = stories_of(study)
    if text == "all":
        return tuple(known)
    if wrong := [name for name in named if name not in known]:
        offered = "; ".join(f"{name}: {what}" for name, what in known.items()) or "none"
        raise BadRequest(f"There is no scenario '{wrong[0]}' for {study.name}. There are: {offered}.")
    return named


def _result(study: StudyAtHand, wanted: Wanted, simulation: Simulation, seconds: float) -> dict[str, Any]:
    tally, work = simulation.tally, simulation.work
    checks = report.check_rows(study, tally)
    return {
        "study": study.name,
        "seed": wanted.seed,
        "subjects": tally.subjects,
        "added": tally.added,
        "forms": sum(tally.entered.values()),
        "item_values": tally.values,
        "queries": tally.queries,
        "query_work": {"answered": work.answered, "closed": work.closed, "asked": work.asked},
        "checks": checks,
        "never_fired": [row["check"] for row in checks if not row["fired"]],
        "often_fired": [row["check"] for row in checks if row["share"] > report.OFTEN],
        "unreachable_items": report.unreachable(study, tally),
        "time_per_form": report.time_rows(tally),
        "problems": tally.problems,
        "seconds": round(seconds, 2),
        "subjects_per_second": round(tally.added / seconds, 1) if seconds else 0.0,
    }


def _print(line: CommandLine, result: dict[str, Any], *, brief: bool) -> None:
    click.echo(
        f"{result['study']}, seed {result['seed']}: {result['subjects']} subjects ({result['added']} new), "
        f"{result['forms']} forms, {result['item_values']} values, {result['queries']} queries "
        f"in {result['seconds']} s"
    )
    for problem in result["problems"]:
        click.echo(f"not entered: {problem}", err=True)
    if brief:
        return
    rows = [
        (row["check"], row["form"], row["fired"], row["forms"], f"{row['share']:.1%}", row["title"][:60])
        for row in result["checks"]
        if row["fired"]
    ]
    line.print_table(("check", "form", "fired", "of forms", "share", "title"), rows, empty="No check fired.")
    for words, key in (
        ("Never fired", "never_fired"),
        (f"Fired in more than {report.OFTEN:.0%} of its forms", "often_fired"),
        ("Items that got no value", "unreachable_items"),
    ):
        click.echo(f"{words}: {', '.join(result[key]) or 'none'}")
    times = [(row["form"], row["forms"], row["items"], row["seconds"]) for row in result["time_per_form"]]
    line.print_table(("form", "entered", "items", "seconds"), times, empty="")
