# One image for every role; the command says which: web, worker, scheduler, migrate.
FROM python:3.11-slim-bookworm AS build
WORKDIR /build
RUN python -m venv /opt/venv
COPY requirements.txt requirements-lock.txt ./
RUN /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check -r requirements.txt -c requirements-lock.txt

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --no-create-home suizhen \
 && install -d -o suizhen -g suizhen /data
COPY --from=build /opt/venv /opt/venv
WORKDIR /app
COPY bot bot
COPY handlers handlers
COPY nlu nlu
COPY scheduler scheduler
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 HOST=0.0.0.0 PORT=8000 SUIZHEN_DATA_DIR=/data
RUN python -m compileall -q /app
USER suizhen
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ['PORT'] + '/healthz', timeout=2)"]
STOPSIGNAL SIGTERM
CMD ["python", "-m", "bot", "web"]
