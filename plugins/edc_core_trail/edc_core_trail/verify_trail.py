"""Check an exported audit trail: python3 -I -S verify_trail.py [FOLDER] [--key PUBLIC_KEY]

Needs Python 3.9 or later and nothing else; reads only the files of the export, and reaches no network and no database.
FOLDER holds the export; without it, the folder of this file. PUBLIC_KEY, 64 hex digits, is the key that you were given
by another way than this export; with it, every signed anchor has to go back to that key.

What it does:
1. digests of the files against manifest.json, and the number of entries;
2. every entry: its payload's digest, its hash, its link to the entry before, its place and time in its chain;
3. the state (cut) of the study: the Merkle root over the last entry of each of its chains;
4. the chain of the installation (accounts, roles, keys) in installation.jsonl, where there is one, entry by entry;
5. what was signed, in the folder signed: that each file is the one of its name and that a signature names it;
6. every anchor: that it follows the one before, that its root is that of the entries then, who signed it.
In the copy of a site, which has some of the study's chains, a path of hashes leads from each of these chains to the root of the
anchor. An anchor vouches for an entry and for those before it, back to one that is not shown.
It names the first thing that is wrong in each chain. Exit: 0 clean, 1 problems, 2 no export to be read.
"""

# ruff: noqa: T201 - a script that says what it found

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Point = tuple[int, int, int, int]
    Entry = dict[str, Any]

TAGS = ("edc1", "edc2")  # since edc2 the words of a reason stand in the hash by their SHA-256
REASON_LEFT = re.compile(r"\[redacted\] sha256:([0-9a-f]{64})")
OUTSIDE_HASH = {"payload", "prev", "hash"}
COLUMNS = [
    "study_id",
    "chain",
    "n",
    "op",
    "op_index",
    "kind",
    "path",
    "meta_data_version",
    "actor",
    "role",
    "site_id",
    "at",
    "user_zone",
    "site_zone",
    "reason_code",
    "reason_text",
    "origin",
    "payload",
    "payload_sha256",
    "prev",
    "hash",
]
SIGNED = b"edc-anchor\n"
SYSTEM, STUDY = "@system", "@study"
SETTLED = timedelta(seconds=60)  # a write that began before an anchor may have ended after it

# ---- Ed25519, verification only: RFC 8032, section 5.1 ----

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def add(one: Point, other: Point) -> Point:
    """Sum of two points in extended homogeneous coordinates (5.1.4)."""
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c = 2 * one[3] * other[3] * D % P
    d = 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(factor: int, point: Point) -> Point:
    found = (0, 1, 1, 0)
    while factor:
        if factor & 1:
            found = add(found, point)
        point = add(point, point)
        factor >>= 1
    return found


def is_same(one: Point, other: Point) -> bool:
    return not ((one[0] * other[2] - other[0] * one[2]) % P or (one[1] * other[2] - other[1] * one[2]) % P)


def x_of(y: int, sign: int) -> int | None:
    """The x of a point (5.1.3); None when there is none."""
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if square == 0:
        return None if sign else 0
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P:
        return None
    return P - x if x & 1 != sign else x


def point_of(data: bytes) -> Point | None:
    number = int.from_bytes(data, "little")
    y = number & ((1 << 255) - 1)
    x = x_of(y, number >> 255)
    return None if x is None else (x, y, 1, x * y % P)


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = x_of(BASE_Y, 0) or 0
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def is_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether ``signature`` (64 bytes) over ``message`` is that of the key ``public`` (32 bytes), 5.1.7."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, commitment = point_of(public), point_of(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if key is None or commitment is None or s >= L:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    return is_same(times(s, BASE), add(commitment, times(h, key)))


# ---- The ledger ----


def canonical(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def entry_hash(entry: Entry) -> str:
    columns = {name: entry[name] for name in COLUMNS if name not in OUTSIDE_HASH}
    tag = entry["hash"].partition(":")[0]
    if tag not in TAGS:
        return f"{tag} is unknown"
    if tag != "edc1" and columns["reason_text"]:
        left = REASON_LEFT.fullmatch(columns["reason_text"])
        columns["reason_text"] = left.group(1) if left else sha256(columns["reason_text"].encode())
    return f"{tag}:{sha256(tag.encode() + entry['prev'].encode() + canonical(columns))}"


def merkle_root(study_id: str, heads: Sequence[tuple[str, int, str]]) -> str:
    """RFC 6962, section 2.1, over (chain, n, hash) in the order of the chains."""
    level = [leaf_of(study_id, *head) for head in sorted(heads)]
    return (root_of(level) if level else hashlib.sha256(b"").digest()).hex()


def leaf_of(study_id: str, chain: str, n: int, digest: str) -> bytes:
    return hashlib.sha256(b"\x00" + canonical([study_id, chain, str(n), digest])).digest()


def led_to(leaf: bytes, path: Sequence[str]) -> str:
    """RFC 6962, section 2.1.1: where a path of hashes leads; ``<`` stands before one of the left side."""
    for step in path:
        other = bytes.fromhex(step[1:])
        leaf = hashlib.sha256(b"\x01" + (other + leaf if step[0] == "<" else leaf + other)).digest()
    return leaf.hex()


def moment(at: str) -> datetime:
    return datetime.fromisoformat(f"{at[:-1]}+00:00")  # with Z only since Python 3.11


def root_of(leaves: list[bytes]) -> bytes:
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + root_of(leaves[:split]) + root_of(leaves[split:])).digest()


