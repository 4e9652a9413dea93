# The hostile side of a study: the packages that participants expect, and the harness that loads their optimizer.
FROM arena-python:local
COPY requirements/optimizer.lock /tmp/optimizer.lock
# Without scikit-learn's data sets, on which the black boxes are built, and without programs that change their user.
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends libgomp1 && rm -rf /var/lib/apt/lists/* \
    && pip install --quiet --require-hashes -r /tmp/optimizer.lock && python -m compileall -q /opt/venv \
    && cd /opt/venv/lib/python3*/site-packages && rm -r sklearn/datasets/data sklearn/datasets/descr \
    && find sklearn scipy -type d -name tests -prune -exec rm -r {} + \
    && find / -xdev -perm /6000 -type f -exec chmod a-s {} +
COPY arena/sandbox/optimizer /opt/arena
RUN python -m compileall -q /opt/arena && chmod -R a+rX /opt/arena
ENTRYPOINT ["/opt/venv/bin/python", "-u", "/opt/arena/main.py"]
