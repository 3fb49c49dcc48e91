"""What holds for the definition of every demo trial; a test class inherits it and names its trial.

The module of that class has the fixtures ``checked``, ``index`` and ``rules``, the latter with what its plugins bring.
"""

import re

from edc_core.expressions.examples import run_example
from edc_core.expressions.names import StudyNames

#: OIDs of checks that a country standard brings; who answers for their words is the standard.
OF_A_COUNTRY = re.compile(r"[A-Z]{2}-B\d+\.")


class DefinitionOfATrial:
    protocol: str  #: how a section of the protocol begins
    found: frozenset[str] = (
        frozenset()
    )  #: codes of findings: of texts that wait for translation, where there are some

    def test_every_check_is_shown_to_fire_and_to_pass(self, checked):
        """Ends of declared limits that no value of the item's length can cross have no example that fires."""
        for check in checked.checks():
            shown = {example.fires for example in check.examples}
            assert shown == {True, False} or re.search(r"\.(GE|GT|LE|LT)$", check.oid), check.oid

    def test_every_example_does_what_it_says(self, index, rules):
        names = StudyNames(index)
        done = 0
        assert rules.faults == []
        for check in rules.checks:
            for example in check.range_check.examples:
                assert run_example(names, check, example) is example.fires, (check.range_check.oid, example)
                done += 1
        assert done > 300

    def test_nothing_is_found_but_what_waits_for_translation(self, checked):
        """The examples of coded checks are run here too."""
        assert {finding.code for finding in checked.findings} == self.found
        assert checked.is_publishable

    def test_every_check_by_expression_is_said_in_english_and_korean_and_names_the_protocol(self, rules):
        own = [check for check in rules.checks if not OF_A_COUNTRY.match(check.range_check.oid)]
        assert len(own) > 100
        for check in own:
            assert {language for language, _ in check.range_check.message.texts} == {"en", "ko"}
            assert check.range_check.protocol.startswith(self.protocol)
