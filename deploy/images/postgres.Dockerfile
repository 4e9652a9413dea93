# PostgreSQL 15 as Debian packages it; the first start makes the cluster, user and database.
FROM arena-base:local
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends postgresql-15 \
    && rm -rf /var/lib/apt/lists/* /var/lib/postgresql/15/main \
    && install -d -o postgres -g postgres -m 700 /var/lib/postgresql/data
COPY deploy/images/postgres.sh /usr/local/bin/postgres.sh
USER postgres
ENV PATH=/usr/lib/postgresql/15/bin:$PATH PGDATA=/var/lib/postgresql/data/cluster
VOLUME /var/lib/postgresql/data
# Fast shutdown: clients are disconnected, nothing committed is lost.
STOPSIGNAL SIGINT
ENTRYPOINT ["/usr/local/bin/postgres.sh"]
