// Maven: com.azure:azure-identity, com.azure:azure-storage-blob, com.azure:azure-storage-queue
import com.azure.core.credential.TokenCredential;
import com.azure.core.util.Context;
import com.azure.identity.DefaultAzureCredentialBuilder;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.BlobContainerClientBuilder;
import com.azure.storage.queue.QueueClient;
import com.azure.storage.queue.QueueClientBuilder;
import java.time.Duration;

public class Send {
    static final String REQUEST = """
        {
          "id": "case-2026-1234-decision",
          "correspondence": {
            "resourceId": "my-resource",
            "sendersReference": "2026/1234",
            "content": {
              "language": "nb",
              "messageTitle": "Vedtak i saken din",
              "messageBody": "# Vedtak\\n\\nDu har fått et vedtak.",
              "attachments": [
                { "fileName": "vedtak.pdf", "sendersReference": "vedtak", "blob": "2026/1234/vedtak.pdf" }
              ]
            }
          },
          "recipients": ["urn:altinn:organization:identifier-no:310000000"]
        }
        """;

    public static void main(String[] args) {
        TokenCredential credential = new DefaultAzureCredentialBuilder().build();
        BlobContainerClient files = new BlobContainerClientBuilder()
            .endpoint("https://<account>.blob.core.windows.net")
            .containerName("correspondence-attachments")
            .credential(credential)
            .buildClient();
        QueueClient requests = new QueueClientBuilder()
            .endpoint("https://<account>.queue.core.windows.net")
            .queueName("correspondence-requests")
            .credential(credential)
            .buildClient();

        // The file first: a request whose file is missing is refused.
        files.getBlobClient("2026/1234/vedtak.pdf").uploadFromFile("vedtak.pdf", true);

        // Seconds of -1: without them Azure deletes a message that has waited for seven days.
        var sent = requests.sendMessageWithResponse(REQUEST, null, Duration.ofSeconds(-1), null, Context.NONE);
        System.out.println("Dropped as message " + sent.getValue().getMessageId());
    }
}
