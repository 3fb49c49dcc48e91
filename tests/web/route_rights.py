"""What each address of the application asks of a role: read by tests/web/test_route_rights.py.

A route that is not here fails the test: whoever adds one says who may use it.
"""

from dataclasses import dataclass
from urllib.parse import quote

from edc_core.domain.permission import OWN_QUERIES_ONLY, Role
from edc_core.domain.permission import Action as A  # noqa: N817 - one table, read by its columns
from tests.web.trial import STUDY, SUBJECT

HOME = f"/s/{STUDY}"
LIVE = "/s/DEMO@live"  #: the same study, not released, with a plugin of another version
PLUGIN = "edc-core-simulate"
BOOK = f"{HOME}/subjects/{SUBJECT}"
FORM = "V2[1]/VS[1]"
SYSBP = f"{FORM}/IG.VS[1]/SYSBP"
ROW = f"{FORM}/IG.AE"

OPEN = "open"  #: without signing in
ANYBODY = "anybody"  #: every account that is signed in
MEMBER = "member"  #: every role in the study or the installation


@dataclass(frozen=True)
class Route:
    """:param needs: OPEN, ANYBODY, MEMBER, or actions of which one is enough. :param also: actions that are all needed besides. :param body: sent instead of a form.
    :param without: roles that have the action and still may not here: the query, the count is another's.

    :param url: with ``{query}`` and so on from the scene. :param data: the fields of a form that is right.
    """

    needs: str | tuple[A, ...]
    url: str
    data: dict | None = None
    also: tuple[A, ...] = ()
    body: bytes | None = None
    without: frozenset = frozenset()


def get(needs, url, **more):
    return Route((needs,) if isinstance(needs, A) else needs, url, **more)


def post(needs, url, *, also=(), without=frozenset(), **data):
    return Route((needs,), url, {"op": "{op}", **data}, also=also, without=without)


def view(url, **more):
    return get(A.VIEW_DATA, url, **more)


