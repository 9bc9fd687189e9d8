package dev.ringway.control.accesslog;

import dev.ringway.engine.accesslog.AccessRecord;
import dev.ringway.engine.accesslog.AccessText;
import dev.ringway.engine.snapshot.AccessLogSink;
import dev.ringway.engine.tls.TlsReport;
import org.agrona.DirectBuffer;

import java.time.ZoneOffset;
import java.util.Map;
import java.util.TreeSet;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * Operators about the TLS of either connection.
 */
final class TlsOperators
{
    private static final String UPSTREAM = "UPSTREAM_";
    private static final Map<String, Integer> DOWNSTREAM_ITEMS = Map.ofEntries(
        Map.entry("DOWNSTREAM_TLS_VERSION", TlsReport.VERSION),
        Map.entry("DOWNSTREAM_TLS_CIPHER", TlsReport.CIPHER),
        Map.entry("DOWNSTREAM_TLS_GROUP", TlsReport.GROUP),
        Map.entry("DOWNSTREAM_TLS_SESSION_ID", TlsReport.SESSION_ID),
        Map.entry("REQUESTED_SERVER_NAME", TlsReport.SERVER_NAME),
        Map.entry("DOWNSTREAM_PEER_FINGERPRINT_256", TlsReport.PEER_FINGERPRINT),
        Map.entry("DOWNSTREAM_PEER_FINGERPRINT_1", TlsReport.PEER_OLD_FINGERPRINT),
        Map.entry("DOWNSTREAM_PEER_CHAIN_FINGERPRINTS_256", TlsReport.CHAIN_FINGERPRINTS),
        Map.entry("DOWNSTREAM_PEER_CHAIN_FINGERPRINTS_1", TlsReport.CHAIN_OLD_FINGERPRINTS),
        Map.entry("DOWNSTREAM_PEER_CHAIN_SERIALS", TlsReport.CHAIN_SERIALS),
        Map.entry("DOWNSTREAM_PEER_SERIAL", TlsReport.PEER_SERIAL),
        Map.entry("DOWNSTREAM_PEER_SUBJECT", TlsReport.PEER_SUBJECT),
        Map.entry("DOWNSTREAM_PEER_ISSUER", TlsReport.PEER_ISSUER),
        Map.entry("DOWNSTREAM_PEER_CERT_V_START", TlsReport.VALID_FROM),
        Map.entry("DOWNSTREAM_PEER_CERT_V_END", TlsReport.VALID_UNTIL),
        Map.entry("DOWNSTREAM_PEER_URI_SAN", TlsReport.PEER_URIS),
        Map.entry("DOWNSTREAM_PEER_DNS_SAN", TlsReport.PEER_DNS_NAMES),
        Map.entry("DOWNSTREAM_PEER_IP_SAN", TlsReport.PEER_ADDRESSES),
        Map.entry("DOWNSTREAM_PEER_EMAIL_SAN", TlsReport.PEER_MAILS),
        Map.entry("DOWNSTREAM_PEER_OTHERNAME_SAN", TlsReport.PEER_OTHER_NAMES),
        Map.entry("DOWNSTREAM_LOCAL_SUBJECT", TlsReport.OWN_SUBJECT),
        Map.entry("DOWNSTREAM_LOCAL_URI_SAN", TlsReport.OWN_URIS),
        Map.entry("DOWNSTREAM_LOCAL_DNS_SAN", TlsReport.OWN_DNS_NAMES),
        Map.entry("DOWNSTREAM_LOCAL_IP_SAN", TlsReport.OWN_ADDRESSES),
        Map.entry("DOWNSTREAM_LOCAL_EMAIL_SAN", TlsReport.OWN_MAILS),
        Map.entry("DOWNSTREAM_LOCAL_OTHERNAME_SAN", TlsReport.OWN_OTHER_NAMES));
    private static final Map<String, Integer> UPSTREAM_ITEMS = Map.ofEntries(
        Map.entry("UPSTREAM_TLS_VERSION", TlsReport.VERSION),
        Map.entry("UPSTREAM_TLS_CIPHER", TlsReport.CIPHER),
        Map.entry("UPSTREAM_TLS_GROUP", TlsReport.GROUP),
        Map.entry("UPSTREAM_TLS_SESSION_ID", TlsReport.SESSION_ID),
        Map.entry("UPSTREAM_SERVER_NAME", TlsReport.SERVER_NAME),
        Map.entry("UPSTREAM_PEER_SUBJECT", TlsReport.PEER_SUBJECT),
        Map.entry("UPSTREAM_PEER_ISSUER", TlsReport.PEER_ISSUER),
        Map.entry("UPSTREAM_PEER_CERT_V_START", TlsReport.VALID_FROM),
        Map.entry("UPSTREAM_PEER_CERT_V_END", TlsReport.VALID_UNTIL),
        Map.entry("UPSTREAM_PEER_URI_SAN", TlsReport.PEER_URIS),
        Map.entry("UPSTREAM_PEER_DNS_SAN", TlsReport.PEER_DNS_NAMES),
        Map.entry("UPSTREAM_PEER_IP_SAN", TlsReport.PEER_ADDRESSES),
        Map.entry("UPSTREAM_LOCAL_URI_SAN", TlsReport.OWN_URIS),
        Map.entry("UPSTREAM_LOCAL_DNS_SAN", TlsReport.OWN_DNS_NAMES),
        Map.entry("UPSTREAM_LOCAL_IP_SAN", TlsReport.OWN_ADDRESSES));
    private static final byte[] DIGITS = "0123456789abcdef".getBytes(US_ASCII);
    private static final long MICROS_PER_SECOND = 1_000_000;

