"""The same null work on Celery: what its worker and its sender run, in an environment that has Celery and nothing else.

Each task takes the body of a shard and returns that of a result. As with Arena, queues are quorum queues, messages are
persistent and confirmed, a task is acknowledged when its result is committed, and one whose worker dies comes again.
For throughput, as its documentation advises: prefork, many tasks fetched ahead, no events, no rate limits, connections
that are kept.
"""

import os
import sys
from pathlib import Path

from celery import Celery

QUEUE = "celery.shards"
PROCESSES, PREFETCH = 2, 64
"""The worker's processes beside its main one: four with the sender, as many as Arena's services. Tasks for each."""

app = Celery(
    "control_plane",
    broker=os.environ["BROKER_URL"],
    backend=os.environ["DATABASE_URL"].replace("postgresql://", "db+postgresql+psycopg://"),
)
app.conf.update(
    task_default_queue=QUEUE,
    task_default_queue_type="quorum",
    task_default_exchange_type="topic",
    broker_transport_options={"confirm_publish": True},
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=PREFETCH,
    worker_concurrency=PROCESSES,
    worker_disable_rate_limits=True,
    worker_send_task_events=False,
    database_short_lived_sessions=False,
    result_expires=None,
)
RESULT = Path(os.environ["RESULT_FILE"]).read_text()


@app.task(name="study")  # type: ignore[untyped-decorator]
def study(shard: str) -> str:  # noqa: ARG001 - it is sent, and costs as much as Arena's
    """Return a result at once."""
    return RESULT


def send() -> None:
    """Send as many tasks as each line on standard input says, with the shard that is the first line."""
    shard = sys.stdin.readline().strip()
    with app.producer_pool.acquire(block=True) as producer:
        for line in sys.stdin:
            for _ in range(int(line)):
                study.apply_async((shard,), producer=producer)


if __name__ == "__main__":
    send()
