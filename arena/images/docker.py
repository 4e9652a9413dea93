"""The `docker` command line, which knows the host's contexts, credentials and builders."""

import os
import subprocess


class BuildFailed(Exception):
    """An image cannot be built; the text says what was expected and what came."""


def docker(*arguments: str, timeout_s: float | None = None) -> str:
    """Return what a docker command writes. Raises BuildFailed with its whole output when it fails."""
    return run("docker", *arguments, timeout_s=timeout_s)


def run(*command: str, timeout_s: float | None = None) -> str:
    """Return what a command writes. Raises BuildFailed with its whole output when it fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=timeout_s)  # noqa: S603
    except FileNotFoundError as error:
        raise BuildFailed(f"Expected the command '{command[0]}', found none; install it and run this again.") from error
    except subprocess.TimeoutExpired as error:
        raise BuildFailed(f"Expected '{command[0]} {command[1]}' to end within {timeout_s:g} s; it did not.") from error
    except subprocess.CalledProcessError as error:
        raise BuildFailed(
            f"Expected '{' '.join(command)}' to succeed, it failed:\n{error.stdout}{error.stderr}"
        ) from error
    return done.stdout.strip()


def run_as_root(*command: str) -> str:
    """Return what a command writes that needs root: with sudo, if this user is not root and needs no password."""
    return run(*([] if os.geteuid() == 0 else ["sudo", "-n"]), *command)
