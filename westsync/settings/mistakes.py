"""Pydantic's errors as problems with the place in the file and a cure."""

from __future__ import annotations

import types
from typing import TYPE_CHECKING, Annotated, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from westsync.domain.places import Map, Node, Place, Problem, Scalar, did_you_mean
from westsync.settings import trees
from westsync.settings.kinds import Unfit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pydantic_core import ErrorDetails

_KINDS = {
    "string_type": "must be text",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a number",
    "dict_type": "must be a mapping (keys with values below it)",
    "model_type": "must be a mapping (keys with values below it)",
    "model_attributes_type": "must be a mapping (keys with values below it)",
    "tuple_type": "must be a list",
    "list_type": "must be a list",
}
_BOUNDS = {
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "too_short": "must not be empty",
}


def problems_of(
    errors: Iterable[ErrorDetails], root: Map, model: type[BaseModel]
) -> Iterator[Problem]:
    """Translate what pydantic found wrong.

    Args:
        errors: ``ValidationError.errors()``.
        root: The tree that was validated.
        model: The model it was validated against.
    """
    for error in errors:
        node, path = trees.find(root, error["loc"])
        about_key = error["type"] == "extra_forbidden" or "[key]" in error["loc"]
        place = _place(root, path, of_key=about_key or isinstance(node, Map))
        text, cure = _words(error, node, path, model)
        dotted = ".".join(str(part) for part in path)
        yield Problem(place=place, text=f"{dotted}: {text}" if dotted else text, cure=cure)


def _place(root: Map, path: trees.Path, *, of_key: bool) -> Place:
    """Return where a value stands, or where its key does (a mapping begins below its key)."""
    parent, _ = trees.find(root, path[:-1])
    if of_key and path and isinstance(parent, Map):
        return parent.place_of(str(path[-1]))
    return trees.find(root, path)[0].place


def _words(
    error: ErrorDetails, node: Node, path: trees.Path, model: type[BaseModel]
) -> tuple[str, str | None]:
    kind, context = error["type"], error.get("ctx", {})
    if kind == "missing":
        key = str(error["loc"][-1])
        return f"'{key}' is missing", _purpose(model, (*path, key))
    if kind == "extra_forbidden":
        known = _keys(model, path[:-1])
        all_known = f"known are {', '.join(known)}" if 0 < len(known) <= 12 else None
        return "unknown key", did_you_mean(str(path[-1]), known) or all_known
    if kind == "value_error":
        wrong = context["error"]
        if isinstance(wrong, Unfit):
            return f"{_shown(node)}{wrong}", wrong.cure
        return str(wrong), None  # the domain's own words, which name value and cure
    if kind == "literal_error":
        return _choice(model, path, node)
    if kind in _BOUNDS:
        return _shown(node) + _BOUNDS[kind].format(**context), None
    if kind in _KINDS:
        quotable = kind == "string_type" and isinstance(node, Scalar) and node.source
        cure = f'put it in quotes: "{node.source}"' if quotable else None  # type: ignore[union-attr]  # quotable says it is a Scalar
        return f"{_shown(node)}{_KINDS[kind]}", cure
    return error["msg"][:1].lower() + error["msg"][1:], None


def _shown(node: Node) -> str:
    """Return the value for a message, or nothing where it is long or may hold a secret."""
    if not isinstance(node, Scalar) or not node.source or len(node.source) > 40:
        return ""
    # Only values of files have a source; an address may have a password before its '@'.
    return "" if "://" in node.source or "@" in node.source else f"'{node.source}' "


def _choice(model: type[BaseModel], path: trees.Path, node: Node) -> tuple[str, str | None]:
    choices = [str(choice) for choice in _literals(_annotation(model, path))]
    cure = None
    if isinstance(node, Scalar) and node.source:
        cure = did_you_mean(node.source, choices)
    return f"{_shown(node)}must be {' or '.join(choices)}", cure


def _purpose(model: type[BaseModel], path: trees.Path) -> str | None:
    """Return what a missing key is for."""
    owner = _model_at(model, path[:-1])
    for name, field in owner.model_fields.items() if owner else ():
        if (field.alias or name) == path[-1]:
            return f"add it: {field.description}"
    return None


def _keys(model: type[BaseModel], path: trees.Path) -> list[str]:
    owner = _model_at(model, path)
    return [field.alias or name for name, field in owner.model_fields.items()] if owner else []


def _model_at(model: type[BaseModel], path: trees.Path) -> type[BaseModel] | None:
    annotation = _annotation(model, path)
    for option in (annotation, *get_args(annotation)):
        if isinstance(option, type) and issubclass(option, BaseModel):
            return option
    return None


def _annotation(model: type[BaseModel], path: trees.Path) -> object:
    """Return the annotation of a value, found by walking the models along a path."""
    annotation: object = model
    for part in path:
        annotation = _bare(annotation)
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            fields = annotation.model_fields.items()
            annotation = next((f.annotation for n, f in fields if (f.alias or n) == part), None)
        elif get_args(annotation):
            # A mapping's values have the second argument, a list's items the first.
            arguments = get_args(annotation)
            annotation = arguments[1] if get_origin(annotation) is dict else arguments[0]
    return _bare(annotation)


def _bare(annotation: object) -> object:
    """Return an annotation without Annotated and without the None of an optional value."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) in {Union, types.UnionType}:
        options = [option for option in get_args(annotation) if option is not type(None)]
        if len(options) == 1:
            return _bare(options[0])
    return annotation


def _literals(annotation: object) -> Iterator[object]:
    if get_origin(annotation) is Literal:
        yield from get_args(annotation)
        return
    for argument in get_args(annotation):
        yield from _literals(argument)
