package dev.ringway.control.accesslog;

import dev.ringway.engine.accesslog.AccessRecord;
import dev.ringway.engine.snapshot.AccessLogSink;
import dev.ringway.engine.tls.TlsReport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.stream.IntStream;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

@Timeout(30)
final class TlsOperatorsTest
{
    private static final String ALL = "%DOWNSTREAM_TLS_VERSION% %DOWNSTREAM_TLS_CIPHER% %DOWNSTREAM_TLS_SESSION_ID% " +
        "%REQUESTED_SERVER_NAME% %DOWNSTREAM_TLS_GROUP% %DOWNSTREAM_PEER_URI_SAN% %DOWNSTREAM_PEER_DNS_SAN% " +
        "%DOWNSTREAM_PEER_IP_SAN% %DOWNSTREAM_PEER_SUBJECT% %DOWNSTREAM_PEER_ISSUER% %DOWNSTREAM_PEER_CERT_V_START% " +
        "%DOWNSTREAM_PEER_CERT_V_END% %DOWNSTREAM_LOCAL_URI_SAN% %DOWNSTREAM_LOCAL_DNS_SAN% " +
        "%DOWNSTREAM_LOCAL_IP_SAN% %DOWNSTREAM_PEER_CERT% %DOWNSTREAM_PEER_FINGERPRINT_256% " +
        "%DOWNSTREAM_PEER_SERIAL% %DOWNSTREAM_PEER_FINGERPRINT_1% %DOWNSTREAM_PEER_CHAIN_FINGERPRINTS_256% " +
        "%DOWNSTREAM_PEER_CHAIN_FINGERPRINTS_1% %DOWNSTREAM_PEER_CHAIN_SERIALS% %DOWNSTREAM_PEER_EMAIL_SAN% " +
        "%DOWNSTREAM_PEER_OTHERNAME_SAN% %DOWNSTREAM_LOCAL_SUBJECT% %DOWNSTREAM_LOCAL_EMAIL_SAN% " +
        "%DOWNSTREAM_LOCAL_OTHERNAME_SAN% %DOWNSTREAM_PEER_ISSUER_SERIAL% %DOWNSTREAM_PEER_ISSUER_FINGERPRINT_256%";

    private static void put(final ByteArrayOutputStream report, final int item, final String text)
    {
        report.write(item);
        report.write(text.length());
        report.write(0);
        report.writeBytes(text.getBytes(US_ASCII));
    }

    private static boolean isTime(final int item)
    {
        return item == TlsReport.VALID_FROM || item == TlsReport.VALID_UNTIL;
    }

    /** What an item that tells its own number is printed as; the session's id is empty. */
    private static String shown(final int item)
    {
        final String digits = "6e" + HexFormat.of().formatHex(Integer.toString(item).getBytes(US_ASCII));
        return item == TlsReport.SESSION_ID ? "-" : isTime(item) ? "1970-01-01T00:00:" + item + ".000Z" :
            TlsReport.digestLength(item) > 0 ? digits : "n" + item;
    }

    /** A report in which each item is its own number, but for the session's id, which is empty. */
    private static byte[] numbers()
    {
        final ByteArrayOutputStream report = new ByteArrayOutputStream();
        for (int item = 0; item < TlsReport.COUNT; item++)
        {
            put(report, item, item == TlsReport.SESSION_ID ? "" : isTime(item) ? "" + item : "n" + item);
        }
        return report.toByteArray();
    }

    private static String print(final String format, final byte[] report) throws LogFormatException
    {
        final AccessRecord record = Records.empty();
        record.tls().downstream(report);
        final LogLine line = new LogLine();
        LogFormat.compile(format).append(record, line);
        return line.toString();
    }

    @Test
    void shouldPrintEachItem() throws LogFormatException
    {
        assertEquals(String.join(" ", IntStream.range(0, TlsReport.COUNT).mapToObj(TlsOperatorsTest::shown).toList()),
            print(ALL, numbers()));
    }

    @Test
    void shouldPrintDashesWithoutTls() throws LogFormatException
    {
        assertEquals(String.join(" ", Collections.nCopies(TlsReport.COUNT, "-")), print(ALL, new byte[0]));
    }

    @Test
    void shouldMarkWhatIsNotAllThere() throws LogFormatException
    {
        final ByteArrayOutputStream report = new ByteArrayOutputStream();
        put(report, TlsReport.PEER_SUBJECT, "n" + "o".repeat(254));
        put(report, TlsReport.PEER_ISSUER, "is");
        final byte[] cut = report.toByteArray();
        cut[2] = (byte)0x80;
        assertEquals("n" + "o".repeat(254) + "... is",
            print("%DOWNSTREAM_PEER_SUBJECT% %DOWNSTREAM_PEER_ISSUER%", cut));
    }

    @Test
    void shouldPrintMoreThanARecordHolds() throws LogFormatException
    {
        final String certificate = "A".repeat(9000);
        final byte[] report = new byte[9003];
        Arrays.fill(report, (byte)'A');
        report[0] = TlsReport.PEER_CERT;
        report[1] = (byte)9000;
        report[2] = (byte)(9000 >>> 8);
        final AccessRecord record = Records.empty();
        record.tls().upstream(report);
        final LogLine line = new LogLine();
        LogFormat.compile("%UPSTREAM_PEER_CERT% %DOWNSTREAM_PEER_CERT%").append(record, line);
        assertEquals(certificate + " -", line.toString());
    }

    @Test
    void shouldSeparateDigestsAndFormatTimes() throws LogFormatException
    {
        final ByteArrayOutputStream report = new ByteArrayOutputStream();
        put(report, TlsReport.CHAIN_OLD_FINGERPRINTS, "a".repeat(40));
        put(report, TlsReport.VALID_UNTIL, "-86400");
        assertEquals("61".repeat(20) + "," + "61".repeat(20) + " 1969/12/31",
            print("%DOWNSTREAM_PEER_CHAIN_FINGERPRINTS_1% %DOWNSTREAM_PEER_CERT_V_END(%Y/%m/%d)%", report.toByteArray()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"%DOWNSTREAM_PEER_CERT(x)%", "%DOWNSTREAM_SERVER_NAME%", "%UPSTREAM_PEER_FINGERPRINT_256%", "%DOWNSTREAM_TLS_GROUP(x)%",
        "%DOWNSTREAM_PEER_CERT_V_END(%Q)%"})
    void shouldRefuseWhatIsNotThere(final String format)
    {
        assertThrows(LogFormatException.class, () -> LogFormat.compile(format));
    }

    @Test
    void shouldAskForTheItemsOfTheFormatAlone() throws LogFormatException
    {
        assertEquals((1L << TlsReport.COUNT) - 1 << AccessLogSink.USES_TLS_SHIFT, LogFormat.compile(ALL).uses());
        assertEquals(1L << TlsReport.PEER_MAILS + AccessLogSink.USES_TLS_SHIFT |
            1L << TlsReport.OWN_ADDRESSES + AccessLogSink.USES_UPSTREAM_TLS_SHIFT,
            LogFormat.compile("%DOWNSTREAM_PEER_EMAIL_SAN% %UPSTREAM_LOCAL_IP_SAN%").uses());
        assertEquals(1L << TlsReport.PEER_SERIAL + AccessLogSink.USES_TLS_SHIFT,
            LogFormat.compile("%DOWNSTREAM_PEER_SERIAL% %PROTOCOL%").uses());
    }
}
