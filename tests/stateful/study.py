"""A small study in which one change moves much: a value that is calculated from another visit, hidden items, rows,
limits that ask, visits that repeat, two sites and a plan of review for every group."""

from dataclasses import replace

from edc_core.definitions.loader import load
from edc_core.domain.metadata import Policy, ReviewRule, SiteDef
from edc_core.domain.review_plan import ReviewGroup

DEFINITION = """\
oid: ANY-ORDER
version: {oid: "1"}
events:
  - {oid: SCR, forms: [DM, VS]}
  - {oid: V1, forms: [VS]}
  - {oid: UNS, type: Unscheduled, repeating: true, forms: [VS]}
  - {oid: LOGS, type: Common, forms: [AE]}
forms:
  - oid: DM
    items:
      - {name: AGE, question: Age, type: integer, required: true, range: [{le: "130", hard: true}]}
      - {name: SEX, question: Sex, codelist: SEX}
      - {name: PREGNANT, question: Pregnant, codelist: NY, when: SEX == 'F'}
  - oid: VS
    items:
      - {name: WEIGHT, question: Weight, type: float, significant_digits: 1, range: [{ge: "30"}, {le: "150"}]}
      - name: CHANGE
        question: Change from the visit before
        type: float
        significant_digits: 1
        derive: WEIGHT - previous(VS, WEIGHT)
      - name: NOTE
        question: Remark
        checks:
          - oid: HEAVY
            that: WEIGHT < 100 or present(NOTE)
            message: The weight is 100 kg or more. Please add a remark or correct it.
            fires: {WEIGHT: 120}
            passes: [{WEIGHT: 120, NOTE: seen}, {WEIGHT: 80}]
          - oid: OLD
            that: not (DM.AGE > 80 and WEIGHT > 90)
            message: This is much for a person of that age. Please check weight and age.
            fires: {DM.AGE: 85, WEIGHT: 95}
            passes: {DM.AGE: 50, WEIGHT: 95}
  - oid: AE
    groups:
      - name: LOG
        repeating: true
        items:
          - {name: TERM, question: What, required: true}
          - {name: GRADE, question: Grade, type: integer, range: [{ge: "1"}, {le: "5"}]}
codelists:
  - {oid: NY, terms: {Y: "Yes", N: "No"}}
  - {oid: SEX, terms: {F: Female, M: Male}}
"""

SITES = (
    SiteDef("KR-01", "Seoul One", "KR", "Asia/Seoul"),
    SiteDef("US-01", "Boston One", "US", "America/New_York"),
)


def any_order(folder):
    """The definition, read from YAML as a trial builder writes it."""
    file = folder / "study.yaml"
    file.write_text(DEFINITION, encoding="utf-8")
    plan = tuple(ReviewRule(group) for group in ReviewGroup)
    policy = Policy(review_first=("HEAVY",))
    return replace(load(file).required(), sites=SITES, review_plan=plan, policy=policy)
