"""What the aggregator reads from its environment."""

from pydantic import Field

from shared.settings import ProcessSettings, ServerSettings


class AggregatorSettings(ProcessSettings, ServerSettings):
    """The settings of one aggregator process."""

    result_batch: int = Field(default=256, ge=1)