class Chain:
    """One chain as it is read: where it stands, and what was found."""

    def __init__(self, name: str, title: str) -> None:
        self.name, self.title = name, title
        self.n, self.hash, self.at, self.study_id = 0, "", "", ""
        self.bad: tuple[int, str] | None = None
        self.masked: dict[int, str] = {}
        self.allowed: dict[int, str] = {}
        self.reasons: dict[int, str] = {}
        self.reasons_allowed: dict[int, str] = {}
        self.asked: dict[int, str] = {}
        self.withheld: list[int] = []
        self.signed: list[str] = []
        self.files: set[str] = set()

    def take(self, entry: Entry) -> None:
        wrong = None if self.bad else self.what_is_wrong(entry)
        if wrong:
            self.bad = (entry.get("n", self.n + 1), wrong)
        self.n, self.hash = entry.get("n", self.n + 1), entry.get("hash", "")
        self.at = entry.get("at", self.at)
        self.study_id = entry.get("study_id", "")

    def what_is_wrong(self, entry: Entry) -> str | None:
        n = entry["n"]
        if n != self.n + 1:
            return (
                f"entry {self.n + 1} is missing before entry {n}" if n > self.n else f"entry {n} stands twice"
            )
        if entry["prev"] != self.hash:
            return f"entry {n} does not follow from the entry before: one was inserted, removed or changed"
        if entry.get("withheld"):
            self.withheld.append(n)
            return None
        missing = [name for name in COLUMNS if name not in entry]
        if missing:
            return f"entry {n} lacks {', '.join(missing)}"
        if entry_hash(entry) != entry["hash"]:
            return f"entry {n} was changed: its columns do not give its hash"
        if entry["at"] < self.at:
            return f"entry {n} is dated before the entry it follows"
        if entry["kind"] in ("sign.set", "file.add"):
            said = json.loads(entry["payload"])
            kept = said.get("left") or said  # of a manifest that two persons took words from
            self.files.add(kept["sha256"])
            if entry["kind"] == "sign.set":
                self.signed.append(kept["sha256"])
        if sha256(entry["payload"].encode()) != entry["payload_sha256"]:
            self.masked[n] = entry["payload"]
        elif entry["kind"] == "redact":
            said = json.loads(entry["payload"])
            if said.get("state") == "requested":
                self.asked[n] = entry["actor"]
            elif (
                said.get("state") == "approved"
                and self.asked.get(said["request"], entry["actor"]) != entry["actor"]
            ):
                for name, known in (("left", self.allowed), ("reason", self.reasons_allowed)):
                    if name in said:
                        known[said["n"]] = said[name]
        if entry["hash"].startswith("edc2:") and REASON_LEFT.fullmatch(entry["reason_text"]):
            self.reasons[n] = entry["reason_text"]
        return None

    def end(self) -> None:
        """A payload or reason that was changed must be what an approved redaction left of it."""
        for n in sorted(self.masked):
            if self.allowed.get(n) != self.masked[n] and (self.bad is None or n < self.bad[0]):
                self.bad = (n, f"the payload of entry {n} was changed, and no redaction says so")
        for n in sorted(self.reasons):
            if self.reasons_allowed.get(n) != self.reasons[n] and (self.bad is None or n < self.bad[0]):
                self.bad = (n, f"the reason of entry {n} was changed, and no redaction says so")


