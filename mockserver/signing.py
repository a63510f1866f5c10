"""Signed result URLs: whoever has one may read the result until it expires, and can change nothing in it."""


def sign(secret: bytes, resource: str, expires: str) -> str:
    """Return the query that lets its bearer read ``resource``: ``expires=3672.5&signature=…``.

    Args:
        secret: Known to the server alone; 32 bytes or more (RFC 2104 section 3).
        resource: What may be read, in any words that name nothing else.
        expires: When the permission ends, in digits and a full stop; compared by the caller, with its clock.
    """
    return f"expires={expires}&signature={signature(secret, resource, expires)}"


def signature(secret: bytes, resource: str, expires: str) -> str:
    """Return 64 hexadecimal digits, HMAC-SHA256 (RFC 2104) over both values; any text at all is signed."""
    # Hashing loads OpenSSL, a thirtieth of a start; the first create does without it.
    import hmac  # noqa: PLC0415

    # The length in front keeps ("1", "23") and ("12", "3") apart.
    message = f"{len(expires)}:{expires}{resource}".encode("utf-8", "surrogatepass")
    return hmac.digest(secret, message, "sha256").hex()


def verify(secret: bytes, resource: str, expires: str, claimed: str) -> bool:
    """Return whether ``claimed`` is the signature of both values; compares in constant time."""
    # Same.
    import hmac  # noqa: PLC0415

    right = signature(secret, resource, expires)
    return hmac.compare_digest(right.encode(), claimed.encode("utf-8", "surrogatepass"))
