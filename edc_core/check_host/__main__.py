"""Entry of the check host's process."""

from edc_core.check_host.child import main

if __name__ == "__main__":
    main()
