package dev.ringway.engine.tls;

import javax.security.auth.x500.X500Principal;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * The certificate that a peer has shown, taken apart once. Immutable; allocates, so it is asked for where a record or a
 * header needs it, not for each request.
 */
public final class PeerCertificate
{
    /** Kind of an alternative name: one of a type of its own (RFC 5280, 4.2.1.6), as text where it is text or a number. */
    public static final int OTHER = 0;
    /** Kind of an alternative name: a mail address. */
    public static final int EMAIL = 1;
    /** Kind of an alternative name: a DNS name. */
    public static final int DNS = 2;
    /** Kind of an alternative name: a URI, as SPIFFE uses. */
    public static final int URI = 6;
    /** Kind of an alternative name: an address, in text. */
    public static final int IP = 7;

    /** Attributes for which RFC 2253 has no name, as BoringSSL and with it Envoy calls them. */
    private static final Map<String, String> ATTRIBUTES = Map.of(
        "1.2.840.113549.1.9.1", "emailAddress", "2.5.4.5", "serialNumber", "2.5.4.4", "SN", "2.5.4.42", "GN",
        "2.5.4.12", "title", "2.5.4.46", "dnQualifier");
    private static final int LINE_LENGTH = 64;
    private static final int OTHER_PARTS = 4;
    private static final byte DER_INTEGER = 2;
    private static final byte DER_ENUMERATED = 10;

    private final X509Certificate certificate;
    private final byte[] der;
    private final List<Name> names;

    /**
     * An alternative name.
     *
     * @param kind  {@link #OTHER}, {@link #EMAIL}, {@link #DNS}, {@link #URI} or {@link #IP}.
     * @param value in text.
     */
    public record Name(int kind, String value)
    {
    }

    PeerCertificate(final X509Certificate certificate) throws CertificateException
    {
        this.certificate = certificate;
        der = encoded(certificate);
        names = names(certificate);
    }

