# expect: scored
# because: no accelerator of the host is there, whatever the environment says of one
import glob
import os

from honest import Honest, escaped, must_fail

DEVICES = ("/dev/nvidia0", "/dev/nvidiactl", "/dev/nvidia-uvm", "/dev/dri/renderD128", "/dev/kfd", "/dev/kvm", "/dev/vfio/vfio")


class Optimizer(Honest):
    def attack(self):
        os.environ["CUDA_VISIBLE_DEVICES"] = os.environ["NVIDIA_VISIBLE_DEVICES"] = "all"
        for device in DEVICES:
            must_fail(os.open, device, os.O_RDWR)
        if found := glob.glob("/proc/driver/*nvidia*") + glob.glob("/sys/class/drm/card*/device/mem*"):
            escaped(found)
