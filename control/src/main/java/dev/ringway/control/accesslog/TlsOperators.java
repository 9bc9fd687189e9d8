package dev.ringway.control.accesslog;

import dev.ringway.engine.accesslog.AccessRecord;
import dev.ringway.engine.snapshot.AccessLogSink;
import dev.ringway.engine.tls.TlsReport;

import java.time.ZoneOffset;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Operators about the TLS of either connection.
 */
public final class TlsOperators
{
    private static final String UPSTREAM = "UPSTREAM_";
    private static final String DOWNSTREAM = "DOWNSTREAM_";
    /** The one operator whose name does not say which connection it is about. */
    private static final String REQUESTED = "REQUESTED_SERVER_NAME";
    private static final String SERVER_NAME = "SERVER_NAME";
    /** By what stands behind the side in their names. */
    private static final Map<String, Item> ITEMS = Map.ofEntries(
        ofBoth("TLS_VERSION", TlsReport.VERSION),
        ofBoth("TLS_CIPHER", TlsReport.CIPHER),
        ofBoth("TLS_GROUP", TlsReport.GROUP),
        ofBoth("TLS_SESSION_ID", TlsReport.SESSION_ID),
        ofBoth(SERVER_NAME, TlsReport.SERVER_NAME),
        ofBoth("PEER_SUBJECT", TlsReport.PEER_SUBJECT),
        ofBoth("PEER_ISSUER", TlsReport.PEER_ISSUER),
        ofBoth("PEER_CERT_V_START", TlsReport.VALID_FROM),
        ofBoth("PEER_CERT_V_END", TlsReport.VALID_UNTIL),
        ofBoth("PEER_URI_SAN", TlsReport.PEER_URIS),
        ofBoth("PEER_DNS_SAN", TlsReport.PEER_DNS_NAMES),
        ofBoth("PEER_IP_SAN", TlsReport.PEER_ADDRESSES),
        ofBoth("LOCAL_URI_SAN", TlsReport.OWN_URIS),
        ofBoth("LOCAL_DNS_SAN", TlsReport.OWN_DNS_NAMES),
        ofBoth("LOCAL_IP_SAN", TlsReport.OWN_ADDRESSES),
        ofBoth("PEER_CERT", TlsReport.PEER_CERT),
        ofClient("PEER_EMAIL_SAN", TlsReport.PEER_MAILS),
        ofClient("PEER_OTHERNAME_SAN", TlsReport.PEER_OTHER_NAMES),
        ofClient("PEER_SERIAL", TlsReport.PEER_SERIAL),
        ofClient("PEER_FINGERPRINT_256", TlsReport.PEER_FINGERPRINT),
        ofClient("PEER_FINGERPRINT_1", TlsReport.PEER_OLD_FINGERPRINT),
        ofClient("PEER_CHAIN_FINGERPRINTS_256", TlsReport.CHAIN_FINGERPRINTS),
        ofClient("PEER_CHAIN_FINGERPRINTS_1", TlsReport.CHAIN_OLD_FINGERPRINTS),
        ofClient("PEER_CHAIN_SERIALS", TlsReport.CHAIN_SERIALS),
        ofClient("PEER_ISSUER_SERIAL", TlsReport.ISSUER_SERIAL),
        ofClient("PEER_ISSUER_FINGERPRINT_256", TlsReport.ISSUER_FINGERPRINT),
        ofClient("LOCAL_SUBJECT", TlsReport.OWN_SUBJECT),
        ofClient("LOCAL_EMAIL_SAN", TlsReport.OWN_MAILS),
        ofClient("LOCAL_OTHERNAME_SAN", TlsReport.OWN_OTHER_NAMES));
    private static final long MICROS_PER_SECOND = 1_000_000;

    private TlsOperators()
    {
    }

    /**
     * What operators tell.
     *
     * @param number of {@link TlsReport}.
     * @param ofBoth whether of either connection; otherwise of the client's alone.
     */
    private record Item(int number, boolean ofBoth)
    {
    }

    private static Map.Entry<String, Item> ofBoth(final String name, final int number)
    {
        return Map.entry(name, new Item(number, true));
    }

