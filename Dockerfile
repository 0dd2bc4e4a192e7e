# For a JupyterHub, or alone: docker build -t cs231n . && docker run -p 8888:8888 cs231n
# The project and its sample data lie in /opt/cs231n, written by root and shared by all; each student works on a copy at home.
FROM python:3.12-slim

# An index of PyTorch's CPU builds makes the image some 5 GB smaller: --build-arg TORCH_INDEX=ADDRESS
ARG TORCH_INDEX=""
# hadolint ignore=DL3008
RUN apt-get update && apt-get install --yes --no-install-recommends git make && rm -rf /var/lib/apt/lists/*

WORKDIR /opt/cs231n
COPY requirements.txt constraints.tx[t] ./
# hadolint ignore=DL3013
RUN if [ -f constraints.txt ]; then export PIP_CONSTRAINT=/opt/cs231n/constraints.txt; fi \
    && if [ -n "$TORCH_INDEX" ]; then pip install --no-cache-dir --index-url "$TORCH_INDEX" torch torchvision; fi \
    && pip install --no-cache-dir -r requirements.txt jupyterhub

COPY . .
ENV CS231N_DATASETS=/opt/cs231n/datasets CS231N_PROGRESS=0
RUN python -m cs231n.sample_world.build \
    && cp .devcontainer/jupyter_server_config.py /usr/local/etc/jupyter/ \
    && useradd --create-home --uid 1000 student

USER 1000
WORKDIR /home/student
ENV PYTHONPATH=/home/student/cs231n CS231N_PROGRESS=
EXPOSE 8888
CMD ["jupyter", "lab", "--ip=0.0.0.0"]
