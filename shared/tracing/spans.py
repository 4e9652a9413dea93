"""Spans by OpenTelemetry, sent to a collector. Imported only where `ARENA_TRACES_URL` is set: its SDK takes 5 MB."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, set_span_in_context
from opentelemetry.trace.span import format_span_id, format_trace_id

from shared.tracing.context import Attribute, record_with

EXPORT_TIMEOUT_S = 5.0
"""A service that ends waits no longer than this for a collector that does not answer."""


@contextmanager
def send_spans(service: str, url: str) -> Iterator[None]:
    """Send the spans of the block to an OTLP/HTTP receiver, in a thread of their own; they never hold work up."""
    exporter = OTLPSpanExporter(endpoint=url, timeout=EXPORT_TIMEOUT_S)
    with record_spans(service, BatchSpanProcessor(exporter)):
        yield


@contextmanager
def record_spans(service: str, processor: SpanProcessor) -> Iterator[None]:
    """Hand the spans of the block to `processor`, which is shut down at the end."""
    resource = Resource.create({"service.name": f"arena-{service}"})
    provider = TracerProvider(resource=resource, sampler=ALWAYS_ON, shutdown_on_exit=False)
    provider.add_span_processor(processor)
    tracer = provider.get_tracer("arena")

    @contextmanager
    def start(name: str, parent: str | None, attributes: Mapping[str, Attribute]) -> Iterator[str]:
        given = {f"arena.{key}": value for key, value in attributes.items()}
        with tracer.start_as_current_span(name, context=_context(parent), attributes=given) as started:
            its = started.get_span_context()
            yield f"00-{format_trace_id(its.trace_id)}-{format_span_id(its.span_id)}-01"

    try:
        with record_with(start):
            yield
    finally:
        provider.shutdown()


def _context(parent: str | None) -> Context:
    if parent is None:
        return Context()
    _, trace, its_span, _ = parent.split("-")
    known = SpanContext(int(trace, 16), int(its_span, 16), is_remote=True, trace_flags=TraceFlags(TraceFlags.SAMPLED))
    return set_span_in_context(NonRecordingSpan(known), Context())
