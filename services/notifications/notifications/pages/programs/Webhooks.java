// Receives webhooks and checks their signatures. Usage: SECRET=whsec_... java Webhooks.java PORT
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

public class Webhooks {
    static final byte[] SECRET = Base64.getDecoder().decode(System.getenv("SECRET").replace("whsec_", ""));

    public static void main(String[] arguments) throws IOException {
        var server = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(arguments[0])), 0);
        server.createContext("/", Webhooks::receive);
        server.start();
        System.out.println("listening on " + server.getAddress().getPort());
    }

    static void receive(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes(); // the bytes as they came: they are what is signed
            boolean fits = fits(exchange.getRequestHeaders(), body);
            if (fits) System.out.println(new String(body, StandardCharsets.UTF_8)); // store it here, then answer
            exchange.sendResponseHeaders(fits ? 204 : 401, -1);
        }
    }

    static boolean fits(Headers headers, byte[] body) {
        try {
            String time = headers.getFirst("webhook-timestamp");
            if (Math.abs(Instant.now().getEpochSecond() - Long.parseLong(time)) > 300) return false;
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(SECRET, "HmacSHA256"));
            mac.update((headers.getFirst("webhook-id") + "." + time + ".").getBytes(StandardCharsets.UTF_8));
            byte[] expected = mac.doFinal(body);
            for (String each : headers.getFirst("webhook-signature").split(" ")) {
                if (!each.startsWith("v1,")) continue;
                if (MessageDigest.isEqual(expected, Base64.getDecoder().decode(each.substring(3)))) return true;
            }
            return false;
        } catch (GeneralSecurityException | RuntimeException unreadable) {
            return false;
        }
    }
}
