"""Small dictionaries in the layouts of MedDRA and WHODrug. Every term is made up; nothing comes from a real dictionary."""

from edc_core_coding import reading, shelf
from edc_core_coding.terms import About, Problems

#: LLT code: (term, PT code, current).
LLT = {
    "90000001": ("Zorbly head", "90000101", "Y"),
    "90000002": ("Zorble", "90000101", "Y"),
    "90000003": ("Head zorbling", "90000101", "N"),
    "90000004": ("Wobbled knee", "90000102", "Y"),
    "90000005": ("Knee wobbling, left", "90000102", "Y"),
    "90000006": ("Quibbling rash", "90000103", "Y"),
}
PT = {"90000101": "Zorble", "90000102": "Wobbled knee", "90000103": "Quibbling rash"}
HLT = {"90000201": "Zorblings", "90000202": "Wobblings"}
HLGT = {"90000301": "Zorbles and wobbles"}
SOC = {"90000401": "Zorblic disorders", "90000402": "Quibblic disorders"}
#: PT: (HLT, HLGT, SOC, primary).
PLACES = [
    ("90000101", "90000201", "90000301", "90000401", "Y"),
    ("90000101", "90000202", "90000301", "90000402", "N"),
    ("90000102", "90000202", "90000301", "90000401", "Y"),
    ("90000103", "90000201", "90000301", "90000402", "Y"),
]


def meddra(folder, *, llt=LLT, pt=PT, hlt=HLT, places=PLACES, names=str):
    """The six files. :param names: what a term is called in another language."""
    folder.mkdir(parents=True, exist_ok=True)
    soc = {code: names(term) for code, term in SOC.items()}
    rows = {
        "llt.asc": [
            [code, names(term), of, "", "", "", "", "", "", current, ""]
            for code, (term, of, current) in llt.items()
        ],
        "pt.asc": [[code, names(term), "", _soc_of(code, places), *[""] * 7] for code, term in pt.items()],
        "hlt.asc": [[code, names(term), *[""] * 7] for code, term in hlt.items()],
        "hlgt.asc": [[code, names(term), *[""] * 7] for code, term in HLGT.items()],
        "soc.asc": [[code, term, term[:4], *[""] * 7] for code, term in soc.items()],
        "mdhier.asc": [
            [one, two, three, four, names(pt.get(one, "")), names(hlt.get(two, "")), names(HLGT[three]), soc[four],
             "", "", "", primary]
            for one, two, three, four, primary in places
        ],
    }  # fmt: skip
    for name, lines in rows.items():
        text = "".join("$".join(line) + "$\n" for line in lines)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


#: Japanese terms of the made codes: (term, Japanese currency); one code has two.
LLT_J = [
    ("90000001", "ゾーブル頭部", "Y"),
    ("90000002", "ゾーブル", "Y"),
    ("90000002", "ゾーブル症", "N"),
    ("90000003", "頭部ゾーブル", "Y"),
    ("90000004", "膝のぐらつき", "Y"),
    ("90000005", "膝のぐらつき", "N"),
    ("90000006", "クイブル発疹", "Y"),
]


def meddra_j(folder, *, llt=LLT_J, encoding="utf-8"):
    """The English files with the Japanese ones beside them."""
    meddra(folder)
    of = {"pt": PT, "hlt": HLT, "hlgt": HLGT, "soc": SOC}
    files = {
        f"{name}_j.asc": [[code, f"日本語{code[-3:]}", "カナ", "", ""] for code in codes]
        for name, codes in of.items()
    }
    files["llt_j.asc"] = [[*line, "カナ", "", ""] for line in llt]
    for name, lines in files.items():
        (folder / name).write_text("".join("$".join(line) + "$\n" for line in lines), encoding=encoding)
    return folder


def _soc_of(pt, places):
    return next((soc for one, _, _, soc, primary in places if (one, primary) == (pt, "Y")), "")


#: Record and sequence numbers: name.
DRUGS = {
    ("900001", "01", "001"): "Fabulol",
    ("900001", "01", "A1B"): "Fabulol Forte",
    ("900002", "01", "001"): "Mirabilin",
}
CLASSES = {("900001", "01", "001"): ["Z01AA", "Z02AA"], ("900002", "01", "001"): ["Z01AA"]}
ATC = {
    "Z": "Imaginary system", "Z01": "Fabulous drugs", "Z01A": "Plain ones", "Z01AA": "Fabulols", "Z02AA": "Mirabiles",
}  # fmt: skip


def whodrug_b3(folder, drugs=DRUGS):
    """``dd.txt``, ``dda.txt``, ``ina.txt`` in columns of a fixed width."""
    folder.mkdir(parents=True, exist_ok=True)
    dd = [
        "".join(code) + "1" + "N" + "20" + "SRC1" + "ZZZ" + "CMP01" + "01" + "0" + "261" + name
        for code, name in drugs.items()
    ]
    dda = ["".join(code) + "1" + atc.ljust(7) + "261" + "Y" for code, many in CLASSES.items() for atc in many]
    ina = [atc.ljust(7) + str(_level(atc)) + text for atc, text in ATC.items()]
    for name, lines in {"dd.txt": dd, "dda.txt": dda, "ina.txt": ina}.items():
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def whodrug_c3(folder):
    """``mp.csv``, ``thg.csv``, ``atc.csv``; a product has an id of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    ids = {code: str(7000 + n) for n, code in enumerate(DRUGS)}
    mp = [f'{ids[code]},,{code[0]},{code[1]},{code[2]},0,0,N,"{name}",,' for code, name in DRUGS.items()]
    thg = [
        f"{n},{atc},20260101,Y,{ids[code]}" for n, (code, many) in enumerate(CLASSES.items()) for atc in many
    ]
    atc = [f'{code},{_level(code)},"{text}"' for code, text in ATC.items()]
    for name, lines in {"mp.csv": mp, "thg.csv": thg, "atc.csv": atc}.items():
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def whodrug_c3_text(folder):
    """The same in columns of a fixed width; cells that are not read follow a name."""
    folder.mkdir(parents=True, exist_ok=True)
    ids = {code: str(7000 + n) for n, code in enumerate(DRUGS)}
    mp = [
        ids[code].ljust(10)
        + "MED".ljust(35)
        + "".join(code)
        + "0".ljust(10) * 2
        + "N"
        + name.ljust(1500)
        + "20260101"
        for code, name in DRUGS.items()
    ]
    thg = [
        str(n).ljust(10) + atc.ljust(10) + "20260101Y" + ids[code].ljust(10)
        for n, (code, many) in enumerate(CLASSES.items())
        for atc in many
    ]
    atc = [code.ljust(10) + str(_level(code)) + text.ljust(110) for code, text in ATC.items()]
    for name, lines in {"MP.txt": mp, "ThG.txt": thg, "ATC.txt": atc}.items():
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def _level(atc):
    return {1: 1, 3: 2, 4: 3, 5: 4}[len(atc)]


def kept(files, where, name="MadeDRA", version="1.0", language="en"):
    """A dictionary on a shelf, from its files."""
    problems = Problems()
    delivery = reading.read(files, problems, language)
    assert delivery is not None, list(problems.lines())
    return shelf.keep(About(name, version, language), delivery, where)
