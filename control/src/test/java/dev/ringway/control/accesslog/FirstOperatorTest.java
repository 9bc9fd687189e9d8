package dev.ringway.control.accesslog;

import dev.ringway.engine.accesslog.AccessRecord;
import dev.ringway.engine.accesslog.AccessText;
import dev.ringway.engine.snapshot.LoggedField;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

final class FirstOperatorTest
{
    @Test
    void shouldPrintTheFirstThatHasAValue() throws LogFormatException
    {
        final AccessRecord record = Records.empty();
        final String format = "%COALESCE({\"operators\": [\"ROUTE_NAME\", {\"command\": \"REQ\", \"param\": \"referer\"}, " +
            "{\"command\": \"REQ\", \"param\": \":authority\", \"max_length\": 2}]})%";
        assertEquals("-", print(format, record));
        AccessText.put(record, AccessText.AUTHORITY, "host".getBytes(US_ASCII));
        assertEquals("ho", print(format, record));
        AccessText.put(record, AccessText.REFERER, new byte[0]);
        assertEquals("", print(format, record));
    }

    @Test
    void shouldAskForWhatItsOperatorsAskFor() throws LogFormatException
    {
        final LogFormat format = LogFormat.compile("%COALESCE({\"operators\": [\"UPSTREAM_LOCAL_PORT\", " +
            "{\"command\": \"RESP\", \"param\": \"x-a\"}]})%");
        assertEquals(LogFormat.compile("%UPSTREAM_LOCAL_PORT% %RESP(x-a)%").uses(), format.uses());
        assertEquals(fields(LogFormat.compile("%RESP(x-a)%")), fields(format));
        assertEquals(fields(LogFormat.compile("%REQUESTED_SERVER_NAME% %REQ(x-envoy-original-host)%")),
            fields(LogFormat.compile("%REQUESTED_SERVER_NAME(HOST_FIRST)%")));
        assertEquals(LogFormat.compile("%REQUESTED_SERVER_NAME%").uses(),
            LogFormat.compile("%REQUESTED_SERVER_NAME(SNI_ONLY)%").uses());
    }

    @ParameterizedTest
    @ValueSource(strings = {"%COALESCE%", "%COALESCE()%", "%COALESCE(a b)%", "%COALESCE([])%", "%COALESCE({})%",
        "%COALESCE({\"operators\": []})%", "%COALESCE({\"operators\": [1]})%", "%COALESCE({\"operators\": [\"NONE\"]})%",
        "%COALESCE({\"operators\": [{\"param\": \"a\"}]})%", "%COALESCE({\"operators\": [\"PROTOCOL\"], \"more\": 1})%",
        "%COALESCE({\"operators\": [{\"command\": \"REQ\"}]})%", "%COALESCE({\"operators\": [\"FILTER_CHAIN_NAME\"]})%",
        "%COALESCE({\"operators\": [{\"command\": \"METADATA\", \"param\": \"CLUSTER:n\"}]})%",
        "%COALESCE({\"operators\": [{\"command\": \"PROTOCOL\", \"other\": 1}]})%",
        "%COALESCE({\"operators\": [{\"command\": \"PROTOCOL\", \"max_length\": -1}]})%",
        "%COALESCE({\"operators\": [{\"command\": \"PROTOCOL\", \"max_length\": \"1\"}]})%",
        "%COALESCE({\"operators\": [\"RESPONSE_FLAGS\"]})%", "%REQUESTED_SERVER_NAME(HOST_ONLY)%",
        "%REQUESTED_SERVER_NAME(SNI_FIRST:)%", "%REQUESTED_SERVER_NAME(:HOST)%", "%REQUESTED_SERVER_NAME(sni_only)%"})
    void shouldRefuseWhatMakesNoSense(final String format)
    {
        assertThrows(LogFormatException.class, () -> LogFormat.compile(format));
    }

    private static List<Integer> fields(final LogFormat format)
    {
        return format.fields().stream().map(LoggedField::id).toList();
    }

    private static String print(final String format, final AccessRecord record) throws LogFormatException
    {
        final LogLine line = new LogLine();
        LogFormat.compile(format).append(record, line);
        return line.toString();
    }
}
