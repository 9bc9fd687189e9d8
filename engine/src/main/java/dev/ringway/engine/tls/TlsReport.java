package dev.ringway.engine.tls;

import org.agrona.MutableDirectBuffer;

import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * What access logs and fields tell of an encrypted connection, as bytes: for each item its number in one byte, its
 * length in two, then its text, or bytes that are written in hexadecimal digits ({@link #digestLength}); it may be empty.
 * The texts are Envoy's. Loops make reports, and nobody changes them; the log thread reads them.
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
    /** Name of the group that keys were agreed on with. */
    public static final int GROUP = 4;
    /** URIs of the peer's certificate, with commas between them. */
    public static final int PEER_URIS = 5;
    /** DNS names of the peer's certificate, with commas between them. */
    public static final int PEER_DNS_NAMES = 6;
    /** Addresses of the peer's certificate, with commas between them. */
    public static final int PEER_ADDRESSES = 7;
    /** Subject of the peer's certificate (RFC 2253). */
    public static final int PEER_SUBJECT = 8;
    /** Issuer of the peer's certificate (RFC 2253). */
    public static final int PEER_ISSUER = 9;
    /** First second of the peer's certificate, since 1970. */
    public static final int VALID_FROM = 10;
    /** Last second of the peer's certificate, since 1970. */
    public static final int VALID_UNTIL = 11;
    /** URIs of the own certificate, with commas between them. */
    public static final int OWN_URIS = 12;
    /** DNS names of the own certificate, with commas between them. */
    public static final int OWN_DNS_NAMES = 13;
    /** Addresses of the own certificate, with commas between them. */
    public static final int OWN_ADDRESSES = 14;
    /** The peer's certificate in PEM, percent-encoded. */
    public static final int PEER_CERT = 15;
    /** Number of items that access logs ask for of either connection; those behind are of a client's alone. */
    public static final int COUNT_OF_BOTH = 16;
    /** SHA-256 of the peer's certificate, as it is. */
    public static final int PEER_FINGERPRINT = 16;
    /** Serial number of the peer's certificate in hexadecimal digits. */
    public static final int PEER_SERIAL = 17;
    /** SHA-1 of the peer's certificate, as it is. */
    public static final int PEER_OLD_FINGERPRINT = 18;
    /** SHA-256 of each certificate that the peer has shown, as they are, one behind the other. */
    public static final int CHAIN_FINGERPRINTS = 19;
    /** SHA-1 of each certificate that the peer has shown, as they are, one behind the other. */
    public static final int CHAIN_OLD_FINGERPRINTS = 20;
    /** Serial numbers of all that the peer has shown, with commas between them. */
    public static final int CHAIN_SERIALS = 21;
    /** Mail addresses of the peer's certificate, with commas between them. */
    public static final int PEER_MAILS = 22;
    /** Names of other types of the peer's certificate, with commas between them. */
    public static final int PEER_OTHER_NAMES = 23;
    /** Subject of the own certificate (RFC 2253). */
    public static final int OWN_SUBJECT = 24;
    /** Mail addresses of the own certificate, with commas between them. */
    public static final int OWN_MAILS = 25;
    /** Names of other types of the own certificate, with commas between them. */
    public static final int OWN_OTHER_NAMES = 26;
    /** Serial number of the certificate that signed the peer's, in hexadecimal digits. */
    public static final int ISSUER_SERIAL = 27;
    /** SHA-256 of the certificate that signed the peer's, as it is. */
    public static final int ISSUER_FINGERPRINT = 28;
    /** Number of items that access logs ask for. */
    public static final int COUNT = 29;
    /** First second of the peer's certificate as fields tell it. */
    public static final int VALID_FROM_TEXT = 29;
    /** Last second of the peer's certificate as fields tell it. */
    public static final int VALID_UNTIL_TEXT = 30;

    private static final int ALL = 31;
    /** Bytes of an item before its text. */
    private static final int HEAD_LENGTH = 3;
    /** More than any certificate needs that was not made to be long: a report stays as long as its connection. */
    private static final int MAX_TEXT_LENGTH = 0x3FFF;
    /** In the length of a text that is longer than it may be. */
    private static final int IS_CUT = 0x8000;
    /** As many as the library verifies; a client may show hundreds, each of which costs time to read. */
    private static final int MAX_CHAIN = 100;
    private static final int SHA256_LENGTH = 32;
    private static final int SHA1_LENGTH = 20;
    private static final long MILLIS_PER_SECOND = 1000;
    private static final DateTimeFormatter TIME =
        DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final byte[] NOTHING = {};
    private static final byte[] DIGITS = "0123456789abcdef".getBytes(US_ASCII);
    /** Two, and a comma between digests. */
    private static final int DIGITS_OF_BYTE = 3;
    /** Behind a text that is not all there. */
    private static final byte[] CUT = "...".getBytes(US_ASCII);
    private static final int OF_CONNECTION = 1 << VERSION | 1 << CIPHER | 1 << SESSION_ID | 1 << SERVER_NAME | 1 << GROUP;
    private static final int OF_CHAIN = 1 << CHAIN_FINGERPRINTS | 1 << CHAIN_OLD_FINGERPRINTS | 1 << CHAIN_SERIALS;
    private static final int OF_ISSUER = 1 << ISSUER_SERIAL | 1 << ISSUER_FINGERPRINT;
    private static final int OF_OWN = 1 << OWN_SUBJECT | 1 << OWN_URIS | 1 << OWN_DNS_NAMES | 1 << OWN_ADDRESSES |
        1 << OWN_MAILS | 1 << OWN_OTHER_NAMES;

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
        for (int item = 0; item < ALL; item++)
        {
            if ((items & 1 << item) != 0)
            {
                final byte[] bytes = bytes(agreement, peer, own, item);
                final int length = Math.min(bytes.length, MAX_TEXT_LENGTH);
                all.write(item);
                final int told = length < bytes.length ? length | IS_CUT : length;
                all.write(told & 0xFF);
                all.write(told >>> Byte.SIZE);
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
            return item == SESSION_ID ? agreement.sessionId() : printable(text(agreement, item).getBytes(UTF_8));
        }
        if ((OF_OWN & bit) != 0)
        {
            return own == null ? NOTHING : printable(ownText(own, item).getBytes(UTF_8));
        }
        if (peer == null)
        {
            return NOTHING;
        }
        if ((OF_ISSUER & bit) != 0)
        {
            final PeerCertificate issuer = agreement.peerIssuer(peer, MAX_CHAIN);
            return issuer == null ? NOTHING :
                item == ISSUER_SERIAL ? issuer.serial().getBytes(US_ASCII) : issuer.fingerprint();
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
            case PEER_CERT -> ForwardedCert.encoded(peer.pem());
            case VALID_FROM -> Long.toString(peer.validFromMs() / MILLIS_PER_SECOND);
            case VALID_UNTIL -> Long.toString(peer.validUntilMs() / MILLIS_PER_SECOND);
            case VALID_FROM_TEXT -> TIME.format(Instant.ofEpochMilli(peer.validFromMs()));
            case VALID_UNTIL_TEXT -> TIME.format(Instant.ofEpochMilli(peer.validUntilMs()));
            default -> null;
        };
        final boolean isOld = item == PEER_OLD_FINGERPRINT;
        return text != null ? printable(text.getBytes(UTF_8)) : isOld ? peer.oldFingerprint() : peer.fingerprint();
    }

    private static byte[] ofChain(final List<byte[]> chain, final int item)
    {
        final ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 0; i < Math.min(chain.size(), MAX_CHAIN); i++)
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

    /** Puts question marks for what would end a line, or a field: names in certificates may hold it. */
    static byte[] printable(final byte[] text)
    {
        for (int i = 0; i < text.length; i++)
        {
            if (text[i] >= 0 && text[i] < ' ' || text[i] == 0x7F)
            {
                text[i] = '?';
            }
        }
        return text;
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
            case SESSION_ID, PEER_FINGERPRINT, CHAIN_FINGERPRINTS, ISSUER_FINGERPRINT -> SHA256_LENGTH;
            case PEER_OLD_FINGERPRINT, CHAIN_OLD_FINGERPRINTS -> SHA1_LENGTH;
            default -> 0;
        };
    }

    /**
     * Finds an item.
     *
     * @param item   its number.
     * @param report holds it, or null.
     * @return where its text begins, or -1 when there is none or it is empty.
     */
    public static int find(final int item, final byte[] report)
    {
        int position = 0;
        while (report != null && position < report.length)
        {
            final int text = position + HEAD_LENGTH;
            final int length = textLength(report, text);
            if (report[position] == item)
            {
                return length == 0 ? -1 : text;
            }
            position = text + length;
        }
        return -1;
    }

    /**
     * @param report holds the item.
     * @param at     where its text begins.
     * @return bytes of its text.
     */
    public static int textLength(final byte[] report, final int at)
    {
        return told(report, at) & MAX_TEXT_LENGTH;
    }

    /**
     * @param report or null.
     * @return most bytes that {@link #put} writes of one of its items.
     */
    public static int room(final byte[] report)
    {
        return report == null ? 0 : report.length * DIGITS_OF_BYTE + CUT.length;
    }

    /**
     * Writes an item as text, with dots behind one that is longer than a report tells.
     *
     * @param item   its number.
     * @param report holds it, or null.
     * @param to     takes the text; {@link #room} bytes must be there, or it has to grow.
     * @param at     its first byte.
     * @return bytes of it, 0 when there is no such item or it is empty.
     */
    public static int put(final int item, final byte[] report, final MutableDirectBuffer to, final int at)
    {
        final int text = find(item, report);
        if (text < 0)
        {
            return 0;
        }
        final int length = textLength(report, text);
        final int digest = digestLength(item);
        int end = at;
        if (digest == 0)
        {
            to.putBytes(end, report, text, length);
            end += length;
        }
        else
        {
            end = putDigits(report, text, length, digest, to, at);
        }
        if ((told(report, text) & IS_CUT) != 0)
        {
            to.putBytes(end, CUT);
            end += CUT.length;
        }
        return end - at;
    }

    private static int putDigits(
        final byte[] report, final int from, final int length, final int digest, final MutableDirectBuffer to, final int at)
    {
        int end = at;
        for (int i = 0; i < length; i++)
        {
            if (i > 0 && i % digest == 0)
            {
                to.putByte(end++, (byte)',');
            }
            final int value = report[from + i] & 0xFF;
            to.putByte(end++, DIGITS[value >>> 4]);
            to.putByte(end++, DIGITS[value & 0xF]);
        }
        return end;
    }

    private static int told(final byte[] report, final int at)
    {
        return report[at - 2] & 0xFF | (report[at - 1] & 0xFF) << Byte.SIZE;
    }
}
