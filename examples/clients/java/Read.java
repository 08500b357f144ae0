// Maven: com.azure:azure-identity, com.azure:azure-storage-queue
import com.azure.core.util.BinaryData;
import com.azure.core.util.Context;
import com.azure.core.util.serializer.TypeReference;
import com.azure.identity.DefaultAzureCredentialBuilder;
import com.azure.storage.queue.QueueClient;
import com.azure.storage.queue.QueueClientBuilder;
import com.azure.storage.queue.models.QueueMessageItem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;

public class Read {
    /** The ids that are handled: a file for each; best a table in the database that your handling writes to. */
    static final Path HANDLED = Path.of("handled");

    public static void main(String[] args) throws IOException {
        QueueClient queue = new QueueClientBuilder()
            .endpoint("https://<account>.queue.core.windows.net")
            .queueName("correspondence-status")
            .credential(new DefaultAzureCredentialBuilder().build())
            .buildClient();
        Files.createDirectories(HANDLED);

        // Reads what there is, and ends: run it every minute, or put it into a loop of your own.
        while (true) {
            List<QueueMessageItem> messages =
                queue.receiveMessages(32, Duration.ofMinutes(5), null, Context.NONE).stream().toList();
            if (messages.isEmpty()) break;
            for (QueueMessageItem message : messages) {
                Map<String, Object> announcement = announcementOf(message.getBody().toString());
                Path handled = HANDLED.resolve((String) announcement.get("id"));
                // Each announcement comes at least once, and a repeated one has the same id.
                if (!Files.exists(handled)) {
                    handle(announcement);
                    Files.createFile(handled);
                }
                // Deleted last: whatever fails above comes again in five minutes.
                queue.deleteMessage(message.getMessageId(), message.getPopReceipt());
            }
        }
    }

    /** Raw JSON, or base64 of it: as STATUS_QUEUES says for this queue. */
    static Map<String, Object> announcementOf(String text) {
        String json = text.startsWith("{") ? text : new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8);
        return BinaryData.fromString(json).toObject(new TypeReference<Map<String, Object>>() {});
    }

    static void handle(Map<String, Object> announcement) {
        Map<?, ?> data = (Map<?, ?>) announcement.get("data");
        switch ((String) announcement.get("type")) {
            case "altinn-correspondence-sender.dispatch.rejected", "altinn-correspondence-sender.dispatch.gaveUp" ->
                System.out.printf("%s: not sent (%s); use another channel%n", data.get("requestId"), data.get("reason"));
            // A newer app may announce types that you do not know: note them, and go on.
            default -> System.out.printf("%s: %s%n", data.get("requestId"), data.get("status"));
        }
    }
}
