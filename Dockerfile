# Any image with Node 24, npm and glibc, by digest where builds must repeat:
#   docker build --build-arg NODE_IMAGE=node:24-bookworm-slim@sha256:... --tag treeline .
ARG NODE_IMAGE=node:24-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /treeline
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build

FROM ${NODE_IMAGE} AS dependencies
# `--omit=optional` leaves out the embedded PostgreSQL (60 MB) where DATABASE_URL is always given.
ARG OMIT=--omit=dev
WORKDIR /treeline
COPY package.json package-lock.json ./
RUN npm ci ${OMIT}

FROM ${NODE_IMAGE}
ENV NODE_ENV=production TREELINE_DATA_DIR=/data
# The embedded PostgreSQL wants a line for its user in /etc/passwd; official Node images have one.
RUN grep -q '^[^:]*:[^:]*:1000:' /etc/passwd \
      || echo 'treeline:x:1000:1000:Treeline:/data:/usr/sbin/nologin' >> /etc/passwd; \
    mkdir -m 0700 /data && chown 1000:1000 /data
WORKDIR /treeline
COPY --from=dependencies /treeline/node_modules ./node_modules
COPY --from=build /treeline/dist ./dist
COPY package.json LICENSE ./
# A number, so that Kubernetes can see that it is not root.
USER 1000:1000
# The only place that is written to: `docker run --init --read-only --volume treeline:/data treeline`. `--init` reaps
# agents of the process backend that outlive their shim.
VOLUME /data
# As in cmd/treeline.ts, where the reason stands.
ENTRYPOINT ["node", "--max-semi-space-size=4", "--heap-growing-percent=20", "/treeline/dist/cmd/treeline.js"]
CMD ["run"]
