package dev.ringway.control.accesslog;

import dev.ringway.engine.accesslog.AccessAttempts;
import dev.ringway.engine.accesslog.AccessFields;
import dev.ringway.engine.accesslog.AccessProtocol;
import dev.ringway.engine.accesslog.AccessRecord;
import dev.ringway.engine.accesslog.AccessText;

/**
 * Operators about the endpoints that were tried. As in Envoy a relay tells all of them, a request the one that it was sent
 * to last.
 */
final class AttemptOperators
{
    private static final String WITHOUT_PORT = "_WITHOUT_PORT";
    private static final String HOSTS = "UPSTREAM_HOSTS_ATTEMPTED";
    private static final String NAMES = "UPSTREAM_HOST_NAMES_ATTEMPTED";
    private static final String CONNECTIONS = "UPSTREAM_CONNECTION_IDS_ATTEMPTED";

    private AttemptOperators()
    {
    }

    /** All of them, for messages. */
    static String names()
    {
        return HOSTS + " " + HOSTS + WITHOUT_PORT + " " + NAMES + " " + NAMES + WITHOUT_PORT + " " + CONNECTIONS;
    }

    /**
     * @param name of an operator.
     * @return the step, or null when it is another one.
     */
    static LogOperator of(final String name)
    {
        return switch (name)
        {
            case HOSTS -> (record, line) -> append(record, false, true, line);
            case HOSTS + WITHOUT_PORT -> (record, line) -> append(record, false, false, line);
            case NAMES -> (record, line) -> append(record, true, true, line);
            case NAMES + WITHOUT_PORT -> (record, line) -> append(record, true, false, line);
            case CONNECTIONS -> AttemptOperators::connection;
            default -> null;
        };
    }

    /** Those that came to be: no more than one. */
    private static void connection(final AccessRecord record, final LogLine line)
    {
        if (record.upstream().connectionId() == 0)
        {
            line.put((byte)'-');
        }
        else
        {
            line.decimal(record.upstream().connectionId());
        }
    }

    private static void append(
        final AccessRecord record, final boolean isNamed, final boolean withPort, final LogLine line)
    {
        final int start = line.length();
        final int count = AccessAttempts.count(record);
        for (int i = 0; i < count; i++)
        {
            if (AccessAttempts.isMark(record, i))
            {
                line.put(LogOperators.CUT);
                return;
            }
            final int at = AccessAttempts.find(record, i, isNamed);
            final boolean isName = isNamed && at != AccessAttempts.find(record, i, false);
            EndpointText.put(record, AccessFields.valueOffset(at), AccessFields.length(record, at), isName, withPort, line);
            line.put((byte)',');
        }
        final boolean isTold = record.protocol() == AccessProtocol.NONE || record.upstream().isConnected();
        final int text = isNamed && record.textLength(AccessText.UPSTREAM_NAME) > 0 ?
            AccessText.UPSTREAM_NAME : AccessText.UPSTREAM_HOST;
        if (isTold)
        {
            EndpointText.put(record, text, withPort, line);
        }
        if (line.length() == start)
        {
            line.put((byte)'-');
        }
    }
}
