"""Which server ``verify`` speaks to, with which key and by which clock."""

import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from bodydouble.client import default_api
from bodydouble.contracts.bundle import bundled_contract
from bodydouble.contracts.contract import Contract
from bodydouble.contracts.jobs.job_pattern import JobPattern
from bodydouble.contracts.nearest import did_you_mean
from bodydouble.contracts.verify.asgi_target import Application, AppTarget
from bodydouble.contracts.verify.pacing import Time
from bodydouble.contracts.verify.targets import Target
from bodydouble.contracts.verify.url_target import BadURL, UrlTarget, is_loopback
from bodydouble.mockserver.app import create_app
from bodydouble.mockserver.clocks import ManualClock

BUNDLED = "bundled"
"""The name of the double in this process."""
KEY_VARIABLE = "API_KEY"
LOCAL_KEY = "verify"


@dataclass(frozen=True, slots=True)
class Place:
    """A server to speak to.

    Attributes:
        target: It.
        time: Of the run.
        is_local: Whether it is on this machine, where nothing costs anything.
        key: What requests carry; ``""`` for none.
    """

    target: Target
    time: Time
    is_local: bool
    key: str = ""


def place_of(name: str, contract: Contract, *, seed: int, key_variable: str | None, timeout: float) -> Place:
    """Return the server that the user names: a URL, ``bundled``, or ``module:attribute`` of an ASGI application.

    Raises:
        click.BadParameter: It is none of these.
    """
    key = key_from(key_variable)
    if name == BUNDLED:
        clock = ManualClock()
        app = create_app(contract, clock=clock, seed=seed)
        target = AppTarget(app, clock, key or LOCAL_KEY, name)
        return Place(target, Time(clock, clock.advance, wall=time.monotonic), is_local=True, key=key)
    if "://" not in name and ":" in name:
        target = AppTarget(_application(name), time.monotonic, key or LOCAL_KEY, name)
        return Place(target, Time(time.monotonic, time.sleep), is_local=True, key=key)
    try:
        local = is_loopback(name)
        target_url = UrlTarget(name, time.monotonic, key or (LOCAL_KEY if local else ""), timeout)
    except BadURL as problem:
        raise click.BadParameter(str(problem)) from None
    return Place(target_url, Time(time.monotonic, time.sleep), local, key)


def key_from(variable: str | None) -> str:
    """Return the key that the environment holds, ``""`` if it holds none."""
    names = (variable,) if variable else (*default_api().key_variables, KEY_VARIABLE)
    return next((value.strip() for name in names if (value := os.environ.get(name, "")).strip()), "")


def key_names(variable: str | None) -> str:
    """Return the variables that may hold the key, in words."""
    return variable or " or ".join((*default_api().key_variables, KEY_VARIABLE))


def lacks_key(place: Place, pattern: JobPattern) -> bool:
    """Whether nothing can be looked at: somebody else's server asks for a key, and there is none."""
    return not place.is_local and not place.key and bool(pattern.submit.security)


def named_again(target: str) -> str | None:
    """Return what a saved failure's target is called on the command line; None for one that must be named.

    A file from elsewhere must not choose where the key goes.
    """
    return target if target == BUNDLED or is_loopback(target) else None


def contract_of(contracts: Sequence[str], overlays: Sequence[str]) -> Contract:
    """Return what is promised.

    Raises:
        click.ClickException: It cannot be read.
    """
    if not contracts and not overlays:
        return bundled_contract()
    # Reading what the user names takes YAML, Markdown and JSONPath.
    from bodydouble.contracts.loading import load  # noqa: PLC0415

    try:
        return load(contracts, overlays)
    except ValueError as problem:
        raise click.UsageError(str(problem)) from None


def pattern_of(contract: Contract, model: str | None) -> JobPattern:
    """Return the job pattern to verify: the only one, or the one that takes ``model``.

    Raises:
        click.UsageError: There are several and none is named, or none takes the model.
    """
    patterns = contract.patterns
    models = [name for pattern in patterns for name in pattern.models]
    if model is None:
        if len(patterns) > 1:
            raise click.UsageError(
                f"the contract has {len(patterns)} ways to submit a job; name one: --model {models[0]}"
            )
        return patterns[0]
    found = next((pattern for pattern in patterns if model in pattern.models), None)
    if found is None:
        raise click.UsageError(
            f"no job takes the model {model}; {did_you_mean(model, models) or 'see contract show'}"
        )
    return found


def _application(name: str) -> Application:
    module, _, attribute = name.partition(":")
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        found: Any = import_module(module)
        for part in attribute.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError, ValueError) as problem:
        raise click.BadParameter(f"{name} cannot be imported: {problem}") from None
    if not callable(found):
        raise click.BadParameter(f"{name} is no ASGI application")
    application: Application = found
    return application
