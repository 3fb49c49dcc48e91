"""KR-B6: words that forms of most studies have, in Korean. A study's own translation goes first."""

from __future__ import annotations

KOREAN = (
    ("Demographics", "인구학적 정보"),
    ("Date of birth", "생년월일"),
    ("Sex", "성별"),
    ("Race", "인종"),
    ("Ethnicity", "민족"),
    ("Adverse events", "이상반응"),
    ("Adverse event", "이상반응"),
    ("Serious adverse event", "중대한 이상반응"),
    ("Medical history", "병력"),
    ("Medications", "병용약물"),
    ("Medicine", "약물명"),
    ("Dose", "용량"),
    ("Unit", "단위"),
    ("Vital signs", "활력징후"),
    ("Informed consent", "동의서"),
    ("Start date", "시작일"),
    ("End date", "종료일"),
    ("Yes", "예"),
    ("No", "아니요"),
    ("Male", "남성"),
    ("Female", "여성"),
    ("Unknown", "알 수 없음"),
)
