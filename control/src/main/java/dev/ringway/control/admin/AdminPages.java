package dev.ringway.control.admin;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import dev.ringway.control.config.ExtensionTypes;
import dev.ringway.control.log.LogSetup;
import dev.ringway.engine.snapshot.Cluster;
import dev.ringway.engine.snapshot.Endpoint;
import dev.ringway.engine.snapshot.Listener;

import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Answers of the administration interface, as text or JSON, in Envoy's shapes.
 */
final class AdminPages
{
    private static final int MAX_FILTER_LENGTH = 256;
    private static final String[][] COMMANDS = {
        {"/clusters", "upstream cluster status", "GET"},
        {"/config_dump", "dump current configuration", "GET"},
        {"/drain_listeners", "drain listeners", "POST"},
        {"/help", "print out list of admin commands", "GET"},
        {"/listeners", "print listener info", "GET"},
        {"/logging", "query/change logging levels", "POST"},
        {"/quitquitquit", "exit the server", "POST"},
        {"/ready", "print server state, return 200 if LIVE, otherwise return 503", "GET"},
        {"/server_info", "print server version/status information", "GET"},
        {"/stats", "print server stats", "GET"},
        {"/stats/prometheus", "print server stats in prometheus format", "GET"},
    };

    private final ServerView view;

    AdminPages(final ServerView view)
    {
        this.view = view;
    }

    /** One answer, and what happens once it is sent. */
    record Page(int status, String type, String body, Runnable after)
    {
        static Page text(final int status, final String body)
        {
            return new Page(status, "text/plain; charset=UTF-8", body, () -> { });
        }

        static Page json(final JsonObject body)
        {
            return new Page(200, "application/json", new com.google.gson.GsonBuilder().setPrettyPrinting()
                .disableHtmlEscaping().create().toJson(body) + "\n", () -> { });
        }
    }

    Page page(final String method, final String path, final Map<String, String> query)
    {
        if (isMutation(path) && !method.equals("POST") && !(path.equals("/logging") && query.isEmpty()))
        {
            return Page.text(405, "Method Not Allowed");
        }
        return switch (path)
        {
            case "/" -> new Page(200, "text/html; charset=UTF-8", index(), () -> { });
            case "/help" -> Page.text(200, help());
            case "/ready" -> Page.text(view.stateName().equals("LIVE") ? 200 : 503, view.stateName() + "\n");
            case "/server_info" -> Page.json(serverInfo());
            case "/stats" -> stats(query, query.getOrDefault("format", "text"));
            case "/stats/prometheus" -> stats(query, "prometheus");
            case "/clusters" -> isJson(query) ? Page.json(clustersJson()) : Page.text(200, clusters());
            case "/listeners" -> isJson(query) ? Page.json(listenersJson()) : Page.text(200, listeners());
            case "/config_dump" -> configDump();
            case "/logging" -> logging(query);
            case "/quitquitquit" -> new Page(200, "text/plain; charset=UTF-8", "OK\n", view::quit);
            case "/drain_listeners" ->
            {
                view.drainListeners(query.containsKey("graceful"));
                yield Page.text(200, "OK\n");
            }
            default -> Page.text(404, "invalid path. admin commands are:\n" + help());
        };
    }

    private static boolean isMutation(final String path)
    {
        for (final String[] command : COMMANDS)
        {
            if (command[0].equals(path))
            {
                return command[2].equals("POST");
            }
        }
        return false;
    }

    private static boolean isJson(final Map<String, String> query)
    {
        return "json".equals(query.get("format"));
    }

    private static String help()
    {
        final StringBuilder out = new StringBuilder();
        for (final String[] command : COMMANDS)
        {
            out.append("  ").append(command[0]).append(": ").append(command[1]).append('\n');
        }
        return out.toString();
    }

