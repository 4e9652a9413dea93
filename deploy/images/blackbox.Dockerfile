# The trusted side of a study: Bayesmark 0.0.8 under the pins with which it is right.
FROM arena-python:local
COPY requirements/blackbox.lock /tmp/blackbox.lock
RUN pip install --quiet --require-hashes -r /tmp/blackbox.lock && python -m compileall -q /opt/venv
COPY arena/sandbox/blackbox /opt/arena
RUN python -m compileall -q /opt/arena && chmod -R a+rX /opt/arena
ENTRYPOINT ["/opt/venv/bin/python", "-u", "/opt/arena/main.py"]
