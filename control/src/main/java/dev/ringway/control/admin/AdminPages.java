package dev.ringway.control.admin;

/**
 * Answers of the administration interface, with Envoy's paths, statuses and shapes. Any thread.
 */
final class AdminPages
{
    private final ServerView view;
    private final StatsPages stats;
    private final TopologyPages topology;
    private final ServerPages server;
    private final CertificatesPage certificates;

    AdminPages(final ServerView view)
    {
        this.view = view;
        stats = new StatsPages(view);
        topology = new TopologyPages(view);
        server = new ServerPages(view);
        certificates = new CertificatesPage(view, System::currentTimeMillis);
    }

    /**
     * @param method   of the request.
     * @param path     of its target.
     * @param rawQuery of its target, encoded, or null.
     * @return the answer.
     */
    Page page(final String method, final String path, final String rawQuery)
    {
        final Commands.Command command = Commands.find(path);
        if (command == null)
        {
            return Page.text(404, "invalid path. " + Commands.help());
        }
        if (command.isMutation() && !method.equals("POST"))
        {
            return Page.text(405, "Method " + method + " not allowed, POST required.");
        }
        final Query query;
        try
        {
            query = Query.parse(rawQuery);
        }
        catch (final IllegalArgumentException e)
        {
            return Page.text(400, "query: " + e.getMessage() + "\n");
        }
        return command.isMutation() ? change(path, query) : show(path, query);
    }

    private Page show(final String path, final Query query)
    {
        return switch (path)
        {
            case "/" -> Page.html(Commands.index());
            case "/certs" -> certificates.page();
            case "/clusters" -> topology.clusters(query);
            case "/config_dump" -> new ConfigDump(
                view.translation().bootstrap(), view.configuredAt(), view.refusal()).page(query);
            case "/help" -> Page.text(200, Commands.help());
            case "/hot_restart_version" -> Page.text(200, "disabled");
            case "/listeners" -> topology.listeners(query);
            case "/memory" -> server.memory();
            case "/ready" -> Page.text(view.stateName().equals("LIVE") ? 200 : 503, view.stateName() + "\n");
            case "/runtime" -> server.runtime();
            case "/server_info" -> server.info();
            case "/stats" -> stats.page(query);
            case "/stats/prometheus" -> stats.prometheus(query);
            default -> throw new IllegalStateException(path + " is listed and not served");
        };
    }

    private Page change(final String path, final Query query)
    {
        return switch (path)
        {
            case "/drain_listeners" -> Page.ok().then(() ->
                view.drainListeners(query.has("graceful"), query.has("skip_exit"), query.has("inboundonly")));
            case "/healthcheck/fail" ->
            {
                view.healthy(false);
                yield Page.ok();
            }
            case "/healthcheck/ok" ->
            {
                view.healthy(true);
                yield Page.ok();
            }
            case "/logging" -> LoggingPage.page(query);
            case "/quitquitquit" -> Page.ok().then(view::quit);
            case "/reopen_logs" ->
            {
                view.reopenLogs();
                yield Page.ok();
            }
            case "/reset_counters" ->
            {
                view.resetCounters();
                yield Page.ok();
            }
            default -> throw new IllegalStateException(path + " is listed and not served");
        };
    }
}
