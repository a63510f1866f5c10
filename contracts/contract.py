"""The contract: fragments with their overlays applied, resolved into operations, job patterns and conventions."""

import msgspec

from bodydouble.contracts.jobs.job_pattern import JobPattern
from bodydouble.contracts.openapi.operations import Operation
from bodydouble.contracts.reading.fragment import Fragment

from .conventions import Conventions
from .findings import Finding
from .pointers import JSON


class ContractError(ValueError):
    """Nothing servable is left of the fragments."""


class Contract(msgspec.Struct, frozen=True):
    """What an API promises.

    Attributes:
        fragments: The documents after overlays, as given.
        operations: Every operation of every fragment.
        patterns: Every way to submit and poll a job.
        conventions: What holds for every reply.
        findings: What stood in the way while the contract was put together.
    """

    fragments: tuple[Fragment, ...]
    operations: tuple[Operation, ...]
    patterns: tuple[JobPattern, ...]
    conventions: Conventions
    findings: tuple[Finding, ...]

    @property
    def title(self) -> str:
        """The first title a fragment gives itself."""
        titles = (_info(fragment).get("title") for fragment in self.fragments)
        return next((title for title in titles if isinstance(title, str) and title), "API")

    @property
    def version(self) -> str:
        """The first version a fragment gives itself."""
        versions = (_info(fragment).get("version") for fragment in self.fragments)
        return next((version for version in versions if isinstance(version, str) and version), "0")

    @property
    def servers(self) -> tuple[str, ...]:
        """The origins that the fragments name, without repetition."""
        listed = (fragment.document.get("servers") for fragment in self.fragments)
        entries = [entry for servers in listed if isinstance(servers, list) for entry in servers]
        urls = [entry.get("url") for entry in entries if isinstance(entry, dict)]
        return tuple(dict.fromkeys(url for url in urls if isinstance(url, str)))


def _info(fragment: Fragment) -> dict[str, JSON]:
    info = fragment.document.get("info")
    return info if isinstance(info, dict) else {}
