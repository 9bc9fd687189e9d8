package dev.ringway.control.accesslog;

import dev.ringway.engine.accesslog.AccessRecord;
import dev.ringway.engine.accesslog.AccessText;
import dev.ringway.engine.snapshot.AccessLogSink;
import dev.ringway.engine.tls.TlsReport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Set;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(30)
final class TlsOperatorsTest
{
    private static final String ALL = "%DOWNSTREAM_TLS_VERSION% %DOWNSTREAM_TLS_CIPHER% %DOWNSTREAM_TLS_SESSION_ID% " +
        "%REQUESTED_SERVER_NAME% %DOWNSTREAM_PEER_FINGERPRINT_256% %DOWNSTREAM_PEER_SERIAL% " +
        "%DOWNSTREAM_PEER_URI_SAN% %DOWNSTREAM_PEER_DNS_SAN% %DOWNSTREAM_PEER_SUBJECT% %DOWNSTREAM_PEER_ISSUER%";

    private static void put(final ByteArrayOutputStream report, final int item, final String text)
    {
        report.write(item);
        report.write(text.length());
        report.write(0);
        report.writeBytes(text.getBytes(US_ASCII));
    }

    /** A report in which each item is its own number, but for the session's id, which is empty. */
    private static byte[] numbers()
    {
        final ByteArrayOutputStream report = new ByteArrayOutputStream();
        for (int item = 0; item < TlsReport.COUNT; item++)
        {
            put(report, item, item == TlsReport.SESSION_ID ? "" : "n" + item);
        }
        return report.toByteArray();
    }

    private static String print(final String format, final byte[] report) throws LogFormatException
    {
        final AccessRecord record = Records.empty().text(AccessText.DOWNSTREAM_TLS, report);
        final LogLine line = new LogLine();
        LogFormat.compile(format).append(record, line);
        return line.toString();
    }

    @Test
    void shouldPrintEachItem() throws LogFormatException
    {
        assertEquals("n0 n1 - n3 n4 n5 n6 n7 n8 n9", print(ALL, numbers()));
    }

    @Test
    void shouldPrintDashesWithoutTls() throws LogFormatException
    {
        assertEquals("- - - - - - - - - -", print(ALL, new byte[0]));
    }

    @Test
    void shouldMarkWhatWasCutAtAnyByte() throws LogFormatException
    {
        final byte[] report = numbers();
        for (int length = 0; length < report.length; length++)
        {
            final String[] printed = print(ALL, Arrays.copyOf(report, length)).split(" ");
            assertEquals(TlsReport.COUNT, printed.length);
            for (int item = 0; item < TlsReport.COUNT; item++)
            {
                assertTrue(Set.of("-", "...", "n...", "n" + item).contains(printed[item]), printed[item]);
            }
        }
        assertEquals("n0 n... -", print("%DOWNSTREAM_TLS_VERSION% %DOWNSTREAM_TLS_CIPHER% %DOWNSTREAM_PEER_ISSUER%",
            Arrays.copyOf(report, 9)));
    }

    @Test
    void shouldAskForTheItemsOfTheFormatAlone() throws LogFormatException
    {
        assertEquals((1 << TlsReport.COUNT) - 1 << AccessLogSink.USES_TLS_SHIFT, LogFormat.compile(ALL).uses());
        assertEquals(1 << TlsReport.PEER_SERIAL + AccessLogSink.USES_TLS_SHIFT,
            LogFormat.compile("%DOWNSTREAM_PEER_SERIAL% %PROTOCOL%").uses());
    }
}