    private static String index()
    {
        final StringBuilder rows = new StringBuilder();
        for (final String[] command : COMMANDS)
        {
            rows.append("<tr><td>");
            if (command[2].equals("POST"))
            {
                rows.append("<form method=post action=\"").append(command[0].substring(1)).append("\"><button>")
                    .append(command[0].substring(1)).append("</button></form>");
            }
            else
            {
                rows.append("<a href=\"").append(command[0].substring(1)).append("\">")
                    .append(command[0].substring(1)).append("</a>");
            }
            rows.append("</td><td>").append(command[1]).append("</td></tr>\n");
        }
        return """
            <!doctype html><html lang=en><head><meta charset=utf-8><title>Ringway admin</title><style>
            :root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:48rem;margin:2rem auto;
            padding:0 1rem}table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.45rem .6rem;
            border-bottom:1px solid #8884}form{margin:0}button{font:inherit}</style></head><body>
            <h1>Ringway admin</h1><table><tr><th>Command</th><th>Description</th></tr>
            """ + rows + "</table></body></html>\n";
    }

    private JsonObject serverInfo()
    {
        final JsonObject info = new JsonObject();
        info.addProperty("version", "ringway/" + view.version());
        info.addProperty("state", view.stateName());
        info.addProperty("uptime_current_epoch", view.uptimeS() + "s");
        info.addProperty("uptime_all_epochs", view.uptimeS() + "s");
        info.addProperty("hot_restart_version", "disabled");
        final JsonObject options = new JsonObject();
        options.addProperty("concurrency", view.concurrency());
        options.addProperty("command_line", String.join(" ", view.commandLine()));
        info.add("command_line_options", options);
        final JsonObject node = new JsonObject();
        node.addProperty("id", view.translation().bootstrap().getNode().getId());
        node.addProperty("cluster", view.translation().bootstrap().getNode().getCluster());
        info.add("node", node);
        final JsonObject ring = new JsonObject();
        ring.addProperty("setup_flags", view.engine().probe().setupFlags());
        ring.addProperty("features", view.engine().probe().features());
        info.add("io_uring", ring);
        return info;
    }

    private Page stats(final Map<String, String> query, final String format)
    {
        Predicate<String> filter = name -> true;
        final String wanted = query.get("filter");
        if (wanted != null)
        {
            try
            {
                if (wanted.length() > MAX_FILTER_LENGTH)
                {
                    return Page.text(400, "filter is longer than " + MAX_FILTER_LENGTH + " characters\n");
                }
                filter = Pattern.compile(wanted).asPredicate();
            }
            catch (final PatternSyntaxException e)
            {
                return Page.text(400, "Invalid re2 regex: " + e.getDescription() + "\n");
            }
        }
        view.refreshGauges();
        final List<StatsWriter.Stat> stats = StatsWriter.collect(view.counters(), query.containsKey("usedonly"), filter);
        return switch (format)
        {
            case "text" -> Page.text(200, StatsWriter.text(stats));
            case "json" -> new Page(200, "application/json", StatsWriter.json(stats), () -> { });
            case "prometheus" -> Page.text(200, StatsWriter.prometheus(stats));
            default -> Page.text(400, "usage: /stats?format=text|json|prometheus\n");
        };
    }

    private String clusters()
    {
        final StringBuilder out = new StringBuilder();
        for (final Cluster cluster : view.engine().snapshot().clusters())
        {
            final String name = cluster.name() + "::";
            final var bounds = cluster.circuitBreakers();
            out.append(name).append("observability_name::").append(cluster.name()).append('\n');
            out.append(name).append("default_priority::max_connections::").append(bounds.maxConnections()).append('\n');
            out.append(name).append("default_priority::max_pending_requests::").append(bounds.maxPendingRequests())
                .append('\n');
            out.append(name).append("default_priority::max_requests::").append(bounds.maxRequests()).append('\n');
            out.append(name).append("default_priority::max_retries::").append(bounds.maxRetries()).append('\n');
            out.append(name).append("added_via_api::false\n");
            for (final Endpoint endpoint : cluster.endpoints())
            {
                final String host = name + endpoint.address() + "::";
                out.append(host).append("hostname::").append(endpoint.hostname()).append('\n');
                out.append(host).append("health_flags::healthy\n");
                out.append(host).append("weight::").append(endpoint.weight()).append('\n');
            }
        }
        return out.toString();
    }

