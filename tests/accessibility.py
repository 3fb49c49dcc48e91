"""What axe finds on a page. Its half a megabyte is read once by each document, and only what it found comes back."""

from axe_playwright_python.base import AXE_SCRIPT

RUN = "options => axe.run(options).then(found => found.violations)"


def violations(page, **options):
    """Each rule that a page breaks: its id, where first, at how many places.

    :param options: of axe.run, besides.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate(RUN, {"resultTypes": ["violations"], **options})
    return [(one["id"], one["nodes"][0]["html"][:160], len(one["nodes"])) for one in found]
