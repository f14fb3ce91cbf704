"""Promises of the names: the base decides, the profile only expects (1C contract 4.3, 4.7, 4.8)."""

from __future__ import annotations

import io

import pytest

from tests.unit.connectors.onec.small_base import metadata_xml, published
from westsync.connectors.onec.metadata import NotMetadata, Published, read_metadata
from westsync.connectors.onec.profiles import Form, profile_of
from westsync.connectors.onec.tables import resolve

INVOICE = "Document_СчетНаОплатуПокупателю"
RECEIPT = "Document_ПоступлениеНаРасчетныйСчет"


@pytest.mark.parametrize("profile", ["bp30", "ut11", "ka2", "unf"])
def test_a_base_that_has_everything_lacks_nothing(profile: str) -> None:
    names = resolve(profile_of(profile), published(profile))

    assert names.missing == ()
    assert names.absent == ()
    assert names.tables.keys() == profile_of(profile).entities.keys()


def test_a_link_is_taken_by_key_or_as_composite_as_the_base_has_it() -> None:
    by_key = resolve(profile_of("bp30"), published())
    composite = resolve(
        profile_of("bp30"), published(forms={f"{RECEIPT}_РасшифровкаПлатежа.СчетНаОплату": "c"})
    )

    key = by_key.tables["bank_receipt"].sections["links"].columns["invoice"]
    other = composite.tables["bank_receipt"].sections["links"].columns["invoice"]
    assert (key.name, key.form) == ("СчетНаОплату_Key", Form.KEY)
    assert other.properties == ("СчетНаОплату", "СчетНаОплату_Type")


def test_rows_that_are_not_described_have_the_form_of_the_contract() -> None:
    names = resolve(profile_of("bp30"), published(rows=False))

    lines = names.tables["invoice"].sections["lines"].columns
    assert lines["item"].properties == ("Номенклатура", "Номенклатура_Type")
    assert names.missing == ()


def test_what_is_needed_and_missing_is_named() -> None:
    names = resolve(
        profile_of("bp30"), published(without={"Catalog_Контрагенты", f"{INVOICE}.СуммаДокумента"})
    )

    assert names.missing == (f"{INVOICE}.СуммаДокумента", "Catalog_Контрагенты")
    assert "invoice" not in names.tables


def test_what_may_be_missing_is_left_out() -> None:
    names = resolve(
        profile_of("bp30"),
        published(without={"Document_ОплатаПлатежнойКартой", f"{INVOICE}.Комментарий"}),
    )

    assert names.missing == ()
    assert names.absent == ("Document_ОплатаПлатежнойКартой",)
    assert "comment" not in names.tables["invoice"].columns


def test_a_rate_that_is_a_catalogue_does_not_stop_reading() -> None:
    names = resolve(profile_of("bp30"), published(forms={f"{INVOICE}_Товары.СтавкаНДС": "k"}))

    assert names.missing == (f"{INVOICE}.Товары/СтавкаНДС",)
    assert "invoice" in names.tables


def test_names_survive_being_kept() -> None:
    found = published()

    assert Published.decode(found.encode()) == found


@pytest.mark.parametrize("xml", [b"", b"<html>", b"<a/>", metadata_xml()[:-200]])
def test_what_is_no_description_is_said_to_be_none(xml: bytes) -> None:
    with pytest.raises(NotMetadata):
        read_metadata(io.BytesIO(xml), profile_of("bp30").names())


def test_an_entity_from_outside_is_not_expanded() -> None:
    bomb = (
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
        b'<Edmx><Schema><EntityType Name="Catalog_&x;"/><EntityType Name="A">&x;</EntityType>'
        b"</Schema></Edmx>"
    )

    with pytest.raises(NotMetadata):
        read_metadata(io.BytesIO(bomb), ["Catalog_"])
