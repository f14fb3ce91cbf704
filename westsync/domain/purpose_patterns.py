"""How people and banks write an invoice, a date and VAT in a payment's purpose (1C contract 7.4).

All patterns expect the text of `normalised`.
"""

from __future__ import annotations

import re
import unicodedata

MONTHS = (
    "январ",
    "феврал",
    "март",
    "апрел",
    "ма[йя]",
    "июн",
    "июл",
    "август",
    "сентябр",
    "октябр",
    "ноябр",
    "декабр",
)
_MONTH = f"(?:{'|'.join(MONTHS)})"
_DASH = "[-\N{EN DASH}\N{EM DASH}]"
# "N" may stand right before the number's own letters: "NУТ-15".
_NUMERO = re.compile(r"(?<!\w)(?:n[°º]|no|n)(?=[\s\d.№])\.?|(?<!\w)n(?=[а-я]{1,4}-\d)|[№#]+")
_CYRILLIC_WORD = re.compile(r"[a-z]*[а-я][a-zа-я]*")
_LOOK_ALIKES = str.maketrans("aceopxykmtbh", "асеорхукмтвн")

_BILL = r"(?:счетам|счетов|счету|счета|счете|счет|сч(?=[\s.№:\d]))"
_KIND = rf"(?:\s*{_DASH}\s*(?:оферт|договор)\w*)?"
_TO_PAY = rf"{_KIND}(?:\s+на\s+(?:предо|о)плату)?{_KIND}\s*:?\s*(?:\(\s*(?=№))?"
# "Счет" as a bill: not a bank account, not a VAT invoice (счет-фактура, сч/ф).
_NOT_A_BILL = rf"(?!\s*(?:{_DASH}|[/.])?\s*ф)"
HEAD = re.compile(
    r"(?<![\w/\\-])(?<!расчетный )(?<!расчетного )(?<!расчетному )"
    r"(?<!лицевой )(?<!лицевого )(?<!лицевому )(?<!р/)(?<!к/)(?<!л/)"
    rf"{_BILL}\.?{_NOT_A_BILL}{_TO_PAY}"
)
# Some word before "№ 5 от": perhaps "счет" with a slip of the finger.
MISTYPED_HEAD = re.compile(rf"(?<![\w/\\-])(?P<word>[а-я]{{3,7}})\.?{_TO_PAY}(?=№|\d)")

_DATE = (
    r"(?:(?P<{0}d>\d{{1,2}})\s?[./-]\s?(?P<{0}m>\d{{1,2}})\s?(?:[./-]\s?(?P<{0}y>\d{{4}}|\d{{2}}))?"
    r"|(?P<{0}iy>\d{{4}})-(?P<{0}im>\d{{2}})-(?P<{0}id>\d{{2}})"
    r"|(?P<{0}wd>\d{{1,2}})\s*(?P<{0}wm>" + _MONTH + r")[а-я]*\.?"
    r"(?:\s*(?P<{0}wy>\d{{4}}|\d{{2}}))?)(?!\d)(?:\s*(?:года|год|г))?(?![а-я])\.?"
)
# A date without "от" is one only if it is whole: "№ 5 (2.5 кг)" has none.
_WHOLE_DATE = r"(?=\(?\s*\d{1,2}\.\d{1,2}\.(?:\d{4}|\d{2})(?!\d))"
ITEM = re.compile(
    r"(?:от\s*" + _DATE.format("a") + r"\s*(?=№))?(?P<sign>№)?\s*"
    r"(?P<number>[а-яa-z0-9][а-яa-z0-9/-]*?)(?=от\s*\d|[^а-яa-z0-9/-]|$)"
    r"(?!\s*" + _MONTH + r")"
    r"(?P<dated>\s*,?\s*(?:\(?\s*от\s*|"
    + _WHOLE_DATE
    + r"\(?\s*)"
    + _DATE.format("b")
    + r"\s*\)?)?"
)
DATE_GROUPS = ("b", "a")
# What follows a number and shows that more was meant than could be read: a torn number
# ("12 3 от", "12 / 3"), or a date in an unknown form.
UNREADABLE = re.compile(r"\s*[/-]\s*\d|\s+\d+\s*от(?![а-я])|\s*,?\s*от\s*\S{0,4}\d")
_WORD_AGAIN = r"(?:сч(?:етам|етов|ету|ета|ет)?\.?(?![а-я])\s*)?"
SEPARATOR = re.compile(rf"\s*(?:[,;]\s*(?:и\s+)?|и\s+|(?=№)){_WORD_AGAIN}(?=[№\dа-яa-z])")
# A bare number in a list of invoices: perhaps one more of them, perhaps not ("№ 5, 2 шт").
# A sum with kopecks is neither.
ONE_MORE = re.compile(
    r"(?!\d{3,}-\d\d(?!\d))[\d/-]+\s*(?:$|;|,(?!\d\d(?!\d))|\.(?!\d)|и\s|№|от(?![а-я]))"
)
ACCOUNT = re.compile(r"\d{20}")
REFUND = re.compile(r"(?<!\w)возвра[тщ]")
NO_VAT = re.compile(
    r"без\s+(?:налога\s*)?\(?\s*ндс|ндс\s+не\s+(?:облагается|предусмотрен)|не\s+облагается\s+ндс"
)
VAT = re.compile(
    r"ндс\s*\(?\s*(?P<percent>\d{1,2})(?:[.,]0+)?\s*%\s*\)?"
    rf"(?:\s*(?:{_DASH}|[:=])?\s*(?P<sum>\d{{1,3}}(?: \d{{3}})+(?!\d)|\d+)"
    r"(?:[.,=-](?P<kopecks>\d{2})(?!\d))?)?"
)


def normalised(text: str) -> str:
    """Return a purpose in one form: lower case, one blank between words, ``№`` for its kin."""
    folded = unicodedata.normalize("NFC", text).lower().replace("ё", "е")
    spaced = " ".join(folded.replace("\N{NO-BREAK SPACE}", " ").split())
    signed = _NUMERO.sub("№", spaced)
    return _CYRILLIC_WORD.sub(lambda word: word[0].translate(_LOOK_ALIKES), signed)


_BILL_WORDS = ("счет", "счету", "счета", "счетам")
_OTHER_WORDS = frozenset({"смет", "смету", "смета", "сметам", "учет", "учету", "учета", "учетам"})


def is_mistyped_bill(word: str) -> bool:
    """Return whether a word is ``счет`` with one letter wrong, missing, too many or swapped.

    The word itself is none: where `HEAD` refused it, it was no bill.
    """
    if word in _OTHER_WORDS or word in _BILL_WORDS:
        return False
    heard = word.replace("щ", "сч")
    return any(heard == meant or _one_slip(heard, meant) for meant in _BILL_WORDS)


def _one_slip(word: str, meant: str) -> bool:
    same = 0
    while same < min(len(word), len(meant)) and word[same] == meant[same]:
        same += 1
    rest, wanted = word[same:], meant[same:]
    swapped = rest[:2] == wanted[1::-1] and rest[2:] == wanted[2:]
    return swapped or rest[1:] in {wanted[1:], wanted} or rest == wanted[1:]
