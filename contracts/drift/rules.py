"""Every rule of drift in one table, and why some have no counterpart."""

from collections.abc import Mapping
from types import MappingProxyType

from .changes import Rule
from .operation_rules import OPERATION_RULES
from .reply_rules import REPLY_RULES
from .request_rules import REQUEST_RULES

RULES: tuple[Rule, ...] = (*OPERATION_RULES, *REQUEST_RULES, *REPLY_RULES)
"""Every rule: what becomes of operations, of what clients send, of what they read."""

BY_ID: Mapping[str, Rule] = MappingProxyType({rule.id: rule for rule in RULES})

_BACK = "its opposite is the same rule with old and new exchanged"
_REMOVED = "a required property or parameter that goes is removed like an optional one"
_UNKNOWN = "what cannot be told has no opposite"

WAIVERS: Mapping[str, str] = MappingProxyType(
    {
        "path-moved": _BACK,
        "method-changed": _BACK,
        "operation-renamed": _BACK,
        "server-changed": _BACK,
        "required-parameter-added": _REMOVED,
        "parameter-renamed": _BACK,
        "parameter-moved": _BACK,
        "job-id-renamed": _BACK,
        "job-status-moved": _BACK,
        "job-status-replaced": _BACK,
        "job-poll-parameter-renamed": _BACK,
        "request-model-swapped": _BACK,
        "request-required-property-added": _REMOVED,
        "request-property-renamed": _BACK,
        "request-type-changed": _BACK,
        "request-enum-replaced": _BACK,
        "request-default-changed": _BACK,
        "request-format-changed": _BACK,
        "request-unclear": _UNKNOWN,
        "reply-status-moved": _BACK,
        "reply-media-type-changed": _BACK,
        "reply-property-renamed": _BACK,
        "reply-type-changed": _BACK,
        "reply-enum-replaced": _BACK,
        "reply-format-changed": _BACK,
        "reply-unclear": _UNKNOWN,
    }
)
"""Rules without a counterpart, each with the reason."""

ONE_SIDED: Mapping[str, str] = MappingProxyType(
    {
        "model-swapped": "a reply chooses no model",
        "body-removed": "a reply's body is reply-schema-removed",
        "body-added": "a reply's body is reply-schema-added",
        "body-became-required": "a reply's body is not optional",
        "body-became-optional": "a reply's body is not optional",
        "required-property-added": "to readers a new property is welcome either way",
        "default-changed": "nothing is assumed about a reply: a default there is a remark",
        "status-moved": "requests have no status",
        "status-settled": "requests have no status",
        "status-unsettled": "requests have no status",
        "success-added": "requests have no status",
        "success-removed": "requests have no status",
        "success-undocumented": "requests have no status",
        "success-documented": "requests have no status",
        "error-added": "requests have no status",
        "error-removed": "requests have no status",
        "media-type-changed": "only JSON bodies are sent, and servers take them under any JSON media type",
        "schema-removed": "a request's body is request-body-removed",
        "schema-added": "a request's body is request-body-added",
        "header-removed": "a request's headers are parameters",
        "header-added": "a request's headers are parameters",
    }
)
"""Rules of one direction that the other lacks, by their name without the direction, each with the reason."""
