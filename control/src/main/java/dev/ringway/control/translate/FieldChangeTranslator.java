package dev.ringway.control.translate;

import dev.ringway.control.config.FieldPath;
import dev.ringway.control.translate.FieldTranslator.Where;
import dev.ringway.engine.route.FieldChanges;
import dev.ringway.engine.route.FieldName;
import dev.ringway.engine.route.RouteBuilder;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;

import java.util.ArrayList;
import java.util.List;

/**
 * Translates {@code request_headers_to_add}, {@code response_headers_to_remove} and their kin, which stand in routes,
 * virtual hosts, route configurations and shares of clusters. Control thread only.
 */
final class FieldChangeTranslator
{
    private final Checks checks;
    private final FieldTranslator fields;

    /** What one message says of both heads. */
    record Both(FieldChanges.Level request, FieldChanges.Level response)
    {
    }

    /**
     * @param checks where faults go.
     */
    FieldChangeTranslator(final Checks checks)
    {
        this.checks = checks;
        fields = new FieldTranslator(checks);
    }

    /**
     * @param added   {@code *_headers_to_add}.
     * @param removed {@code *_headers_to_remove}.
     * @param path    of the message that has both.
     * @param of      {@code request} or {@code response}.
     * @return the changes of that level.
     */
    FieldChanges.Level level(
        final List<HeaderValueOption> added, final List<String> removed, final FieldPath path, final String of)
    {
        final FieldPath removing = path.field(of + "_headers_to_remove");
        final List<FieldName> names = new ArrayList<>(removed.size());
        for (int i = 0; i < removed.size(); i++)
        {
            names.add(fields.name(removed.get(i), removing.at(i)));
        }
        final FieldPath adding = path.field(of + "_headers_to_add");
        if (added.size() > FieldChanges.MAX_PUT)
        {
            checks.fault(adding, "adds more than " + FieldChanges.MAX_PUT + " fields");
        }
        final List<FieldChanges.Put> puts = new ArrayList<>(added.size());
        for (int i = 0; i < added.size(); i++)
        {
            puts.add(fields.put(added.get(i), adding.at(i), of.equals("request") ? Where.REQUEST : Where.RESPONSE));
        }
        return new FieldChanges.Level(names, puts);
    }

    Both of(final RouteConfiguration config, final FieldPath path)
    {
        return new Both(
            level(config.getRequestHeadersToAddList(), config.getRequestHeadersToRemoveList(), path, "request"),
            level(config.getResponseHeadersToAddList(), config.getResponseHeadersToRemoveList(), path, "response"));
    }

    Both of(final VirtualHost config, final FieldPath path)
    {
        return new Both(
            level(config.getRequestHeadersToAddList(), config.getRequestHeadersToRemoveList(), path, "request"),
            level(config.getResponseHeadersToAddList(), config.getResponseHeadersToRemoveList(), path, "response"));
    }

    Both of(final Route config, final FieldPath path)
    {
        return new Both(
            level(config.getRequestHeadersToAddList(), config.getRequestHeadersToRemoveList(), path, "request"),
            level(config.getResponseHeadersToAddList(), config.getResponseHeadersToRemoveList(), path, "response"));
    }

    /**
     * @param levels of a route, its virtual host and its table, in this order.
     * @param wins   {@code most_specific_header_mutations_wins}.
     * @param route  gains them in the order in which they are applied: what comes last wins.
     */
    static void apply(final List<Both> levels, final boolean wins, final RouteBuilder route)
    {
        final List<Both> ordered = wins ? levels.reversed() : levels;
        route.changes(FieldChanges.of(ordered.stream().map(Both::request).toList()),
            FieldChanges.of(ordered.stream().map(Both::response).toList()));
    }
}
