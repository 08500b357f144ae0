// dotnet add package Azure.Identity, Azure.Storage.Blobs, Azure.Storage.Queues
using System.Text.Json;
using Azure.Identity;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;

var credential = new DefaultAzureCredential();
var files = new BlobContainerClient(new Uri("https://<account>.blob.core.windows.net/correspondence-attachments"), credential);
var requests = new QueueClient(new Uri("https://<account>.queue.core.windows.net/correspondence-requests"), credential);

// The file first: a request whose file is missing is refused.
await files.GetBlobClient("2026/1234/vedtak.pdf").UploadAsync("vedtak.pdf", overwrite: true);

var request = new
{
    id = "case-2026-1234-decision",
    correspondence = new
    {
        resourceId = "my-resource",
        sendersReference = "2026/1234",
        content = new
        {
            language = "nb",
            messageTitle = "Vedtak i saken din",
            messageBody = "# Vedtak\n\nDu har fått et vedtak.",
            attachments = new[]
            {
                new { fileName = "vedtak.pdf", sendersReference = "vedtak", blob = "2026/1234/vedtak.pdf" },
            },
        },
    },
    recipients = new[] { "urn:altinn:organization:identifier-no:310000000" },
};

// Seconds of -1: without them Azure deletes a message that has waited for seven days.
var sent = await requests.SendMessageAsync(
    JsonSerializer.Serialize(request), visibilityTimeout: null, timeToLive: TimeSpan.FromSeconds(-1));
Console.WriteLine($"Dropped as message {sent.Value.MessageId}");
