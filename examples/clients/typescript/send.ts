// npm install @azure/identity @azure/storage-blob @azure/storage-queue
import { DefaultAzureCredential } from "@azure/identity";
import { ContainerClient } from "@azure/storage-blob";
import { QueueClient } from "@azure/storage-queue";

const credential = new DefaultAzureCredential();
const files = new ContainerClient("https://<account>.blob.core.windows.net/correspondence-attachments", credential);
const requests = new QueueClient("https://<account>.queue.core.windows.net/correspondence-requests", credential);

// The file first: a request whose file is missing is refused.
await files.getBlockBlobClient("2026/1234/vedtak.pdf").uploadFile("vedtak.pdf");

const request = {
  id: "case-2026-1234-decision",
  correspondence: {
    resourceId: "my-resource",
    sendersReference: "2026/1234",
    content: {
      language: "nb",
      messageTitle: "Vedtak i saken din",
      messageBody: "# Vedtak\n\nDu har fått et vedtak.",
      attachments: [{ fileName: "vedtak.pdf", sendersReference: "vedtak", blob: "2026/1234/vedtak.pdf" }],
    },
  },
  recipients: ["urn:altinn:organization:identifier-no:310000000"],
};

// Without a time to live of -1 Azure deletes a message that has waited for seven days.
const sent = await requests.sendMessage(JSON.stringify(request), { messageTimeToLive: -1 });
console.log(`Dropped as message ${sent.messageId}`);
