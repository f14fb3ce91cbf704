"""``$metadata`` of the published objects, derived from the schema (contract 4.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lxml import etree

from westsync.sandbox.onec.odata.atom_answers import META, written

if TYPE_CHECKING:
    from westsync.sandbox.onec.schema import EntityType, Property, Schema, Section

EDMX = "http://schemas.microsoft.com/ado/2007/06/edmx"
EDM = "http://schemas.microsoft.com/ado/2009/11/edm"
NAMESPACE = "StandardODATA"
CONTAINER = "EnterpriseV8"
_SCHEMA_NAMES: dict[Any, str] = {None: EDM}


def metadata(published: Schema) -> bytes:
    """Return the description of the published entity sets as XML."""
    document = etree.Element(f"{{{EDMX}}}Edmx", nsmap={"edmx": EDMX}, Version="1.0")
    services = etree.SubElement(document, f"{{{EDMX}}}DataServices", nsmap={"m": META})
    services.set(f"{{{META}}}DataServiceVersion", "3.0")
    services.set(f"{{{META}}}MaxDataServiceVersion", "3.0")
    schema = etree.SubElement(services, f"{{{EDM}}}Schema", nsmap=_SCHEMA_NAMES)
    schema.set("Namespace", NAMESPACE)
    for kind in published.values():
        _entity_type(schema, kind, published)
        for section in kind.sections.values():
            _row_type(schema, kind, section)
    for kind in published.values():
        for name, one in kind.references.items():
            if one.target in published:
                _association(schema, f"{kind.name}_{name}", kind.name, str(one.target))
    _container(schema, published)
    return written(document)


def _add(parent: etree._Element, tag: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{EDM}}}{tag}", attributes)


def _entity_type(schema: etree._Element, kind: EntityType, published: Schema) -> None:
    keys = [
        name
        for name, one in kind.properties.items()
        if (one.field.name in kind.dimensions if kind.dimensions else name == "Ref_Key")
    ]
    entity = _entity(schema, kind.name, keys)
    for one in kind.properties.values():
        _property(entity, one, is_key=one.name in keys)
    for name in kind.sections:
        type_ = f"Collection({NAMESPACE}.{kind.name}_{name}_RowType)"
        _add(entity, "Property", Name=name, Type=type_, Nullable="true")
    for name, reference in kind.references.items():
        if reference.target in published:
            relation = f"{NAMESPACE}.{kind.name}_{name}"
            _add(
                entity,
                "NavigationProperty",
                Name=name,
                Relationship=relation,
                FromRole="Begin",
                ToRole="End",
            )


def _row_type(schema: etree._Element, kind: EntityType, section: Section) -> None:
    """A tabular section is a type of rows and an entity set of its own (contract 4.2)."""
    row = _add(schema, "ComplexType", Name=f"{kind.name}_{section.name}_RowType")
    entity = _entity(schema, f"{kind.name}_{section.name}", ["Ref_Key", "LineNumber"])
    for parent in (row, entity):
        _add(parent, "Property", Name="Ref_Key", Type="Edm.Guid", Nullable="false")
        for one in section.properties.values():
            _property(parent, one, is_key=one.name == "LineNumber" and parent is entity)


def _entity(schema: etree._Element, name: str, keys: list[str]) -> etree._Element:
    entity = _add(schema, "EntityType", Name=name)
    key = _add(entity, "Key")
    for one in keys:
        _add(key, "PropertyRef", Name=one)
    return entity


def _property(parent: etree._Element, one: Property, *, is_key: bool) -> None:
    nullable = "false" if is_key else "true"
    _add(parent, "Property", Name=one.name, Type=one.edm, Nullable=nullable)


def _association(schema: etree._Element, name: str, begin: str, end: str) -> None:
    association = _add(schema, "Association", Name=name)
    for role, type_, many in (("Begin", begin, "*"), ("End", end, "0..1")):
        full = f"{NAMESPACE}.{type_}"
        _add(association, "End", Role=role, Type=full, Multiplicity=many)


def _container(schema: etree._Element, published: Schema) -> None:
    container = _add(schema, "EntityContainer", Name=CONTAINER)
    container.set(f"{{{META}}}IsDefaultEntityContainer", "true")
    for kind in published.values():
        names = [kind.name, *(f"{kind.name}_{section}" for section in kind.sections)]
        for name in names:
            _add(container, "EntitySet", Name=name, EntityType=f"{NAMESPACE}.{name}")
    for kind in published.values():
        for name, one in kind.references.items():
            if one.target in published:
                _association_set(container, f"{kind.name}_{name}", kind.name, str(one.target))
    for kind in published.values():
        _functions(container, kind)


def _association_set(container: etree._Element, name: str, begin: str, end: str) -> None:
    one = _add(container, "AssociationSet", Name=name, Association=f"{NAMESPACE}.{name}")
    _add(one, "End", Role="Begin", EntitySet=begin)
    _add(one, "End", Role="End", EntitySet=end)


def _functions(container: etree._Element, kind: EntityType) -> None:
    """Posting, and the slices of a register."""
    if not kind.is_document:
        return
    bound = f"{NAMESPACE}.{kind.name}"
    for name in ("Post", "Unpost"):
        function = _add(container, "FunctionImport", Name=name, IsBindable="true")
        _add(function, "Parameter", Name="bindingParameter", Type=bound)
        if name == "Post":
            _add(function, "Parameter", Name="PostingModeOperational", Type="Edm.Boolean")
