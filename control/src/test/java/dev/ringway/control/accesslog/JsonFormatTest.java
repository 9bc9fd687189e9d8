package dev.ringway.control.accesslog;

import com.google.gson.JsonParser;
import dev.ringway.engine.accesslog.AccessRecord;
import dev.ringway.engine.accesslog.AccessText;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(20)
final class JsonFormatTest
{
    private static String print(final String config, final boolean omitsEmpty, final AccessRecord record)
        throws LogFormatException
    {
        final LogLine line = new LogLine();
        LogFormat.compile(config, true, omitsEmpty).append(record, line);
        return line.toString();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        {"b": "%RESPONSE_CODE%", "a": "%REQ(:METHOD)%"}     | {"a":"GET","b":200}
        {"x": "%RESPONSE_CODE% %PROTOCOL%"}                 | {"x":"200 HTTP/1.1"}
        {"n": {"z": "%DURATION%", "y": {"p": "%BYTES_SENT%"}}} | {"n":{"y":{"p":3},"z":4}}
        {"l": ["%ROUTE_NAME%", "plain", 1, 1.5, true, null]} | {"l":["myroute","plain",1,1.5,true,null]}
        {"port": "%UPSTREAM_REMOTE_PORT%", "s": "%RESP(:STATUS)%"} | {"port":28491,"s":"200"}
        {"d": "%COMMON_DURATION(DS_RX_BEG:DS_TX_END:us)%"}  | {"d":4695}
        {"missing": "%REQ(REFERER)%", "m": "%REQ(REFERER)%/"} | {"m":"-/","missing":null}
        {"percent": "100%%", "cut": "%REQ(USER-AGENT):4%"}  | {"cut":"curl","percent":"100%"}
        {}                                                  | {}
        """)
    void shouldPrintValuesOfTheirTypes(final String config, final String expected) throws LogFormatException
    {
        assertEquals(expected + "\n", print(config, false, Records.get()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        {"a": "%REQ(REFERER)%", "b": "%RESPONSE_CODE%"}     | {"b":200}
        {"a": "%REQ(REFERER)%", "b": "x%REQ(REFERER)%"}     | {"b":"x"}
        {"a": {"c": "%REQ(REFERER)%"}, "b": 1}              | {"b":1}
        {"a": "%ENVIRONMENT(NO_SUCH)%"}                     | {"a":"-"}
        {"a": "%REQ(REFERER)%"}                             | {}
        """)
    void shouldLeaveOutWhatHasNoValue(final String config, final String expected) throws LogFormatException
    {
        assertEquals(expected + "\n", print(config, true, Records.get()));
    }

    @Test
    void shouldAlwaysPrintJson() throws LogFormatException
    {
        final AccessRecord record = Records.get();
        Records.text(record, AccessText.REFERER, "a\"b\\c\n\t\u0001\u007fä");
        final String line = print("{\"a\": \"%REQ(REFERER)%\"}", false, record);
        assertEquals("{\"a\":\"a\\\"b\\\\c\\n\\t\\u0001\u007fä\"}\n", line);
        assertEquals("a\"b\\c\n\t\u0001\u007fä", JsonParser.parseString(line).getAsJsonObject().get("a").getAsString());
        final AccessRecord other = Records.get();
        AccessText.put(other, AccessText.REFERER, new byte[] {'a', (byte)0xC3, '('});
        assertEquals("{\"a\":\"a\\u00c3(\"}\n", print("{\"a\": \"%REQ(REFERER)%\"}", false, other));
    }

    @Test
    void shouldRefuseWhatIsNoFormat()
    {
        final LogFormatException refused =
            assertThrows(LogFormatException.class, () -> print("{\"a\": \"%NONSENSE%\"}", false, Records.get()));
        assertTrue(refused.getMessage().contains("%NONSENSE%"), refused.getMessage());
    }

    @Test
    void shouldLeaveOutDashesOfTextWhereAskedFor() throws LogFormatException
    {
        final LogLine line = new LogLine();
        LogFormat.compile("[%REQ(REFERER)%] - %RESPONSE_CODE%\n", false, true).append(Records.get(), line);
        assertEquals("[] - 200\n", line.toString());
    }
}
