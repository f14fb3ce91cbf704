"""The configuration's objects and how OData names their fields (contract 4.3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class FieldKind(StrEnum):
    """What a field holds.

    ``long_text`` is a string of unlimited length; ``reference`` points at one type of object,
    ``composite`` at one of several or holds a primitive value; ``file`` is a value storage.
    """

    STRING = "string"
    LONG_TEXT = "long_text"
    BOOLEAN = "boolean"
    MOMENT = "moment"
    MONEY = "money"
    QUANTITY = "quantity"
    INTEGER = "integer"
    ENUM = "enum"
    KEY = "key"
    REFERENCE = "reference"
    COMPOSITE = "composite"
    FILE = "file"


class Part(StrEnum):
    """Which part of a field's value a property of OData shows."""

    WHOLE = "whole"
    KEY = "key"
    COMPOSITE = "composite"
    TYPE = "type"
    CONTENT = "content"
    MEDIA_TYPE = "media_type"


EDM = {
    FieldKind.STRING: "Edm.String",
    FieldKind.LONG_TEXT: "Edm.String",
    FieldKind.BOOLEAN: "Edm.Boolean",
    FieldKind.MOMENT: "Edm.DateTime",
    FieldKind.MONEY: "Edm.Double",
    FieldKind.QUANTITY: "Edm.Double",
    FieldKind.INTEGER: "Edm.Int64",
    FieldKind.ENUM: "Edm.String",
    FieldKind.KEY: "Edm.Guid",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of an object or of a row of its tabular section.

    Attributes:
        name: In the configuration, e.g. ``Контрагент``.
        target: For a reference: the entity set it points at; None if that is not published.
    """

    name: str
    kind: FieldKind
    target: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """One property on the wire.

    Attributes:
        name: E.g. ``Контрагент_Key``.
        edm: Its type in ``$metadata``.
        field: The field whose value it shows.
        part: What of that value.
    """

    name: str
    edm: str
    field: Field
    part: Part


def properties_of(one: Field) -> tuple[Property, ...]:
    """Return the properties by which OData shows a field, by the rules of contract 4.3."""
    name = one.name
    match one.kind:
        case FieldKind.KEY:
            return (Property(name="Ref_Key", edm="Edm.Guid", field=one, part=Part.WHOLE),)
        case FieldKind.REFERENCE:
            return (Property(name=f"{name}_Key", edm="Edm.Guid", field=one, part=Part.KEY),)
        case FieldKind.COMPOSITE:
            return (
                Property(name=name, edm="Edm.String", field=one, part=Part.COMPOSITE),
                Property(name=f"{name}_Type", edm="Edm.String", field=one, part=Part.TYPE),
            )
        case FieldKind.FILE:
            content, media = f"{name}_Base64Data", f"{name}_Type"
            return (
                Property(name=content, edm="Edm.Binary", field=one, part=Part.CONTENT),
                Property(name=media, edm="Edm.String", field=one, part=Part.MEDIA_TYPE),
            )
        case _:
            return (Property(name=name, edm=EDM[one.kind], field=one, part=Part.WHOLE),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A tabular section of an object.

    Attributes:
        name: E.g. ``Товары``.
        fields: Name -> field, ``LineNumber`` among them.
        properties: Name on the wire -> property.
    """

    name: str
    fields: dict[str, Field]
    properties: dict[str, Property] = field(init=False)

    def __post_init__(self) -> None:
        """Derive the properties."""
        object.__setattr__(self, "properties", _wire_names(self.fields))


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityType:
    """One object of the configuration: a catalogue, a kind of document, a register.

    Attributes:
        name: Of its entity set, e.g. ``Document_СчетНаОплатуПокупателю``.
        title: What people call it, for messages.
        fields: Name -> field.
        sections: Name -> tabular section.
        dimensions: Names of the key fields of a register; empty for objects with ``Ref_Key``.
        code_length: Length of a code that 1C assigns; 0 for none.
        properties: Name on the wire -> property.
    """

    name: str
    title: str
    fields: dict[str, Field]
    sections: dict[str, Section] = field(default_factory=dict)
    dimensions: tuple[str, ...] = ()
    code_length: int = 0
    properties: dict[str, Property] = field(init=False)

    def __post_init__(self) -> None:
        """Derive the properties."""
        object.__setattr__(self, "properties", _wire_names(self.fields))

    @property
    def is_document(self) -> bool:
        """Whether it can be posted."""
        return self.name.startswith("Document_")

    @property
    def references(self) -> dict[str, Field]:
        """Fields by which one can navigate to another object."""
        return {name: one for name, one in self.fields.items() if one.target is not None}


Schema = dict[str, EntityType]


def _wire_names(fields: dict[str, Field]) -> dict[str, Property]:
    return {found.name: found for one in fields.values() for found in properties_of(one)}


def read_fields(text: str) -> dict[str, Field]:
    """Read fields written as ``ИНН:string Контрагент:Catalog_Контрагенты ...``.

    A kind with a capital letter is the entity set a reference points at; ``key`` is ``Ref_Key``.

    Raises:
        ValueError: There is no such kind.
    """
    found: dict[str, Field] = {}
    for word in text.split():
        name, _, kind = word.partition(":")
        if kind[:1].isupper():
            found[name] = Field(name=name, kind=FieldKind.REFERENCE, target=kind)
        else:
            found[name] = Field(name=name, kind=FieldKind(kind))
    return found


def _section_fields(text: str) -> dict[str, Field]:
    return read_fields(f"LineNumber:integer {text}")


def catalog(
    name: str,
    title: str,
    fields: str,
    *,
    code_length: int = 9,
    owner: str = "",
    folders: bool = False,
    **sections: str,
) -> EntityType:
    """Describe a catalogue.

    Args:
        name: Without the prefix.
        title: What people call one element.
        fields: See `read_fields`.
        code_length: Of the assigned code; 0 for a catalogue without codes.
        owner: Entity set of its owner, or ``composite``; empty for none.
        folders: Whether elements stand in folders.
        sections: Name -> fields of a tabular section.
    """
    standard = "Ref:key DataVersion:string DeletionMark:boolean "
    standard += f"Owner:{owner} " if owner else ""
    standard += "Parent:reference IsFolder:boolean " if folders else ""
    standard += "Code:string " if code_length else ""
    standard += "Description:string Predefined:boolean PredefinedDataName:string "
    full = f"Catalog_{name}"
    read = read_fields(standard + fields)
    if folders:
        read["Parent"] = Field(name="Parent", kind=FieldKind.REFERENCE, target=full)
    return EntityType(
        name=full,
        title=title,
        fields=read,
        sections=_sections(sections),
        code_length=code_length,
    )


def document(name: str, title: str, fields: str, **sections: str) -> EntityType:
    """Describe a kind of document; arguments as for `catalog`."""
    standard = "Ref:key DataVersion:string DeletionMark:boolean Number:string Date:moment "
    return EntityType(
        name=f"Document_{name}",
        title=title,
        fields=read_fields(f"{standard} Posted:boolean {fields}"),
        sections=_sections(sections),
    )


def register(name: str, title: str, dimensions: str, resources: str) -> EntityType:
    """Describe an independent information register.

    Args:
        name: Without the prefix.
        title: What people call it.
        dimensions: Key fields, see `read_fields`.
        resources: Its other fields.
    """
    keys = read_fields(dimensions)
    return EntityType(
        name=f"InformationRegister_{name}",
        title=title,
        fields=keys | read_fields(resources),
        dimensions=tuple(keys),
    )


def exchange_plan(name: str, title: str) -> EntityType:
    """Describe an exchange plan; its rows are the nodes."""
    standard = "Ref:key DataVersion:string DeletionMark:boolean Code:string Description:string "
    fields = read_fields(standard + "SentNo:integer ReceivedNo:integer ThisNode:boolean")
    return EntityType(name=f"ExchangePlan_{name}", title=title, fields=fields)


def _sections(texts: dict[str, str]) -> dict[str, Section]:
    return {name: Section(name=name, fields=_section_fields(text)) for name, text in texts.items()}
