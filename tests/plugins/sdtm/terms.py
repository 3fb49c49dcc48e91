"""A made terminology of one test."""

ROWS = (
    ("C66741", "", "Yes", "Vital Signs Test Code", "VSTESTCD", "", "", ""),
    ("C900001", "C66741", "", "Vital Signs Test Code", "TEMP", "", "", ""),
    ("C67153", "", "Yes", "Vital Signs Test Name", "VSTEST", "", "", ""),
    ("C900001", "C67153", "", "Vital Signs Test Name", "Made Temperature", "", "", ""),
)
