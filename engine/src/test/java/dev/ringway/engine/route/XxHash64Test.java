package dev.ringway.engine.route;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.charset.StandardCharsets;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Hashes that the reference program gives. */
final class XxHash64Test
{
    @ParameterizedTest
    @CsvSource({
        "'', 0, ef46db3751d8e999",
        "'', 1, d5afba1336a3be4b",
        "'a', 0, d24ec4f1a98c6e5b",
        "'a', 1, dec2bc81c3cd46c6",
        "'abc', 0, 44bc2cf5ad770999",
        "'abc', 1, bea9ca8199328908",
        "'abcd', 0, de0327b0d25d92cc",
        "'abcd', 1, f5dcbd6dee3c9553",
        "'abcdefg', 0, 1860940e2902822d",
        "'abcdefg', 1, 3a5719489f8358b9",
        "'abcdefgh', 0, 3ad351775b4634b7",
        "'abcdefgh', 1, 8305125710212a61",
        "'abcdefghijk', 0, 814e257441cf78e0",
        "'abcdefghijk', 1, 72db49acb5ed2264",
        "'abcdefghijklmno', 0, 2e1218a2b1375068",
        "'abcdefghijklmno', 1, 6847bbcbf5dce993",
        "'abcdefghijklmnopqrstuvwxyz01234', 0, 16058c7b947da137",
        "'abcdefghijklmnopqrstuvwxyz01234', 1, 5f792a02fe4065f5",
        "'abcdefghijklmnopqrstuvwxyz012345', 0, bf2cd639b4143b80",
        "'abcdefghijklmnopqrstuvwxyz012345', 1, 1476a5fc111cb8f4",
        "'abcdefghijklmnopqrstuvwxyz0123456', 0, 4f89e4082bcbf673",
        "'abcdefghijklmnopqrstuvwxyz0123456', 1, 260fa3b97dc4b23b",
        "'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJK', 0, 861910156623a760",
        "'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJK', 1, 654350a825d60404",
        "'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_', 0, 0e12d05f6446e533",
        "'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_', 1, 9d66fd9148c74933",
        "'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_abcdefghijklmno', 0, 4963a3dcfdd09bde",
        "'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_abcdefghijklmno', 1, 6dd33e6d5f225d19",
        "'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_abcdefghijklmnopqrstuvwxyz', 0, 279c32f82b49ca96",
        "'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_abcdefghijklmnopqrstuvwxyz', 1, e08de3f6d1329de6"
    })
    void shouldHashAsTheReferenceDoes(final String text, final long seed, final String expected)
    {
        final byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[bytes.length + 3]);
        buffer.putBytes(3, bytes);
        assertEquals(expected, "%016x".formatted(XxHash64.hash(buffer, 3, bytes.length, seed)));
    }
}
