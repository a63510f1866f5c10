import subprocess
import sys

WITHOUT = """
import sys
sys.modules["hypothesis"] = None
try:
    import bodydouble.contracts.generating.strategies
except ModuleNotFoundError as error:
    print(error)
"""


def test_without_hypothesis_the_extra_is_named() -> None:
    run = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True, check=True)
    assert "pip install 'bodydouble[verify]'" in run.stdout


def test_what_is_listed_needs_no_hypothesis() -> None:
    program = (
        "import sys, bodydouble.contracts.generating.drafts, bodydouble.contracts.generating.near_invalid;"
        "print('hypothesis' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
