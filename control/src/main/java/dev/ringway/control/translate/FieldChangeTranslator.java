package dev.ringway.control.translate;

import dev.ringway.control.config.FieldPath;
import dev.ringway.engine.route.FieldChanges;
import dev.ringway.engine.route.FieldChanges.Action;
import dev.ringway.engine.route.FieldName;
import dev.ringway.engine.route.HeaderKey;
import dev.ringway.engine.route.RouteBuilder;
import dev.ringway.engine.route.ValuePart;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption.HeaderAppendAction;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Translates {@code request_headers_to_add}, {@code response_headers_to_remove} and their kin, which stand in routes,
 * virtual hosts, route configurations and shares of clusters. Control thread only.
 */
final class FieldChangeTranslator
{
    private static final int MAX_VALUE = 16 * 1024;
    private static final Pattern OPERATOR = Pattern.compile("%(?:%|([A-Z_]+)(?:\\(([^()]*)\\))?(?::([0-9]{1,6}))?%)");
    /** Framing, and what belongs to one connection. */
    private static final Set<String> UNTOUCHED = Set.of("content-length", "transfer-encoding", "connection",
        "keep-alive", "proxy-connection", "upgrade", "te", "trailer", "http2-settings");
    private static final Map<String, ValuePart.Known> KNOWN = Map.of(
        "DOWNSTREAM_REMOTE_ADDRESS", ValuePart.Known.REMOTE_ADDRESS,
        "DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT", ValuePart.Known.REMOTE_ADDRESS_WITHOUT_PORT,
        "DOWNSTREAM_DIRECT_REMOTE_ADDRESS", ValuePart.Known.DIRECT_ADDRESS,
        "DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT", ValuePart.Known.DIRECT_ADDRESS_WITHOUT_PORT,
        "PROTOCOL", ValuePart.Known.PROTOCOL,
        "ROUTE_NAME", ValuePart.Known.ROUTE_NAME,
        "UPSTREAM_CLUSTER", ValuePart.Known.CLUSTER);

    private final Checks checks;

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
            names.add(name(removed.get(i), removing.at(i)));
        }
        final FieldPath adding = path.field(of + "_headers_to_add");
        final List<FieldChanges.Put> puts = new ArrayList<>(added.size());
        for (int i = 0; i < added.size(); i++)
        {
            puts.add(put(added.get(i), adding.at(i), of.equals("request")));
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

    private FieldName name(final String name, final FieldPath path)
    {
        if (!checks.required(name, path))
        {
            return new FieldName("-");
        }
        final String lower = name.toLowerCase(Locale.ROOT);
        if (lower.startsWith(":") || lower.equals("host"))
        {
            checks.fault(path, "'" + name + "' may not be changed");
        }
        else if (UNTOUCHED.contains(lower))
        {
            checks.fault(path, "'" + name + "' belongs to a connection or frames a body; it is not changed");
        }
        else if (!lower.matches("[!#$%&'*+.^_`|~0-9a-z-]+"))
        {
            checks.fault(path, "'" + name + "' is no name of a field");
        }
        return new FieldName(name);
    }

    @SuppressWarnings("deprecation")
    private FieldChanges.Put put(final HeaderValueOption config, final FieldPath path, final boolean isRequest)
    {
        final FieldPath header = path.field("header");
        checks.required(config.hasHeader(), header);
        final HeaderAppendAction action = config.getAppendAction();
        if (config.hasAppend() && action != HeaderAppendAction.APPEND_IF_EXISTS_OR_ADD)
        {
            checks.fault(path, "has both append and append_action");
        }
        return new FieldChanges.Put(name(config.getHeader().getKey(), header.field("key")),
            value(config.getHeader().getValue(), header.field("value"), isRequest),
            config.hasAppend() && !config.getAppend().getValue() ? Action.OVERWRITE_IF_EXISTS_OR_ADD :
                Action.valueOf(action.name()),
            config.getKeepEmptyValue());
    }

    private List<ValuePart> value(final String text, final FieldPath path, final boolean isRequest)
    {
        if (text.length() > MAX_VALUE || text.chars().anyMatch(c -> c < 0x20 && c != '\t' || c == 0x7F))
        {
            checks.fault(path, "is longer than " + MAX_VALUE + " characters or holds control characters");
        }
        final List<ValuePart> parts = new ArrayList<>();
        final StringBuilder literal = new StringBuilder();
        final Matcher operators = OPERATOR.matcher(text);
        int at = 0;
        for (int percent = text.indexOf('%'); percent >= 0; percent = text.indexOf('%', at))
        {
            literal.append(text, at, percent);
            if (!operators.find(percent) || operators.start() != percent)
            {
                checks.fault(path, "'" + text + "' has a % that begins no command operator");
                return parts;
            }
            at = operators.end();
            if (operators.group(1) == null)
            {
                literal.append('%');
                continue;
            }
            addText(literal, parts);
            operator(operators, path, isRequest, parts);
        }
        literal.append(text, at, text.length());
        addText(literal, parts);
        return parts;
    }

    private static void addText(final StringBuilder literal, final List<ValuePart> parts)
    {
        if (!literal.isEmpty())
        {
            parts.add(new ValuePart.Text(literal.toString().getBytes(StandardCharsets.UTF_8)));
            literal.setLength(0);
        }
    }

    private void operator(
        final Matcher operator, final FieldPath path, final boolean isRequest, final List<ValuePart> parts)
    {
        final String argument = operator.group(2);
        final ValuePart.Known known = KNOWN.get(operator.group(1));
        if (known != null && argument == null && operator.group(3) == null)
        {
            parts.add(known);
            return;
        }
        if (operator.group(1).equals(isRequest ? "REQ" : "RESP") && argument != null &&
            argument.matches("[^?]+(\\?[^?]*)?"))
        {
            final String[] names = argument.split("\\?");
            parts.add(new ValuePart.Field(new HeaderKey(names[0]), names.length == 1 ? null : new HeaderKey(names[1]),
                operator.group(3) == null ? Integer.MAX_VALUE : Integer.parseInt(operator.group(3))));
            return;
        }
        checks.fault(path, operator.group() + " is not supported in fields of " +
            (isRequest ? "requests" : "responses"));
    }
}
