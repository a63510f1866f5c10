import pytest

from bodydouble.mockserver.consumer.tracebacks import last_line, traceback_in

CRASHES = {
    "Python": 'x\nTraceback (most recent call last):\n  File "a.py", line 1, in <module>\nKeyError: 1\n',
    "Node": "TypeError: x is undefined\n    at main (/srv/client.js:12:3)\n    at node:internal/main:1:1\n",
    "Go": "panic: runtime error: invalid memory address\n\ngoroutine 1 [running]:\n",
    "Java": 'Exception in thread "main" java.lang.NullPointerException\n\tat a.B.main(B.java:3)\n',
    "Ruby": "client.rb:3:in `poll': undefined method `[]' for nil (NoMethodError)\n\tfrom client.rb:9:in `<main>'\n",
    "Rust": "thread 'main' panicked at src/main.rs:3:5:\nindex out of bounds\n",
    "C#": "Unhandled exception. System.NullReferenceException: no\n   at A.Main() in /a/b.cs:line 3\n",
    "PHP": "PHP Fatal error:  Uncaught TypeError: no\n",
}
SOUND = (
    "",
    "failed: the job failed: GenerationError",
    "Error: poll refused at /v2/video (retry at 12:30)",
    "waiting for goroutine pool\npanic button pressed\n",
    "Traceback saved to client.log\n",
)


@pytest.mark.parametrize("language", CRASHES)
def test_a_crash_is_known_by_its_language(language: str) -> None:
    found = traceback_in(CRASHES[language])
    assert found
    assert found[0] == language


@pytest.mark.parametrize("output", SOUND)
def test_an_error_in_ones_own_words_is_no_crash(output: str) -> None:
    assert traceback_in(output) is None


def test_the_last_line_says_what_it_was() -> None:
    assert last_line(CRASHES["Python"] + "\n \n") == "KeyError: 1"
    assert last_line("") == ""
