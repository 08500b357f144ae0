// dotnet add package Azure.Identity, Azure.Storage.Queues
using System.Text;
using System.Text.Json;
using Azure.Identity;
using Azure.Storage.Queues;

var queue = new QueueClient(new Uri("https://<account>.queue.core.windows.net/correspondence-status"), new DefaultAzureCredential());

// Reads what there is, and ends: run it every minute, or put it into a loop of your own.
while (true)
{
    var messages = (await queue.ReceiveMessagesAsync(maxMessages: 32, visibilityTimeout: TimeSpan.FromMinutes(5))).Value;
    if (messages.Length == 0) break;
    foreach (var message in messages)
    {
        using var announcement = JsonDocument.Parse(JsonOf(message.MessageText));
        var id = announcement.RootElement.GetProperty("id").GetString()!;
        // Each announcement comes at least once, and a repeated one has the same id.
        if (!Handled.Contains(id))
        {
            Handle(announcement.RootElement);
            Handled.Add(id);
        }
        // Deleted last: whatever fails above comes again in five minutes.
        await queue.DeleteMessageAsync(message.MessageId, message.PopReceipt);
    }
}

// Raw JSON, or base64 of it: as STATUS_QUEUES says for this queue.
static string JsonOf(string text) =>
    text.StartsWith('{') ? text : Encoding.UTF8.GetString(Convert.FromBase64String(text));

static void Handle(JsonElement announcement)
{
    var data = announcement.GetProperty("data");
    var requestId = data.TryGetProperty("requestId", out var known) ? known.GetString() : null;
    switch (announcement.GetProperty("type").GetString())
    {
        case "altinn-correspondence-sender.dispatch.rejected":
        case "altinn-correspondence-sender.dispatch.gaveUp":
            Console.WriteLine($"{requestId}: not sent ({data.GetProperty("reason")}); use another channel");
            break;
        default:
            // A newer app may announce types that you do not know: note them, and go on.
            Console.WriteLine($"{requestId}: {data.GetProperty("status")}");
            break;
    }
}

/// <summary>The ids that are handled. Here a file for each; best a table in the database that your handling writes to.</summary>
static class Handled
{
    private static readonly string Folder = Directory.CreateDirectory("handled").FullName;

    public static bool Contains(string id) => File.Exists(Path.Combine(Folder, id));

    public static void Add(string id) => File.WriteAllText(Path.Combine(Folder, id), "");
}
