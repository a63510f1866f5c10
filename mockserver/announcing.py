"""What ``serve`` says when it starts: what is played, where, and a line to paste."""

import json
from collections.abc import Iterator, Mapping
from shlex import quote

from bodydouble.contracts.contract import Contract
from bodydouble.contracts.jobs.job_pattern import JobPattern
from bodydouble.contracts.pointers import JSON, tokens_of
from bodydouble.contracts.schema.samples import Sampler, Unsampleable

from .routes import RouteTable

MODELS_SHOWN = 3
TEXTS = ("a paper boat on a quiet pond",)


def announcement(
    contract: Contract, routes: RouteTable, origin: str, key: str, token: str = ""
) -> Iterator[str]:
    """Yield the lines, without line ends; ``token`` is that of the run."""
    yield f"bodydouble plays {contract.title} {contract.version} on {origin}"
    yield ""
    yield from _operations(routes)
    yield ""
    yield "Submit a job:"
    yield f"  {curl(routes.patterns[0], origin, key)}"
    yield "Poll it with the id from the reply:"
    yield f"  {poll_curl(routes.patterns[0], origin, key)}"
    yield ""
    if token:
        yield f"Replay token: {token}"
    yield "Ctrl-C stops it."


def _operations(routes: RouteTable) -> Iterator[str]:
    models: dict[str, list[str]] = {}
    for pattern in routes.patterns:
        for path in pattern.submit.paths:
            models.setdefault(path, []).extend(pattern.models)
    for operation in routes.operations:
        method, _, path = operation.partition(" ")
        note = _models(models.get(path, [])) if method == "POST" else ""
        yield f"  {method:<5} {path}  {note}".rstrip()


def _models(models: list[str]) -> str:
    rest = len(models) - MODELS_SHOWN
    more = f" and {rest} more" if rest > 0 else ""
    return f"({', '.join(models[:MODELS_SHOWN])}{more})" if models else ""


def curl(pattern: JobPattern, origin: str, key: str) -> str:
    """Return a shell line that submits a job."""
    body = json.dumps(sample_body(pattern), ensure_ascii=False)
    return (
        f"curl -sS {quote(origin + pattern.submit.path)} -H 'Authorization: Bearer {key}' "
        f"-H 'Content-Type: application/json' -d {quote(body)}"
    )


def poll_curl(pattern: JobPattern, origin: str, key: str) -> str:
    """Return a shell line that polls a job, with ``ID`` where the id goes."""
    name = pattern.parameter.name
    path = pattern.poll.path
    target = (
        path.replace(f"{{{name}}}", "ID") if pattern.parameter.location == "path" else f"{path}?{name}=ID"
    )
    return f"curl -sS {quote(origin + target)} -H 'Authorization: Bearer {key}'"


def sample_body(pattern: JobPattern) -> JSON:
    """Return a small valid body for the operation that submits; ``{}`` where none can be made."""
    if pattern.submit.request is None:
        return {}

    def leaf(pointer: str, _schema: Mapping[str, JSON]) -> tuple[JSON, ...]:
        return TEXTS if "prompt" in tokens_of(pointer)[-1:] else ()

    try:
        return Sampler(pattern.submit.request.lenient, leaf).sample()
    except Unsampleable:
        return {}
