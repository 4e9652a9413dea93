#!/bin/sh
# Writes the user and the plugins from the environment, then becomes the server.
set -eu
cp /etc/rabbitmq/rabbitmq.conf /tmp/rabbitmq.conf
printf 'default_pass = %s\n' "${RABBITMQ_PASSWORD:?the password of user arena}" >>/tmp/rabbitmq.conf
printf '[%s].\n' "${RABBITMQ_PLUGINS:-}" >/tmp/enabled_plugins
exec /usr/lib/rabbitmq/bin/rabbitmq-server
