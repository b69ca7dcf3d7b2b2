# SPDX-License-Identifier: Apache-2.0
# The gateway and its demo services. `make image` builds it, with a Docker engine or without one.
#
#     docker run --rm -p 8080:8080 localhost/sluice serve --listen 0.0.0.0:8080 --upstream HOST:50051
#     docker run --rm -p 8080:8080 -v "$PWD/etc:/etc/sluice:ro" localhost/sluice   # etc/sluice.yaml
#
# There is no HEALTHCHECK: /livez and /readyz answer by HTTP on the operators' port, and whoever runs
# containers asks them from outside.
ARG BASE=debian:trixie-slim

FROM ${BASE} AS build
WORKDIR /src
COPY packages.txt ./
COPY scripts/packages scripts/install-packages scripts/
RUN scripts/install-packages build
COPY CMakeLists.txt CMakePresets.json ./
COPY cmake cmake
COPY proto proto
COPY services services
COPY gateway gateway
COPY scripts/build scripts/runtime-packages scripts/
ARG JOBS
RUN --mount=type=cache,target=/ccache CCACHE_DIR=/ccache \
    scripts/build image --target sluice sluice-demo
RUN mkdir -p /out/bin && \
    strip -o /out/bin/sluice build/image/bin/sluice && \
    strip -o /out/bin/sluice-demo build/image/bin/sluice-demo && \
    scripts/runtime-packages /out/bin/* >/out/packages

FROM ${BASE}
COPY --from=build /out/packages /usr/share/doc/sluice/packages
# What the programs are linked with, and nothing else.
RUN apt-get -qq update && \
    DEBIAN_FRONTEND=noninteractive xargs -a /usr/share/doc/sluice/packages \
      apt-get -qq install --yes --no-install-recommends >/dev/null && \
    rm -rf /var/lib/apt/lists/* /var/cache/apt /var/cache/debconf/*-old /var/log/*
COPY LICENSE /usr/share/doc/sluice/copyright
COPY --from=build /out/bin/ /usr/local/bin/
LABEL org.opencontainers.image.title="sluice" \
      org.opencontainers.image.description="gRPC server-streaming as Server-Sent Events" \
      org.opencontainers.image.licenses="Apache-2.0"
WORKDIR /
# Any other works as well: nothing is written, and nothing belongs to it.
USER 65532:65532
EXPOSE 8080 9090
ENTRYPOINT ["/usr/local/bin/sluice"]
CMD ["serve", "--config", "/etc/sluice/sluice.yaml"]
