# expect: scored
# because: what administrates the kernel is refused
from honest import Honest, must_not_call


class Optimizer(Honest):
    def attack(self):
        for number in (
            (175, None, 0, b""),  # init_module
            (313, 0, b"", 0),  # finit_module
            (169, 0xFEE1DEAD, 672274793, 0x1234567, None),  # reboot
            (246, 0, 0, None, 0),  # kexec_load
            (321, 0, None, 0),  # bpf
            (298, None, 0, -1, -1, 0),  # perf_event_open
            (323, 0),  # userfaultfd
            (103, 3, b"x" * 64, 64),  # syslog
            (167, b"/tmp/x", 0),  # swapon
            (170, b"x", 1),  # sethostname
            (164, b"\0" * 16, None),  # settimeofday
            (172, 3),  # iopl
            (304, 0, None, 0),  # open_by_handle_at
            (308, 0, 0),  # setns
            (425, 8, b"\0" * 120),  # io_uring_setup
            (153,),  # vhangup
            (163, b"/tmp/x"),  # acct
        ):
            must_not_call(*number)
