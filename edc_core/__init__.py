"""An electronic data capture framework for clinical trials, extended by plugins."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("edc-core")
except PackageNotFoundError:  # running from a source tree that was never installed
    __version__ = "0.0.0"
