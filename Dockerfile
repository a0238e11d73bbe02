# One image for every service; which one runs is its command: python -m intake.main
FROM python:3.11-slim-bookworm AS build
COPY deploy/local/uv.txt /tmp/uv.txt
RUN pip install --no-cache-dir --require-hashes --requirement /tmp/uv.txt
ENV UV_PYTHON_DOWNLOADS=never UV_NO_CACHE=1 UV_COMPILE_BYTECODE=1
WORKDIR /app
COPY pyproject.toml requirements.lock ./
COPY libs libs
COPY services services
# The lock also pins what only the tests need. This takes the services' part of it, same versions,
# same hashes.
RUN uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-package homeward-events --constraint requirements.lock \
        --output-file services.lock services/*/pyproject.toml libs/events/pyproject.toml && \
    uv venv --quiet .venv && \
    uv pip install --python .venv/bin/python --require-hashes --requirement services.lock && \
    uv pip install --python .venv/bin/python --no-deps \
        $(for member in libs/* services/*; do echo --editable ./$member; done)

# The local runtime's issuer and bank simulator, for docker-compose.yml only.
FROM build AS build-rehearsal
COPY deploy/local deploy/local
RUN printf 'bcrypt\npyyaml\ntyper\n' | uv pip compile --quiet --generate-hashes \
        --constraint requirements.lock --output-file rehearsal.lock - && \
    uv pip install --python .venv/bin/python --require-hashes --requirement rehearsal.lock && \
    uv pip install --python .venv/bin/python --no-deps --editable ./deploy/local

FROM python:3.11-slim-bookworm AS runs
RUN useradd --system --uid 10001 --create-home homeward && \
    mkdir /data && chown homeward /data && \
    mkdir -m 1777 /signing
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONSAFEPATH=1 \
    HOMEWARD_BIND=0.0.0.0:8080 HOMEWARD_DATA=/data
USER 10001
EXPOSE 8080
VOLUME /data

FROM runs AS rehearsal
COPY --from=build-rehearsal /app /app

FROM runs AS services
COPY --from=build /app /app
COPY programmes /app/programmes
