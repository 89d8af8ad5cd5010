// A copy of the public programme. Usage: java -cp 'kafka/libs/*' Programme.java HOST:PORT [TOPIC]
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

public class Programme {
    static final String GROUP = "partner.example"; // your own
    static final Path FOLDER = Path.of("programme"); // a file for each event: its sequence, then its message

    public static void main(String[] arguments) throws IOException {
        Files.createDirectories(FOLDER);
        Map<String, Object> settings = Map.of(
            "bootstrap.servers", arguments[0],
            "group.id", GROUP,
            "auto.offset.reset", "earliest",
            "enable.auto.commit", false);
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
            leaveInOrder(consumer);
            consumer.subscribe(List.of(arguments.length > 1 ? arguments[1] : "catalogue.events.v1"));
            while (true) {
                for (var record : consumer.poll(Duration.ofSeconds(1))) keep(record);
                consumer.commitSync();
            }
        } catch (WakeupException ended) {
            System.err.println("stopped");
        }
    }

    static void keep(ConsumerRecord<String, byte[]> record) throws IOException {
        if (!"semaine.catalogue.v1".equals(header(record, "ce_type"))) return;
        long sequence = Long.parseLong(header(record, "ce_sequence"));
        Path file = FOLDER.resolve(record.key());
        if (Files.exists(file) && Long.parseLong(Files.readAllLines(file).get(0)) >= sequence) return; // known, or older
        // A withdrawn event keeps its file, without a message: so nothing older can bring it back.
        String message = record.value() == null ? "" : new String(record.value(), StandardCharsets.UTF_8);
        Files.writeString(file, sequence + "\n" + message);
    }

    /** So that whoever comes next need not wait until this one counts as gone. */
    static void leaveInOrder(KafkaConsumer<?, ?> consumer) {
        Thread main = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            consumer.wakeup();
            try {
                main.join();
            } catch (InterruptedException ignored) {
            }
        }));
    }

    static String header(ConsumerRecord<?, ?> record, String name) {
        var found = record.headers().lastHeader(name);
        return found == null ? null : new String(found.value(), StandardCharsets.UTF_8);
    }
}
