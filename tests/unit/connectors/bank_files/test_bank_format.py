"""The format and its code pages: what is a statement, and what stands in it."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.connectors.bank_files.statements import HEADER, OURS, document, statement
from westsync.connectors.bank_files.encoding import Undecodable, decode
from westsync.connectors.bank_files.parser import parse

SAMPLE = statement()


@pytest.mark.parametrize("page", ["cp1251", "cp866", "utf-8", "utf-8-sig"])
@pytest.mark.parametrize("word", ["Windows", "DOS", "UTF-8", ""])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_statement_is_read_in_every_code_page_whatever_its_header_says(
    page: str, word: str, end: str
) -> None:
    text = SAMPLE.replace("Кодировка=Windows", f"Кодировка={word}").replace("\n", end)

    assert decode(text.encode(page)) == text


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04",
        b"1CClientBankExchange\n\xff\xfe\x00",
        SAMPLE.encode("utf-16"),
        "Номер;Сумма\n1;2\n".encode("cp1251"),
        ("\n" + SAMPLE).encode("cp1251"),
    ],
)
def test_what_is_no_statement_is_refused(content: bytes) -> None:
    with pytest.raises(Undecodable):
        decode(content)


@given(st.binary(max_size=300), st.booleans())
def test_no_bytes_break_the_reading(content: bytes, begins_well: bool) -> None:
    begin = b"1CClientBankExchange\n" if begins_well else b""
    try:
        text = decode(codecs.BOM_UTF8 + begin + content)
    except Undecodable:
        return

    assert text.startswith("1CClientBankExchange")


def test_the_sample_of_the_contract_is_read() -> None:
    found = parse(SAMPLE)

    assert found.is_whole
    assert found.accounts == {OURS}
    assert [one.kind for one in found.documents] == ["Платежное поручение"] * 2
    assert [one.values["Номер"] for one in found.documents] == ["57", "14"]
    assert found.documents[0].line == HEADER.count("\n") + 1
    assert found.remarks == []


def test_unknown_keys_are_kept_and_unknown_sections_passed_over_with_a_remark() -> None:
    odd = "СекцияКурсов\nНомер=99\nКонецКурсов\n"

    found = parse(statement(odd, document(НовыйРеквизит="7=8")))

    assert [one.values["НовыйРеквизит"] for one in found.documents] == ["7=8"]
    assert found.documents[0].values["Номер"] == "57"
    assert [what for _, what in found.remarks] == ["unknown section СекцияКурсов was passed over"]


def test_a_purpose_of_several_lines_is_put_together() -> None:
    text = document(НазначениеПлатежа="Оплата по счету\n№ 123 от 01.02.2025")

    assert parse(statement(text)).documents[0].values["НазначениеПлатежа"] == (
        "Оплата по счету № 123 от 01.02.2025"
    )


def test_a_document_without_its_end_is_kept_with_a_remark() -> None:
    text = document().replace("КонецДокумента\n", "")

    found = parse(statement(text, document()))

    assert len(found.documents) == 2
    assert [what for _, what in found.remarks] == ["КонецДокумента is missing before here"]


def test_several_own_accounts_are_known() -> None:
    header = HEADER.replace(f"РасчСчет={OURS}\nСекция", f"РасчСчет={OURS}\nРасчСчет=5\nСекция")

    assert parse(statement(header=header)).accounts == {OURS, "5"}


@pytest.mark.parametrize("cut", [len(HEADER), len(HEADER) + 200, len(SAMPLE) - 20])
def test_a_file_without_its_last_line_is_not_whole(cut: int) -> None:
    assert not parse(SAMPLE[:cut]).is_whole
