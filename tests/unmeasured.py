"""Tests that run without coverage being measured: those that try very much, and for no line alone.

To measure makes Python code two to three times as slow, which is most of what a run of the suite takes its time for.
What is named here meets the same lines thousands of times, drawn by chance, for every published document or for every
animal of a zoo. Tests that state one fact each reach these lines, too, and should be the ones that count for them. With
or without coverage, each of them runs and asserts the same.
"""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

TESTS = Path(__file__).parent

UNMEASURED: Mapping[str, tuple[str, ...]] = {
    "contracts/checks/test_checks.py": ("test_a_double_keeps_every_published_contract",),
    "contracts/drift/test_comparing.py": ("test_every_published_fragment_against_every_other_never_crashes",),
    "contracts/drift/test_meaning.py": ("test_a_verdict_is_never_contradicted_by_the_validator",),
    "contracts/drift/test_witnesses.py": (
        "test_whatever_schemas_say_a_search_ends_with_a_witness_or_without",
    ),
    "contracts/exporting/test_export.py": (
        "test_a_damaged_contract_is_a_valid_document_that_means_the_same",
        "test_all_fragments_together_are_one_valid_document",
    ),
    "contracts/generating/test_corners.py": (
        "test_every_corner_that_upstream_allows_is_valid_to_both_validators",
    ),
    "contracts/generating/test_near_invalid.py": (
        "test_everything_that_breaks_a_rule_of_upstream_is_invalid_to_both_validators",
    ),
    "contracts/generating/test_strategies.py": (
        "test_all_that_is_drawn_for_upstream_is_valid_to_both_validators_in_both_readings",
        "test_the_validator_hardly_ever_refuses_what_is_drawn_for_upstream",
    ),
    "contracts/openapi/test_references.py": ("test_depth_and_size_do_not_matter",),
    "contracts/overlay/test_merging.py": ("test_a_hundred_thousand_places_are_changed_in_one_descent",),
    "contracts/overlay/test_overlay_rules.py": ("test_anything_is_judged",),
    "contracts/overlay/test_overlays.py": ("test_copying_a_document_into_itself_again_and_again_is_refused",),
    "contracts/reading/test_json_text.py": ("test_a_hundred_thousand_repeated_names_are_no_hindrance",),
    "contracts/reading/test_positions.py": ("test_every_place_of_every_json_text_is_where_its_text_is",),
    "contracts/reading/test_yaml_text.py": (
        "test_absurd_nesting_is_refused",
        "test_what_a_yaml_writer_writes_is_read_back",
    ),
    "contracts/rendering/test_annotations.py": ("test_whatever_is_told_every_line_is_one_command",),
    "contracts/rendering/test_markdown.py": ("test_whatever_is_told_every_fence_and_fold_is_closed",),
    "contracts/schema/test_agreement.py": ("test_the_verdict_is_the_same_on_published_schemas",),
    "contracts/schema/test_components.py": ("test_a_schema_means_the_same_among_others",),
    "contracts/schema/test_folding.py": ("test_anything_can_be_folded",),
    "contracts/schema/test_samples.py": (
        "test_a_sample_is_valid_or_there_is_none",
        "test_the_same_schema_has_the_same_sample",
    ),
    "contracts/schema/test_schemas.py": ("test_anything_can_be_looked_into",),
    "contracts/test_building.py": (
        "test_a_damaged_document_is_a_contract_or_a_clear_error",
        "test_each_fragment_gives_its_patterns_with_the_universal_poll",
    ),
    "contracts/test_loading.py": ("test_it_fits_every_published_fragment",),
    "end_to_end/test_consumer_zoo.py": (
        "test_a_flaw_is_found_within_the_default_budget",
        "test_a_sound_client_passes",
        "test_the_reference_client_passes_at_every_level",
    ),
    "end_to_end/test_contract_kept.py": (
        "test_a_status_from_the_future_breaks_the_contract_of_every_published_fragment",
        "test_every_scenario_that_is_marked_really_breaks_the_contract",
        "test_every_scenario_that_is_not_marked_keeps_the_contract_of_every_published_fragment",
        "test_refusals_are_the_apis_own",
    ),
    "end_to_end/test_every_fragment.py": (
        "test_all_of_them_live_in_one_server",
        "test_each_of_them_lives_alone_with_the_universal_poll",
        "test_no_fragment_is_ever_broken_and_any_worker_answers_the_same",
    ),
    "end_to_end/test_faults.py": (
        "test_any_combination_of_conditions_is_met_by_those_calls_alone_and_again_by_the_same",
    ),
    "end_to_end/test_provider_zoo.py": (
        "test_a_flaw_is_found_within_the_default_budget",
        "test_a_sound_server_is_not_accused",
    ),
    "end_to_end/test_schemathesis.py": (
        "test_along_the_links_every_job_keeps_to_the_document",
        "test_every_operation_does_what_the_document_says",
    ),
    "end_to_end/test_verify.py": (
        "test_the_double_keeps_its_contract_in_process",
        "test_the_double_keeps_other_contracts",
    ),
    "mockserver/control/test_controlling.py": ("test_changes_to_one_namespace_never_touch_another",),
    "mockserver/reporting/test_mangling.py": ("test_a_hundred_thousand_ids_are_prepared_in_no_time",),
    "mockserver/reporting/test_request_shapes.py": ("test_every_published_fragment_has_shapes",),
}
"""Functions by their file in this folder."""


@contextmanager
def unmeasured(path: Path, function: str) -> Iterator[None]:
    """Do not trace this thread, if the test is named; servers in other threads are measured all the same."""
    named = path.is_relative_to(TESTS) and function in UNMEASURED.get(path.relative_to(TESTS).as_posix(), ())
    if not named:
        yield
        return
    tracer = sys.gettrace()
    sys.settrace(None)
    try:
        yield
    finally:
        sys.settrace(tracer)