    private static Map.Entry<String, Item> ofClient(final String name, final int number)
    {
        return Map.entry(name, new Item(number, false));
    }

    /** The operators, for messages. */
    static String names()
    {
        final Set<String> names = new TreeSet<>();
        ITEMS.forEach((name, item) ->
        {
            names.add(name.equals(SERVER_NAME) ? REQUESTED : DOWNSTREAM + name);
            if (item.ofBoth)
            {
                names.add(UPSTREAM + name);
            }
        });
        return String.join(" ", names);
    }

    /**
     * @param name       of an operator.
     * @param argument   between its parentheses, or null.
     * @param argumentAt where its argument begins.
     * @return the step, null when it is none of these.
     * @throws LogFormatException when it takes no argument and has one, or the argument is no format of a time.
     */
    static LogOperator of(final String name, final String argument, final int argumentAt) throws LogFormatException
    {
        final int item = item(name);
        final Function<AccessRecord, byte[]> side =
            name.startsWith(UPSTREAM) ? r -> r.tls().upstream() : r -> r.tls().downstream();
        if (isTime(item))
        {
            final TimeFormat format = argument == null || argument.isEmpty() ?
                TimeFormat.iso(ZoneOffset.UTC) : TimeFormat.compile(argument, ZoneOffset.UTC, argumentAt);
            return (record, line) -> appendTime(side.apply(record), item, format, line);
        }
        if (item < 0)
        {
            return null;
        }
        if (argument != null && !argument.isEmpty())
        {
            throw new LogFormatException(argumentAt, "%" + name + "% takes no argument");
        }
        return (record, line) ->
        {
            final byte[] report = side.apply(record);
            line.reserve(TlsReport.room(report));
            final int length = TlsReport.put(item, report, line.buffer(), line.length());
            line.advance(length);
            if (length == 0)
            {
                line.put((byte)'-');
            }
        };
    }

    /**
     * @param name of an operator.
     * @return number in {@link TlsReport} of what it tells in a field of the client's connection, -1 when it tells
     *         nothing of it.
     */
    public static int itemOfClient(final String name)
    {
        final int item = name.startsWith(UPSTREAM) ? -1 : item(name);
        return item == TlsReport.VALID_FROM ? TlsReport.VALID_FROM_TEXT :
            item == TlsReport.VALID_UNTIL ? TlsReport.VALID_UNTIL_TEXT : item;
    }

    private static boolean isTime(final int item)
    {
        return item == TlsReport.VALID_FROM || item == TlsReport.VALID_UNTIL;
    }

    /**
     * @param name of an operator.
     * @return what it asks for that is only recorded on demand, 0 when it is none of these.
     */
    static long uses(final String name)
    {
        final int item = item(name);
        return item < 0 ? 0 : 1L << item + (name.startsWith(UPSTREAM) ?
            AccessLogSink.USES_UPSTREAM_TLS_SHIFT : AccessLogSink.USES_TLS_SHIFT);
    }

    private static int item(final String name)
    {
        final boolean isOfEndpoint = name.startsWith(UPSTREAM);
        final String side = isOfEndpoint ? UPSTREAM : DOWNSTREAM;
        if (name.equals(REQUESTED))
        {
            return TlsReport.SERVER_NAME;
        }
        final Item item = name.startsWith(side) ? ITEMS.get(name.substring(side.length())) : null;
        final boolean isKnown = item != null && (isOfEndpoint ? item.ofBoth : item.number != TlsReport.SERVER_NAME);
        return isKnown ? item.number : -1;
    }

    private static void appendTime(final byte[] report, final int item, final TimeFormat format, final LogLine line)
    {
        final int at = TlsReport.find(item, report);
        if (at < 0)
        {
            line.put((byte)'-');
        }
        else
        {
            format.append(seconds(report, at, TlsReport.textLength(report, at)) * MICROS_PER_SECOND, line);
        }
    }

    private static long seconds(final byte[] digits, final int offset, final int length)
    {
        final boolean isBefore = digits[offset] == '-';
        long value = 0;
        for (int i = isBefore ? 1 : 0; i < length; i++)
        {
            value = value * 10 + digits[offset + i] - '0';
        }
        return isBefore ? -value : value;
    }
}
