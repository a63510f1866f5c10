"""Keys that clients sent: looked for, from then on, in everything that is written or shown."""

from collections import OrderedDict

from bodydouble.contracts.checks.exchanges import Exchange

MOST = 20
"""Keys that are remembered; the one that was longest unused is forgotten first."""
HEADERS = ("authorization", "proxy-authorization", "x-api-key", "api-key", "x-auth-token")
LEAST = 4
"""Characters of a key that is looked for within texts; a shorter one is in every text."""
SHOWN = "[key]"


class SeenKeys:
    """The last keys that were sent."""

    def __init__(self) -> None:
        self._keys: OrderedDict[str, None] = OrderedDict()

    def learn(self, exchange: Exchange) -> None:
        """Remember the keys that a request carries."""
        for name in HEADERS:
            if key := (exchange.request.field(name) or "").rpartition(" ")[2]:
                self._keys[key] = None
                self._keys.move_to_end(key)
        while len(self._keys) > MOST:
            self._keys.popitem(last=False)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys, the latest last."""
        return tuple(self._keys)

    def without(self, text: str) -> str:
        """Return ``text`` with every key replaced, the longest first."""
        for key in sorted(self._keys, key=len, reverse=True):
            if len(key) >= LEAST:
                text = text.replace(key, SHOWN)
        return text
