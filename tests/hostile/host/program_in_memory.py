# expect: scored
# because: a program that was never a file runs with the rights of the one that started it
import os

from honest import Honest, escaped

CODE = "import os; status = open('/proc/self/status').read(); print('CapEff:\\t' + '0' * 16 in status and 'NoNewPrivs:\\t0' not in status and os.getuid() >= 61000)"


class Optimizer(Honest):
    def attack(self):
        program = os.memfd_create("program")
        with open("/proc/self/exe", "rb") as source:
            while data := source.read(2**20):
                os.write(program, data)
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            os.dup2(write, 1)
            os.execve(f"/proc/self/fd/{program}", ["python", "-c", CODE], dict(os.environ))
        os.close(write)
        os.waitpid(child, 0)
        said = os.read(read, 100)
        if said.strip() not in {b"True", b""}:
            escaped(said)