    private TlsOperators()
    {
    }

    /** The operators, for messages. */
    static String names()
    {
        return String.join(" ", new TreeSet<>(DOWNSTREAM_ITEMS.keySet())) + " " +
            String.join(" ", new TreeSet<>(UPSTREAM_ITEMS.keySet()));
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
        final int text = name.startsWith(UPSTREAM) ? AccessText.UPSTREAM_TLS : AccessText.DOWNSTREAM_TLS;
        if (item == TlsReport.VALID_FROM || item == TlsReport.VALID_UNTIL)
        {
            final TimeFormat format = argument == null || argument.isEmpty() ?
                TimeFormat.iso(ZoneOffset.UTC) : TimeFormat.compile(argument, ZoneOffset.UTC, argumentAt);
            return (record, line) -> appendTime(record, text, item, format, line);
        }
        if (item < 0)
        {
            return null;
        }
        if (argument != null && !argument.isEmpty())
        {
            throw new LogFormatException(argumentAt, "%" + name + "% takes no argument");
        }
        final int digest = TlsReport.digestLength(item);
        return digest > 0 ? (record, line) -> appendDigests(record, text, item, digest, line) :
            (record, line) -> append(record, text, item, line);
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
        return (name.startsWith(UPSTREAM) ? UPSTREAM_ITEMS : DOWNSTREAM_ITEMS).getOrDefault(name, -1);
    }

    /** Where an item begins that has something to tell; without one a dash is put. */
    private static int find(final AccessRecord record, final int text, final int item, final LogLine line)
    {
        final int at = TlsReport.find(item, record.buffer(), record.textOffset(text), record.textLength(text));
        if (at < 0 || TlsReport.textLength(record.buffer(), at) == 0)
        {
            line.put((byte)'-');
            return -1;
        }
        return at;
    }

    /** Bytes of it that are there. */
    private static int there(final AccessRecord record, final int text, final int at)
    {
        return Math.min(TlsReport.textLength(record.buffer(), at),
            record.textOffset(text) + record.textLength(text) - at - TlsReport.HEAD_LENGTH);
    }

    private static void mark(final AccessRecord record, final int at, final int there, final LogLine line)
    {
        if (there < TlsReport.textLength(record.buffer(), at))
        {
            line.put(LogOperators.CUT);
        }
    }

    private static void append(final AccessRecord record, final int text, final int item, final LogLine line)
    {
        final int at = find(record, text, item, line);
        if (at >= 0)
        {
            final int there = there(record, text, at);
            line.put(record.buffer(), at + TlsReport.HEAD_LENGTH, there);
            mark(record, at, there, line);
        }
    }

    private static void appendDigests(
        final AccessRecord record, final int text, final int item, final int digest, final LogLine line)
    {
        final int at = find(record, text, item, line);
        if (at >= 0)
        {
            final int there = there(record, text, at);
            for (int i = 0; i < there; i++)
            {
                if (i > 0 && i % digest == 0)
                {
                    line.put((byte)',');
                }
                final int value = record.buffer().getByte(at + TlsReport.HEAD_LENGTH + i) & 0xFF;
                line.put(DIGITS[value >>> 4]).put(DIGITS[value & 0xF]);
            }
            mark(record, at, there, line);
        }
    }

    private static void appendTime(
        final AccessRecord record, final int text, final int item, final TimeFormat format, final LogLine line)
    {
        final int at = find(record, text, item, line);
        if (at < 0)
        {
            return;
        }
        final int there = there(record, text, at);
        if (there < TlsReport.textLength(record.buffer(), at))
        {
            line.put(LogOperators.CUT);
            return;
        }
        format.append(seconds(record.buffer(), at + TlsReport.HEAD_LENGTH, there) * MICROS_PER_SECOND, line);
    }

    private static long seconds(final DirectBuffer source, final int offset, final int length)
    {
        final boolean isBefore = source.getByte(offset) == '-';
        long value = 0;
        for (int i = isBefore ? 1 : 0; i < length; i++)
        {
            value = value * 10 + source.getByte(offset + i) - '0';
        }
        return isBefore ? -value : value;
    }
}
