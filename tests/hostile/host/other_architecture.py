# expect: scored
# because: the same calls under another architecture's numbers are refused, too
import ctypes
import mmap
import os

from honest import Honest, escaped


class Optimizer(Honest):
    def attack(self):
        # int 0x80 with the 32-bit number of unshare (310) and CLONE_NEWUSER; exit status 0 if it worked.
        code = b"\xb8\x36\x01\x00\x00\xbb\x00\x00\x00\x10\xcd\x80\xc3"
        child = os.fork()
        if child == 0:
            page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
            page.write(code)
            address = ctypes.addressof(ctypes.c_char.from_buffer(page))
            os._exit(0 if ctypes.CFUNCTYPE(ctypes.c_int)(address)() == 0 else 1)
        if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0:
            escaped("unshare of 32 bits")
