# refused: cannot_install
# point: no
# because: no index has it in a version that its family could use
# requires: numpy==1.26.4

