"""The Compose that is there, of either generation."""

import subprocess


def compose_command() -> list[str]:
    """Return how it is called."""
    newer = subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode == 0
    return ["docker", "compose"] if newer else ["docker-compose"]


def containers_of(project: str, service: str) -> list[str]:
    """Return the ids of a service's containers."""
    labels = [f"label=com.docker.compose.{key}" for key in (f"project={project}", f"service={service}")]
    filters = [part for label in labels for part in ("--filter", label)]
    found = subprocess.run(["docker", "ps", "--quiet", *filters], capture_output=True, text=True, check=True)
    return found.stdout.split()
