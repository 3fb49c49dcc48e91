"""What the browser's part says. Kept with the other texts, so that one catalogue holds all of them."""

from __future__ import annotations

import json

from markupsafe import Markup

from edc_core.rendering.widgets import MISSING_WORDS

BROWSER = {
    "saving": "Saving...",
    "savedAt": "Saved {time}",
    "oneNotSent": "Not sent (1 item, retrying)",
    "notSent": "Not sent ({n} items, retrying)",
    "oneHeld": "1 change waits for a reason",
    "held": "{n} changes wait for a reason",
    "heldChoice": "Two values, please choose",
    "heldUnit": "Another unit, please choose",
    "unitAsk": "The unit was {from}, now it is {to}. What about the number?",
    "unitAskKeys": "The unit was {from}, now it is {to}. 1 keeps the number, 2 converts it, Escape takes the unit back.",
    "unitKeep": "Keep {value} {to}",
    "unitConvert": "Convert to {value} {to}",
    "unitNoFactor": "It cannot be converted",
    "unitFirst": "Please say first whether the number is kept or converted.",
    "twoValues": "Not sent: somebody saved another value.",
    "choose": "Choose",
    "notStored": "Not stored: {why}",
    "busy": "Server busy. Your entries are kept here and sent again on their own.",
    "failed": "The server could not store this. Your entries are kept here and sent again on their own.",
    "offline": "The server does not answer. Your entries are kept here and sent again on their own.",
    "versionChanged": "The study has a newer version of this form. Your entries are kept; reload the page to go on.",
    "noPlace": "The new version of this form has no place for what you entered here, so it was not stored: {list}",
    "actionFailed": "That did not work. The page is unchanged; please try again. Reference {reference}",
    "actionOffline": "The server does not answer. The page is unchanged; please try again.",
    "status400": "the server could not read it. Please reload the page and enter it again.",
    "status403": "your role does not include entering this.",
    "status404": "this item is not in the form any more. Please reload the page.",
    "status413": "the text is too long.",
    "status423": "no change is taken here now; the message above says why. Keep it on paper and enter it later.",
    "oneReplayed": "Sent 1 item that was waiting.",
    "replayed": "Sent {n} items that were waiting.",
    "relogin": "Your session has ended. This page and what you typed are kept.",
    "reloginOne": "Your session has ended. This page is kept; 1 item is sent after you sign in.",
    "reloginMany": "Your session has ended. This page is kept; {n} items are sent after you sign in.",
    "offlineLogin": "The server does not answer. Please try again in a moment.",
    "idle": "You will be signed out in {time}. Any key or click keeps you signed in.",
    "oneTerm": "1 answer fits. Arrow down chooses it.",
    "terms": "{n} answers fit. Arrow keys choose one.",
    "noValue": "No value",
    "noTerms": "No answer fits.",
    "noSearch": "The list cannot be searched now. What you typed is kept.",
    "fileKind": "{name} is of another kind. Expected is {takes}.",
    "fileSize": "{name} is too large. Expected is {takes}.",
    "fileOne": "one answer takes one file. Please drop a single one.",
    "fileEmpty": "{name} is empty. Please choose the file again.",
    "fileSending": "Sending {name}.",
    "fileSent": "{name} has arrived.",
    "filePreview": "Preview of {name}, larger in a new tab",
    "fileStopped": "it was stopped before all of it was sent.",
    "fileOffline": "the server does not answer. The file is still chosen; please send it again.",
    "fileWaits": "The connection is lost. What has arrived is kept, and the rest follows by itself.",
    "fileChanged": "the file can no longer be read. Please choose it again.",
    "fileFirst": "One file is still being sent. Wait for it, or stop it.",
    "reasonFirst": "Please say why the value changed first.",
    "refusedFirst": "One value was not stored. Please correct it first.",
}


def browser_words() -> Markup:
    """The texts as JSON for a data block. ``<`` is escaped, so no text can end the block."""
    text = json.dumps({**BROWSER, "reasons": dict(MISSING_WORDS)}, ensure_ascii=False)
    return Markup(text.replace("<", "\\u003c"))  # noqa: S704 - made of constants, and escaped for its place
