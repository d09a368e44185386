# docker build -t em-explorer . && docker run --rm -p 8501:8501 --read-only --tmpfs /tmp em-explorer
FROM python:3.13-slim

# With one heap, what visits took goes back to the system when they are over.
ENV PYTHONUNBUFFERED=1 HOME=/tmp MALLOC_ARENA_MAX=1
WORKDIR /app

COPY requirements.txt constraints.txt ./
RUN pip install --no-cache-dir --disable-pip-version-check -r requirements.txt \
    -c constraints.txt

COPY .streamlit .streamlit
COPY em_core em_core
COPY explorer explorer
COPY static static
COPY streamlit_app.py .
RUN python -m compileall -q .

# Nothing under /app is the user's, and nothing there is written to: the file system may be read-only.
USER 10001:10001
EXPOSE 8501

# Streamlit answers 200 with its page at addresses it does not know, so the body is what counts.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["python", "-c", "\
import os, sys, urllib.request; \
base = os.environ.get('STREAMLIT_SERVER_BASE_URL_PATH', '').strip('/'); \
url = 'http://127.0.0.1:8501/' + (base + '/' if base else '') + '_stcore/health'; \
sys.exit(urllib.request.urlopen(url, timeout=4).read() != b'ok')"]

# With an address of its own it does not ask another host for its public one.
CMD ["streamlit", "run", "streamlit_app.py", "--server.address=0.0.0.0", "--server.port=8501", \
     "--browser.serverAddress=localhost", "--server.headless=true", "--server.fileWatcherType=none"]
