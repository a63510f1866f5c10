"""What the client knows about one API, as data.

Nothing in the code of this package names an API: paths, fields, words for statuses, headers and
environment variables are read from ``apis/*.json`` into an :class:`Api`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from .models import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Submit:
    """How a job is created.

    Attributes:
        path: Path of the create operation, from the origin.
        fixed: Fields that every body has, such as the model's name.
        prompt_field: Body field for the prompt.
        image_field: Body field for the picture that becomes the first frame: a link or a data URI.
        enhance_field: Body field of the switch that lets the server rewrite the prompt.
        image_max_bytes: Largest picture that may be sent from a file, in bytes.
        image_types: Media type to the bytes that a file of that type begins with.
    """

    path: str
    fixed: Mapping[str, Any]
    prompt_field: str
    image_field: str
    enhance_field: str
    image_max_bytes: int
    image_types: Mapping[str, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Where things are in a reply.

    Attributes:
        id_fields: Fields that may hold the job's id, most trusted first.
        status_field: Field with the status word.
        result_field: Field with the video, in whatever form.
        error_field: Field that describes why a job failed.
        refusal_fields: Fields that together make a body the API's own error shape.
        refusal_status_field: The one of them that repeats the HTTP status.
        refusal_id_field: The one of them that names the request to the API's support.
    """

    id_fields: tuple[str, ...]
    status_field: str
    result_field: str
    error_field: str
    refusal_fields: tuple[str, ...]
    refusal_status_field: str
    refusal_id_field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """How to look for a job whose create was never answered.

    Attributes:
        path: Path and query of the operation that lists recent requests.
        client_request_id_field: Field of a row with the id that this client minted.
        job_id_field: Field of a row with the id of the job.
    """

    path: str
    client_request_id_field: str
    job_id_field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """One job API: everything the client has to know about it.

    Attributes:
        name: Name of the API's model or product.
        origin: Scheme, host and port it lives at, without a path.
        key_variables: Environment variables that may hold the key, first one wins.
        base_url_variables: Environment variables that may hold the origin, first one wins.
        submit: The create operation.
        poll_path: Path of the poll operation; ``{id}`` stands for the id where it is in the path.
        poll_parameter: Query parameter for the id; empty where the path has it.
        reading: Where things are in a reply.
        kinds: Every known status word to its kind.
        key_header: Request header for the key.
        key_scheme: Word before the key in that header.
        client_request_id_header: Request header for the id that this client mints.
        client_request_id_pattern: Regular expression that such an id matches in full.
        inference_id_header: Reply header with the id of the job.
        lost: How to look for a lost job.
    """

    name: str
    origin: str
    key_variables: tuple[str, ...]
    base_url_variables: tuple[str, ...]
    submit: Submit
    poll_path: str
    poll_parameter: str
    reading: Reading
    kinds: Mapping[str, Kind]
    key_header: str
    key_scheme: str
    client_request_id_header: str
    client_request_id_pattern: str
    inference_id_header: str
    lost: Lost

    def kind_of(self, status: str) -> Kind:
        """Return the kind of ``status``; a word that is not listed, letter for letter, is UNKNOWN."""
        return self.kinds.get(status, Kind.UNKNOWN)


def api_from(data: Mapping[str, Any]) -> Api:
    """Return the API that the decoded JSON ``data`` describes.

    Raises:
        KeyError: A field is missing.
        ValueError: A status word is listed under two kinds, or a kind has another name than
            initial, running, success or failure.
    """
    submit, poll, reply, headers = data["submit"], data["poll"], data["reply"], data["headers"]
    return Api(
        name=data["name"],
        origin=data["origin"],
        key_variables=tuple(data["environment"]["key"]),
        base_url_variables=tuple(data["environment"]["base_url"]),
        submit=_submit(submit),
        poll_path=poll["path"],
        poll_parameter=poll.get("id_parameter", ""),
        reading=_reading(reply),
        kinds=_kinds(data["statuses"]),
        key_header=headers["key"],
        key_scheme=headers["key_scheme"],
        client_request_id_header=headers["client_request_id"],
        client_request_id_pattern=data["client_request_id_pattern"],
        inference_id_header=headers["inference_id"],
        lost=Lost(**data["lost"]),
    )


def _submit(data: Mapping[str, Any]) -> Submit:
    types = {name: bytes.fromhex(start) for name, start in data["image_types"].items()}
    fixed = MappingProxyType(dict(data["fixed"]))
    return Submit(**{**data, "fixed": fixed, "image_types": MappingProxyType(types)})


def _reading(data: Mapping[str, Any]) -> Reading:
    lists = {name: tuple(data[name]) for name in ("id_fields", "refusal_fields")}
    return Reading(**{**data, **lists})


def _kinds(data: Mapping[str, list[str]]) -> Mapping[str, Kind]:
    pairs = [(word, Kind(kind)) for kind, words in data.items() for word in words]
    kinds = dict(pairs)
    if len(kinds) != len(pairs):
        raise ValueError("a status word is listed twice")
    return MappingProxyType(kinds)


@cache
def bundled() -> Mapping[str, Api]:
    """Return the APIs that come with the package, by name; the default one is first."""
    texts = [entry.read_text("utf-8") for entry in files(__package__).joinpath("apis").iterdir()]
    documents = sorted((json.loads(text) for text in texts), key=lambda data: not data.get("default", False))
    return MappingProxyType({data["name"]: api_from(data) for data in documents})


def default_api() -> Api:
    """Return the API that is meant where none is named."""
    return next(iter(bundled().values()))
