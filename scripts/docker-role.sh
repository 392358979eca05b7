#!/bin/sh
# Run once by the image of Postgres, when its volume is empty: Vesta's own role, which is no superuser, and its database.
set -eu
psql --username "$POSTGRES_USER" --dbname postgres --set ON_ERROR_STOP=1 --set password="$VESTA_ROLE_PASSWORD" <<'SQL'
CREATE ROLE vesta LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'password';
CREATE DATABASE vesta OWNER vesta;
REVOKE ALL ON DATABASE vesta FROM PUBLIC;
-- Over the network nobody is the superuser any more; inside the container the local socket still lets it in.
ALTER ROLE CURRENT_USER PASSWORD NULL;
SQL
