package dev.ringway.control.accesslog;

import dev.ringway.engine.accesslog.AccessRecord;
import dev.ringway.engine.accesslog.AccessText;
import dev.ringway.engine.snapshot.AccessLogSink;
import dev.ringway.engine.tls.TlsReport;

/**
 * Operators about the TLS of either connection.
 */
final class TlsOperators
{
    private static final String UPSTREAM = "UPSTREAM_";

    private TlsOperators()
    {
    }

    /**
     * @param name of an operator.
     * @return the step, null when it is none of these.
     */
    static LogOperator of(final String name)
    {
        final int item = item(name);
        final int text = name.startsWith(UPSTREAM) ? AccessText.UPSTREAM_TLS : AccessText.DOWNSTREAM_TLS;
        return item < 0 ? null : (record, line) -> append(record, text, item, line);
    }

    /**
     * @param name of an operator.
     * @return what it asks for that is only recorded on demand.
     */
    static int uses(final String name)
    {
        final int item = item(name);
        return item < 0 ? 0 : 1 << item + (name.startsWith(UPSTREAM) ?
            AccessLogSink.USES_UPSTREAM_TLS_SHIFT : AccessLogSink.USES_TLS_SHIFT);
    }

    private static int item(final String name)
    {
        return switch (name)
        {
            case "DOWNSTREAM_TLS_VERSION", "UPSTREAM_TLS_VERSION" -> TlsReport.VERSION;
            case "DOWNSTREAM_TLS_CIPHER", "UPSTREAM_TLS_CIPHER" -> TlsReport.CIPHER;
            case "DOWNSTREAM_TLS_SESSION_ID", "UPSTREAM_TLS_SESSION_ID" -> TlsReport.SESSION_ID;
            case "REQUESTED_SERVER_NAME" -> TlsReport.SERVER_NAME;
            case "DOWNSTREAM_PEER_FINGERPRINT_256" -> TlsReport.PEER_FINGERPRINT;
            case "DOWNSTREAM_PEER_SERIAL" -> TlsReport.PEER_SERIAL;
            case "DOWNSTREAM_PEER_URI_SAN", "UPSTREAM_PEER_URI_SAN" -> TlsReport.PEER_URIS;
            case "DOWNSTREAM_PEER_DNS_SAN", "UPSTREAM_PEER_DNS_SAN" -> TlsReport.PEER_DNS_NAMES;
            case "DOWNSTREAM_PEER_SUBJECT", "UPSTREAM_PEER_SUBJECT" -> TlsReport.PEER_SUBJECT;
            case "DOWNSTREAM_PEER_ISSUER", "UPSTREAM_PEER_ISSUER" -> TlsReport.PEER_ISSUER;
            default -> -1;
        };
    }

    private static void append(final AccessRecord record, final int text, final int item, final LogLine line)
    {
        final int start = record.textOffset(text);
        final int length = record.textLength(text);
        final int at = TlsReport.find(item, record.buffer(), start, length);
        if (at < 0)
        {
            line.put((byte)'-');
            return;
        }
        final int whole = TlsReport.textLength(record.buffer(), at);
        final int there = Math.min(whole, start + length - at - TlsReport.HEAD_LENGTH);
        if (whole == 0)
        {
            line.put((byte)'-');
        }
        line.put(record.buffer(), at + TlsReport.HEAD_LENGTH, there);
        if (there < whole)
        {
            line.put((byte)'.').put((byte)'.').put((byte)'.');
        }
    }
}
