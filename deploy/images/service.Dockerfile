# The four services and the migrations; which one runs is the command's matter.
FROM arena-python:local
COPY requirements/runtime.lock /opt/arena/requirements/runtime.lock
RUN pip install --quiet --require-hashes -r /opt/arena/requirements/runtime.lock && python -m compileall -q /opt/venv
COPY requirements /opt/arena/requirements
COPY deploy/migrations /opt/arena/deploy/migrations
COPY shared /opt/arena/shared
COPY services /opt/arena/services
COPY arena /opt/arena/arena
WORKDIR /opt/arena
RUN python -m compileall -q arena shared services \
    && useradd --system --uid 10001 arena && install -d -o arena -g arena /var/lib/arena /var/lib/arena/blobs
USER arena
ENV GIT_PYTHON_REFRESH=quiet
