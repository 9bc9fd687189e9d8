package dev.ringway.control.translate;

import dev.ringway.control.accesslog.MetadataOperator;
import dev.ringway.control.accesslog.ProcessOperators;
import dev.ringway.control.accesslog.TlsOperators;
import dev.ringway.control.config.FieldPath;
import dev.ringway.engine.route.FieldChanges;
import dev.ringway.engine.route.FieldChanges.Action;
import dev.ringway.engine.route.FieldName;
import dev.ringway.engine.route.HeaderKey;
import dev.ringway.engine.route.ValuePart;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption.HeaderAppendAction;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Translates {@code config.core.v3.HeaderValueOption} and the names of fields that are changed. Control thread only.
 */
final class FieldTranslator
{
    private static final int MAX_VALUE = 16 * 1024;
    private static final Pattern OPERATOR = Pattern.compile("%(?:%|([A-Z0-9_]+)(?:\\(([^()]*)\\))?(?::([0-9]{1,6}))?%)");
    /** With or without query; which one. */
    private static final Pattern OF_PATH = Pattern.compile("(WQ|NQ)?(?::(ORIG|PATH|ORIG_OR_PATH)?)?");
    /** Framing, and what belongs to one connection. */
    private static final Set<String> UNTOUCHED = Set.of("content-length", "transfer-encoding", "connection",
        "keep-alive", "proxy-connection", "upgrade", "te", "trailer", "http2-settings");
    /** What a route cannot add to requests: the router is steered by them, and they end here. */
    private static final Set<String> STEERING = Set.of("x-envoy-retry-on", "x-envoy-retry-grpc-on",
        "x-envoy-max-retries", "x-envoy-retriable-status-codes", "x-envoy-retriable-header-names",
        "x-envoy-hedge-on-per-try-timeout");
    private static final Set<String> OF_REQUESTS = Set.of("REQ", "REQUEST_HEADER");
    private static final Set<String> OF_RESPONSES = Set.of("RESP", "RESPONSE_HEADER");
    private static final Map<String, ValuePart.Known> KNOWN = Map.ofEntries(
        Map.entry("DOWNSTREAM_REMOTE_ADDRESS", ValuePart.Known.REMOTE_ADDRESS),
        Map.entry("DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT", ValuePart.Known.REMOTE_ADDRESS_WITHOUT_PORT),
        Map.entry("DOWNSTREAM_DIRECT_REMOTE_ADDRESS", ValuePart.Known.DIRECT_ADDRESS),
        Map.entry("DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT", ValuePart.Known.DIRECT_ADDRESS_WITHOUT_PORT),
        Map.entry("PROTOCOL", ValuePart.Known.PROTOCOL),
        Map.entry("ROUTE_NAME", ValuePart.Known.ROUTE_NAME),
        Map.entry("UPSTREAM_CLUSTER", ValuePart.Known.CLUSTER));

    private final Checks checks;

    /** Where the fields are put, which decides what their values may be made of. */
    enum Where
    {
        /** Into requests on their way to an endpoint. */
        REQUEST,
        /** Into responses on their way to the client. */
        RESPONSE,
        /** Into requests, by a filter. */
        FILTERED_REQUEST,
        /** Into responses, by a filter. */
        FILTERED_RESPONSE;

        /** Routes, unlike filters, see a request as it goes on. */
        private boolean isOfRoute()
        {
            return this == REQUEST || this == RESPONSE;
        }
    }

    /**
     * @param checks where faults go.
     */
    FieldTranslator(final Checks checks)
    {
        this.checks = checks;
    }

    /**
     * @param name of a field that is changed.
     * @param path where it stands.
     * @return the name; of no use when faults were noted.
     */
    FieldName name(final String name, final FieldPath path)
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

    /**
     * @param config message.
     * @param path   where it stands.
     * @param where  the field is put.
     * @return the field; of no use when faults were noted.
     */
    @SuppressWarnings("deprecation")
    FieldChanges.Put put(final HeaderValueOption config, final FieldPath path, final Where where)
    {
        final FieldPath header = path.field("header");
        checks.required(config.hasHeader(), header);
        final HeaderAppendAction action = config.getAppendAction();
        if (config.hasAppend() && action != HeaderAppendAction.APPEND_IF_EXISTS_OR_ADD)
        {
            checks.fault(path, "has both append and append_action");
        }
        final String key = config.getHeader().getKey();
        if (where == Where.REQUEST && STEERING.contains(key.toLowerCase(Locale.ROOT)))
        {
            checks.fault(header.field("key"), "'" + key + "' steers the router; retry_policy says it");
        }
        return new FieldChanges.Put(name(key, header.field("key")),
            value(config.getHeader().getValue(), header.field("value"), where),
            config.hasAppend() && !config.getAppend().getValue() ? Action.OVERWRITE_IF_EXISTS_OR_ADD :
                Action.valueOf(action.name()),
            config.getKeepEmptyValue());
    }

