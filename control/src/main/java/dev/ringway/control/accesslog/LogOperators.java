package dev.ringway.control.accesslog;

import dev.ringway.control.config.Spelling;
import dev.ringway.engine.accesslog.AccessProtocol;
import dev.ringway.engine.accesslog.AccessRecord;
import dev.ringway.engine.accesslog.AccessText;
import dev.ringway.engine.accesslog.ResponseFlag;
import dev.ringway.engine.snapshot.AccessLogSink;

import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * The operators by name. Something that did not happen or is not there prints {@code -}, as in Envoy.
 */
final class LogOperators
{
    /** Names without an argument that are served here; others of Envoy are refused by name. */
    private static final String SUPPORTED = "START_TIME START_TIME_LOCAL EMIT_TIME EMIT_TIME_LOCAL PROTOCOL " +
        "RESPONSE_CODE RESPONSE_CODE_DETAILS RESPONSE_FLAGS RESPONSE_FLAGS_LONG BYTES_RECEIVED BYTES_SENT " +
        "REQUEST_HEADERS_BYTES RESPONSE_HEADERS_BYTES DURATION REQUEST_DURATION RESPONSE_DURATION " +
        "REQUEST_TX_DURATION RESPONSE_TX_DURATION COMMON_DURATION REQ RESP TRAILER REQUEST_HEADER RESPONSE_HEADER " +
        "RESPONSE_TRAILER PATH QUERY_PARAM QUERY_PARAMS ROUTE_NAME UPSTREAM_CLUSTER UPSTREAM_CLUSTER_RAW " +
        "UPSTREAM_HOST UPSTREAM_HOST_NAME UPSTREAM_HOST_NAME_WITHOUT_PORT UPSTREAM_PROTOCOL UPSTREAM_CONNECTION_ID " +
        "UPSTREAM_REQUEST_ATTEMPT_COUNT UPSTREAM_TRANSPORT_FAILURE_REASON " +
        "CONNECTION_TERMINATION_DETAILS CONNECTION_ID HOSTNAME ENVIRONMENT DYNAMIC_METADATA " +
        "GRPC_STATUS GRPC_STATUS_NUMBER STREAM_ID UNIQUE_ID FILTER_CHAIN_NAME ACCESS_LOG_TYPE ROUNDTRIP_DURATION " +
        "VIRTUAL_CLUSTER_NAME TRACE_ID SPAN_ID BYTES_RETRANSMITTED PACKETS_RETRANSMITTED " +
        "DOWNSTREAM_TRANSPORT_FAILURE_REASON " + FirstOperator.NAME + " " + DurationOperators.names() + ", " +
        "{DOWNSTREAM_REMOTE, DOWNSTREAM_DIRECT_REMOTE, DOWNSTREAM_LOCAL, DOWNSTREAM_DIRECT_LOCAL, " +
        "UPSTREAM_REMOTE, UPSTREAM_LOCAL}_" +
        "{ADDRESS, ADDRESS_WITHOUT_PORT, PORT}, " + ByteOperators.names() + ", " + AttemptOperators.names() +
        " " + CloseOperators.names() + " " + PartMetadataOperator.names() + " " + TlsOperators.names();
    private static final Set<String> NUMBERS = Set.of("RESPONSE_CODE", "BYTES_RECEIVED", "BYTES_SENT",
        "REQUEST_HEADERS_BYTES", "RESPONSE_HEADERS_BYTES", "UPSTREAM_CONNECTION_ID", "BYTES_RETRANSMITTED",
        "PACKETS_RETRANSMITTED", "UPSTREAM_REQUEST_ATTEMPT_COUNT", "CONNECTION_ID", "DOWNSTREAM_REMOTE_PORT",
        "DOWNSTREAM_DIRECT_REMOTE_PORT", "DOWNSTREAM_LOCAL_PORT", "DOWNSTREAM_DIRECT_LOCAL_PORT",
        "UPSTREAM_REMOTE_PORT", "UPSTREAM_LOCAL_PORT",
        "GRPC_STATUS_NUMBER");
    private static final Set<String> UPSTREAM = Set.of(
        "UPSTREAM_PROTOCOL", "UPSTREAM_CONNECTION_ID", "UPSTREAM_HOST_NAME", "UPSTREAM_HOST_NAME_WITHOUT_PORT");
    private static final byte[][] PROTOCOLS =
        {null, bytes("HTTP/1.0"), bytes("HTTP/1.1"), bytes("HTTP/2"), bytes("HTTP/3")};
    /** Behind a text that was too long for its record. */
    static final byte[] CUT = bytes("...");
    private static final byte[] RELAY = bytes("TcpConnectionEnd");
    private static final byte[] REQUEST = bytes("DownstreamEnd");
    /** Flags that come to be before an endpoint is asked. */
    private static final int INJECTED = ResponseFlag.DELAY_INJECTED | ResponseFlag.FAULT_INJECTED;
    /** Flags that come to be when an attempt has failed, before that of the failure; with relays behind it. */
    private static final int NOT_RETRIED =
        ResponseFlag.UPSTREAM_RETRY_LIMIT_EXCEEDED | ResponseFlag.UPSTREAM_OVERFLOW;
    private static final byte[][] FLAGS = new byte[ResponseFlag.count()][];
    private static final byte[][] FLAG_NAMES = new byte[ResponseFlag.count()][];

