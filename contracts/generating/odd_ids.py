"""Ids as servers give them: texts that stay themselves only if they are encoded, quoted and never parsed."""

ODD_IDS: tuple[tuple[str, str], ...] = (
    ("a UUID", "6f1c9a1e-2b7d-4d4f-9f0a-5b8f0c2d7e11"),
    ("fifteen digits", "342876518449281"),
    ("a UUID with a path behind it", "6f1c9a1e-2b7d-4d4f-9f0a-5b8f0c2d7e11:vendor/model"),
    ("one that begins with a dash", "-V1StGXR8_Z5jdHi6B-myT"),
    ("one that begins with an underscore", "_V1StGXR8_Z5jdHi6B-myT"),
    ("more digits than a float keeps", "98765432109876543210"),
    ("leading zeros", "000123"),
    ("what looks like a float", "1e5"),
    ("what looks like nothing", "null"),
    ("percent and plus", "a%2Fb+c%20d"),
    ("the marks of a URL", "a?b=c&d=e#f"),
    ("dots and slashes", "../a//b/."),
    ("Base64", "aGVsbG8gd29ybGQ/Pz8+Pj4="),
    ("blanks inside", "job 17"),
    ("letters beyond ASCII", "\u00e4\u6f22\U0001f3ac"),
    ("two hundred characters", "x" * 200),
)
"""What is odd about each, and the id; the first few have been seen in the wild."""
