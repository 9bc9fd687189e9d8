package dev.ringway.engine.tls;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;

/** Makes authorities and certificates for tests, in DER by hand. A pair of keys for each kind is made once. */
final class TestCertificates
{
    static final Instant NOW = Instant.now();

    private static final DateTimeFormatter UTC_TIME =
        DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final byte[] SHA256_RSA = hex("300d06092a864886f70d01010b0500");
    private static final byte[] ECDSA_SHA256 = hex("300a06082a8648ce3d040302");
    private static final byte[] COMMON_NAME = hex("0603550403");
    private static final byte[] BASIC_CONSTRAINTS_CA = hex("300f0603551d130101ff040530030101ff");
    private static final byte[] SUBJECT_ALT_NAME = hex("0603551d11");

    private static int serial = 1;

    private TestCertificates()
    {
    }

    /** A certificate with its key. */
    record Certified(String name, byte[] der, KeyPair keys)
    {
        byte[] pem()
        {
            return TestCertificates.pem("CERTIFICATE", der);
        }

        byte[] keyPem()
        {
            return TestCertificates.pem("PRIVATE KEY", keys.getPrivate().getEncoded());
        }

        TlsCertificate shown()
        {
            return new TlsCertificate(name, pem(), keyPem(), null);
        }
    }

    static KeyPair keys(final String kind, final int bits)
    {
        try
        {
            final KeyPairGenerator generator = KeyPairGenerator.getInstance(kind);
            if (kind.equals("EC"))
            {
                generator.initialize(new ECGenParameterSpec("secp" + bits + "r1"));
            }
            else
            {
                generator.initialize(bits);
            }
            return generator.generateKeyPair();
        }
        catch (final GeneralSecurityException e)
        {
            throw new IllegalStateException(e);
        }
    }

    static Certified authority(final String name)
    {
        final KeyPair keys = keys("EC", 256);
        return certify(name, keys, name, keys, BASIC_CONSTRAINTS_CA, NOW.minusSeconds(60), NOW.plusSeconds(86_400));
    }

    static Certified leaf(final Certified authority, final String name, final KeyPair keys, final String... uris)
    {
        return leaf(authority, name, keys, NOW.minusSeconds(60), NOW.plusSeconds(86_400), uris);
    }

    static Certified leaf(
        final Certified authority, final String name, final KeyPair keys, final Instant from, final Instant until,
        final String... uris)
    {
        final byte[][] names = new byte[1 + uris.length][];
        names[0] = tlv(0x82, name.getBytes(StandardCharsets.US_ASCII));
        for (int i = 0; i < uris.length; i++)
        {
            names[1 + i] = tlv(0x86, uris[i].getBytes(StandardCharsets.US_ASCII));
        }
        final byte[] extension = tlv(0x30, SUBJECT_ALT_NAME, tlv(0x04, tlv(0x30, names)));
        return certify(name, keys, authority.name, authority.keys, extension, from, until);
    }

    private static Certified certify(
        final String name, final KeyPair keys, final String issuer, final KeyPair signer, final byte[] extension,
        final Instant from, final Instant until)
    {
        final boolean isRsa = signer.getPublic().getAlgorithm().equals("RSA");
        final byte[] algorithm = isRsa ? SHA256_RSA : ECDSA_SHA256;
        final byte[] body = tlv(0x30,
            tlv(0xA0, tlv(0x02, new byte[]{2})),
            tlv(0x02, new byte[]{0x10, (byte)serial++}),
            algorithm, named(issuer), tlv(0x30, time(from), time(until)), named(name), keys.getPublic().getEncoded(),
            tlv(0xA3, tlv(0x30, extension)));
        try
        {
            final Signature signature = Signature.getInstance(isRsa ? "SHA256withRSA" : "SHA256withECDSA");
            signature.initSign(signer.getPrivate());
            signature.update(body);
            final byte[] signed = tlv(0x30, body, algorithm, tlv(0x03, new byte[]{0}, signature.sign()));
            return new Certified(name, signed, keys);
        }
        catch (final GeneralSecurityException e)
        {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] named(final String name)
    {
        return tlv(0x30, tlv(0x31, tlv(0x30, COMMON_NAME, tlv(0x0C, name.getBytes(StandardCharsets.UTF_8)))));
    }

    private static byte[] time(final Instant time)
    {
        return tlv(0x17, UTC_TIME.format(time).getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] tlv(final int tag, final byte[]... parts)
    {
        int length = 0;
        for (final byte[] part : parts)
        {
            length += part.length;
        }
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        if (length > 255)
        {
            out.write(0x82);
            out.write(length >> 8);
        }
        else if (length > 127)
        {
            out.write(0x81);
        }
        out.write(length);
        for (final byte[] part : parts)
        {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    static byte[] pem(final String kind, final byte[] der)
    {
        return ("-----BEGIN " + kind + "-----\n" + Base64.getMimeEncoder().encodeToString(der) + "\n-----END " + kind +
            "-----\n").getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] hex(final String digits)
    {
        return java.util.HexFormat.of().parseHex(digits);
    }
}
