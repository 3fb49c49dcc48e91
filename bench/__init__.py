"""Our hot paths beside the floor of the machine and beside peers, in one run: ``python -m bench``."""