    private JsonObject clustersJson()
    {
        final JsonArray statuses = new JsonArray();
        for (final Cluster cluster : view.engine().snapshot().clusters())
        {
            final JsonArray hosts = new JsonArray();
            for (final Endpoint endpoint : cluster.endpoints())
            {
                final JsonObject host = new JsonObject();
                host.add("address", address(endpoint.address()));
                host.addProperty("weight", endpoint.weight());
                host.addProperty("hostname", endpoint.hostname());
                final JsonObject health = new JsonObject();
                health.addProperty("eds_health_status", "HEALTHY");
                host.add("health_status", health);
                hosts.add(host);
            }
            final JsonObject status = new JsonObject();
            status.addProperty("name", cluster.name());
            status.addProperty("observability_name", cluster.name());
            status.add("host_statuses", hosts);
            statuses.add(status);
        }
        final JsonObject root = new JsonObject();
        root.add("cluster_statuses", statuses);
        return root;
    }

    private static JsonObject address(final dev.ringway.engine.snapshot.Address address)
    {
        final JsonObject inner = new JsonObject();
        final JsonObject outer = new JsonObject();
        if (address.unixPath() != null)
        {
            inner.addProperty("path", address.unixPath());
            outer.add("pipe", inner);
        }
        else
        {
            inner.addProperty("address", address.inet().getAddress().getHostAddress());
            inner.addProperty("port_value", address.inet().getPort());
            outer.add("socket_address", inner);
        }
        return outer;
    }

    private String listeners()
    {
        final StringBuilder out = new StringBuilder();
        for (final Listener listener : view.engine().snapshot().listeners())
        {
            out.append(listener.name()).append("::").append(listener.address()).append('\n');
        }
        return out.toString();
    }

    private JsonObject listenersJson()
    {
        final JsonArray statuses = new JsonArray();
        for (final Listener listener : view.engine().snapshot().listeners())
        {
            final JsonObject status = new JsonObject();
            status.addProperty("name", listener.name());
            status.add("local_address", address(listener.address()));
            statuses.add(status);
        }
        final JsonObject root = new JsonObject();
        root.add("listener_statuses", statuses);
        return root;
    }

    private Page configDump()
    {
        try
        {
            final JsonFormat.Printer printer = JsonFormat.printer().preservingProtoFieldNames()
                .usingTypeRegistry(typeRegistry());
            final JsonObject entry = new JsonObject();
            entry.addProperty("@type", "type.googleapis.com/envoy.admin.v3.BootstrapConfigDump");
            entry.add("bootstrap", JsonParser.parseString(printer.print(view.translation().bootstrap())));
            final JsonArray configs = new JsonArray();
            configs.add(entry);
            final JsonObject root = new JsonObject();
            root.add("configs", configs);
            return Page.json(root);
        }
        catch (final InvalidProtocolBufferException e)
        {
            return Page.text(500, "configuration cannot be printed: " + e.getMessage() + "\n");
        }
    }

    private static TypeRegistry typeRegistry()
    {
        final TypeRegistry.Builder types = TypeRegistry.newBuilder();
        for (final String name : ExtensionTypes.names())
        {
            types.add(ExtensionTypes.find(name));
        }
        return types.build();
    }

    private static Page logging(final Map<String, String> query)
    {
        for (final Map.Entry<String, String> change : query.entrySet())
        {
            final boolean isAll = change.getKey().equals("level");
            if (!LogSetup.isLevel(change.getValue()) || !isAll && !LogSetup.loggers().containsKey(change.getKey()))
            {
                return Page.text(400, "usage: /logging?<name>=<level> (change single level)\n" +
                    "usage: /logging?level=<level> (change all levels)\n" +
                    "levels: trace debug info warning error critical off\n");
            }
            if (isAll)
            {
                Logger.getLogger("dev.ringway").setLevel(LogSetup.level(change.getValue()));
                LogSetup.loggers().values().forEach(logger -> logger.setLevel(null));
            }
            else
            {
                LogSetup.loggers().get(change.getKey()).setLevel(LogSetup.level(change.getValue()));
            }
        }
        final StringBuilder out = new StringBuilder("active loggers:\n");
        final String root = LogSetup.name(Logger.getLogger("dev.ringway").getLevel());
        LogSetup.loggers().forEach((name, logger) -> out.append("  ").append(name).append(": ")
            .append(logger.getLevel() == null ? root : LogSetup.name(logger.getLevel())).append('\n'));
        return Page.text(200, out.toString());
    }
}
