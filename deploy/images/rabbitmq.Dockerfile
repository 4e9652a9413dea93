# RabbitMQ 3.10 as Debian packages it. Its data belong to a node name, so the container has a fixed hostname.
FROM arena-base:local
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends rabbitmq-server \
    && rm -rf /var/lib/apt/lists/* /var/lib/rabbitmq/* \
    && install -d -o rabbitmq -g rabbitmq -m 700 /var/lib/rabbitmq/data
COPY deploy/images/rabbitmq.sh /usr/local/bin/rabbitmq.sh
COPY deploy/images/rabbitmq.conf /etc/rabbitmq/rabbitmq.conf
USER rabbitmq
ENV HOME=/var/lib/rabbitmq/data RABBITMQ_MNESIA_BASE=/var/lib/rabbitmq/data/mnesia RABBITMQ_LOGS=- \
    RABBITMQ_NODENAME=arena@localhost RABBITMQ_CONFIG_FILE=/tmp/rabbitmq.conf \
    RABBITMQ_ENABLED_PLUGINS_FILE=/tmp/enabled_plugins LANG=C.UTF-8
VOLUME /var/lib/rabbitmq/data
ENTRYPOINT ["/usr/local/bin/rabbitmq.sh"]
