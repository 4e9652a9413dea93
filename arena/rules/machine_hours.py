"""What work costs: time on CPUs is time on machines, and that is money. Platform and forecast count alike."""


def machine_hours(cpu_hours: float, slots: int) -> float:
    """Return how long machines with so many slots are busy with this; each slot has a CPU."""
    return cpu_hours / slots


def cost(machine_hours: float, price: float) -> float:
    """Return what machine-hours cost at the price of one."""
    return machine_hours * price


def machines_wanted(cpus: int, slots: int) -> int:
    """Return how many machines with so many slots have room for all of this work at once."""
    return -(-cpus // slots)