    /**
     * @param der certificate as it came.
     * @return it, or null when it cannot be read.
     */
    public static PeerCertificate of(final byte[] der)
    {
        try
        {
            return new PeerCertificate((X509Certificate)CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(der)));
        }
        catch (final CertificateException e)
        {
            return null;
        }
    }

    private static byte[] encoded(final X509Certificate certificate) throws CertificateEncodingException
    {
        return certificate.getEncoded();
    }

    private static List<Name> names(final X509Certificate certificate) throws CertificateParsingException
    {
        final Collection<List<?>> all = certificate.getSubjectAlternativeNames();
        final List<Name> names = new ArrayList<>();
        if (all != null)
        {
            for (final List<?> name : all)
            {
                final int kind = (Integer)name.get(0);
                if (kind == EMAIL || kind == DNS || kind == URI || kind == IP)
                {
                    final String value = (String)name.get(1);
                    names.add(new Name(kind, kind == IP && value.indexOf(':') >= 0 ? shortened(value) : value));
                }
                else if (kind == OTHER)
                {
                    addOther(name, names);
                }
            }
        }
        return List.copyOf(names);
    }

    /** The JDK gives its bytes, its type, and its value as text or in DER. */
    private static void addOther(final List<?> name, final List<Name> names)
    {
        final Object value = name.size() < OTHER_PARTS ? null : name.get(OTHER_PARTS - 1);
        if (value instanceof final String text)
        {
            names.add(new Name(OTHER, text));
        }
        else if (value instanceof final byte[] coded && coded.length > 2 && coded.length == 2 + coded[1] &&
            (coded[0] == DER_INTEGER || coded[0] == DER_ENUMERATED))
        {
            names.add(new Name(OTHER, new BigInteger(Arrays.copyOfRange(coded, 2, coded.length)).toString()));
        }
    }

    /** The JDK writes v6 addresses with all zeros; the longest run of them goes (RFC 5952, 4.2). */
    private static String shortened(final String address)
    {
        final String[] groups = address.split(":");
        int start = 0;
        int length = 1;
        for (int i = 0; i < groups.length; i++)
        {
            int end = i;
            while (end < groups.length && groups[end].equals("0"))
            {
                end++;
            }
            if (end - i > length)
            {
                start = i;
                length = end - i;
            }
        }
        return length < 2 ? address : String.join(":", List.of(groups).subList(0, start)) + "::" +
            String.join(":", List.of(groups).subList(start + length, groups.length));
    }

    /** The same of one that is read already, or null when there is something wrong with it. */
    static PeerCertificate of(final X509Certificate certificate)
    {
        try
        {
            return new PeerCertificate(certificate);
        }
        catch (final CertificateException e)
        {
            return null;
        }
    }

    boolean isSignedBy(final PeerCertificate other)
    {
        return isSignedBy(other.certificate);
    }

    /** Whether another one, of this one's issuer, has the key that signed it. */
    boolean isSignedBy(final X509Certificate other)
    {
        if (certificate.equals(other) || !certificate.getIssuerX500Principal().equals(other.getSubjectX500Principal()))
        {
            return false;
        }
        try
        {
            certificate.verify(other.getPublicKey());
            return true;
        }
        catch (final GeneralSecurityException e)
        {
            return false;
        }
    }

    /**
     * @return subject as RFC 2253 writes it.
     */
    public String subject()
    {
        return certificate.getSubjectX500Principal().getName(X500Principal.RFC2253, ATTRIBUTES);
    }

    /**
     * @return issuer as RFC 2253 writes it.
     */
    public String issuer()
    {
        return certificate.getIssuerX500Principal().getName(X500Principal.RFC2253, ATTRIBUTES);
    }

    /**
     * @return serial number in lower-case hexadecimal digits, two for each byte, as Envoy writes it.
     */
    public String serial()
    {
        final BigInteger serial = certificate.getSerialNumber();
        final String digits = serial.abs().toString(16);
        final boolean isWhole = digits.length() % 2 == 0 || serial.signum() == 0;
        return (serial.signum() < 0 ? "-" : "") + (isWhole ? "" : "0") + digits;
    }

    /**
     * @return alternative names in the order of the certificate.
     */
    public List<Name> names()
    {
        return names;
    }

    /**
     * @param host name or address.
     * @return whether one of the alternative names is this host; a DNS name may begin with {@code *.} for its first
     *         label (RFC 6125, 6.4.3). The subject does not count, as in Envoy.
     */
    public boolean isFor(final String host)
    {
        final int dot = host.indexOf('.');
        final String wildcard = dot > 0 ? "*" + host.substring(dot) : null;
        for (final Name name : names)
        {
            final String value = name.value();
            if (name.kind() == DNS ? value.equalsIgnoreCase(host) || value.equalsIgnoreCase(wildcard) :
                name.kind() != OTHER && value.equals(host))
            {
                return true;
            }
        }
        return false;
    }

    /**
     * @return first second of its validity, in milliseconds since 1970.
     */
    public long validFromMs()
    {
        return certificate.getNotBefore().getTime();
    }

    /**
     * @return last second of its validity, in milliseconds since 1970.
     */
    public long validUntilMs()
    {
        return certificate.getNotAfter().getTime();
    }

    /** Names of one kind. */
    List<String> values(final int kind)
    {
        return names().stream().filter(name -> name.kind() == kind).map(Name::value).toList();
    }

    /**
     * @return SHA-256 of the certificate in lower-case hexadecimal digits, as {@code verify_certificate_hash} names it.
     */
    public String sha256()
    {
        return HexFormat.of().formatHex(fingerprint());
    }

    /** SHA-256 of the certificate. */
    byte[] fingerprint()
    {
        return digest("SHA-256", der);
    }

    /** SHA-1 of the certificate, by which some lists still name it. */
    byte[] oldFingerprint()
    {
        return digest("SHA-1", der);
    }

    /**
     * @return SHA-256 of the public key in Base64, as {@code verify_certificate_spki} names it.
     */
    public String spkiSha256()
    {
        return Base64.getEncoder().encodeToString(digest("SHA-256", certificate.getPublicKey().getEncoded()));
    }

    /**
     * @return the certificate in PEM.
     */
    public String pem()
    {
        return "-----BEGIN CERTIFICATE-----\n" +
            Base64.getMimeEncoder(LINE_LENGTH, "\n".getBytes(US_ASCII)).encodeToString(der) +
            "\n-----END CERTIFICATE-----\n";
    }

    private static byte[] digest(final String algorithm, final byte[] bytes)
    {
        try
        {
            return MessageDigest.getInstance(algorithm).digest(bytes);
        }
        catch (final NoSuchAlgorithmException e)
        {
            throw new IllegalStateException("every JDK has it", e);
        }
    }
}
