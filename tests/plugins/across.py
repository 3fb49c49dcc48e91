"""A plugin with a check across subjects: no two subjects of a study use the same kit."""

from edc_core.api import CrossSubjectCheck, StudyFinding, hookimpl


def used_before(study):
    """The later use is asked about, so that one mistake is one query."""
    first = {}
    for row in sorted(study.rows("EX"), key=lambda row: row.instant("DAT", "TIM").timestamp()):
        other = first.setdefault(row.text("KITNO"), row)
        if other is not row:
            yield StudyFinding(row, "KITNO", "This kit was used before. Please check.", rests_on=(other,))


def fails(study):
    raise ValueError("a collected value")


class plugin:  # noqa: N801
    @staticmethod
    @hookimpl
    def edc_register_checks(study):
        yield CrossSubjectCheck("KIT", "Kit used twice", "EX", ("EX.KITNO", "EX.DAT", "EX.TIM"), used_before)


class failing:  # noqa: N801
    @staticmethod
    @hookimpl
    def edc_register_checks(study):
        yield CrossSubjectCheck("BAD", "Fails", "EX", ("EX.KITNO",), fails)


class unknown:  # noqa: N801
    @staticmethod
    @hookimpl
    def edc_register_checks(study):
        yield CrossSubjectCheck("KIT", "Kit", "EX", ("EX.NOWHERE",), used_before)