    private List<ValuePart> value(final String text, final FieldPath path, final Where where)
    {
        if (text.length() > MAX_VALUE || isUnprintable(text))
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
            operator(operators, path, where, parts);
        }
        literal.append(text, at, text.length());
        addText(literal, parts);
        return List.copyOf(parts);
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
        final Matcher operator, final FieldPath path, final Where where, final List<ValuePart> parts)
    {
        final String argument = operator.group(2);
        final ValuePart.Known known = KNOWN.get(operator.group(1));
        if (known != null && argument == null && operator.group(3) == null)
        {
            parts.add(known);
            return;
        }
        final int length = operator.group(3) == null ? Integer.MAX_VALUE : Integer.parseInt(operator.group(3));
        if (reads(operator.group(1), where) && argument != null && argument.matches("[^?]+(\\?[^?]*)?"))
        {
            final String[] names = argument.split("\\?");
            final boolean ofResponse = operator.group(1).startsWith("RESP");
            parts.add(new ValuePart.Field(new HeaderKey(names[0]), names.length == 1 ? null : new HeaderKey(names[1]),
                length, ofResponse));
            return;
        }
        final int ofTls = argument == null ? TlsOperators.itemOfClient(operator.group(1)) : -1;
        if (ofTls >= 0)
        {
            parts.add(new ValuePart.Tls(ofTls, length));
            return;
        }
        if (isMetadata(operator))
        {
            // Requests carry no metadata, nor do they see what their connection carries: nothing is put, as in Envoy.
            return;
        }
        final String ofProcess = ProcessOperators.value(operator.group(1), argument);
        if (ofProcess != null && (argument != null || operator.group(3) == null))
        {
            addProcess(ofProcess, length, path, parts);
            return;
        }
        final ValuePart ofPath = where.isOfRoute() ? ofPath(operator.group(1), argument, length) : null;
        if (ofPath != null)
        {
            parts.add(ofPath);
            return;
        }
        checks.fault(path, operator.group() + " is not supported in fields of " +
            (where == Where.REQUEST || where == Where.FILTERED_REQUEST ? "requests" : "responses"));
    }

    private void addProcess(
        final String value, final int length, final FieldPath path, final List<ValuePart> parts)
    {
        if (isUnprintable(value))
        {
            checks.fault(path, "names a variable whose value holds control characters");
        }
        final byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        parts.add(new ValuePart.Text(length < bytes.length ? Arrays.copyOf(bytes, length) : bytes));
    }

    private static boolean isUnprintable(final String text)
    {
        return text.chars().anyMatch(c -> c < 0x20 && c != '\t' || c == 0x7F);
    }

    private static boolean isMetadata(final Matcher operator)
    {
        final String argument = operator.group(2);
        return operator.group(1).equals(MetadataOperator.NAME) && argument != null && argument.indexOf(':') > 0 &&
            !MetadataOperator.isFilled(argument.substring(0, argument.indexOf(':')));
    }

    /** What an operator takes of the path, or null for one that takes nothing of it. */
    private static ValuePart ofPath(final String operator, final String argument, final int length)
    {
        if (operator.equals("QUERY_PARAM") && argument != null && !argument.isEmpty())
        {
            return new ValuePart.Parameter(argument.getBytes(StandardCharsets.UTF_8), length);
        }
        final Matcher path = OF_PATH.matcher(argument == null ? "" : argument);
        if (!operator.equals("PATH") || !path.matches())
        {
            return null;
        }
        final HeaderKey original = new HeaderKey("x-envoy-original-path");
        final HeaderKey own = new HeaderKey(":path");
        final String which = path.group(2) == null ? "ORIG_OR_PATH" : path.group(2);
        return new ValuePart.Path(new ValuePart.Field(which.equals("PATH") ? own : original,
            which.equals("ORIG_OR_PATH") ? own : null, Integer.MAX_VALUE, false), !"NQ".equals(path.group(1)), length);
    }

    private static boolean reads(final String operator, final Where where)
    {
        return switch (where)
        {
            case REQUEST, FILTERED_REQUEST -> OF_REQUESTS.contains(operator);
            case RESPONSE, FILTERED_RESPONSE -> OF_REQUESTS.contains(operator) || OF_RESPONSES.contains(operator);
        };
    }
}
