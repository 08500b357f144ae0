# pip install azure-identity azure-storage-queue
import base64
import json
import sqlite3

from azure.identity import DefaultAzureCredential
from azure.storage.queue import QueueClient

queue = QueueClient(
    "https://<account>.queue.core.windows.net", "correspondence-status", credential=DefaultAzureCredential()
)
# The ids that are handled: best a table in the database that your handling writes to, in the same transaction.
database = sqlite3.connect("handled.db")
database.execute("CREATE TABLE IF NOT EXISTS handled (id TEXT PRIMARY KEY)")


def json_of(text):
    """Raw JSON, or base64 of it: as STATUS_QUEUES says for this queue."""
    return json.loads(text if text.startswith("{") else base64.b64decode(text))


def handle(announcement):
    data = announcement["data"]
    kind = announcement["type"].removeprefix("altinn-correspondence-sender.")
    if kind in ("dispatch.rejected", "dispatch.gaveUp"):
        print(f"{data.get('requestId')}: not sent ({data['reason']}); use another channel")
    else:
        # A newer app may announce types that you do not know: note them, and go on.
        print(f"{data.get('requestId')}: {data['status']}")


# Reads what there is, and ends: run it every minute, or put it into a loop of your own.
for message in queue.receive_messages(messages_per_page=32, visibility_timeout=300):
    announcement = json_of(message.content)
    with database:
        # Each announcement comes at least once, and a repeated one has the same id.
        new = database.execute("INSERT OR IGNORE INTO handled VALUES (?)", [announcement["id"]]).rowcount == 1
        if new:
            handle(announcement)
    # Deleted last: whatever fails above comes again in five minutes.
    queue.delete_message(message)
