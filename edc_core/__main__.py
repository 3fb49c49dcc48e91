"""``python -m edc_core``: the same as ``edc``, where scripts are not on the path."""

from edc_core.cli import main

main()
