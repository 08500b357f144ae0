// In a function app of yours (isolated worker), with a queue of its own in STATUS_QUEUES: case-system:base64
// dotnet add package Microsoft.Azure.Functions.Worker, Microsoft.Azure.Functions.Worker.Sdk,
//   Microsoft.Azure.Functions.Worker.Extensions.Storage.Queues
using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace CaseSystem;

/// <summary>Where handled ids are kept: a unique key in the database that the handling writes to, in one transaction.</summary>
public interface IHandledAnnouncements
{
    /// <summary>Runs the work and notes the id; neither, if the id is noted already.</summary>
    Task Once(string id, Func<Task> work);
}

public class Letters(IHandledAnnouncements handled, ILogger<Letters> logger)
{
    [Function("Letters")]
    public async Task Run([QueueTrigger("case-system", Connection = "CorrespondenceStorage")] string message)
    {
        using var announcement = JsonDocument.Parse(message);
        var root = announcement.RootElement;
        await handled.Once(root.GetProperty("id").GetString()!, () =>
        {
            logger.LogInformation("{Type}", root.GetProperty("type").GetString());
            return Task.CompletedTask;
        });
    }
}
