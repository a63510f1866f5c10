"""By which names and shapes secrets are known: tables, so that everybody can see what is taken for one."""

import re

# Names are compared without case, hyphens, underscores, full stops, blanks and brackets.
_ENDINGS = (
    "apikey",
    "apikeys",
    "accesskey",
    "accesskeyid",
    "authkey",
    "privatekey",
    "secretkey",
    "signingkey",
    "keypairid",
    "token",
    "accesstokens",
    "authtokens",
    "refreshtokens",
    "secret",
    "secrets",
    "password",
    "passwords",
    "passwd",
    "passphrase",
    "pwd",
    "authorization",
    "authentication",
    "auth",
    "cookie",
    "cookies",
    "credential",
    "credentials",
    "signature",
    "sig",
    "session",
    "sessionid",
)
# In a query these are part of a signature or a key; in a body they are words like any other.
_IN_QUERIES = frozenset(
    {"key", "expires", "exp", "policy", "code", "acl", "hmac", "hdnts", "jwt", "googleaccessid"}
)
_BEGIN_IN_QUERIES = ("xamz", "xgoog", "xoss")

_LONGEST_NAME = 200
_FILLERS = str.maketrans("", "", "-_. []")

NAME_MARKS = ("key", "token", "secret", "pass", "pwd", "auth", "cookie", "credential", "sig", "session")
"""Where none of these occurs, in lower case, nothing has a secret's name."""

QUERY_MARKS = ("exp", "policy", "code", "acl", "hmac", "hdnts", "jwt", "goog", "amz", "oss")
"""The same for the names that are secret in queries only."""

SHAPE_MARKS = ("bearer", "basic", "eyj", "sk-", "//", "data:")
"""Where none of these occurs, in lower case, nothing short looks like a key, a link or a data URI."""

SCHEMES = frozenset({"bearer", "basic", "digest", "token", "apikey", "negotiate", "aws4-hmac-sha256"})
"""Authentication schemes (RFC 9110 section 11.1) that may stand before a digest; any other word may be the key."""

SHAPES = (
    re.compile(
        r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----(?:(?!-----END).)*(?:-----END [A-Z ]{0,30}-----)?", re.DOTALL
    ),
    re.compile(r"\beyJ[A-Za-z0-9_-]{5,1000}(?:\.[A-Za-z0-9_-]*){1,4}"),  # JSON Web Tokens (RFC 7519)
    re.compile(r"\bsk-[A-Za-z0-9_-]{8,}"),
)
"""Keys that are known by their look alone."""


def is_secret_name(name: str, *, in_query: bool = False) -> bool:
    """Return whether what stands under ``name``, of a header or of a member, is taken for a secret."""
    plain = name[-_LONGEST_NAME:].lower().translate(_FILLERS)
    if plain.endswith(_ENDINGS):
        return True
    return in_query and (plain in _IN_QUERIES or plain.startswith(_BEGIN_IN_QUERIES))
