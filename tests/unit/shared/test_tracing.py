"""Traces without a collector."""

import subprocess
import sys

import pytest

from shared.messages import SubmissionAccepted
from shared.tracing.context import begin_trace, current_traceparent, follow_trace, new_traceparent, read_traceparent

SERVICES = ("gateway", "dispatcher", "runner", "aggregator")


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_without_a_collector_loads_nothing_of_opentelemetry_s_sdk(service: str) -> None:
    program = f"import sys, services.{service}.__main__; print([each for each in sys.modules if '.sdk' in each])"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert loaded.strip() == "[]"


def test_what_is_done_in_a_trace_has_its_traceparent_and_nothing_afterwards_has() -> None:
    with begin_trace("POST", None):
        begun = current_traceparent()
        with follow_trace("other work", other := new_traceparent()):
            inner = current_traceparent()
        after = current_traceparent()

    assert read_traceparent(begun) == begun
    assert (inner, after, current_traceparent()) == (other, begun, None)


def test_work_that_belongs_to_no_trace_begins_none() -> None:
    with begin_trace("POST", None), follow_trace("other work", None):
        assert current_traceparent() is None


def test_a_message_s_trace_is_in_its_header_and_not_in_its_body() -> None:
    message = SubmissionAccepted(submission_id="4bf92f35-77b3-4da6-a3ce-929d0e0e4736").following(new_traceparent())
    assert "trace" not in message.model_dump_json()
