"""What was recorded of a trace, and a receiver of spans that speaks OTLP over HTTP."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan


def paths_to_the_root(spans: Sequence[ReadableSpan], name: str) -> list[list[str]]:
    """Return, for each span of this name, its name and those of what it follows from, up to the trace's first."""
    by_id = {each.context.span_id: each for each in spans if each.context is not None}

    def path(span: ReadableSpan) -> list[str]:
        return [span.name, *(path(by_id[span.parent.span_id]) if span.parent is not None else [])]

    return [path(each) for each in spans if each.name == name]


class SpanReceiver:
    """The names of the spans that services have sent to `url`, by the name of the service."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/v1/traces"
        self.received: dict[str, list[str]] = {}

    def take(self, body: bytes) -> None:
        for sent in ExportTraceServiceRequest.FromString(body).resource_spans:
            (service,) = [each.value.string_value for each in sent.resource.attributes if each.key == "service.name"]
            names = [span.name for scope in sent.scope_spans for span in scope.spans]
            self.received.setdefault(service, []).extend(names)


@contextmanager
def receiving_spans() -> Iterator[SpanReceiver]:
    """A receiver on loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            receiver.take(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver = SpanReceiver(server.server_port)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