    static
    {
        for (int i = 0; i < FLAGS.length; i++)
        {
            FLAGS[i] = bytes(ResponseFlag.code(i));
            FLAG_NAMES[i] = bytes(ResponseFlag.name(i));
        }
    }

    private LogOperators()
    {
    }

    /** A number of a record. */
    @FunctionalInterface
    private interface Value
    {
        long of(AccessRecord record);
    }

    /**
     * @param name       of the operator.
     * @param argument   between its parentheses, or null.
     * @param at         where it begins in the format, for messages.
     * @param argumentAt where its argument begins.
     * @return the step.
     * @throws LogFormatException when the operator or its argument is not supported.
     */
    static LogOperator of(final String name, final String argument, final int at, final int argumentAt)
        throws LogFormatException
    {
        final LogOperator tls = TlsOperators.of(name, argument, argumentAt);
        final LogOperator withArgument = tls == null ? withArgument(name, argument, at, argumentAt) : tls;
        if (withArgument != null)
        {
            return withArgument;
        }
        final LogOperator plain = plain(name);
        if (plain == null)
        {
            throw new LogFormatException(at, "operator %" + name + "% is not supported" + otherThan(name));
        }
        if (argument != null && !argument.isEmpty())
        {
            throw new LogFormatException(argumentAt, "%" + name + "% takes no argument");
        }
        return plain;
    }

    private static String otherThan(final String name)
    {
        final String whole = SUPPORTED.replaceAll("(\\w*\\{[^}]*}\\w*)+", "");
        final String hint = Spelling.hint(name, List.of(whole.split("[ ,]+")));
        return hint.isEmpty() ? "; supported are " + SUPPORTED : hint;
    }

    /**
     * @param name     of an operator that is supported.
     * @param argument between its parentheses, or null.
     * @return what it asks for that is only recorded on demand.
     */
    static long uses(final String name, final String argument)
    {
        final long tls = TlsOperators.uses(name);
        if (tls != 0)
        {
            return tls;
        }
        if (name.startsWith("DOWNSTREAM_LOCAL_") || name.startsWith("DOWNSTREAM_DIRECT_LOCAL_"))
        {
            return AccessLogSink.USES_DOWNSTREAM_LOCAL;
        }
        if (name.startsWith("UPSTREAM_LOCAL_"))
        {
            return AccessLogSink.USES_UPSTREAM_LOCAL;
        }
        if (name.startsWith("DOWNSTREAM_REMOTE_") || name.startsWith("DOWNSTREAM_DIRECT_REMOTE_"))
        {
            return AccessLogSink.USES_FORWARDED;
        }
        if (name.startsWith("GRPC_STATUS"))
        {
            return AccessLogSink.USES_GRPC_STATUS;
        }
        if (name.endsWith("_HEADERS_BYTES") || ByteOperators.has(name))
        {
            return AccessLogSink.USES_LENGTHS;
        }
        if (PartMetadataOperator.has(name))
        {
            return AccessLogSink.USES_METADATA;
        }
        if (DurationOperators.asks(name, argument))
        {
            return AccessLogSink.USES_TIMES;
        }
        if (UPSTREAM.contains(name) || AttemptOperators.of(name) != null)
        {
            return AccessLogSink.USES_UPSTREAM;
        }
        return (name.equals("RESP") || name.equals("RESPONSE_HEADER")) && argument != null && argument.toLowerCase(Locale.ROOT).contains("content-type") ?
            AccessLogSink.USES_CONTENT_TYPE : 0;
    }

    /**
     * @param operator without its percent signs.
     * @return whether it gives a number where JSON tells numbers from strings.
     */
    static boolean isNumber(final String operator)
    {
        final int end = operator.indexOf('(');
        final String name = end < 0 ? operator : operator.substring(0, end);
        return operator.equals("GRPC_STATUS(NUMBER)") || NUMBERS.contains(name) || ByteOperators.has(name) ||
            DurationOperators.has(name);
    }

