#!/bin/sh
# Drops the request in letter.json, and before it its file. Needs sh, curl and base64.
#   FILES_URL   https://<account>.blob.core.windows.net/correspondence-attachments
#   FILES_SAS   what follows the "?" of a SAS with the rights create and write on that container
#   QUEUE_URL   https://<account>.queue.core.windows.net/correspondence-requests
#   QUEUE_SAS   the same, with the right add on that queue
set -eu

# The file first: a request whose file is missing is refused.
curl --fail-with-body --silent --show-error --request PUT --upload-file vedtak.pdf \
  --header "x-ms-version: 2025-07-05" --header "x-ms-blob-type: BlockBlob" \
  "$FILES_URL/2026/1234/vedtak.pdf?$FILES_SAS"

# In base64, so that nothing of the JSON has to be escaped in XML. Without messagettl=-1 Azure deletes a message that has
# waited for seven days.
printf '<QueueMessage><MessageText>%s</MessageText></QueueMessage>' "$(base64 < letter.json | tr -d '\n')" |
  curl --fail-with-body --silent --show-error --request POST --data-binary @- \
    --header "x-ms-version: 2025-07-05" --header "Content-Type: application/xml" \
    "$QUEUE_URL/messages?messagettl=-1&$QUEUE_SAS"
