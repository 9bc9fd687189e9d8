package dev.ringway.codecs.http2;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.UnderscorePolicy;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each byte at each place of names and values of any small length, against the grammar written out. */
@Timeout(60)
class FieldCheckerTest
{
    private static final int MAX_LENGTH = 20;
    private static final String TOKEN = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz";

    private final UnsafeBuffer buffer = FieldLines.buffer(64);
    private final HeaderTable table = new HeaderTable(1);
    private final FieldChecker checker = new FieldChecker();

    @Test
    void shouldJudgeEachByteOfNames()
    {
        int accepted = 0;
        for (int length = 1; length <= MAX_LENGTH; length++)
        {
            for (int place = 0; place < length; place++)
            {
                for (int b = 0; b < 256; b++)
                {
                    buffer.setMemory(4, length, (byte)"a1-".charAt(length % 3));
                    buffer.putByte(4 + place, (byte)b);
                    final boolean isValid = TOKEN.indexOf(b) >= 0;
                    assertEquals(isValid ? 0 : Http2Fault.INVALID_NAME, add(length, 1), length + " " + place + " " + b);
                    accepted += isValid ? 1 : 0;
                }
            }
        }
        assertEquals(TOKEN.length() * MAX_LENGTH * (MAX_LENGTH + 1) / 2, accepted);
    }

    @Test
    void shouldJudgeEachByteOfValues()
    {
        buffer.putByte(4, (byte)'a');
        for (int length = 1; length <= MAX_LENGTH; length++)
        {
            for (int place = 0; place < length; place++)
            {
                for (int b = 0; b < 256; b++)
                {
                    buffer.setMemory(7, length, (byte)"v\u00ff".charAt(length % 2));
                    buffer.putByte(7 + place, (byte)b);
                    final boolean isSpace = b == ' ' || b == '\t';
                    final boolean isAtEnd = place == 0 || place == length - 1;
                    final boolean isValid = isSpace ? !isAtEnd : b > ' ' && b != 0x7F;
                    assertEquals(
                        isValid ? 0 : Http2Fault.INVALID_VALUE, add(1, length), length + " " + place + " " + b);
                }
            }
        }
    }

    private int add(final int nameLength, final int valueLength)
    {
        table.reset(buffer);
        checker.begin(table, buffer, Http2FieldLimits.DEFAULT, UnderscorePolicy.ALLOW);
        final int value = 4 + nameLength + 2;
        if (nameLength > 1)
        {
            buffer.putByte(value, (byte)'v');
        }
        final int fault = checker.count(nameLength, value, valueLength);
        return fault != 0 ? fault : checker.add(4, nameLength, value, valueLength, HeaderName.OTHER, 0);
    }
}