OF_ONE_SITE = frozenset({Role.PI, Role.SUB, Role.CRC})
#: Who may type a form of the casebook a second time, so does not see all of it.
COVERED = frozenset({Role.SUB})
READ = f"{SUBJECT} {'0' * 64}"  #: a casebook of other content, as the page of several says that it was read
REVIEWS = (A.VERIFY_SOURCE, A.REVIEW_DATA, A.REVIEW_MEDICAL, A.REVIEW_SAFETY, A.REVIEW_STATISTICS)
LOCKERS = (A.LOCK, A.APPROVE_UNLOCK, A.APPROVE_STUDY_LOCK, A.FREEZE, A.LOCK_STUDY)
TESTERS = (A.ENTER_DATA, A.REVIEW_DATA, A.CREATE_QUERY, A.SIGN, A.RELEASE_STUDY)
ROUTES = {
    "static": get(OPEN, "/static/app.css"),
    "status.healthz": get(OPEN, "/healthz"),
    "status.icon": get(OPEN, "/favicon.ico"),
    "auth.login": get(OPEN, "/login"),
    "auth.sign_in": Route(OPEN, "/login", {"login": "x", "password": "y"}),
    "auth.reauth": Route(OPEN, "/reauth", {"login": "x", "password": "y"}),
    "auth.back": get(ANYBODY, "/reauth"),
    "auth.logout": Route(ANYBODY, "/logout", {}),
    "auth.ping": Route(ANYBODY, "/ping", {}),
    "account.forgot": get(OPEN, "/forgot"),
    "account.ask": Route(OPEN, "/forgot", {"login": "x"}),
    "account.by_link": get(OPEN, "/password/{link}"),
    "account.set_by_link": Route(OPEN, "/password/{link}", {"password": "short", "again": "short"}),
    "account.account": get(ANYBODY, "/account"),
    "account.change_password": Route(
        ANYBODY, "/account/password", {"present": "x", "password": "y", "again": "y"}
    ),
    "account.end_sessions": Route(ANYBODY, "/account/sessions", {}),
    "account.set_digest": Route(ANYBODY, "/account/digest", {"wanted": "true"}),
    "account.code": get(ANYBODY, "/code"),
    "account.give_code": Route(ANYBODY, "/code", {"code": "123456"}),
    "account.second_factor": get(ANYBODY, "/account/second-factor"),
    "account.confirm_factor": Route(
        ANYBODY, "/account/second-factor", {"sealed": "x", "code": "123456", "password": "x"}
    ),
    "proving.begin": Route(OPEN, "/prove/passkeys/begin", {"purpose": "sign-in"}),
    "proving.answer": Route(OPEN, "/prove/passkeys", {"answer": "{}"}),
    "proving.script": get(OPEN, "/prove/passkeys/script.js"),
    "proving.unlink": Route(
        ANYBODY, "/account/keys", {"authenticator": "passkeys", "created_at": "2026-01-01"}
    ),
    "home": get(ANYBODY, "/"),
    "help.legend": get(ANYBODY, "/help"),
    "subjects.matrix": get(MEMBER, f"{HOME}/subjects"),
    "subjects.as_csv": get(MEMBER, f"{HOME}/subjects.csv"),
    "subjects.add": post(A.ADD_SUBJECT, f"{HOME}/subjects", subject_key="KR01-0009", site="KR-01"),
    "subjects.casebook": view(BOOK),
    "subjects.subject_queries": view(f"{BOOK}/queries"),
    "subjects.add_event": post(A.ADD_SUBJECT, f"{BOOK}/events", event="UNS"),
    "subjects.event_not_done": post(A.ENTER_DATA, f"{BOOK}/events/V2/not-done", reason="Away"),
    "subjects.remove_event": post(A.STRIKE, f"{BOOK}/events/V2/removal", reason="Of another subject"),
    "subjects.protect": post(A.LOCK, f"{BOOK}/protection", action="lock", reason="Done"),
    "capture.form": view(f"{BOOK}/V2/VS"),
    "capture.save_item": post(A.ENTER_DATA, f"{BOOK}/items/{SYSBP}", value="120", base="1"),
    "capture.terms": view(f"{BOOK}/items/{FORM}/IG.VS[1]/COUNTRY/terms?q=Ko"),
    "capture.converted": view(f"{BOOK}/items/{FORM}/IG.VS[1]/TEMP/converted?value=37&from=C&to=F"),
    "capture.late_messages": view(f"{BOOK}/forms/{FORM}/messages"),
    "capture.complete": post(A.ENTER_DATA, f"{BOOK}/forms/{FORM}/complete"),
    "capture.reopen": post(A.REOPEN_FORM, f"{BOOK}/forms/{FORM}/reopen", reason_text="Late value"),
    "capture.remove": post(A.STRIKE, f"{BOOK}/forms/{FORM}/removal", reason_text="Of another subject"),
    "capture.not_done": post(A.ENTER_DATA, f"{BOOK}/forms/{FORM}/not-done", reason_code="ND"),
    "capture.add_row": post(A.ENTER_DATA, f"{BOOK}/rows/{FORM}/IG.AE"),
    "capture.strike_row": post(A.STRIKE, f"{BOOK}/strike/{ROW}[1]", reason_text="Wrong subject"),
    "capture_queries.item_history": view(f"{BOOK}/V2/VS/history?item={SYSBP}"),
    "capture_queries.query": view(f"{BOOK}/queries/{{query}}"),
    "capture_queries.act": post(
        A.ANSWER_QUERY, f"{BOOK}/queries/{{query}}", action="answer", text="It is right.", base="1"
    ),
    "capture_queries.new_query": get(A.CREATE_QUERY, f"{BOOK}/V2/VS/queries/new?item={SYSBP}"),
    "capture_queries.ask": post(A.CREATE_QUERY, f"{BOOK}/ask/{SYSBP}", text="Is it right?"),
    "capture_files.upload": Route(
        (A.ENTER_DATA,),
        f"{BOOK}/files/{FORM}/IG.VS[1]/SCAN?op={{op}}&name=b.pdf",
        {},
        body=b"%PDF-1.7\n" + b"1" * 2000,
    ),
    "capture_files.parts": get(A.ENTER_DATA, f"{BOOK}/parts/{FORM}/IG.VS[1]/SCAN?op={{op}}&name=b.pdf"),
    "capture_files.download": view(f"{BOOK}/files/{FORM}/IG.VS[1]/SCAN?sha256={{file}}"),
    "queries.queries": get(MEMBER, f"{HOME}/queries"),
    "queries.thread": view(f"{HOME}/queries/{{query}}"),
    "queries.act": post(
        A.CLOSE_QUERY,
        f"{HOME}/queries/{{query}}",
        without=OWN_QUERIES_ONLY,
        action="cancel",
        text="No.",
        base="1",
    ),
    "audit.subject_history": get(A.READ_TRAIL, f"{BOOK}/history"),
    "audit.study_history": get(A.READ_TRAIL, f"{HOME}/history"),
    "audit.then": view(f"{BOOK}/then"),
    "signing.sign": get(MEMBER, f"{HOME}/sign"),
    "signing.many": view(f"{HOME}/sign/read?subject={SUBJECT}", without=COVERED),
    "signing.give_many": post(
        A.SIGN, f"{HOME}/sign/read", sheet=READ, meaning="review", login="x", password="x"
    ),
    "signing.sheet": view(f"{BOOK}/signature", without=COVERED),
    "signing.give": post(
        A.SIGN, f"{BOOK}/signature", sha256="0" * 64, n="1", meaning="review", login="x", password="x"
    ),
    # Nobody has signed here: who may withdraw, and who reads what was signed, tests/services/test_signing.py says.
    "signing.withdraw": post(
        A.SIGN, f"{BOOK}/signature/withdraw", without=frozenset(Role), n="1", reason="Early"
    ),
    "signing.manifest": view(f"{BOOK}/signature/manifest", without=frozenset(Role)),
    "plugins.plugins": get(A.VIEW_PLUGINS, f"{HOME}/plugins"),
    "plugins.upgrade": post(A.UPGRADE_PLUGIN, f"{LIVE}/plugins", plugin=PLUGIN, reason="Tested"),
    "releases.release": get(MEMBER, f"{LIVE}/release"),
    "releases.sign": post(
        A.RELEASE_STUDY, f"{LIVE}/release", meta_data_version="v1", sha256="0" * 64, password="x"
    ),
    "plugin_file": get(ANYBODY, "/static/x/trail/trail.css"),
    # Pages of plugins, by their place in the plugin's list
    "x-amendments.0": get(A.COMPARE_VERSIONS, f"{HOME}/x/amendments"),
    "x-amendments.1": post(
        A.ACTIVATE_VERSION,
        f"{HOME}/x/amendments",
        version="v1",
        sites="KR-01",
        approval="EC 1",
        reason="New",
    ),
    "x-amendments.2": get(A.COMPARE_VERSIONS, f"{HOME}/x/amendments/compare?old=v1&new=v1"),
    "x-amendments.3": post(
        A.COMPARE_VERSIONS, f"{HOME}/x/amendments/impact", also=(A.VIEW_DATA,), old="v1", new="v1"
    ),
    "x-amendments.4": get(
        A.COMPARE_VERSIONS,
        f"{HOME}/x/amendments/impact/{{impact}}/forms.csv",
        without=frozenset(Role) - {Role.DM},
    ),
    "x-amendments.5": get(A.MIGRATE_FORMS, f"{HOME}/x/amendments/move?to=v1"),
    "x-amendments.6": post(
        A.MIGRATE_FORMS, f"{HOME}/x/amendments/move", to="v1", do="rehearse", sites="KR-01"
    ),
    "x-locking.0": get(A.LOCK, f"{HOME}/x/locking"),
    "x-locking.1": post(A.WAIVE_BLOCKER, f"{HOME}/x/locking", reason="Late", login="x", password="y"),
    "x-locking.2": get(A.LOCK, f"{HOME}/x/locking/open-before-lock.csv"),
    "x-locking.3": get(A.LOCK, f"{HOME}/x/locking/rehearsal"),
    "x-locking.4": post(A.LOCK, f"{HOME}/x/locking/rehearsal", action="lock", site="KR-01"),
    "x-locking.5": get(A.READ_TRAIL, f"{HOME}/x/locking/report"),
    "x-locking.6": get(A.READ_TRAIL, f"{HOME}/x/locking/lock-report.csv"),
    "x-locking.7": Route(LOCKERS, f"{HOME}/x/locking/console"),
    "x-locking.8": Route(
        LOCKERS,
        f"{HOME}/x/locking/console",
        {"op": "{op}", "action": "lock", "site": "KR-01", "reason": "Done"},
        also=(A.LOCK,),
    ),
    "x-country-jp.0": get(A.READ_TRAIL, f"{HOME}/x/country-jp/inspection-sheet.csv"),
    "x-countries.0": view(f"{HOME}/x/countries"),
    "x-countries.1": post(
        A.RECORD_EVIDENCE,
        f"{HOME}/x/countries/identifier",
        site="KR-01",
        name="kr-irb",
        value="2026-02-02",
        document="Letter",
    ),
    "x-countries.2": view(f"{HOME}/x/countries/deadlines"),
    "x-countries.3": view(f"{HOME}/x/countries/roadmap"),
    "x-countries.4": post(
        A.RECORD_EVIDENCE,
        f"{HOME}/x/countries/roadmap",
        also=(A.VIEW_DATA,),
        standard="KR-MFDS",
        step="start",
        day="2026-12-01",
    ),
    "x-deviations.0": view(f"{HOME}/x/deviations"),
    "x-deviations.1": view(f"{HOME}/x/deviations/deviations.csv"),
    "x-deviations.2": view(f"{HOME}/x/deviations/finding?key={{deviation}}"),
    "x-deviations.3": Route(
        (A.REVIEW_DATA, A.REVIEW_MEDICAL, A.VERIFY_SOURCE),
        f"{HOME}/x/deviations/finding",
        {"op": "{op}", "key": "{deviation}", "seen": "0", "category": "other", "words": "Late."},
    ),
    "x-deviations.4": post(A.REVIEW_DATA, f"{HOME}/x/deviations/checks", check="EDC.WINDOW"),
    "x-double-entry.0": view(f"{HOME}/x/double-entry"),
    "x-double-entry.1": view(f"{HOME}/x/double-entry/second-entries.csv"),
    "x-double-entry.2": view(f"{HOME}/x/double-entry/rates.csv"),
    "x-double-entry.3": view(f"{HOME}/x/double-entry/values.csv"),
    "x-double-entry.4": view(f"{HOME}/x/double-entry/form?subject={SUBJECT}&form=UNS[2]/VS[1]"),
    "x-double-entry.5": post(
        A.ENTER_DATA,
        f"{HOME}/x/double-entry/item/{SUBJECT}/{quote(quote('UNS[2]/VS[1]/IG.VS[1]/SYSBP', safe=''), safe='')}",
        without=frozenset({Role.CRC, Role.PI}),  # who entered it first, and who reads all of the site
        value="120",
    ),
    "x-double-entry.6": post(
        A.ENTER_DATA,
        f"{HOME}/x/double-entry/compare",
        without=frozenset({Role.CRC, Role.PI}),
        subject=SUBJECT,
        form="UNS[2]/VS[1]",
    ),
    "x-double-entry.7": post(
        A.ENTER_DATA,
        f"{HOME}/x/double-entry/decide",
        without=frozenset({Role.CRC, Role.SUB}),  # who typed one of the two entries
        subject=SUBJECT,
        form="UNS[3]/VS[1]",
        path="UNS[3]/VS[1]/IG.VS[1]/SYSBP",
        choice="first",
    ),
    "x-double-entry.8": get(A.ENTER_DATA, f"{HOME}/x/double-entry/first?subject={SUBJECT}&form=UNS[2]/VS[1]"),
    "x-double-entry.9": post(
        A.ENTER_DATA, f"{HOME}/x/double-entry/first", subject=SUBJECT, form="UNS[2]/VS[1]"
    ),
    "x-reconciliation.0": get((A.REVIEW_SAFETY, A.REVIEW_DATA), f"{HOME}/x/reconciliation"),
    "x-reconciliation.1": Route((A.REVIEW_SAFETY, A.REVIEW_DATA), f"{HOME}/x/reconciliation", {"op": "{op}"}),
    "x-reconciliation.2": get((A.REVIEW_SAFETY, A.REVIEW_DATA), f"{HOME}/x/reconciliation/differences.csv"),
    "x-reconciliation.3": Route(
        (A.REVIEW_SAFETY, A.REVIEW_DATA),
        f"{HOME}/x/reconciliation/ask",
        {"op": "{op}", "subject_key": SUBJECT, "text": "Was it reported?"},
    ),
    "x-reconciliation.4": Route(
        (A.REVIEW_SAFETY, A.REVIEW_DATA),
        f"{HOME}/x/reconciliation/say",
        {"op": "{op}", "event": "e", "do": "none", "words": "Of another study."},
    ),
    "x-reconciliation.5": Route(
        (A.REVIEW_SAFETY, A.REVIEW_DATA), f"{HOME}/x/reconciliation/keep", {"op": "{op}", "words": "None."}
    ),
    "x-coding.0": get((A.CODE_TERMS, A.APPROVE_CODING), f"{HOME}/x/coding"),
    "x-coding.1": post(A.CODE_TERMS, f"{HOME}/x/coding/code", g="0" * 16, term="90000001"),
    "x-coding.2": post(A.APPROVE_CODING, f"{HOME}/x/coding/approve", g="0" * 16, seen="0" * 64),
    "x-coding.3": post(
        A.CODE_TERMS, f"{HOME}/x/coding/take-back", g="0" * 16, seen="0" * 64, reason="Unclear"
    ),
    "x-coding.4": get((A.CODE_TERMS, A.APPROVE_CODING), f"{HOME}/x/coding/dictionaries"),
    "x-coding.5": post(A.CODE_TERMS, f"{HOME}/x/coding/use", name="MadeDRA", version="1.0 en"),
    "x-coding.6": post(A.CODE_TERMS, f"{HOME}/x/coding/autocode"),
    "x-coding.7": get(
        (A.CODE_TERMS, A.APPROVE_CODING), f"{HOME}/x/coding/version?name=MadeDRA&version=1.1+en"
    ),
    "x-coding.8": post(A.CODE_TERMS, f"{HOME}/x/coding/version", name="MadeDRA", version="1.1 en"),
    "x-check-list.0": get(A.COMPARE_VERSIONS, f"{HOME}/x/check-list"),
    "x-check-list.1": get(A.COMPARE_VERSIONS, f"{HOME}/x/check-list/checks.csv"),
    "x-check-list.2": get(A.RUN_CHECKS, f"{HOME}/x/check-list/again"),
    "x-check-list.3": post(A.RUN_CHECKS, f"{HOME}/x/check-list/again", also=(A.VIEW_DATA,), site="KR-01"),
    "x-check-list.4": get(A.COMPARE_VERSIONS, f"{HOME}/x/check-list/off"),
    "x-check-list.5": post(
        A.PAUSE_CHECK,
        f"{HOME}/x/check-list/off",
        check="SYSBP.RC1",
        since="2026-03-04",
        until="2026-03-04",
        reason="Why",
    ),
    "x-check-list.6": Route(
        (A.PAUSE_CHECK, A.APPROVE_PAUSE),
        f"{HOME}/x/check-list/off/decide",
        {"op": "{op}", "n": "1", "step": "approve", "reason": "Why"},
    ),
    "x-uat.0": get(A.READ_TRAIL, f"{HOME}/x/uat"),
    "x-uat.1": Route(
        TESTERS, f"{HOME}/x/uat", {"op": "{op}", "version": "v1", "chosen": "form:VS"}, also=(A.READ_TRAIL,)
    ),
    "x-uat.2": get(A.READ_TRAIL, f"{HOME}/x/uat/script?script=form:VS"),
    "x-uat.3": Route(
        TESTERS,
        f"{HOME}/x/uat/script",
        {"op": "{op}", "script": "form:VS", "version": "v1", "status": "passed"},
        also=(A.READ_TRAIL,),
    ),
    "x-uat.4": get(A.COMPARE_VERSIONS, f"{HOME}/x/uat/report", also=(A.READ_TRAIL,)),
    "x-uat.5": post(A.RELEASE_STUDY, f"{HOME}/x/uat/report", also=(A.READ_TRAIL,), sha256="0" * 64),
    "x-uat.6": get(A.COMPARE_VERSIONS, f"{HOME}/x/uat/report.json", also=(A.READ_TRAIL,)),
    "x-uat.7": get(A.COMPARE_VERSIONS, f"{HOME}/x/uat/report.csv", also=(A.READ_TRAIL,)),
    "x-uat.8": get(A.COMPARE_VERSIONS, f"{HOME}/x/uat/report.html", also=(A.READ_TRAIL,)),
    "x-uat.9": get(A.COMPARE_VERSIONS, f"{HOME}/x/uat/report.pdf", also=(A.READ_TRAIL,)),
    "x-uat.10": get(A.READ_TRAIL, f"{HOME}/x/uat/traceability"),
    "x-uat.11": get(A.READ_TRAIL, f"{HOME}/x/uat/traceability.csv"),
    "x-exports.0": Route((A.EXPORT_WORKING, A.EXPORT_LOCKED), f"{HOME}/x/exports"),
    "x-exports.1": post(A.EXPORT_LOCKED, f"{HOME}/x/exports", format="csv"),
    "x-exports.2": get(A.EXPORT_WORKING, f"{HOME}/x/exports/{{export}}"),
    "x-exports.3": post(A.EXPORT_LOCKED, f"{HOME}/x/exports/run", recipe="Final"),
    "x-exports.4": post(A.EXPORT_WORKING, f"{HOME}/x/exports/again", job="{export}"),
    "x-exports.5": post(A.EXPORT_WORKING, f"{HOME}/x/exports/cancel", job="{export}"),
    "x-exports.6": post(A.EXPORT_LOCKED, f"{HOME}/x/exports/recipes", recipe="Final"),
    "x-exports.7": get(A.EXPORT_LOCKED, f"{HOME}/x/exports/tokens"),
    "x-exports.8": post(A.EXPORT_LOCKED, f"{HOME}/x/exports/tokens", recipe="Final", days="1"),
    "x-exports.10": Route((A.EXPORT_LOCKED, A.MANAGE_SITES), f"{HOME}/x/exports/residency"),
    "x-exports.11": post(A.MANAGE_SITES, f"{HOME}/x/exports/residency", country="KR", basis="Consent"),
    "x-exports.9": post(A.EXPORT_LOCKED, f"{HOME}/x/exports/tokens/end", token="{token}"),
    "x-exports.12": get(A.EXPORT_WORKING, f"{HOME}/x/exports/copy/{{export}}"),
    "x-exports.13": post(
        A.EXPORT_WORKING,
        f"{HOME}/x/exports/copy/{{export}}",
        also=(A.VIEW_DATA,),
        method="review",
        compared="All",
    ),
    "x-exports.14": get(A.EXPORT_WORKING, f"{HOME}/x/exports/copy/{{export}}/record"),
    "x-conformance.0": Route((A.EXPORT_WORKING, A.EXPORT_LOCKED), f"{HOME}/x/conformance"),
    "x-conformance.1": post(A.EXPORT_LOCKED, f"{HOME}/x/conformance"),
    "x-conformance.2": post(A.EXPORT_WORKING, f"{HOME}/x/conformance/again", job="{check}"),
    "x-conformance.3": post(A.EXPORT_WORKING, f"{HOME}/x/conformance/cancel", job="{check}"),
    "x-conformance.4": get(A.EXPORT_WORKING, f"{HOME}/x/conformance/{{check}}/files"),
    "x-conformance.5": get(A.EXPORT_WORKING, f"{HOME}/x/conformance/{{check}}"),
    "x-conformance.6": get(A.EXPORT_WORKING, f"{HOME}/x/conformance/{{check}}/findings.csv"),
    "x-snapshots.0": get(A.EXPORT_LOCKED, f"{HOME}/x/snapshots"),
    "x-snapshots.1": post(A.SNAPSHOT, f"{HOME}/x/snapshots", name="First"),
    "x-snapshots.2": post(A.EXPORT_LOCKED, f"{HOME}/x/snapshots/verify", name="First"),
    "x-snapshots.3": get(A.READ_TRAIL, f"{HOME}/x/snapshots/difference?a=now", also=(A.EXPORT_LOCKED,)),
    "x-snapshots.4": get(A.READ_TRAIL, f"{HOME}/x/snapshots/difference.csv?a=now", also=(A.EXPORT_LOCKED,)),
    "x-snapshots.5": get(A.EXPORT_LOCKED, f"{HOME}/x/snapshots/sign?name=Kept"),
    "x-snapshots.6": post(A.SNAPSHOT, f"{HOME}/x/snapshots/sign", name="Kept", sha256="0", meaning="review"),
    "x-snapshots.7": get(A.EXPORT_LOCKED, f"{HOME}/x/snapshots/sealed?name=Kept"),
    "x-snapshots.8": get(A.READ_TRAIL, f"{HOME}/x/snapshots/drift", also=(A.EXPORT_LOCKED,)),
    "x-snapshots.9": post(A.READ_TRAIL, f"{HOME}/x/snapshots/drift", also=(A.EXPORT_LOCKED,)),
    "x-snapshots.10": get(A.READ_TRAIL, f"{HOME}/x/snapshots/drift.csv"),
    "x-query-dashboard.0": get(A.CREATE_QUERY, f"{HOME}/x/query-dashboard"),
    "x-query-dashboard.1": get(A.CREATE_QUERY, f"{HOME}/x/query-dashboard/query-ages.csv"),
    "x-query-dashboard.2": get(A.CREATE_QUERY, f"{HOME}/x/query-dashboard/query-yield.csv"),
    "x-query-dashboard.3": get(A.CLOSE_QUERY, f"{HOME}/x/query-dashboard/many"),
    "x-query-dashboard.4": post(A.CLOSE_QUERY, f"{HOME}/x/query-dashboard/many", step="close", reason="Done"),
    "x-transfer.0": get(A.IMPORT_DATA, f"{HOME}/x/transfer"),
    "x-transfer.1": post(A.IMPORT_DATA, f"{HOME}/x/transfer"),  # without a file: answered, not taken
    # Another's look is not there: who may, and that nobody sees another's, tests/plugins/transfer/test_page.py says.
    "x-transfer.2": post(
        A.IMPORT_DATA, f"{HOME}/x/transfer/decide", without=frozenset(Role), look="0" * 32, do="store"
    ),
    "x-transfer.3": get(
        A.IMPORT_DATA, f"{HOME}/x/transfer/looks/{'0' * 32}/changes.csv", without=frozenset(Role)
    ),
    "x-review.0": Route(REVIEWS, f"{HOME}/x/review"),
    "x-review.1": Route(REVIEWS, f"{HOME}/x/review/subject?subject={SUBJECT}"),
    "x-review.2": Route(REVIEWS, f"{HOME}/x/review/desk?subject={SUBJECT}&at=all"),
    "x-review.3": post(
        A.VERIFY_SOURCE, f"{HOME}/x/review/desk", subject=SUBJECT, group="sdv", values=f"1@{SYSBP}"
    ),
    "x-review.4": post(
        A.VERIFY_SOURCE,
        f"{HOME}/x/review/take-back",
        subject=SUBJECT,
        group="sdv",
        path=SYSBP,
        reason="Misread",
    ),
    "x-listings.0": view(f"{HOME}/x/listings"),
    "x-listings.1": view(f"{HOME}/x/listings/missing.csv"),
    "x-listings.2": view(f"{HOME}/x/listings/overdue"),
    "x-listings.3": view(f"{HOME}/x/listings/overdue.csv"),
    "x-listings.4": view(f"{HOME}/x/listings/items?part=[%22VS%22,%22%22]"),
    "x-listings.5": view(f"{HOME}/x/listings/items.csv?part=[%22VS%22,%22%22]"),
    "x-listings.6": post(
        A.VIEW_DATA, f"{HOME}/x/listings/items/keep", part='["VS", ""]', column="SYSBP", name="Pressures"
    ),
    "x-listings.7": post(A.VIEW_DATA, f"{HOME}/x/listings/items/give-up", name="Pressures"),
    "x-dashboards.0": view(f"{HOME}/x/dashboards"),
    "x-dashboards.1": view(f"{HOME}/x/dashboards/numbers/forms"),
    "x-audit-review.0": get(A.READ_TRAIL, f"{HOME}/x/audit-review"),
    "x-audit-review.1": get(A.READ_TRAIL, f"{HOME}/x/audit-review/risk/late"),
    "x-audit-review.2": get(A.READ_TRAIL, f"{HOME}/x/audit-review/risk/late/lines.csv"),
    "x-audit-review.3": post(A.READ_TRAIL, f"{HOME}/x/audit-review/keep", findings="None."),
    "x-access.0": get(A.MANAGE_USERS, "/x/access?day=2026-05-01"),
    "x-access.1": get(A.READ_TRAIL, f"{HOME}/x/access/review", without=OF_ONE_SITE),
    "x-access.2": post(
        A.RELEASE_STUDY,
        f"{HOME}/x/access/review",
        without=OF_ONE_SITE,
        findings="None",
        login="x",
        password="x",
    ),
    "x-access.3": Route(
        (A.RECORD_EVIDENCE, A.READ_TRAIL), f"{HOME}/x/access/evidence", without=OF_ONE_SITE - {Role.PI}
    ),
    "x-access.4": post(
        A.RECORD_EVIDENCE,
        f"{HOME}/x/access/evidence",
        login="anna@cro.example",
        kind="delegation",
        site="KR-01",
        document="Log, page 1",
    ),
    "x-access.5": get(A.MANAGE_SITES, f"{HOME}/x/access/sites"),
    "x-access.6": post(
        A.MANAGE_SITES,
        f"{HOME}/x/access/sites",
        number="KR-77",
        name="Busan",
        country="KR",
        zone="Asia/Seoul",
    ),
    "x-people.0": get(A.MANAGE_USERS, "/x/people"),
    "x-people.1": post(A.MANAGE_USERS, "/x/people", login="n", full_name="New", email="n@mail.example"),
    "x-people.2": get(A.MANAGE_USERS, "/x/people/person?login=jiwoo@site.example"),
    "x-people.3": post(
        A.MANAGE_USERS, "/x/people/roles", login="jiwoo@site.example", role="AUD", study=STUDY
    ),
    "x-people.4": post(
        A.MANAGE_USERS, "/x/people/end", login="jiwoo@site.example", grant_id="{grant}", reason="Left"
    ),
    "x-people.5": Route(
        (A.MANAGE_USERS,), "/x/people/care", {"login": "jiwoo@site.example", "act": "unlock"}
    ),
    "x-corrections.0": Route(
        (A.CORRECT_SUBJECT, A.MOVE_SUBJECT, A.STRIKE), f"{HOME}/x/corrections?subject={SUBJECT}"
    ),
    "x-corrections.1": post(
        A.CORRECT_SUBJECT,
        f"{HOME}/x/corrections/number",
        subject=SUBJECT,
        new_key="KR01-0008",
        reason="Mistyped",
    ),
    "x-corrections.2": post(
        A.MOVE_SUBJECT,
        f"{HOME}/x/corrections/site",
        without=OF_ONE_SITE,  # the right is needed at both sites
        subject=SUBJECT,
        site="DE-01",
        day="2026-03-02",
        reason="Moved",
    ),
    "x-corrections.3": get(A.STRIKE, f"{HOME}/x/corrections/data?subject={SUBJECT}"),
    "x-corrections.4": post(
        A.STRIKE,
        f"{HOME}/x/corrections/data",
        subject=SUBJECT,
        to=SUBJECT,
        form=FORM,
        seen="0",
        reason="Wrong",
    ),
    "x-corrections.5": view(f"{HOME}/x/corrections/transfers"),
    "x-access.7": post(
        A.MANAGE_SITES, f"{HOME}/x/access/sites/close", number="KR-01", reason="The site ended"
    ),
    "x-access.8": post(
        A.MANAGE_SITES, f"{HOME}/x/access/sites/risk", number="KR-01", risk="low", reason="Well trained"
    ),
    "x-access.9": Route(
        (A.RECORD_EVIDENCE, A.READ_TRAIL), f"{HOME}/x/access/rights", without=OF_ONE_SITE - {Role.PI}
    ),
    "x-unblinding.0": Route((A.UNBLIND, A.READ_TRAIL), f"{HOME}/x/unblinding"),
    "x-unblinding.1": get(A.UNBLIND, f"{HOME}/x/unblinding/subject?subject={SUBJECT}"),
    "x-unblinding.2": post(
        A.UNBLIND,
        f"{HOME}/x/unblinding/subject",
        subject=SUBJECT,
        kind="emergency",
        happened="2026-03-01T10:00",
        told="Investigator",
        reason="Anaphylaxis",
        login="x",
        password="x",
    ),
    "x-redaction.0": Route((A.REDACT, A.APPROVE_REDACTION), f"{HOME}/x/redaction"),
    "x-redaction.1": get(A.REDACT, f"{HOME}/x/redaction/ask?subject={SUBJECT}&entry={{words}}"),
    "x-redaction.2": post(
        A.REDACT, f"{HOME}/x/redaction/ask", subject=SUBJECT, entry="{words}", reason="Not ours"
    ),
    "x-redaction.3": post(
        A.APPROVE_REDACTION,
        f"{HOME}/x/redaction/decide",
        subject=SUBJECT,
        request="{redaction}",
        approve="true",
        reason="Agreed",
    ),
    "x-trail.0": get(A.READ_TRAIL, f"{HOME}/x/trail"),
    "x-trail.1": get(A.READ_TRAIL, f"{HOME}/x/trail/trail.csv"),
    "x-trail.2": get(A.READ_TRAIL, f"{HOME}/x/trail/trail.json"),
    "x-trail.3": get(A.READ_TRAIL, f"{HOME}/x/trail/access", without=OF_ONE_SITE),
    "x-trail.4": get(A.READ_TRAIL, f"{HOME}/x/trail/access.csv", without=OF_ONE_SITE),
    "x-trail.5": get(A.READ_TRAIL, f"{HOME}/x/trail/as-of", without=OF_ONE_SITE | {Role.CRA}),
    "x-trail.6": get(A.READ_TRAIL, f"{HOME}/x/trail/as-of.json", without=OF_ONE_SITE | {Role.CRA}),
    "x-trail.7": get(A.READ_TRAIL, f"{HOME}/x/trail/trail.pdf"),
    "x-trail.8": get(A.READ_TRAIL, f"{HOME}/x/trail/acceptances"),
    "x-trail.9": get(A.READ_TRAIL, f"{HOME}/x/trail/acceptances.csv"),
    "x-privacy-record.0": get(A.EXPORT_LOCKED, f"{HOME}/x/privacy-record"),
    "x-privacy-record.1": post(
        A.MANAGE_SITES,
        f"{HOME}/x/privacy-record",
        also=(A.VIEW_DATA,),
        controller="Example Pharma SE",
        joint="",
        representative="",
        officer="",
        purposes="",
        recipients="",
        measures="",
    ),
    "x-privacy-record.2": get(A.EXPORT_LOCKED, f"{HOME}/x/privacy-record/record.csv"),
    "x-privacy-record.3": get(A.EXPORT_LOCKED, f"{HOME}/x/privacy-record/record.html"),
    "x-privacy-record.4": get(A.EXPORT_LOCKED, f"{HOME}/x/privacy-record/assessment.csv"),
    "x-subject-rights.0": get(A.READ_TRAIL, f"{HOME}/x/subject-rights"),
    "x-subject-rights.1": get(A.READ_TRAIL, f"{HOME}/x/subject-rights/requests.csv"),
    "x-subject-rights.2": post(
        A.RECORD_REQUEST,
        f"{HOME}/x/subject-rights",
        subject=SUBJECT,
        kind="access",
        on="2026-01-05",
        words="A copy of the data",
    ),
    "x-subject-rights.3": post(
        A.RECORD_REQUEST,
        f"{HOME}/x/subject-rights/step",
        request="{request}",
        step="done",
        on="2026-01-06",
        words="Handed over",
    ),
    "x-subject-rights.4": post(A.REVIEW_DATA, f"{HOME}/x/subject-rights/days", days="10"),
    "x-investigator-copy.0": Route((A.MAKE_COPY, A.TAKE_COPY), f"{HOME}/x/investigator-copy"),
    "x-investigator-copy.1": post(A.MAKE_COPY, f"{HOME}/x/investigator-copy/make", site="KR-01"),
    "x-investigator-copy.2": post(
        A.MAKE_COPY, f"{HOME}/x/investigator-copy/hand-over", copy="{copy}", login="x.PI", site="KR-01"
    ),
    "x-investigator-copy.3": post(
        A.MAKE_COPY, f"{HOME}/x/investigator-copy/hosting", hosting="CRO", every_days="0", reason="Contract"
    ),
    "x-investigator-copy.4": get(A.TAKE_COPY, f"{HOME}/x/investigator-copy/copy/{{copy}}"),
    "x-investigator-copy.5": post(A.TAKE_COPY, f"{HOME}/x/investigator-copy/copy/{{copy}}", code="wrong"),
    "x-investigator-copy.6": post(
        A.TAKE_COPY, f"{HOME}/x/investigator-copy/copy/{{copy}}/receipt", login="x.PI", password="wrong"
    ),
}
