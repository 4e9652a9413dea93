"""The system calls that a study's containers may make, as the engine's seccomp profile.

Stricter than the engine's default: what numerical Python programs need, for the machine's own architecture alone. What
is not listed fails with EPERM: among it io_uring, ptrace, keyrings, namespaces, mounts, bpf, userfaultfd and perf.
"""

import json

FILES = """
    access faccessat faccessat2 open openat openat2 creat close close_range read readv pread64 preadv preadv2
    write writev pwrite64 pwritev pwritev2 lseek truncate ftruncate fallocate fsync fdatasync sync syncfs
    sync_file_range copy_file_range sendfile splice tee vmsplice fadvise64 readahead flock stat fstat lstat
    newfstatat statx statfs fstatfs getdents getdents64 mkdir mkdirat rmdir unlink unlinkat rename renameat
    renameat2 link linkat symlink symlinkat readlink readlinkat mknod mknodat chmod fchmod fchmodat fchmodat2
    chown fchown lchown fchownat umask utime utimes utimensat futimesat getcwd chdir fchdir getxattr lgetxattr
    fgetxattr listxattr llistxattr flistxattr setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr
"""
DESCRIPTORS = """
    dup dup2 dup3 fcntl ioctl pipe pipe2 poll ppoll select pselect6 epoll_create epoll_create1 epoll_ctl
    epoll_ctl_old epoll_wait epoll_wait_old epoll_pwait epoll_pwait2 eventfd eventfd2 signalfd signalfd4
    timerfd_create timerfd_settime timerfd_gettime inotify_init inotify_init1 inotify_add_watch inotify_rm_watch
    memfd_create
"""
MEMORY = """
    brk mmap munmap mremap mprotect madvise msync mincore mlock mlock2 mlockall munlock munlockall membarrier
    pkey_alloc pkey_free pkey_mprotect
"""
PROCESSES = """
    fork vfork execve execveat exit exit_group wait4 waitid getpid getppid gettid getpgid getpgrp setpgid getsid
    setsid kill tkill tgkill pidfd_open pidfd_send_signal prctl arch_prctl set_tid_address set_robust_list
    get_robust_list rseq futex futex_waitv getrusage getrlimit setrlimit prlimit64 times sysinfo uname getrandom
    getcpu getpriority setpriority sched_yield sched_getaffinity sched_setaffinity sched_getparam sched_setparam
    sched_getscheduler sched_setscheduler sched_getattr sched_setattr sched_get_priority_max
    sched_get_priority_min sched_rr_get_interval ioprio_get ioprio_set getuid geteuid getgid getegid getresuid
    getresgid getgroups setuid setgid setreuid setregid setresuid setresgid setgroups setfsuid setfsgid capget
    capset
"""
SIGNALS_AND_TIME = """
    rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigsuspend rt_sigtimedwait rt_sigqueueinfo
    rt_tgsigqueueinfo sigaltstack pause alarm getitimer setitimer restart_syscall clock_gettime clock_getres
    clock_nanosleep nanosleep gettimeofday time timer_create timer_delete timer_settime timer_gettime
    timer_getoverrun
"""
BETWEEN_PROCESSES = """
    socketpair bind listen accept accept4 connect getsockname getpeername getsockopt setsockopt sendto recvfrom
    sendmsg recvmsg sendmmsg recvmmsg shutdown shmget shmat shmdt shmctl semget semop semtimedop semctl msgget
    msgsnd msgrcv msgctl mq_open mq_unlink mq_timedsend mq_timedreceive mq_notify mq_getsetattr
"""

NEW_NAMESPACES = 0x7E020000
"""The flags of `clone` that ask for a namespace."""
ENOSYS = 38
SOCKET_FAMILIES = {"AF_UNIX": 1, "AF_INET": 2, "AF_INET6": 10, "AF_NETLINK": 16}
PERSONALITIES = (0x0, 0xFFFFFFFF)
"""Linux as it is, and the call that asks which one it is."""


def _allow(names: list[str], *arguments: dict[str, object]) -> dict[str, object]:
    return {"names": names, "action": "SCMP_ACT_ALLOW", "args": list(arguments)}


def _equals(value: int) -> dict[str, object]:
    return {"index": 0, "value": value, "op": "SCMP_CMP_EQ"}


def _profile(clone3: dict[str, object]) -> str:
    return json.dumps(
        {
            "defaultAction": "SCMP_ACT_ERRNO",
            "archMap": [
                {"architecture": "SCMP_ARCH_X86_64", "subArchitectures": []},
                {"architecture": "SCMP_ARCH_AARCH64", "subArchitectures": []},
            ],
            "syscalls": [
                _allow("".join((FILES, DESCRIPTORS, MEMORY, PROCESSES, SIGNALS_AND_TIME, BETWEEN_PROCESSES)).split()),
                _allow(["clone"], {"index": 0, "value": NEW_NAMESPACES, "valueTwo": 0, "op": "SCMP_CMP_MASKED_EQ"}),
                clone3,
                *(_allow(["socket"], _equals(family)) for family in SOCKET_FAMILIES.values()),
                *(_allow(["personality"], _equals(value)) for value in PERSONALITIES),
            ],
        }
    )


# The C library then makes threads and processes by clone, whose flags a filter can see.
PROFILE = _profile({"names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": ENOSYS, "args": []})
OWN_KERNEL_PROFILE = _profile(_allow(["clone3"]))
"""For a kernel of the sandbox's own: gVisor's knows no error but EPERM, at which the C library makes no thread at all.

A namespace that is made so is one of that kernel, and of nothing else.
"""