class Check:
    def __init__(self, folder: Path, trusted: str) -> None:
        self.folder, self.trusted = folder, trusted
        self.problems: list[str] = []
        self.notes: list[str] = []
        self.chains: dict[str, Chain] = {}
        self.hashes: dict[tuple[str, int], str] = {}
        self.times: dict[tuple[str, int], str] = {}  #: of entries in the copy of a site
        self.entries, self.study_id = 0, ""

    def run(self) -> None:
        manifest = json.loads((self.folder / "manifest.json").read_text("utf-8"))
        self.files(manifest)
        states = [json.loads(line) for line in self.lines("states.jsonl")]
        wanted = {(chain, n) for state in states for chain, n in state["moved"].items()}
        is_copy = any("paths" in state for state in states)
        for name in ("trail.jsonl", "installation.jsonl"):
            if (
                name in manifest["files"] or name == "trail.jsonl"
            ):  # exports of earlier releases have the study alone
                before = self.entries
                self.walk(name, wanted, timed=is_copy)
                rows, there = manifest["files"].get(name, {}).get("rows"), self.entries - before
                if rows != there:
                    self.problems.append(
                        f"the manifest speaks of {rows} entries in {name}, and {there} are there"
                    )
        for chain in self.chains.values():
            chain.end()
            if chain.bad:
                self.problems.append(f"FIRST BAD ENTRY of {chain.title} (chain {chain.name}): {chain.bad[1]}")
        own = [chain for chain in self.chains.values() if chain.name != SYSTEM]
        self.study_id = next((chain.study_id for chain in own), "")
        if merkle_root(self.study_id, [(one.name, one.n, one.hash) for one in own]) != manifest["cut"]:
            self.problems.append("the entries do not give the state (cut) that the manifest names")
        self.signed()
        self.anchors(states)

    def signed(self) -> None:
        there = sorted((self.folder / "signed").glob("*.*"))
        named = {name for chain in self.chains.values() for name in chain.files}
        for file in there:
            if sha256(file.read_bytes()) != file.stem:
                self.problems.append(f"signed/{file.name} is not what its name says")
            elif file.stem not in named:
                self.problems.append(f"signed/{file.name} is what no entry names")
        signatures = [name for chain in self.chains.values() for name in chain.signed]
        if signatures:
            held = sum(any(file.stem == name for file in there) for name in signatures)
            self.notes.append(f"{held} of {len(signatures)} signatures come with what exactly was signed")

    def lines(self, name: str) -> Iterator[str]:
        with (self.folder / name).open(encoding="utf-8", newline="\n") as file:
            for line in file:
                if line.strip():
                    yield line

    def files(self, manifest: dict[str, Any]) -> None:
        for name, facts in sorted(manifest["files"].items()):
            path = self.folder / name
            if not path.is_file():
                self.problems.append(f"the file {name} is missing")
            elif sha256(path.read_bytes()) != facts["sha256"]:
                self.problems.append(f"the file {name} is not the one of the manifest")

    def walk(self, file: str, wanted: set[tuple[str, int]], *, timed: bool) -> None:
        whole = "the installation" if file == "installation.jsonl" else "the study"
        for number, line in enumerate(self.lines(file), 1):
            try:
                entry = json.loads(line)
                name = entry["chain"]
                chain = self.chains.setdefault(name, Chain(name, entry.get("subject") or whole))
                chain.take(entry)
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                self.problems.append(f"line {number} of {file} cannot be read: {error}")
                continue
            if (name == SYSTEM) != (file == "installation.jsonl"):
                self.problems.append(
                    f"line {number} of {file} is of chain {name}, which does not belong there"
                )
            self.entries += 1
            if (name, entry["n"]) in wanted:
                self.hashes[name, entry["n"]] = entry["hash"]
            if timed and "at" in entry:
                self.times[name, entry["n"]] = entry["at"]

    def anchors(self, states: list[dict[str, Any]]) -> None:
        key, trust = "", not self.trusted
        prev: dict[str, str] = {}
        positions: dict[str, dict[str, int]] = {}
        found = signed = 0
        at_root = {state["root"]: state for state in states}
        led: dict[str, list[int]] = {}
        last: dict[str, Any] = {}
        for line in map(json.loads, self.lines("anchors.jsonl")):
            message = SIGNED + canonical({name: line[name] for name in line if "signature" not in name})
            if "root" not in line:
                self.key(line, key, message)
                key = line["key"]
                trust = key == self.trusted or (
                    trust and (not self.trusted or bool(line.get("prev_signature")))
                )
                continue
            found += 1
            whose = line["study_id"]
            if whose not in (self.study_id, SYSTEM):
                self.problems.append(f"the anchor of {line['at']} is not of this study")
            if line["prev"] != prev.get(whose, ""):
                self.problems.append(f"the anchor of {line['at']} does not follow from the one before")
            prev[whose] = line["root"]
            if line.get("key", "") != key or (key and not self.by(key, message, line.get("signature"))):
                self.problems.append(f"the anchor of {line['at']} is not signed by the key that was in force")
            signed += bool(key)
            if key and not trust:
                self.problems.append(f"the anchor of {line['at']} does not go back to the key you gave")
            then = positions.setdefault(whose, {})
            state = at_root.get(line["root"], {"moved": {}})
            then.update(state["moved"])
            if "paths" in state:
                is_so, last = self.is_led_to(line, state, led), line
            else:
                heads = [(chain, n, self.hashes.get((chain, n), "")) for chain, n in then.items()]
                is_so = merkle_root(whose, heads) == line["root"]
            if not is_so:
                self.problems.append(f"the entries are not those that were anchored at {line['at']}")
        if self.trusted and not trust:
            self.problems.append("no anchor goes back to the key you gave")
        if last:
            self.unvouched(last, positions[last["study_id"]])
            shown = self.entries - sum(len(chain.withheld) for chain in self.chains.values())
            rest = f"they vouch for {self.vouched(led)} of the {shown} entries that are shown"
        else:
            uncovered = self.entries - sum(n for then in positions.values() for n in then.values())
            rest = f"{uncovered} entries are newer than the last"
        self.notes.append(f"{found} anchors, {signed} of them signed; {rest}")
        if key:
            self.notes.append(
                f"public key at the end: {key}"
                + ("" if self.trusted else ", compare it with the one you know")
            )

    def is_led_to(self, line: dict[str, Any], state: dict[str, Any], led: dict[str, list[int]]) -> bool:
        """In the copy of a site: whether every chain that moved, that of the study among them, leads to the anchored root."""
        for name, n in state["moved"].items():
            chain = self.chains.get(name)
            if chain is not None and name != STUDY and n == chain.n + 1 and name not in state["paths"]:
                continue  # the subject is at another site since, whose entries are not in this copy
            leaf = leaf_of(line["study_id"], name, n, self.hashes.get((name, n), ""))
            if led_to(leaf, state["paths"].get(name, ())) != line["root"]:
                return False
            led.setdefault(name, []).append(n)
        return STUDY in state["moved"]

    def vouched(self, led: dict[str, list[int]]) -> int:
        """How many of the entries that are shown lead to an anchor."""
        count = 0
        for name, positions in led.items():
            before = 0
            for n in sorted(set(positions)):
                hidden = max((one for one in self.chains[name].withheld if one <= n), default=0)
                count += n - max(before, hidden)
                before = n
        return count

    def unvouched(self, last: dict[str, Any], then: dict[str, int]) -> None:
        """Name each chain with entries that were there before the last anchor, which does not vouch for them."""
        limit = moment(last["at"]) - SETTLED
        for name, chain in self.chains.items():
            early = [n for n in range(then.get(name, 0) + 1, chain.n + 1) if self.is_early(name, n, limit)]
            if early:
                self.problems.append(
                    f"entry {early[0]} of {chain.title} was there at {last['at']}, and no anchor vouches for it"
                )

    def is_early(self, name: str, n: int, limit: datetime) -> bool:
        at = self.times.get((name, n))
        return at is not None and moment(at) < limit

    def key(self, line: dict[str, Any], before: str, message: bytes) -> None:
        if line.get("prev_key", "") != before:
            self.problems.append(f"the key of {line['at']} does not follow from the key before")
        if not self.by(line["key"], message, line.get("signature")):
            self.problems.append(f"the change of key of {line['at']} is not signed by the new key")
        if line.get("prev_signature"):
            if not self.by(before, message, line["prev_signature"]):
                self.problems.append(f"the change of key of {line['at']} is not signed by the key before")
        elif before:
            self.notes.append(f"the key before was lost at {line['at']}: {line.get('reason', '')}")

    @staticmethod
    def by(key: str, message: bytes, signature: str | None) -> bool:
        try:
            return is_signed(bytes.fromhex(key), message, bytes.fromhex(signature or ""))
        except ValueError:
            return False


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("folder", nargs="?", default=str(Path(__file__).resolve().parent))
    asked.add_argument("--key", default="", help="the public key that you were given")
    given = asked.parse_args()
    check = Check(Path(given.folder), given.key.lower())
    try:
        check.run()
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        print(f"This is no export of an audit trail that can be read: {error!r}", file=sys.stderr)
        return 2
    for problem in check.problems:
        print(problem[0].upper() + problem[1:] + ".")
    redacted = sum(len(chain.masked.keys() | chain.reasons.keys()) for chain in check.chains.values())
    withheld = sum(len(chain.withheld) for chain in check.chains.values())
    for note in (
        f"{check.entries} entries in {len(check.chains)} chains",
        f"{redacted} entries lost words to a redaction by two persons" if redacted else "",
        f"{withheld} entries were not shown to the role that exported; only their links were checked"
        if withheld
        else "",
        *check.notes,
    ):
        if note:
            print(note[0].upper() + note[1:] + ".")
    print("CLEAN." if not check.problems else f"{len(check.problems)} PROBLEMS.")
    return 1 if check.problems else 0


if __name__ == "__main__":
    sys.exit(main())
