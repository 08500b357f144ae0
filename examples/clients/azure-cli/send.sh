#!/bin/sh
# Drops the request in letter.json, and before it its file. az login first.
set -eu
az storage blob upload --account-name "<account>" --auth-mode login --container-name correspondence-attachments \
  --name 2026/1234/vedtak.pdf --file vedtak.pdf --overwrite
az storage message put --account-name "<account>" --auth-mode login --queue-name correspondence-requests \
  --time-to-live -1 --content "$(cat letter.json)"
