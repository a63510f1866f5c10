"""Hypothesis, or the name of the extra that installs it. Only what draws at random needs it."""

try:
    from hypothesis import strategies as st
    from hypothesis.strategies import DrawFn, SearchStrategy
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        "drawing requests and replies needs Hypothesis, which is not installed; "
        "expected the extra 'verify': pip install 'bodydouble[verify]'",
        name=error.name,
    ) from None

__all__ = ["DrawFn", "SearchStrategy", "st"]