    private static LogOperator withArgument(
        final String name, final String argument, final int at, final int argumentAt) throws LogFormatException
    {
        switch (name)
        {
            case "START_TIME":
                return time(argument, ZoneOffset.UTC, argumentAt, AccessRecord::startTimeUs);
            case "START_TIME_LOCAL":
                return time(argument, ZoneId.systemDefault(), argumentAt, AccessRecord::startTimeUs);
            case "EMIT_TIME":
                return time(argument, ZoneOffset.UTC, argumentAt, r -> r.startTimeUs() + r.durationUs());
            case "EMIT_TIME_LOCAL":
                return time(argument, ZoneId.systemDefault(), argumentAt, r -> r.startTimeUs() + r.durationUs());
            case "REQ", "REQUEST_HEADER", "RESP", "RESPONSE_HEADER", "TRAILER", "RESPONSE_TRAILER":
                return HeaderOperators.of(name, argument, at, argumentAt);
            case "COMMON_DURATION":
                return DurationOperators.common(argument, at, argumentAt);
            case "RESPONSE_CODE_DETAILS":
                return details(argument, argumentAt);
            case "GRPC_STATUS":
                return GrpcOperators.of(argument, argumentAt);
            case MetadataOperator.NAME:
                return MetadataOperator.of(argument, at, argumentAt);
            case PartMetadataOperator.OF_ENDPOINT, PartMetadataOperator.OF_CLUSTER, PartMetadataOperator.OF_TYPE:
                return PartMetadataOperator.of(name, argument, at, argumentAt);
            case ProcessOperators.ENVIRONMENT:
                return environment(argument, at);
            case "PATH", "QUERY_PARAM", "QUERY_PARAMS":
                return PathOperators.of(name, argument, at, argumentAt);
            default:
                return AddressOperators.of(name, argument, argumentAt);
        }
    }

    private static LogOperator plain(final String name)
    {
        return switch (name)
        {
            case "PROTOCOL" -> (r, line) -> textOrDash(PROTOCOLS[r.protocol()], line);
            case "RESPONSE_CODE" -> LogOperators::responseCode;
            case "RESPONSE_FLAGS" -> (r, line) -> flags(r, FLAGS, line);
            case "RESPONSE_FLAGS_LONG" -> (r, line) -> flags(r, FLAG_NAMES, line);
            case "BYTES_RECEIVED" -> number(AccessRecord::bytesReceived);
            case "BYTES_SENT" -> number(AccessRecord::bytesSent);
            case "REQUEST_HEADERS_BYTES" -> number(AccessRecord::requestHeaderBytes);
            case "RESPONSE_HEADERS_BYTES" -> number(AccessRecord::responseHeaderBytes);
            case "ROUTE_NAME" -> string(AccessRecord::routeNameId);
            case "UPSTREAM_CLUSTER", "UPSTREAM_CLUSTER_RAW" -> string(AccessRecord::clusterNameId);
            case "UPSTREAM_HOST" -> AddressOperators.upstreamHost();
            case "UPSTREAM_HOST_NAME" -> AddressOperators.upstreamName(true);
            case "UPSTREAM_HOST_NAME_WITHOUT_PORT" -> AddressOperators.upstreamName(false);
            case "UPSTREAM_PROTOCOL" -> (r, line) -> textOrDash(PROTOCOLS[r.upstream().protocol()], line);
            case "UPSTREAM_CONNECTION_ID" -> number(r -> r.upstream().connectionId());
            case "UPSTREAM_REQUEST_ATTEMPT_COUNT" -> number(AccessRecord::attempts);
            case "UPSTREAM_TRANSPORT_FAILURE_REASON" -> IdOperators.transportFailure();
            case "CONNECTION_TERMINATION_DETAILS" -> text(AccessText.TERMINATION_DETAIL);
            case "CONNECTION_ID" -> number(AccessRecord::connectionId);
            case "GRPC_STATUS_NUMBER" -> GrpcOperators.number();
            case "STREAM_ID" -> IdOperators.stream();
            case "UNIQUE_ID" -> IdOperators.unique();
            case "ACCESS_LOG_TYPE" -> (r, line) -> line.put(r.protocol() == AccessProtocol.NONE ? RELAY : REQUEST);
            // A chain with a name has it in the format. TCP tells no round trips and nothing that was sent again, and
            // there are neither virtual clusters nor traces.
            case "FILTER_CHAIN_NAME", "ROUNDTRIP_DURATION", "VIRTUAL_CLUSTER_NAME", "TRACE_ID", "SPAN_ID" ->
                constant(null);
            case "BYTES_RETRANSMITTED", "PACKETS_RETRANSMITTED" -> constant("0");
            case "DOWNSTREAM_TRANSPORT_FAILURE_REASON" -> text(AccessText.TRANSPORT_FAILURE);
            case ProcessOperators.HOST_NAME -> constant(ProcessOperators.value(name, null));
            default -> rare(name);
        };
    }

