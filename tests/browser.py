"""Chromium for tests marked `browser`, through pytest-playwright's fixtures (`page`, `context`)."""

import pytest

from dev import find_chromium
from tests.requirements import not_run

#: A browser heeds the last list of features only: first what Playwright leaves out, which must stay out, then our own.
LEFT_OUT = [
    "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "TcpPortRandomizationWin",
    "ThirdPartyStoragePartitioning",
    "msEdgeUpdateLaunchServicesPreferredVersion",
    "msForceBrowserSignIn",
    # What the address bar proposes stands on two pages of the browser's own: half of what an empty context costs.
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxFullPopup",
    "WebUIOmniboxPopup",
]
QUIET = [
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    f"--disable-features={','.join(LEFT_OUT)}",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    # The browser's part of tests/network.py: no name but localhost resolves.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1, EXCLUDE [::1]",
    "--no-sandbox",  # Chromium refuses its sandbox to root, which CI is; pages here are our own
]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    browser = find_chromium()
    if browser is None:
        not_run("no Chromium, Chrome or Edge found; install one or set EDC_CHROMIUM")
    return {**browser_type_launch_args, "executable_path": browser, "args": QUIET}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return {
        **browser_context_args,
        "locale": "en-GB",
        "timezone_id": "Europe/Berlin",  # never the server's UTC, so that a mix-up shows
        "viewport": {"width": 1366, "height": 768},
    }
