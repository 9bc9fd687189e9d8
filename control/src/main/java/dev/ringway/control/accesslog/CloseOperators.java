package dev.ringway.control.accesslog;

import dev.ringway.engine.accesslog.AccessClosing;
import dev.ringway.engine.accesslog.AccessProtocol;
import dev.ringway.engine.accesslog.AccessRecord;
import dev.ringway.engine.accesslog.AccessText;
import dev.ringway.engine.accesslog.LogStrings;
import dev.ringway.engine.accesslog.ResponseFlag;

/**
 * Operators about how connections ended. As in Envoy a request says that all was in order, for it is told of before that.
 */
final class CloseOperators
{
    private static final String CLIENT_TYPE = "DOWNSTREAM_DETECTED_CLOSE_TYPE";
    private static final String CLIENT_REASON = "DOWNSTREAM_LOCAL_CLOSE_REASON";
    private static final String ENDPOINT_TYPE = "UPSTREAM_DETECTED_CLOSE_TYPE";
    private static final String ENDPOINT_REASON = "UPSTREAM_LOCAL_CLOSE_REASON";
    private static final byte[] NORMAL = LogOperators.bytes("Normal");
    private static final byte[] LOCAL_RESET = LogOperators.bytes("LocalReset");
    private static final byte[] REMOTE_RESET = LogOperators.bytes("RemoteReset");
    private static final byte[] IDLE = LogOperators.bytes("tcp_session_idle_timeout");
    private static final byte[] OLD = LogOperators.bytes("max_connection_duration_reached");
    private static final byte[] NONE = LogOperators.bytes("-");
    /** As Envoy spells it, with its number of what there was not. */
    private static final byte[] UNREACHED = LogOperators.bytes("tcp_initializion_failure:0");
    private static final byte[] UNHEALTHY = LogOperators.bytes("tcp_initializion_failure:1");
    private static final byte[] FULL = LogOperators.bytes("tcp_initializion_failure:2");
    private static final byte[] UNKNOWN = LogOperators.bytes("tcp_initializion_failure:3");

    private CloseOperators()
    {
    }

    /** All of them, for messages. */
    static String names()
    {
        return CLIENT_TYPE + " " + CLIENT_REASON + " " + ENDPOINT_TYPE + " " + ENDPOINT_REASON;
    }

    /**
     * @param name of an operator.
     * @return the step, or null when it is another one.
     */
    static LogOperator of(final String name)
    {
        return switch (name)
        {
            case CLIENT_TYPE -> (record, line) -> line.put(switch (AccessClosing.get(record))
            {
                case AccessClosing.CLIENT_RESET -> REMOTE_RESET;
                case AccessClosing.ENDPOINT_RESET -> LOCAL_RESET;
                default -> NORMAL;
            });
            case CLIENT_REASON -> (record, line) -> line.put(reason(record));
            case ENDPOINT_TYPE -> (record, line) -> line.put(!asksEndpoint(record) ? NONE :
                AccessClosing.get(record) == AccessClosing.ENDPOINT_RESET ? REMOTE_RESET : NORMAL);
            case ENDPOINT_REASON -> (record, line) -> line.put(time(record));
            default -> null;
        };
    }

    /** A relay names its cluster, whether there is one or not; the connection of a listener does not. */
    private static boolean isRelay(final AccessRecord record)
    {
        return record.protocol() == AccessProtocol.NONE && record.clusterNameId() != LogStrings.NONE;
    }

    private static boolean asksEndpoint(final AccessRecord record)
    {
        return record.protocol() == AccessProtocol.NONE ? isRelay(record) :
            record.textLength(AccessText.UPSTREAM_HOST) > 0 || has(record, ResponseFlag.UPSTREAM_OVERFLOW);
    }

    /** Why a relay was over before its time, on both sides. */
    private static byte[] time(final AccessRecord record)
    {
        return !isRelay(record) ? NONE : AccessClosing.get(record) == AccessClosing.IDLE ? IDLE :
            has(record, ResponseFlag.DURATION_TIMEOUT) ? OLD : NONE;
    }

    private static byte[] reason(final AccessRecord record)
    {
        if (!isRelay(record) || time(record) != NONE)
        {
            return time(record);
        }
        return has(record, ResponseFlag.UPSTREAM_CONNECTION_FAILURE | ResponseFlag.UPSTREAM_RETRY_LIMIT_EXCEEDED) ?
            UNREACHED :
            has(record, ResponseFlag.NO_HEALTHY_UPSTREAM) ? UNHEALTHY :
            has(record, ResponseFlag.UPSTREAM_OVERFLOW) ? FULL :
            has(record, ResponseFlag.NO_CLUSTER) ? UNKNOWN : NONE;
    }

    private static boolean has(final AccessRecord record, final int anyOf)
    {
        return (record.flags() & anyOf) != 0;
    }
}
