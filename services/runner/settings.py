"""What the runner reads from its environment: it needs the broker, the blob store and the engine, and no database."""

from shared.settings import BlobSettings, BrokerSettings, ProcessSettings, Settings


class RunnerSettings(ProcessSettings, BrokerSettings, BlobSettings, Settings):
    """The settings of one runner process."""

    heartbeat_interval_s: float = 2
    grace_s: float = 20
    engine_check_interval_s: float = 30
