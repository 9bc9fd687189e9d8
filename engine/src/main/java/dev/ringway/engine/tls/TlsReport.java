package dev.ringway.engine.tls;

import org.agrona.DirectBuffer;

import java.io.ByteArrayOutputStream;
import java.nio.ByteOrder;
import java.util.HexFormat;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * What access logs tell of an encrypted connection, as bytes: for each item its number in one byte, its length in two,
 * then its text, which may be empty. The texts are Envoy's. Loops make them, the log thread reads them.
 */
public final class TlsReport
{
    /** Version, {@code TLSv1.2} or {@code TLSv1.3}. */
    public static final int VERSION = 0;
    /** Name of the cipher suite. */
    public static final int CIPHER = 1;
    /** Id of the session in hexadecimal digits; TLS 1.3 has none. */
    public static final int SESSION_ID = 2;
    /** Name that the client asked for (SNI). */
    public static final int SERVER_NAME = 3;
    /** SHA-256 of the peer's certificate in hexadecimal digits. */
    public static final int PEER_FINGERPRINT = 4;
    /** Serial number of the peer's certificate in hexadecimal digits. */
    public static final int PEER_SERIAL = 5;
    /** URIs of the peer's certificate, with commas between them. */
    public static final int PEER_URIS = 6;
    /** DNS names of the peer's certificate, with commas between them. */
    public static final int PEER_DNS_NAMES = 7;
    /** Subject of the peer's certificate (RFC 2253). */
    public static final int PEER_SUBJECT = 8;
    /** Issuer of the peer's certificate (RFC 2253). */
    public static final int PEER_ISSUER = 9;
    /** Number of items. */
    public static final int COUNT = 10;
    /** Bytes of an item before its text. */
    public static final int HEAD_LENGTH = 3;

    private static final int MAX_TEXT_LENGTH = 1024;
    private static final int LENGTH_OFFSET = 1;

    private TlsReport()
    {
    }

    /** Allocates. Items are those whose bits are set. */
    static byte[] of(final TlsAgreement agreement, final int items)
    {
        final ByteArrayOutputStream all = new ByteArrayOutputStream();
        final PeerCertificate peer = items >>> PEER_FINGERPRINT == 0 ? null : agreement.peerCertificate();
        for (int item = 0; item < COUNT; item++)
        {
            if ((items & 1 << item) != 0)
            {
                final String text =
                    item < PEER_FINGERPRINT ? text(agreement, item) : peer == null ? "" : text(peer, item);
                final byte[] bytes = text.getBytes(UTF_8);
                final int length = Math.min(bytes.length, MAX_TEXT_LENGTH);
                all.write(item);
                all.write(length & 0xFF);
                all.write(length >>> Byte.SIZE);
                all.write(bytes, 0, length);
            }
        }
        return all.toByteArray();
    }

    private static String text(final TlsAgreement agreement, final int item)
    {
        return switch (item)
        {
            case VERSION -> agreement.version() == TlsSettings.TLS_1_3 ? "TLSv1.3" : "TLSv1.2";
            case CIPHER -> agreement.cipher();
            case SERVER_NAME -> agreement.serverName() == null ? "" : agreement.serverName();
            default -> HexFormat.of().formatHex(agreement.sessionId());
        };
    }

    private static String text(final PeerCertificate peer, final int item)
    {
        return switch (item)
        {
            case PEER_FINGERPRINT -> peer.sha256();
            case PEER_SERIAL -> peer.serial();
            case PEER_URIS -> String.join(",", peer.values(PeerCertificate.URI));
            case PEER_DNS_NAMES -> String.join(",", peer.values(PeerCertificate.DNS));
            case PEER_SUBJECT -> peer.subject();
            default -> peer.issuer();
        };
    }

    /**
     * Finds an item. A report may have been cut anywhere.
     *
     * @param item   its number.
     * @param report holds the report.
     * @param at     its first byte.
     * @param length its bytes.
     * @return where the item begins, with all bytes of its head, or -1 when it is not there.
     */
    public static int find(final int item, final DirectBuffer report, final int at, final int length)
    {
        int position = at;
        while (position + HEAD_LENGTH <= at + length)
        {
            if (report.getByte(position) == item)
            {
                return position;
            }
            position += HEAD_LENGTH + textLength(report, position);
        }
        return -1;
    }

    /**
     * @param report holds the report.
     * @param at     where an item begins.
     * @return bytes of its text, as long as it was before the report was cut.
     */
    public static int textLength(final DirectBuffer report, final int at)
    {
        return report.getShort(at + LENGTH_OFFSET, ByteOrder.LITTLE_ENDIAN) & 0xFFFF;
    }
}
