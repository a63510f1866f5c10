"""What a report says, apart from how it is found and how it is shown."""

from collections.abc import Mapping

import msgspec

from bodydouble.contracts.findings import FAILING, Finding


class Report(msgspec.Struct, frozen=True):
    """What was noticed, and what could not be looked at.

    Attributes:
        findings: The gravest first.
        unseen: Rules that could not look, by id, with the reason.
        requests: How many requests were looked at.
    """

    findings: tuple[Finding, ...]
    unseen: Mapping[str, str]
    requests: int

    @property
    def failed(self) -> bool:
        """Whether there is more than notes."""
        return any(finding.severity in FAILING for finding in self.findings)
