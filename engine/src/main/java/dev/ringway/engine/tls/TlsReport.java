package dev.ringway.engine.tls;

import org.agrona.DirectBuffer;

import java.io.ByteArrayOutputStream;
import java.nio.ByteOrder;
import java.util.List;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * What access logs tell of an encrypted connection, as bytes: for each item its number in one byte, its length in two,
 * then its text, or bytes that are written in hexadecimal digits ({@link #digestLength}); it may be empty. The texts are
 * Envoy's. Loops make them, the log thread reads them.
 */
public final class TlsReport
{
    /** Version, {@code TLSv1.2} or {@code TLSv1.3}. */
    public static final int VERSION = 0;
    /** Name of the cipher suite. */
    public static final int CIPHER = 1;
    /** Id of the session, as it is; TLS 1.3 has none. */
    public static final int SESSION_ID = 2;
    /** Name that the client asked for (SNI). */
    public static final int SERVER_NAME = 3;
    /** SHA-256 of the peer's certificate, as it is. */
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
    /** Name of the group that keys were agreed on with. */
    public static final int GROUP = 10;
    /** SHA-1 of the peer's certificate, as it is. */
    public static final int PEER_OLD_FINGERPRINT = 11;
    /** SHA-256 of each certificate that the peer has shown, as they are, one behind the other. */
    public static final int CHAIN_FINGERPRINTS = 12;
    /** SHA-1 of each certificate that the peer has shown, as they are, one behind the other. */
    public static final int CHAIN_OLD_FINGERPRINTS = 13;
    /** Serial numbers of all that the peer has shown, with commas between them. */
    public static final int CHAIN_SERIALS = 14;
    /** Addresses of the peer's certificate, with commas between them. */
    public static final int PEER_ADDRESSES = 15;
    /** Mail addresses of the peer's certificate, with commas between them. */
    public static final int PEER_MAILS = 16;
    /** Names of other types of the peer's certificate, with commas between them. */
    public static final int PEER_OTHER_NAMES = 17;
    /** First second of the peer's certificate, since 1970. */
    public static final int VALID_FROM = 18;
    /** Last second of the peer's certificate, since 1970. */
    public static final int VALID_UNTIL = 19;
    /** Subject of the own certificate (RFC 2253). */
    public static final int OWN_SUBJECT = 20;
    /** URIs of the own certificate, with commas between them. */
    public static final int OWN_URIS = 21;
    /** DNS names of the own certificate, with commas between them. */
    public static final int OWN_DNS_NAMES = 22;
    /** Addresses of the own certificate, with commas between them. */
    public static final int OWN_ADDRESSES = 23;
    /** Mail addresses of the own certificate, with commas between them. */
    public static final int OWN_MAILS = 24;
    /** Names of other types of the own certificate, with commas between them. */
    public static final int OWN_OTHER_NAMES = 25;
    /** Number of items. */
    public static final int COUNT = 26;
    /** Bytes of an item before its text. */
    public static final int HEAD_LENGTH = 3;

    private static final int MAX_TEXT_LENGTH = 1024;
    private static final int LENGTH_OFFSET = 1;
    private static final int SHA256_LENGTH = 32;
    private static final int SHA1_LENGTH = 20;
    private static final long MILLIS_PER_SECOND = 1000;
    private static final byte[] NOTHING = {};
    private static final int OF_CONNECTION = 1 << VERSION | 1 << CIPHER | 1 << SESSION_ID | 1 << SERVER_NAME | 1 << GROUP;
    private static final int OF_CHAIN = 1 << CHAIN_FINGERPRINTS | 1 << CHAIN_OLD_FINGERPRINTS | 1 << CHAIN_SERIALS;
    private static final int OF_OWN = (1 << COUNT) - (1 << OWN_SUBJECT);

    private TlsReport()
    {
    }

    /** Allocates. Items are those whose bits are set. */
    static byte[] of(final TlsAgreement agreement, final int items)
    {
        final ByteArrayOutputStream all = new ByteArrayOutputStream();
        final PeerCertificate peer =
            (items & ~(OF_CONNECTION | OF_OWN)) == 0 ? null : agreement.peerCertificate();
        final PeerCertificate own = (items & OF_OWN) == 0 ? null : agreement.ownCertificate();
        for (int item = 0; item < COUNT; item++)
        {
            if ((items & 1 << item) != 0)
            {
                final byte[] bytes = bytes(agreement, peer, own, item);
                final int length = Math.min(bytes.length, MAX_TEXT_LENGTH);
                all.write(item);
                all.write(length & 0xFF);
                all.write(length >>> Byte.SIZE);
                all.write(bytes, 0, length);
            }
        }
        return all.toByteArray();
    }

    private static byte[] bytes(
        final TlsAgreement agreement, final PeerCertificate peer, final PeerCertificate own, final int item)
    {
        final int bit = 1 << item;
        if ((OF_CONNECTION & bit) != 0)
        {
            return item == SESSION_ID ? agreement.sessionId() : text(agreement, item).getBytes(UTF_8);
        }
        if ((OF_OWN & bit) != 0)
        {
            return own == null ? NOTHING : ownText(own, item).getBytes(UTF_8);
        }
        if (peer == null)
        {
            return NOTHING;
        }
        return (OF_CHAIN & bit) != 0 ? ofChain(agreement.peerChain(), item) : ofPeer(peer, item);
    }

    private static String text(final TlsAgreement agreement, final int item)
    {
        final String text = switch (item)
        {
            case VERSION -> agreement.version() == TlsSettings.TLS_1_3 ? "TLSv1.3" : "TLSv1.2";
            case CIPHER -> agreement.cipher();
            case GROUP -> agreement.group();
            default -> agreement.serverName();
        };
        return text == null ? "" : text;
    }

    private static byte[] ofPeer(final PeerCertificate peer, final int item)
    {
        final String text = switch (item)
        {
            case PEER_SERIAL -> peer.serial();
            case PEER_URIS -> values(peer, PeerCertificate.URI);
            case PEER_DNS_NAMES -> values(peer, PeerCertificate.DNS);
            case PEER_ADDRESSES -> values(peer, PeerCertificate.IP);
            case PEER_MAILS -> values(peer, PeerCertificate.EMAIL);
            case PEER_OTHER_NAMES -> values(peer, PeerCertificate.OTHER);
            case PEER_SUBJECT -> peer.subject();
            case PEER_ISSUER -> peer.issuer();
            case VALID_FROM -> Long.toString(peer.validFromMs() / MILLIS_PER_SECOND);
            case VALID_UNTIL -> Long.toString(peer.validUntilMs() / MILLIS_PER_SECOND);
            default -> null;
        };
        final boolean isOld = item == PEER_OLD_FINGERPRINT;
        return text != null ? text.getBytes(UTF_8) : isOld ? peer.oldFingerprint() : peer.fingerprint();
    }

    private static byte[] ofChain(final List<byte[]> chain, final int item)
    {
        final ByteArrayOutputStream all = new ByteArrayOutputStream();
        // A client may show hundreds: what would be cut off is not read.
        for (int i = 0; i < chain.size() && all.size() < MAX_TEXT_LENGTH; i++)
        {
            final PeerCertificate one = PeerCertificate.of(chain.get(i));
            if (one != null && item == CHAIN_SERIALS)
            {
                all.writeBytes(((all.size() == 0 ? "" : ",") + one.serial()).getBytes(UTF_8));
            }
            else if (one != null)
            {
                all.writeBytes(item == CHAIN_FINGERPRINTS ? one.fingerprint() : one.oldFingerprint());
            }
        }
        return all.toByteArray();
    }

    private static String ownText(final PeerCertificate own, final int item)
    {
        return switch (item)
        {
            case OWN_SUBJECT -> own.subject();
            case OWN_URIS -> values(own, PeerCertificate.URI);
            case OWN_DNS_NAMES -> values(own, PeerCertificate.DNS);
            case OWN_ADDRESSES -> values(own, PeerCertificate.IP);
            case OWN_MAILS -> values(own, PeerCertificate.EMAIL);
            default -> values(own, PeerCertificate.OTHER);
        };
    }

    private static String values(final PeerCertificate certificate, final int kind)
    {
        return String.join(",", certificate.values(kind));
    }

    /**
     * @param item its number.
     * @return bytes of each digest or id that it has as they are, to be written in hexadecimal digits; 0 when it is text.
     */
    public static int digestLength(final int item)
    {
        return switch (item)
        {
            case SESSION_ID, PEER_FINGERPRINT, CHAIN_FINGERPRINTS -> SHA256_LENGTH;
            case PEER_OLD_FINGERPRINT, CHAIN_OLD_FINGERPRINTS -> SHA1_LENGTH;
            default -> 0;
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