    private static LogOperator rare(final String name)
    {
        final LogOperator attempts = AttemptOperators.of(name);
        final LogOperator ends = CloseOperators.of(name);
        return attempts != null ? attempts : ends != null ? ends :
            ByteOperators.has(name) ? ByteOperators.of(name) : DurationOperators.of(name);
    }

    private static LogOperator time(
        final String argument, final ZoneId zone, final int at, final Value value) throws LogFormatException
    {
        final TimeFormat format = argument == null || argument.isEmpty() ?
            TimeFormat.iso(zone) : TimeFormat.compile(argument, zone, at);
        return (record, line) -> format.append(value.of(record), line);
    }

    private static LogOperator number(final Value value)
    {
        return (record, line) -> line.decimal(value.of(record));
    }

    private static void responseCode(final AccessRecord record, final LogLine line)
    {
        if (record.protocol() == AccessProtocol.NONE)
        {
            line.put((byte)'0');
        }
        else
        {
            line.decimal(record.status());
        }
    }

    private static void flags(final AccessRecord record, final byte[][] names, final LogLine line)
    {
        final int flags = record.flags();
        if (flags == 0)
        {
            line.put((byte)'-');
            return;
        }
        final int start = line.length();
        // As Envoy, which lists them in the order in which they come to be.
        final int early = record.protocol() == AccessProtocol.NONE ? INJECTED : INJECTED | NOT_RETRIED;
        append(flags & INJECTED, start, names, line);
        append(flags & early & NOT_RETRIED, start, names, line);
        append(flags & ~early, start, names, line);
    }

    private static void append(final int flags, final int start, final byte[][] names, final LogLine line)
    {
        for (int rest = flags; rest != 0; rest &= rest - 1)
        {
            final int bit = Integer.numberOfTrailingZeros(rest);
            if (bit < names.length)
            {
                if (line.length() > start)
                {
                    line.put((byte)',');
                }
                line.put(names[bit]);
            }
        }
    }

    /** Details carry no blanks unless asked for: they would break the columns. */
    private static LogOperator details(final String argument, final int at) throws LogFormatException
    {
        final boolean keepsBlanks = "ALLOW_WHITESPACES".equals(argument);
        if (argument != null && !argument.isEmpty() && !keepsBlanks)
        {
            throw new LogFormatException(
                at, "%RESPONSE_CODE_DETAILS% takes ALLOW_WHITESPACES or nothing, not " + argument);
        }
        final LogOperator registered = string(AccessRecord::detailId);
        return (record, line) ->
        {
            final int start = line.length();
            if (record.textLength(AccessText.DETAIL) > 0)
            {
                putText(record, AccessText.DETAIL, line);
            }
            else
            {
                registered.append(record, line);
            }
            for (int i = start; !keepsBlanks && i < line.length(); i++)
            {
                final byte c = line.bytes()[i];
                line.bytes()[i] = c == ' ' || c >= '\t' && c <= '\r' ? (byte)'_' : c;
            }
        };
    }

    private static LogOperator environment(final String argument, final int at) throws LogFormatException
    {
        final String value = ProcessOperators.value(ProcessOperators.ENVIRONMENT, argument);
        if (value == null)
        {
            throw new LogFormatException(at, "%ENVIRONMENT(NAME)% needs the name of a variable");
        }
        return constant(value);
    }

    private static LogOperator constant(final String value)
    {
        final byte[] bytes = bytes(value == null ? "-" : value);
        return (record, line) -> line.put(bytes);
    }

    /** Strings by number, encoded once each. */
    private static LogOperator string(final Value id)
    {
        final EncodedStrings strings = new EncodedStrings();
        return (record, line) -> textOrDash(strings.bytes((int)id.of(record)), line);
    }

    static LogOperator text(final int field)
    {
        return (record, line) -> putText(record, field, line);
    }

    static void putText(final AccessRecord record, final int field, final LogLine line)
    {
        final int length = record.textLength(field);
        if (length == 0)
        {
            line.put((byte)'-');
        }
        else
        {
            line.put(record.buffer(), record.textOffset(field), length);
            if (record.isTruncated(field))
            {
                line.put(CUT);
            }
        }
    }

    private static void textOrDash(final byte[] text, final LogLine line)
    {
        if (text == null)
        {
            line.put((byte)'-');
        }
        else
        {
            line.put(text);
        }
    }

    static byte[] bytes(final String text)
    {
        return text.getBytes(UTF_8);
    }
}
