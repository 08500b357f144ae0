# pip install azure-identity azure-storage-blob azure-storage-queue
import json

from azure.identity import DefaultAzureCredential
from azure.storage.blob import ContainerClient
from azure.storage.queue import QueueClient

credential = DefaultAzureCredential()
files = ContainerClient("https://<account>.blob.core.windows.net", "correspondence-attachments", credential=credential)
requests = QueueClient("https://<account>.queue.core.windows.net", "correspondence-requests", credential=credential)

# The file first: a request whose file is missing is refused.
with open("vedtak.pdf", "rb") as content:
    files.upload_blob("2026/1234/vedtak.pdf", content, overwrite=True)

request = {
    "id": "case-2026-1234-decision",
    "correspondence": {
        "resourceId": "my-resource",
        "sendersReference": "2026/1234",
        "content": {
            "language": "nb",
            "messageTitle": "Vedtak i saken din",
            "messageBody": "# Vedtak\n\nDu har fått et vedtak.",
            "attachments": [
                {"fileName": "vedtak.pdf", "sendersReference": "vedtak", "blob": "2026/1234/vedtak.pdf"}
            ],
        },
    },
    "recipients": ["urn:altinn:organization:identifier-no:310000000"],
}

# Without time_to_live=-1 Azure deletes a message that has waited for seven days.
sent = requests.send_message(json.dumps(request), time_to_live=-1)
print(f"Dropped as message {sent.id}")
