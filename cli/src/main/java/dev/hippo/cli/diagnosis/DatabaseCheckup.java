// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli.diagnosis;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Looks at the Doctor's database, if it is not the embedded one: whether anybody answers there. */
public final class DatabaseCheckup {
    private static final int PATIENCE_MILLIS = 3_000;
    private static final int POSTGRES = 5432;
    private static final Pattern ADDRESS = Pattern.compile("jdbc:postgresql://([^/:?]+)(?::([0-9]{1,5}))?/.*");

    private DatabaseCheckup() {}

    /** What was found; nothing for the embedded database, which is in the state folder. */
    public static List<Symptom> look(Map<String, String> environment) {
        String url = environment.getOrDefault("HIPPO_DOCTOR_DATABASE", "");
        if (url.isEmpty()) {
            return List.of();
        }
        Matcher address = ADDRESS.matcher(url);
        if (!address.matches()) {
            return List.of(Symptom.sick(
                    "database",
                    "HIPPO_DOCTOR_DATABASE is no address of a PostgreSQL",
                    "write jdbc:postgresql://HOST:PORT/DATABASE, or take it away for the embedded one"));
        }
        String host = address.group(1);
        int port = address.group(2) == null ? POSTGRES : Integer.parseInt(address.group(2));
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), PATIENCE_MILLIS);
            return List.of(Symptom.well("database", host + ":" + port + " answers"));
        } catch (IOException | IllegalArgumentException e) {
            return List.of(Symptom.sick(
                    "database",
                    "nobody answers at " + host + ":" + port + ": " + e.getMessage(),
                    "start PostgreSQL, or mend HIPPO_DOCTOR_DATABASE; until then the Doctor does not start"));
        }
    }
}
