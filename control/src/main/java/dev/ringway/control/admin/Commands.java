package dev.ringway.control.admin;

import java.util.List;

/**
 * What the administration interface offers: paths, what they do, which change something and so take POST alone.
 */
final class Commands
{
    private static final String FILTER = "regular expression (RE2) that must be found in the name";

    private static final List<Command> ALL = List.of(
        get("/", "Admin home page"),
        get("/certs", "print certs on machine"),
        get("/clusters", "upstream cluster status", "filter", FILTER, "format", "text or json"),
        get("/config_dump", "dump current configuration, secrets left out",
            "resource", "repeated field of a dump: only its elements are printed, static_clusters for example",
            "mask", "fields to keep, separated by commas; with resource they are fields of each element",
            "name_regex", "regular expression (RE2) that the whole name of an element must match"),
        post("/drain_listeners", "drain listeners",
            "graceful", "connections end first, listeners stop after --drain-time-s",
            "skip_exit", "listeners never stop, only connections end",
            "inboundonly", "only listeners with traffic_direction INBOUND"),
        post("/healthcheck/fail", "cause the server to fail health checks"),
        post("/healthcheck/ok", "cause the server to pass health checks"),
        get("/help", "print out list of admin commands"),
        get("/hot_restart_version", "print the hot restart compatibility version"),
        get("/listeners", "print listener info", "format", "text or json"),
        post("/logging", "query/change logging levels",
            "paths", "<name>:<level>,<name>:<level>... changes single ones",
            "level", "changes all: trace, debug, info, warning, error, critical or off"),
        get("/memory", "print current allocation/heap usage"),
        post("/quitquitquit", "exit the server"),
        get("/ready", "print server state, return 200 if LIVE, otherwise return 503"),
        post("/reopen_logs", "reopen access logs"),
        post("/reset_counters", "reset all counters to zero"),
        get("/runtime", "print runtime values"),
        get("/server_info", "print server version/status information"),
        get("/stats", "print server stats", "usedonly", "only stats that ever had a value other than 0",
            "filter", FILTER, "invert_filter", "print what the filter does not find",
            "format", "text, json or prometheus", "type", "All, Counters, Gauges, Histograms or TextReadouts",
            "histogram_buckets", "cumulative, disjoint, detailed or summary"),
        get("/stats/prometheus", "print server stats in prometheus format", "usedonly",
            "only stats that ever had a value other than 0", "filter", FILTER,
            "invert_filter", "print what the filter does not find", "histogram_buckets", "cumulative or summary"));

    private Commands()
    {
    }

    /**
     * One of them.
     *
     * @param path       of the request.
     * @param isMutation whether it changes something.
     * @param text       what it does.
     * @param parameters name, text, name, text...
     */
    record Command(String path, boolean isMutation, String text, List<String> parameters)
    {
    }

    private static Command get(final String path, final String text, final String... parameters)
    {
        return new Command(path, false, text, List.of(parameters));
    }

    private static Command post(final String path, final String text, final String... parameters)
    {
        return new Command(path, true, text, List.of(parameters));
    }

    /**
     * @param path of a request.
     * @return the command, or null.
     */
    static Command find(final String path)
    {
        for (final Command command : ALL)
        {
            if (command.path().equals(path))
            {
                return command;
            }
        }
        return null;
    }

    /**
     * @return all, sorted by path.
     */
    static List<Command> all()
    {
        return ALL;
    }

    /**
     * @return the list for people, in Envoy's layout.
     */
    static String help()
    {
        final StringBuilder out = new StringBuilder("admin commands are:\n");
        for (final Command command : ALL)
        {
            out.append("  ").append(command.path()).append(command.isMutation() ? " (POST): " : ": ")
                .append(command.text()).append('\n');
            for (int i = 0; i < command.parameters().size(); i += 2)
            {
                out.append("      ").append(command.parameters().get(i)).append(": ")
                    .append(command.parameters().get(i + 1)).append('\n');
            }
        }
        return out.toString();
    }

    /**
     * @return home page.
     */
    static String index()
    {
        final StringBuilder rows = new StringBuilder();
        for (final Command command : ALL)
        {
            final String link = command.path().substring(1);
            rows.append("<tr><td>");
            if (command.isMutation())
            {
                rows.append("<form method=post action=\"").append(link).append("\"><button>").append(link)
                    .append("</button></form>");
            }
            else if (!link.isEmpty())
            {
                rows.append("<a href=\"").append(link).append("\">").append(link).append("</a>");
            }
            rows.append("</td><td>").append(command.text()).append("</td></tr>\n");
        }
        return """
            <!doctype html><html lang=en><head><meta charset=utf-8><title>Ringway admin</title><style>
            :root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:48rem;margin:2rem auto;
            padding:0 1rem}table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.45rem .6rem;
            border-bottom:1px solid #8884}form{margin:0}button{font:inherit}</style></head><body>
            <h1>Ringway admin</h1><table><tr><th>Command</th><th>Description</th></tr>
            """ + rows + "</table></body></html>\n";
    }
}
