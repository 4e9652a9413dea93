"""RabbitMQ: which queues there are, publishing with confirms, the one consumer loop of all services, dead letters."""
